"""C17: what is no picture, or too large a one, is refused; what is kept is proven by its hash ever after."""

from __future__ import annotations

import hashlib
from functools import cache
from io import BytesIO

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from kiosk.core.faults import Fault, Refused
from kiosk.flow.take_key_image import LARGEST, take_key_image
from kiosk.store import findings, visits
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.tables import key_images
from tests.store.samples import CHEST, row


@cache
def png() -> bytes:
    out = BytesIO()
    Image.effect_noise((64, 48), 40).save(out, "PNG")
    return out.getvalue()


def take(centre: Store, visit: int, picture: bytes) -> int:
    return take_key_image(
        centre,
        Actor("読影 一郎", "doctor", "読影PC"),
        visit=visit,
        sop_uid="1.2.3",
        frame=1,
        picture=picture,
        rendering={},
    )


@pytest.fixture
def visit(centre_on_sqlite: Store) -> int:
    with centre_on_sqlite.writing() as conn:
        return visits.take_visit(conn, row(1, exams=(CHEST,)), "list").visit


def tray(centre: Store, visit: int) -> int:
    with centre.reading() as conn:
        return len(findings.tray(conn, visit))


@pytest.mark.parametrize(
    ("picture", "why"),
    [
        (b"", "picture"),
        (bytes(LARGEST + 1), "size"),
        (bytes(200_000_000), "size"),
        (b"%PDF-1.7 no picture", "picture"),
        (png()[:-40] + png()[-12:], "picture"),
        (png().replace(b"IDAT", b"IDAX"), "picture"),
    ],
    ids=["nothing", "one byte too much", "200 MB", "another type", "a hole before the end", "no pixels"],
)
def test_what_is_no_picture_is_refused(centre_on_sqlite: Store, visit: int, picture: bytes, why: str) -> None:
    with pytest.raises(Refused) as told:
        take(centre_on_sqlite, visit, picture)
    assert told.value.reason == why and told.value.next_step.text
    assert tray(centre_on_sqlite, visit) == 0


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(33, len(png()) - 13), flip=st.integers(1, 255))
def test_a_damaged_picture_is_refused_or_kept_as_it_came(
    centre_on_sqlite: Store, visit: int, at: int, flip: int
) -> None:
    picture = bytearray(png())
    picture[at] ^= flip
    before = tray(centre_on_sqlite, visit)
    try:
        number = take(centre_on_sqlite, visit, bytes(picture))
    except Refused:
        assert tray(centre_on_sqlite, visit) == before
        return
    with centre_on_sqlite.reading() as conn:
        assert findings.key_image_bytes(conn, number) == bytes(picture)


def test_what_the_database_gives_back_is_proven_by_its_hash(centre_on_sqlite: Store, visit: int) -> None:
    picture = png()
    number = take(centre_on_sqlite, visit, picture)
    with centre_on_sqlite.writing() as conn:
        kept = conn.execute(sa.select(key_images.c.sha256)).scalar_one()
        assert kept == hashlib.sha256(picture).hexdigest()
        conn.execute(key_images.update().values(bytes=picture[:-1] + b"\0"))
    with centre_on_sqlite.reading() as conn:
        assert findings.damaged_key_images(conn) == [number]
        with pytest.raises(Fault, match="S310"):
            findings.key_image_bytes(conn, number)
