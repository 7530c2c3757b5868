"""Findings with their versions, and the key images of a visit (kept in the database as binary with their hash)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kiosk.core.drawing import Drawing
from kiosk.core.faults import Fault, Overtaken
from kiosk.core.finding import Finding, FindingBody, FindingState, FindingVersion, Item, KeyImage
from kiosk.core.words import N_
from kiosk.store.clock import now_text
from kiosk.store.drawings import drawings_of
from kiosk.store.finding_items import WantedItem, has_item, write_items
from kiosk.store.in_lists import few_lengths
from kiosk.store.search_text import containing
from kiosk.store.tables import finding_versions, findings, key_images, patients, visits


def finding_of(conn: sa.Connection, visit: int, kind: str) -> Finding | None:
    row = conn.execute(sa.select(findings).where(findings.c.visit == visit, findings.c.kind == kind)).mappings().first()
    return _finding(conn, row) if row else None


def finding_by_id(conn: sa.Connection, finding: int) -> Finding | None:
    row = conn.execute(sa.select(findings).where(findings.c.id == finding)).mappings().first()
    return _finding(conn, row) if row else None


def findings_of_visit(conn: sa.Connection, visit: int) -> list[Finding]:
    rows = conn.execute(sa.select(findings).where(findings.c.visit == visit).order_by(findings.c.kind)).mappings()
    return [_finding(conn, row) for row in rows.all()]


def _finding(conn: sa.Connection, row: Any) -> Finding:
    versions = (
        conn.execute(
            sa.select(finding_versions)
            .where(finding_versions.c.finding == row["id"])
            .order_by(finding_versions.c.number)
        )
        .mappings()
        .all()
    )
    drawn = drawings_of(conn, {v["drawing"] for v in versions})
    return Finding(
        id=row["id"],
        visit_id=row["visit"],
        kind=row["kind"],
        state=FindingState(row["state"]),
        versions=tuple(
            FindingVersion(
                number=v["number"],
                body=FindingBody(
                    v["text"], tuple(v["codes"]), v["category"], tuple(v["key_images"]),
                    tuple(Item(*each) for each in v["items"]), _drawn(drawn, v)[0],
                ),
                by=v["by"],
                at=v["at"],
                signed=bool(v["signed"]),
                reason=v["reason"],
                role=v["role"],
                drawing_sha256=_drawn(drawn, v)[1],
                master=v["master"],
            )
            for v in versions
        ),
    )


def _drawn(drawn: dict[int, tuple[Drawing | None, str]], version: Any) -> tuple[Drawing | None, str]:
    return drawn.get(version["drawing"], (None, ""))


def write_version(
    conn: sa.Connection,
    *,
    visit: int,
    kind: str,
    body: FindingBody,
    by: str,
    signed: bool,
    based_on: int,
    saved_at: str = "",
    reason: str = "",
    role: str = "",
    drawing: int = 0,
    state: str = "",
    master: str = "",
) -> Finding:
    """Add a version to a finding (the first one makes it). An unsigned newest version is replaced, a signed one never.

    ``drawing`` is the row of ``body.drawing`` (``store.drawings``), 0 for none; ``state`` how the finding stands
    afterwards, where the journey knows better than signed or amended (two readers).
    ``based_on`` is the number of the version the writer saw (0 = none): raises Overtaken where a newer one stands, or
    where that one is a draft that was saved again since ``saved_at``.
    ``master``: SHA-256 of the kept master that it is signed with.
    """
    row = (
        conn.execute(sa.select(findings).where(findings.c.visit == visit, findings.c.kind == kind).with_for_update())
        .mappings()
        .first()
    )
    now = now_text()
    if row is None:
        if based_on:
            raise overtaken()
        done = conn.execute(findings.insert().values(visit=visit, kind=kind, state="draft", version=0, by=by, at=now))
        finding, newest, was_signed, ever_signed = int(done.inserted_primary_key[0]), 0, False, False  # type: ignore[index]
    else:
        finding, newest = row["id"], row["version"]
        if newest != based_on:
            raise overtaken()
        was_signed = bool(
            conn.execute(
                sa.select(finding_versions.c.signed).where(
                    finding_versions.c.finding == finding, finding_versions.c.number == newest
                )
            ).scalar()
        )
        if saved_at and not was_signed and row["at"] != saved_at:
            raise overtaken()
        ever_signed = row["state"] != "draft"
    values = {
        "text": body.text,
        "codes": list(body.codes),
        "category": body.category,
        "key_images": list(body.key_images),
        "items": [list(each) for each in body.items],
        "master": master,
        "signed": int(signed),
        "reason": reason,
        "by": by,
        "at": now,
        "role": role,
        "drawing": drawing,
    }
    if newest and not was_signed:
        number = newest
        conn.execute(
            finding_versions.update()
            .where(finding_versions.c.finding == finding, finding_versions.c.number == number)
            .values(**values)
        )
    else:
        number = newest + 1
        conn.execute(finding_versions.insert().values(finding=finding, number=number, **values))
    if signed:
        state = state or ("amended" if ever_signed else "signed")
    else:
        state = row["state"] if row is not None else "draft"
    conn.execute(findings.update().where(findings.c.id == finding).values(state=state, version=number, by=by, at=now))
    write_items(conn, finding, body.items)
    written = finding_by_id(conn, finding)
    assert written is not None
    return written


def pin_master(conn: sa.Connection, master: str) -> None:
    """What was signed before masters were kept is from now on of this one."""
    signed = sa.and_(finding_versions.c.signed == 1, finding_versions.c.master == "")
    conn.execute(finding_versions.update().where(signed).values(master=master))


def overtaken() -> Overtaken:
    """Somebody else wrote meanwhile."""
    return Overtaken(
        N_("Somebody else has changed this finding meanwhile."),
        N_("What you typed is kept as a draft; open the finding again and compare."),
    )


@dataclass(frozen=True)
class Found:
    """A line of the findings search."""

    finding: int
    visit: int
    day: str
    number: str
    kanji: str
    kana: str
    kind: str
    state: str
    category: str
    text: str
    by: str
    at: str


def search(
    conn: sa.Connection,
    *,
    text: str = "",
    code: str = "",
    category: str = "",
    kind: str = "",
    state: str = "",
    since: str = "",
    until: str = "",
    limit: int = 300,
    items: Sequence[WantedItem] = (),
) -> list[Found]:
    """Findings by part of their text, name or number, by code, category, kind, state and day of the visit, and by what
    was entered in fields (every one of ``items``)."""
    newest = sa.and_(finding_versions.c.finding == findings.c.id, finding_versions.c.number == findings.c.version)
    where: list[sa.ColumnElement[bool]] = []
    if text:
        like = containing(text)
        where.append(
            sa.or_(
                *(
                    column.ilike(like, escape="\\")
                    for column in (
                        finding_versions.c.text,
                        patients.c.kanji,
                        patients.c.kana,
                        patients.c.patient_id,
                        visits.c.number,
                    )
                )
            )
        )
    if code:
        where.append(sa.cast(finding_versions.c.codes, sa.Text).like(f'%"{code}"%'))
    for column, value in (
        (finding_versions.c.category, category),
        (findings.c.kind, kind),
        (findings.c.state, state),
    ):
        if value:
            where.append(column == value)
    where += [has_item(each) for each in items]
    if since:
        where.append(visits.c.day >= since)
    if until:
        where.append(visits.c.day <= until)
    rows = conn.execute(
        sa.select(
            findings.c.id,
            findings.c.visit,
            visits.c.day,
            visits.c.number,
            patients.c.kanji,
            patients.c.kana,
            findings.c.kind,
            findings.c.state,
            finding_versions.c.category,
            finding_versions.c.text,
            findings.c.by,
            findings.c.at,
        )
        .join(visits, findings.c.visit == visits.c.id)
        .join(patients, visits.c.patient == patients.c.id)
        .join(finding_versions, newest)
        .where(*where)
        .order_by(visits.c.day.desc(), findings.c.id.desc())
        .limit(limit)
    )
    return [Found(*tuple(row)) for row in rows]


def readers_of(conn: sa.Connection, rows: Collection[int]) -> dict[int, set[str]]:
    """Who signed a reading of these findings that have two readers."""
    found: dict[int, set[str]] = {}
    asked = sa.select(finding_versions.c.finding, finding_versions.c.by).where(
        finding_versions.c.finding.in_(few_lengths(rows)), finding_versions.c.role != "", finding_versions.c.signed == 1
    )
    for row in conn.execute(asked):
        found.setdefault(row.finding, set()).add(row.by)
    return found


# -- key images ----------------------------------------------------------------------------------------------------
def add_key_image(
    conn: sa.Connection,
    *,
    visit: int,
    sop_uid: str,
    frame: int,
    mime: str,
    width: int,
    height: int,
    picture: bytes,
    rendering: dict[str, object],
    comment: str,
    by: str,
) -> int:
    """Put a rendered picture into the visit's tray; the same picture twice is one. Returns its row."""
    sha256 = hashlib.sha256(picture).hexdigest()
    known = conn.execute(
        sa.select(key_images.c.id).where(key_images.c.visit == visit, key_images.c.sha256 == sha256)
    ).first()
    if known is not None:
        conn.execute(key_images.update().where(key_images.c.id == known.id).values(removed=0))
        return int(known.id)
    done = conn.execute(
        key_images.insert().values(
            visit=visit,
            sop_uid=sop_uid,
            frame=frame,
            mime=mime,
            width=width,
            height=height,
            bytes=picture,
            sha256=sha256,
            rendering=rendering,
            comment=comment,
            by=by,
            at=now_text(),
        )
    )
    return int(done.inserted_primary_key[0])  # type: ignore[index]


def tray(conn: sa.Connection, visit: int) -> list[KeyImage]:
    """The key images of a visit that are in the tray, oldest first (without their bytes)."""
    columns = [column for column in key_images.c if column.name != "bytes"]
    rows = conn.execute(
        sa.select(*columns).where(key_images.c.visit == visit, key_images.c.removed == 0).order_by(key_images.c.id)
    ).mappings()
    return [_key_image(row) for row in rows]


def _key_image(row: Any) -> KeyImage:
    return KeyImage(
        id=row["id"],
        visit_id=row["visit"],
        sop_uid=row["sop_uid"],
        frame=row["frame"],
        mime=row["mime"],
        width=row["width"],
        height=row["height"],
        sha256=row["sha256"],
        by=row["by"],
        at=row["at"],
        comment=row["comment"],
        rendering=dict(row["rendering"]),
    )


def key_image_bytes(conn: sa.Connection, key_image: int, of_visit: int | None = None) -> bytes:
    """The picture, proven by its hash. Raises Fault where the database gives back something else, or where it is not a
    picture ``of_visit``."""
    columns = key_images.c.bytes, key_images.c.sha256, key_images.c.visit
    row = conn.execute(sa.select(*columns).where(key_images.c.id == key_image)).one()
    if of_visit is not None and row.visit != of_visit:
        raise Fault(
            N_("A key image of this finding belongs to another examinee or another day."),
            N_("Take it off the page, then sign or print again."),
            reference="S315",
        )
    picture = bytes(row.bytes)
    if hashlib.sha256(picture).hexdigest() != row.sha256:
        raise Fault(
            N_("A key image in the database is damaged."),
            N_("Take it over again from the viewer, and call the person in charge."),
            reference="S310",
        )
    return picture


def take_out(conn: sa.Connection, key_image: int) -> None:
    """Out of the tray; versions that were signed with it keep it."""
    conn.execute(key_images.update().where(key_images.c.id == key_image).values(removed=1))


def damaged_key_images(conn: sa.Connection) -> list[int]:
    """Rows whose picture is not what its hash says."""
    query = sa.select(key_images.c.id, key_images.c.bytes, key_images.c.sha256).order_by(key_images.c.id)
    rows = conn.execute(query, execution_options={"stream_results": True, "yield_per": 20})  # pictures are large
    return [row.id for row in rows if hashlib.sha256(bytes(row.bytes)).hexdigest() != row.sha256]
