# SPDX-License-Identifier: Apache-2.0
"""What the Makefile's environments hold is locked, and is what pyproject.toml allows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

# Python 3.10 has no tomllib; pytest brings tomli there.
try:
    import tomllib
except ModuleNotFoundError:
    import tomli as tomllib  # type: ignore[import-not-found, no-redef, unused-ignore]

ROOT = Path(__file__).parents[1]
LOCKS = ROOT / ".ci" / "locks"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
# Extras and groups of each lock, as in the Makefile.
CONTENTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "build": ((), ("build",)),
    "sim": (("", "sim"), ()),
    "dev": (("", "sim", "test", "dev"), ()),
    "lowest": (("", "sim", "test"), ()),
    "board": (("", "sim", "board"), ("board",)),
}


class Pin(NamedTuple):
    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]

    def holds(self, environment: dict[str, str]) -> bool:
        return not self.marker or Marker(self.marker).evaluate(environment)


def pins(lock: str) -> list[Pin]:
    """Every entry of a lock; anything else in it is an error."""
    text = (LOCKS / f"{lock}.txt").read_text()
    entry = re.compile(
        r"([a-z0-9-]+)==([\w.+]+)(?: ; ([^\\\n]+?))?((?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n"
    )
    body = re.sub(r"\A(?:#.*\n)+", "", text)
    assert entry.sub("", body) == ""
    return [
        Pin(name, version, marker, tuple(re.findall("[0-9a-f]{64}", hashes)))
        for name, version, marker, hashes in entry.findall(body)
    ]


def environment(python: str, machine: str = "x86_64") -> dict[str, str]:
    return {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "platform_machine": machine,
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "extra": "",
    }


def wanted(lock: str) -> Iterator[Requirement]:
    extras, groups = CONTENTS[lock]
    tables = PROJECT["project"]["optional-dependencies"]
    for extra in extras:
        lines = tables[extra] if extra else PROJECT["project"]["dependencies"]
        yield from (Requirement(line) for line in lines if not line.startswith("hgcn["))
    for group in groups:
        yield from map(Requirement, PROJECT["dependency-groups"][group])


def locked(lock: str, python: str, machine: str) -> dict[str, str]:
    """The version of each package that is installed, by name."""
    where = environment(python, machine)
    holding = [pin for pin in pins(lock) if pin.holds(where)]
    versions = {pin.name: pin.version for pin in holding}
    assert len(versions) == len(holding)
    return versions


def test_every_lock_is_known() -> None:
    assert {path.stem for path in LOCKS.iterdir()} == set(CONTENTS)


@pytest.mark.parametrize("lock", CONTENTS)
def test_a_lock_holds_versions_and_hashes_and_names_no_index(lock: str) -> None:
    assert pins(lock)
    assert "://" not in (LOCKS / f"{lock}.txt").read_text()


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("lock", CONTENTS)
def test_what_is_locked_is_what_the_project_allows(lock: str, python: str, machine: str) -> None:
    versions, where = locked(lock, python, machine), environment(python, machine)
    for requirement in wanted(lock):
        if requirement.marker is None or requirement.marker.evaluate(where):
            version = versions.get(canonicalize_name(requirement.name))
            assert version is not None, requirement
            assert requirement.specifier.contains(version), (str(requirement), version)


@pytest.mark.parametrize("python", PYTHONS)
def test_what_the_demo_installs_the_tests_leave_in_place(python: str) -> None:
    demo, tests = (locked(lock, python, "x86_64") for lock in ("sim", "dev"))
    assert demo.items() <= tests.items()


@pytest.mark.parametrize("python", PYTHONS)
def test_the_oldest_versions_are_those_declared(python: str) -> None:
    versions, where = locked("lowest", python, "x86_64"), environment(python)
    for requirement in wanted("lowest"):
        if requirement.marker is None or requirement.marker.evaluate(where):
            (oldest,) = (it.version for it in requirement.specifier if it.operator in (">=", "=="))
            assert Version(versions[requirement.name]) == Version(oldest), requirement


def test_every_python_is_that_of_the_project() -> None:
    allowed = Requirement("python" + PROJECT["project"]["requires-python"]).specifier
    minors = [f"3.{minor}" for minor in range(20) if allowed.contains(f"3.{minor}.0")]
    assert tuple(minors) == PYTHONS
