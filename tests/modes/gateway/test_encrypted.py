"""A gateway that is told to take and to send encrypted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.faults import Fault, LinkLost
from kiosk.core.words import say
from kiosk.dicom import tls
from kiosk.dicom.nodes import Node
from kiosk.dicom.receive import StorageDoor
from kiosk.dicom.send import echo, send_files
from kiosk.dicom.tls import Secure
from kiosk.modes.gateway.desk_send import sending
from kiosk.modes.gateway.mode import send
from kiosk.modes.gateway.settings import GatewaySettings, NodeSettings
from kiosk.modes.gateway.settings_send import DestinationSettings, SendSettings
from kiosk.modes.gateway.settings_tls import TlsSettings
from tests.dicom.certificates import Issuer
from tests.dicom.peers import MemoryIntake, free_port, listening
from tests.dicom.query_peers import sample_studies
from tests.modes.gateway.site import GatewaySite
from tests.needs import needs

Wait = Callable[..., Any]


@needs("openssl")
def test_images_come_and_go_encrypted(
    open_gateway: Callable[..., GatewaySite], tmp_path: Path, wait_until: Wait
) -> None:
    issuer = Issuer(tmp_path / "issuer")
    certificate, key = issuer.issue("gateway.invalid")
    theirs, port = issuer.files("pacs.invalid"), free_port()
    told = TlsSettings(str(certificate), str(key), str(issuer.certificate), port)
    held = MemoryIntake()
    with listening(StorageDoor(held), tls=theirs.listening()) as pacs:
        where = {"ae_title": "KIOSK", "address": "127.0.0.1", "port": pacs.port, "quiet_s": 0.2}
        gateway = open_gateway(
            tls=told,
            nodes=[NodeSettings("CR1", "127.0.0.1", title="X線室1", tls="pacs.invalid")],
            send=SendSettings(destinations=[DestinationSettings(name="pacs", tls="pacs.invalid", **where)], look_s=1.0),
        )
        kit = gateway.station.kit("gateway")
        gateway.station.crew.start("send", lambda stop: send(kit, stop))
        node = Node("KIOSK", "127.0.0.1", port, secure=Secure(theirs, "gateway.invalid"))
        assert {each.status for each in send_files("CR1", node, sample_studies(tmp_path))} == {0}
        wait_until(lambda: len(held.stored) == 6, 20, "they went on, encrypted")
        with pytest.raises(LinkLost):
            echo("CR1", Node("KIOSK", "127.0.0.1", gateway.port))
        wait_until(lambda: gateway.overview().troubles, what="the window says so")
        [trouble] = gateway.overview().troubles
        assert say(trouble.text) == say(tls.WORDS[tls.PLAIN], whom="CR1")


def test_encryption_without_a_certificate_is_named(tmp_path: Path) -> None:
    settings = GatewaySettings(send=SendSettings(destinations=[DestinationSettings(name="pacs", tls="*")]))
    with pytest.raises(Fault) as why:
        sending(settings, tmp_path)
    assert why.value.reference == "P260"
