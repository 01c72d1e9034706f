# SPDX-License-Identifier: Apache-2.0
"""A block design: cells, nets and addresses, refused as soon as a name is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hgcn.errors import BackendError

from .catalog import IpCore, Shape

CELL, PIN, FACE, SEGMENT, SPACE = "cell:", "pin:", "interface:", "segment:", "space:"


@dataclass(slots=True, kw_only=True)
class Cell:
    """An instance of an IP core."""

    name: str
    vlnv: str
    core: IpCore
    settings: dict[str, str]
    platform: dict[str, str] = field(default_factory=dict)

    @property
    def shape(self) -> Shape:
        """Pins and interfaces for the present settings."""
        return self.core.shape(self.settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """An address segment seen in an address space."""

    space: str
    segment: str
    offset: int
    size: int


def _handle(handle: str, kind: str) -> tuple[str, str]:
    if not handle.startswith(kind):
        raise BackendError(f"a {kind[:-1]} is wanted, got {handle!r}")
    cell, _, rest = handle.removeprefix(kind).partition("/")
    return cell, rest


class Design:
    """Cells and their connections."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cells: dict[str, Cell] = {}
        self.drivers: dict[str, str] = {}
        """Driver of each connected input pin, as ``cell/pin``."""
        self.links: dict[str, str] = {}
        """Other end of each connected interface, both ways."""
        self.assignments: list[Assignment] = []
        self.validated = False

    def create(self, name: str, vlnv: str, core: IpCore) -> str:
        """Add a cell; return its handle."""
        if name in self.cells:
            raise BackendError(f"cell {name} is there already")
        self.cells[name] = Cell(name=name, vlnv=vlnv, core=core, settings=dict(core.properties))
        self.validated = False
        return CELL + name

    def delete(self, handle: str) -> None:
        """Remove a cell, its connections and its addresses."""
        name = _handle(handle, CELL)[0]
        self.cell(name)
        del self.cells[name]

        def mine(place: str) -> bool:
            return place.split("/", maxsplit=1)[0] == name

        self.drivers = {k: v for k, v in self.drivers.items() if not mine(k) and not mine(v)}
        self.links = {k: v for k, v in self.links.items() if not mine(k) and not mine(v)}
        self.assignments = [
            item for item in self.assignments if not mine(item.space) and not mine(item.segment)
        ]

    def cell(self, name: str) -> Cell:
        """Return the cell called ``name``."""
        if name not in self.cells:
            raise BackendError(f"no cell {name}: there are {', '.join(self.cells)}")
        return self.cells[name]

    def find(self, kind: str, place: str) -> str:
        """Return the handle of a pin, interface, segment or space given as ``cell/name``."""
        name, _, inner = place.lstrip("/").partition("/")
        shape = self.cell(name).shape
        known: dict[str, Sequence[str]] = {
            PIN: (*shape.inputs, *shape.outputs),
            FACE: tuple(shape.interfaces),
            SEGMENT: tuple(shape.segments),
            SPACE: tuple(shape.spaces),
        }
        if inner not in known[kind]:
            raise BackendError(
                f"{name} has no {kind[:-1]} {inner}: there are {', '.join(known[kind]) or 'none'}"
            )
        return f"{kind}{name}/{inner}"

    def connect_pins(self, handles: Sequence[str]) -> None:
        """Join pins to one net; exactly one of them or of their net drives."""
        places = [handle.removeprefix(PIN) for handle in handles if _handle(handle, PIN)]
        sources = {
            place
            for place in places
            if place.split("/")[1] in self.cell(place.split("/")[0]).shape.outputs
        }
        sources |= {self.drivers[place] for place in places if place in self.drivers}
        if len(sources) != 1:
            raise BackendError(f"a net needs one driver, got {sorted(sources)} in {places}")
        source = sources.pop()
        self.drivers |= dict.fromkeys((place for place in places if place != source), source)
        self.validated = False

    def connect_faces(self, one: str, other: str) -> None:
        """Join a master interface and a slave interface, both free."""
        ends = [handle.removeprefix(FACE) for handle in (one, other) if _handle(handle, FACE)]
        masters = [self.cell(c).shape.interfaces[f][0] for c, f in (e.split("/") for e in ends)]
        if sum(masters) != 1:
            raise BackendError(
                f"{ends[0]} and {ends[1]} are both {'masters' if masters[0] else 'slaves'}"
            )
        for end in ends:
            if end in self.links:
                raise BackendError(f"{end} is connected to {self.links[end]} already")
        self.links |= {ends[0]: ends[1], ends[1]: ends[0]}
        self.validated = False

    def assign(self, space: str, segment: str, offset: int, size: int) -> None:
        """Give a segment an address in a space."""
        place = segment.removeprefix(SEGMENT)
        name, inner = _handle(segment, SEGMENT)
        limit = self.cell(name).shape.segments[inner]
        if size > limit:
            raise BackendError(f"{place} has {limit:#x} bytes, range {size:#x} is asked")
        self.assignments.append(
            Assignment(space=space.removeprefix(SPACE), segment=place, offset=offset, size=size)
        )

    def clock_of(self, place: str) -> str | None:
        """Return the driver of the clock of an interface given as ``cell/name``."""
        name, inner = place.split("/")
        pin = self.cell(name).shape.interfaces[inner][1]
        return self.drivers.get(f"{name}/{pin}") if pin else None

    def validate(self) -> None:
        """Refuse open pins, open interfaces, clock mismatches and bad addresses."""
        for cell in self.cells.values():
            for pin in cell.shape.required:
                if (
                    f"{cell.name}/{pin}" not in self.drivers
                    and f"PFM.IRQ.{pin}" not in cell.platform
                ):
                    raise BackendError(f"{cell.name}/{pin} is not driven")
            for face in cell.shape.interfaces:
                place = f"{cell.name}/{face}"
                if place not in self.links and f"PFM.AXI_PORT.{face}" not in cell.platform:
                    raise BackendError(f"{place} is not connected")
        for one, other in self.links.items():
            self._same_clock(one, other)
        self._addresses()
        self.validated = True

    def _same_clock(self, one: str, other: str) -> None:
        """Compare the clocks at both ends; SmartConnect takes either of its own."""
        mine, theirs = self.clock_of(one), self.clock_of(other)
        hub = self.cell(other.split("/", maxsplit=1)[0])
        if mine is None:
            return
        if theirs is None and hub.vlnv.startswith("xilinx.com:ip:smartconnect"):
            clocks = {self.drivers[f"{hub.name}/{pin}"] for pin in hub.shape.inputs if "clk" in pin}
            if mine not in clocks:
                raise BackendError(f"{one} runs on {mine}, {hub.name} on {sorted(clocks)}")
        elif theirs is not None and mine != theirs:
            raise BackendError(f"{one} runs on {mine}, {other} on {theirs}")

    def _addresses(self) -> None:
        for number, item in enumerate(self.assignments):
            if item.offset % min(item.size, 1 << 31):
                raise BackendError(
                    f"{item.segment} at {item.offset:#x} is not aligned to its range"
                )
            for other in self.assignments[:number]:
                apart = (
                    item.offset >= other.offset + other.size
                    or other.offset >= item.offset + item.size
                )
                if item.space == other.space and not apart:
                    raise BackendError(
                        f"{item.segment} and {other.segment} overlap in {item.space}"
                    )
