"""The one frame of every station's window: bar, banner, work, problem line, keys; scanning, questions, login name."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from tkinter import ttk

from kiosk.core.faults import Fault
from kiosk.core.words import N_, Sentence, say
from kiosk.ui import drop, errors, look, one_keyboard
from kiosk.ui.banner import Banner, Examinee
from kiosk.ui.key_line import KEYSYM, Key, KeyButton, KeyLine
from kiosk.ui.mailbox import Mailbox
from kiosk.ui.problem_line import ProblemLine
from kiosk.ui.question import Choice, Question
from kiosk.ui.scanner import Scanner
from kiosk.ui.top_bar import Lamp, TopBar

__all__ = ["Choice", "Examinee", "Key", "Shell"]

Words = str | Sentence


class Shell:
    """Fills ``parent`` (Tk or Toplevel). The mode puts its widgets into ``work``, a ttk.Frame to ``grid`` in.

    ``problem`` is the problem line (``done look stop plain fault progress standing``), ``banner`` appears with
    ``show_examinee``. All calls from the main thread only.
    """

    def __init__(
        self,
        parent: tk.Tk | tk.Toplevel,
        title: Words,
        where: Words = "",
        mailbox: Mailbox | None = None,
        clock: Callable[[], datetime] = datetime.now,
    ) -> None:
        self.top = parent
        self.title = title
        self.mailbox = mailbox
        self._busy = False
        self._own_keys: list[Key] = []
        self._maintain: Callable[[], object] | None = None
        self._question: Question | None = None
        self._cover: tuple[tk.Misc, Callable[[], tk.Misc]] | None = None
        self._told_of_cover: list[Callable[[bool], object]] = []
        self._focus_later: tk.Misc | None = None
        self._before_closing: Callable[[Callable[[], None]], bool] = self._ask_if_busy
        parent.title(say(title) + (f" - {say(where)}" if where else ""))
        parent.configure(background=look.GROUND)
        parent.minsize(look.px(800), look.px(600))
        one_keyboard.guard(parent)
        self.frame = tk.Frame(parent, bg=look.GROUND)
        self.frame.pack(fill="both", expand=True)
        self.frame.columnconfigure(0, weight=1)
        self.frame.rowconfigure(2, weight=1)
        edge, gap = look.px(look.EDGE_GAP), look.px(12)
        self.bar = TopBar(self.frame, title, where, clock)
        self.banner = Banner(self.frame)
        self.work = ttk.Frame(self.frame)
        self.problem = ProblemLine(self.frame, clock)
        self._keys = KeyLine(self.frame, parent)
        self.bar.grid(row=0, column=0, sticky="ew")
        self.work.grid(row=2, column=0, sticky="nsew", padx=edge, pady=gap)
        self.problem.grid(row=3, column=0, sticky="ew")
        self._keys.grid(row=4, column=0, sticky="ew")
        self.bar.told = self.problem.plain
        self._keys.told_why = self.problem.look
        self._keys.held_by = self._held_by
        self.scanner = Scanner(parent, self._scan_nobody_wants, trouble=self.problem.look)
        parent.bind("<FocusIn>", self._focus_went, add=True)
        self.frame.bind("<Destroy>", lambda event: errors.leaves(self) if event.widget is self.frame else None)
        errors.in_front(self, self._fault)

    # -- what the window is told -------------------------------------------------------------------------------

    def lamp(self, name: Words) -> Lamp:
        """The lamp of something this station depends on: ``.good() .look(text) .stop(text) .off()``."""
        return self.bar.lamp(name)

    def person(self, name: str) -> None:
        """Who is logged in; empty for nobody."""
        self.bar.person(name)

    def show_examinee(self, examinee: Examinee) -> None:
        """Show the banner of the examinee that the work is about."""
        self.banner.show(examinee)
        if not self.banner.winfo_manager():
            edge = look.px(look.EDGE_GAP)
            self.banner.grid(row=1, column=0, sticky="ew", padx=edge, pady=(look.px(14), 0))

    def clear_examinee(self) -> None:
        """Nobody is chosen."""
        self.banner.examinee = None
        self.banner.grid_remove()

    def busy(self, busy: bool) -> None:
        """An examination is open: the lock after idle time must wait."""
        self._busy = busy

    @property
    def is_busy(self) -> bool:
        return self._busy

    # -- keys, scans, typing -----------------------------------------------------------------------------------

    def keys(self, keys: Sequence[Key]) -> None:
        """Set the key line; each key stands in its fixed place whatever the order given."""
        self._own_keys = list(keys)
        if self._maintain is not None and all(key.cap != "F12" for key in keys):
            keys = [*keys, Key("F12", N_("Maintenance"), self._maintain)]
        self._keys.show(keys)
        for key in keys:
            if key.why:
                self.key(key.cap).disable(key.why)
        self.scanner.may_repeat = {KEYSYM.get(key.cap, key.cap) for key in keys if key.repeats}

    def offer_maintenance(self, open_it: Callable[[], object]) -> None:
        """From now on F12 opens maintenance wherever the mode has nothing to finish by it."""
        self._maintain = open_it
        disabled = {key.cap: self.key(key.cap).why for key in self._own_keys if not self.key(key.cap).enabled}
        self.keys(self._own_keys)
        for cap, why in disabled.items():
            self.key(cap).disable(why)

    def key(self, cap: str) -> KeyButton:
        """One key: ``.enable()``, ``.disable(why)``, ``.press()``."""
        return self._keys.button(cap)

    @property
    def caps(self) -> list[str]:
        """The caps of the keys that the line has now."""
        return [key.cap for key in self._own_keys]

    def on_scan(self, take: Callable[[str], object]) -> None:
        """``take(code)`` is called for each barcode, whatever has the focus; the code is half-width, without suffix."""
        self.scanner.goes_to(take)

    def search_field(self, entry: tk.Misc) -> None:
        """Typing while no field has the focus goes to this entry."""
        self.scanner.search = entry

    def letter_keys(self, actions: Mapping[str, Callable[[], object]]) -> None:
        """Single letters with a meaning (``{"i": invert}``) while no field has the focus; a scan never fires them."""
        self.scanner.letters = dict(actions)

    def on_files(self, take: Callable[[list[Path]], object]) -> bool:
        """``take(paths)`` is called when files are dropped on the window, but not while it is locked or asks something.

        False where this PC can't drop; files then come by argument or by the open dialog.
        """

        def dropped(paths: list[Path]) -> None:
            if self._cover is None and self._question is None:
                take(paths)

        return drop.take_files(self.top, dropped)

    def come_to_front(self) -> None:
        """Errors of this process are now told in this window."""
        errors.in_front(self, self._fault)

    # -- questions ---------------------------------------------------------------------------------------------

    def ask(self, question: Words, consequence: Words, choices: Sequence[Choice]) -> None:
        """Ask in the window; returns at once, the chosen action is called later. The first choice is the safe one.

        A second question replaces the first one, which is answered safely.
        """
        if self._question is not None:
            self._question.answer_safely()
        wake = self.scanner.quiet()
        give_back_scans = self.scanner.lend(
            lambda code: self.problem.look(N_("Please answer the question first, then scan again."))
        )

        def closed() -> None:
            self._question = None
            wake()
            give_back_scans()

        self._question = Question(self.work, question, consequence, choices, closed)

    @property
    def question(self) -> Question | None:
        """The question that stands open."""
        return self._question

    # -- closing, covering -------------------------------------------------------------------------------------

    def before_closing(self, may_close: Callable[[Callable[[], None]], bool]) -> None:
        """``may_close(close)`` is asked when the person closes the window: True closes it now; with False nothing
        happens unless ``close()`` is called later (after a question). Without it, a busy window asks."""
        self._before_closing = may_close

    def may_close(self, close: Callable[[], None]) -> bool:
        """Whether the window may close now; the station asks."""
        return self._before_closing(close)

    def close(self) -> None:
        """As if the person had closed the window by its frame."""
        command = str(self.top.protocol("WM_DELETE_WINDOW"))
        if command:
            self.top.tk.call(command)
        else:
            self.top.destroy()

    def cover(
        self, cover: tk.Frame, on_scan: Callable[[str], object], focus: Callable[[], tk.Misc]
    ) -> Callable[[], None]:
        """Lay ``cover`` (the lock) over all but the top bar until the call returned is made.

        Meanwhile the keys are dead, scans go to ``on_scan``, and the focus can't leave it: it goes to ``focus()``.
        """
        cover.grid(row=1, column=0, rowspan=4, sticky="nsew")
        cover.lift()
        self._cover = (cover, focus)
        self._tell_cover(True)
        wake, give_back = self.scanner.quiet(), self.scanner.lend(on_scan)

        def uncover() -> None:
            self._cover = None
            give_back()
            wake()
            self._tell_cover(False)

        return uncover

    def on_cover(self, call: Callable[[bool], object]) -> None:
        """``call(covered)`` when the lock covers this window and when it goes: further windows of a mode hide then."""
        self._told_of_cover.append(call)

    @property
    def covered(self) -> bool:
        return self._cover is not None

    def _tell_cover(self, covered: bool) -> None:
        for call in self._told_of_cover:
            call(covered)

    def give_focus(self, widget: tk.Misc) -> None:
        """Put the cursor there; while the person works in another window of this program, when he comes back."""
        if self._may_have(str(self.top.tk.call("focus"))):
            self._focus_later = None
            widget.focus_set()
        else:
            self._focus_later = widget

    def _focus_went(self, event: tk.Event) -> None:
        self.come_to_front()
        later, now = self._focus_later, str(self.top.tk.call("focus"))
        if later is not None and now and self._may_have(now):
            self._focus_later = None
            if now == str(self.top) and later.winfo_exists():
                later.focus_set()
        # A desk's late answer may put the cursor into a field under the cover; what is typed then is a PIN.
        if self._cover is not None and not str(event.widget).startswith((str(self._cover[0]), str(self.top) + ".#")):
            self.frame.after_idle(self._bring_back_focus)

    def _bring_back_focus(self) -> None:
        if self._cover is not None and self._cover[0].winfo_exists():
            widget = self._cover[1]()
            # By its path: Python does not know Tk's own widgets, such as the list of a choice.
            now = str(self.top.tk.call("focus", "-displayof", str(self.top)))
            # Another locked window has it meanwhile: whoever takes it back from there gets it taken again, for ever.
            if widget.winfo_exists() and self._may_have(now) and not now.startswith(str(self._cover[0])):
                widget.focus_set()

    def _may_have(self, now: str) -> bool:
        """Is the keyboard (at the path ``now``) in this window, or in none of this program?"""
        return not now or str(self.top.tk.call("winfo", "toplevel", now)) == str(self.top)

    def _ask_if_busy(self, close: Callable[[], None]) -> bool:
        if not self._busy:
            return True
        self.ask(
            N_("An examination is open. Close the window?"),
            N_("What is stored stays stored; what is typed and not yet saved is lost."),
            [Choice(N_("Go on working")), Choice(N_("Close"), close, dangerous=True)],
        )
        return False

    def _held_by(self, cap: str) -> bool:
        return self._cover is not None or self._question_takes(cap)

    def _question_takes(self, cap: str) -> bool:
        if self._question is None:
            return False
        if cap == "Esc":
            self._question.answer_safely()
        else:
            self.problem.look(N_("Please answer the question first."))
        return True

    def _scan_nobody_wants(self, code: str) -> None:
        self.problem.look(N_("This window does not need a barcode."))

    def _fault(self, fault: Fault) -> None:
        if self.frame.winfo_exists():
            self.problem.fault(fault)
