"""The list of several stores: what another centre and a server have, one that is away, and opening."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.course import arrived_views
from kiosk.core.faults import Fault
from kiosk.modes.viewer.mode import MODE
from kiosk.modes.viewer.settings_stores import StoreSettings
from kiosk.store import audit, image_index
from kiosk.store.engine import Store, sqlite_url
from kiosk.store.opening import centre_store
from tests.dicom.query_peers import QueryServer, sample_studies, silent_server
from tests.modes.viewer.hands import press
from tests.modes.viewer.ward import Ward
from tests.needs import needs
from tests.store.samples import facts


@pytest.fixture
def neighbour(sqlite_templates: Path, tmp_path: Path) -> Iterator[Store]:
    """Another centre, which has a study of its own and one that lies here too."""
    folder = tmp_path / "neighbour"
    folder.mkdir()
    shutil.copy(sqlite_templates / "centre.sqlite", folder)
    store = centre_store(sqlite_url(folder / "centre.sqlite"), folder)
    for number, study_uid in ((1, "1.9.0"), (2, "1.8.8")):
        with store.writing() as conn:
            each = facts(f"1.7.{number}", study_uid=study_uid, series_uid=f"{study_uid}.1", patient_id=f"N{number}",
                         name=("MIHON JIRO", "見本 次郎", ""))  # fmt: skip
            image_index.index_image(conn, each, volume="MAG1", path=f"DICOM/{number}.dcm", size=1, sha256="0" * 64,
                                    arrived_views=arrived_views)  # fmt: skip
    yield store
    store.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[QueryServer]:
    made = QueryServer(tmp_path / "pacs", 1)
    made.take(*sample_studies(tmp_path))
    yield made
    made.close()


def cells(window: Any) -> dict[str, tuple[str, ...]]:
    table = window.list.table
    return {key: tuple(table.row(key).cells) for key in table.shown_keys}


@needs("dcmqrscp", "storescu")
def test_every_store_is_searched_and_one_that_is_away_keeps_nobody(
    open_ward: Callable[..., Ward], open_window: Callable[[Ward], Any], neighbour: Store, server: QueryServer,
    wait_until: Any, tmp_path: Path,
) -> None:  # fmt: skip
    with silent_server() as silent:
        ward = open_ward(
            stores=[
                StoreSettings("隣", url=neighbour.url, volumes={"MAG1": str(tmp_path / "neighbour")}),
                StoreSettings("PACS", address="127.0.0.1", port=server.port, ae_title="QR"),
                StoreSettings("黙る", address="127.0.0.1", port=silent, ae_title="MUTE"),
            ],
            search_within_s=2.0,
        )
        (ward.folder / "FETCHED" / "0").mkdir(parents=True)  # left by a program that was killed
        ward.study(pictures=1)  # its study lies at the neighbour too
        state = [(good, str(told)) for good, told, _ in MODE.check(ward.settings)]  # type: ignore[misc]
        assert [good for good, _ in state] == [True, True, False] and "黙る" in state[2][1]
        window = open_window(ward)
        wait_until(lambda: len(window.list.table) == 2, what="ours and the neighbour's")
        assert cells(window)["1.9.0"][-1] == "Here, 隣" and cells(window)["1.8.8"][-1] == "隣"
        window.list.search.set("みほん")
        ct = "1.2.392.200036.9999.2"
        wait_until(lambda: ct in cells(window), 15, "the server's answer")
        assert cells(window)[ct][1] == "見本 太郎" and cells(window)[ct][-1] == "PACS"
        assert "黙る: asking" in window.list.stores.cget("text")
        wait_until(lambda: "黙る: The answer" in window.list.stores.cget("text"), 15, "the deadline of the silent one")
        window.list.table.select(ct)
        press(window, "<F5>")
        wait_until(lambda: window.place == "pictures" and window.pictures.pane.ready and not window.opening.running, 30)
        assert len(window.pictures.pane.stack) == 4
        assert "kept here" in str(window.saving._choices()[0].why_not), "it would be a study of ours without pictures"
        with ward.station.centre.reading() as conn:
            assert [each.subject for each in audit.events(conn, action="study opened")] == [ct]
        fetched = ward.folder / "FETCHED"
        assert len(list(fetched.rglob("*.dcm"))) == 4 and not (fetched / "0").exists()
        ward.close()
        assert not fetched.exists(), "what was fetched to be looked at is gone at the end"


def test_columns_and_keys_are_those_of_the_settings(
    open_ward: Callable[..., Ward], open_window: Callable[[Ward], Any], wait_until: Any
) -> None:
    ward = open_ward(columns=["name", "kana", "day", "where"], buttons=["folder"])
    ward.study(pictures=1)
    window = open_window(ward)
    wait_until(lambda: len(window.list.table) == 1)
    assert list(window.list.table.tree.cget("columns")) == ["name", "kana", "day"], "no other store: not where"
    assert window.shell.key("F4").enabled
    with pytest.raises(KeyError):
        window.shell.key("F3")


def test_a_parameter_file_that_asks_for_what_is_not_there_is_told_so() -> None:
    from kiosk.flow.settings_file import WrongSettings, validated
    from kiosk.modes.viewer.mode import ViewerSettings

    wrong = {"pages": ["disk"], "columns": ["nmae"], "buttons": ["print"], "stores": [{"adress": "x"}]}
    with pytest.raises(WrongSettings) as told:
        validated({"modes": {"viewer": wrong}}, {"viewer": ViewerSettings})
    lines = [str(each) for each in told.value.wrong]
    assert len(lines) == 4 and all(word in " ".join(lines) for word in ("disk", "nmae", "print", "address"))


def test_a_store_without_a_way_to_it_is_named(open_ward: Callable[..., Ward]) -> None:
    with pytest.raises(Fault, match="V601"):
        open_ward(stores=[StoreSettings("隣", url="sqlite:////x", address="y")]).desk()
    with pytest.raises(Fault, match="V602"):
        open_ward(stores=[StoreSettings("隣", url="mysql://x")]).desk()
