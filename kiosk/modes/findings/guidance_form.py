"""A case of health guidance on two pages: check-up, level and goals; sessions, weight and waist, what is reached."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from tkinter import ttk
from typing import Any

from kiosk.core.guidance import CaseBody, Session, due_day, points_of
from kiosk.core.words import N_, say
from kiosk.modes.findings.guidance_curve import CourseCurve, PointsBar
from kiosk.modes.findings.guidance_plan import PlanPart, read_number, shown_number, unreadable
from kiosk.ui import look
from kiosk.ui.dates import day_text
from kiosk.ui.fields import ChoiceField, DateField, NumberField, TextField
from kiosk.ui.table import Column, Row, Table

SESSION_FIELDS = ("day", "form", "minutes", "who", "role", "waist", "weight", "notes")
COLUMNS = [
    Column("day", N_("Date"), 140), Column("form", N_("Form"), 110), Column("minutes", N_("Min"), 50, right=True),
    Column("weight", N_("Weight"), 70, right=True), Column("waist", N_("Waist"), 70, right=True),
    Column("who", N_("Given by"), 130), Column("notes", N_("Notes"), 150, stretch=True),
    Column("points", N_("Points"), 70, right=True),
]  # fmt: skip


class CoursePart(ttk.Frame):
    """The sessions, one of them in the fields below, behaviours that changed; curve, points and next date at the
    right."""

    def __init__(self, parent: tk.Misc) -> None:
        super().__init__(parent)
        gap = look.px(8)
        self._book: Any = None
        self._body = CaseBody()
        self.chosen: Session | None = None  # the one in the fields; None: a new one
        self._rows: dict[str, Session] = {}
        self._who = ""
        self._marks: dict[str, tk.BooleanVar] = {}
        self._boxes: list[ttk.Checkbutton] = []
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        left = ttk.Frame(self)
        left.grid(row=0, column=0, sticky="nsew", padx=(0, look.px(16)))
        left.columnconfigure(0, weight=1)
        left.rowconfigure(0, weight=1)
        self.table = Table(left, COLUMNS, empty=N_("No session yet: write the first one below, then F5."),
                           on_select=self._select, lines=3)  # fmt: skip
        self.table.grid(row=0, column=0, sticky="nsew", pady=(0, gap))
        form = ttk.Frame(left)
        form.grid(row=1, column=0, sticky="ew")
        self.fields: dict[str, Any] = {
            "day": DateField(form, N_("Date")), "form": ChoiceField(form, N_("Form"), {}, 11),
            "minutes": NumberField(form, N_("Minutes"), 5, 3, allowed=""),
            "role": ChoiceField(form, N_("Role"), {}, 10),
            "who": TextField(form, N_("Given by"), 12, 64),
            "weight": NumberField(form, N_("Weight (kg)"), 7, 6, allowed="."),
            "waist": NumberField(form, N_("Waist (cm)"), 7, 6, allowed="."),
        }  # fmt: skip
        for at, field in enumerate(self.fields.values()):
            field.grid(row=0, column=at, sticky="ew", padx=(0, gap), pady=(0, gap))
            form.columnconfigure(at, weight=1)
        self.fields["notes"] = TextField(form, N_("Notes"), 30, 2000)
        self.fields["notes"].grid(row=1, column=0, columnspan=7, sticky="ew", padx=(0, gap), pady=(0, gap))
        ttk.Label(left, text=say(N_("Changed by the evaluation")), style="Caption.TLabel").grid(row=2, sticky="w")
        self._changed_row = ttk.Frame(left)
        self._changed_row.grid(row=3, column=0, sticky="w")
        right = ttk.Frame(self, width=look.px(340))
        right.grid(row=0, column=1, sticky="nsew")
        right.columnconfigure(0, weight=1)
        right.rowconfigure(0, weight=1)
        self.curve = CourseCurve(right)
        self.curve.grid(row=0, column=0, sticky="nsew", pady=(0, gap))
        self.bar = PointsBar(right)
        self.bar.grid(row=1, column=0, sticky="ew", pady=(0, gap))
        self.next_day = DateField(right, N_("Next date"))
        self.next_day.grid(row=2, column=0, sticky="ew")
        self._due = ttk.Label(right, wraplength=look.px(330), justify="left")
        self._due.grid(row=3, column=0, sticky="w", pady=(look.px(4), 0))

    def show(self, opened: Any, body: CaseBody) -> None:
        book = self._book = opened.book
        self._who, self._body = opened.who, body
        self.fields["form"].offer({code: form.name for code, form in book.forms.items()})
        self.fields["role"].offer(dict(book.roles))
        if list(self._marks) != list(book.behaviours):
            self._offer_behaviours(book)
        for code, mark in self._marks.items():
            mark.set(code in body.behaviours)
        self.next_day.set_day(date.fromisoformat(body.next_day) if body.next_day else None)
        self._paint()
        self.begin()

    def _offer_behaviours(self, book: Any) -> None:
        for box in self._boxes:
            box.destroy()
        self._marks = {code: tk.BooleanVar(self) for code in book.behaviours}
        self._boxes = []
        for code, each in book.behaviours.items():
            box = ttk.Checkbutton(self._changed_row, text=each.name, variable=self._marks[code])
            box.pack(side="left", padx=(0, look.px(10)))
            self._boxes.append(box)

    def _paint(self) -> None:
        """Table, curve and bar by the sessions that are in the case."""
        body, book = self._body, self._book
        points = points_of(book, body)
        self._rows = {str(at): each for at, each in enumerate(body.sessions)}
        rows = []
        for key, each in self._rows.items():
            form = book.forms.get(each.form)
            rows.append(Row(key, [
                day_text(date.fromisoformat(each.day)), form.name if form else each.form, str(each.minutes or ""),
                shown_number(each.weight), shown_number(each.waist), each.who, each.notes,
                str(points.sessions[int(key)] or ""),
            ]))  # fmt: skip
        self.table.show(rows)
        self.curve.show(body)
        self.bar.show(points)
        due = due_day(book, body)
        last = say(N_("To be seen to on {day}"), day=day_text(date.fromisoformat(due))) if due else ""
        self._due.configure(text=last)

    def begin(self) -> None:
        """The fields hold a new session of today."""
        self.table.select("")
        self.chosen = None
        used = {each.form for each in self._body.sessions}
        self._fill(Session(date.today().isoformat(), "first" if not used else "", who=self._who,
                           role=self._body.sessions[-1].role if self._body.sessions else ""))  # fmt: skip
        self._untouched = self._typed()

    def _fill(self, session: Session) -> None:
        for name in SESSION_FIELDS:
            value, field = getattr(session, name), self.fields[name]
            if name == "day":
                field.set_day(date.fromisoformat(value) if value else None)
            else:
                field.set(value if isinstance(value, str) else shown_number(value or None))
            field.wrong()

    def _select(self, key: str) -> None:
        session = self._rows.get(key)
        if session is not None and session is not self.chosen:
            self._take_typed()
            self.chosen = session
            self._fill(session)
            self._untouched = self._typed()
            # The one that was taken may have moved the others down.
            self.table.select(next(at for at, each in self._rows.items() if each is session))

    def _typed(self) -> Session:
        values = {name: self.fields[name].get() for name in SESSION_FIELDS}
        day = self.fields["day"].day()
        return Session(
            day.isoformat() if day else "", values["form"], int(values["minutes"] or 0), values["who"], values["role"],
            read_number(values["waist"]), read_number(values["weight"]), values["notes"],
        )  # fmt: skip

    def _take_typed(self) -> None:
        """What was typed into a session goes into the case, once its day and form are known."""
        typed = self._typed()
        if self._is_new(typed):
            self._body = self._body.with_session(typed, self.chosen)
            self.chosen = self._untouched = typed
            self._paint()

    def _is_new(self, typed: Session) -> bool:
        return typed != self._untouched and bool(typed.day and typed.form)

    def new_session(self) -> None:
        """F7: what was typed is taken, and the fields hold a new session of today."""
        self._take_typed()
        self.begin()
        self.fields["form"].focus()

    def follow(self, plan: CaseBody) -> None:
        """Level, goals and check-up may have changed on the other page."""
        mine = self._body
        self._body = replace(plan, sessions=mine.sessions, behaviours=mine.behaviours, next_day=mine.next_day)
        self._take_typed()
        self._paint()

    def put_into(self, body: CaseBody) -> CaseBody:
        """The case with what stands here."""
        day = self.next_day.day()
        known = tuple(code for code, mark in self._marks.items() if mark.get())
        gone = tuple(code for code in self._body.behaviours if code not in self._marks)  # of an older master
        typed = self._typed()
        whole = replace(body, sessions=self._body.sessions)
        if self._is_new(typed):
            whole = whole.with_session(typed, self.chosen)
        return replace(whole, behaviours=known + gone, next_day=day.isoformat() if day else "")

    def remove_chosen(self) -> bool:
        """The session in the fields leaves the case; False where it is a new one."""
        if self.chosen is None:
            return False
        self._body = self._body.without_session(self.chosen)
        self._paint()
        self.begin()
        return True

    def mark_wrong(self) -> bool:
        """Mark what a session that was begun lacks, and what cannot be read; True where there is something."""
        wrong = unreadable({"waist": self.fields["waist"], "weight": self.fields["weight"]})
        if self.next_day.get() and self.next_day.day() is None:
            self.next_day.wrong(N_("look here"))
            wrong.append(self.next_day)
        typed = self._typed()
        if typed != self._untouched:
            for name in ("form", "day"):
                if not getattr(typed, name):
                    self.fields[name].wrong(N_("not filled in"))
                    wrong.append(self.fields[name])
        if wrong:
            wrong[-1].focus()
        return bool(wrong)

    def allow(self, on: bool) -> None:
        for field in (*self.fields.values(), self.next_day):
            field.enable(on)
        for box in self._boxes:
            box.state(["!disabled" if on else "disabled"])


class GuidanceForm(ttk.Frame):
    """Both pages of one case; ``part`` is plan or course."""

    def __init__(
        self, parent: tk.Misc, picture: Callable[[int, int, int], Any], enlarge: Callable[[int], object]
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self._body = CaseBody()
        self.plan = PlanPart(self, picture, enlarge)
        self.course = CoursePart(self)
        self.part = ""

    def show_part(self, name: str) -> None:
        """The page in front."""
        for part, view in (("plan", self.plan), ("course", self.course)):
            if part == name:
                view.grid(row=0, column=0, sticky="nsew")
            else:
                view.grid_remove()
        self.part = name
        if name == "course":
            self.course.follow(self.plan.put_into(self._body))

    def show(self, opened: Any, body: CaseBody, editable: bool) -> None:
        """Show the case ``opened`` with these facts."""
        self.allow(True)
        self._body = body
        self.plan.show(opened, body)
        self.course.show(opened, body)
        self.allow(editable)

    def show_tray(self, images: Sequence[Any]) -> None:
        """Key images came over from the viewer."""
        self.plan.show_tray(images)

    def body(self) -> CaseBody:
        """What stands there."""
        return self.course.put_into(self.plan.put_into(self._body))

    def mark_wrong(self) -> str:
        """The page on which something cannot be saved, marked there; empty where all can."""
        return "plan" if self.plan.mark_wrong() else "course" if self.course.mark_wrong() else ""

    def with_state(self, state: str, reason: str = "") -> CaseBody:
        """The same, finished, interrupted or open again."""
        return replace(self.body(), state=state, state_reason=reason)

    def allow(self, on: bool) -> None:
        """Whether anything can be changed."""
        self.plan.allow(on)
        self.course.allow(on)
