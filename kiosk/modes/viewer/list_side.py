"""What the list offers beside opening pictures: the other stores, and the pages and keys of this hospital's flow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.study_search import Listed
from kiosk.core.words import N_, Sentence
from kiosk.modes.viewer import page_rules
from kiosk.modes.viewer.disc_page import DiscPage
from kiosk.modes.viewer.documents_page import DocumentsPage
from kiosk.modes.viewer.list_rules import Asked
from kiosk.modes.viewer.teaching_form import TeachingForm
from kiosk.modes.viewer.teaching_page import TeachingPage
from kiosk.ui.shell import Key

PAGES: dict[str, tuple[Any, str, str]] = {  # name -> its frame, key and words
    "documents": (DocumentsPage, "F6", N_("Documents")),
    "disc": (DiscPage, "F10", N_("Disc")),
    "teaching": (TeachingPage, "F11", N_("Teaching file")),
}
FORM = "teaching form"


class ListSide:
    """Belongs to the viewer's window; ``desk.settings`` say which keys and pages there are. ``go(place)`` shows one."""

    def __init__(
        self,
        window: Any,
        open_selected: Callable[[], object],
        back: Callable[[], object],
        go: Callable[[str], object],
        changed: Callable[[], object],
    ) -> None:
        self.window = window
        self.desk = window.desk
        self._open_selected, self._back, self._go = open_selected, back, go
        self._asked: tuple[str, int, str] | None = None
        self._handing: Any = None
        window.list.again = self.ask_again
        self._changed = changed
        self.pages: dict[str, Any] = {}  # those that were opened: the window must not wait for the others

    # -- the other stores ----------------------------------------------------------------------------------------

    def ask_stores(self) -> None:
        """Ask the other stores what our own was asked, but not twice the same."""
        question = self.window.list.question
        if not self.desk.stores.names or question == self._asked:
            return
        self._asked = question
        self.window.list.ask_stores()
        self.desk.stores.ask(*question, self._answered)

    def ask_moved(self) -> None:
        """Say of a person who is looked for that images of theirs were moved away by a correction."""
        text = self.window.list.question[0].strip()
        problem = self.window.shell.problem

        def came(told: Any) -> None:
            if self.window.list.winfo_exists() and text == self.window.list.question[0].strip():
                problem.over("moved") if told is None else problem.standing("moved", "look", told)

        if text:
            self.desk.moved(text).then(came, problem.fault)
        else:
            problem.over("moved")

    def ask_again(self) -> None:
        """Return in the search field: also those that did not answer."""
        self._asked = None
        self.ask_stores()

    def _answered(self, name: str, found: Listed | None, why: Fault | None) -> None:
        shown = self.window.list
        if not shown.winfo_exists():
            return
        if found is None:
            shown.store_answered(name, Asked(why=why.sentence if why is not None else None))
        else:
            shown.store_answered(name, Asked(len(found.studies), complete=found.complete), found.studies)

    # -- pages and keys ------------------------------------------------------------------------------------------

    def show(self, name: str) -> None:
        """Show a page, for the line that is marked in the list."""
        if name not in self.pages:
            shell = self.window.shell
            self.pages[name] = PAGES[name][0](shell.work, shell, self.desk, lambda: self._go("list"), self._changed)
        self.window.shell.problem.clear()
        self._go(name)
        self.pages[name].opened(self.window.list.selected)

    def dropped(self, paths: Sequence[Path]) -> None:
        """Files were dropped: a page takes them where it can, else they are shown."""
        page = self.pages.get(self.window.place)
        if page is not None:
            page.dropped(paths)
        else:
            self.window.open_files([str(path) for path in paths])

    def list_keys(self) -> list[Key]:
        """The key line of the list."""
        window, settings = self.window, self.desk.settings
        keys = [
            Key("F2", N_("Examinee"), window.list.search.focus),
            Key("F5", N_("Open"), self._open_selected),
            Key("Esc", N_("Back"), self._back),
        ]
        if "file" in settings.buttons:
            keys.append(Key("F3", N_("File"), window.choose_file))
        if "folder" in settings.buttons:
            keys.append(Key("F4", N_("Folder"), window.choose_folder))
        if "outside" in settings.buttons and self.desk.outside.title:
            keys.append(Key("F1", self.desk.outside.title, self.hand_over))
        for name in [each for each in dict.fromkeys(settings.pages) if each in PAGES]:
            _, cap, words = PAGES[name]
            keys.append(Key(cap, words, lambda name=name: self.show(name)))  # type: ignore[misc]
        return keys

    @property
    def letters(self) -> dict[str, Callable[[], object]]:
        """Single letters over the pictures."""
        return {"d": self.teach} if "teaching" in self.desk.settings.pages else {}

    def teach(self) -> None:
        """d: the picture of the pane, or a key image of its visit, on its way into the teaching file."""
        window = self.window
        pane = window.pictures.pane
        seen, facts = window.pictures.seen_in(pane), pane.facts
        if seen is None or facts is None or not pane.ready:
            window.shell.problem.look(N_("No picture is shown."))
            return
        visit = seen.visit
        whose = visit.patient if visit is not None else page_rules.patient_of_picture(facts)
        make = pane.png_maker(self.desk.settings.key_image_px)
        if FORM not in self.pages:
            shell = window.shell
            self.pages[FORM] = TeachingForm(
                shell.work, shell, self.desk, lambda: self._go("pictures"), self._changed
            )
        window.pictures.stop()
        self._go(FORM)
        self.pages[FORM].take(whose, facts.modality, facts.sop_uid, make, visit.id if visit is not None else None)

    # -- the other viewer ----------------------------------------------------------------------------------------

    def hand_over(self) -> None:
        """F1: the marked study goes to the viewer of another maker."""
        line = self.window.list.selected
        problem = self.window.shell.problem
        if line is None:
            problem.look(N_("Choose an examination first."))
        elif self._handing is not None:
            problem.look(N_("Another study is being handed over; wait for it."))
        else:
            self.window.opening.start(N_("Opening..."), lambda told: self.desk.open_line(line, told), self._copy)

    def _copy(self, seen: Any) -> None:
        problem = self.window.shell.problem
        words = Sentence(N_("Handing the images to {viewer}..."), {"viewer": self.desk.outside.title})
        self._handing = running = self.desk.outside.hand_over(seen)
        problem.progress(words, 0.0, running.stop)
        running.on_progress(lambda part: problem.progress(words, part, running.stop))
        left_out = len(seen.refused)

        def done(told: Any) -> None:
            self._handing = None
            problem.progress_over()
            handed, changed = told
            values = {"count": handed.count, "viewer": self.desk.outside.title, "name": changed, "left": left_out}
            if changed:
                text = N_("{count} images are at {viewer}. It can't write the name; {name} stands there instead.")
                problem.look(Sentence(text, values))
            elif left_out:
                problem.look(Sentence(N_("{count} images are at {viewer}; {left} could not be read."), values))
            else:
                problem.done(Sentence(N_("{count} images are at {viewer}."), values))

        def failed(why: Fault) -> None:
            self._handing = None
            problem.progress_over()
            problem.fault(why)

        running.then(done, failed)
