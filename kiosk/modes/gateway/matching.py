"""Matching by hand: images without a visit above, the examinations of their day below, a question before it is done."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Any

from kiosk.core.study import Study
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.gateway import rows, rules
from kiosk.ui import dates, look
from kiosk.ui.fields import DateField, TextField
from kiosk.ui.shell import Choice, Key, Shell
from kiosk.ui.table import Table


class MatchingPane:
    """The page of images without a visit; F5 asks, then matches."""

    def __init__(self, parent: tk.Misc, window: Any) -> None:
        self._window = window
        self._shell: Shell = window.shell
        self._desk = window.desk
        self._view = rules.Overview()
        self._wanted = ""
        self._studies: dict[str, Study] = {}
        self._candidates: list[Any] = []
        self._asked_for = ""
        self.frame = ttk.Frame(parent)
        self.frame.columnconfigure(0, weight=1)
        self.frame.rowconfigure(0, weight=1)
        self.frame.rowconfigure(2, weight=1)
        self.studies = Table(
            self.frame, rows.UNMATCHED, empty=N_("Every study has its visit."), on_select=self._study_chosen
        )
        self.studies.grid(row=0, column=0, sticky="nsew")
        head = ttk.Frame(self.frame)
        head.grid(row=1, column=0, sticky="ew", pady=look.px(8))
        head.columnconfigure(2, weight=1)
        self.day = DateField(head, N_("Examinations of this day"))
        self.day.grid(row=0, column=0, sticky="w")
        self.day.entry.bind("<Return>", lambda event: self._ask_candidates())
        self.number = TextField(head, N_("Number, name or ID"), width=20)
        self.number.grid(row=0, column=1, sticky="w", padx=(look.px(12), 0))
        self.number.on_change(self._show_candidates)
        self.candidates = Table(
            self.frame,
            rows.CANDIDATES,
            empty=N_("No examinations. Choose images above, or another day."),
            on_select=lambda key: window.keys_changed(),
            on_choose=lambda key: self.match(),
        )
        self.candidates.grid(row=2, column=0, sticky="nsew")

    @property
    def study(self) -> Study | None:
        """The images chosen above."""
        return self._studies.get(self.studies.selected)

    @property
    def candidate(self) -> Any | None:
        """The examination chosen below."""
        key = self.candidates.selected
        return next((each for each in self._candidates if str(each.step.id) == key), None)

    @property
    def ready(self) -> bool:
        return self.study is not None and self.candidate is not None

    # -- what the window calls -----------------------------------------------------------------------------------

    def keys(self) -> list[Key]:
        both = "" if self.ready else N_("Choose the images above and their examination below.")
        images = "" if self.study else N_("Choose a row with images first.")
        return [
            Key("F5", N_("Match"), self.match, why=both),
            Key("F7", N_("Show images"), lambda: self._window.show_images(self.study), why=images),
        ]

    def shown(self) -> None:
        self.studies.focus_set()

    def refresh(self) -> None:
        """The window's overview is all it shows."""

    def search(self, text: str) -> None:
        self._wanted = text
        self.take(self._view)

    def back(self) -> bool:
        return False

    def take(self, view: rules.Overview) -> None:
        """The unmatched studies, as far as the search lets them through."""
        self._view = view
        self._studies = {str(study.id): study for study, _ in view.unmatched}
        found = rows.unmatched_rows(view, self._desk.today().isoformat())
        self.studies.show(rows.that_fit(found, self._wanted))
        if self.study is None:
            self._candidates, self._asked_for = [], ""
            self._show_candidates()

    def match(self) -> None:
        """Ask, then do: F5."""
        study, chosen = self.study, self.candidate
        if study is None or chosen is None:
            self._shell.problem.look(N_("Choose the images above and their examination below."))
            return
        patient = chosen.visit.patient
        question = Sentence(
            N_("Do these {n} images belong to this examination?\n{name}  {exam}"),
            {"n": study.instances, "name": patient.shown_name, "exam": chosen.step.exam.name},
        )
        self._shell.ask(
            question,
            self._consequence(study, chosen),
            [
                Choice(N_("Not yet")),
                Choice(N_("Yes, match"), lambda: self._do(study, chosen), dangerous=bool(chosen.differs)),
            ],
        )

    @staticmethod
    def _consequence(study: Study, chosen: Any) -> Sentence:
        values = {
            "study_id": study.patient_id or "-",
            "study_name": rules.shown_name(study) or "-",
            "visit_id": chosen.visit.patient.patient_id,
            "name": chosen.visit.patient.shown_name,
            "number": chosen.visit.key.number,
        }
        if not chosen.differs:
            return Sentence(
                N_("ID {visit_id}, check-up number {number}\nThe images themselves are not changed."), values
            )
        values["differs"] = say(N_(", ")).join(say(rules.DIFFERS[each]) for each in chosen.differs)
        return Sentence(
            N_(
                "Take care: {differs}.\nIn the images: {study_id} {study_name}\nIn the visit: {visit_id} {name}, "
                "check-up number {number}\nThe images themselves are not changed; "
                "the match is written down with your name."
            ),
            values,
        )

    def _do(self, study: Study, chosen: Any) -> None:
        def done(_: object) -> None:
            self._shell.problem.done(
                Sentence(
                    N_("{n} images now belong to {name}."),
                    {"n": study.instances, "name": chosen.visit.patient.shown_name},
                )
            )
            self._window.refresh()

        self._desk.match(study, chosen).then(done, self._failed)

    def _failed(self, why: Any) -> None:
        self._shell.problem.fault(why)
        self._window.refresh()

    def _study_chosen(self, key: str) -> None:
        study = self.study
        if study is not None and key != self._asked_for:
            self.day.set_day(dates.read_day(study.study_date) or self._desk.today())
            self._ask_candidates()
        self._window.keys_changed()

    def _ask_candidates(self) -> None:
        study = self.study
        if study is None:
            return
        key = self._asked_for = str(study.id)

        def take(found: list[Any]) -> None:
            if key == self._asked_for and self.frame.winfo_exists():
                self._candidates = found
                self._show_candidates()

        self._desk.candidates(study, self.day.day()).then(take, self._shell.problem.fault)

    def _show_candidates(self) -> None:
        wanted = self.number.get()
        found = rows.candidate_rows(self._candidates)
        self.candidates.show([row for row in found if rows.fits(row, wanted)] if wanted else found)
        self._window.keys_changed()
