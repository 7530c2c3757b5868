"""Reception: reads the check-up system's list, shows who comes today, checks in, takes the nurse's note, prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Literal

from kiosk.core.list_settings import ListSettings
from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_, Sentence
from kiosk.modes.contract import Kit, Mode
from kiosk.modes.reception import rules

if TYPE_CHECKING:
    from kiosk.flow.answers import Answer
    from kiosk.flow.read_list import ReadList
    from kiosk.store.lists import ListFile, ListProblem


@dataclass(frozen=True)
class InboxSettings(Settings):
    """Where the check-up system leaves its list."""

    folder: str = setting("inbox", N_("Folder of the list, relative to the data folder or a UNC path; empty = none."))
    every_s: float = setting(3.0, N_("Seconds between two looks into it."))
    settle_s: float = setting(2.0, N_("Seconds that list and .lok must rest unchanged before the list is read."))
    suffix: str = setting(".csv", N_("How the names of lists end; the .lok has the same name."))
    keep: bool = setting(False, N_("Leave lists where they are when they were read; only the .lok is taken away."))
    done: str = setting("", N_("Folder for lists that were read; empty = “done” in the folder of the list."))


@dataclass(frozen=True)
class ReceptionSettings(Settings):
    """What a reception desk can be told."""

    inbox: InboxSettings = setting(InboxSettings, N_("The folder where the list arrives."))
    list: ListSettings = setting(ListSettings, N_("How the check-up system writes its list."))
    barcode: Literal["", "code128", "nw7"] = setting("", N_("Barcode of the number on the printed list, if any."))
    pages: str = setting("", N_("Folder for printed pages as PDF; empty = “pages” in the data folder."))
    print_command: tuple[str, ...] = setting(
        (), N_("Program that prints, word by word, {file} standing for the PDF; empty = the system's own way.")
    )
    draft_every_ms: int = setting(2000, N_("How often what is being typed is kept on this PC's disk, in milliseconds."))


@dataclass(frozen=True)
class InboxState:
    """What the inbox waits for: ``trouble`` in one sentence, ``waiting`` as (file name, why, minutes)."""

    trouble: str = ""
    waiting: tuple[tuple[str, str, int], ...] = ()


class ReceptionDesk:
    """What the window may ask and do; every call returns an Answer at once."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self.settings: ReceptionSettings = kit.settings
        self.place = kit.station.place
        self.mailbox = kit.mailbox
        self._kept: rules.DayList | None = None  # the list of today that this PC's disk has

    # -- the day -----------------------------------------------------------------------------------------------

    def day(self, day: date) -> Answer:
        """Answer: the DayList; what was seen last, with ``seen_at``, while the shared store is away."""
        return self._kit.ask(self._day, day)

    def _day(self, day: date) -> rules.DayList:
        from kiosk.core.faults import LinkLost
        from kiosk.core.visit import VisitState
        from kiosk.store import local, visits

        kit = self._kit
        try:
            with kit.centre.reading() as conn:
                found = visits.day_visits(conn, day, kit.station.institution)
                noted = visits.visits_with_notes(conn, day)
        except LinkLost:
            with kit.local.reading() as conn:
                kept = local.seen_last(conn, f"reception {day.isoformat()}")
            if kept is None:
                raise
            return rules.kept_day_list(kept.body, kept.at)
        shown = [visit for visit in found if visit.state is not VisitState.CANCELLED]
        answer = rules.DayList(day, tuple(rules.line_of(visit, visit.id in noted) for visit in shown))
        if day == date.today() and answer != self._kept:
            with kit.local.writing() as conn:
                local.keep_last_seen(conn, f"reception {day.isoformat()}", rules.day_list_data(answer))
            self._kept = answer
        return answer

    def days_of_number(self, number: str) -> Answer:
        """Answer: the days on which somebody has this number."""
        from kiosk.flow.check_in import days_of_number

        return self._kit.ask(days_of_number, self._kit.centre, self._kit.station.institution, number)

    def check_in(self, visit: int) -> Answer:
        """Answer: CheckedIn; fails with Refused."""
        from kiosk.flow.check_in import check_in

        return self._kit.ask(check_in, self._kit.centre, self._kit.session.actor(), visit)

    def undo_check_in(self, visit: int) -> Answer:
        """Answer: CheckedIn; fails with Refused."""
        from kiosk.flow.check_in import undo_check_in

        return self._kit.ask(undo_check_in, self._kit.centre, self._kit.session.actor(), visit)

    # -- the interview -----------------------------------------------------------------------------------------

    def interview(self, visit: int) -> Answer:
        """Answer: Interview (notes, the visit before with its notes and findings, the draft)."""
        from kiosk.flow.interview import open_interview

        return self._kit.ask(open_interview, self._kit.centre, self._kit.local, self._kit.session.actor(), visit)

    def save_note(self, visit: int, text: str) -> Answer:
        """Keep a note; fails with Refused."""
        from kiosk.flow.interview import save_note

        return self._kit.ask(save_note, self._kit.centre, self._kit.local, self._kit.session.actor(), visit, text)

    def keep_draft(self, visit: int, text: str) -> Answer:
        """Keep on this PC what is being typed; an empty text forgets it."""
        from kiosk.flow.interview import drop_draft, keep_draft

        if not text.strip():
            return self._kit.ask(drop_draft, self._kit.local, visit)
        return self._kit.ask(keep_draft, self._kit.local, visit, text, self._kit.session.name)

    # -- the lists that were read ------------------------------------------------------------------------------

    def files(self) -> Answer:
        """Answer: (the last lists read, newest first; the InboxState)."""
        return self._kit.ask(self._files)

    def _files(self) -> tuple[list[ListFile], InboxState]:
        from kiosk.store import lists

        with self._kit.centre.reading() as conn:
            found = lists.recent_files(conn)
        return found, self._inbox_state()

    def inbox_state(self) -> Answer:
        """Answer: the InboxState of this PC."""
        return self._kit.ask(self._inbox_state)

    def _inbox_state(self) -> InboxState:
        from kiosk.core.faults import Fault
        from kiosk.core.kept_sentences import kept_sentence
        from kiosk.core.words import say
        from kiosk.flow.watch_inbox import SUBJECT
        from kiosk.store import local

        reader = self._kit.services.get("reception.lists")
        if reader is not None and reader.failing:
            why = Fault(
                N_("No list is read: the part of the program that reads lists ends again and again."),
                N_("Start the program anew; if it stays so, call the person in charge with this number."),
                reference="X202",
            )
            return InboxState(why.told())
        with self._kit.local.reading() as conn:
            kept = local.seen_last(conn, SUBJECT)
        if kept is None:
            return InboxState()
        fault = kept.body.get("fault")
        trouble = ""
        if fault:
            said = [say(kept_sentence(*fault[part])) for part in ("sentence", "next") if fault[part][0]]
            trouble = " ".join([*said, f"({fault['reference']})"])
        waiting = tuple((each["name"], each["why"], each["minutes"]) for each in kept.body.get("waiting", ()))
        return InboxState(trouble, waiting)

    def file(self, file: int) -> Answer:
        """Answer: one ListFile that was read completely, None where there is none."""
        return self._kit.ask(self._file, file)

    def _file(self, file: int) -> ListFile | None:
        from kiosk.store import lists

        with self._kit.centre.reading() as conn:
            return next((each for each in lists.recent_files(conn) if each.id == file), None)

    def problems(self, file: int) -> Answer:
        """Answer: the ListProblems of a list, and their sentences."""
        return self._kit.ask(self._problems, file)

    def _problems(self, file: int) -> list[tuple[ListProblem, Sentence]]:
        from kiosk.core.kept_sentences import kept_sentence
        from kiosk.store import lists

        with self._kit.centre.reading() as conn:
            found = lists.problems_of(conn, file)
        return [(each, kept_sentence(each.sentence, each.values)) for each in found]

    def settle(self, problem: int) -> Answer:
        """Note that somebody has seen to a problem."""
        return self._kit.ask(self._settle, problem)

    def _settle(self, problem: int) -> None:
        from kiosk.store import audit, lists, notices

        actor = self._kit.session.actor()
        with self._kit.centre.writing() as conn:
            lists.settle_problem(conn, problem, actor.who)
            audit.write(conn, actor, "list problem settled", subject=f"list problem {problem}")
            notices.tell(conn, "list", problem=problem)

    def read_now(self) -> Answer:
        """Look into the inbox at once."""
        from kiosk.flow.watch_inbox import read_now

        return self._kit.ask(read_now, self._kit.local)

    # -- paper -------------------------------------------------------------------------------------------------

    def print_list(self, day: date, lines: Sequence[rules.Line], of: int = 0) -> Answer:
        """Answer: (the file, its pages); the printer gets it as a job. ``of``: how many the day has, where ``lines``
        are only some of them."""
        return self._kit.ask(self._print_list, day, list(lines), of, deadline_s=60.0)

    def _print_list(self, day: date, lines: list[rules.Line], of: int) -> tuple[Path, int]:
        from kiosk.flow.print_day_list import print_day_list
        from kiosk.paper.day_list import DayRow

        kit = self._kit
        folder = kit.data / (self.settings.pages or "pages")
        rows = [DayRow(**rules.paper_cells(line)) for line in lines]
        return print_day_list(
            kit.centre, kit.local, kit.session.actor(), kit.station, folder, day, rows, self.settings.barcode, of
        )

    # -- news --------------------------------------------------------------------------------------------------

    def on_news(self, call: Callable[[Any], None]) -> Callable[[], None]:
        """Call with each notice about visits, images and lists; returns the way to end it."""
        return self._kit.notices.listen(("visits", "images", "list"), call)

    def on_own_news(self, call: Callable[[Any], None]) -> Callable[[], None]:
        """Call with each notice of this PC's inbox, and of its printer about lists; returns the way to end it."""

        def told(notice: Any) -> None:
            if notice.kind != "paper" or notice.ids.get("page") == "list":
                call(notice)

        return self._kit.local_notices.listen(("inbox", "paper"), told)


def build_desk(kit: Kit) -> ReceptionDesk:
    return ReceptionDesk(kit)


def list_reader(kit: Kit) -> ReadList | None:
    """The reader of this station's inbox; None where it has no inbox."""
    from kiosk.devices.inbox.watched_folder import WatchedFolder
    from kiosk.flow.read_list import ReadList

    settings: ReceptionSettings = kit.settings
    inbox = settings.inbox
    if not inbox.folder:
        return None
    folder = kit.data / inbox.folder
    if not Path(inbox.folder).is_absolute():
        folder.mkdir(parents=True, exist_ok=True)  # our own folder; one that is named in full must be there
    watched = WatchedFolder(
        folder,
        suffix=inbox.suffix,
        settle_s=inbox.settle_s,
        done=folder / inbox.done if inbox.done else None,
        keep=inbox.keep,
    )
    return ReadList(
        kit.centre,
        watched,
        settings.list,
        institution=kit.station.institution,
        issuer=kit.station.issuer,
        station=kit.station.name,
        spool=kit.data / "spool" / "lists",
    )


def run_lists(kit: Kit, stop: Event) -> None:
    """The service that reads lists, in a process of its own: a list of a million rows does not slow the window."""
    from kiosk.flow.watch_inbox import watch_inbox

    reader = list_reader(kit)
    if reader is None:
        stop.wait()
        return
    inbox = kit.settings.inbox
    watch_inbox(reader, kit.local, kit.local_notices, stop, inbox.every_s, inbox.settle_s)
    kit.centre.leave()


def start_workers(kit: Kit, desk: ReceptionDesk) -> None:
    from kiosk.flow.print_pages import LIST, start_printing

    start_printing(kit.local, kit.station.name, kit.crew, LIST, kit.settings.print_command)


def check(settings: ReceptionSettings) -> Iterator[tuple[bool, Sentence, Sentence]]:
    """Is the folder of the list there, and are the list's settings sound?"""
    from kiosk.core.list_settings import ListUnreadable, gaiji_table

    folder = Path(settings.inbox.folder) if settings.inbox.folder else None
    if folder is not None and folder.is_absolute():
        there = folder.is_dir()
        yield (
            there,
            Sentence(N_("Folder of the reservation list: {folder}"), {"folder": str(folder)}),
            Sentence("" if there else N_("Make the folder or connect the share, or correct [modes.reception.inbox].")),
        )
    try:
        gaiji_table(settings.list.gaiji)
    except ListUnreadable as why:
        yield False, why.sentence, why.next_step


def open_window(parent: Any, desk: ReceptionDesk) -> Any:
    from kiosk.modes.reception.window import ReceptionWindow

    return ReceptionWindow(parent, desk).shell


MODE = Mode(
    title=N_("Reception"),
    settings=ReceptionSettings,
    desk=build_desk,
    window=open_window,
    workers=start_workers,
    services={"lists": run_lists},
    check=check,
    headless=True,
    order=10,
)
