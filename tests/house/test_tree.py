"""The tree keeps its shape: names, docstrings, lengths, and nothing of the machine it was written on."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.house.tree import HOME, modules, test_modules, tracked_files

MOST_LINES = 400
LARGEST_FILE = 1_500_000
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "tools"}
# A folder of a developer's machine; folders that every system has (/usr, /etc, /var, /dev) are meant as such.
OWN_MACHINE = re.compile(rb"(?<![\w.~/:-])/(?:(?:work|root|opt)/\w|home/\w\w)|[A-Z]:\\\\?Users\\\\?\w|file:///\w")


def test_every_module_says_what_it_is_for() -> None:
    silent = [each.place for each in modules() + test_modules() if each.tree.body and not ast.get_docstring(each.tree)]
    assert silent == []


def test_no_module_is_too_long() -> None:
    """A migration is a schema written down once, and may be as long as it is."""
    lengths = {each.place: len(each.path.read_bytes().splitlines()) for each in modules() + test_modules()}
    too_long = {place: lines for place, lines in lengths.items() if lines > MOST_LINES and "/versions/" not in place}
    assert too_long == {}


def test_no_name_that_says_nothing() -> None:
    said = {part for module in modules() + test_modules() for part in module.name.split(".")}
    assert said & FORBIDDEN_NAMES == set()


def test_tests_wait_for_conditions() -> None:
    slept = [
        f"{module.place}:{node.lineno}"
        for module in test_modules()
        for node in module.nodes
        if isinstance(node, ast.Call) and is_sleep(node.func)
    ]
    assert slept == []


def is_sleep(called: ast.expr) -> bool:
    """``time.sleep``, ``sleep``, ``asyncio.sleep``."""
    return (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")) == "sleep"


def test_no_tracked_file_names_a_folder_of_a_machine() -> None:
    own = str(HOME.parent).encode() + b"/" if len(HOME.parent.parts) > 2 else None  # /tmp is everybody's
    found = []
    for path in tracked_files():
        if path.suffix in (".ttf", ".png", ".mo", ".dcm"):
            continue
        text = path.read_bytes()
        if OWN_MACHINE.search(text) or (own and own in text):
            found.append(path.relative_to(HOME).as_posix())
    assert [place for place in found if place != own_place()] == []


def own_place() -> str:
    """This file, which has to spell what it forbids."""
    return Path(__file__).relative_to(HOME).as_posix()


def test_no_large_file() -> None:
    fonts = {".ttf", ".otf"}
    large = [path.name for path in tracked_files() if path.stat().st_size > LARGEST_FILE and path.suffix not in fonts]
    assert large == []
