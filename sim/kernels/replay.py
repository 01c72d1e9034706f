# SPDX-License-Identifier: Apache-2.0
"""Replays a PLIO capture of an RTL simulation on the kernels.

``python -m hgcn_sim.kernels.replay tiny capture.txt``: the A and B beats of a capture of
hgcn_plio_capture.sv go in, the C beats that come out are compared with those of the capture.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from hgcn.arch.device import Device
from hgcn.arch.resolve import DEVICE_HELP, device_argument
from hgcn.errors import BackendError

from .graph import Lines, build, by_port


def read_capture(text: str, device: Device) -> tuple[list[str], Lines]:
    """Return a capture's beats to the array, in order, and those from it, by port."""
    columns = device.array_cols
    sent: list[str] = []
    got: list[str] = []
    for line in text.splitlines():
        match = re.fullmatch(r"([ABC]) +(\d+) ([01]) ([0-9a-f]{32})", line)
        if match is None:
            raise BackendError(f"not a line of a PLIO capture: {line!r}")
        port, index = match[1].lower(), int(match[2])
        place = str(index) if port == "a" else f"{index // columns}_{index % columns}"
        beat = f"plio_{port}_{place} {match[3]} {match[4]}"
        (got if port == "c" else sent).append(beat)
    return sent, by_port(got)


def differences(got: Lines, want: Lines) -> list[str]:
    """Return a line for each port whose beats differ: the first place, and what is there."""
    found = []
    for name in sorted(got.keys() | want.keys()):
        mine, theirs = got.get(name, []), want.get(name, [])
        if mine != theirs:
            pairs = zip(mine, theirs, strict=False)
            places = (i for i, (a, b) in enumerate(pairs) if a != b)
            at = next(places, min(len(mine), len(theirs)))
            one, other = (beats[at] if at < len(beats) else "nothing" for beats in (mine, theirs))
            found.append(f"{name} beat {at}: got {one}, want {other}")
    return found


def main() -> int:
    """Command line: 0 if the packets are equal."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("device", type=device_argument, help=DEVICE_HELP)
    parser.add_argument("capture", type=Path, help="file of hgcn_plio_capture.sv")
    chosen = parser.parse_args()
    target = chosen.device
    sent, want = read_capture(chosen.capture.read_text(), target)
    got = build(target).run(sent)
    wrong = differences(got, want)
    packets = sum(beat.startswith("1") for beats in want.values() for beat in beats)
    print("\n".join(wrong) or f"{packets} C packets on {len(want)} ports, all equal")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
