"""What the page of documents may ask and do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from kiosk.core.faults import Refused
from kiosk.core.words import N_
from kiosk.modes.contract import Kit

if TYPE_CHECKING:
    from kiosk.flow.answers import Answer, Running
    from kiosk.store.documents import StoredDocument

COPIES = "OPENED"  # below the data folder: copies that the system's programs opened
ANSWER_WITHIN_S = 20.0


class DocumentsDesk:
    """Answers come through the mailbox."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    def start(self) -> None:
        """Copies of last time go."""

        def clear(stop: Event) -> None:
            from kiosk.flow.show_documents import clear_copies

            clear_copies(self._kit.data / COPIES)

        self._kit.crew.start("document-copies", clear)

    def of(self, patient_id: str) -> Answer:
        """Answer: the documents of an examinee, newest first."""
        from kiosk.flow.show_documents import documents_of

        return self._kit.ask(documents_of, self._kit.centre, patient_id)

    def examinees(self, text: str, *, exact: bool = False) -> Answer:
        """Answer: the newest visit of each person that fits."""
        from kiosk.flow.find_examinee import examinees

        return self._kit.ask(examinees, self._kit.centre, text, exact=exact)

    def png(self, document: StoredDocument, page: int, width_px: int, height_px: int) -> Answer:
        """Answer: (PNG, pages); fails with Fault."""
        actor = self._kit.session.actor()

        def look() -> Any:
            from kiosk.flow.show_documents import content, note_opened
            from kiosk.paper.document_preview import document_png

            made = document_png(content(self._kit.volumes, document), page, width_px, height_px)
            if page == 0:
                note_opened(self._kit.centre, actor, document)
            return made

        return self._kit.ask(look, deadline_s=60.0)

    def open_by_system(self, document: StoredDocument) -> Answer:
        """Answer: the copy that was opened; fails with Fault."""
        actor = self._kit.session.actor()

        def open_it() -> Path:
            from kiosk.flow.show_documents import content, note_opened, open_by_system

            data = content(self._kit.volumes, document)
            note_opened(self._kit.centre, actor, document)
            return open_by_system(self._kit.data / COPIES, document, data)

        return self._kit.ask(open_it, deadline_s=60.0)

    def take_in(self, paths: Sequence[Path], kind: str, title: str, whose: Any, day: str) -> Running:
        """Answer: TakenIn, of files for an examinee (a Patient); with its progress."""
        inbox, actor = self._kit.settings.inbox, self._kit.session.actor()

        def work(told: Callable[[float], None]) -> Any:
            from kiosk.flow.hand_in_documents import Given, hand_in

            if not inbox:
                raise Refused(
                    "inbox", N_("No inbox of the gateway is named to hand documents to."),
                    N_("Set inbox in the parameter file under [modes.viewer]."), reference="V628",
                )  # fmt: skip
            given = [
                Given(path, kind, title if len(paths) == 1 else "", whose.patient_id, whose.issuer, day)
                for path in paths
            ]
            return hand_in(self._kit.centre, actor, self._kit.data / inbox, given, told, ANSWER_WITHIN_S)

        return self._kit.errands.begin("documents", work)
