"""What a mode declares, and what the station hands it.

A mode is one folder ``kiosk/modes/<name>/`` whose ``mode.py`` ends in ``MODE = Mode(...)``. The functions named there
import what they need when they are called, so that listing the modes stays instant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from kiosk.core.settings import Settings, StationSettings
from kiosk.core.words import Sentence

if TYPE_CHECKING:
    from kiosk.flow.answers import Answer, Errands
    from kiosk.flow.check_store import Line
    from kiosk.flow.crew import Crew
    from kiosk.flow.notices import Watch
    from kiosk.flow.session import Session
    from kiosk.flow.settings_file import StationFile
    from kiosk.store.engine import Store
    from kiosk.store.volume import Volumes


@dataclass(frozen=True)
class NoSettings(Settings):
    """For a mode that needs none."""


@dataclass(frozen=True)
class Mode:
    """A station mode. ``window(parent, desk)`` builds the mode's widgets in ``parent`` (a Toplevel) and returns the
    Shell. ``services`` run in supervised child processes: name -> ``run(kit, stop)`` that returns when ``stop`` is set.
    ``workers(kit, desk)`` starts threads on ``kit.crew``.
    """

    title: str
    settings: type
    desk: Callable[[Kit], Any]
    window: Callable[[Any, Any], Any] | None = None
    workers: Callable[[Kit, Any], None] | None = None
    services: Mapping[str, Callable[[Kit, Event], None]] = field(default_factory=dict)
    # check(settings) yields (good, Sentence, next step Sentence): is what this mode needs there and answering?
    check: Callable[[Any], Iterable[tuple[bool, Sentence, Sentence]]] | None = None
    headless: bool = False  # may run without a window (``--headless``)
    order: int = 50  # place in the launcher
    broken: str = ""  # a stand-in for a mode that could not be loaded, and why


@dataclass(frozen=True)
class Kit:
    """What a mode's desk, workers and services are given."""

    mode: str
    settings: Any  # the mode's own settings
    station: StationSettings
    data: Path  # this PC's data folder
    centre: Store  # the shared store (may be away for a while)
    local: Store  # this PC's own store
    volumes: Volumes
    crew: Crew
    errands: Errands
    session: Session
    notices: Watch  # of the centre
    local_notices: Watch  # of this PC: "show this study"
    mailbox: Any = None  # ui.Mailbox of the process; None without windows
    services: Mapping[str, Any] = field(default_factory=dict)  # flow.services.Service by name ("gateway.receive")
    argument: str = ""  # a file or folder named on the command line
    file: StationFile | None = None  # what the parameter file says, for maintenance
    check: Callable[[], Iterable[Line]] = tuple  # what the command "check" says of this station

    def ask(self, work: Callable[..., Any], *args: Any, deadline_s: float = 15.0, **kwargs: Any) -> Answer:
        """Run ``work`` on a desk thread; the answer comes through the mailbox (``.then``) or ``.wait``."""
        return self.errands.ask(work, *args, deadline_s=deadline_s, **kwargs)
