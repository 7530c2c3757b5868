"""What the list may ask of stores beside our own: each by a worker of its own, so that none waits for another."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.core.faults import Fault
from kiosk.core.study_search import FoundStudy, Listed, StudyQuestion
from kiosk.core.words import N_
from kiosk.modes.contract import Kit

if TYPE_CHECKING:
    from kiosk.flow.answers import Answer, Errands
    from kiosk.flow.other_stores import Searched

FOLDER = "FETCHED"  # below the data folder: copies of what was fetched to be looked at
FETCH_WITHIN_S = 3600.0  # its own waits end long before; a person cancels

Told = Callable[[str, Listed | None, Fault | None], object]


class StoresDesk:
    """``names`` of the other stores, nearest first."""

    def __init__(self, kit: Kit, post: Callable[..., None]) -> None:
        self._kit = kit
        self._post = post
        self._stop = threading.Event()  # of the question that was asked last
        self._fetching = threading.Event()
        self._stores: dict[str, tuple[Searched, Errands]] = {}
        self._begin()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._stores)

    def ask(self, text: str, days: int, modality: str, told: Told) -> None:
        """``told(store, what it found, why it can't)`` for each as it answers; a question asked later ends this one."""
        self._stop.set()
        self._stop = stop = threading.Event()
        since = f"{date.today() - timedelta(days=days - 1):%Y%m%d}" if days else ""
        question = StudyQuestion(text, since, modality)

        for name, (store, errands) in self._stores.items():

            def came(found: Listed, name: str = name) -> None:
                if not stop.is_set():
                    told(name, found, None)

            def failed(why: Fault, name: str = name) -> None:
                if not stop.is_set():
                    told(name, None, why)

            def look(store: Searched = store) -> Listed:
                return Listed(()) if stop.is_set() else store.search(question, stop)

            errands.ask(look, deadline_s=self._kit.settings.search_within_s).then(came, failed)

    def open(self, line: FoundStudy, progress: Callable[..., None] | None) -> Answer:
        """Answer: ToShow, of a study that lies in another store; ``progress(done, of, words)`` while it is fetched."""
        store, errands = self._stores[line.nearest]
        self._stop.set()
        self._fetching.set()
        self._fetching = stop = threading.Event()

        def told(done: int, of: int) -> None:
            if progress is not None and not stop.is_set():
                self._post(progress, done, of, N_("Fetching {done} of {of} images"))

        actor = self._kit.session.actor()

        def fetch() -> Any:
            from kiosk.flow.other_stores import note_opened

            found = store.open(line.places[0].study, told, stop)
            note_opened(self._kit.centre, actor, found.study, line.nearest)
            return found

        return errands.ask(fetch, deadline_s=FETCH_WITHIN_S)

    def give_up(self) -> None:
        """Whatever is being fetched is not wanted any more; what has come stays for a while."""
        self._fetching.set()

    # -- inside --------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        told = self._kit.settings.stores
        if not told:
            return
        from kiosk.flow.answers import Errands
        from kiosk.flow.fetch_to_view import FetchedStudies, clear_left_behind

        home = self._kit.data / FOLDER
        fetched = FetchedStudies(home / str(os.getpid()), self._kit.settings.fetched_mb << 20)
        for each in told:
            store = self._store(each, fetched)

            def leave(store: Searched = store) -> None:
                store.leave()
                self._kit.centre.leave()

            self._stores[each.name] = (store, Errands(self._kit.crew, self._post, threads=1, leave=leave))

        def keep_clear(stop: threading.Event) -> None:
            clear_left_behind(home, fetched.folder)
            stop.wait()
            self._stop.set()
            self._fetching.set()
            fetched.clear()

        self._kit.crew.start("fetched-studies", keep_clear)

    def _store(self, told: Any, fetched: Any) -> Searched:
        from kiosk.flow.other_stores import CentreBeside, ServerBeside

        kit = self._kit
        if not told.name or told.name in self._stores or bool(told.url) == bool(told.address):
            raise Fault(
                N_("The store “{name}” of the viewer needs a name of its own, and either url or address."),
                N_("Correct it in the parameter file under [[modes.viewer.stores]]."),
                reference="V601", name=told.name,
            )  # fmt: skip
        if told.url:
            from kiosk.store.engine import wrong_url
            from kiosk.store.volume import Volume, Volumes

            if wrong_url(told.url):
                raise Fault(
                    N_("The address of the store {name} makes no sense."),
                    N_("Correct it in the parameter file under [[modes.viewer.stores]]."),
                    reference="V602", name=told.name,
                )  # fmt: skip
            home = kit.file.folder if kit.file is not None else kit.data
            disks = [Volume(name, (home / Path(path)).absolute()) for name, path in told.volumes.items()]
            return CentreBeside(told.name, told.url, Volumes(disks))
        from kiosk.dicom.nodes import Node

        node = Node(told.ae_title, told.address, told.port, title=told.name)
        own = (told.calling_ae or kit.station.name).upper()[:16]
        within_s = kit.settings.search_within_s
        return ServerBeside(told.name, node, own, told.to, kit.centre, kit.volumes, fetched, within_s)
