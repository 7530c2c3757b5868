"""The one frame of every station's window: bar, banner, work, problem line, keys; scanning, questions, login name."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from datetime import datetime
from tkinter import ttk

from kiosk.core.faults import Fault
from kiosk.core.words import N_, Sentence, say
from kiosk.ui import errors, look
from kiosk.ui.banner import Banner, Examinee
from kiosk.ui.key_line import Key, KeyButton, KeyLine
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
        self._question: Question | None = None
        self._give_back_scans: Callable[[], None] = lambda: None
        parent.title(say(title) + (f" - {say(where)}" if where else ""))
        parent.configure(background=look.GROUND)
        parent.minsize(look.px(800), look.px(600))
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
        self._keys.held_by = self._question_takes
        self.scanner = Scanner(parent, self._scan_nobody_wants, trouble=self.problem.look)
        parent.bind("<FocusIn>", lambda event: self.come_to_front(), add=True)
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
        self._keys.show(keys)

    def key(self, cap: str) -> KeyButton:
        """One key: ``.enable()``, ``.disable(why)``, ``.press()``."""
        return self._keys.button(cap)

    def on_scan(self, take: Callable[[str], object]) -> None:
        """``take(code)`` is called for each barcode, whatever has the focus; the code is half-width, without suffix."""
        self.scanner.goes_to(take)

    def search_field(self, entry: tk.Misc) -> None:
        """Typing while no field has the focus goes to this entry."""
        self.scanner.search = entry

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
        typing, self.scanner.typing_goes_to_search = self.scanner.typing_goes_to_search, False
        self._give_back_scans = self.scanner.lend(
            lambda code: self.problem.look(N_("Please answer the question first, then scan again."))
        )

        def closed() -> None:
            self._question = None
            self.scanner.typing_goes_to_search = typing
            self._give_back_scans()

        self._question = Question(self.work, question, consequence, choices, closed)

    @property
    def question(self) -> Question | None:
        """The question that stands open."""
        return self._question

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
