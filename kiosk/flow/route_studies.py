"""Decides where a study goes once it is complete, by the rules; and what the rules would have done with a day."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from kiosk.core.routing import Rule, StudyFacts, destinations_of
from kiosk.core.sending import OPEN, Seen, SendState, judge
from kiosk.core.words import Sentence
from kiosk.flow.hand_out import Later
from kiosk.flow.send_studies import NOTICE, SEND
from kiosk.flow.watch_link import Destination
from kiosk.store import jobs, notices, performed, sends
from kiosk.store.engine import Store
from kiosk.store.jobs import Job
from kiosk.store.sends import StudyRow


class RouteStudies:
    """Does the jobs of kind ``owed_routes.ROUTE``."""

    def __init__(
        self,
        centre: Store,
        station: str,
        destinations: Sequence[Destination],
        rules: Sequence[Rule],
        kind: Callable[[str], str],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._centre = centre
        self._station = station
        self._to = {each.name: each for each in destinations}
        self._rules = rules
        self._kind = kind
        self._clock = clock

    def route(self, job: Job) -> None:
        """Raises Later where the study is not complete for one of its destinations."""
        with self._centre.reading() as conn:
            study = sends.study_to_route(conn, job.subject)
            expected = performed.expected_instances(conn, job.subject)
        if study is None:
            return
        look_at: list[float] = []
        for name, rule in destinations_of(self._rules, facts_of(study, self._kind)).items():
            to = self._to.get(name)
            if to is not None:
                look_at += self._to_one(study, to, rule, expected)
        if look_at:
            raise Later(min(look_at), "not complete yet")

    def _to_one(self, study: StudyRow, to: Destination, rule: str, expected: int | None) -> list[float]:
        now = self._clock()
        with self._centre.writing() as conn:
            listed = sends.listing(conn, to.name, study.id)
            send = sends.want(conn, to.name, study.id, study.images, rule, sendable=not to.marked_only)
            line = sends.by_id(conn, [send])[0]
            if line.state not in OPEN or line.state == SendState.ACCEPTED:
                return []
            seen = Seen(
                study.images, study.last_image_at, listed.listings, listed.images, listed.at, expected
            )  # fmt: skip
            verdict = judge(to.complete, seen, now)
            if verdict.listed:
                sends.note_listing(conn, send, verdict.listings, study.images)
            if not verdict.complete:
                notices.tell(conn, NOTICE, destination=to.name, study=study.id)
                return [verdict.look_at]
            if line.state == SendState.WAITING:
                sends.change(conn, send, state=SendState.QUEUED)
            jobs.owe(
                conn, SEND, station=self._station, destination=to.name, subject=study.study_uid, revive=True
            )  # fmt: skip
            notices.tell(conn, NOTICE, destination=to.name, study=study.id)
        return []


def facts_of(study: StudyRow, kind: Callable[[str], str]) -> StudyFacts:
    return StudyFacts(
        source=study.source,
        modalities=study.modalities,
        kinds=tuple(dict.fromkeys(kind(each) for each in study.modalities)),
        patient_id=study.patient_id,
        station=study.station,
        came=datetime.fromisoformat(study.received_at).time().replace(tzinfo=None),
    )


@dataclass(frozen=True)
class Foretold:
    """What the rules would do with a study. ``goes``: destination -> rule; ``against``: rule -> why not."""

    study: StudyRow
    goes: dict[str, str]
    against: dict[str, Sentence]


def dry_run(centre: Store, rules: Sequence[Rule], kind: Callable[[str], str], day: str) -> list[Foretold]:
    """What would have happened to the studies of a day (ISO) by these rules; nothing is sent."""
    with centre.reading() as conn:
        studies = sends.studies_of_day(conn, day)
    found = []
    for study in studies:
        facts = facts_of(study, kind)
        against = {rule.name: why for rule in rules if (why := rule.against(facts)) is not None}
        found.append(Foretold(study, destinations_of(rules, facts), against))
    return found
