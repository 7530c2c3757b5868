"""Who may import whom: the rooms of the program, and the libraries that belong to one room."""

from __future__ import annotations

import ast

import pytest

from tests.house.tree import Module, modules

SIDE_ROOMS = {"store", "dicom", "devices", "paper"}
EVERYTHING = {"core", "masters", "locale", "flow", "ui", "modes"} | SIDE_ROOMS

# A room may import itself and these rooms. A room that isn't listed has no place in the house yet.
MAY_IMPORT = {
    "kiosk": set(),
    "core": set(),
    "locale": {"core"},
    "masters": {"core"},
    "store": {"core", "masters"},
    "dicom": {"core", "masters"},
    "devices": {"core", "masters"},
    "paper": {"core", "masters"},
    "ui": {"core", "masters"},
    "flow": {"core", "masters"} | SIDE_ROOMS,
    "modes": {"core", "masters", "flow", "ui"} | SIDE_ROOMS,
    "station": {"core", "assembly", "commands"},
    "assembly": {"core", "locale", "flow", "modes", "store"},
    "windows": {"core", "store", "flow", "ui", "modes", "assembly"},
    "commands": {"core", "flow", "modes", "assembly", "windows", "demo", "self_test"},
    "demo": {"core", "demo_day", "flow", "modes", "assembly", "windows", "bootstrap"},
    "demo_day": {"core", "devices", "modes", "ui"},
    "self_test": {"core", "locale", "modes"} | SIDE_ROOMS,
    "bootstrap": {"environment", "workshop", "station"},
    "environment": {"bootstrap"},
    "workshop": {"bootstrap", "core", "environment", "modes"},
    "main": {"bootstrap"},
}
MODE_WIRING = {"core", "masters", "flow", "ui", "modes"} | SIDE_ROOMS
MODE_RULES = {"core"}
MODE_WINDOW = {"core", "ui", "modes"}

# Library -> rooms that may use it.
LIBRARY_ROOMS = {
    "PIL": {"dicom", "ui", "paper"},
    "alembic": {"store"},
    "cv2": {"devices", "dicom"},
    "imagecodecs": {"dicom"},
    "numpy": {"devices", "dicom", "ui"},
    "openpyxl": {"paper"},
    "psycopg": {"store"},
    "pydicom": {"dicom"},
    "pyftpdlib": {"devices"},
    "pynetdicom": {"dicom"},
    "pysqlite3": {"store"},
    "reportlab": {"paper"},
    "serial": {"devices"},
    "sqlalchemy": {"store"},
    "sqlite3": {"store"},
}


def forbidden_imports(module: Module) -> list[str]:
    """What ``module`` imports and may not, as ``place:line imports name``."""
    found = []
    for name, line in module.imports():
        if name.startswith("."):
            why = "is relative"
        elif name.split(".")[0] == "kiosk":
            why = trouble_with_room(module, name)
        else:
            why = trouble_with_library(module, name.split(".")[0])
        if why:
            found.append(f"{module.place}:{line} imports {name}: {why}")
    return found


def trouble_with_room(module: Module, name: str) -> str:
    """Why ``module`` may not import ``name`` of ours, or nothing."""
    room = (name.split(".") + ["kiosk"])[1] if "." in name else "kiosk"
    if room == "kiosk":
        return ""
    own = module.room
    if own not in MAY_IMPORT:
        return f"the room {own} is not in the plan of the house"
    if own == "modes" and len(module.name.split(".")) > 3:
        return trouble_inside_mode(module, name, room)
    if own == "modes" and room == "modes":
        return "" if name in ("kiosk.modes", "kiosk.modes.contract", "kiosk.modes.catalog") else "names one mode"
    return "" if room == own or room in MAY_IMPORT[own] else f"{own} must not know {room}"


def trouble_inside_mode(module: Module, name: str, room: str) -> str:
    """The stricter rule inside ``kiosk/modes/<name>/``."""
    mode, part = module.name.split(".")[2:4]
    own_folder = f"kiosk.modes.{mode}"
    if room == "modes":
        if name == own_folder or name.startswith(own_folder + "."):
            return "rules know core alone" if part == "rules" else ""
        wiring = is_wiring(part) and name in ("kiosk.modes", "kiosk.modes.contract")
        return "" if wiring else "a mode never imports a mode"
    allowed = MODE_WIRING if is_wiring(part) else MODE_RULES if part == "rules" else MODE_WINDOW
    return "" if room in allowed else f"only mode.py and desk_*.py may reach for {room}"


def is_wiring(part: str) -> bool:
    """mode.py, and what it is too small for: one desk_<page>.py for each page of a mode with many."""
    return part == "mode" or part.startswith("desk_")


def trouble_with_library(module: Module, library: str) -> str:
    """Why ``module`` may not use ``library``, or nothing."""
    if library == "tkinter":
        return "" if may_open_windows(module) else "tkinter belongs to ui and windows"
    if module.room == "workshop":
        return ""  # the developers' room reads what the others use
    rooms = LIBRARY_ROOMS.get(library)
    return "" if rooms is None or module.room in rooms else f"{library} belongs to {' '.join(sorted(rooms))}"


def may_open_windows(module: Module) -> bool:
    """ui, windows, and inside a mode everything but its wiring and rules.py."""
    parts = module.name.split(".")
    in_mode = len(parts) > 3 and parts[1] == "modes" and parts[3] != "rules"
    return module.room in ("ui", "windows") or (in_mode and not is_wiring(parts[3]))


def test_imports_keep_to_the_layers() -> None:
    assert [breach for module in modules() for breach in forbidden_imports(module)] == []


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("kiosk.core.visit", "import sqlite3"),
        ("kiosk.core.visit", "from kiosk.store import engine"),
        ("kiosk.store.engine", "import kiosk.dicom.receive"),
        ("kiosk.flow.intake", "def f():\n    from kiosk.ui.shell import Shell"),
        ("kiosk.flow.intake", "import tkinter"),
        ("kiosk.ui.shell", "from kiosk.flow import intake"),
        ("kiosk.modes.viewer.window", "from kiosk.flow import intake"),
        ("kiosk.modes.viewer.window", "from kiosk.modes.findings.rules import x"),
        ("kiosk.modes.viewer.rules", "from kiosk.ui import look"),
        ("kiosk.modes.viewer.rules", "from kiosk.modes.viewer.window import x"),
        ("kiosk.modes.viewer.mode", "import tkinter.ttk"),
        ("kiosk.modes.viewer.mode", "from kiosk.modes.reception.mode import MODE"),
        ("kiosk.modes.viewer.mode", "from . import rules"),
        ("kiosk.modes.viewer.window", "import pydicom"),
        ("kiosk.attic.box", "from kiosk.core import visit"),
        ("main", "from kiosk.station import main"),
    ],
)
def test_the_rule_sees_a_breach(name: str, line: str) -> None:
    made_up = Module(modules()[0].path, name, ast.parse(line))
    assert forbidden_imports(made_up) != []
