"""What the maintenance lists say: people, audit rows, backups, checks and settings as plain lines."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kiosk.core.settings import documented
from kiosk.core.words import N_, Sentence

ADMIN = "admin"
ROLES = {
    "admin": N_("person in charge"),
    "doctor": N_("doctor"),
    "nurse": N_("nurse"),
    "technician": N_("technician"),
    "clerk": N_("clerk"),
}
# Actions as the audit table keeps them, and as people read them.
ACTIONS = {
    "login": N_("logged in"),
    "login refused": N_("login refused"),
    "logout": N_("logged out"),
    "first person made": N_("first person made"),
    "person added": N_("person added"),
    "role changed": N_("role changed"),
    "PIN changed": N_("PIN changed"),
    "badge set": N_("badge set"),
    "badge taken away": N_("badge taken away"),
    "person deactivated": N_("person no longer works here"),
    "person reactivated": N_("person works here again"),
    "image stored": N_("image stored"),
    "image kept aside": N_("image kept aside"),
    "image put back": N_("image put back"),
    "image indexed again": N_("image indexed again"),
    "image mended": N_("damaged image mended"),
    "images left disk": N_("old images taken off a disk"),
    "document stored": N_("document stored"),
    "disk equalised": N_("disk equalised"),
    "disk replaced": N_("disk replaced"),
    "disk accepted": N_("exchanged disk accepted"),
    "images retrieved": N_("images retrieved"),
    "images matched by hand": N_("images given to a visit"),
    "correction asked": N_("correction of a wrong patient asked for"),
    "correction cancelled": N_("correction given up"),
    "correction done": N_("wrong patient corrected"),
    "correction undo asked": N_("correction to be taken back"),
    "correction undone": N_("correction taken back"),
    "rejection note sent": N_("destination told to hide images"),
    "quarantine to be removed": N_("put-away images to be removed for good"),
    "quarantine removed": N_("put-away images removed for good"),
    "correction to-do settled": N_("destination asked by hand"),
    "burned-in name redrawn": N_("burned-in name masked and redrawn"),
    "IDs mapped": N_("IDs of centre and hospital joined"),
    "IDs converted": N_("images copied under the hospital's ID"),
    "study opened": N_("images looked at"),
    "study handed over": N_("images handed to another viewer"),
    "document handed in": N_("document handed in"),
    "document opened": N_("document looked at"),
    "disc taken in": N_("disc of another hospital taken in"),
    "teaching picture kept": N_("picture kept in the teaching file"),
    "teaching picture removed": N_("picture taken out of the teaching file"),
    "teaching file exported": N_("teaching file exported"),
    "files opened": N_("loose files looked at"),
    "key image taken": N_("key image taken"),
    "presentation state saved": N_("display settings of a picture saved"),
    "picture exported": N_("picture exported to a file"),
    "worklist asked": N_("worklist asked"),
    "examination begun": N_("examination begun on its device"),
    "examination changed": N_("examination changed on its device"),
    "examination completed": N_("examination completed on its device"),
    "examination discontinued": N_("examination discontinued on its device"),
    "finding opened": N_("finding opened"),
    "finding drafted": N_("finding saved"),
    "finding signed": N_("finding signed"),
    "finding amended": N_("finding amended"),
    "first reading signed": N_("first reading signed"),
    "second reading signed": N_("second reading signed"),
    "readings settled": N_("readings that differed settled"),
    "results handed out": N_("results handed out to the check-up system"),
    "finding list printed": N_("list of findings printed"),
    "finding printed": N_("finding printed"),
    "letter begun": N_("referral letter begun"),
    "letter opened": N_("referral letter opened"),
    "letter drafted": N_("referral letter saved"),
    "letter signed": N_("referral letter signed"),
    "letter amended": N_("referral letter amended"),
    "letter discarded": N_("draft of a referral letter put away"),
    "letter sent": N_("referral letter sent"),
    "letter not sent after all": N_("referral letter: not sent after all"),
    "letter reply noted": N_("reply to a referral letter noted"),
    "letter printed": N_("referral letter printed"),
    "addressee changed": N_("addressee of letters changed"),
    "addressee removed": N_("addressee of letters removed"),
    "guidance begun": N_("health guidance begun"),
    "guidance opened": N_("health guidance opened"),
    "guidance saved": N_("health guidance saved"),
    "guidance figure changed": N_("figure of health guidance changed"),
    "guidance printed": N_("sheet of health guidance printed"),
    "list read": N_("list read"),
    "list problem settled": N_("row of the list seen to"),
    "list printed": N_("list printed"),
    "sheet printed": N_("sheet of the day printed"),
    "attributes sent": N_("attributes sent to a console"),
    "booking made": N_("booking made"),
    "booking moved": N_("booking moved"),
    "booking cancelled": N_("booking cancelled"),
    "booking undone": N_("booking undone"),
    "booking slip printed": N_("booking slip printed"),
    "booking list printed": N_("list of bookings printed"),
    "booking room list printed": N_("bookings by room printed"),
    "booking week printed": N_("week of bookings printed"),
    "booking labels printed": N_("labels of bookings printed"),
    "bookings exported": N_("bookings exported"),
    "slots made": N_("slots made"),
    "slot added": N_("a time added for one day"),
    "slot as usual": N_("an exception for one day taken back"),
    "book opened": N_("maintenance opened"),
    "book refused": N_("maintenance: wrong PIN"),
    "book PIN set": N_("PIN of maintenance set"),
    "findings master published": N_("masters of findings published"),
    "book changed": N_("masters of reservations changed"),
    "booking changed": N_("booking corrected"),
    "list seated": N_("seats given to the examinees of the list"),
    "slot closed": N_("a time closed to bookings"),
    "slot opened": N_("a time opened again"),
    "operation planned": N_("operation planned"),
    "operation moved": N_("operation moved"),
    "operation changed": N_("operation changed"),
    "operation timed": N_("time of an operation written down"),
    "operation cancelled": N_("operation cancelled"),
    "operation restored": N_("cancelled operation brought back"),
    "operation undone": N_("change of an operation taken back"),
    "theatre masters changed": N_("masters of the theatre changed"),
    "theatre list printed": N_("list of operations printed"),
    "pictures registered": N_("pictures registered"),
    "pictures discarded": N_("pictures thrown away before they were registered"),
    "traffic watched": N_("traffic with a device watched"),
    "images fetched": N_("images asked for at another server"),
    "send now": N_("sent at once"),
    "send again": N_("sent again"),
    "sending mark set": N_("marked as sent"),
    "sending mark cleared": N_("mark of sending cleared"),
    "sending held": N_("sending held back"),
    "sending released": N_("released for sending"),
    "checked in": N_("checked in"),
    "check-in undone": N_("check-in taken back"),
    "interview note": N_("interview noted"),
    "interview shown": N_("interview looked at"),
    "audit read": N_("audit table looked at"),
    "audit exported": N_("audit table exported"),
    "audit chain verified": N_("audit chain verified"),
    "store checked": N_("store checked"),
    "backup": N_("backup made"),
    "restored": N_("backup restored"),
}
KINDS = {"centre": N_("shared store"), "station": N_("this PC's store")}
OLD_DAYS = 7  # a backup older than this wants a look


@dataclass(frozen=True)
class PersonLine:
    id: int
    name: str
    role: str
    active: bool
    has_badge: bool
    has_pin: bool


@dataclass(frozen=True)
class AuditLine:
    """One row of the audit table as it was written. ``patient`` is ``issuer|ID``."""

    seq: int
    at: str
    who: str
    role: str
    station: str
    action: str
    patient: str
    subject: str
    detail: str

    @property
    def patient_id(self) -> str:
        return self.patient.rsplit("|", 1)[-1]

    @property
    def when(self) -> str:
        """``2026-11-24 09:41:07``."""
        return self.at[:19].replace("T", " ")


@dataclass(frozen=True)
class CheckLine:
    good: bool
    text: Sentence
    next_step: Sentence


@dataclass(frozen=True)
class BackupLine:
    """A backup that lies in the folder; ``size`` in bytes."""

    name: str
    kind: str
    made: datetime
    size: int


@dataclass(frozen=True)
class SettingLine:
    """One setting in force, as a person would write it in the parameter file."""

    key: str
    value: str
    default: str
    doc: str

    @property
    def changed(self) -> bool:
        return self.value != self.default


def details(line: AuditLine) -> str:
    """Subject and details in one line of words."""
    try:
        found = json.loads(line.detail) if line.detail else {}
    except ValueError:
        return f"{line.subject} {line.detail}".strip()
    parts = [line.subject, *(f"{key}: {_plain(value)}" for key, value in found.items() if value not in ("", {}, []))]
    return ", ".join(part for part in parts if part)


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{key}={_plain(each)}" for key, each in value.items())
    if isinstance(value, list):
        return " ".join(_plain(each) for each in value)
    return str(value)


def age(made: datetime, now: datetime) -> Sentence:
    """How old a backup is, in words."""
    days = (now.date() - made.date()).days
    if days <= 0:
        return Sentence(N_("today {clock}"), {"clock": f"{made:%H:%M}"})
    if days == 1:
        return Sentence(N_("yesterday {clock}"), {"clock": f"{made:%H:%M}"})
    return Sentence(N_("{days} days ago"), {"days": days})


def is_old(newest: datetime | None, now: datetime) -> bool:
    """There is no backup, or only an old one."""
    return newest is None or (now - newest).days >= OLD_DAYS


def size(bytes_: int) -> str:
    """In the unit that people know: ``3.4 MB``."""
    for unit in ("KB", "MB", "GB"):
        bytes_ /= 1000  # type: ignore[assignment]
        if bytes_ < 1000 or unit == "GB":
            return f"{bytes_:,.1f} {unit}"
    raise AssertionError


def setting_lines(section: str, settings: Any) -> Iterator[SettingLine]:
    """Every setting of a settings object with value, default and documentation; nested ones one by one."""
    for each in documented(type(settings)):
        yield from _lines(f"{section}.{each.key}", getattr(settings, each.key), each.default, each.doc)


def _lines(key: str, value: Any, default: Any, doc: str) -> Iterator[SettingLine]:
    if dataclasses.is_dataclass(value):
        yield from setting_lines(key, value)
    elif isinstance(value, list | tuple) and value and all(dataclasses.is_dataclass(each) for each in value):
        for number, each in enumerate(value, 1):
            yield from setting_lines(f"{key}[{number}]", each)
    else:
        yield SettingLine(key, shown(value), shown(default), doc)


def shown(value: Any) -> str:
    """A value as TOML writes it, without a password."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(shown(each) for each in value) + "]"
    if isinstance(value, str):
        return '"' + re.sub(r"(://[^:/@\s]*:)[^@\s]*@", r"\1***@", value) + '"'
    return "" if value is None else str(value)
