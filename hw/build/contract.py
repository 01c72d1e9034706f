# SPDX-License-Identifier: Apache-2.0
"""The ports of the packaged cores: what the Tcl, the block designs and v++ rely on.

The contract is written down here, not derived from the RTL: a port that is renamed in the RTL is
then a difference to be found (`hgcn_hw.build.check`), not something that passes through silently.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hgcn.arch.device import Device
from hgcn.errors import SpecError
from hgcn.format.numbers import PLIO_BYTES
from hgcn.isa.identity import CORES as IDENTITY
from hgcn.isa.identity import INTERRUPT as INTERRUPT_PIN
from hgcn.isa.registers import SPAN_BYTES

AXI = "xilinx.com:interface:aximm:1.0"
STREAM = "xilinx.com:interface:axis:1.0"
CLOCK = "xilinx.com:signal:clock:1.0"
RESET = "xilinx.com:signal:reset:1.0"
INTERRUPT = "xilinx.com:signal:interrupt:1.0"


CORES = tuple(IDENTITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One port of the wrapper.

    Parameters
    ----------
    name : str
        Port of the wrapper.
    output : bool
        Direction as seen from the core.
    width : int
        Bits.
    logical : str
        Name within its interface, such as ``AWVALID``.
    rtl : str or None
        Port of the RTL module it belongs to; None if the wrapper drives a constant.
    """

    name: str
    output: bool
    width: int
    logical: str
    rtl: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One bus interface of a packaged core; ``mode`` is master or slave."""

    name: str
    vlnv: str
    mode: str
    signals: tuple[Signal, ...]
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """A packaged core: ``hgcn:hgcn:<name>:1.0``, its wrapper module and its interfaces."""

    name: str
    interfaces: tuple[Interface, ...]

    @property
    def wrapper(self) -> str:
        """Module name of the wrapper."""
        return f"{self.name}_ip"

    @property
    def vlnv(self) -> str:
        """Vendor, library, name and version."""
        return IDENTITY[self.name]

    @property
    def control(self) -> str:
        """Name of the AXI4-Lite interface; Vitis accepts no other than ``S_AXI_CONTROL``."""
        return "S_AXI_CONTROL" if self.name == "hgcn_core" else "s_axil"

    @property
    def buses(self) -> tuple[Interface, ...]:
        """The AXI interfaces, all in the clock domain of ``ap_clk``."""
        return tuple(face for face in self.interfaces if face.vlnv in (AXI, STREAM))

    def rtl_ports(self) -> dict[str, tuple[bool, int]]:
        """Return the ports the RTL module must have: output or not, and bits."""
        ports: dict[str, tuple[bool, int]] = {}
        for signal in (signal for face in self.interfaces for signal in face.signals):
            if signal.rtl is not None:
                width = ports.get(signal.rtl, (signal.output, 0))[1]
                ports[signal.rtl] = (signal.output, width + signal.width)
        return ports


_WRITE_ADDRESS = ("awvalid", True, 1), ("awready", False, 1), ("awprot", True, 3)
_READ_ADDRESS = ("arvalid", True, 1), ("arready", False, 1), ("arprot", True, 3)
_RESPONSE = ("bvalid", False, 1), ("bready", True, 1), ("bresp", False, 2)
_READ = ("rvalid", False, 1), ("rready", True, 1), ("rresp", False, 2)
_WRITE = ("wvalid", True, 1), ("wready", False, 1)
_LITE = (*_WRITE_ADDRESS, *_WRITE, *_RESPONSE, *_READ_ADDRESS, *_READ)


def _burst(channel: str) -> tuple[tuple[str, bool, int], ...]:
    widths = {"id": 1, "addr": 64, "len": 8, "size": 3, "burst": 2, "lock": 1, "cache": 4, "qos": 4}
    return tuple((channel + name, True, width) for name, width in widths.items())


def _bus(
    name: str, prefix: str, master: bool, ports: tuple[tuple[str, bool, int], ...]
) -> Interface:
    """Return an AXI interface; ``ports`` give direction as of the master."""
    signals = tuple(
        Signal(
            name=f"{prefix}_{port}",
            output=output is master,
            width=width,
            logical=port.upper(),
            rtl=f"{prefix}_{port}",
        )
        for port, output, width in ports
    )
    mode = "master" if master else "slave"
    extra = {"SUPPORTS_NARROW_BURST": "0"} if master else {}
    return Interface(name=name, vlnv=AXI, mode=mode, signals=signals, parameters=extra)


def _control(name: str) -> Interface:
    address = (SPAN_BYTES - 1).bit_length()
    extra = ("awaddr", True, address), ("araddr", True, address), ("wdata", True, 32)
    ports = (*_LITE, *extra, ("wstrb", True, 4), ("rdata", False, 32))
    return _bus(name, "s_axil", False, ports)


def _memory(device: Device) -> Interface:
    bits = 8 * device.axi_bytes
    data = ("wdata", True, bits), ("wstrb", True, device.axi_bytes), ("rdata", False, bits)
    last = ("wlast", True, 1), ("rlast", False, 1), ("bid", False, 1), ("rid", False, 1)
    return _bus("m_axi", "m_axi", True, (*_LITE, *_burst("aw"), *_burst("ar"), *data, *last))


def _single(name: str, vlnv: str, output: bool, rtl: str, **parameters: str) -> Interface:
    logical = {CLOCK: "CLK", RESET: "RST", INTERRUPT: "INTERRUPT"}[vlnv]
    port = Signal(name=name, output=output, width=1, logical=logical, rtl=rtl)
    mode = "master" if output else "slave"
    return Interface(name=name, vlnv=vlnv, mode=mode, signals=(port,), parameters=parameters)


def _stream(name: str, rtl: str, out: bool) -> Interface:
    forward, backward = ("o", "i") if out else ("i", "o")
    table = [
        ("tvalid", out, 1, f"{rtl}_tvalid_{forward}"),
        ("tready", not out, 1, f"{rtl}_tready_{backward}"),
        ("tdata", out, 8 * PLIO_BYTES, f"{rtl}_tdata_{forward}"),
        ("tlast", out, 1, f"{rtl}_tlast_{forward}"),
    ]
    signals = [
        Signal(name=f"{name}_{port}", output=output, width=width, logical=port.upper(), rtl=place)
        for port, output, width, place in table
    ]
    if out:  # Packets are whole beats (docs/plio.md); the AI Engine array takes TKEEP.
        keep = f"{name}_tkeep"
        signals.append(Signal(name=keep, output=True, width=PLIO_BYTES, logical="TKEEP", rtl=None))
    mode = "master" if out else "slave"
    return Interface(name=name, vlnv=STREAM, mode=mode, signals=tuple(signals))


def plio_names(device: Device) -> dict[str, bool]:
    """Return the PLIO streams by name, in port order; True where the core sends.

    Examples
    --------
    >>> from hgcn.arch.presets import device
    >>> list(plio_names(device("vck190")))[::8]
    ['plio_a_0', 'plio_b_0_0', 'plio_c_0_0']
    """
    grid = [f"{r}_{c}" for r in range(device.array_rows) for c in range(device.array_cols)]
    names = {f"plio_a_{r}": True for r in range(device.array_rows)}
    names |= {f"plio_b_{place}": True for place in grid}
    return names | {f"plio_c_{place}": False for place in grid}


def core(name: str, device: Device) -> Core:
    """Return the contract of ``hgcn_top`` or ``hgcn_core`` on ``device``.

    Raises
    ------
    SpecError
        If there is no such core.
    """
    if name not in CORES:
        raise SpecError(f"core must be one of {', '.join(CORES)}, got {name!r}")
    low = {"POLARITY": "ACTIVE_LOW"}
    faces = [
        _single("ap_clk", CLOCK, False, "clk_i"),
        _single("ap_rst_n", RESET, False, "rst_ni", **low),
    ]
    if name == "hgcn_top":
        faces += [
            _single("array_clk", CLOCK, False, "array_clk_i"),
            _single("array_rst_n", RESET, False, "array_rst_ni", **low),
            _single(INTERRUPT_PIN, INTERRUPT, True, "irq_o", SENSITIVITY="LEVEL_HIGH"),
            _control("s_axil"),
        ]
    else:
        faces += [  # v++ knows a kernel's interrupt by this name
            _single("interrupt", INTERRUPT, True, "irq_o", SENSITIVITY="LEVEL_HIGH"),
            _control("S_AXI_CONTROL"),
        ]
    faces.append(_memory(device))
    if name == "hgcn_core":
        names = plio_names(device).items()
        faces += [_stream(port, port[: len("plio_a")], out) for port, out in names]
    return Core(name=name, interfaces=tuple(faces))
