"""Films are whole or not there; their pace is that of the pictures; nothing leaves without its audit row."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from kiosk.core.avi import pace
from kiosk.core.faults import Fault, LinkLost, Refused
from kiosk.flow.answers import Stopped
from kiosk.flow.save_pictures import Exported, SavePictures
from kiosk.store import audit
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from tests.dicom.test_pixels import write

WHAT = Exported("0001|P1", "1.2.3", "AVI")


def pictures(count: int) -> Iterator[tuple[bytes, int, int]]:
    for number in range(count):
        made = BytesIO()
        Image.new("RGB", (32, 16), (number * 20, 0, 0)).save(made, "JPEG")
        yield made.getvalue() + b"\0" * (number % 2), 32, 16


def test_the_places_in_the_index_are_those_of_the_pictures(centre_on_sqlite: Store, tmp_path: Path) -> None:
    save = SavePictures(centre_on_sqlite, lambda: Actor("見本 次郎"))
    path = tmp_path / "film.avi"
    assert save.film(path, pictures(4), [1, 3, 1, 1], 40_000, WHAT, lambda part: None) == 6
    data = path.read_bytes()
    assert struct.unpack("<L", data[4:8])[0] == len(data) - 8
    movi, index = data.index(b"movi"), data.index(b"idx1")
    assert struct.unpack("<L", data[index + 4 : index + 8])[0] == 6 * 16 == len(data) - index - 8
    for number in range(6):
        name, _, at, size = struct.unpack_from("<4sLLL", data, index + 8 + 16 * number)
        assert data[movi + at : movi + at + 4] == name == b"00dc"
        assert struct.unpack_from("<L", data, movi + at + 4)[0] == size
        assert data[movi + at + 8 :].startswith(b"\xff\xd8")


def test_a_stopped_film_and_one_that_cannot_be_written_down_leave_nothing(
    centre_on_sqlite: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = SavePictures(centre_on_sqlite, Actor)
    path = tmp_path / "out" / "film.avi"

    def told(part: float) -> None:
        if part > 0.5:
            raise Stopped

    with pytest.raises(Stopped):
        save.film(path, pictures(4), [1] * 4, 40_000, WHAT, told)
    monkeypatch.setattr(audit, "write", lambda *args, **more: (_ for _ in ()).throw(LinkLost("centre")))
    with pytest.raises(LinkLost):
        save.picture(path, lambda: b"picture", WHAT)
    assert list(path.parent.iterdir()) == []
    monkeypatch.undo()
    with pytest.raises(Fault, match="written"):
        save.picture(tmp_path / ("n" * 300 + ".jpg"), lambda: b"picture", WHAT)


@pytest.mark.parametrize(("said", "certain"), [("NO", True), (None, False), ("YES", None)])
def test_what_has_words_burned_in_does_not_leave_as_nameless(
    centre_on_sqlite: Store, tmp_path: Path, said: str | None, certain: bool | None
) -> None:
    header = write(tmp_path / "header.dcm", bytes(16), BurnedInAnnotation=said)
    save, path = SavePictures(centre_on_sqlite, Actor), tmp_path / "nameless.jpg"
    if certain is None:
        with pytest.raises(Refused, match="burned"):
            save.picture(path, lambda: b"picture", WHAT, header)
    else:
        assert save.picture(path, lambda: b"picture", WHAT, header) is certain
    assert path.exists() is (certain is not None)


def test_the_pace_of_a_film() -> None:
    assert pace((), 3, 100.0) == (100_000, [1, 1, 1])
    assert pace((40.0,), 2, 100.0) == (40_000, [1, 1])
    assert pace((33.0, 34.0, 33.0), 3, 100.0)[1] == [1, 1, 1]
    assert pace((40.0, 400.0, 0.0), 3, 100.0) == (40_000, [1, 10, 1])
