# SPDX-License-Identifier: Apache-2.0
"""The tree itself: tests mirror modules, files carry their licence, lists equal what is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

# Python 3.10 has no tomllib; pytest brings tomli there.
try:
    import tomllib
except ModuleNotFoundError:
    import tomli as tomllib  # type: ignore[import-not-found, no-redef, unused-ignore]

ROOT = Path(__file__).parents[1]
SOURCES = {".py", ".sv", ".svh", ".vlt", ".rdl", ".cc", ".cpp", ".h", ".hpp", ".toml"}
TEXTS = SOURCES | {".md", ".ipynb", ".txt", ".yml", ".yaml", ".json", ".cfg", ".ini"}
SKIPPED = {"__pycache__", "build", "dist", "node_modules"}

TESTED_ELSEWHERE = {
    "__main__": "tests/cli/test_app.py: every script explains itself",
    "cli.disasm": "tests/cli/test_compile.py: a program is made before it is printed",
    "cli.options": "tests/cli/test_app.py: help and usage",
    "isa.records": "tests/emit/test_records.py: it is generated, and compared with its source",
    "isa.registers": "tests/sim/test_registers.py: it is generated, and compared with its source",
}
"""Modules without a test file of their own name, each with where it is tested instead."""


def files(folder: Path = ROOT) -> Iterator[Path]:
    """Every file of the tree but hidden, built and cached ones."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name in SKIPPED or path.suffix == ".egg-info":
            continue
        if path.is_dir():
            yield from files(path)
        else:
            yield path


def modules() -> list[str]:
    """Every module of hgcn that holds code, as ``package.module``."""
    found = [path.relative_to(ROOT / "hgcn").with_suffix("") for path in files(ROOT / "hgcn")]
    names = [
        ".".join(path.parts) for path in found if (ROOT / "hgcn" / path).with_suffix(".py").exists()
    ]
    return sorted({name for name in names if not name.endswith("__init__")})


@pytest.mark.parametrize("module", modules())
def test_every_module_has_its_tests(module: str) -> None:
    *folder, name = module.split(".")
    own = ROOT.joinpath("tests", *folder, f"test_{name}.py")
    assert own.exists() != (module in TESTED_ELSEWHERE)


def test_modules_tested_elsewhere_exist() -> None:
    assert set(TESTED_ELSEWHERE) <= set(modules())


def test_no_test_file_outlives_its_module() -> None:
    packages = {path.parent.name for path in (ROOT / "hgcn").glob("*/__init__.py")}
    orphans = [
        str(path.relative_to(ROOT))
        for package in packages
        for path in (ROOT / "tests" / package).glob("test_*.py")
        if not (ROOT / "hgcn" / package / path.name.removeprefix("test_")).exists()
    ]
    assert orphans == []


def test_every_source_file_names_its_licence() -> None:
    missing = [
        str(path.relative_to(ROOT))
        for path in files()
        if path.suffix in SOURCES or path.name == "Makefile"
        if "SPDX-License-Identifier: Apache-2.0" not in head(path)
    ]
    assert missing == []


def head(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.readline() + file.readline()


def test_the_package_list_equals_the_folders() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    settings = project["tool"]["setuptools"]
    # A folder named here is a package even without code, such as the notebooks'.
    found = set(settings["package-dir"])
    for package, folder in settings["package-dir"].items():
        for init in (ROOT / folder).rglob("__init__.py"):
            inside = init.parent.relative_to(ROOT / folder).parts
            found.add(".".join((package, *inside)))
    assert sorted(settings["packages"]) == sorted(found)
    assert settings["packages"] == sorted(settings["packages"])


def test_every_layer_of_the_import_contract_is_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    named = {name.strip() for layer in layers for name in layer.split("|")}
    there = {
        path.stem
        for path in (ROOT / "hgcn").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert named == there - {"__init__"}


def test_no_file_names_a_path_of_one_machine() -> None:
    # Spelt so that this file does not name one itself.
    folders = "|".join(("wo" + "rk", "ho" + "me", "ro" + "ot", "Us" + "ers", "mn" + "t"))
    pattern = re.compile(rf"(?<![\w.~}}$)-])/(?:{folders})/\w")
    named = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in files()
        if path.suffix in TEXTS or path.name == "Makefile"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]
    assert named == []


def test_files_stay_short() -> None:
    generated = {"registers.py", "records.py"}
    long = [
        f"{path.relative_to(ROOT)}: {lines}"
        for path in files(ROOT / "hgcn")
        if path.suffix == ".py" and path.name not in generated
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 300
    ]
    assert long == []


def test_the_table_of_modules_is_that_of_their_headers() -> None:
    rtl = ROOT / "hw" / "rtl"
    listed = (rtl / "files.txt").read_text().splitlines()
    want = []
    for name in listed:
        if name.startswith(("#", "..")):
            continue
        first = re.search(r"^/// (.*)$", (rtl / name).read_text(), re.MULTILINE)
        assert first is not None, f"{name} has no header"
        want.append(f"| `{name}` | {first[1].removesuffix('.')} |")
    table = (ROOT / "hw" / "README.md").read_text().splitlines()
    assert sorted(line for line in table if ".sv` |" in line) == sorted(want)
