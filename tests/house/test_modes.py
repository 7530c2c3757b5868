"""Every mode is whole: docstring, settings file that loads, tests, and a declaration that is instant to import."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from kiosk.modes.catalog import all_modes, load_mode
from tests.house.tree import HOME, mode_names

HEAVY = {
    "tkinter",
    "_tkinter",
    "pydicom",
    "pynetdicom",
    "numpy",
    "sqlalchemy",
    "cv2",
    "PIL",
    "reportlab",
    "openpyxl",
    "imagecodecs",
}


def test_the_catalogue_finds_every_folder() -> None:
    modes, broken = all_modes()
    assert broken == []
    assert sorted(modes) == mode_names()


@pytest.mark.parametrize("name", mode_names())
def test_a_mode_says_what_it_is_for(name: str) -> None:
    source = (HOME / "kiosk" / "modes" / name / "mode.py").read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(source))


@pytest.mark.parametrize("name", mode_names())
def test_a_mode_has_tests(name: str) -> None:
    assert list((HOME / "tests" / "modes" / name).glob("test_*.py"))


@pytest.mark.parametrize("name", mode_names())
def test_a_mode_has_a_settings_file_that_names_it(name: str) -> None:
    path = HOME / "settings" / f"{name}.toml"
    assert name in tomllib.loads(path.read_text(encoding="utf-8")).get("modes", {})


@pytest.mark.parametrize("path", sorted((HOME / "settings").glob("*.toml")), ids=lambda path: path.name)
def test_every_settings_file_loads(path: Path) -> None:
    from kiosk.flow.settings_file import read_settings

    read_settings(path, {name: mode.settings for name, mode in all_modes()[0].items()})


@pytest.mark.parametrize("path", sorted((HOME / "settings").glob("*.toml")), ids=lambda path: path.name)
def test_every_settings_file_is_commented(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines and lines[0].startswith("#")


@pytest.mark.parametrize("name", mode_names())
def test_a_declaration_loads_nothing_heavy(name: str) -> None:
    ask = f"import sys, kiosk.modes.{name}.mode; print(' '.join(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", ask], cwd=HOME, capture_output=True, text=True, check=True)
    assert HEAVY & set(answer.stdout.split()) == set()


@pytest.mark.parametrize("name", mode_names())
def test_a_mode_has_a_title_and_documented_settings(name: str) -> None:
    from kiosk.core.settings import documented

    mode = load_mode(name)
    assert mode.title
    assert [each.key for each in documented(mode.settings) if not each.doc] == []
