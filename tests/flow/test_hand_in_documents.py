"""Documents handed from a viewer to the gateway's inbox, stored by the gateway, shown and proven again."""

from __future__ import annotations

import threading
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.faults import Fault
from kiosk.flow.crew import Crew
from kiosk.flow.hand_in_documents import Given, hand_in
from kiosk.flow.show_documents import content, documents_of
from kiosk.paper.document_preview import document_png
from kiosk.store.engine import Store
from tests.flow.disks import Disks
from tests.flow.test_take_documents import PDF, Counter


def picture(kind: str) -> bytes:
    from PIL import Image

    made = BytesIO()
    Image.new("RGB", (400, 100), (10, 200, 30)).save(made, kind)
    return made.getvalue()


@pytest.fixture
def counter(tmp_path: Path, centre_on_sqlite: Store, local: Store, crew: Crew) -> Counter:
    return Counter(tmp_path, Disks(tmp_path / "disks", centre_on_sqlite, local, crew))


def test_files_are_stored_refused_or_wait_and_stay_where_they_are(counter: Counter, crew: Crew, tmp_path: Path) -> None:
    files = {"結果.pdf": PDF, "表.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "図.bmp": picture("BMP"),
             "偽.pdf": b"MZ", "動画.avi": b"RIFF"}  # fmt: skip
    paths = [tmp_path / name for name in files]
    for path in paths:
        path.write_bytes(files[path.name])
    given = [Given(path, "D1", "", "P00001", "", "20261124") for path in paths]
    over = threading.Event()

    def gateway(stop: threading.Event) -> None:
        while not stop.is_set() and not over.is_set():
            counter.look()
            stop.wait(0.05)

    crew.start("gateway", gateway)
    told: list[float] = []
    done = hand_in(counter.disks.centre, counter.disks.actor, counter.inbox, given, told.append, 20.0)
    over.set()
    assert (done.stored, done.waiting, [name for name, _ in done.refused]) == (3, 0, ["偽.pdf", "動画.avi"])
    assert [path.read_bytes() for path in paths] == list(files.values()), "the files themselves stay"
    stored = documents_of(counter.disks.centre, "P00001")
    assert sorted((each.title, each.kind) for each in stored) == [("図", "D1"), ("結果", "D1"), ("表", "D1")]
    bmp = next(each for each in stored if each.name.endswith(".bmp"))
    assert content(counter.disks.volumes, bmp) == files["図.bmp"]
    volume, relative = bmp.places[0]
    path = counter.disks[volume].file(relative)
    path.chmod(0o600)
    path.write_bytes(b"\0" * bmp.size)
    with pytest.raises(Fault, match="V622"):
        content(counter.disks.volumes, bmp)
    late = hand_in(counter.disks.centre, counter.disks.actor, counter.inbox, given[:1], told.append, 0.0)
    assert (late.stored, late.waiting) == (0, 1)
    assert counter.look() == 1 and len(documents_of(counter.disks.centre, "P00001")) == 3, "known by its bytes"


@pytest.mark.parametrize("kind", ["BMP", "JPEG", "PNG"])
def test_pictures_are_fitted_for_the_window(kind: str) -> None:
    from PIL import Image

    png, pages = document_png(picture(kind), 0, 200, 200)
    with Image.open(BytesIO(png)) as shown:
        assert (shown.size, pages) == ((200, 50), 1)
        red, green, blue = shown.getpixel((100, 25))  # type: ignore[misc]
        assert abs(red - 10) < 4 and abs(green - 200) < 4 and abs(blue - 30) < 4


def test_a_pdf_is_shown_page_by_page_and_nonsense_is_told() -> None:
    from reportlab.pdfgen.canvas import Canvas

    made = BytesIO()
    canvas: Any = Canvas(made)
    canvas.showPage()
    canvas.showPage()
    canvas.save()
    assert document_png(made.getvalue(), 1, 300, 300)[1] == 2
    for nonsense in (b"", b"BM", b"%PDF-1.7 broken"):
        with pytest.raises(Fault):
            document_png(nonsense, 0, 300, 300)
