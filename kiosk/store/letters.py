"""Referral letters: versions of which a signed one is never changed, their pages as signed, sending, replies; and the
institutions that they go to.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kiosk.core.faults import Fault, Overtaken
from kiosk.core.kana import full_kana
from kiosk.core.letter import Addressee, Letter, LetterBody, LetterState, LetterVersion, Reply, letter_body
from kiosk.core.words import N_
from kiosk.store.clock import now_text
from kiosk.store.letter_tables import addressees, letter_versions, letters
from kiosk.store.search_text import containing, folded
from kiosk.store.tables import patients, visits


def letter_by_id(conn: sa.Connection, letter: int) -> Letter | None:
    """A letter with all its versions (without their pages)."""
    row = conn.execute(sa.select(letters).where(letters.c.id == letter)).mappings().first()
    if row is None:
        return None
    columns = [column for column in letter_versions.c if column.name not in ("pdf", "sha256")]
    query = sa.select(*columns).where(letter_versions.c.letter == letter).order_by(letter_versions.c.number)
    versions = tuple(
        LetterVersion(each["number"], letter_body(each["body"]), each["by"], each["at"], bool(each["signed"]),
                      each["reason"])
        for each in conn.execute(query).mappings()
    )  # fmt: skip
    replies = tuple(Reply(**each) for each in row["replies"])
    state = LetterState(row["state"])
    return Letter(row["id"], row["visit"], state, versions, row["sent_day"], row["sent_by"], replies, row["saves"])


def make_letter(conn: sa.Connection, *, visit: int, body: LetterBody, by: str) -> Letter:
    """A new letter, as an unsigned draft."""
    at = now_text()
    new = {"visit": visit, "state": LetterState.DRAFT, "version": 1, "saves": 1, "replies": [], "by": by, "at": at}
    done = conn.execute(letters.insert().values(**new, **_found(body)))
    number = int(done.inserted_primary_key[0])  # type: ignore[index]
    conn.execute(letter_versions.insert().values(letter=number, number=1, body=body.as_data(), signed=0, by=by, at=at))
    return _kept(conn, number)


def next_number(letter: Letter, based_on: int) -> int:
    """The number that the next version gets: an unsigned newest one is replaced. Raises Overtaken where somebody saved
    after ``based_on`` (``Letter.saves``)."""
    if letter.saves != based_on or letter.state is LetterState.DISCARDED:
        raise _overtaken()
    return letter.newest.number + letter.newest.signed


def write_version(
    conn: sa.Connection, *, letter: int, body: LetterBody, by: str, based_on: int, reason: str = "", pdf: bytes = b""
) -> Letter:  # fmt: skip
    """Add a version; with ``pdf`` it is signed and that is its page for ever. Raises Overtaken."""
    conn.execute(sa.select(letters.c.id).where(letters.c.id == letter).with_for_update()).one()
    before = _kept(conn, letter)
    number, at = next_number(before, based_on), now_text()
    values: dict[str, Any] = {
        "body": body.as_data(), "signed": int(bool(pdf)), "reason": reason, "by": by, "at": at, "pdf": pdf or None,
        "sha256": hashlib.sha256(pdf).hexdigest() if pdf else "",
    }  # fmt: skip
    if number == before.newest.number:
        mine = sa.and_(letter_versions.c.letter == letter, letter_versions.c.number == number)
        conn.execute(letter_versions.update().where(mine).values(**values))
    else:
        conn.execute(letter_versions.insert().values(letter=letter, number=number, **values))
    state = before.state
    if pdf:
        state = LetterState.AMENDED if before.signed else LetterState.SIGNED
    new = {"state": state, "version": number, "saves": based_on + 1, "by": by, "at": at, **_found(body)}
    if pdf:
        new |= {"sent_day": "", "sent_by": ""}  # an amended letter must be sent again
    conn.execute(letters.update().where(letters.c.id == letter).values(**new))
    return _kept(conn, letter)


def _found(body: LetterBody) -> dict[str, str]:
    addressee = " ".join(part for part in (body.to_name, body.to_department, body.to_doctor) if part)
    return {"addressee": addressee[:300], "words": body.words}


def _kept(conn: sa.Connection, letter: int) -> Letter:
    found = letter_by_id(conn, letter)
    assert found is not None
    return found


def _overtaken() -> Overtaken:
    return Overtaken(
        N_("Somebody else has changed this letter meanwhile."),
        N_("What you typed is kept as a draft; open the letter again and compare."),
    )


def signed_page(conn: sa.Connection, letter: int, number: int) -> bytes | None:
    """The page as it was signed, proven by its hash; None for an unsigned version. Raises Fault where it is damaged."""
    columns = letter_versions.c.pdf, letter_versions.c.sha256
    mine = sa.and_(letter_versions.c.letter == letter, letter_versions.c.number == number)
    row = conn.execute(sa.select(*columns).where(mine)).first()
    if row is None or row.pdf is None:
        return None
    page = bytes(row.pdf)
    if hashlib.sha256(page).hexdigest() != row.sha256:
        raise Fault(
            N_("The page of this signed letter is damaged in the database."),
            N_("Call the person in charge: the backup has it."),
            reference="S316",
        )
    return page


def damaged_pages(conn: sa.Connection) -> list[int]:
    """Rows of signed versions whose page is not what its hash says."""
    columns = letter_versions.c.id, letter_versions.c.pdf, letter_versions.c.sha256
    query = sa.select(*columns).where(letter_versions.c.signed == 1).order_by(letter_versions.c.id)
    rows = conn.execute(query, execution_options={"stream_results": True, "yield_per": 20})
    return [row.id for row in rows if hashlib.sha256(bytes(row.pdf or b"")).hexdigest() != row.sha256]


def discard(conn: sa.Connection, letter: int, by: str) -> None:
    """Put away a letter that was never signed; what was written stays in the database."""
    conn.execute(
        letters.update()
        .where(letters.c.id == letter, letters.c.state == LetterState.DRAFT)
        .values(state=LetterState.DISCARDED, by=by, at=now_text())
    )


def mark_sent(conn: sa.Connection, letter: int, day: str, by: str) -> None:
    """It left the house on ``day`` (ISO; empty: it did not)."""
    conn.execute(letters.update().where(letters.c.id == letter).values(sent_day=day, sent_by=by if day else ""))


def add_reply(conn: sa.Connection, letter: int, reply: Reply) -> None:
    """Note what came back; earlier replies stay."""
    replies = conn.execute(sa.select(letters.c.replies).where(letters.c.id == letter).with_for_update()).scalar_one()
    kept = [*replies, {"day": reply.day, "text": reply.text, "by": reply.by, "at": reply.at}]
    conn.execute(letters.update().where(letters.c.id == letter).values(replies=kept))


@dataclass(frozen=True)
class FoundLetter:
    """A line of the search. ``letter`` 0: there is none yet for this visit."""

    letter: int
    visit: int
    day: str  # of the visit
    number: str
    patient_id: str
    kanji: str
    kana: str
    state: str
    addressee: str
    sent_day: str
    replied: bool
    by: str
    at: str


def search(
    conn: sa.Connection, *, text: str = "", since: str = "", until: str = "", visit: int = 0, limit: int = 500
) -> list[FoundLetter]:
    """Letters of visits in these days, by part of the patient's name, kana, ID or number, the addressee or any word of
    the letter; the newest first. Discarded ones are left out."""
    where = [letters.c.state != LetterState.DISCARDED]
    for word in text.split():
        likes = {containing(each) for each in (word, full_kana(word)) if each}
        columns = (patients.c.kanji, patients.c.kana, patients.c.patient_id, visits.c.number, letters.c.addressee,
                   letters.c.words)  # fmt: skip
        where.append(sa.or_(*(column.ilike(like, escape="\\") for column in columns for like in likes)))
    if since:
        where.append(visits.c.day >= since)
    if until:
        where.append(visits.c.day <= until)
    if visit:
        where.append(letters.c.visit == visit)
    query = (
        sa.select(
            letters.c.id, letters.c.visit, visits.c.day, visits.c.number, patients.c.patient_id, patients.c.kanji,
            patients.c.kana, letters.c.state, letters.c.addressee, letters.c.sent_day, letters.c.replies, letters.c.by,
            letters.c.at,
        )
        .join(visits, letters.c.visit == visits.c.id)
        .join(patients, visits.c.patient == patients.c.id)
        .where(*where)
        .order_by(letters.c.at.desc(), letters.c.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [
        FoundLetter(
            row.id, row.visit, row.day, row.number, row.patient_id, row.kanji, row.kana, row.state, row.addressee,
            row.sent_day, bool(row.replies), row.by, row.at,
        )
        for row in conn.execute(query)
    ]  # fmt: skip


# -- institutions --------------------------------------------------------------------------------------------------


def addressees_like(conn: sa.Connection, text: str = "", limit: int = 200) -> list[Addressee]:
    """Those whose name, kana, department or doctor contains every word of ``text`` (kana in any form), by kana."""
    words = [folded(word) for word in text.split()]
    rows = conn.execute(
        sa.select(addressees).where(addressees.c.removed == 0).order_by(addressees.c.kana, addressees.c.name)
    ).mappings()
    found = [
        Addressee(row["name"], row["kana"], row["department"], row["doctor"], row["phone"], bool(row["medical"]),
                  row["id"])
        for row in rows
    ]  # fmt: skip
    fitting = (
        each for each in found
        if all(any(word in folded(part) for part in (each.name, each.kana, each.department, each.doctor))
               for word in words)
    )  # fmt: skip
    return list(fitting)[:limit]


def write_addressee(conn: sa.Connection, addressee: Addressee, by: str) -> int:
    """Add it, or change the one with its ``id``; letters keep what they say. Returns its row."""
    values = {
        "name": addressee.name, "kana": full_kana(addressee.kana), "department": addressee.department,
        "doctor": addressee.doctor, "phone": addressee.phone, "medical": int(addressee.medical), "by": by,
        "at": now_text(),
    }  # fmt: skip
    if addressee.id:
        conn.execute(addressees.update().where(addressees.c.id == addressee.id).values(**values))
        return addressee.id
    return int(conn.execute(addressees.insert().values(**values)).inserted_primary_key[0])  # type: ignore[index]


def remove_addressee(conn: sa.Connection, addressee: int, by: str) -> None:
    """It is not offered any more."""
    conn.execute(
        addressees.update().where(addressees.c.id == addressee).values(removed=1, by=by, at=now_text())
    )  # fmt: skip
