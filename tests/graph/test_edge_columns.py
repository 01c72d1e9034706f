# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from hgcn.errors import GraphError
from hgcn.graph.edge_columns import PAIRS, find_columns, find_separator


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ("0,1", "1,2", (0, 1, 2, 0)),
        ("0,1,{}", "1,2,{}", (0, 1, None, 0)),
        ("source,target", "0,1", (0, 1, 2, 1)),
        (",src,dst", "0,1,2", (1, 2, 3, 1)),
        ('"","src","dst"', '"1",1,2', (1, 2, 3, 1)),
        ("dst,src,weight", "1,0,0.5", (1, 0, 3, 1)),
        ("weight,FromNodeId,ToNodeId", "0.5,0,1", (1, 2, 3, 1)),
        ("id,Source Id,Target_ID,label", "7,0,1,x", (1, 2, 4, 1)),
        ("paper a,paper b", "0,1", (0, 1, 2, 1)),
        (",paper a,paper b", "0,0,1", (1, 2, 3, 1)),
        # Row names without a header of their own, as R writes them.
        ("src,dst", "r1,0,1", (1, 2, 3, 1)),
        ("from,to", "", (0, 1, 2, 1)),
    ],
)
def test_headers_say_which_columns_are_read(first: str, second: str, found: tuple) -> None:
    columns = find_columns(first, second, ",")
    assert (columns.source, columns.target, columns.width, columns.skip) == found


@pytest.mark.parametrize("pair", PAIRS)
def test_every_pair_is_found_either_way_round(pair: tuple[str, str]) -> None:
    columns = find_columns(f"{pair[1].upper()};x;{pair[0]}", "0;1;2", ";")
    assert (columns.source, columns.target) == (2, 0)


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ("a,b,c", "0,1,2", "header 'a,b,c' does not say which columns are source and target"),
        ("src,dst,src", "0,1,2", "does not say which columns"),
        ("name", "0", "does not say which columns"),
        ("weight,x,Source ID", "1,2,8", "does not say which columns"),
        ("target,x", "1,2", "does not say which columns"),
        ("id,class", "0,3", "does not say which columns"),
        ("//,c", "0,3", "does not say which columns"),
        ("a,b,c,weight", "0,1,2,3", "does not say which columns"),
        ("src,dst", "0,1,2,3", "header 'src,dst' names 2 columns, the next line has 4"),
        ("src,dst,w", "0,1", "names 3 columns, the next line has 2"),
    ],
)
def test_other_headers_are_refused_by_name(first: str, second: str, message: str) -> None:
    with pytest.raises(GraphError, match=message):
        find_columns(first, second, ",")


def test_what_was_skipped_or_guessed_is_noted() -> None:
    assert find_columns(",a,b,w", "0,1,2,3", ",").notes == (
        "The header line ',a,b,w' is skipped.",
        "The columns 'a', 'b' are taken in this order.",
        "Columns not read: ''.",
    )
    assert find_columns("0 1 2 3", "", None).notes == (
        "Columns after the third are not read: 1 of them.",
    )
    assert find_columns("0 1 2", "", None).notes == ()
    assert (find_columns("0 1 2", "", None).weight, find_columns("0 1", "", None).weight) == (
        2,
        None,
    )
    long = find_columns("src,dst," + ",".join("x" * 1000 for _ in range(50)), "", ",").notes
    assert max(map(len, long)) < 300


@pytest.mark.parametrize(
    ("first", "separator"),
    [("0 1", None), ("0\t1", None), ("a\tb", "\t"), ("0, 1", ","), ("0;1", ";"), ("", None)],
)
def test_separators_are_found(first: str, separator: str | None) -> None:
    assert find_separator(first) == separator
