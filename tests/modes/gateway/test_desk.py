"""The gateway at work without a window: what came, who asked, what was refused, matching by hand, the flat folder."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pydicom import dcmread

from kiosk.core.faults import LinkLost, Overtaken
from kiosk.core.words import say
from kiosk.dicom.ask_worklist import Asking
from kiosk.dicom.modality_simulator import Mistake
from kiosk.dicom.nodes import Node
from kiosk.dicom.send import echo, send_files
from kiosk.flow.check_store import check_store
from kiosk.flow.gateway_book import STATE
from kiosk.flow.settings_file import read_settings
from kiosk.flow.status import status
from kiosk.modes.gateway.mode import MODE, check, receiving
from kiosk.modes.gateway.settings import GatewaySettings, NodeSettings
from kiosk.modes.gateway.settings_fetch import SheetSettings
from kiosk.store import audit, visits
from kiosk.store.opening import station_store
from kiosk.store.tables import last_seen
from tests.dicom.peers import free_port
from tests.modes.gateway.site import PEOPLE, GatewaySite
from tests.waiting import wait_until

HOME = Path(__file__).resolve().parents[3]
Open = Callable[..., GatewaySite]


def test_an_image_finds_its_visit_and_is_shown(open_gateway: Open) -> None:
    site = open_gateway()
    visit = site.visit()
    assert all(sent.accepted for sent in site.examine())
    view = site.overview()
    [study] = view.today
    assert (study.visit_id, study.matched_by, study.instances) == (visit, "study_uid", 2)
    assert study.name[1] == "見本 太郎" and view.unmatched == ()
    newest, *others = wait_until(lambda: told if (told := site.overview().devices)[0].images else ())
    assert (newest.source, newest.images) == ("CR1", 2)
    assert others and not any(line.images or line.last_at for line in others), "those that never sent are listed too"
    with site.station.centre.reading() as conn:
        found = visits.visit_by_id(conn, visit)
    assert found is not None
    assert found.steps[0].missing == ()
    folder = site.folder / "data" / "MAG1" / "DICOM" / f"{date.today():%Y%m%d}" / "CR0001-00012345"
    assert len(list(folder.iterdir())) == 2
    assert [line for line in check_store(site.file) if not line.good] == []


def test_what_finds_no_visit_is_matched_by_hand(open_gateway: Open) -> None:
    site = open_gateway()
    visit, other = site.visit(0), site.visit(1)
    site.examine(0, mistake=Mistake.WRONG_ID)
    [(study, why)] = site.overview().unmatched
    assert why == "no_visit" and study.step_id is None
    candidates = site.desk.candidates(study).wait()
    assert {each.visit.id for each in candidates} == {visit, other}
    assert candidates[0].same_kind and candidates[0].step.exam.code == "CHEST"
    [chosen] = [each for each in candidates if each.visit.id == visit and each.step.exam.code == "CHEST"]
    assert chosen.differs == ("id",)
    site.desk.match(study, chosen).wait()
    view = site.overview()
    assert view.unmatched == () and view.today[0].matched_by == "hand"
    with site.station.centre.reading() as conn:
        found = visits.visit_by_id(conn, visit)
        [event] = audit.events(conn, action="images matched by hand")
        assert audit.verify(conn) == []
    assert found is not None and found.steps[0].images == 2 and found.steps[0].missing == ()
    assert event.patient.endswith(study.patient_id) and '"reason": "id"' in event.detail
    with pytest.raises(Overtaken):
        site.desk.match(study, chosen).wait()


def test_an_image_sent_twice_counts_once_and_another_under_its_uid_is_kept_aside(
    open_gateway: Open, tmp_path: Path
) -> None:
    site = open_gateway()
    site.visit()
    device = site.device()
    [row] = device.ask(Asking(modality="CR"))
    files = device.take(row, tmp_path)
    gateway = device.storage
    for _ in range(2):
        assert [each.status for each in send_files("CR1", gateway, files)] == [0, 0]
    ds = dcmread(files[0])
    ds.SeriesDescription = "something else"
    ds.save_as(files[0])
    assert [each.status for each in send_files("CR1", gateway, files[:1])] == [0x0111]
    assert site.overview().today[0].instances == 2
    assert len(list((site.folder / "data" / "MAG1" / "ASIDE").rglob("*.dcm"))) == 1
    assert [line for line in check_store(site.file) if not line.good] == []


def test_another_sender_of_the_same_image_is_no_contradiction(open_gateway: Open, tmp_path: Path) -> None:
    site = open_gateway()
    site.visit()
    device = site.device()
    files = device.take(device.ask(Asking(modality="CR"))[0], tmp_path)
    for ae_title in ("CR1", "DR1"):
        assert [each.status for each in send_files(ae_title, device.storage, files)] == [0, 0]
    assert site.overview().today[0].instances == 2


def test_who_asked_the_worklist_is_told(open_gateway: Open) -> None:
    site = open_gateway()
    for person in range(3):
        site.visit(person)
    device = site.device()
    assert len(device.ask(Asking(day=date.today(), modality="CR"))) == 3
    assert device.ask(Asking(patient_id="none")) == []
    newest, first = wait_until(
        lambda: (told := site.overview().queries) if len(site.overview().queries) == 2 else (), 10
    )
    assert (first.calling_ae, first.answers, set(first.downgraded)) == ("CR1", 3, {"00012346", "00012347"})
    assert newest.answers == 0 and newest.kept_out == {"PatientID": 6}
    with site.station.centre.reading() as conn:
        asked = wait_until(lambda: audit.events(conn, action="worklist asked"))
    assert {event.patient for event in asked} == {"", "none"}


def test_a_stranger_is_refused_and_told(open_gateway: Open) -> None:
    site = open_gateway()
    gateway = Node("KIOSK", "127.0.0.1", site.port)
    for _ in range(3):
        with pytest.raises(LinkLost):
            echo("STRANGER", gateway)
    [trouble] = wait_until(lambda: site.overview().troubles)
    assert "STRANGER at 127.0.0.1" in str(trouble.text)
    assert str(trouble.next_step)


def test_an_image_that_is_refused_is_told(open_gateway: Open, tmp_path: Path) -> None:
    site = open_gateway()
    site.visit()
    device = site.device()
    path = device.take(device.ask(Asking(modality="CR"))[0], tmp_path)[0]
    ds = dcmread(path)
    ds.StudyInstanceUID = "1.2.3"
    data = bytearray(path.read_bytes())
    at = data.index(b"ISO_IR 192")
    del data[at + 400 : at + 403]
    path.write_bytes(data)
    [sent] = send_files("CR1", device.storage, [path])
    assert not sent.accepted
    [trouble] = wait_until(lambda: site.overview().troubles)
    assert trouble.source == "CR1" and str(trouble.text)
    assert site.overview().today == ()


@pytest.mark.expects_errors
def test_a_receiver_that_dies_is_back_by_itself(open_gateway: Open) -> None:
    import os
    import signal
    import time

    site = open_gateway(child=("receive",))
    port = site.port
    os.kill(site.service.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    died = time.monotonic()
    wait_until(lambda: site.service.deaths == 1)
    back = wait_until(lambda: answers(site) if site._port() != port else 0, 20)
    assert back
    print(f"\nthe receiver was back {time.monotonic() - died:.1f} s after it was killed")


def answers(site: GatewaySite) -> float:
    try:
        return echo("CR1", Node("KIOSK", "127.0.0.1", site._port()))
    except LinkLost:
        return 0.0


def test_the_flat_layout_fills_the_viewer_folder_too(open_gateway: Open) -> None:
    site = open_gateway(layout="flat", viewer_folder="dcmimage")
    site.visit()
    site.examine()
    folder = site.folder / "data" / "dcmimage"
    names = wait_until(lambda: found if len(found := names_in(folder)) == 2 else [], 15, "both laid out")
    assert names == ["SC0001.dcm", "SC0002.dcm"]
    assert {dcmread(folder / name).PatientID for name in names} == {PEOPLE[0].patient_id}
    assert len(list((site.folder / "data" / "MAG1" / "DICOM").rglob("*.dcm"))) == 2


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("SC*.dcm")) if folder.is_dir() else []


def test_the_settings_of_nodes_become_profiles() -> None:
    file = read_settings(HOME / "settings" / "gateway.toml", {"gateway": MODE.settings})
    how = receiving(file.modes["gateway"])
    cr, us, es = how.nodes
    assert cr.profile is not None and cr.profile.charset.value == "ISO 2022 IR 13\\ISO 2022 IR 87"
    assert us.profile is not None and us.profile.layout.value == "half_kana"
    assert es.profile is None and es.station_ae == "ES1" and es.also == (("ES", ("XC",)),) and es.port == 104
    assert [good for good, _, _ in check(replace(file.modes["gateway"], port=0))] == [True, True]


@pytest.mark.parametrize(
    ("node", "word"),
    [
        (NodeSettings("CR1", charset="klingon"), "klingon"),
        (NodeSettings("CR1", names="backwards"), "backwards"),
        (NodeSettings("CR1", address="1.2.3"), "1.2.3"),
        (NodeSettings("CR1", also=["DX"]), "DX"),
    ],
)
def test_a_node_that_makes_no_sense_is_told(node: NodeSettings, word: str) -> None:
    [(good, sentence, next_step)] = check(GatewaySettings(port=0, nodes=[node]))
    assert not good and word in str(sentence) and str(next_step)


def test_a_gateway_that_nobody_may_call_is_told() -> None:
    assert [good for good, _, _ in check(GatewaySettings(port=0, nodes=[]))] == [True, False]


def test_whose_port_it_is(open_gateway: Open) -> None:
    def told(port: int) -> tuple[bool, str]:
        good, sentence, _ = next(iter(check(GatewaySettings(host="127.0.0.1", port=port))))
        return good, sentence.text

    assert told(free_port()) == (True, "Port {port} is free for the receiver")
    assert told(open_gateway().port) == (True, "Port {port}: a receiver answers")
    with socket.create_server(("127.0.0.1", 0)) as other:
        hang_up = threading.Thread(target=lambda: [other.accept()[0].close() for _ in range(3)], name="other program")
        hang_up.start()
        assert told(other.getsockname()[1]) == (False, "The port {port} is taken by another program.")
        hang_up.join()


@pytest.mark.expects_errors
def test_a_port_that_is_taken_is_in_the_log_and_tried_again(open_gateway: Open) -> None:
    first = open_gateway()
    second = open_gateway(port=first.port, child=("receive",))
    wait_until(lambda: second.service.deaths >= 1, 20)
    assert isinstance(second.overview().state.port, int)
    first.close()
    assert wait_until(second._port, 30)


def test_a_sheet_goes_to_the_printer_of_the_gateway(open_gateway: Open, tmp_path: Path) -> None:
    copy = tmp_path / "printed.pdf"
    words = (sys.executable, "-c", "import shutil, sys; shutil.copy(sys.argv[1], sys.argv[2])", "{file}", str(copy))
    desk = open_gateway(sheets=SheetSettings(print_command=words)).desk
    desk.morning.make("reconciliation").wait()
    desk.morning.print("reconciliation", date.today()).wait()
    wait_until(copy.exists, 10, "the printer has it")


def test_the_command_line_says_whether_the_gateway_runs(open_gateway: Open) -> None:
    site = open_gateway()
    site.visit()
    site.examine()
    wait_until(lambda: site.overview().state.taken == 2, 10)
    told = [say(each) for each in status(site.file)]
    assert any(f"Receiver KIOSK on port {site.port}: runs" in line and "2 images taken" in line for line in told), told
    site.close()  # its last word is of yesterday
    store = station_store(site.file.data)
    with store.writing() as conn:
        conn.execute(last_seen.update().where(last_seen.c.subject == STATE).values(at="2026-11-24T10:00:00+09:00"))
    store.close()
    told = [say(each) for each in status(site.file)]
    assert "Receiver KIOSK: does not run. What follows is as it was at 2026-11-24 10:00." in told
