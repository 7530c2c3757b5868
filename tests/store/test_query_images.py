"""Image queries as SQL, on both databases: wildcards, quotes, ranges, counts, caps, copies."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.core.faults import Refused
from kiosk.core.image_query import FIELDS, ImageQuery, OneOf, match_for
from kiosk.store import image_index, query_images
from kiosk.store.engine import Store
from kiosk.store.gateway_tables import copies
from kiosk.store.opening import centre_store
from tests.store.samples import facts


def index(store: Store, **changes: Any) -> None:
    told = facts(**changes)
    with store.writing() as conn:
        image_index.index_image(
            conn, told, volume="MAG1", path=f"DICOM/{told.sop_uid}", size=1, sha256="0", arrived_views=lambda *_: ()
        )


@pytest.fixture
def store(centre: Store) -> Store:
    """Two people: a chest picture in the name of 100%_SURE, a CT of two series of whom nothing is sure."""
    index(
        centre,
        sop_uid="1.1",
        study_uid="1",
        series_uid="1.0",
        patient_id="100%_SURE",
        name=("MIHON TARO", "見本 太郎", "ミホン タロウ"),
    )
    for at in range(3):
        index(
            centre, sop_uid=f"2.{at}", study_uid="2", series_uid=f"2.0.{at % 2}", series_number=at % 2, modality="CT",
            patient_id="P2", name=("O'HARA JO", "", ""), study_date="20261201", study_time="093000.5",
            instance_number=at,
        )  # fmt: skip
    return centre


def ask(
    store: Store, level: str, at_most: int = 100, wanted: tuple[str, ...] = (), **keys: str
) -> list[dict[str, Any]]:
    matches = {name: match for name, text in keys.items() if (match := match_for(name, text)) is not None}
    query = ImageQuery(level, matches, frozenset(wanted))
    with store.reading() as conn:
        found = query_images.matching(conn, query, at_most=at_most)
        return query_images.told(conn, query, found, away={"MAG1"}, here={"MAG2"})


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ({}, {"1", "2"}), ({"patient_id": "100%_SURE"}, {"1"}), ({"patient_id": "100%*"}, {"1"}),
        ({"patient_id": "%"}, set()), ({"patient_id": "____"}, set()), ({"patient_id": "P?"}, {"2"}),
        ({"patient_id": "*SURE"}, {"1"}), ({"patient_id": "P2\\100%_SURE"}, {"1", "2"}),
        ({"name": "O'HARA*"}, {"2"}), ({"name": "mihon^*"}, {"1"}), ({"name": "=見本*"}, {"1"}),
        ({"name": "ﾐﾎﾝ*"}, {"1"}),
        ({"study_date": "20261201"}, {"2"}), ({"study_date": "-20261130"}, {"1"}),
        ({"study_date": "20261201-20261101"}, set()),
        ({"study_time": "0930"}, {"2"}), ({"study_time": "093000-093000"}, {"2"}), ({"modalities": "CT"}, {"2"}),
        ({"modalities": "C%"}, set()), ({"modalities": "C*"}, {"1", "2"}), ({"study_uid": "1\\2\\3"}, {"1", "2"}),
    ],
)  # fmt: skip
def test_studies_match(keys: dict[str, str], found: set[str], store: Store) -> None:
    assert {row["study_uid"] for row in ask(store, "study", **keys)} == found


def test_what_is_counted(store: Store) -> None:
    wanted = ("study_series", "study_instances", "series_instances", "patient_studies", "patient_instances",
              "patient_series", "sop_classes")  # fmt: skip
    (study,) = ask(store, "study", wanted=wanted, study_uid="2")
    assert (study["study_series"], study["study_instances"]) == (2, 3)
    assert study["sop_classes"] == "1.2.840.10008.5.1.4.1.1.1"
    patients = {row["patient_id"]: row for row in ask(store, "patient", wanted=wanted[:-1])}
    assert (patients["P2"]["patient_studies"], patients["P2"]["patient_instances"]) == (1, 3)
    assert patients["P2"]["patient_series"] == 2
    series = ask(store, "series", wanted=("series_instances",), study_uid="2")
    assert [row["series_instances"] for row in series] == [2, 1]
    images = ask(store, "image", study_uid="2", series_uid="2.0.0")
    assert [row["sop_uid"] for row in images] == ["2.0", "2.2"]


def test_no_more_than_were_asked_for_newest_study_first(store: Store) -> None:
    assert [row["study_uid"] for row in ask(store, "study", at_most=1)] == ["2"]


def test_an_image_is_near_until_a_copy_can_be_reached(store: Store) -> None:
    (study,) = ask(store, "study", wanted=("near",), study_uid="1")
    assert study["near"]
    with store.writing() as conn:
        instance = query_images.matching(
            conn, ImageQuery("image", {"sop_uid": match_for("sop_uid", "1.1")}), at_most=1
        )[0]  # type: ignore[dict-item]
        conn.execute(copies.insert().values(instance=instance, volume="MAG2", path="x/1", state="good"))
    for level in ("study", "series", "image"):
        (row,) = ask(store, level, wanted=("near",), study_uid="1")
        assert not row["near"], level
    with store.reading() as conn:
        (place,) = query_images.places(conn, [instance])
    assert place.places == (("MAG1", "DICOM/1.1"), ("MAG2", "x/1"))


@pytest.fixture(scope="module")
def lasting(sqlite_templates: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    import shutil

    folder = tmp_path_factory.mktemp("fuzz")
    shutil.copy(sqlite_templates / "centre.sqlite", folder)
    store = centre_store("", folder)
    index(store, sop_uid="1.1", study_uid="1", series_uid="1.0", patient_id="P1", name=("A B", "", ""))
    yield store
    store.close()


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(sorted(FIELDS)),
    text=st.text(alphabet=st.sampled_from(list("*?%_'\";\\=-^[]() 0129.ABあ髙")), max_size=24),
    level=st.sampled_from(["patient", "study", "series", "image"]),
)
def test_no_key_breaks_the_query(lasting: Store, name: str, text: str, level: str) -> None:
    """N21: whatever stands in a key, it is a value: rows come, or it is refused in words."""
    if level in ("patient", "study") and FIELDS[name][0] in ("series", "image"):
        return
    if level == "series" and FIELDS[name][0] == "image":
        return
    try:
        assert len(ask(lasting, level, **{name: text})) <= 1
    except Refused:
        assert FIELDS[name][1] in ("date", "time")


def test_a_hundred_thousand_hits_are_capped_before_they_are_read(lasting: Store, soak: float) -> None:
    """N21: the keys alone are read, no more than were asked for; the rows come in pieces."""
    from kiosk.store.tables import studies

    many = int(100_000 * soak)
    row = {"patient_id": "MANY", "received_at": "2026-11-24T00:00:00+09:00", "study_date": "20261124"}
    with lasting.writing() as conn:
        conn.execute(studies.insert(), [{**row, "study_uid": f"9.{number}"} for number in range(many)])
    query = ImageQuery("study", {"patient_id": OneOf(("MANY",))})
    with lasting.reading() as conn:
        assert len(query_images.matching(conn, query, at_most=2001)) == 2001
        assert len(query_images.matching(conn, query, at_most=many + 1)) == many
