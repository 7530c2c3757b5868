"""Encrypted connections: both sides show certificates, images go both ways, and each refusal says why (N22)."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.faults import Fault, LinkLost
from kiosk.core.words import say
from kiosk.dicom import tls
from kiosk.dicom.nodes import Node, Nodes
from kiosk.dicom.receive import StorageDoor
from kiosk.dicom.send import echo, send_files, who_listens
from kiosk.dicom.tls import Secure, TlsFiles
from kiosk.dicom.upper_layer import Listener
from tests.dicom.certificates import Issuer
from tests.dicom.peers import MemoryIntake, free_port, listening, run
from tests.dicom.query_peers import sample_studies
from tests.needs import needs, tool

pytestmark = needs("openssl")
GATEWAY = "gateway.invalid"
Wait = Callable[..., Any]


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    return Issuer(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def ours(issuer: Issuer) -> TlsFiles:
    return issuer.files(GATEWAY)


@pytest.fixture(scope="module")
def theirs(issuer: Issuer) -> TlsFiles:
    return issuer.files("cr1.invalid")


@pytest.fixture
def images(tmp_path: Path) -> list[Path]:
    return sample_studies(tmp_path)


class Told(list[tuple[str, str, str]]):
    """What a listener said of those it refused."""


@pytest.fixture(params=[True, False], ids=["quick", "plain"])
def door(request: pytest.FixtureRequest, ours: TlsFiles) -> Iterator[tuple[Listener, MemoryIntake, Told]]:
    """An encrypted door that knows CR1 by the name in its certificate."""
    intake, told = MemoryIntake(), Told()
    nodes = Nodes((Node("CR1", "127.0.0.1", secure=Secure(ours, "cr1.invalid")), Node("ANY", "127.0.0.1")))
    more = {"tls": ours.listening(), "on_refusal": lambda *why: told.append(why), "quick": request.param}
    with listening(StorageDoor(intake), nodes=nodes, **more) as listener:
        yield listener, intake, told


def gateway(door: Listener, files: TlsFiles, name: str = GATEWAY) -> Node:
    return Node("KIOSK", "127.0.0.1", door.port, "通信サーバ", secure=Secure(files, name))


def test_images_go_encrypted_both_ways(door: Any, theirs: TlsFiles, images: list[Path]) -> None:
    listener, intake, _ = door
    results = send_files("CR1", gateway(listener, theirs), images)
    assert [each.status for each in results] == [0] * 6 and len(intake.stored) == 6
    assert all(intake.stored[each.sop_uid][-200:] == each.path.read_bytes()[-200:] for each in results)
    assert echo("CR1", gateway(listener, theirs)) < 5000


@needs("storescu")
def test_storescu_sends_encrypted(door: Any, theirs: TlsFiles, images: list[Path], wait_until: Wait) -> None:
    listener, intake, _ = door
    program = tool("storescu")
    words = ["+tls", theirs.key, theirs.certificate, "+cf", theirs.trusted, "-aet", "CR1", "-aec", "KIOSK"]
    ended = run(program or "", *words, "127.0.0.1", str(listener.port), *images)
    assert ended.returncode == 0, ended.stderr
    assert len(intake.stored) == 6


@needs("storescp")
def test_storescp_takes_ours(
    ours: TlsFiles, theirs: TlsFiles, tmp_path: Path, images: list[Path], wait_until: Wait
) -> None:
    port, program = free_port(), tool("storescp")
    (tmp_path / "got").mkdir()
    words = ["+tls", theirs.key, theirs.certificate, "+cf", theirs.trusted, "-od", tmp_path / "got", port]
    peer = subprocess.Popen([str(each) for each in (program, *words)], stdout=subprocess.DEVNULL)
    node = Node("SCP", "127.0.0.1", port, "画像サーバ", secure=Secure(ours, "cr1.invalid"))
    try:
        wait_until(lambda: who_listens("127.0.0.1", port) != "nobody", 10)
        results = send_files("KIOSK", node, images)
        assert [each.status for each in results] == [0] * 6
        assert len(list((tmp_path / "got").iterdir())) == 6
    finally:
        peer.terminate()
        peer.wait(10)


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        ("expired", tls.REFUSED),
        ("of another issuer", tls.REFUSED),
        ("distrusts us", tls.UNKNOWN),
        ("expects another name", tls.OTHER_NAME),
    ],
)
def test_a_caller_hears_why_it_was_refused(
    door: Any, issuer: Issuer, theirs: TlsFiles, tmp_path: Path, who: str, reason: str
) -> None:
    listener, intake, told = door
    name, files = GATEWAY, theirs
    if who == "expired":
        files = issuer.files("cr1.invalid", expired=True)
    elif who == "of another issuer":
        files = Issuer(tmp_path, "stranger").files("cr1.invalid", trusted=issuer.certificate)
    elif who == "distrusts us":
        files = TlsFiles(theirs.certificate, theirs.key, Issuer(tmp_path, "stranger").certificate)
    else:
        name = "other.invalid"
    with pytest.raises(LinkLost) as why:
        echo("CR1", gateway(listener, files, name))
    assert why.value.sentence.text == tls.WORDS[reason]
    assert "通信サーバ" in say(why.value.sentence) and not intake.stored


def test_the_listener_says_whom_it_refused_and_why(
    ours: TlsFiles, issuer: Issuer, theirs: TlsFiles, tmp_path: Path, wait_until: Wait
) -> None:
    told = Told()
    nodes = Nodes((Node("CR1", "127.0.0.1", secure=Secure(ours, "cr1.invalid")),))
    more: dict[str, Any] = {"on_refusal": lambda *why: told.append(why)}
    with listening(nodes=nodes, tls=ours.listening(), **more) as safe, listening(nodes=nodes, **more) as plain:
        for files in (issuer.files("cr1.invalid", expired=True), issuer.files("us1.invalid")):
            with pytest.raises(LinkLost):
                echo("CR1", gateway(safe, files))
        with pytest.raises(LinkLost):  # plain to the encrypted port
            echo("CR1", Node("KIOSK", "127.0.0.1", safe.port))
        with pytest.raises(LinkLost):  # a node that is to come encrypted, in plain
            echo("CR1", Node("KIOSK", "127.0.0.1", plain.port))
        with pytest.raises(LinkLost) as why:  # encrypted to the plain port
            echo("CR1", gateway(plain, theirs))
        assert why.value.sentence.text == tls.WORDS[tls.PLAIN]
        expected = {("", tls.EXPIRED), ("CR1", tls.OTHER_NAME), ("", tls.PLAIN), ("CR1", tls.PLAIN), ("", "insecure")}
        wait_until(lambda: {(ae, reason) for ae, _, reason in told} == expected, what=str(told))
        assert {address for _, address, _ in told} == {"127.0.0.1"}


def test_old_encryption_is_refused(door: Any, theirs: TlsFiles) -> None:
    listener, _, told = door
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    context.load_cert_chain(theirs.certificate, theirs.key)
    with socket.create_connection(("127.0.0.1", listener.port), 5) as line, pytest.raises(OSError):
        context.wrap_socket(line)


@pytest.mark.parametrize("how", ["old", "silent"])
def test_a_server_of_old_encryption_or_none_is_named(ours: TlsFiles, theirs: TlsFiles, how: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    context.load_cert_chain(theirs.certificate, theirs.key)
    server, over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def serve() -> None:
        server.settimeout(0.05)
        while not over.is_set():
            with contextlib.suppress(OSError):
                line = server.accept()[0]
                with line:
                    line.settimeout(2)
                    if how == "old":
                        context.wrap_socket(line, server_side=True)
                    else:
                        line.recv(1)

    thread = threading.Thread(target=serve, name="old-server")
    thread.start()
    try:
        node = Node("QR", "127.0.0.1", server.getsockname()[1], "古いサーバ", secure=Secure(ours, "cr1.invalid"))
        with pytest.raises(LinkLost) as why:
            echo("KIOSK", node, answer_s=2.0)
        assert why.value.sentence.text == tls.WORDS[tls.OLD if how == "old" else tls.PLAIN]
    finally:
        over.set()
        thread.join(5)
        server.close()


def test_files_that_are_not_there_or_do_not_fit_are_named(ours: TlsFiles, theirs: TlsFiles, tmp_path: Path) -> None:
    for files, reference in (
        (TlsFiles(tmp_path / "no.pem", ours.key, ours.trusted), "L540"),
        (TlsFiles(ours.certificate, theirs.key, ours.trusted), "L541"),
        (TlsFiles(ours.certificate, ours.key, ours.key), "L541"),
    ):
        with pytest.raises(Fault) as why:
            files.listening()
        assert why.value.reference == reference


def test_names_in_a_certificate() -> None:
    shown = {
        "subject": ((("organizationName", "健診センター"),), (("commonName", "PACS.invalid"),)),
        "subjectAltName": (("DNS", "pacs2.invalid"), ("IP Address", "192.0.2.7"), ("email", "a@b.invalid")),
    }
    assert tls.names_in(shown) == {"pacs.invalid", "pacs2.invalid", "192.0.2.7"}
    assert tls.names_in({}) == set()
