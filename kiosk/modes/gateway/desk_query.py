"""What the query page may ask and do, and the workers that fetch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.core.fetching import Wanted
from kiosk.modes.contract import Kit
from kiosk.modes.gateway.desk_nodes import secure
from kiosk.modes.gateway.query_rules import HERE, MOST_DESTINATIONS, QueryView, ServerLine
from kiosk.modes.gateway.settings import GatewaySettings

if TYPE_CHECKING:
    from kiosk.flow.answers import Answer
    from kiosk.flow.fetch_studies import Server
    from kiosk.flow.prefetch import Prefetch

OLD = "QR"  # name of the server of the old parameter file


def servers(settings: GatewaySettings, data: Path) -> list[Server]:
    """The servers of Query/Retrieve, that of the old parameter file first. ``data``: the station's folder."""
    from kiosk.dicom.nodes import Node
    from kiosk.flow.fetch_studies import Server

    old, found = settings.query, []
    if old.address and old.called_ae:
        node = Node(old.called_ae, old.address, old.port, title=old.called_ae)
        own = old.calling_ae or settings.ae_title
        destinations = tuple(old.destinations[:MOST_DESTINATIONS])
        found.append(Server(OLD, node, own, settings.ae_title, old.called_ae, destinations))
    for each in settings.servers:
        node = Node(
            each.ae_title, each.address, each.port, title=each.title or each.name,
            secure=secure(settings, data, each.tls),
        )  # fmt: skip
        own = each.calling_ae or settings.ae_title
        destinations = tuple(each.destinations[:MOST_DESTINATIONS])
        found.append(Server(each.name, node, own, own, each.title, destinations, each.retry_s))
    return found


def start_fetching(kit: Kit, prefetch: Prefetch | None = None) -> None:
    """A lane for each server, on the crew of the process that talks to others. Previous images come in the hours of
    ``prefetch`` only.
    """
    from kiosk.flow.fetch_studies import FETCH, FETCH_AT_NIGHT, FETCHING, FetchLog, FetchStudies
    from kiosk.flow.hand_out import HandOut

    told = kit.settings.query
    log_file = FetchLog(kit.data / Path(told.log_folder or "LOG") if told.log else None)

    def may() -> Sequence[str]:
        return FETCHING if prefetch is not None and prefetch.may_fetch() else (FETCH,)

    for server in servers(kit.settings, kit.data):
        lane = FetchStudies(kit.centre, server, log_file)
        kit.crew.start(f"end-fetch-{server.name}", lane.heed)
        doers = {FETCH: lane.fetch, FETCH_AT_NIGHT: lane.fetch}
        HandOut(kit.centre, kit.station.name, doers, kit.crew, only=(server.name,), may=may)


class QueryDesk:
    """Answers come through the mailbox."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    def view(self) -> Answer:
        """Answer: QueryView."""
        return self._kit.ask(self._view)

    def find(self, server: str, level: str, keys: Mapping[str, str]) -> Answer:
        """Ask a server; answer: (rows by DICOM keyword, whether that is all). Fails with LinkLost."""
        return self._kit.ask(self._find, server, level, dict(keys), deadline_s=60.0)

    def fetch(self, wanted: Sequence[Wanted]) -> Answer:
        """Have them fetched, also what was fetched before; answer: how many."""
        return self._kit.ask(self._fetch, list(wanted))

    def cancel(self, fetches: Sequence[int]) -> Answer:
        """Answer: how many were open."""
        from kiosk.flow.fetch_studies import cancel

        return self._kit.ask(cancel, self._kit.centre, list(fetches))

    # -- inside --------------------------------------------------------------------------------------------------

    def _view(self) -> QueryView:
        from kiosk.store import fetches

        with self._kit.centre.reading() as conn:
            lines = fetches.lines(conn, since=date.today().isoformat())
        known = tuple(
            ServerLine(each.name, each.whom, each.node.ae_title, each.destinations or (HERE,))
            for each in servers(self._kit.settings, self._kit.data)
        )
        return QueryView(known, tuple(lines), self._kit.settings.ae_title)

    def _find(self, name: str, level: str, keys: dict[str, str]) -> tuple[list[dict[str, str]], bool]:
        from kiosk.dicom.query import find

        server = next(each for each in servers(self._kit.settings, self._kit.data) if each.name == name)
        found = find(server.own_title, server.node, level, keys, root="study")
        return found.rows, found.complete

    def _fetch(self, wanted: list[Wanted]) -> int:
        from kiosk.flow.fetch_studies import owe
        from kiosk.store import audit

        with self._kit.centre.writing() as conn:
            count = owe(conn, self._kit.station.name, wanted, again=True)
            for each in wanted:
                audit.write(
                    conn, self._kit.session.actor(), "images fetched", patient=f"|{each.patient_id}",
                    subject=each.study_uid, server=each.server, to=each.destination,
                )  # fmt: skip
        return count
