"""The stores beside our own that a viewer searches: other centres' databases, and servers asked by Query/Retrieve."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Protocol

from kiosk.core.faults import Fault, LinkLost
from kiosk.core.study import Study
from kiosk.core.study_search import Listed, StudyQuestion, dicom_keys, fits, study_of_answer
from kiosk.core.words import N_
from kiosk.flow.find_study import ToShow, paths_of, search
from kiosk.store import audit, images, visits
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.other_centre import OtherCentre
from kiosk.store.volume import Volumes

if TYPE_CHECKING:
    from kiosk.dicom.nodes import Node
    from kiosk.flow.fetch_to_view import Fetched, FetchedStudies

log = logging.getLogger(__name__)

MOST = 300

Told = Callable[[int, int], None]  # so many of so many images have come


class Searched(Protocol):
    """A store that can be searched; methods block, raise Fault, and end soon after ``stop`` is set where they can."""

    @property
    def name(self) -> str: ...
    def search(self, question: StudyQuestion, stop: threading.Event) -> Listed: ...
    def open(self, study: Study, told: Told, stop: threading.Event) -> ToShow: ...
    def leave(self) -> None: ...


class CentreBeside:
    """Another centre's store by URL, and where its disks are mounted here."""

    def __init__(self, name: str, url: str, volumes: Volumes) -> None:
        self.name = name
        self._store = OtherCentre(name, url)
        self._volumes = volumes

    def search(self, question: StudyQuestion, stop: threading.Event) -> Listed:
        found = search(self._store, question, MOST)
        return Listed(tuple(found), len(found) < MOST)

    def see_that_it_answers(self) -> None:
        """Raises Fault where it does not, or is of another version."""
        try:
            search(self._store, StudyQuestion(), 1)
        finally:
            self._store.close()

    def open(self, study: Study, told: Told, stop: threading.Event) -> ToShow:
        """Raises Fault where there is nothing, or nothing in reach."""
        with self._store.reading() as conn:
            found = images.study_by_uid(conn, study.study_uid)
            paths, away = paths_of(conn, self._volumes, [found] if found is not None else [])
        if not paths:
            raise away[0][1] if away else _gone(self.name)
        return ToShow(replace(study, id=0), None, paths, away)  # its row number is none of ours

    def leave(self) -> None:
        self._store.leave()


@dataclass(frozen=True)
class ServerBeside:
    """A server of Query/Retrieve. ``to``: the AE title that it sends to (the gateway, which keeps the images); empty:
    the images come over the same connection and are kept here for a while. ``answer_s``: how long it may say nothing.
    """

    name: str
    node: Node
    own_title: str
    to: str
    centre: Store
    volumes: Volumes
    fetched: FetchedStudies
    answer_s: float = 10.0
    today: Callable[[], date] = date.today

    def search(self, question: StudyQuestion, stop: threading.Event) -> Listed:
        from kiosk.dicom.query import QueryLine

        if question.empty:  # an archive is not asked for all that it has
            return Listed((), False)
        found: dict[str, Study] = {}
        complete = True
        with QueryLine(self.own_title, self.node, answer_s=self.answer_s, silence_s=self.answer_s) as line:
            for keys in dicom_keys(question, f"{self.today():%Y%m%d}"):
                if stop.is_set():
                    break
                answer = line.find("STUDY", keys, stop=stop, at_most=MOST)
                complete = complete and answer.complete
                studies = (study_of_answer(row) for row in answer.rows)
                found.update((each.study_uid, each) for each in studies if each.study_uid and fits(each, question))
        return Listed(tuple(found.values()), complete)

    def open(self, study: Study, told: Told, stop: threading.Event) -> ToShow:
        """Fetch what is not here yet. Raises Fault, LinkLost."""
        if self.to:
            return self._by_gateway(study, told, stop)
        from kiosk.flow.fetch_to_view import fetch

        got: Fetched = fetch(self.name, self.node, self.own_title, study.study_uid, self.fetched, told, stop)
        return ToShow(study, None, got.paths, got.missing)

    def leave(self) -> None:
        self.centre.leave()

    def _by_gateway(self, study: Study, told: Told, stop: threading.Event) -> ToShow:
        from kiosk.flow.fetch_to_view import send_to_gateway

        trouble = send_to_gateway(self.name, self.node, self.own_title, study.study_uid, self.to, told, stop)
        with self.centre.reading() as conn:
            here = images.study_by_uid(conn, study.study_uid)
            paths, away = paths_of(conn, self.volumes, [here] if here is not None else [])
            visit = visits.visit_by_id(conn, here.visit_id) if here is not None and here.visit_id is not None else None
        if here is None or not paths:
            raise trouble or (away[0][1] if away else _gone(self.name))
        return ToShow(here, visit, paths, (*away, *([(self.name, trouble)] if trouble else [])))


def note_opened(centre: Store, actor: Actor, study: Study, store: str) -> None:
    """Who looked at what of another store is written down in ours; the day's log keeps it while ours is away."""
    try:
        with centre.writing() as conn:
            who = f"{study.issuer}|{study.patient_id}"
            audit.write(conn, actor, "study opened", patient=who, subject=study.study_uid, store=store)
    except LinkLost:
        log.warning("a study of %s was opened while the shared store was away", store)


def _gone(name: str) -> Fault:
    return LinkLost(name, N_("{whom} does not have it any more."), N_("Query it again and choose anew."))
