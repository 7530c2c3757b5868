"""The teaching file: a picture without its examinee is kept, found, exported for a lecture, taken out again.

Which examinee it is of stands in the audit alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from kiosk.core.csv_out import BOM, csv_line
from kiosk.core.faults import Fault, Refused
from kiosk.core.key_picture import key_picture
from kiosk.core.patient import Patient
from kiosk.core.safe_names import is_legal_on_windows
from kiosk.core.teaching import LONGEST_COMMENT, LONGEST_TITLE, Area, TeachingPicture, Words, check
from kiosk.core.words import N_, say
from kiosk.paper.teaching_picture import anonymous, jpeg, thumb
from kiosk.store import audit, notices, teaching
from kiosk.store.audit import Actor
from kiosk.store.engine import Store

MAY_REMOVE = ("admin",)


def keep(
    centre: Store, actor: Actor, picture: bytes, areas: Sequence[Area], words: Words, whose: Patient, sop_uid: str
) -> int:  # fmt: skip
    """Returns its row. Raises Refused where it is no picture, or words tell whose it is."""
    check(words, [whose])
    if len(words.title) > LONGEST_TITLE or len(words.comment) > LONGEST_COMMENT:
        raise Refused("long", N_("The words are too long."), N_("Shorten them."), reference="V645")
    plain = anonymous(picture, areas)
    facts = key_picture(plain)
    with centre.writing() as conn:
        row = teaching.add(
            conn, plain, mime=facts.mime, width=facts.width, height=facts.height, words=words, by=actor.who
        )
        patient = f"{whose.issuer}|{whose.patient_id}"
        audit.write(conn, actor, "teaching picture kept", patient=patient, subject=f"teaching {row}", sop_uid=sop_uid)
        notices.tell(conn, "teaching")
    return row


def remove(centre: Store, actor: Actor, row: int) -> None:
    """Raises Refused where neither this person kept it nor is in charge."""
    with centre.writing() as conn:
        found = teaching.by_id(conn, row)
        if found is None:
            return
        if actor.role and actor.role not in MAY_REMOVE and actor.who != found.by:
            raise Refused(
                "right", N_("Only {by} or the person in charge may take this picture out."), N_("Ask one of them."),
                reference="V646", by=found.by,
            )  # fmt: skip
        teaching.remove(conn, row)
        audit.write(conn, actor, "teaching picture removed", subject=f"teaching {row}", sha256=found.sha256)
        notices.tell(conn, "teaching")


def export(
    centre: Store, actor: Actor, folder: Path, rows: Sequence[int], told: Callable[[float], None], now: datetime
) -> Path:  # fmt: skip
    """JPEG files and ``list.csv`` in a new folder below ``folder``; returns it. Raises Fault, Stopped."""
    target = folder / f"teaching-{now:%Y%m%d-%H%M%S}"
    lines: list[tuple[str, ...]] = [tuple(say(each) for each in HEADINGS)]
    try:
        target.mkdir(parents=True)
        for number, row in enumerate(rows, start=1):
            told((number - 1) / max(1, len(rows)))
            with centre.reading() as conn:
                found, picture = teaching.by_id(conn, row), teaching.picture_bytes(conn, row)
            assert found is not None
            name = _file_name(number, found)
            _put(target / name, jpeg(picture))
            lines.append((name, found.title, ", ".join(found.keywords), found.modality, found.comment))
        _put(target / "list.csv", BOM + b"".join(csv_line(line) for line in lines))
    except OSError as why:
        raise Fault(
            N_("The teaching file can't be written to {folder} ({reason})."), N_("Choose another folder."),
            reference="V647", folder=str(folder), reason=why.strerror or type(why).__name__,
        ) from why  # fmt: skip
    with centre.writing() as conn:
        audit.write(conn, actor, "teaching file exported", pictures=len(rows))
    told(1.0)
    return target


HEADINGS = (N_("File"), N_("Title"), N_("Keywords"), N_("Kind"), N_("Comment"))


def _file_name(number: int, picture: TeachingPicture) -> str:
    plain = "".join(letter if letter.isalnum() else "_" for letter in picture.title)[:40].strip("_")
    name = f"{number:04d}_{plain}.jpg"
    return name if plain and is_legal_on_windows(name) else f"{number:04d}.jpg"


def _put(path: Path, data: bytes) -> None:
    half = path.with_name(path.name + ".part")
    half.write_bytes(data)
    os.replace(half, path)


def key_images(centre: Store, visit: int) -> list[tuple[Any, tuple[int, int, bytes]]]:
    """The tray of a visit: each key image with its thumbnail."""
    from kiosk.store import findings

    with centre.reading() as conn:
        return [(each, thumb(findings.key_image_bytes(conn, each.id))) for each in findings.tray(conn, visit)]
