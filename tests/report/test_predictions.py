# SPDX-License-Identifier: Apache-2.0
"""Predictions in files are those of the result, and a bad path is refused by name."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

import hgcn
from hgcn.errors import BackendError
from hgcn.execution.result import Result
from hgcn.report.predictions import save_predictions
from tests.samples import random_graph

GRAPH = random_graph(nodes=40, features=12)


@pytest.fixture(scope="module")
def result() -> Result:
    return hgcn.run(hgcn.GCN.random([12, 9, 3]), GRAPH)


def test_a_table_has_a_line_for_each_node(result: Result, tmp_path: Path) -> None:
    file = save_predictions(result, tmp_path / "out.csv")
    with file.open(newline="") as text:
        rows = list(csv.DictReader(text))
    assert [int(row["node"]) for row in rows] == list(range(40))
    assert [int(row["class"]) for row in rows] == result.predictions.tolist()
    shares = [float(row["probability"]) for row in rows]
    np.testing.assert_allclose(shares, result.probabilities.max(axis=1), atol=1e-6)


def test_arrays_are_those_of_the_result(result: Result, tmp_path: Path) -> None:
    with np.load(save_predictions(result, tmp_path / "out.npz")) as found:
        assert set(found) == {"logits", "classes", "probabilities"}
        np.testing.assert_array_equal(found["logits"], result.logits)
        np.testing.assert_array_equal(found["classes"], result.predictions)
        np.testing.assert_array_equal(found["probabilities"], result.probabilities)


def test_a_file_that_is_there_is_replaced(result: Result, tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("old")
    assert save_predictions(result, tmp_path / "out.csv").read_text().startswith("node,class,")
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("out.parquet", r"out.parquet: predictions must end in .csv or .npz, got '.parquet'"),
        ("out", r"out: predictions must end in .csv or .npz, got ''"),
        ("none/out.csv", r"cannot write .*none/out.csv: there is no folder"),
    ],
)
def test_a_path_that_will_not_do_is_named(
    result: Result, tmp_path: Path, name: str, message: str
) -> None:
    with pytest.raises(BackendError, match=message):
        save_predictions(result, tmp_path / name)
    assert not list(tmp_path.iterdir())
