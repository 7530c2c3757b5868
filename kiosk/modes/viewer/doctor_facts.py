"""Beside the doctor's pictures: course, what is missing, the nurse's notes, and what was found last time."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, say
from kiosk.ui import look

WIDTH = 320


class FactsView(ttk.Frame):
    """``show(line, interview)``; None for what has not come yet."""

    def __init__(self, parent: tk.Misc) -> None:
        super().__init__(parent, style="Card.TFrame", padding=look.px(4), width=look.px(WIDTH))
        self.grid_propagate(False)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.text = tk.Text(self, font=look.TEXT, fg=look.INK, bg=look.CARD, wrap="char", relief="flat", borderwidth=0,
                            highlightthickness=0, padx=look.px(10), pady=look.px(6), width=10, height=4,
                            takefocus=False, cursor="arrow", spacing3=look.px(2))  # fmt: skip
        self._bar = ttk.Scrollbar(self, command=self.text.yview)
        self.text.configure(yscrollcommand=self._scrolled, state="disabled")
        self.text.grid(row=0, column=0, sticky="nsew")
        self._bar.grid(row=0, column=1, sticky="ns")
        self._bar.grid_remove()
        self.columnconfigure(1, minsize=look.px(24))  # its room stays: the words must not wrap anew when it comes
        self.text.tag_configure("head", font=look.TEXT_BOLD, foreground=look.PRIMARY, spacing1=look.px(8))
        self.text.tag_configure("look", background=look.LOOK_GROUND, foreground=look.LOOK)
        self.text.tag_configure("done", foreground=look.DONE)
        self.text.tag_configure("quiet", foreground=look.SECONDARY)

    def show(self, line: Any, interview: Any) -> None:
        """Everything the store has of this visit and of the one before."""
        self.text.configure(state="normal")
        self.text.delete("1.0", "end")
        if line is not None:
            self._head(say(N_("Course")), line.course_name or "-")
            if line.course == "done":
                self._line(say(N_("All examinations with pictures are done.")), "done")
            elif line.missing:
                self._line(say(N_("Missing: {exams}"), exams=line.missing), "look")
        if interview is None:
            self._line(say(N_("One moment...")), "quiet")
        else:
            self._interview(interview)
        self.text.configure(state="disabled")

    def scroll(self, pages: int) -> None:
        """On or back by a page."""
        self.text.yview_scroll(pages, "pages")

    def _scrolled(self, first: str, last: str) -> None:
        self._bar.set(first, last)
        needed = float(first) > 0 or float(last) < 1
        if needed != bool(self._bar.winfo_manager()):
            self.after_idle(self._bar.grid if needed else self._bar.grid_remove)

    def _interview(self, interview: Any) -> None:
        if interview.visit.remark:
            self._head(say(N_("Remark")), interview.visit.remark)
        self._head(say(N_("Interview")))
        self._notes(interview.notes)
        if interview.last_visit is None:
            self._head(say(N_("Last visit")))
            self._line(say(N_("There was no visit before.")), "quiet")
            return
        self._head(say(N_("Last visit")), interview.last_visit.key.day.isoformat())
        for exam, words in interview.last_findings:
            self._line(f"{exam}: {words}")
        if not interview.last_findings:
            self._line(say(N_("No signed findings.")), "quiet")
        self._head(say(N_("Interview at the last visit")))
        self._notes(interview.last_notes)

    def _notes(self, notes: Any) -> None:
        for note in notes:
            self._line(note.text)
            self._line(f"{note.at[:16].replace('T', ' ')} {note.by}", "quiet")
        if not notes:
            self._line(say(N_("No notes.")), "quiet")

    def _head(self, title: str, words: str = "") -> None:
        self.text.insert("end", title, "head")
        self.text.insert("end", f"  {words}\n" if words else "\n")

    def _line(self, text: str, tag: str = "") -> None:
        self.text.insert("end", text + "\n", tag)
