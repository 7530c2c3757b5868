"""The locks: every package hashed, no host and no folder in them, and exactly what the program imports."""

from __future__ import annotations

import re
import sys
import tomllib

import pytest

from tests.house.tree import HOME, modules

LOCKS = ("requirements.lock", "requirements-dev.lock")
PIN = re.compile(r"^([a-z0-9._-]+)==([^\s;]+)(?: ; ([^\\]+))? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")
# Imported under another name than the package's, or reached through another library by name.
IMPORT_OF = {"opencv-python-headless": "cv2", "pillow": "PIL", "pyserial": "serial"}
REACHED_BY_NAME = {"psycopg": "the address of a PostgreSQL store", "setuptools": "the installation of pyftpdlib"}


def project() -> dict[str, list[str]]:
    """Declared packages by group, without versions and extras."""
    declared = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))
    groups = {"runtime": declared["project"]["dependencies"], **declared["dependency-groups"]}
    return {group: [re.split(r"[\[<>=;\s]", each)[0].lower() for each in names] for group, names in groups.items()}


def pins(lock: str) -> dict[str, str]:
    """Package -> version of one lock."""
    found = (PIN.match(line) for line in (HOME / lock).read_text(encoding="utf-8").splitlines())
    return {match[1]: match[2] for match in found if match}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_pins_and_hashes_alone(lock: str) -> None:
    """So it names no host, no file: and no folder of a machine."""
    lines = (HOME / lock).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not PIN.match(line) and not HASH.match(line)] == []
    assert all(HASH.match(after) for line, after in zip(lines, lines[1:] + [""], strict=True) if PIN.match(line))


def test_the_developers_lock_holds_the_other() -> None:
    assert pins(LOCKS[0]).items() <= pins(LOCKS[1]).items()


def test_the_locks_hold_what_is_declared() -> None:
    groups = project()
    assert set(groups["runtime"]) <= set(pins(LOCKS[0]))
    assert {name for names in groups.values() for name in names} <= set(pins(LOCKS[1]))


def imported() -> set[str]:
    """Top-level names of foreign modules that the program imports, without the developers' room."""
    return {
        name.split(".")[0]
        for module in modules()
        if module.room not in ("workshop", "main") and module.name != "kiosk.locale.compile_catalogue"
        for name, _ in module.imports()
    } - {"kiosk", *sys.stdlib_module_names}


def test_every_import_is_declared() -> None:
    declared = {IMPORT_OF.get(name, name) for name in project()["runtime"]}
    assert imported() - declared == set()


def test_every_declared_package_is_used() -> None:
    used = imported()
    unused = {name for name in project()["runtime"] if IMPORT_OF.get(name, name) not in used} - set(REACHED_BY_NAME)
    assert unused == set()
