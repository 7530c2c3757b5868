"""Pictures that a camera sends are given to an examinee: who is open, who the file's name says, or who was open when it
was taken. What fits nobody waits until somebody says whose it is; what is no whole picture lies aside with the reason.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kiosk.core.barcodes import Code
from kiosk.core.faults import Fault, Refused
from kiosk.core.picture_names import NameFacts, read_name
from kiosk.core.taken import PictureSet, SetState, TakenPicture
from kiosk.core.words import N_, Sentence, say
from kiosk.core.worklist_query import WorklistRow
from kiosk.devices.inbox.arrived import Arrivals, Arrived
from kiosk.flow.answers import as_fault
from kiosk.flow.check_pictures import Checked, CheckPictures
from kiosk.flow.choose_examinee import ChooseExaminee
from kiosk.store.spool import Spool

log = logging.getLogger(__name__)

LOOK_S = 2.0
AT_THE_WINDOW = "-"  # opened by somebody who did not log in


@dataclass(frozen=True)
class Told:
    """What became of a file. ``what``: came, nobody (``why``), known, aside (``why``)."""

    what: str
    name: str
    picture: TakenPicture | None = None
    why: Sentence | None = None


class TakeFundus:
    """One worker looks at what arrived; the window opens and ends examinations."""

    def __init__(
        self,
        spool: Spool,
        arrivals: Arrivals,
        check: CheckPictures,
        people: Callable[[], ChooseExaminee],
        tell: Callable[[Told], object],
        *,
        patterns: Sequence[str] = (),
        ways: Sequence[str] = ("name", "open", "time"),
    ) -> None:
        """``ways``: how a picture finds its examinee, tried in this order: name (of the file), open (who is open at
        the window), time (who was open when it was taken, by EXIF).
        """
        self._spool = spool
        self._arrivals = arrivals
        self._check = check
        self._people = people
        self._tell = tell
        self._patterns = list(patterns)
        self._ways = list(ways)
        self._turn = threading.RLock()
        self._stirred = threading.Event()
        self.trouble: Fault | None = None  # why what arrived waits
        self.taken: PictureSet | None = None

    # -- the examination -----------------------------------------------------------------------------------------

    def open(self, row: WorklistRow | None, number: str = "", by: str = "") -> PictureSet:
        """The examinee whose pictures come from now on; one whose pictures came before is gone on with."""
        with self._turn:
            found = self._open_set_of(row) if row is not None else None
            self.taken = found or self._spool.open_set(row, number=number, by=by or AT_THE_WINDOW)
            return self.taken

    def go_on(self, set_id: str) -> PictureSet:
        with self._turn:
            self.taken = self._spool.set_of(set_id)
            return self.taken

    def leave(self) -> None:
        with self._turn:
            self.taken = None

    def finish(self) -> None:
        """Register the open examination. Raises Refused where a picture's eye is not said."""
        with self._turn:
            if self.taken is None:
                return
            self.may_register(self.taken.id)
            self._spool.close_set(self.taken.id)
            self.taken = None

    def may_register(self, set_id: str) -> None:
        """Raises Refused where a picture's eye is not said."""
        missing = [each.number for each in self._spool.pictures(set_id) if not each.eye]
        if missing:
            raise Refused(
                "eye", N_("Which eye? Pictures {numbers} don't say it."), N_("Mark each, then R or L; then register."),
                reference="K450", numbers=", ".join(str(each) for each in missing),
            )  # fmt: skip

    # -- what arrived --------------------------------------------------------------------------------------------

    def stir(self) -> None:
        """Something came: look now."""
        self._stirred.set()

    def work(self, stop: threading.Event) -> None:
        """The worker."""
        try:
            while not stop.is_set():
                self._stirred.clear()
                try:
                    self.look(stop)
                    self.trouble = None
                except Exception as problem:
                    why = as_fault(problem)
                    if str(why) != str(self.trouble):
                        log.warning("what arrived waits: %s", why)
                    self.trouble = why
                self._stirred.wait(LOOK_S)
        finally:
            self._check.close()

    def look(self, stop: threading.Event | None = None) -> int:
        """Take what is whole; returns how many files were dealt with. Raises Fault where the disk takes nothing."""
        dealt = 0
        for arrived in self._arrivals.look():
            if stop is not None and stop.is_set():
                break
            try:
                checked = self._check.check(arrived.path)
            except Refused as why:
                inner = why.sentence.values.get("why")
                told = say(inner if isinstance(inner, Sentence) else why.sentence)
                self._arrivals.set_aside(arrived, f"{why.reason}: {told}")
                log.warning("a file was not taken: %s", why)
                self._tell(Told("aside", arrived.name, why=why.sentence))
            else:
                self._take(arrived, checked)
                self._arrivals.put_away(arrived)
            dealt += 1
        return dealt

    def _take(self, arrived: Arrived, checked: Checked) -> None:
        data = arrived.read()
        if self._spool.known(hashlib.sha256(data).hexdigest()):
            self._tell(Told("known", arrived.name))
            return
        told = read_name(arrived.name, self._patterns)
        with self._turn:
            owner, why = self._owner(told, checked)
            if owner is None:
                owner = self._waiting_set(told)
            facts = {
                "name": arrived.name, "source": arrived.source, "came_at": arrived.at, "taken_at": checked.taken_at,
                "suggested": checked.eye, "columns": checked.columns, "rows": checked.rows,
            }  # fmt: skip
            made = self._spool.add(owner.id, data, eye=told.eye, facts=facts)
        self._tell(Told("came" if owner.row is not None else "nobody", arrived.name, made, why))

    # -- whose it is ---------------------------------------------------------------------------------------------

    def _owner(self, told: NameFacts, checked: Checked) -> tuple[PictureSet | None, Sentence | None]:
        """The examination that a picture belongs to; None and why, where that can't be said for certain."""
        why: Sentence | None = None
        for way in self._ways:
            if way == "name" and told.names_somebody:
                # A name that names somebody decides: never the open examinee instead.
                try:
                    return self._named(told), None
                except Fault as trouble:
                    return None, trouble.sentence
            if way == "open" and self.taken is not None:
                return self.taken, None
            if way == "time" and checked.taken_at:
                found = self._open_at(datetime.fromisoformat(checked.taken_at))
                if found is not None:
                    return found, None
                why = Sentence(N_("Nobody was open here when it was taken."))
        return None, why or Sentence(N_("Nobody is open, and the file does not say whose it is."))

    def _named(self, told: NameFacts) -> PictureSet:
        day = told.day or date.today()
        code = Code(told.number, patient_id=told.pid, day=told.day)
        listed = self._people().find(code, day)
        return self._open_set_of(listed.row) or self._spool.open_set(listed.row, number=listed.number)

    def _open_set_of(self, row: WorklistRow) -> PictureSet | None:
        return next(
            (each for each in self._spool.sets([SetState.OPEN])
             if each.row is not None and each.row.study_uid == row.study_uid), None,
        )  # fmt: skip

    def _open_at(self, moment: datetime) -> PictureSet | None:
        """Who was open at the window then: the last one opened before."""
        found = []
        for each in self._spool.sets([SetState.OPEN]):
            begun = datetime.fromisoformat(each.opened_at)
            if each.row is not None and each.by and begun.date() == moment.date() and begun <= moment:
                found.append((begun, each))
        if not found:
            return None
        newest = max(found, key=lambda each: each[0])
        return newest[1]

    def _waiting_set(self, told: NameFacts) -> PictureSet:
        """Pictures that name the same unknown person wait together, the others each for itself."""
        key = told.pid or told.number
        if key:
            for each in self._spool.sets([SetState.OPEN]):
                if each.row is None and each.number == key:
                    return each
        return self._spool.open_set(None, number=key)

