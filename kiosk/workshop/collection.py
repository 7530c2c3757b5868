"""What belongs into the executable, read from the tree, and what a build failed to collect."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable
from pathlib import Path

from kiosk.modes import catalog

HOME = Path(__file__).resolve().parents[2]
KIOSK = HOME / "kiosk"
MIGRATIONS = KIOSK / "store" / "migrations"
# The developers' room, and what only a start from source needs.
LEFT_OUT = ("kiosk.workshop", "kiosk.environment", "kiosk.locale.compile_catalogue")
# Of the tests and the build alone: in an executable they would be ballast that somebody imported by mistake.
DEVELOPERS_LIBRARIES = ("PyInstaller", "babel", "hypothesis", "mypy", "pip", "pytest", "setuptools", "zxingcpp")
# Imported by name where nobody who reads the source sees it.
IMPORTED_BY_NAME = ("psycopg", "psycopg_binary", "sqlalchemy.dialects.postgresql.psycopg")


def own_modules() -> list[str]:
    """Every module of the program that the executable holds, by dotted name."""
    found = []
    for path in sorted(KIOSK.rglob("*.py")):
        if MIGRATIONS in path.parents:
            continue  # read as files by Alembic
        parts = path.relative_to(HOME).with_suffix("").parts
        found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return [name for name in found if not name.startswith(LEFT_OUT)]


def data_files() -> list[tuple[Path, str]]:
    """(file, folder inside the executable): catalogues, masters, fonts, migrations, and the example settings."""
    own = [path for path in KIOSK.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    carried = [path for path in own if path.suffix not in (".py", ".pyc", ".po") or MIGRATIONS in path.parents]
    settings = sorted((HOME / "settings").glob("*.toml"))
    return [(path, path.parent.relative_to(HOME).as_posix()) for path in sorted(carried) + settings]


def codec_modules() -> list[str]:
    """The compiled parts of imagecodecs behind the functions that ``kiosk.dicom`` calls; the other fifty stay out."""
    import imagecodecs

    for path in sorted((KIOSK / "dicom").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "imagecodecs":
                getattr(imagecodecs, node.attr)  # loads the part it lives in
    return sorted(name for name in sys.modules if name.startswith("imagecodecs."))


def troubles(modules: Iterable[str], files: Iterable[str]) -> list[str]:
    """What a build lacks or has too much, a line each. ``files`` are destination paths inside the executable."""
    have, carried = set(modules), {Path(each).as_posix() for each in files}
    found = [f"mode not collected: {name}" for name in catalog.mode_names() if f"kiosk.modes.{name}.mode" not in have]
    found += [f"module not collected: {name}" for name in own_modules() if name not in have]
    wanted = [f"{folder}/{path.name}" for path, folder in data_files()]
    found += [f"file not collected: {each}" for each in wanted if each not in carried]
    wanted = [f"settings/{name}.toml" for name in catalog.mode_names()] + ["kiosk/locale/ja/LC_MESSAGES/kiosk.mo"]
    found += [f"missing in the tree: {each}" for each in wanted if each not in carried]
    found += [f"a developers' library was collected: {name}" for name in DEVELOPERS_LIBRARIES if name in have]
    return found
