"""Reception or findings ask the viewer of the same PC to show something: a notice in this PC's own store."""

from __future__ import annotations

from pathlib import Path

from kiosk.store import notices
from kiosk.store.engine import Store
from kiosk.store.notices import Notice
from kiosk.store.opening import station_store

KIND = "show"  # kind of the local notice; ids: study (row) and/or visit (row), or file (path)


def show_study(local: Store, *, study: int | None = None, visit: int | None = None) -> None:
    """Ask every viewer window of this PC to show a study, or what a visit has."""
    with local.writing() as conn:
        notices.tell(conn, KIND, local=True, study=study, visit=visit)


def show_file(local: Store, path: str) -> None:
    """Ask every viewer window of this PC to show a file or folder."""
    with local.writing() as conn:
        notices.tell(conn, KIND, local=True, file=path)


def hand_to_the_open_viewer(data: Path, path: str) -> None:
    """The second file that is opened from the desktop goes to the window that is there; ``data`` is its folder."""
    local = station_store(data)
    try:
        show_file(local, path)
    finally:
        local.close()


def ask_again(local: Store, notice: Notice) -> None:
    """The same request once more, for a viewer that was not open yet."""
    with local.writing() as conn:
        notices.tell(conn, KIND, local=True, **notice.ids)
