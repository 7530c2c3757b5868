"""The fields of an operation: seven rows that fit the smallest screen, filled from an operation and read back."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from tkinter import ttk
from typing import Any

from kiosk.core.operation import (
    BLOOD_TYPES,
    ORDERS,
    SIDES,
    Operation,
    OperationPatient,
    Team,
    following,
    nearest,
)
from kiosk.core.theatre_book import TheatreBook
from kiosk.core.words import N_, say
from kiosk.modes.theatre import rules
from kiosk.modes.theatre.form_fields import SuggestField, TimeField
from kiosk.ui import look
from kiosk.ui.banner import SEXES
from kiosk.ui.fields import ChoiceField, DateField, Field, NumberField, TextField

URGENCY = {"": N_("elective"), "1": N_("urgent")}
FACTS = rules.FACTS
STAFF = ("surgeon", "anaesthetist", "scrub_nurse", "circulating_nurse")
PLAIN = ("room", "order", "department", "diagnosis", "method", "side", "position", "infection", "allergy", "remarks")
LISTS = ("anaesthesia", "blood", "equipment")
ACTUAL = ("actual_enter", "actual_start", "actual_end")


class FormFacts(ttk.Frame):
    """``fields`` by the names of the facts; ``pathology`` is a tick."""

    def __init__(self, parent: tk.Misc) -> None:
        super().__init__(parent)
        self.fields: dict[str, Any] = {}
        self.columnconfigure(0, weight=1)
        self.pathology = tk.BooleanVar(self)
        self._build()

    def _build(self) -> None:
        """In the order in which they are typed; one of each row takes the spare room."""
        self._times()
        self._row(1, "patient_id", lambda row: TextField(row, FACTS["patient_id"], width=12, limit=64))
        self._row(1, "kanji", lambda row: TextField(row, FACTS["kanji"], width=16), stretch=True)
        self._row(1, "kana", lambda row: TextField(row, FACTS["kana"], width=16))
        sexes = {each: SEXES[each] for each in ("", "M", "F")}
        self._row(1, "sex", lambda row: ChoiceField(row, FACTS["sex"], sexes, width=8))
        self._row(1, "birth_date", lambda row: DateField(row, FACTS["birth_date"]))
        types = {each: each for each in BLOOD_TYPES}
        self._row(1, "blood_type", lambda row: ChoiceField(row, FACTS["blood_type"], types, width=5))
        self._row(1, "ward", lambda row: SuggestField(row, FACTS["ward"], 12, limit=64))
        self._suggest(2, "department", 12)
        self._row(2, "diagnosis", lambda row: TextField(row, FACTS["diagnosis"], width=24))
        self._suggest(2, "method", 28, limit=200, stretch=True)
        self._row(2, "side", lambda row: ChoiceField(row, FACTS["side"], SIDES, width=6))
        self._suggest(2, "position", 12)
        self._suggest(3, "surgeon", 14)
        self._suggest(3, "assistants", 24, several=True, stretch=True)
        self._suggest(3, "anaesthetist", 14)
        self._suggest(3, "anaesthesia", 20, several=True)
        self._suggest(4, "scrub_nurse", 14)
        self._suggest(4, "circulating_nurse", 14)
        self._suggest(4, "blood", 18, several=True)
        self._suggest(4, "equipment", 24, several=True, stretch=True)
        self._row(5, "infection", lambda row: TextField(row, FACTS["infection"], width=18))
        self._row(5, "allergy", lambda row: TextField(row, FACTS["allergy"], width=18))
        frame = self._frame(5)
        check = ttk.Checkbutton(frame, text=say(FACTS["pathology"]), variable=self.pathology)
        check.grid(row=0, column=frame.grid_size()[0], sticky="s", padx=look.px(8))
        self._row(5, "remarks", lambda row: TextField(row, FACTS["remarks"], width=30, limit=2000), stretch=True)
        for name in ACTUAL:
            self._row(6, name, lambda row, name=name: TimeField(row, FACTS[name]))  # type: ignore[misc]
        self._suggest(6, "overlap_reason", 40, limit=200, stretch=True)

    def _times(self) -> None:
        self._row(0, "day", lambda row: DateField(row, N_("Date")))
        self._row(0, "urgent", lambda row: ChoiceField(row, FACTS["urgent"], URGENCY, width=6))
        self._row(0, "room", lambda row: ChoiceField(row, FACTS["room"], {}, width=14))
        self._row(0, "order", lambda row: ChoiceField(row, FACTS["order"], ORDERS, width=10))
        for name in ("enter", "start"):
            self._row(0, name, lambda row, name=name: TimeField(row, FACTS[name]))  # type: ignore[misc]
        self._row(0, "minutes", lambda row: NumberField(row, N_("Duration (min)"), width=8, limit=4, allowed=""))
        self._row(0, "end", lambda row: TimeField(row, FACTS["end"]))

    def _suggest(
        self, row: int, name: str, width: int, *, several: bool = False, limit: int = 100, stretch: bool = False
    ) -> None:  # fmt: skip
        def make(frame: tk.Misc) -> Field:
            return SuggestField(frame, FACTS[name], width, several=several, limit=limit)

        self._row(row, name, make, stretch=stretch)

    def _row(self, row: int, name: str, make: Callable[[tk.Misc], Field], *, stretch: bool = False) -> None:
        frame = self._frame(row)
        field = self.fields[name] = make(frame)
        at = frame.grid_size()[0]
        field.grid(row=0, column=at, sticky="ew", padx=(0 if at == 0 else look.px(8), 0))
        frame.columnconfigure(at, weight=1 if stretch else 0)

    def _frame(self, row: int) -> ttk.Frame:
        found = self.grid_slaves(row=row, column=0)
        if found:
            return found[0]  # type: ignore[return-value]
        frame = ttk.Frame(self)
        frame.grid(row=row, column=0, sticky="ew", pady=(look.px(6), 0))
        return frame

    # -- what stands in it ---------------------------------------------------------------------------------------

    def offer(self, book: TheatreBook, rooms: Sequence[str], reasons: Sequence[str]) -> None:
        """What the lists offer."""
        offered = {
            "ward": book.wards, "department": book.departments, "method": tuple(book.methods),
            "position": book.positions, "anaesthesia": book.anaesthesia, "surgeon": book.surgeons,
            "assistants": book.surgeons, "anaesthetist": book.anaesthetists, "scrub_nurse": book.nurses,
            "circulating_nurse": book.nurses, "blood": book.blood, "equipment": tuple(book.equipment),
            "overlap_reason": reasons,
        }  # fmt: skip
        for name, words in offered.items():
            self.fields[name].offer(words)
        self.fields["room"].offer({room: room for room in rooms})

    def show_patient(self, patient: OperationPatient) -> None:
        """Who it is; ward and blood type only where something is known of them."""
        for name in ("patient_id", "kanji", "kana", "sex"):
            self.fields[name].set(getattr(patient, name))
        self.fields["birth_date"].set_day(_day(patient.birth_date))
        for name in ("ward", "blood_type"):
            if getattr(patient, name):
                self.fields[name].set(getattr(patient, name))

    def typed(self) -> dict[str, str]:
        """As it stands in the fields."""
        return {**{name: field.get() for name, field in self.fields.items()}, "pathology": str(self.pathology.get())}

    def put(self, typed: Mapping[str, str]) -> None:
        """What ``typed`` told, into its fields; the others stay."""
        for name, text in typed.items():
            if name == "pathology":
                self.pathology.set(text == str(True))
            else:
                self.fields[name].set(text)

    def show(self, operation: Operation) -> None:
        """Fill all of them."""
        fields = self.fields
        fields["day"].set_day(operation.day)
        fields["urgent"].set("1" if operation.urgent else "")
        for name in (*PLAIN, "overlap_reason"):
            fields[name].set(getattr(operation, name))
        for name in ("enter", "start", "end", *ACTUAL):
            moment = getattr(operation, name)
            fields[name].set_clock(moment.time() if moment is not None else None)
        fields["minutes"].set(str(operation.minutes))
        for name in STAFF:
            fields[name].set(getattr(operation.team, name))
        fields["assistants"].set_items(operation.team.assistants)
        for name in LISTS:
            fields[name].set_items(getattr(operation, name))
        self.pathology.set(operation.pathology)
        for name in ("ward", "blood_type"):
            fields[name].set("")
        self.show_patient(operation.patient)
        for field in fields.values():
            field.wrong()

    def wrong(self) -> list[str]:
        """Names of the fields that are missing or cannot be read; each says so."""
        fields = self.fields
        found = [name for name in ("enter", "start", "end") if fields[name].clock() is None]
        found += [] if fields["day"].day() is not None else ["day"]
        found += [each for each in ACTUAL if fields[each].get() and fields[each].clock() is None]
        found += ["birth_date"] if fields["birth_date"].get() and fields["birth_date"].day() is None else []
        found += [] if fields["room"].get() else ["room"]
        for name in found:
            fields[name].wrong(N_("look here"))
        return found

    def read(self, base: Operation | None) -> Operation:
        """What is typed, where nothing is ``wrong``; what no field shows is that of ``base``."""
        fields, day, born = self.fields, self.fields["day"].day(), self.fields["birth_date"].day()
        enter, start, end = self._moments(day, *(fields[name].clock() for name in ("enter", "start", "end")))
        patient = OperationPatient(
            birth_date=born.isoformat() if born else "",
            **{name: fields[name].get() for name in ("patient_id", "kanji", "kana", "sex", "ward", "blood_type")},
        )  # fmt: skip
        team = Team(assistants=fields["assistants"].items(), **{name: fields[name].get() for name in STAFF})
        facts: dict[str, Any] = {name: fields[name].get() for name in PLAIN}
        facts |= {name: fields[name].items() for name in LISTS}
        for name, planned in zip(ACTUAL, (enter, start, end), strict=True):
            facts[name] = nearest(planned, fields[name].clock()) if fields[name].clock() is not None else None
        return replace(
            base or Operation(0, "", enter, start, end), enter=enter, start=start, end=end, patient=patient, team=team,
            urgent=bool(fields["urgent"].get()), pathology=self.pathology.get(), **facts,
        )  # fmt: skip

    def _moments(self, day: date, enter: time, start: time, end: time) -> tuple[datetime, datetime, datetime]:
        entering = datetime.combine(day, enter)
        starting = following(entering, start)
        return entering, starting, following(starting, end, later=True)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
