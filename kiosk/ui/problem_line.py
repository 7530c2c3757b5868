"""The one line that says what was made safe, what wants a look and what stops work: what, since when, what to do."""

from __future__ import annotations

import tkinter as tk
from collections import deque
from collections.abc import Callable
from datetime import datetime
from tkinter import ttk

from kiosk.core.faults import Fault
from kiosk.core.words import N_, Sentence, say
from kiosk.ui import buttons, look

Words = str | Sentence

BACK_TO_STANDING_MS = 8000  # after this a lasting trouble takes the line again from a passing message
MARKS = {"": " ", "done": "✓", "look": "▲", "stop": "■"}


class Progress:
    """Work that runs: its words, its bar and, where it can be stopped, its cancel button, in the line."""

    def __init__(self, line: ProblemLine) -> None:
        self._line = line
        self._frame = tk.Frame(line, bg=look.GROUND)
        self._label = tk.Label(self._frame, bg=look.GROUND, fg=look.INK, font=look.TEXT)
        self._bar = ttk.Progressbar(self._frame, length=look.px(180), maximum=1.0)
        self._cancel: Callable[[], object] | None = None
        self._button = buttons.secondary(self._frame, N_("Cancel"), self._cancelled)
        self._button.configure(style="Line.TButton")
        self._label.pack(side="left", padx=look.px(8))
        self._bar.pack(side="left", padx=look.px(8))

    def show(self, text: Words, fraction: float | None, cancel: Callable[[], object] | None) -> None:
        """``fraction`` 0 to 1, None while nobody knows."""
        self._label.configure(text=say(text))
        if fraction is None:
            if str(self._bar.cget("mode")) != "indeterminate":
                self._bar.configure(mode="indeterminate")
                self._bar.start(40)
        else:
            if str(self._bar.cget("mode")) != "determinate":
                self._bar.stop()
                self._bar.configure(mode="determinate")
            self._bar.configure(value=max(0.0, min(1.0, fraction)))
        self._cancel = cancel
        if cancel is None:
            self._button.pack_forget()
        elif not self._button.winfo_manager():
            self._button.state(["!disabled"])
            self._button.pack(side="left", padx=look.px(8))
        self._line.place_progress(self._frame)

    def hide(self) -> None:
        """It is over; what came of it is said by ``done``, ``look`` or ``stop``."""
        self._bar.stop()
        self._button.state(["!disabled"])
        self._frame.grid_remove()

    @property
    def shown(self) -> bool:
        return bool(self._frame.winfo_manager())

    def _cancelled(self) -> None:
        self._button.state(["disabled"])  # pressed once is enough; it ends when the work says so
        if self._cancel is not None:
            self._cancel()


class ProblemLine(tk.Frame):
    """Green, amber or red with a mark. The newest message is shown; lasting troubles come back until they are over."""

    def __init__(self, parent: tk.Misc, clock: Callable[[], datetime]) -> None:
        super().__init__(parent, bg=look.GROUND)
        self._clock = clock
        self.level = ""
        self.text = ""
        self.history: deque[tuple[datetime, str, str]] = deque(maxlen=50)
        self._standing: dict[str, tuple[datetime, str, Words]] = {}
        self._after: str | None = None
        self._gone = False  # work may end after its window was closed: then there is nobody to tell
        self.bind("<Destroy>", self._closed)
        self._mark = tk.Label(self, bg=look.GROUND, font=look.TEXT_BOLD)
        self._time = tk.Label(self, bg=look.GROUND, font=look.TEXT)
        self._label = tk.Label(self, bg=look.GROUND, font=look.TEXT, anchor="w", justify="left", pady=look.px(6))
        self.rowconfigure(0, minsize=look.px(40))
        self.columnconfigure(2, weight=1)
        self._mark.grid(row=0, column=0, padx=(look.px(18), look.px(4)))
        self._time.grid(row=0, column=1)
        self._label.grid(row=0, column=2, sticky="ew", padx=(look.px(8), 0))
        self._progress = Progress(self)
        self._label.bind("<Configure>", lambda event: self._wrap(event.width))

    def done(self, text: Words) -> None:
        """Green: what was just made safe."""
        self._show("done", text)

    def look(self, text: Words) -> None:
        """Amber: what wants a look."""
        self._show("look", text)

    def stop(self, text: Words) -> None:
        """Red: what stops work, and what to do."""
        self._show("stop", text)

    def plain(self, text: Words) -> None:
        """No colour: a hint."""
        self._show("", text)

    def fault(self, fault: Fault) -> None:
        """Red: a fault in its own words, with its next step and reference."""
        self._show("stop", fault.told() if isinstance(fault, Fault) else say(N_("Something went wrong.")))

    def clear(self) -> None:
        """Nothing to say; lasting troubles come back at once."""
        self._back()

    def standing(self, name: str, level: str, text: Words) -> None:
        """A trouble that lasts (``name`` is its own key, ``level`` look or stop): shown until ``over(name)``."""
        since = self._standing[name][0] if name in self._standing else self._clock()
        if self._standing.get(name) == (since, level, text):
            return
        self._standing[name] = (since, level, text)
        self._back()

    def over(self, name: str) -> None:
        """The lasting trouble ``name`` is over."""
        if self._standing.pop(name, None) is not None:
            self._back()

    def progress(self, text: Words, fraction: float | None = None, cancel: Callable[[], object] | None = None) -> None:
        """Show work that runs, with a bar (``fraction`` 0 to 1, or None) and "cancel"; call it again to move it."""
        if not self._gone:
            self._progress.show(text, fraction, cancel)

    def progress_over(self) -> None:
        """The work ended."""
        if not self._gone:
            self._progress.hide()

    @property
    def in_progress(self) -> bool:
        return self._progress.shown

    def place_progress(self, frame: tk.Frame) -> None:
        """Beside the words, below them where the window is narrow."""
        if self.winfo_width() < look.px(1200):
            frame.grid(row=1, column=0, columnspan=4, sticky="ew", pady=(look.px(4), 0))
        else:
            frame.grid(row=0, column=3, columnspan=1, sticky="e", pady=0)

    def _show(self, level: str, text: Words) -> None:
        self._forget_after()
        self._paint(self._clock(), level, say(text))
        if self._standing and not self._gone:
            self._after = self.after(BACK_TO_STANDING_MS, self._back)

    def _back(self) -> None:
        self._forget_after()
        if not self._standing:
            self._paint(None, "", "")
            return
        worst = sorted(self._standing.values(), key=lambda each: (each[1] != "stop", each[0]))[0]
        more = len(self._standing) - 1
        text = say(worst[2]) + (" " + say(N_("(and {more} more)"), more=more) if more else "")
        self._paint(worst[0], worst[1], text)

    def _paint(self, since: datetime | None, level: str, text: str) -> None:
        if self._gone:
            return
        self.level, self.text = level, text
        if text and since is not None:
            self.history.append((since, level, text))
        colour, ground = look.STATES[level] if level else (look.INK, look.GROUND)
        self._mark.configure(text=MARKS[level], fg=colour, bg=ground)
        self._time.configure(text=f"{since:%H:%M}" if since is not None and text else "", fg=colour, bg=ground)
        self._label.configure(text=text, fg=colour, bg=ground)
        self.configure(bg=ground)

    def _closed(self, event: tk.Event) -> None:
        if event.widget is self:
            self._forget_after()
            self._gone = True

    def _wrap(self, width: int) -> None:
        if width > 50 and self._label.cget("wraplength") != width - 4:
            self._label.configure(wraplength=width - 4)

    def _forget_after(self) -> None:
        if self._after is not None:
            self.after_cancel(self._after)
            self._after = None
