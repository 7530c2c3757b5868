"""The build takes along what the program needs, and is refused where something is missing."""

from __future__ import annotations

import importlib.util

from kiosk.modes import catalog
from kiosk.workshop import collection


def everything() -> tuple[list[str], list[str]]:
    """Modules and files of a complete collection."""
    modules = [*collection.own_modules(), *(f"kiosk.modes.{name}.mode" for name in catalog.mode_names())]
    return modules, [f"{folder}/{path.name}" for path, folder in collection.data_files()]


def test_a_complete_collection_is_accepted() -> None:
    assert collection.troubles(*everything()) == []


def test_a_missing_mode_is_refused() -> None:
    modules, files = everything()
    for name in catalog.mode_names():
        less = [each for each in modules if each != f"kiosk.modes.{name}.mode"]
        assert f"mode not collected: {name}" in collection.troubles(less, files)


def test_a_missing_module_file_or_catalogue_is_refused() -> None:
    modules, files = everything()
    for name in ("kiosk.station", "kiosk.core.visit"):
        assert f"module not collected: {name}" in collection.troubles(set(modules) - {name}, files)
    for place in ("kiosk/locale/ja/LC_MESSAGES/kiosk.mo", "kiosk/masters/examinations.toml"):
        assert f"file not collected: {place}" in collection.troubles(modules, set(files) - {place})


def test_a_developers_library_is_refused() -> None:
    modules, files = everything()
    assert "a developers' library was collected: pytest" in collection.troubles([*modules, "pytest"], files)


def test_the_developers_room_stays_out() -> None:
    assert [name for name in collection.own_modules() if "workshop" in name or "compile_catalogue" in name] == []


def test_the_codecs_in_use_are_found() -> None:
    found = collection.codec_modules()
    assert "imagecodecs._jpeg8" in found
    assert all(importlib.util.find_spec(name) for name in found)
