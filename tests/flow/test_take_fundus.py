"""Pictures find their examinee for certain or wait; only whole pictures come in (S32, F1 to F4)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kiosk.core.faults import Refused
from kiosk.core.patient import Patient
from kiosk.core.visit import VisitKey
from kiosk.devices.inbox.arrived import Arrivals
from kiosk.dicom.sample_pictures import picture
from kiosk.flow import check_pictures
from kiosk.flow.check_pictures import CheckPictures
from kiosk.flow.choose_examinee import ChooseExaminee
from kiosk.flow.take_fundus import TakeFundus, Told
from kiosk.store import visits
from kiosk.store.engine import Store
from kiosk.store.spool import Spool
from kiosk.store.visits import VisitRow
from tests.store.samples import FUNDUS, jpeg_bytes

NAMES = [r"(?P<pid>P\d{5})_(?P<eye>R|L)", r"(?P<number>\d{4})-(?P<eye>[12])"]
TARO = Patient("", "P00001", "見本 太郎", "ミホン タロウ", "", "M", date(1971, 4, 2))
HANAKO = Patient("", "P00002", "髙橋 花子", "タカハシ ハナコ", "", "F", date(1980, 12, 31))



def fundus(eye: str = "R", seed: int = 1) -> bytes:
    found = picture("OP", {"ImageLaterality": eye}, seed)
    assert isinstance(found, bytes)
    return found


def with_time(data: bytes, when: datetime) -> bytes:
    made = BytesIO()
    image = Image.open(BytesIO(data))
    exif = image.getexif()
    exif.get_ifd(0x8769)[0x9003] = f"{when:%Y:%m:%d %H:%M:%S}"
    image.save(made, "JPEG", exif=exif, quality=95)
    return made.getvalue()


class Site:
    def __init__(self, folder: Path, centre: Store, own: Store, check: CheckPictures, ways: Any = None) -> None:
        self.centre = centre
        self.arrivals = Arrivals(folder / "ARRIVED")
        self.arrivals.prepare()
        self.told: list[Told] = []
        self.spool = Spool(own, folder / "PICTURES", "op1", "fundus")
        self.people = ChooseExaminee(centre, own, "0001", "OP", place="fundus")
        more = {"ways": ways} if ways else {}
        self.fundus = TakeFundus(
            self.spool, self.arrivals, check, lambda: self.people, self.told.append, patterns=NAMES, **more
        )  # fmt: skip

    def visit(self, patient: Patient, number: str) -> None:
        with self.centre.writing() as conn:
            key = VisitKey("0001", date.today(), number)
            visits.take_visit(conn, VisitRow(key, patient, "09:00", exams=(FUNDUS,)), "list")

    def arrive(self, name: str, data: bytes) -> Told:
        path = self.arrivals.new_path()
        path.write_bytes(data)
        self.arrivals.tell(path, name, "camera")
        self.arrivals.settle(path)
        assert self.fundus.look() == 1 and self.arrivals.look() == []
        return self.told[-1]

    def open(self, number: str) -> Any:
        [listed] = [each for each in self.people.day(date.today()) if each.number == number]
        return self.fundus.open(listed.row, listed.number, "佐藤")

    def owner(self, told: Told) -> str:
        assert told.picture is not None
        row = self.spool.set_of(told.picture.set).row
        return row.patient.patient_id if row is not None else ""


@pytest.fixture(scope="module")
def check() -> Iterator[CheckPictures]:
    made = CheckPictures()
    made.child.start()  # for all tests of this module
    yield made
    made.close()


@pytest.fixture
def site(tmp_path: Path, centre_on_sqlite: Store, local: Store, check: CheckPictures) -> Site:
    made = Site(tmp_path, centre_on_sqlite, local, check)
    made.visit(TARO, "1001")
    made.visit(HANAKO, "1002")
    return made


def test_to_the_examinee_who_is_open(site: Site) -> None:
    taken = site.open("1001")
    told = site.arrive("IMG_1.JPG", fundus("L"))
    assert told.what == "came" and site.owner(told) == "P00001" and told.picture is not None
    assert told.picture.eye == "" and told.picture.facts["suggested"] == "L"  # only suggested
    assert site.spool.path_of(told.picture).read_bytes() == fundus("L")
    with pytest.raises(Refused) as why:
        site.fundus.finish()
    assert why.value.reference == "K450"
    site.spool.mark(taken.id, 1, eye="L")
    site.fundus.finish()
    assert site.spool.waiting() == {taken.id: ""} and site.fundus.taken is None


def test_a_name_that_names_somebody_decides_whoever_is_open(site: Site) -> None:
    site.open("1001")
    told = site.arrive("P00002_R_01.jpg", fundus())
    assert (told.what, site.owner(told)) == ("came", "P00002") and told.picture is not None and told.picture.eye == "R"
    again = site.arrive("x/1002-2.jpg", fundus("L", 2))
    assert site.owner(again) == "P00002" and again.picture is not None and again.picture.set == told.picture.set
    assert again.picture.eye == "L"
    assert site.open("1002").id == told.picture.set  # opened at the window, it is gone on with


def test_a_name_of_nobody_waits_and_is_never_the_open_examinees(site: Site) -> None:
    site.open("1001")
    first = site.arrive("P00009_R.jpg", fundus())
    second = site.arrive("P00009_L.jpg", fundus("L"))
    assert first.what == second.what == "nobody" and site.owner(first) == "" and first.why is not None
    assert first.picture is not None and second.picture is not None and first.picture.set == second.picture.set
    waiting = site.spool.set_of(first.picture.set)
    assert waiting.number == "P00009"  # what was told of it


def test_a_patient_id_is_never_taken_for_a_check_up_number(site: Site) -> None:
    site.visit(Patient("", "P00003", "別人", "", "", "M", date(1990, 1, 1)), "P00004")
    told = site.arrive("P00004_R.jpg", fundus())
    assert told.what == "nobody"


def test_nobody_open_and_no_name_waits_alone(site: Site) -> None:
    first, second = site.arrive("a.jpg", fundus("R", 3)), site.arrive("b.jpg", fundus("R", 4))
    assert first.what == second.what == "nobody"
    assert first.picture is not None and second.picture is not None and first.picture.set != second.picture.set


def test_by_the_time_it_was_taken(tmp_path: Path, centre_on_sqlite: Store, local: Store, check: CheckPictures) -> None:
    site = Site(tmp_path, centre_on_sqlite, local, check, ways=["time"])
    site.visit(TARO, "1001")
    site.visit(HANAKO, "1002")
    start = datetime.now()
    site.spool._clock = lambda: start
    site.open("1001")
    site.spool._clock = lambda: start + timedelta(minutes=10)
    site.open("1002")
    for minutes, owner in ((5, "P00001"), (12, "P00002"), (-5, "")):
        told = site.arrive(f"{minutes}.jpg", with_time(fundus("R", minutes + 60), start + timedelta(minutes=minutes)))
        assert site.owner(told) == owner, minutes
    assert site.owner(site.arrive("no time.jpg", fundus("L", 90))) == ""


def test_the_same_picture_again_is_not_taken_twice(site: Site) -> None:
    site.open("1001")
    site.arrive("a.jpg", fundus())
    assert site.arrive("b.jpg", fundus()).what == "known"
    assert len(site.spool.pictures(site.fundus.taken.id)) == 1  # type: ignore[union-attr]


@pytest.fixture
def own_check() -> Iterator[CheckPictures]:
    """One whose child is ended by the test."""
    made = CheckPictures()
    yield made
    made.close()


def large() -> bytes:
    made = BytesIO()
    Image.effect_noise((5000, 5000), 90).convert("RGB").save(made, "JPEG", progressive=True, quality=95)
    return made.getvalue()


def bomb(width: int, height: int) -> bytes:
    data = bytearray(jpeg_bytes(1))
    struct.pack_into(">HH", data, data.index(b"\xff\xc0") + 5, height, width)
    return bytes(data)


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("cut", fundus()[:-900]), ("empty", b""), ("not_jpeg", b"PK\x03\x04" + bytes(90)),
        ("more", fundus() + b"PK\x03\x04" + bytes(9000)), ("too_large", bomb(60000, 60000)),
        ("damaged", bomb(7000, 7000)), ("damaged", fundus()[: len(fundus()) // 2] + b"\xff\xd9"),
    ],
)  # fmt: skip
def test_what_is_no_whole_picture_goes_aside_with_the_reason(site: Site, what: str, data: bytes) -> None:
    site.open("1001")
    told = site.arrive("眼底.jpg", data)
    assert told.what == "aside" and told.why is not None and told.picture is None
    [aside] = site.arrivals.asides()
    assert aside["name"] == "眼底.jpg" and aside["why"].startswith(f"{what}:")
    assert not site.spool.pictures(site.fundus.taken.id)  # type: ignore[union-attr]
    [kept] = list((site.arrivals.folder / "ASIDE").rglob("*.aside"))
    assert kept.read_bytes() == data


def test_a_picture_that_swells_ends_the_child_and_not_us(site: Site, own_check: CheckPictures) -> None:
    site.fundus._check = own_check
    own_check.child._memory, most = 130 << 20, own_check.child._memory
    assert site.arrive("swells.jpg", large()).what == "aside"
    own_check.child._memory = most
    assert site.arrivals.asides()[0]["why"].startswith("memory:")
    site.open("1001")
    assert site.arrive("after.jpg", fundus()).what == "came"


def test_one_that_never_ends_decoding(
    site: Site, own_check: CheckPictures, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    site.fundus._check = own_check
    monkeypatch.setattr(check_pictures, "DECODE_S", 0.0)
    assert site.arrive("slow.jpg", large()).what == "aside"
    assert site.arrivals.asides()[0]["why"].startswith("deadline:")


def test_what_arrived_before_a_restart_is_taken_after_it(site: Site, tmp_path: Path) -> None:
    path = site.arrivals.new_path()
    path.write_bytes(fundus())
    site.arrivals.tell(path, "P00002_R.jpg", "camera")
    site.arrivals.settle(path)
    Arrivals(site.arrivals.folder).prepare()
    assert site.fundus.look() == 1 and site.told[-1].what == "came"


def test_taken_and_not_yet_put_away_when_the_power_failed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    site.open("1001")

    def fail(arrived: object) -> None:
        raise OSError("the power failed")

    monkeypatch.setattr(site.arrivals, "put_away", fail)
    path = site.arrivals.new_path()
    path.write_bytes(fundus())
    site.arrivals.tell(path, "a.jpg", "camera")
    site.arrivals.settle(path)
    with pytest.raises(OSError):
        site.fundus.look()
    monkeypatch.undo()
    site.fundus.look()
    assert [each.what for each in site.told] == ["came", "known"] and site.arrivals.look() == []


def test_real_fundus_picture(site: Site, shared_data: Path) -> None:
    site.open("1001")
    told = site.arrive("retina.jpg", (shared_data / "images" / "fundus" / "retina.jpg").read_bytes())
    assert told.picture is not None and told.picture.facts["suggested"] == "L"


def test_suggestions_on_drawn_pictures(site: Site) -> None:
    found: Callable[[str, int], Any] = lambda eye, seed: site.arrive(f"{eye}{seed}.jpg", fundus(eye, seed))  # noqa: E731
    for eye in "RL":
        for seed in range(20, 24):
            assert found(eye, seed).picture.facts["suggested"] == eye
    assert site.arrive("grey.jpg", jpeg_bytes(1)).picture.facts["suggested"] == ""  # type: ignore[union-attr]
