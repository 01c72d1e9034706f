# SPDX-License-Identifier: Apache-2.0
"""What commands run on and read."""

from __future__ import annotations

from hgcn.format.numbers import Base, Engine
from hgcn.isa.commands import (
    NO_STREAM,
    Drain,
    End,
    Load,
    Spmm,
    Stream,
    engines,
    streams,
)


def test_each_command_names_its_engines_and_its_streams() -> None:
    some = Stream(base=Base.PROGRAM, offset=2, lines=1)
    spmm = Spmm(
        clear=True,
        pl_int8=False,
        buffer=0,
        store=0,
        base=0,
        bundles=0,
        slices=1,
        packets=1,
        pl=NO_STREAM,
        control=some,
        left=some,
    )
    drain = Drain(
        relu=False,
        int16=False,
        buffer=0,
        store=0,
        write_store=True,
        write_memory=False,
        tiled=False,
        position=0,
        rows=16,
        shift=1,
        bias_shift=0,
        records=some,
        destination=NO_STREAM,
    )
    load = Load(store=0, position=0, rows=8, stream=some)
    assert [engines(c) for c in (load, spmm, drain, End())] == [
        (Engine.LOAD,),
        (Engine.PL, Engine.ARRAY),
        (Engine.DRAIN,),
        (),
    ]
    assert [sorted(streams(c)) for c in (load, spmm, drain, End())] == [
        ["rows"],
        ["control", "left"],
        ["records"],
        [],
    ]
