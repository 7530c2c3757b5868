"""The switch of watched traffic, and its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.flow import watch_traffic
from kiosk.flow.watch_traffic import Watched, lines_of
from kiosk.store.engine import Store


def test_it_ends_by_itself_and_the_file_has_an_end(
    tmp_path: Path, local: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not Watched("CR1", 0.0).on and not Watched("", 9e9).on and Watched("CR1", 9e9).on
    monkeypatch.setattr(watch_traffic, "MOST_BYTES", 200)
    book = watch_traffic.TrafficBook(local, tmp_path / "traffic", "in")
    watch_traffic._keep(local, Watched("*", 9e9, "traffic-ALL"))
    book.look()
    for number in range(100):
        book._note(f"#{number}  <-  C-ECHO-RQ message {number}")
    book._write()
    [file] = (tmp_path / "traffic").iterdir()
    assert file.stat().st_size < 300 and "the rest is left out" in file.read_text(encoding="utf-8")
    lines = lines_of(tmp_path / "traffic", "traffic-ALL")
    assert lines[0][1:] == ("in #0", "<-", "C-ECHO-RQ message 0")
