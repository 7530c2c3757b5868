"""The executable proves itself: every mode loads, every library answers, one picture per codec decodes, a PDF opens."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import kiosk
from kiosk.modes import catalog


def self_test() -> int:
    """Run every proof, print a line for each; returns 0 where all hold."""
    bad = 0
    for name, proof in _PROOFS.items():
        try:
            told = proof()
            print(f"OK  {name}: {told}")
        except Exception as why:
            bad += 1
            print(f"NG  {name}: {type(why).__name__}: {why}")
    sys.stdout.flush()
    return 1 if bad else 0


def _modules() -> str:
    """Every module of the program imports (a frozen build may have left one behind)."""
    count = 0
    for found in pkgutil.walk_packages(kiosk.__path__, "kiosk."):
        if found.name.startswith(("kiosk.workshop", "kiosk.store.migrations", "kiosk.locale.compile")):
            continue
        if found.name in ("kiosk.bootstrap", "kiosk.environment"):
            continue
        importlib.import_module(found.name)
        count += 1
    return f"{count} modules"


def _modes() -> str:
    modes, broken = catalog.all_modes()
    assert modes and not broken, broken
    return ", ".join(modes)


def _japanese() -> str:
    from kiosk import locale

    assert locale.load("ja")("Stations") != "Stations"
    return "ja"


def _store() -> str:
    from kiosk.store import audit
    from kiosk.store.engine import sqlite_module
    from kiosk.store.opening import centre_store, station_store

    with tempfile.TemporaryDirectory() as folder:
        for store in (centre_store("", Path(folder)), station_store(Path(folder))):
            with store.writing() as conn:
                if store.kind == "centre":
                    audit.write(conn, audit.Actor(), "selftest")
                    assert audit.verify(conn) == []
            store.close()
    return f"SQLite {sqlite_module().sqlite_version}"


def _postgresql() -> str:
    from kiosk.store.engine import postgresql_driver

    return postgresql_driver()


def _masters() -> str:
    from kiosk.store.masters import default_master

    return ", ".join(f"{name} {len(default_master(name))}" for name in ("examinations", "courses", "findings"))


def _codecs() -> str:
    from kiosk.dicom.codec_proof import prove_codecs

    return ", ".join(prove_codecs())


def _paper() -> str:
    """A page with characters of both fonts is written and can be looked at."""
    from datetime import date

    from kiosk.paper.day_list import DayRow, write_day_list
    from kiosk.paper.fonts import runs
    from kiosk.paper.preview import page_png

    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.pdf"
        write_day_list(page, date(2026, 11, 24), "健診センター", [DayRow(number="001", name="髙橋 𠮷 ①")])
        assert page_png(page.read_bytes()).startswith(b"\x89PNG")
    return ", ".join(sorted({run.font for run in runs("髙橋 𠮷 ①")}))


_PROOFS: dict[str, Callable[[], str]] = {
    "modules": _modules,
    "modes": _modes,
    "language": _japanese,
    "store": _store,
    "postgresql": _postgresql,
    "masters": _masters,
    "codecs": _codecs,
    "paper": _paper,
}
