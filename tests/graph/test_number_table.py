# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.errors import GraphError
from hgcn.graph.number_table import BATCH, parse_integers, parse_table
from hgcn.graph.number_text import DataLines

NUMBER = st.integers(-(2**63), 2**63 - 1)
PAIR = {"source": (0, np.int64), "target": (1, np.int64)}
WEIGHTED = {**PAIR, "weight": (2, np.float64)}


@given(st.lists(st.tuples(NUMBER, NUMBER), min_size=1, max_size=20))
def test_whole_numbers_survive_exactly(pairs: list) -> None:
    text = "".join(f"{first}\t {second} rest\n" for first, second in pairs).encode()
    table = parse_table(DataLines(text), PAIR)
    assert table.tolist() == pairs


@given(st.lists(NUMBER, max_size=20), st.sampled_from([b" ", b"\n", b"\t", b"\n\n \v\f"]))
def test_words_are_parsed_whatever_parts_them(numbers: list, space: bytes) -> None:
    text = space.join(str(number).encode() for number in numbers) + b"\n"
    assert parse_integers(text).tolist() == numbers


@pytest.mark.parametrize("word", [b"x", b"1.0", b"1e3", str(2**63).encode(), b"1_0", b"\xd9\xa1"])
def test_other_words_are_named(word: bytes) -> None:
    with pytest.raises(GraphError, match="want whole numbers, got "):
        parse_integers(b"1 2\n" + word + b" 3\n")


def test_columns_are_taken_by_place_and_counted() -> None:
    lines = DataLines(b'n,from,to,w\n"a, b",1,2,0.5\n,2,3,1e3\n')
    columns = {"source": (1, np.int64), "target": (2, np.int64), "weight": (3, np.float64)}
    table = parse_table(lines, columns, skip=1, separator=",", width=4, quotes=True)
    assert table["target"].tolist() == [2, 3]
    assert table["weight"].tolist() == [0.5, 1000.0]


@pytest.mark.parametrize(
    ("text", "columns", "width", "message"),
    [
        (b"1 2\n3\n", PAIR, None, "line 2: want whole numbers as source and target, got '3'"),
        (b"1 2\n\n1.5 2\n", PAIR, None, "line 3: want whole numbers .* got '1.5 2'"),
        (b"# c\n1 2\n9223372036854775808 2\n", PAIR, None, "line 3: want whole numbers"),
        (b"1 2 x\n", WEIGHTED, None, "line 1: want .* and a number as weight, got '1 2 x'"),
        (b"1 2\n", WEIGHTED, None, "line 1: want .* and a number as weight, got '1 2'"),
        (b"1 2 3\n1 2\n", WEIGHTED, 3, "line 2: want .* in 3 fields, got '1 2'"),
        (b"1 2 3\n1 2 3 4\n", WEIGHTED, 3, "line 2: want .* in 3 fields, got '1 2 3 4'"),
        (b"1 2\r3 4\n", PAIR, None, r"line 1: want whole numbers .*, got '1 2\\r3 4'"),
        (b"1 2\n\0 3\n", PAIR, None, "is no text file: a line of data holds a zero byte"),
    ],
)
def test_the_first_bad_line_is_named(text: bytes, columns: dict, width, message: str) -> None:
    with pytest.raises(GraphError, match=message) as caught:
        parse_table(DataLines(text, comments=b"#"), columns, width=width)
    assert str(caught.value).isprintable()


def test_quotes_are_refused_but_where_they_are_wanted() -> None:
    lines = DataLines(b'"1" "2"\n')
    assert parse_table(lines, PAIR, quotes=True).tolist() == [(1, 2)]
    with pytest.raises(GraphError, match="line 1: want whole numbers"):
        parse_table(lines, PAIR)
    with pytest.raises(GraphError, match="line 1: want whole numbers"):
        parse_table(DataLines(b'1 2 "a\n3 4 "\n'), PAIR, quotes=True)


@pytest.mark.parametrize("count", [0, 1, BATCH - 1, BATCH, 3 * BATCH + 5])
def test_a_fault_is_found_wherever_it_stands(count: int) -> None:
    lines = DataLines(b"# c\n" + b"1 2\n" * count + b"1 x\n" + b"3 4\n" * 10, comments=b"#")
    with pytest.raises(GraphError, match=f"line {count + 2}: want .* got '1 x'"):
        parse_table(lines, PAIR)


def test_a_node_is_a_whole_number_whatever_the_warnings_are_set_to() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(GraphError, match=r"line 1: .* got '1\.5 2'"):
            parse_table(DataLines(b"1.5 2\n"), PAIR)
