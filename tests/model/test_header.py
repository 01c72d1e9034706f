# SPDX-License-Identifier: Apache-2.0
"""Rules of what a weights file says of itself."""

from __future__ import annotations

import json

import pytest

from hgcn.errors import ModelError
from hgcn.model.header import (
    OPTIONS,
    USUAL,
    parse_options,
    read_header,
    require_options,
    write_header,
)

SAID = {
    "normalize": True,
    "add_self_loops": False,
    "improved": True,
    "activation": "none",
    "feature_norm": "row",
}


def test_what_is_written_is_read() -> None:
    assert tuple(SAID) == OPTIONS
    text = write_header(name="m", metadata={"epochs": "3"}, options=SAID)
    assert read_header(text) == {"name": "m", "metadata": {"epochs": "3"}, **SAID}


def test_the_first_version_meant_a_plain_gcn() -> None:
    read = read_header('{"feature_norm": "row", "metadata": {}, "name": "old"}')
    plain = {"normalize": True, "add_self_loops": True, "improved": False, "activation": "relu"}
    assert read == {"name": "old", "metadata": {}, **plain, "feature_norm": "row"}


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([], "must be a JSON object: got list"),
        ({"metadata": []}, "must be a JSON object"),
        ({"version": 3}, "must be of version 1 or 2, got 3"),
        ({"version": True}, "must be of version 1 or 2, got True"),
        ({"version": 2, "heads": 8}, "says 'heads', which this version of hgcn does not know"),
    ],
)
def test_what_is_not_understood_is_refused(parts: object, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        read_header(json.dumps(parts))


def test_nothing_is_assumed() -> None:
    for option in OPTIONS:
        rest = {key: value for key, value in SAID.items() if key != option}
        with pytest.raises(ModelError, match=f"weights do not say {option}: give"):
            require_options(rest, {})
        assert require_options(rest, {option: SAID[option]}) == SAID
    assert require_options(SAID, {"improved": False})["improved"] is False


def test_the_usual_text_is_what_it_says() -> None:
    plain = {"normalize": True, "add_self_loops": True, "improved": False, "activation": "relu"}
    assert parse_options(USUAL) == plain | {"feature_norm": "none"}
    assert parse_options("normalize=false,activation=none") == {
        "normalize": False,
        "activation": "none",
    }


@pytest.mark.parametrize("text", ["", "normalize", "norm=1", "improved=True, improved=True"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ModelError, match="options must be each once like normalize=True"):
        parse_options(text)
