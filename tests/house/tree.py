"""The program's tree as the house tests read it: modules, what they import, and tracked files."""

from __future__ import annotations

import ast
import gc
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Module:
    """One .py file: its dotted name, and its syntax tree."""

    path: Path
    name: str
    tree: ast.Module

    @property
    def place(self) -> str:
        """Where it lies, from the project's folder."""
        return self.path.relative_to(HOME).as_posix()

    @property
    def room(self) -> str:
        """The room it belongs to: ``store`` of ``kiosk.store.engine``, ``station`` of ``kiosk.station``."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 else parts[0]

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the tree; several tests look at them all."""
        return tuple(ast.walk(self.tree))

    def imports(self) -> Iterator[tuple[str, int]]:
        """Every module named by an import, inside functions too, with its line. Relative ones start with a dot."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for each in node.names:
                    yield each.name, node.lineno
            elif isinstance(node, ast.ImportFrom):
                origin = "." * node.level + (node.module or "")
                for each in node.names:
                    full = f"{origin}.{each.name}"
                    yield (full if is_module(full) else origin), node.lineno


@cache
def is_module(name: str) -> bool:
    """Whether a dotted name of ours is a module or package rather than something inside one."""
    path = HOME / name.replace(".", "/")
    return name.startswith("kiosk.") and (path.is_dir() or path.with_suffix(".py").is_file())


@cache
def modules() -> tuple[Module, ...]:
    """All modules of the program: main.py and kiosk/."""
    paths = [HOME / "main.py", *sorted((HOME / "kiosk").rglob("*.py"))]
    return read_all(paths)


@cache
def test_modules() -> tuple[Module, ...]:
    """All modules of the tests."""
    return read_all(sorted((HOME / "tests").rglob("*.py")))


test_modules.__test__ = False  # type: ignore[attr-defined]  # not a test, whatever pytest thinks of its name


def read_all(paths: Iterable[Path]) -> tuple[Module, ...]:
    """They stay for the whole run, so the collector of cycles is told to leave them out: looking at a million nodes
    again and again would take longer than reading them.
    """
    gc.collect()
    gc.disable()
    try:
        found = tuple(read(path) for path in paths)
        gc.freeze()
    finally:
        gc.enable()
    return found


def read(path: Path) -> Module:
    """One module from disk."""
    parts = path.relative_to(HOME).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(path, name, ast.parse(path.read_text(encoding="utf-8"), str(path)))


def mode_names() -> list[str]:
    """Folders of kiosk/modes that hold a mode."""
    return sorted(path.parent.name for path in (HOME / "kiosk" / "modes").glob("*/mode.py"))


@cache
def tracked_files() -> tuple[Path, ...]:
    """Files that git holds; outside a checkout, all that aren't made by running the program."""
    asked = subprocess.run(["git", "ls-files", "-z"], cwd=HOME, capture_output=True, check=False)
    if asked.returncode == 0:
        listed = [HOME / name for name in asked.stdout.decode("utf-8").split("\0") if name]
    else:
        made = {".venv", ".git", "__pycache__", "build", "dist", ".mypy_cache", ".ruff_cache"}
        listed = [path for path in HOME.rglob("*") if not made & set(path.parts)]
    return tuple(path for path in listed if path.is_file())
