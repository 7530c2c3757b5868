"""What the page of attributes may ask and do, and its workers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.core.faults import Fault
from kiosk.core.words import N_
from kiosk.modes.contract import Kit
from kiosk.modes.gateway.billing_rules import BillingView, WaitingLine

if TYPE_CHECKING:
    from kiosk.flow.answers import Answer
    from kiosk.flow.read_billing import Billing, ReadBilling
    from kiosk.modes.gateway.settings_billing import BillingSettings


def billing(told: BillingSettings) -> Billing:
    """The settings in the words of the journey. Raises Fault where the query or the format makes no sense."""
    from kiosk.core.record_formats import troubles
    from kiosk.flow.read_billing import Billing
    from kiosk.store.foreign_query import check_query

    check_query(told.query)
    wrong = troubles(told.format)
    if wrong:
        raise Fault(
            N_("The format of the record does not fit: {what}."),
            N_("Correct it in the parameter file."),
            reference="P254",
            what="; ".join(wrong),
        )
    return Billing(
        told.url, told.query, told.columns, told.title, told.every_s, told.baseline, told.format, told.file_name
    )  # fmt: skip


def start_billing(kit: Kit) -> None:
    """The workers, where a billing system is set up."""
    from kiosk.devices.handover.shared_folder import SharedFolder
    from kiosk.flow.fetching_state import NOW
    from kiosk.flow.hand_out import HandOut
    from kiosk.flow.read_billing import BILLING, HANDOVER, HandRecordsOver

    told = kit.settings.billing
    if not told.url:
        return
    how = billing(told)
    reader = _reader(kit, how)
    kit.crew.start("billing", reader.work, wake=reader.look_now)
    kit.local_notices.listen(NOW, lambda notice: reader.look_now())
    folder = SharedFolder(kit.data / Path(told.folder), flag=told.flag, taken=told.taken, wait_s=told.wait_s)
    doers = {HANDOVER: HandRecordsOver(how, folder).hand_over}
    HandOut(kit.centre, kit.station.name, doers, kit.crew, only=(BILLING,))


def _reader(kit: Kit, how: Billing) -> ReadBilling:
    from kiosk.flow.read_billing import ReadBilling

    return ReadBilling(kit.centre, kit.local, kit.station.name, how)


class BillingDesk:
    """Answers come through the mailbox."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self.is_set_up = bool(kit.settings.billing.url)

    def view(self) -> Answer:
        """Answer: BillingView."""
        return self._kit.ask(self._view)

    def dry_run(self) -> Answer:
        """What a console would get for the first five rows; answer: (file name, text) list."""
        return self._kit.ask(self._dry_run, deadline_s=90.0)

    def read_now(self) -> Answer:
        from kiosk.flow.fetching_state import NOW
        from kiosk.store import notices

        def do() -> None:
            with self._kit.local.writing() as conn:
                notices.tell(conn, NOW, local=True)

        return self._kit.ask(do)

    def pause(self) -> Answer:
        """Pause reading, or go on; answer: the names that are paused."""
        from kiosk.flow.fetching_state import pause
        from kiosk.flow.read_billing import BILLING

        return self._kit.ask(pause, self._kit.local, BILLING)

    def _view(self) -> BillingView:
        from kiosk.flow import fetching_state
        from kiosk.flow.read_billing import BILLING, HANDOVER
        from kiosk.store import jobs

        told, at = fetching_state.told(self._kit.local, BILLING)
        with self._kit.centre.reading() as conn:
            rows = jobs.newest(conn, self._kit.station.name, HANDOVER, limit=200)
        paused = BILLING in fetching_state.paused(self._kit.local)
        lines = tuple(WaitingLine(*row) for row in rows)
        title = self._kit.settings.billing.title
        return BillingView(title, at, dict(told.get("counts", {})), told.get("why"), paused, lines)

    def _dry_run(self) -> list[tuple[str, str]]:
        from kiosk.flow.read_billing import first_rows

        how = billing(self._kit.settings.billing)
        return list(first_rows(how, _reader(self._kit, how), 5, datetime.now()))
