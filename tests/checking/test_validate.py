# SPDX-License-Identifier: Apache-2.0
"""The validator: programs of the compiler pass, each violation is refused by its message."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.checking.validate import validate
from hgcn.errors import ProgramError
from hgcn.format.numbers import Base
from hgcn.isa.commands import Command, End, Spmm, Stream
from hgcn.isa.image import ImageBuilder
from tests.isa.handmade import (
    AGGREGATE,
    DENSE,
    DRAIN,
    LOAD,
    LONE,
    OUTPUT,
    SPARSE,
    SPMM,
    bundles,
    control,
    handmade,
    image_of,
    records,
)
from tests.samples import DEVICES, TINY, build, random_network

NETWORK = random_network(1, nodes=40, widths=(20, 6), density=0.2)


def changed(at: int, **fields: Any) -> bytes:
    def change(builder: ImageBuilder) -> None:
        command: Any = builder.commands[at]
        builder.commands[at] = replace(command, **fields)

    return image_of(change)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("policy", ["balanced", "pl-only", "aie-only"])
def test_what_the_compiler_writes_is_valid(device: str, policy: str) -> None:
    network = random_network(
        2, nodes=150, widths=(100, 8, 40), density=0.1, feature_values=policy == "balanced"
    )
    builder, image, _ = build(network, DEVICES[device], policy=policy)
    assert validate(image, DEVICES[device]) == builder.commands


def test_the_handmade_program_is_valid() -> None:
    assert validate(image_of(lambda builder: None), TINY) == handmade().commands


@pytest.mark.parametrize("device", DEVICES)
def test_what_the_compiler_writes_for_run_time_features_is_valid(device: str) -> None:
    network = random_network(2, nodes=150, widths=(100, 8, 40))
    builder, image, _ = build(network, DEVICES[device], at_run_time=True)
    assert validate(image, DEVICES[device]) == builder.commands


def _input(lines: int, **left: int) -> bytes:
    """The handmade program, its left operand's lines from the INPUT region."""

    def change(builder: ImageBuilder) -> None:
        command = spmm(builder)
        stream = Stream(base=Base.INPUT, offset=2, lines=command.left.lines)
        builder.commands[SPMM] = replace(command, left=replace(stream, **left))

    return image_of(change, input_lines=lines)


def test_input_lines_must_be_what_the_streams_read() -> None:
    assert validate(_input(3), TINY)
    with pytest.raises(ProgramError, match="left stream's end must be at most 2 lines of INPUT"):
        validate(_input(2), TINY)
    with pytest.raises(ProgramError, match="input lines must be 3, got 4"):
        validate(_input(4), TINY)
    with pytest.raises(ProgramError, match="input lines must be 0, got 4"):
        validate(image_of(lambda builder: None, input_lines=4), TINY)


def test_what_comes_at_run_time_has_no_checksum() -> None:
    with pytest.raises(ProgramError, match="left stream's checksum must be 0: its bytes come at"):
        validate(_input(3, s1=1), TINY)


FAR = Stream(base=Base.PROGRAM, offset=1 << 20, lines=2)
EIGHT = replace(handmade().commands[LOAD].stream, lines=1, s1=0, s2=0)  # type: ignore[union-attr]
SOMEWHERE = Stream(base=Base.INPUT, offset=0, lines=2)


@pytest.mark.parametrize(
    ("at", "fields", "message"),
    [
        (LOAD, {"position": 3}, "command 0: first position must be a multiple of 8, got 3"),
        (LOAD, {"position": 4088}, "command 0: last position must be at most 4096, got 4104"),
        (LOAD, {"rows": 0}, "command 0: rows must be what 2 lines hold, got 0"),
        (LOAD, {"rows": 17}, "command 0: rows must be what 2 lines hold, got 17"),
        (LOAD, {"stream": FAR}, "rows stream's end must be at most .* lines of PROGRAM"),
        (LOAD, {"stream": SOMEWHERE}, "rows stream's end must be at most 0 lines of INPUT, got 2"),
        (SPMM, {"base": 4}, "command 1: base must be a multiple of 8, got 4"),
        (SPMM, {"base": 4096}, "command 1: base must be below 4096, got 4096"),
        (SPMM, {"base": 4088}, "gathered positions must be below 4096, got 4103"),
        (SPMM, {"bundles": 0}, "PL stream's lines must be 0, got 1"),
        (SPMM, {"bundles": 6}, "PL stream's lines must be 2, got 1"),
        (SPMM, {"packets": 0}, "command 1: packets must be as the slices say, got 0"),
        (SPMM, {"packets": 77}, "command 1: packets must be 77, got 2"),
        (SPMM, {"slices": 2}, "slices of a packet must be first to last|packets must be 2, got 1"),
        (SPMM, {"slices": 0, "packets": 0}, "control stream's lines must be 0, got 1"),
        (SPMM, {"slices": 1 << 31}, "control stream of 64 bytes cannot hold 2147483648 records"),
        (DRAIN, {"rows": 40}, "command 2: rows must be a multiple of 16 up to 512, got 40"),
        (DRAIN, {"rows": 0}, "command 2: rows must be a multiple of 16 up to 512, got 0"),
        (DRAIN, {"rows": 528}, "command 2: rows must be a multiple of 16 up to 512, got 528"),
        (DRAIN, {"rows": 16}, "record stream's lines must be 2, got 3"),
        (DRAIN, {"position": 4}, "command 2: first position must be a multiple of 8, got 4"),
        (DRAIN, {"position": 4080}, "command 2: last position must be at most 4096, got 4112"),
        (DRAIN, {"shift": 0}, "command 2: shift must be 1 to 62, got 0"),
        (DRAIN, {"shift": 63}, "command 2: shift must be 1 to 62, got 63"),
        (DRAIN, {"bias_shift": 31}, "command 2: bias shift must be at most 30, got 31"),
        (DRAIN, {"int16": True}, "command 2: rows of a store must be 8 bits, got 16 bits"),
        (SPMM, {"clear": False}, "command 1: SPMM must come after an SPMM that clears sums 0"),
        (AGGREGATE, {"buffer": 0, "clear": False}, "command 4: DRAIN must come after .* sums 1"),
        (SPMM, {"store": 1}, "command 1: rows of store 1 must be written .*, got row 0"),
        (SPMM, {"base": 8}, "command 1: rows of store 0 must be written .*, got row 16"),
        (LOAD, {"rows": 8, "stream": EIGHT}, "command 1: rows of store 0 .*, got row 8"),
        (OUTPUT, {"tiled": True}, "command 4: tiled layout must be 8 bits, got 16 bits"),
        (OUTPUT, {"int16": False}, "command 4: destination lines must be 4, got 8"),
        (OUTPUT, {"write_memory": False}, "command 4: destination lines must be 0, got 8"),
        (
            OUTPUT,
            {"destination": Stream(base=Base.PROGRAM, offset=0, lines=8)},
            "command 4: destination must be in SCRATCH or OUTPUT, got PROGRAM",
        ),
        (
            OUTPUT,
            {"destination": Stream(base=Base.OUTPUT, offset=1, lines=8)},
            "destination stream's end must be at most 8 lines of OUTPUT, got 9",
        ),
        (SPMM, {"wait_mask": 0}, "command 1: it must wait for engines 0b0001 .*, got 0b0000"),
        (DRAIN, {"wait_mask": 2}, "command 2: it must wait for engines 0b0110 .*, got 0b0010"),
        (AGGREGATE, {"wait_mask": 0}, "command 3: it must wait for engines 0b1000"),
    ],
)
def test_an_illegal_command_is_refused_by_name(
    at: int, fields: dict[str, Any], message: str
) -> None:
    with pytest.raises(ProgramError, match=message):
        validate(changed(at, **fields), TINY)


def spmm(builder: ImageBuilder) -> Spmm:
    command = builder.commands[SPMM]
    assert isinstance(command, Spmm)
    return command


PAYLOAD = {"pl": bundles, "control": control, "records": records}


def repayload(name: str, edit: Callable[[bytearray], None], at: int = SPMM) -> bytes:
    """The image with other bytes in a stream, its checksum right."""

    def change(builder: ImageBuilder) -> None:
        command: Any = builder.commands[at]
        data = bytearray(PAYLOAD[name]())
        edit(data)
        builder.commands[at] = replace(command, **{name: builder.stream(bytes(data))})

    return image_of(change)


def put(at: int, *values: int) -> Callable[[bytearray], None]:
    def edit(data: bytearray) -> None:
        data[at : at + len(values)] = bytes(values)

    return edit


@pytest.mark.parametrize(
    ("name", "edit", "message"),
    [
        ("pl", put(0, 0, 0, 0x80, 8, 0, 0x80), "a schedule bundle reads a bank twice"),
        ("pl", put(0, 0xFF, 0x3F, 0x80), "entry positions must be below 4096, got 16383"),
        ("pl", put(0, 0, 0xC0, 0xFF), "entry slots must be below 256, got 511"),
        ("control", put(SPARSE, 32), "tags must be below 32, got 32"),
        ("control", put(SPARSE, 1), "tags and counts of a packet must be those of its slices"),
        ("control", put(SPARSE + 2, 3), "tags and counts of a packet must be those of its slices"),
        ("control", put(LONE + 4, 2), "PE rows must be below 2, got 2"),
        ("control", put(SPARSE + 5, 0), "slices of a packet must be first to last on one PE row"),
        ("control", put(SPARSE + 5, 3), "slices of a packet must be first to last on one PE row"),
        ("control", put(LONE + 5, 1), "slices of a packet must be first to last on one PE row"),
        ("control", put(LONE + 5, 3 | 8), "left operands must be of one kind, got both kinds"),
        ("control", put(DENSE + 6, 9), "bases of dense slices must be multiples of 8"),
        ("control", put(DENSE + 7, 0x40), "bases of dense slices must be multiples of 8 in the"),
        ("control", put(SPARSE + 8, 11), "a slice gathers a bank twice in one cycle"),
        ("control", put(LONE + 9, 0x7F), "gathered positions must be below 4096, got 32521"),
        ("control", put(SPARSE + 5, 1 | 16), "unused bits of control record 0 must be zero"),
        ("control", put(LONE + 6, 8), "unused bits of control record 2 must be zero"),
        ("control", put(LONE + 2, 0), "tags and counts of a packet must be those of its slices"),
    ],
)
def test_an_illegal_payload_is_refused_by_name(
    name: str, edit: Callable[[bytearray], None], message: str
) -> None:
    with pytest.raises(ProgramError, match=message):
        validate(repayload(name, edit), TINY)


def test_accumulators_beyond_the_lanes_or_twice_are_refused() -> None:
    head = 8 * TINY.features
    with pytest.raises(ProgramError, match="accumulators must be within 4 lanes of 256 slots"):
        validate(repayload("records", put(head + 2, 0, 8), DRAIN), TINY)
    with pytest.raises(ProgramError, match="accumulators must be distinct, got one twice"):
        validate(repayload("records", put(head, 1, 0, 0, 0, 1, 0, 0, 0), DRAIN), TINY)


def test_rows_of_a_line_in_one_lane_are_refused() -> None:
    wide = replace(TINY, name="wide", drain_rows=4)

    def program(*order: int) -> bytes:
        def change(builder: ImageBuilder) -> None:
            data, head = records(), 8 * TINY.features
            row = [data[at : at + 4] for at in range(head, len(data), 4)]
            moved = b"".join(row[at] for at in order) + data[head + 4 * len(order) :]
            stream = builder.stream(data[:head] + moved)
            for at in (DRAIN, OUTPUT):
                command: Any = builder.commands[at]
                builder.commands[at] = replace(command, records=stream)

        return image_of(change, device_hash=wide.hash)

    # Row i is in lane i % 4; a line is four rows.
    validate(program(3, 1, 2, 0, 4, 5, 6, 7), wide)
    message = "lanes of a line of 4 rows must be distinct, got lane 2 twice in line 1"
    with pytest.raises(ProgramError, match=f"command {DRAIN}: {message}"):
        validate(program(0, 1, 10, 3, 4, 6, 2, 7, 8, 9, 5), wide)


@pytest.mark.parametrize(("at", "got"), [(1, 32868), (2, 65636)])
def test_a_column_multiplier_the_hardware_would_cut_is_refused(at: int, got: int) -> None:
    with pytest.raises(ProgramError, match=f"column multipliers must be at most 32767, got {got}"):
        validate(repayload("records", put(at, 0x80 if at == 1 else 1), DRAIN), TINY)


def test_streams_with_some_lines_in_common_are_refused() -> None:
    def shifted(builder: ImageBuilder) -> None:
        command: Any = builder.commands[LOAD]
        one = replace(command.stream, lines=1, s1=0, s2=0)
        more = replace(command, position=64, rows=8, stream=replace(one, offset=one.offset + 1))
        builder.commands.insert(LOAD, more)

    message = "command 1: streams of the program must be the same lines or none in common, got one"
    with pytest.raises(ProgramError, match=message):
        validate(image_of(shifted), TINY)


@pytest.mark.parametrize("region", ["scratch", "output"])
def test_memory_that_is_claimed_and_not_written_is_refused(region: str) -> None:
    with pytest.raises(
        ProgramError, match=f"{region.upper()} must be written whole, got 4294967295"
    ):
        validate(image_of(lambda builder: None, **{f"{region}_lines": 0xFFFF_FFFF}), TINY)


def drains(count: int) -> bytes:
    """A program of so many DRAINs, none with a fence, every other line of memory first."""

    def change(builder: ImageBuilder) -> None:
        last: Any = builder.commands.pop()
        output: Any = builder.commands.pop()
        builder.commands += [
            replace(
                output,
                wait_mask=0b0110 if number == 0 else 0,
                destination=replace(output.destination, offset=8 * (2 * number % (count | 1))),
            )
            for number in range(count | 1)
        ]
        builder.commands.append(last)

    return image_of(change, output_lines=8 * (count | 1))


def calls(image: bytes) -> int:
    """How many Python functions and generators a validation enters."""
    count = 0

    def enter(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(enter)
    try:
        validate(image, TINY)
    finally:
        sys.setprofile(None)
    return count


def test_validation_is_linear_in_drains() -> None:
    few, many = calls(drains(100)), calls(drains(800))
    # To compare each pair would take 64 times as long.
    assert many < 8 * few


def test_a_left_operand_of_another_length_is_refused() -> None:
    def longer(builder: ImageBuilder) -> None:
        command = spmm(builder)
        lines = command.left.lines + 1
        builder.commands[SPMM] = replace(command, left=builder.stream(bytes(64 * lines)))

    with pytest.raises(ProgramError, match="left stream's lines must be"):
        validate(image_of(longer), TINY)


def test_a_schedule_outside_the_program_is_refused() -> None:
    def moved(builder: ImageBuilder) -> None:
        command = spmm(builder)
        elsewhere = replace(command.pl, base=Base.OUTPUT, offset=0)
        builder.commands[SPMM] = replace(command, pl=elsewhere)

    with pytest.raises(ProgramError, match="pl stream must be in PROGRAM, got OUTPUT"):
        validate(image_of(moved, output_lines=100), TINY)


def test_a_wrong_stream_checksum_is_refused() -> None:
    def wrong(builder: ImageBuilder) -> None:
        command = spmm(builder)
        builder.commands[SPMM] = replace(command, pl=replace(command.pl, s1=command.pl.s1 ^ 1))

    with pytest.raises(ProgramError, match="command 1: pl stream: checksum mismatch"):
        validate(image_of(wrong), TINY)


def only(*commands: Command) -> Callable[[ImageBuilder], None]:
    def change(builder: ImageBuilder) -> None:
        builder.commands[:] = commands

    return change


def test_a_program_ends_with_its_only_end() -> None:
    with pytest.raises(ProgramError, match="program must end with END"):
        validate(image_of(only()), TINY)
    with pytest.raises(ProgramError, match="command 0: END must be the last command"):
        validate(image_of(only(End(), End())), TINY)
    assert validate(image_of(only(End()), output_lines=0), TINY) == [End()]


def test_a_program_for_another_device_is_refused() -> None:
    with pytest.raises(ProgramError, match=r"built for device hash 0x.*, kv260 has 0x"):
        validate(image_of(lambda builder: None), replace(TINY, name="kv260", banks=16))


def test_every_flipped_byte_of_a_small_program_is_caught() -> None:
    image = image_of(lambda builder: None)
    for at in range(len(image)):
        broken = bytearray(image)
        broken[at] ^= 1 << at % 8
        with pytest.raises(ProgramError):
            validate(bytes(broken), TINY)


@given(st.data())
def test_any_changed_byte_of_a_compiled_program_is_caught(data: st.DataObject) -> None:
    image = build(NETWORK, TINY)[1]
    broken = bytearray(image)
    broken[data.draw(st.integers(0, len(image) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(ProgramError):
        validate(bytes(broken), TINY)


def test_any_cut_is_caught() -> None:
    image = image_of(lambda builder: None)
    for size in range(0, len(image), 61):
        with pytest.raises(ProgramError):
            validate(image[:size], TINY)
