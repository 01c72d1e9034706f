# SPDX-License-Identifier: Apache-2.0
"""Writes the table of docs/extending.md from the parameters' declarations.

python docs/devices.py
"""

from __future__ import annotations

import argparse
from pathlib import Path

from hgcn.arch.explain import page_table

PAGE = Path(__file__).with_name("extending.md")
BEGIN, END = "<!-- parameters: python docs/devices.py -->", "<!-- end -->"


def with_table(text: str) -> str:
    """Return the page's text with the table as it is now."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{page_table()}\n{END}{rest.partition(END)[2]}"


def main() -> None:
    """Command line."""
    argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0]).parse_args()
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
