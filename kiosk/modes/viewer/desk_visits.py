"""The reading pages' side of the desk: the day's examinees, the pictures of a visit and of the one before, findings."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from kiosk.core.slide import FUNDUS, Slide, side_of
from kiosk.core.two_readers import ReadingRules

if TYPE_CHECKING:
    from kiosk.core.faults import Fault
    from kiosk.core.finding import FindingBody
    from kiosk.core.screens import WindowPlace
    from kiosk.core.visit import Visit
    from kiosk.flow.answers import Answer
    from kiosk.modes.contract import Kit

KEPT_VISITS = 4  # whose headers stay read: the one before, this one, the next ones
MASTER = "fundus_reading"


@dataclass(frozen=True)
class VisitShown:
    """The slides of a visit and of the last one that has such pictures; ``refused`` files with the reason."""

    visit: Visit
    now: tuple[Slide, ...]
    before: tuple[Slide, ...] = ()
    before_visit: Visit | None = None
    refused: tuple[tuple[str, Fault], ...] = ()
    away: tuple[str, ...] = ()


class VisitsDesk:
    """Every call returns at once. ``reader`` and ``after`` are the viewer's own."""

    def __init__(self, kit: Kit, reader: Any, after: Callable[[Answer, Callable[[Any], Any]], Answer]) -> None:
        from kiosk.devices.screens.listed import screens_of
        from kiosk.flow.sign_report import SignReport

        self._kit, self._reader, self._after = kit, reader, after
        self.settings = kit.settings
        rules = ReadingRules((self.settings.fundus.exam,) if self.settings.fundus.two_readers else ())
        self._report = SignReport(kit.centre, kit.local, kit.session, kit.station, rules)
        self._order = itertools.count(1)
        self._read: OrderedDict[tuple[int, tuple[str, ...], bool], Answer] = OrderedDict()
        self._screens = screens_of(kit.station.screens)

    # -- who is to be read ---------------------------------------------------------------------------------------

    def fundus_lines(self, days: int) -> Answer:
        """Answer: ReadLine list of the last ``days`` days with fundus pictures, unread first."""
        from kiosk.flow.read_visits import fundus_lines

        since = (date.today() - timedelta(days=days - 1)).isoformat() if days else ""
        exam = self.settings.fundus.exam
        return self._kit.ask(fundus_lines, self._kit.centre, since, "", exam, FUNDUS, deadline_s=30.0)

    def day_lines(self, day: date | None = None) -> Answer:
        """Answer: ReadLine list of a day's examinees, with what is missing of their course."""
        from kiosk.flow.read_visits import day_lines

        return self._kit.ask(day_lines, self._kit.centre, day or date.today())

    def pictured_lines(self, days: int, kinds: Sequence[str]) -> Answer:
        """Answer: ReadLine list of the last ``days`` days (0 = all) with pictures of these kinds."""
        from kiosk.flow.read_visits import pictured_lines

        since = (date.today() - timedelta(days=days - 1)).isoformat() if days else ""
        return self._kit.ask(pictured_lines, self._kit.centre, since, "", list(kinds), deadline_s=30.0)

    # -- pictures ------------------------------------------------------------------------------------------------

    def open(self, visit: int, kinds: Sequence[str] = (), earlier: bool = False) -> Answer:
        """Answer: VisitShown; that it was looked at is in the audit table first."""
        from kiosk.flow.read_visits import note_read

        kit, actor = self._kit, self._kit.session.actor()
        found = self._headers(visit, tuple(kinds), earlier)

        def note(both: Any) -> Answer:
            to_read, shown = both
            return self._after(kit.ask(note_read, kit.centre, actor, to_read), lambda _: shown)

        return self._after(found, note)

    def prefetch(self, visit: int, kinds: Sequence[str] = (), earlier: bool = False, most: int = 12) -> None:
        """Read the headers and decode the first ``most`` pictures of who is probably next; nobody has looked yet."""

        def came(both: Any) -> None:
            _, shown = both
            wanted = [*shown.now[:most], *shown.before[:most]]
            self.decode_ahead(wanted)

        self._headers(visit, tuple(kinds), earlier).then(came, lambda fault: None)

    def decode_ahead(self, slides: Sequence[Slide]) -> None:
        """Decode these when nothing is urgent."""
        from kiosk.flow.open_study import Key

        self._reader.fetch_ahead([Key(each.facts.path, each.frame, each.facts.stamp) for each in slides])

    def forget(self) -> None:
        """Pictures came: what was read of the visits is asked anew."""
        self._read.clear()

    def frame(self, path: str, frame: int, stamp: str = "") -> Answer:
        """Answer: Shown (pixels, paint, warnings)."""
        return self._reader.frame(path, frame, stamp)

    def peek(self, path: str, frame: int, stamp: str = "") -> Any:
        """Shown if it is decoded already, else None."""
        return self._reader.peek(path, frame, stamp)

    def fetch_ahead(self, stack: Any, at: int, forward: bool, **how: Any) -> None:
        """A pane asks for its neighbours; here the page knows better what comes next."""

    def _headers(self, visit: int, kinds: tuple[str, ...], earlier: bool) -> Answer:
        """Answer: (ToRead, VisitShown); what was asked a moment ago is not asked again."""
        from kiosk.flow.read_visits import files_to_read

        key = (visit, kinds, earlier)
        known = self._read.get(key)
        if known is not None and not known.cancelled:
            self._read.move_to_end(key)
            return known
        kit = self._kit
        to_read = kit.ask(files_to_read, kit.centre, kit.volumes, visit, kinds, earlier)
        answer = self._read[key] = self._after(to_read, self._survey)
        answer.then(None, lambda fault: self._read.pop(key, None))  # a fault is worth another try
        while len(self._read) > KEPT_VISITS:
            self._read.popitem(last=False)
        return answer

    def _survey(self, to_read: Any) -> Any:
        files = {str(each.path): each for each in (*to_read.now, *to_read.before)}
        if not files:
            return to_read, VisitShown(to_read.visit, (), (), to_read.before_visit, (), to_read.away)
        opened = self._reader.open([each.path for each in files.values()])
        return self._after(opened, lambda found: (to_read, _shown(to_read, found)))

    # -- the finding of the eyes -----------------------------------------------------------------------------------

    def fundus_master(self) -> Answer:
        """Answer: (FundusMaster, Judgement, Kind) in force."""
        return self._kit.ask(self._fundus_master)

    def _fundus_master(self) -> Any:
        from kiosk.core.fundus_reading import read_master
        from kiosk.store import masters

        judgement = self._report.judgement()
        kind = judgement.kind(self.settings.fundus.exam)
        with self._kit.centre.reading() as conn:
            return read_master(masters.master(conn, MASTER), kind), judgement, kind

    def open_finding(self, visit: int) -> Answer:
        """Answer: sign_report.Opened, held for this person where nobody else has it open."""
        return self._kit.ask(self._report.open, visit, self.settings.fundus.exam)

    def renew_finding(self, visit: int) -> Answer:
        """Answer: who else has it open, None when it is ours."""
        return self._kit.ask(self._report.hold, visit, self.settings.fundus.exam)

    def close_finding(self, visit: int) -> Answer:
        """It is no longer open here."""
        return self._kit.ask(self._report.let_go, visit, self.settings.fundus.exam)

    def keep_draft(self, visit: int, body: FindingBody, based_on: int) -> Answer:
        """Keep what is being entered on this PC."""
        exam = self.settings.fundus.exam
        return self._kit.ask(self._report.keep_draft, visit, exam, body, based_on, next(self._order))

    def save(self, visit: int, body: FindingBody, based_on: int) -> Answer:
        """Answer: the Finding with its saved draft."""
        return self._kit.ask(self._report.save, visit, self.settings.fundus.exam, body, based_on, next(self._order))

    def sign(self, visit: int, body: FindingBody, based_on: int) -> Answer:
        """Answer: the Finding with its signed version. A signed one is amended at the findings station."""
        exam = self.settings.fundus.exam
        return self._kit.ask(self._report.sign, visit, exam, body, based_on, "", next(self._order))

    def take_key_image(
        self, visit: int, sop_uid: str, frame: int, picture: Callable[[], bytes], rendering: dict[str, object],
        caption: str,
    ) -> Answer:  # fmt: skip
        """Answer: the row of the key image in the visit's tray; ``picture`` makes the PNG on a thread of the desk."""
        from kiosk.flow.take_key_image import take_key_image

        kit, actor = self._kit, self._kit.session.actor()

        def take() -> int:
            return take_key_image(kit.centre, actor, visit=visit, sop_uid=sop_uid, frame=frame, picture=picture(),
                                  rendering=rendering, comment=caption)  # fmt: skip

        return kit.ask(take)

    # -- beside the pictures -----------------------------------------------------------------------------------------

    def interview(self, visit: int) -> Answer:
        """Answer: Interview (notes, the visit before with its notes and signed findings)."""
        from kiosk.flow.interview import open_interview

        return self._kit.ask(open_interview, self._kit.centre, self._kit.local, self._kit.session.actor(), visit)

    # -- windows -----------------------------------------------------------------------------------------------------

    def place_of(self, name: str, wanted: str = "") -> Answer:
        """Answer: Placed, where the window ``name`` is to stand."""
        from kiosk.flow.keep_window_place import place_for

        return self._kit.ask(place_for, self._kit.local, self._screens, name, wanted)

    def keep_place(self, name: str, place: WindowPlace) -> Answer:
        """A person has moved it."""
        from kiosk.flow.keep_window_place import keep_place

        return self._kit.ask(keep_place, self._kit.local, self._screens, name, place)

    # -- news --------------------------------------------------------------------------------------------------------

    def on_news(self, call: Callable[[Any], None]) -> Callable[[], None]:
        """Call with each notice about visits, images, documents and findings; returns the way to end it."""
        return self._kit.notices.listen(("visits", "images", "documents", "findings"), call)


def _shown(to_read: Any, opened: Any) -> VisitShown:
    facts = {each.path: each for stack in opened.stacks for each in stack.pictures if each.pixels}

    def slides(files: Sequence[Any]) -> tuple[Slide, ...]:
        found = []
        for each in files:
            told = facts.get(str(each.path))
            if told is not None:
                side = side_of(told, each.name, each.title)
                found.append(Slide(told, each.day, each.kind, side, each.title, told.frames // 2))
        return tuple(found)

    return VisitShown(
        to_read.visit, slides(to_read.now), slides(to_read.before), to_read.before_visit, opened.refused, to_read.away
    )
