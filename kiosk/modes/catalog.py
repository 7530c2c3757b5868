"""Finds the modes: every folder of ``kiosk/modes`` with a ``mode.py``, in source and in the executable."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import kiosk.modes
from kiosk.core.faults import Fault
from kiosk.core.words import N_, Sentence
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


def every_mode() -> dict[str, Mode]:
    """Every mode by name, in launcher order; for one that could not be loaded a stand-in that says so, so that its
    place in the launcher, in a parameter file and in a check is not silently empty.
    """
    modes, broken = all_modes()
    return {**modes, **{each.name: _stand_in(each) for each in broken}}


def _stand_in(broken: Broken) -> Mode:
    def why() -> Fault:
        return Fault(
            N_("The mode {name} could not be loaded ({reason})."),
            N_("The other modes work; call the person in charge, or install the program again."),
            reference="P230",
            name=broken.name,
            reason=broken.reason,
        )

    def desk(kit: Any) -> Any:
        raise why()

    def check(settings: Any) -> Iterator[tuple[bool, Sentence, Sentence]]:
        yield False, why().sentence, why().next_step

    return Mode(
        title=broken.name,
        settings=dict,  # whatever the parameter file says to the mode is nobody's mistake now
        desk=desk,
        window=lambda parent, desk: None,
        check=check,
        headless=True,
        broken=broken.reason,
    )
