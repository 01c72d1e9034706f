# SPDX-License-Identifier: Apache-2.0
"""The IP packager: reads the interfaces from a wrapper's attributes, keeps the register map."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from hgcn.errors import BackendError

from ..contract import AXI, CLOCK, INTERRUPT, RESET, STREAM
from ..registers import PackagedField, PackagedRegister
from .catalog import IpCore, Shape, fixed

_ATTRIBUTE = re.compile(
    r'X_INTERFACE_INFO = "(\S+) (\S+) (\S+)" \*\)\s*(?:\(\*.*?\*\)\s*)?'
    r"(input|output) wire (?:\[\d+:0\] )?(\w+)"
)
_LEADING = {AXI: "AWVALID", STREAM: "TVALID", CLOCK: "CLK", RESET: "RST", INTERRUPT: "INTERRUPT"}
PROPERTIES = {
    "core": {
        *("name", "version", "display_name", "description"),
        *("sdx_kernel", "sdx_kernel_type", "ipi_drc", "vitis_drc"),
    },
    "bus": {"slave_memory_map_ref"},
    "block": {"usage", "width", "range"},
    "register": {"address_offset", "size", "description"},
    "field": {"bit_offset", "bit_width", "access", "description"},
    "parameter": {"value"},
}


@dataclass(slots=True, kw_only=True)
class Package:
    """One packaged core."""

    root: Path
    module: str
    faces: dict[str, tuple[str, bool]]
    """Interface to (VLNV, is master)."""
    ports: dict[str, str]
    """Port of each clock, reset and interrupt interface."""
    clocks: dict[str, str] = field(default_factory=dict)
    resets: dict[str, str] = field(default_factory=dict)
    objects: dict[str, dict[str, str]] = field(default_factory=dict)
    """Properties by handle, in order of creation."""
    saved: bool = False

    @property
    def vlnv(self) -> str:
        """Vendor, library, name, version."""
        own = self.objects["ipx:core"]
        return f"hgcn:hgcn:{own.get('name', self.module)}:{own.get('version', '1.0')}"

    def make(self, handle: str) -> str:
        """Register a new object."""
        if handle in self.objects:
            raise BackendError(f"{handle} is there already")
        self.objects[handle] = {}
        return handle

    def set(self, handle: str, name: str, value: str) -> None:
        """Set a property of an object of the packager."""
        if handle not in self.objects:
            raise BackendError(f"{handle} is no object of the packager")
        kind = handle.split(":")[1]
        if name not in PROPERTIES.get(kind, ()):
            raise BackendError(f"{handle} has no property {name}")
        self.objects[handle][name] = value

    def associate(self, bus: str | None, clock: str, reset: str | None) -> None:
        """Tie an interface, or a reset, to a clock."""
        for name, vlnv in ((clock, CLOCK), (reset, RESET)):
            if name is not None and self.faces.get(name, ("", False))[0] != vlnv:
                raise BackendError(f"{self.module} has no {vlnv} called {name}")
        if bus is not None:
            if bus not in self.faces:
                raise BackendError(f"{self.module} has no interface {bus}")
            self.clocks[bus] = clock
        if reset is not None:
            self.resets[clock] = reset

    def registers(self) -> list[PackagedRegister]:
        """Return the register map that was written."""
        found = []
        for handle, own in self.objects.items():
            if not handle.startswith("ipx:register:"):
                continue
            name = handle.rsplit(":", 1)[1]
            mine = [k for k in self.objects if k.startswith(f"ipx:field:{name}:")]
            fields = tuple(
                PackagedField(
                    name=key.rsplit(":", 1)[1],
                    low=int(self.objects[key]["bit_offset"]),
                    width=int(self.objects[key]["bit_width"]),
                    access=self.objects[key]["access"],
                    description=self.objects[key]["description"],
                )
                for key in mine
            )
            found.append(
                PackagedRegister(
                    name=name,
                    offset=int(own["address_offset"], 0),
                    bits=int(own["size"]),
                    description=own["description"],
                    fields=fields,
                    bus=self.objects.get(f"ipx:parameter:{name}", {}).get("value"),
                )
            )
        return found

    def block_bytes(self) -> int:
        """Return the size of the address block."""
        blocks = [own for handle, own in self.objects.items() if handle.startswith("ipx:block:")]
        if len(blocks) != 1 or blocks[0].get("usage") != "register":
            raise BackendError(f"{self.module} must have one register block, got {blocks}")
        return int(blocks[0]["range"], 0)

    def core(self) -> IpCore:
        """Return the core as the IP catalogue offers it."""
        outs = tuple(self.ports[n] for n, (v, m) in self.faces.items() if v == INTERRUPT and m)
        pins = tuple(self.ports[n] for n, (v, _) in self.faces.items() if v in (CLOCK, RESET))
        buses = {n: (m, self.clocks.get(n, "")) for n, (v, m) in self.faces.items() if v in _BUSES}
        maps = [
            handle.rsplit(":", 1)[1] for handle in self.objects if handle.startswith("ipx:map:")
        ]
        shape = Shape(
            inputs=pins,
            outputs=outs,
            interfaces=buses,
            segments={f"{face}/reg0": self.block_bytes() for face in maps},
            spaces={"m_axi": "m_axi"} if "m_axi" in buses else {},
            required=pins,
        )
        return fixed(shape)


_BUSES = (AXI, STREAM)


def read_wrapper(root: Path, module: str, sources: list[Path]) -> Package:
    """Package ``module``, whose source must be one of ``sources``."""
    text = next(
        (t for t in (s.read_text() for s in sources) if re.search(rf"\bmodule\s+{module}\b", t)),
        None,
    )
    if text is None:
        raise BackendError(f"no source has module {module}")
    faces: dict[str, tuple[str, bool]] = {}
    ports: dict[str, str] = {}
    for vlnv, name, logical, direction, port in _ATTRIBUTE.findall(text):
        if logical == _LEADING[vlnv]:
            faces[name] = (vlnv, direction == "output")
            if vlnv not in _BUSES:
                ports[name] = port
    package = Package(root=root, module=module, faces=faces, ports=ports)
    package.make("ipx:core")
    for name in faces:
        package.make(f"ipx:bus:{name}")
    return package


def check_kernel(package: Package, protocol: str) -> None:
    """Refuse what v++ does not take as a kernel."""
    own = package.objects["ipx:core"]
    if own.get("sdx_kernel") != "true" or own.get("sdx_kernel_type") != "rtl":
        raise BackendError(f"{package.module} is not marked as an RTL kernel")
    if own.get("vitis_drc") != f"ctrl_protocol {protocol}":
        raise BackendError(f"vitis_drc and -ctrl_protocol {protocol} differ")
    slaves = [n for n, (v, master) in package.faces.items() if v == AXI and not master]
    if slaves != ["S_AXI_CONTROL"]:
        raise BackendError(f"the AXI4-Lite interface must be S_AXI_CONTROL, got {slaves}")
    bound = {register.bus for register in package.registers()}
    for name, (vlnv, master) in package.faces.items():
        if vlnv in _BUSES and name not in package.clocks:
            raise BackendError(f"interface {name} has no clock")
        if vlnv == AXI and master and name not in bound:
            raise BackendError(f"no register holds an address for {name}")
