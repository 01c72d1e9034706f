# SPDX-License-Identifier: Apache-2.0
"""Damage that knows nothing of a format: bytes changed, cut, doubled, moved."""

from __future__ import annotations

import random

# Bytes that mean something in many formats, beside any byte at all.
TELLING = b'\0\x01\x7f\x80\xff \t\n\r\v\f\x1c\x85,;%#"()[]{}-+.0123456789eE_'


def damage(rng: random.Random, content: bytes) -> bytes:
    """Return ``content`` after one to four small accidents."""
    for _ in range(rng.randint(1, 4)):
        content = rng.choice(ACCIDENTS)(rng, content)
    return content


def _change(rng: random.Random, content: bytes) -> bytes:
    start, stop = _span(rng, content, 1)
    return content[:start] + _any_bytes(rng, stop - start) + content[stop:]


def _insert(rng: random.Random, content: bytes) -> bytes:
    place = rng.randint(0, len(content))
    return content[:place] + _any_bytes(rng, rng.randint(1, 8)) + content[place:]


def _remove(rng: random.Random, content: bytes) -> bytes:
    start, stop = _span(rng, content, 16)
    return content[:start] + content[stop:]


def _double(rng: random.Random, content: bytes) -> bytes:
    start, stop = _span(rng, content, 64)
    return content[:stop] + content[start:stop] * rng.randint(1, 4) + content[stop:]


def _cut(rng: random.Random, content: bytes) -> bytes:
    return content[: rng.randint(0, len(content))]


def _flip(rng: random.Random, content: bytes) -> bytes:
    if not content:
        return content
    place = rng.randrange(len(content))
    flipped = content[place] ^ 1 << rng.randrange(8)
    return content[:place] + bytes([flipped]) + content[place + 1 :]


def _exchange(rng: random.Random, content: bytes) -> bytes:
    first, second = sorted(rng.randint(0, len(content)) for _ in range(2))
    length = rng.randint(1, 8)
    left, right = content[first : first + length], content[second : second + length]
    if second < first + length:
        return content
    return (
        content[:first]
        + right
        + content[first + length : second]
        + left
        + content[second + length :]
    )


ACCIDENTS = (_change, _insert, _remove, _double, _cut, _flip, _exchange)


def _span(rng: random.Random, content: bytes, longest: int) -> tuple[int, int]:
    start = rng.randint(0, len(content))
    return start, min(start + rng.randint(1, longest), len(content))


def _any_bytes(rng: random.Random, count: int) -> bytes:
    if rng.random() < 0.5:
        return rng.randbytes(count)
    return bytes(rng.choices(TELLING, k=count))
