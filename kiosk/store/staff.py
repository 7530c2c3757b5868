"""Staff: who may work here, with salted slow hashes of badge and PIN."""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from dataclasses import dataclass

import sqlalchemy as sa

from kiosk.store.engine import in_commit_order
from kiosk.store.tables import staff

ROLES = ("admin", "doctor", "nurse", "technician", "clerk")
TRIES = 5
LOCKED_S = 300.0
_SCRYPT = {"n": 2**14, "r": 8, "p": 1}  # about 50 ms and 16 MB a try


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    role: str
    active: bool
    has_badge: bool
    has_pin: bool = False


def hash_secret(secret: str) -> str:
    """``scrypt$salt$hash`` of a PIN or a badge code."""
    salt = new_salt()
    return f"scrypt${salt.hex()}${stretched(secret, salt)}"


def new_salt() -> bytes:
    """Another one each time: who has the same PIN has another hash."""
    return os.urandom(16)


def stretched(secret: str, salt: bytes) -> str:
    """The slow hash in hexadecimal digits."""
    return hashlib.scrypt(secret.encode(), salt=salt, **_SCRYPT).hex()


def fits(secret: str, kept: str) -> bool:
    if not secret or not kept:
        return False
    _, salt, wanted = kept.split("$")
    return hmac.compare_digest(stretched(secret, bytes.fromhex(salt)), wanted)


def badge_key(code: str) -> str:
    """What is kept of a badge barcode. A badge must be found without a name, so its hash carries no random salt;
    a badge is told from others by its code alone and opens nothing outside this centre.
    """
    return "sha256$" + hashlib.pbkdf2_hmac("sha256", code.encode(), b"kiosk badge", 200_000).hex()


def nobody_yet(conn: sa.Connection) -> bool:
    return conn.execute(sa.select(staff.c.id).limit(1)).first() is None


def people(conn: sa.Connection, *, active_only: bool = True, hold: bool = False) -> list[Person]:
    """By name. ``hold``: nobody else changes them until this transaction ends."""
    if hold:
        in_commit_order(conn)
    query = sa.select(staff).order_by(staff.c.name)
    if active_only:
        query = query.where(staff.c.active == 1)
    return [_person(row) for row in conn.execute(query).mappings()]


def _person(row: sa.RowMapping) -> Person:
    has_badge, has_pin = bool(row["badge_hash"]), bool(row["pin_hash"])
    return Person(row["id"], row["name"], row["role"], bool(row["active"]), has_badge, has_pin)


def add_person(conn: sa.Connection, *, name: str, role: str, pin: str = "", badge: str = "") -> Person:
    """A new person. The caller has checked the role, the name and the PIN."""
    done = conn.execute(
        staff.insert().values(
            name=name,
            role=role,
            pin_hash=hash_secret(pin) if pin else "",
            badge_hash=badge_key(badge) if badge else "",
        )
    )
    row = (
        conn.execute(
            sa.select(staff).where(staff.c.id == done.inserted_primary_key[0])  # type: ignore[index]
        )
        .mappings()
        .one()
    )
    return _person(row)


def change_person(
    conn: sa.Connection,
    person: int,
    *,
    role: str | None = None,
    pin: str | None = None,
    badge: str | None = None,
    active: bool | None = None,
) -> None:
    """Change what is given; None leaves a thing as it is."""
    values: dict[str, object] = {}
    if role is not None:
        values["role"] = role
    if pin is not None:
        values.update(pin_hash=hash_secret(pin), failed=0, locked_until=0)
    if badge is not None:
        values["badge_hash"] = badge_key(badge) if badge else ""
    if active is not None:
        values["active"] = int(active)
    if values:
        conn.execute(staff.update().where(staff.c.id == person).values(**values))


def by_badge(conn: sa.Connection, badge: str) -> Person | None:
    row = (
        conn.execute(sa.select(staff).where(staff.c.badge_hash == badge_key(badge), staff.c.active == 1))
        .mappings()
        .first()
    )
    return _person(row) if row else None


def badge_holder(conn: sa.Connection, badge: str) -> Person | None:
    """Whose badge it is, also of people who no longer work here."""
    row = conn.execute(sa.select(staff).where(staff.c.badge_hash == badge_key(badge))).mappings().first()
    return _person(row) if row else None


@dataclass(frozen=True)
class Tried:
    """Outcome of a PIN: the person, or None with the seconds the account stays locked (0 = may try again)."""

    person: Person | None
    locked_s: float = 0.0


def by_pin(conn: sa.Connection, name: str, pin: str) -> Tried:
    """Check a PIN; five wrong ones lock the account for five minutes (the lock itself is kept in the store)."""
    row = conn.execute(sa.select(staff).where(staff.c.name == name, staff.c.active == 1)).mappings().first()
    if row is None:
        hash_secret(pin)  # a wrong name takes as long as a wrong PIN
        return Tried(None)
    left = row["locked_until"] - time.time()
    if left > 0:
        return Tried(None, left)
    if fits(pin, row["pin_hash"]):
        conn.execute(staff.update().where(staff.c.id == row["id"]).values(failed=0, locked_until=0))
        return Tried(_person(row))
    failed = row["failed"] + 1
    locked = LOCKED_S if failed >= TRIES else 0.0
    conn.execute(
        staff.update()
        .where(staff.c.id == row["id"])
        .values(failed=0 if locked else failed, locked_until=time.time() + locked if locked else 0)
    )
    return Tried(None, locked)
