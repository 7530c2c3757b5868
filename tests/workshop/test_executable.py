"""The build says in a sentence what it lacks, and calls nothing built that fails its self-test."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.bootstrap import Stop
from kiosk.modes import catalog
from kiosk.workshop import executable
from tests.needs import only_on_posix

pytestmark = only_on_posix  # the stand-ins below are shell scripts


def stand_in(folder: Path, selftest: int, modes: list[str]) -> Path:
    """An executable that answers as told."""
    path = folder / "station"
    listed = "\\n".join(modes)
    path.write_text(
        f'#!/bin/sh\nif [ "$1" = --selftest ]; then echo tested; exit {selftest}; fi\nprintf "{listed}\\n"\n'
    )
    path.chmod(0o755)
    return path


def test_an_executable_that_agrees_with_the_source_is_proved(tmp_path: Path) -> None:
    assert executable.prove(stand_in(tmp_path, 0, catalog.mode_names())) == ""


def test_a_failed_self_test_is_told(tmp_path: Path) -> None:
    told = executable.prove(stand_in(tmp_path, 3, catalog.mode_names()))
    assert "self-test failed (3)" in told
    assert "tested" in told


def test_a_missing_mode_is_told(tmp_path: Path) -> None:
    assert "instead of" in executable.prove(stand_in(tmp_path, 0, [*catalog.mode_names(), "one-more"]))


def test_without_objdump(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executable.sys, "platform", "linux")
    monkeypatch.setattr(executable.shutil, "which", lambda name: None)
    with pytest.raises(Stop) as stopped:
        executable.look_at_build_parts()
    assert "binutils" in stopped.value.english


def test_without_a_shared_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executable.shutil, "which", lambda name: name)
    monkeypatch.setattr(executable, "has_shared_library", lambda: False)
    with pytest.raises(Stop) as stopped:
        executable.look_at_build_parts()
    assert "--enable-shared" in stopped.value.english
    assert "--enable-shared" in stopped.value.japanese
