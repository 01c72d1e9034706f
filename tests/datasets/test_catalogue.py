# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from importlib import resources

from hgcn.datasets import available
from hgcn.datasets.catalogue import CATALOGUE


def test_names_are_distinct_and_the_required_are_there() -> None:
    names = [info.name for info in available()]
    assert len(set(names)) == len(names)
    required = "digits cora citeseer pubmed amazon_photo tolokers email_enron debian_bookworm"
    assert set(required.split()) <= set(names)


def test_every_entry_can_be_had_somehow() -> None:
    for info in available():
        assert info.name == "digits" or info.local_names
        assert info.source
        assert info.licence
        assert info.edges % 2 == 0


def test_sizes_are_those_of_the_files() -> None:
    digits = resources.files("hgcn.datasets").joinpath("digits.npz").read_bytes()
    assert CATALOGUE["digits"].size_bytes == len(digits)
    assert CATALOGUE["cora"].size_bytes == 572444
    assert len(CATALOGUE["pubmed"].remote) == 8
