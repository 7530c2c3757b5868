"""Pictures as files: asks where to, shows how far it is, and says what was written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import PureWindowsPath
from tkinter import filedialog
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.viewer.save_window import Way
from kiosk.modes.viewer.saving_rules import file_name, nameless_file
from kiosk.modes.viewer.viewport import Viewport
from kiosk.ui.shell import Shell

JPEG = ((N_("JPEG pictures"), "*.jpg"),)
FILM = ((N_("AVI films"), "*.avi"),)
STOPPED = "W100"  # flow.answers.Stopped
BMP = ((N_("BMP pictures"), "*.bmp *.BMP"),)


class FileSaver:
    """Belongs to the saving side of the viewer; one long work at a time."""

    def __init__(self, shell: Shell, desk: Any, pane: Callable[[], Viewport], seen: Callable[[], Any]) -> None:
        self._shell, self._desk, self._pane, self._seen = shell, desk, pane, seen
        self._folder = desk.settings.export
        self._running: Any = None
        self.mark_key = "b"

    def ways(self, why_not: str) -> list[Way]:
        """What can be saved now; ``why_not`` where no picture is on the screen."""
        pane = self._pane()
        several, came = pane.stack is not None and len(pane.stack) > 1, self._came(pane)
        no_region = why_not or (
            "" if pane.graphics.region else Sentence(N_("Mark a region first (key {key})."), {"key": self.mark_key})
        )
        no_film = why_not or ("" if several else N_("There is only one picture."))
        no_film = no_film or ("" if came else N_("Only for rows of pictures as they came."))
        busy = N_("Something is still being saved.") if self._running is not None else ""
        return [
            Way(N_("JPEG: the picture"), lambda: self._jpeg("JPEG", drawings=False), why_not),
            Way(N_("JPEG: with measurements and drawings"), lambda: self._jpeg("JPEG drawn"), why_not),
            Way(N_("JPEG: without name (file name too)"),
                lambda: self._jpeg("JPEG nameless", drawings=False, nameless=True), why_not),
            Way(N_("JPEG: the marked region"), lambda: self._jpeg("JPEG region", region=True), no_region),
            Way(N_("AVI: this row of pictures as a film"), self.film, no_film or busy),
            Way(N_("BMP files to JPEG"), self.bmp_files, busy),
            Way(N_("All BMP of a folder to JPEG"), self.bmp_folder, busy),
        ]  # fmt: skip

    # -- pictures ------------------------------------------------------------------------------------------------

    def _jpeg(self, kind: str, drawings: bool = True, nameless: bool = False, region: bool = False) -> None:
        pane = self._pane()
        facts, look = pane.facts, pane.look_now()
        if facts is None or look is None or pane.stack is None or pane.image is None:
            return
        frame = pane.stack.slides[pane.at][1] + 1
        name = nameless_file(datetime.now(), ".jpg") if nameless or region else file_name(facts, frame, ".jpg")
        # Of the picture itself: what the file draws over it may be words.
        pixels = None if drawings else pane.image.pixels
        box = pane.graphics.region if region else None
        shades_of, size = pane.shades_maker(0, box, pixels), pane.picture_size
        quality, font = self._desk.settings.jpeg_quality, self._desk.font

        def make() -> bytes:
            from kiosk.ui import exporting

            shades = shades_of()
            if shades is None:
                return b""
            if drawings and (look.graphics or look.labels):
                shades = exporting.drawn_over(shades, look, *size, font, box)
            return exporting.jpeg(shades, quality)

        path = self._ask_where(name, JPEG, ".jpg")
        if path:
            header = facts.path if nameless and self._came(pane) else ""
            answer = self._desk.save_jpeg(path, make, facts, kind, nameless, header, self._issuer())

            def saved(certain: bool) -> None:
                if region and pane.winfo_exists():
                    pane.graphics.unmark()
                self._saved(path, certain)

            answer.then(saved, self._shell.problem.fault)

    def _saved(self, path: str, certain: bool = True) -> None:
        values = {"name": PureWindowsPath(path).name}
        if certain:
            self._shell.problem.done(Sentence(N_("Saved as {name}."), values))
        else:
            words = N_("Saved as {name}. Look at it before it leaves: a name may be burned into the picture.")
            self._shell.problem.look(Sentence(words, values))

    # -- films and many files --------------------------------------------------------------------------------------

    def film(self) -> None:
        """The stack of the pane as it is painted now."""
        from kiosk.ui.exporting import Standing

        pane = self._pane()
        stack, paint = pane.stack, pane.paint
        if stack is None or paint is None or pane.painted_by is None:
            return
        standing = Standing(pane.painted_by, pane.inverted, pane.turn_now, paint.colour)
        path = self._ask_where(file_name(stack.pictures[0], 0, ".avi"), FILM, ".avi")
        if path:
            running = self._desk.save_film(path, stack, standing, self._issuer())
            self._follow(N_("The film is being saved..."), running, lambda count: self._saved(path))

    def bmp_files(self) -> None:
        """Ask for BMP files and for the folder of the JPEG."""
        chosen = filedialog.askopenfilenames(
            parent=self._shell.top, title=say(N_("BMP files to JPEG")), filetypes=_kinds(BMP), **self._begin()
        )
        if chosen:
            self._convert(list(chosen), "", str(PureWindowsPath(chosen[0]).parent))

    def bmp_folder(self) -> None:
        """Ask for a folder of BMP files and for that of the JPEG."""
        chosen = filedialog.askdirectory(
            parent=self._shell.top, title=say(N_("Folder of BMP pictures")), mustexist=True, **self._begin()
        )
        if chosen:
            self._convert([], chosen, chosen)

    def _convert(self, files: list[str], folder: str, near: str) -> None:
        target = filedialog.askdirectory(
            parent=self._shell.top, title=say(N_("Folder for the JPEG pictures")), initialdir=self._folder or near
        )
        if target:
            self._folder = target
            running = self._desk.convert(files, folder, target)
            self._follow(N_("BMP pictures become JPEG..."), running, self._converted)

    def _converted(self, outcome: Any) -> None:
        written, failed = outcome
        if failed:
            path, why = failed[0]
            values = {"count": len(written), "failed": len(failed), "name": path.name, "why": why.sentence}
            words = N_("{count} JPEG pictures were written, {failed} files were left out. The first, {name}: {why}")
            self._shell.problem.look(Sentence(words, values))
        else:
            words = N_("{count} JPEG pictures were written; the BMP files are as they were.")
            self._shell.problem.done(Sentence(words, {"count": len(written)}))

    def _follow(self, words: str, running: Any, over: Callable[[Any], object]) -> None:
        self._running = running
        problem = self._shell.problem

        def ended(then: Callable[[Any], object]) -> Callable[[Any], None]:
            def end(value: Any) -> None:
                self._running = None
                if problem.winfo_exists():
                    problem.progress_over()
                    then(value)

            return end

        def failed(fault: Fault) -> None:
            if fault.reference == STOPPED:
                problem.plain(fault.sentence)
            else:
                problem.fault(fault)

        problem.progress(words, 0.0, running.stop)

        def told(part: float) -> None:
            if problem.winfo_exists():
                problem.progress(words, part, running.stop)

        running.on_progress(told)
        running.then(ended(over), ended(failed))

    # -- where ---------------------------------------------------------------------------------------------------

    def _ask_where(self, name: str, kinds: tuple[tuple[str, str], ...], ending: str) -> str:
        path = str(
            filedialog.asksaveasfilename(
                parent=self._shell.top, title=say(N_("Save")), initialfile=name, filetypes=_kinds(kinds),
                defaultextension=ending, **self._begin(),
            )
            or ""
        )  # fmt: skip
        if path:
            self._folder = path[: len(path) - len(PureWindowsPath(path).name)] or self._folder
        return path

    def _begin(self) -> dict[str, Any]:
        return {"initialdir": self._folder} if self._folder else {}

    def _came(self, pane: Viewport) -> bool:
        """Is it a picture as it came, not one that was made here of others?"""
        seen = self._seen()
        return seen is not None and any(stack is pane.stack for stack in seen.stacks)

    def _issuer(self) -> str:
        seen = self._seen()
        return seen.study.issuer if seen is not None and seen.study is not None else ""


def _kinds(kinds: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    return [(say(words), pattern) for words, pattern in kinds]
