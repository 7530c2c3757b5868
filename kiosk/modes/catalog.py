"""Finds the modes: every folder of ``kiosk/modes`` with a ``mode.py``, in source and in the executable."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from dataclasses import dataclass

import kiosk.modes
from kiosk.modes.contract import Mode


@dataclass(frozen=True)
class Broken:
    """A mode that could not be loaded; the others run."""

    name: str
    reason: str


def mode_names() -> list[str]:
    """Names of all modes that lie in the tree (or were collected into the executable), without importing them."""
    return sorted(
        each.name
        for each in pkgutil.iter_modules(kiosk.modes.__path__)
        if each.ispkg and importlib.util.find_spec(f"kiosk.modes.{each.name}.mode") is not None
    )


def load_mode(name: str) -> Mode:
    """The declaration of one mode. Raises KeyError where there is none of that name."""
    if name not in mode_names():
        raise KeyError(name)
    mode = importlib.import_module(f"kiosk.modes.{name}.mode").MODE
    assert isinstance(mode, Mode), f"{name}: MODE is not a Mode"
    return mode


def all_modes() -> tuple[dict[str, Mode], list[Broken]]:
    """Every mode by name, in launcher order, and those that could not be loaded with the reason."""
    modes: dict[str, Mode] = {}
    broken: list[Broken] = []
    for name in mode_names():
        try:
            modes[name] = load_mode(name)
        except Exception as why:  # a mode that fails shows its name and the reason, the others run
            broken.append(Broken(name, f"{type(why).__name__}: {why}"))
    return dict(sorted(modes.items(), key=lambda pair: (pair[1].order, pair[0]))), broken
