"""What the pages of letters and of health guidance may ask and do; every call returns an Answer at once."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.core.letter import Addressee, LetterBody, Sender
from kiosk.modes.contract import Kit

if TYPE_CHECKING:
    from kiosk.flow.answers import Answer


class _PaperDesk:
    """What both have in common: one paper at a time is open, held, typed into, shown and printed."""

    kind = ""
    notice = ""

    def __init__(self, kit: Kit, folder: Path, journey: Any) -> None:
        self._kit, self._folder, self._journey = kit, folder, journey
        self._order = itertools.count(1)

    def open(self, number: int) -> Answer:
        """Answer: what the page needs of one paper (``OpenedLetter``, ``OpenedCase``)."""
        return self._kit.ask(self._journey.open, number)

    def renew(self, number: int) -> Answer:
        """Answer: who else has it open, None when it is ours."""
        return self._kit.ask(self._journey.kept.hold, number)

    def close(self, number: int) -> Answer:
        """It is no longer open here."""
        return self._kit.ask(self._journey.kept.let_go, number)

    def keep_draft(self, number: int, body: Any, based_on: int) -> Answer:
        """Keep what is being typed on this PC."""
        return self._kit.ask(self._journey.keep_draft, number, body, based_on, next(self._order))

    def drop_draft(self, number: int) -> Answer:
        """Forget what was typed here."""
        return self._kit.ask(self._journey.kept.drop_typed, number, next(self._order))

    def save(self, number: int, body: Any, based_on: int) -> Answer:
        """Answer: the paper with its new version."""
        return self._kit.ask(self._journey.save, number, body, based_on, next(self._order))

    def page(self, number: int, version: int = 0) -> Answer:
        """Answer: (PDF bytes, number of pages) of a version, 0 = the newest."""
        return self._kit.ask(self._paged, number, version)

    def _paged(self, number: int, version: int) -> tuple[bytes, int]:
        from kiosk.paper.preview import page_count

        pdf = self._journey.page(number, version)[0]
        return pdf, page_count(pdf)

    def print(self, number: int, version: int = 0) -> Answer:
        """Answer: the file that was kept; the printer gets it as a job."""
        return self._kit.ask(self._print, number, version)

    def _print(self, number: int, version: int) -> Path:
        from kiosk.flow.print_pages import FINDING, owe_page
        from kiosk.paper.page import write_whole

        pdf, _, chosen = self._journey.page(number, version)
        # No name in the file's name: it may be seen by whoever services the printer.
        path = self._folder / chosen.at[:10].replace("-", "") / f"{self.kind}-{number}-v{chosen.number}.pdf"
        write_whole(path, pdf)
        self._journey.printed(number, chosen.number)
        owe_page(self._kit.local, self._kit.station.name, path, FINDING)
        return path

    def on_news(self, call: Callable[[Any], None]) -> Callable[[], None]:
        """Call with each notice about these papers and about key images; returns the way to end it."""
        return self._kit.notices.listen((self.notice, "tray"), call)


class LetterDesk(_PaperDesk):
    """Referral letters."""

    kind, notice = "letter", "letters"

    def __init__(self, kit: Kit, folder: Path) -> None:
        from kiosk.flow.write_letter import WriteLetter

        sender = Sender(kit.station.institution_name, kit.settings.address, kit.settings.phone)
        super().__init__(
            kit, folder, WriteLetter(kit.centre, kit.local, kit.session, kit.station, sender)
        )  # fmt: skip

    def lines(self, text: str, since: str, until: str, visit: int = 0) -> Answer:
        """Answer: LetterLine list, what is to do first; ``visit``: the one that somebody came from."""
        from kiosk.flow.paper_lists import letter_lines

        return self._kit.ask(
            letter_lines, self._kit.centre, self._kit.local, text=text, since=since, until=until, visit=visit,
            deadline_s=30.0,
        )  # fmt: skip

    def make(self, visit: int) -> Answer:
        """Answer: the number of a new letter about a visit."""
        return self._kit.ask(self._journey.make, visit)

    def sign(self, number: int, body: LetterBody, based_on: int, reason: str = "") -> Answer:
        """Answer: the letter with its signed version."""
        return self._kit.ask(self._journey.sign, number, body, based_on, reason, next(self._order))

    def discard(self, number: int) -> Answer:
        """Put a draft away."""
        return self._kit.ask(self._journey.discard, number)

    def mark_sent(self, number: int, sent: bool) -> Answer:
        """It left the house today, or did not after all."""
        return self._kit.ask(self._journey.mark_sent, number, sent)

    def add_reply(self, number: int, day: str, text: str) -> Answer:
        """Note a reply."""
        return self._kit.ask(self._journey.add_reply, number, day, text)

    def replies(self, number: int) -> Answer:
        """Answer: the replies that are noted."""
        return self._kit.ask(self._journey.replies, number)

    def addressees(self, text: str) -> Answer:
        """Answer: the institutions that fit."""
        return self._kit.ask(self._journey.addressees, text)

    def write_addressee(self, addressee: Addressee) -> Answer:
        """Add or change one; answer: its row."""
        return self._kit.ask(self._journey.write_addressee, addressee)

    def remove_addressee(self, row: int) -> Answer:
        """It is not offered any more."""
        return self._kit.ask(self._journey.remove_addressee, row)


class GuidanceDesk(_PaperDesk):
    """Health guidance."""

    kind, notice = "guidance", "guidance"

    def __init__(self, kit: Kit, folder: Path) -> None:
        from kiosk.flow.guidance import KeepGuidance

        super().__init__(kit, folder, KeepGuidance(kit.centre, kit.local, kit.session, kit.station))

    def lines(self, text: str, visit: int = 0) -> Answer:
        """Answer: CaseLine list, what is due first; ``visit``: the one that somebody came from."""
        from kiosk.flow.paper_lists import case_lines

        return self._kit.ask(
            case_lines, self._kit.centre, self._kit.local, text=text, visit=visit, deadline_s=30.0
        )  # fmt: skip

    def begin(self, visit: int) -> Answer:
        """Answer: the number of the examinee's case in that fiscal year."""
        return self._kit.ask(self._journey.begin, visit)

    def figures(self) -> Answer:
        """Answer: the figures of the master."""
        return self._kit.ask(self._journey.figures)

    def set_figure(self, key: str, text: str) -> Answer:
        """Answer: the figures, one of them changed."""
        return self._kit.ask(self._journey.set_figure, key, text)
