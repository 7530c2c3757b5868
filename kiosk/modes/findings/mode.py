"""Findings station: what is to be read, the doctor's words, codes and key images, the signature, and the page."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from kiosk.core.finding import FindingBody
from kiosk.core.settings import Settings, setting
from kiosk.core.two_readers import ReadingRules
from kiosk.core.words import N_
from kiosk.modes.contract import Kit, Mode
from kiosk.modes.findings.desk_lists import ListsDesk

if TYPE_CHECKING:
    from kiosk.flow.answers import Answer


@dataclass(frozen=True)
class FindingsSettings(Settings):
    """What a findings station can be told."""

    days: int = setting(7, N_("How many days back the list shows at the start; 0 = every day there is."))
    kinds: tuple[str, ...] = setting((), N_("Codes of the examinations that are read here; empty = all."))
    draft_every_ms: int = setting(3000, N_("How often what is being typed is kept on this PC's disk, in milliseconds."))
    two_readers: tuple[str, ...] = setting(
        (), N_("Codes of the examinations that two persons read (the same at every findings station); empty = none.")
    )
    blind: bool = setting(True, N_("The second reader sees the first reading only when the own one is signed."))
    in_charge: tuple[str, ...] = setting(
        (), N_("Names of those who, besides both readers and persons in charge, settle readings that differ.")
    )
    results: str = setting(
        "", N_("Folder of the results for the check-up system; empty = “results” in the data folder.")
    )
    results_encoding: Literal["cp932", "utf-8"] = setting("cp932", N_("How that file is written: cp932, or utf-8."))
    results_columns: dict[str, str] = setting(
        dict, N_("Columns of that file in their order: our field = its heading; empty = all of them.")
    )
    pages: str = setting("", N_("Folder for printed pages as PDF; empty = “pages” in the data folder."))
    address: str = setting("", N_("Address of this institution, as referral letters name it."))
    phone: str = setting("", N_("Telephone of this institution, as referral letters name it."))
    print_command: tuple[str, ...] = setting(
        (), N_("Program that prints, word by word, {file} standing for the PDF; empty = the system's own way.")
    )
    keepers: tuple[str, ...] = setting(
        ("admin", "doctor"), N_("Roles that may change the masters of findings, with their PIN; empty = all.")
    )


class FindingsDesk:
    """What the window may ask and do; every call returns an Answer at once."""

    def __init__(self, kit: Kit) -> None:
        from kiosk.flow.print_finding import PrintFinding
        from kiosk.flow.sign_report import SignReport
        from kiosk.modes.findings.desk_kinds import KindsDesk
        from kiosk.modes.findings.desk_letters import GuidanceDesk, LetterDesk

        self._kit = kit
        self.settings: FindingsSettings = kit.settings
        self.place = kit.station.place
        self.mailbox = kit.mailbox
        folder = kit.data / (self.settings.pages or "pages")
        self._rules = ReadingRules(self.settings.two_readers, self.settings.blind, self.settings.in_charge)
        self.lists = ListsDesk(kit, self._rules, folder)
        self._report = SignReport(kit.centre, kit.local, kit.session, kit.station, self._rules)
        self._order = itertools.count(1)
        self._paper = PrintFinding(kit.centre, kit.local, kit.session, kit.station, folder, self._rules.blind)
        self.letters, self.guidance = LetterDesk(kit, folder), GuidanceDesk(kit, folder)
        self.kinds = KindsDesk(kit)

    # -- the list ----------------------------------------------------------------------------------------------

    def lines(self, days: int, text: str = "", kind: str = "") -> Answer:
        """Answer: FindingLine list of the last ``days`` days (0 = all), unsigned first."""
        from kiosk.flow.finding_list import finding_lines

        since = (date.today() - timedelta(days=days - 1)).isoformat() if days else ""
        kinds = [kind] if kind else list(self.settings.kinds)
        return self._kit.ask(
            finding_lines, self._kit.centre, self._kit.local, since=since, text=text, kinds=kinds,
            reader=self.lists.reader(), deadline_s=30.0,
        )  # fmt: skip

    def judgement(self) -> Answer:
        """Answer: the findings master."""
        return self._kit.ask(self._report.judgement)

    # -- one finding -------------------------------------------------------------------------------------------

    def open(self, visit: int, kind: str) -> Answer:
        """Answer: Opened (visit, finding, last time, tray, draft, who else has it open)."""
        return self._kit.ask(self._report.open, visit, kind)

    def renew(self, visit: int, kind: str) -> Answer:
        """Answer: who else has it open, None when it is ours."""
        return self._kit.ask(self._report.hold, visit, kind)

    def close(self, visit: int, kind: str) -> Answer:
        """It is no longer open here."""
        return self._kit.ask(self._report.let_go, visit, kind)

    def keep_draft(self, visit: int, kind: str, body: FindingBody, based_on: int) -> Answer:
        """Keep what is being typed on this PC."""
        return self._kit.ask(self._report.keep_draft, visit, kind, body, based_on, next(self._order))

    def drop_draft(self, visit: int, kind: str) -> Answer:
        """Forget what was typed here."""
        return self._kit.ask(self._report.drop_draft, visit, kind, next(self._order))

    def save(self, visit: int, kind: str, body: FindingBody, based_on: int) -> Answer:
        """Answer: the Finding with its saved draft."""
        return self._kit.ask(self._report.save, visit, kind, body, based_on, next(self._order))

    def sign(
        self, visit: int, kind: str, body: FindingBody, based_on: int, reason: str = "", adopt: str = ""
    ) -> Answer:
        """Answer: the Finding with its signed version; ``adopt`` (first, second) settles readings that differ."""
        return self._kit.ask(self._report.sign, visit, kind, body, based_on, reason, next(self._order), adopt)

    def backgrounds(self) -> Answer:
        """Answer: the Backgrounds that a schema drawing can be made on."""
        return self._kit.ask(self._report.backgrounds)

    def visit(self, visit: int) -> Answer:
        """Answer: the Visit as it stands now."""
        return self._kit.ask(self._report.visit, visit)

    def tray(self, visit: int, kind: str) -> Answer:
        """Answer: (key images of the visit, ids of those of this examination)."""
        return self._kit.ask(self._report.tray, visit, kind)

    def picture(self, key_image: int, width_px: int, height_px: int, enlarged: bool = False) -> Answer:
        """Answer: a key image as PNG bytes that fit into this many pixels; ``enlarged`` where it is smaller."""
        return self._kit.ask(self._fitted, key_image, width_px, height_px, enlarged)

    def _fitted(self, key_image: int, width_px: int, height_px: int, enlarged: bool) -> bytes:
        from kiosk.paper.preview import fitted_png

        return fitted_png(self._report.picture(key_image), width_px, height_px, enlarged)

    def show_in_viewer(self, visit: int) -> Answer:
        """Ask the viewer of this PC to show the visit's images."""
        from kiosk.flow.show_study import show_study

        return self._kit.ask(show_study, self._kit.local, visit=visit)

    # -- paper -------------------------------------------------------------------------------------------------

    def page(self, visit: int, kind: str, number: int = 0) -> Answer:
        """Answer: (PDF bytes, number of pages) of a version, 0 = the newest."""
        return self._kit.ask(self._paged, visit, kind, number)

    def _paged(self, visit: int, kind: str, number: int) -> tuple[bytes, int]:
        from kiosk.paper.preview import page_count

        pdf = self._paper.page(visit, kind, number)
        return pdf, page_count(pdf)

    def page_png(self, pdf: bytes, page: int, width_px: int) -> Answer:
        """Answer: one page of a PDF as PNG bytes."""
        from kiosk.paper.preview import page_png

        return self._kit.ask(page_png, pdf, page, width_px)

    def print(self, visit: int, kind: str, number: int = 0) -> Answer:
        """Answer: the file that was kept; the printer gets it as a job."""
        return self._kit.ask(self._paper.print, visit, kind, number)

    # -- news --------------------------------------------------------------------------------------------------

    def on_news(self, call: Callable[[Any], None]) -> Callable[[], None]:
        """Call with each notice about findings, key images and arriving images; returns the way to end it."""
        return self._kit.notices.listen(("findings", "tray", "images", "visits"), call)

    def on_paper(self, call: Callable[[Any], None]) -> Callable[[], None]:
        """Call with each notice of this PC's printer about findings; returns the way to end it."""

        def told(notice: Any) -> None:
            if notice.ids.get("page") == "finding":
                call(notice)

        return self._kit.local_notices.listen("paper", told)


def build_desk(kit: Kit) -> FindingsDesk:
    return FindingsDesk(kit)


def start_workers(kit: Kit, desk: FindingsDesk) -> None:
    from kiosk.flow.print_pages import FINDING, start_printing

    start_printing(kit.local, kit.station.name, kit.crew, FINDING, kit.settings.print_command)


def open_window(parent: Any, desk: FindingsDesk) -> Any:
    from kiosk.modes.findings.window import FindingsWindow

    return FindingsWindow(parent, desk).shell


MODE = Mode(
    title=N_("Findings"),
    settings=FindingsSettings,
    desk=build_desk,
    workers=start_workers,
    window=open_window,
    order=40,
)
