"""What the reading pages of a viewer can be told: fundus reading, the doctor's display, the picture display."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_


@dataclass(frozen=True)
class FundusReading(Settings):
    """The page of the ophthalmologist."""

    exam: str = setting("FUNDUS", N_("Code of the examination that is read there, as in the master."))
    days: int = setting(7, N_("How many days back its list goes; 0 = every day there is."))
    previous: bool = setting(True, N_("Show last time's pictures below today's from the start."))
    two_readers: bool = setting(
        False, N_("Two persons read it, as at the findings stations: here the first, there the second.")
    )


@dataclass(frozen=True)
class PanesSettings(Settings):
    """A viewer of the doctor's display: so many panes of one kind of picture."""

    kind: Literal["CR", "RF", "ES", "US", "OP", "MG"] = setting("CR", N_("Its pictures: CR RF ES US OP or MG."))
    title: str = setting("", N_("What it is called on the page; empty = by its kind."))
    columns: int = setting(1, N_("Panes beside each other."))
    rows: int = setting(1, N_("Panes below each other."))
    first: int = setting(1, N_("The first picture that it shows: four viewers of four begin with 1, 5, 9 and 13."))
    screen: str = setting("", N_("Its monitor: colour, grey or a name; empty = in the page itself."))


DOCTOR_VIEWERS = (
    PanesSettings("CR", "", 2, 1),
    *(PanesSettings("RF", "", 2, 2, first) for first in (1, 5, 9, 13)),
    PanesSettings("ES"),
    PanesSettings("US"),
    PanesSettings("OP", "", 2, 1),
)


@dataclass(frozen=True)
class DoctorDisplay(Settings):
    """The page of the examining doctor."""

    viewers: tuple[PanesSettings, ...] = setting(
        lambda: DOCTOR_VIEWERS, N_("Its viewers in the order of the digits 1 to 9.")
    )


@dataclass(frozen=True)
class PictureDisplay(Settings):
    """Pictures of a visit beside those of the one before."""

    days: int = setting(1, N_("How many days back its list goes; 0 = every day there is."))
    columns: int = setting(0, N_("Pictures beside each other on a contact sheet; 0 = as many as the screen suits."))
    rows: int = setting(0, N_("Pictures below each other on a contact sheet; 0 = as many as the screen suits."))
    screen_es: str = setting("", N_("Monitor for endoscopy: colour, grey or a name; empty = in the page itself."))
    screen_us: str = setting("", N_("Monitor for ultrasound, in the same way."))
    screen_op: str = setting("", N_("Monitor for fundus pictures, in the same way."))
