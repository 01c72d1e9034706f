# SPDX-License-Identifier: Apache-2.0
"""Any command the format can hold."""

from __future__ import annotations

from hypothesis import strategies as st

from hgcn.format.numbers import Base
from hgcn.isa.commands import Command, Drain, End, Load, Spmm, Stream

_word = st.integers(0, 2**32 - 1)
_bit = st.integers(0, 1)
_barriers = {"wait_mask": st.integers(0, 15), "fence": st.booleans()}
_offset = st.integers(0, 2**30 - 1)

streams = st.builds(
    Stream, base=st.sampled_from(Base), offset=_offset, lines=_word, s1=_word, s2=_word
)
destinations = st.builds(Stream, base=st.sampled_from(Base), offset=_offset, lines=_word)
loads = st.builds(
    Load, store=_bit, position=st.integers(0, 2**24 - 1), rows=_word, stream=streams, **_barriers
)
spmms = st.builds(
    Spmm,
    clear=st.booleans(),
    pl_int8=st.booleans(),
    buffer=_bit,
    store=_bit,
    base=_word,
    bundles=_word,
    slices=_word,
    packets=_word,
    pl=streams,
    control=streams,
    left=streams,
    **_barriers,
)
drains = st.builds(
    Drain,
    relu=st.booleans(),
    int16=st.booleans(),
    buffer=_bit,
    store=_bit,
    write_store=st.booleans(),
    write_memory=st.booleans(),
    tiled=st.booleans(),
    position=_word,
    rows=_word,
    shift=st.integers(0, 63),
    bias_shift=st.integers(0, 31),
    records=streams,
    destination=destinations,
    **_barriers,
)
ends = st.builds(End, **_barriers)
commands: st.SearchStrategy[Command] = st.one_of(loads, spmms, drains, ends)
