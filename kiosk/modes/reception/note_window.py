"""The nurse's interview note, with what was written today and what was said and found last time beside it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, say
from kiosk.ui import look
from kiosk.ui.dates import day_text
from kiosk.ui.fields import NoteField


class NoteView(ttk.Frame):
    """``keep(text)`` is called while somebody types and a little time has passed."""

    def __init__(self, parent: tk.Misc, keep_every_ms: int, keep: Callable[[str], object]) -> None:
        super().__init__(parent)
        self._keep, self._keep_every_ms = keep, keep_every_ms
        self._after: str | None = None
        self._kept = ""
        self.interview: Any = None
        self.columnconfigure(0, weight=1, uniform="half")
        self.columnconfigure(1, weight=1, uniform="half")
        self.rowconfigure(0, weight=3)
        self.rowconfigure(1, weight=2)
        self.note = NoteField(self, N_("Interview note"), lines=8)
        self.today = Reading(self, N_("Already written at this visit"))
        self.last = Reading(self, N_("Last visit"))
        gap = look.px(8)
        self.note.grid(row=0, column=0, sticky="nsew", padx=(0, gap), pady=(0, gap))
        self.today.grid(row=1, column=0, sticky="nsew", padx=(0, gap))
        self.last.grid(row=0, column=1, rowspan=2, sticky="nsew", padx=(gap, 0))
        self.note.on_change(self._typed)
        self.bind("<Destroy>", lambda event: self._forget() if event.widget is self else None)

    def show(self, interview: Any) -> None:
        """Show a visit's interview; what was typed on this PC and not saved is there again."""
        self.interview = interview
        self._kept = interview.draft
        self.note.set(interview.draft)
        self.show_notes(interview)
        self.note.focus()

    def show_notes(self, interview: Any) -> None:
        """The notes and the last visit; what is being typed stays."""
        self.interview = interview
        remark = interview.visit.remark
        notes = [(say(N_("Remark")), remark)] if remark else []  # in full: the list may have had to cut it
        notes += [(_signed(note), note.text) for note in interview.notes]
        self.today.show(notes, N_("Nothing has been written yet."))
        last = interview.last_visit
        if last is None:
            self.last.show([], N_("This is the first visit here."))
            return
        parts = [(f"{day_text(last.key.day)}　{last.course_name or last.course_code}", last.remark)]
        parts += [(_signed(note), note.text) for note in interview.last_notes]
        if not interview.last_notes:
            parts.append((say(N_("Interview note")), say(N_("No note was written.")) + "\n"))
        parts += [(f"{say(N_('Finding'))}　{name}", words) for name, words in interview.last_findings]
        if not interview.last_findings:
            parts.append((say(N_("Finding")), say(N_("No signed finding."))))
        self.last.show(parts, "")

    @property
    def text(self) -> str:
        return self.note.get()

    def saved(self) -> None:
        """What was typed is in the store now."""
        self._forget()
        self._kept = ""
        self.note.set("")

    def flush(self) -> None:
        """Have what was typed kept at once."""
        self._forget()
        if self.interview is not None and self.text != self._kept:
            self._kept = self.text
            self._keep(self.text)

    def _typed(self) -> None:
        if self._after is None and self.interview is not None and self.text != self._kept:
            self._after = self.after(self._keep_every_ms, self.flush)

    def _forget(self) -> None:
        if self._after is not None:
            self.after_cancel(self._after)
            self._after = None


class Reading(ttk.Frame):
    """Words to be read, in parts with a heading; scrolled by keys and wheel, copied by Control-c."""

    def __init__(self, parent: tk.Misc, caption: str) -> None:
        super().__init__(parent)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        ttk.Label(self, text=say(caption), style="Caption.TLabel").grid(row=0, column=0, sticky="w")
        frame = tk.Frame(self, bg=look.CARD, highlightthickness=2, highlightbackground=look.LINE,
                         highlightcolor=look.PRIMARY)  # fmt: skip
        frame.grid(row=1, column=0, sticky="nsew", pady=(look.px(4), 0))
        frame.columnconfigure(0, weight=1)
        frame.rowconfigure(0, weight=1)
        self.text = tk.Text(frame, width=20, height=3, font=look.TEXT, fg=look.INK, bg=look.CARD, wrap="char",
                            relief="flat", borderwidth=0, highlightthickness=0, padx=look.px(12), pady=look.px(8),
                            spacing3=look.px(4), cursor="arrow", state="disabled", takefocus=True,
                            selectbackground=look.PRIMARY, selectforeground=look.CARD)  # fmt: skip
        bar = ttk.Scrollbar(frame, command=self.text.yview)
        self.text.configure(yscrollcommand=bar.set)
        self.text.grid(row=0, column=0, sticky="nsew")
        bar.grid(row=0, column=1, sticky="ns")
        self.text.tag_configure("head", font=look.TEXT_BOLD, foreground=look.SECONDARY, spacing1=look.px(6))
        self.text.tag_configure("none", foreground=look.SECONDARY)
        self.text.bind("<Tab>", lambda event: self._go(self.text.tk_focusNext()))
        self.text.bind("<Shift-Tab>", lambda event: self._go(self.text.tk_focusPrev()))
        for key, pages in (("<Up>", -1), ("<Down>", 1)):
            self.text.bind(key, lambda event, by=pages: self._scroll(by))  # type: ignore[misc]

    def show(self, parts: list[tuple[str, str]], empty: str) -> None:
        """Parts as (heading, words); ``empty`` is said where there are none."""
        self.text.configure(state="normal")
        self.text.delete("1.0", "end")
        for heading, words in parts:
            self.text.insert("end", heading + "\n", "head")
            if words.strip():
                self.text.insert("end", words.strip() + "\n")
        if not parts and empty:
            self.text.insert("end", say(empty), "none")
        self.text.configure(state="disabled")

    def words(self) -> str:
        """All that stands in it."""
        return self.text.get("1.0", "end").strip()

    def _scroll(self, by: int) -> str:
        self.text.yview_scroll(by, "units")
        return "break"

    def _go(self, to: tk.Misc | None) -> str:
        if to is not None:
            to.focus_set()
        return "break"


def _signed(note: Any) -> str:
    return f"{note.at[:10]} {note.at[11:16]}　{note.by}"
