"""Images under the hospital's ID: a dry run first, only who is proven by four fields, whole files in the folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom import dcmread

from kiosk.core.faults import Fault
from kiosk.flow.answers import Stopped
from kiosk.flow.convert_ids import Between, ConvertIds
from kiosk.flow.crew import Crew
from kiosk.store import audit, id_map
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from tests.flow.correction_site import Site

TABLE = """健診ID,病院ID,カナ,生年月日,性別
P00001,H000777,ﾐﾎﾝ ﾀﾛｳ,1971/4/2,1
P00002,H000888,タカハシ ハナコ,1980/1/31,2
P00009,H000999,ナナシ,1990/1/1,1
""".encode("cp932")


@pytest.fixture
def site(tmp_path: Path, centre_on_sqlite: Store, crew: Crew) -> Site:
    made = Site(tmp_path, crew=crew, centre=centre_on_sqlite)
    made.fill()
    return made


@pytest.fixture
def ids(site: Site) -> ConvertIds:
    return ConvertIds(
        site.centre, site.volumes.path_of, site.folder / "OUT", Between("", "HOSPITAL"),
        lambda: Actor("事務 花子", "clerk", "診断PC"),
    )  # fmt: skip


def written(site: Site) -> list[Path]:
    return sorted(path for path in (site.folder / "OUT").rglob("*") if path.is_file())


def test_a_dry_run_says_who_is_believed_and_writes_nothing(site: Site, ids: ConvertIds) -> None:
    first, second, third = ids.dry_run(TABLE)
    assert first.verdict.fits and (first.images, first.done, first.name) == (2, 0, "見本 太郎")
    assert second.verdict.differs == ("birth_date",) and second.studies == ()
    assert third.verdict.why
    assert not (site.folder / "OUT").exists()
    with site.centre.reading() as conn:
        assert id_map.others(conn, "", "HOSPITAL") == {}


def test_copies_bear_the_hospitals_id_and_the_originals_stay(site: Site, ids: ConvertIds) -> None:
    before, seen = site.files(), site.seen()
    parts: list[float] = []
    assert ids.convert(ids.dry_run(TABLE), parts.append) == 2
    assert (site.files(), site.seen()) == (before, seen) and parts[-1] == 1.0
    files = written(site)
    assert len(files) == 2 and all(path.parent.name == "H000777" for path in files)
    olds = {dcmread(site.folder / f"sent-{n}.dcm").SOPInstanceUID for n in (1, 2)}
    for path in files:
        ds = dcmread(path)
        assert (ds.PatientID, ds.IssuerOfPatientID) == ("H000777", "HOSPITAL") and "見本" in str(ds.PatientName)
        was = ds.OriginalAttributesSequence[0].ModifiedAttributesSequence[0]
        assert was.PatientID == "P00001" and was.SOPInstanceUID in olds and ds.SOPInstanceUID not in olds
    with site.centre.reading() as conn:
        assert id_map.others(conn, "", "HOSPITAL") == {"P00001": "H000777"}
        assert [each.action for each in audit.every_event(conn)][-2:] == ["IDs mapped", "IDs converted"]
    lines = ids.dry_run(TABLE)
    assert lines[0].done == 1 and ids.convert(lines) == 0, "nothing goes twice"
    assert written(site) == files


def test_cut_off_it_goes_on_with_the_same_images(site: Site, ids: ConvertIds) -> None:
    def cut(part: float) -> None:
        if part > 0:
            raise Stopped

    with pytest.raises(Stopped):
        ids.convert(ids.dry_run(TABLE), cut)
    [first] = written(site)
    assert ids.convert(ids.dry_run(TABLE)) == 2
    assert first in written(site) and len(written(site)) == 2


def test_only_listed_folders(site: Site, ids: ConvertIds) -> None:
    folder = "20261124\\CR0001-P00001"
    assert ids.dry_run(TABLE, f"\\\\SERVER\\DICOM\\{folder},{folder},MAG1\r\n")[0].images == 2
    assert ids.dry_run(TABLE, "\\\\SERVER\\DICOM\\20261124\\CR0009-P00001\r\n")[0].images == 0


def test_a_table_without_headings_and_a_damaged_image_are_told(site: Site, ids: ConvertIds) -> None:
    with pytest.raises(Fault, match="K341"):
        ids.dry_run(b"P00001,H000777\r\n")
    path = site.volume.file(next(each for each in site.files() if each.startswith("DICOM")))
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(Fault, match="K342"):
        ids.convert(ids.dry_run(TABLE))
