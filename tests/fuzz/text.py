# SPDX-License-Identifier: Apache-2.0
"""Damage that knows of numbers in lines: one becomes another, lines double, go or change places."""

from __future__ import annotations

import random
import re

from tests.fuzz.damage import damage

NUMBERS = [b"-1", b"0", b"00", b"1.5", b"1e400", b"nan", b"inf", b"-0", b"", b"x", b'"1"', b'"']
NUMBERS += [str(number).encode() for number in (2**31 - 1, 2**31, 2**63 - 1, 2**64, 10**12, 10**40)]


def damage_text(rng: random.Random, content: bytes) -> bytes:
    """Return ``content`` as it is, with other numbers or lines, or with other bytes."""
    kind = rng.random()
    if kind < 0.15:
        return content
    if kind < 0.55:
        words = list(re.finditer(rb"[^\s,;]+", content))
        if not words:
            return content
        word = rng.choice(words)
        return content[: word.start()] + rng.choice(NUMBERS) + content[word.end() :]
    if kind < 0.7:
        lines = content.split(b"\n")
        place = rng.randrange(len(lines))
        lines[place : place + 1] = rng.choice([[], lines[place : place + 1] * 3, [b"", b"#", b"%"]])
        if rng.random() < 0.2:
            rng.shuffle(lines)
        return b"\n".join(lines)
    return damage(rng, content)
