# SPDX-License-Identifier: Apache-2.0
"""Try damaged files on every reader: python -m tests.fuzz [FORMAT ...] --count N --seed S.

Each mutant runs in a process of its own, within 5 s of processor time and 1 GiB of memory. It may
be read or refused by an error of hgcn; anything else is printed with the command that repeats it,
and the status is 1.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.fuzz import FORMATS
from tests.fuzz.campaign import run_campaign
from tests.fuzz.case import FAILED, READ, REFUSED

SHOWN = 20


def main(arguments: list[str] | None = None) -> int:
    """Run the campaigns asked for; print a line each, and a line per failure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("formats", nargs="*", metavar="FORMAT", help=f"of {', '.join(FORMATS)}")
    parser.add_argument("--count", type=int, default=5000, help="mutants of each format")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--case", type=int, help="only this mutant")
    parser.add_argument(
        "--rtl", type=int, default=0, help="programs that are accepted to run on the RTL, too"
    )
    parser.add_argument("--keep", type=Path, help="folder for the files that fail")
    wanted = parser.parse_args(arguments)
    unknown = set(wanted.formats) - set(FORMATS)
    if unknown:
        parser.error(f"no format {min(unknown)!r}: want {', '.join(FORMATS)}")
    if wanted.keep is not None:
        wanted.keep.mkdir(parents=True, exist_ok=True)
    numbers = range(wanted.count) if wanted.case is None else [wanted.case]
    failed = 0
    for name in wanted.formats or FORMATS:
        done = run_campaign(name, numbers, wanted.seed, wanted.keep, wanted.rtl)
        counts = ", ".join(f"{done.verdicts[kind]} {kind}" for kind in (READ, REFUSED, FAILED))
        most = f"at most {done.seconds:.1f} s and {done.memory_bytes >> 20} MiB"
        if done.on_rtl:
            counts += f", {done.on_rtl} on the RTL"
        print(f"{name}: {counts}; {most}", flush=True)
        for line in done.failures[:SHOWN]:
            print(f"  {line}", flush=True)
        if len(done.failures) > SHOWN:
            print(f"  and {len(done.failures) - SHOWN} more", flush=True)
        failed += len(done.failures)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
