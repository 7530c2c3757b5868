"""apt is asked for what is missing and for nothing else, and starts no service."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.workshop import system_packages
from tests.needs import PACKAGE_OF, needs


@pytest.fixture
def apt(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What apt-get was asked for, instead of asking it; every package but ``absent`` is on its lists."""
    asked: list[tuple[str, ...]] = []

    def note(*words: str) -> int:
        asked.append(words)
        return 0

    monkeypatch.setattr(system_packages, "run_apt", note)
    monkeypatch.setattr(system_packages, "available", lambda name: name != "absent")
    return asked


def test_every_program_that_tests_name_is_in_a_package_that_is_installed() -> None:
    assert set(PACKAGE_OF.values()) <= set(system_packages.TEST_PACKAGES)


@needs("dpkg-query")
def test_missing_packages_are_told_from_installed_ones() -> None:
    assert system_packages.missing_of(["dpkg", "no-such-package-here"]) == ["no-such-package-here"]
    assert system_packages.missing_of([]) == []


def test_nothing_is_asked_of_apt_where_nothing_is_missing(
    apt: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system_packages, "missing_of", lambda names: [])
    assert system_packages.install_test_packages() == []
    assert apt == []


def test_without_the_right_the_missing_are_named(apt: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_packages, "missing_of", lambda names: ["odil"])
    monkeypatch.setattr(system_packages, "can_install", lambda: False)
    assert system_packages.install_test_packages() == ["odil"]
    assert apt == []


def test_what_apt_does_not_know_is_left_out(
    apt: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(system_packages, "POLICY", tmp_path / "policy-rc.d")
    system_packages.install(["absent", "odil"])
    assert apt == [("update",), ("install", "--yes", "--no-install-recommends", "odil")]


@pytest.mark.parametrize("left_by_a_killed_run", [False, True])
def test_no_service_starts_while_packages_are_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, left_by_a_killed_run: bool
) -> None:
    policy = tmp_path / "policy-rc.d"
    monkeypatch.setattr(system_packages, "POLICY", policy)
    if left_by_a_killed_run:
        policy.write_text(system_packages.POLICY_TEXT)
    with system_packages.no_service_starts():
        assert subprocess.run([policy], check=False).returncode == 101
    assert not policy.exists()


def test_a_policy_of_the_machine_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    policy = tmp_path / "policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 0\n")
    monkeypatch.setattr(system_packages, "POLICY", policy)
    with system_packages.no_service_starts():
        assert policy.read_text() == "#!/bin/sh\nexit 0\n"
    assert policy.exists()


@pytest.mark.parametrize(
    ("executable", "asked_for"), [("/usr/bin/python3", ["python3-tk", "python3-venv"]), ("/x/python3", [])]
)
def test_only_debians_own_python_gets_its_parts_back(
    monkeypatch: pytest.MonkeyPatch, executable: str, asked_for: list[str]
) -> None:
    installed: list[str] = []
    take: Callable[[list[str]], None] = installed.extend
    monkeypatch.setattr(system_packages, "install", take)
    monkeypatch.setattr(system_packages, "missing_of", lambda names: names)
    monkeypatch.setattr(system_packages, "can_install", lambda: True)
    monkeypatch.setattr(system_packages.sys, "executable", executable)
    system_packages.install_python_parts(tk=True, venv=True)
    assert installed == asked_for
