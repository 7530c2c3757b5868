"""What the worklist page may ask: each examination of the list, as it stands now, against a query of a device."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from kiosk.modes.contract import Kit
from kiosk.modes.gateway.rules import QueryLine
from kiosk.modes.gateway.settings import GatewaySettings

if TYPE_CHECKING:
    from kiosk.flow.answers import Answer
    from kiosk.modes.gateway.worklist_words import Judged

MOST_JUDGED = 2000


class WorklistDesk:
    """Questions of the page; answers come through the mailbox."""

    def __init__(self, kit: Kit, settings: GatewaySettings) -> None:
        self._kit = kit
        self._settings = settings

    def judge(self, line: QueryLine) -> Answer:
        """Answer: a list of Judged. A name that was asked is not kept, so it counts as any name."""
        return self._kit.ask(self._judge, line)

    def _judge(self, line: QueryLine) -> list[Judged]:
        from kiosk.core.faults import Refused
        from kiosk.core.worklist_index import left_out
        from kiosk.core.worklist_query import why_not, with_days_around, with_known_station
        from kiosk.dicom.worklist_keys import query_of
        from kiosk.flow.answer_worklist import worklist_row
        from kiosk.modes.gateway.worklist_words import Judged
        from kiosk.store import performed, visits
        from kiosk.store.clock import day_of

        node = next((each for each in self._settings.nodes if each.ae_title == line.calling_ae), None)
        keys = {key: value for key, value in line.keys.items() if key != "name"}
        try:
            query = query_of(keys, line.calling_ae, dict(node.further_modalities()) if node else None)
        except Refused:  # it had no date that could be read; it was told so
            return []
        asked = day_of(line.at[:10]) or date.today()
        query = with_days_around(query, asked, self._settings.days_without_date)
        first, last = day_of(query.dates.first) or asked, day_of(query.dates.last) or asked
        if query.names_one:  # what is booked around it explains more than a list that is empty
            first, last = min(first, asked - timedelta(days=1)), max(last, asked + timedelta(days=14))
        with self._kit.centre.reading() as conn:
            found = visits.scheduled(conn, since=first.isoformat(), until=last.isoformat(), limit=MOST_JUDGED)
            finished = performed.finished_steps(conn, [step.id for _, step in found])
        rows = [worklist_row(visit, step, "", step.id in finished) for visit, step in found]
        query = with_known_station(query, {row.station_ae for row in rows}, node.station_ae if node else "")
        judged = []
        for row in rows:
            keyword = why_not(row, query)
            judged.append(Judged(row, left_out(row, query, keyword) if keyword else None))
        return judged
