"""What a gateway is told of the billing system whose patients go to a console."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kiosk.core.record_formats import RecordFormat
from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_


@dataclass(frozen=True)
class BillingSettings(Settings):
    """Attributes from the billing system, handed to a console as files."""

    url: str = setting("", N_("Its database: sqlite:///path or postgresql+psycopg://user@host/name; empty = none."))
    title: str = setting("", N_("What people call it."))
    query: str = setting("", N_("One SELECT that reads patients."))
    columns: dict[str, str] = setting(
        lambda: {
            "patient_id": "patient_id",
            "kanji": "kanji",
            "kana": "kana",
            "sex": "sex",
            "birth_date": "birth_date",
        },
        N_("Our field = its column."),
    )
    every_s: float = setting(60.0, N_("How often it is read, in seconds."))
    baseline: bool = setting(True, N_("What is there at the first look is known already and is not handed over."))
    folder: str = setting("", N_("The shared folder of the console."))
    file_name: str = setting("{patient_id}.csv", N_("Name of the file; fields of ours in braces."))
    flag: str = setting("", N_("Ending of the flag file that says it is whole (.end); empty = none."))
    taken: Literal["none", "gone", "answer"] = setting(
        "none", N_("How the console says that it took it: none, gone (removes it), answer (.ok or .ng).")
    )
    wait_s: float = setting(10.0, N_("How long it may take for that, in seconds."))
    format: RecordFormat = setting(RecordFormat, N_("The format of the record."))
