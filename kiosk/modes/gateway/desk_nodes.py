"""The settings of devices and encryption in the words of the journeys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.core.faults import Fault
from kiosk.core.words import N_

if TYPE_CHECKING:
    from kiosk.dicom.tls import Secure, TlsFiles
    from kiosk.flow.receive_images import Receiving
    from kiosk.modes.gateway.settings import GatewaySettings


def tls_files(settings: GatewaySettings, data: Path) -> TlsFiles | None:
    """None where no certificate is entered."""
    from kiosk.dicom.tls import TlsFiles

    told = settings.tls
    if not told.certificate:
        return None
    certificate = data / told.certificate
    return TlsFiles(certificate, data / (told.key or told.certificate), data / told.trusted)


def secure(settings: GatewaySettings, data: Path, name: str) -> Secure | None:
    """How a node is spoken to whose ``tls`` says ``name``. Raises Fault where we have no certificate ourselves."""
    from kiosk.dicom.tls import Secure

    if not name:
        return None
    files = tls_files(settings, data)
    if files is None:
        raise Fault(
            N_("{name} is to be spoken to encrypted, but this station has no certificate."),
            N_("Enter its files under [modes.gateway.tls] in the parameter file."),
            reference="P260",
            name=name,
        )
    return Secure(files, name)


def receiving(settings: GatewaySettings, data: Path = Path()) -> Receiving:
    """The settings in the words of the receiving journey; ``data``: the station's folder. Raises Fault where a node
    makes no sense.
    """
    from kiosk.core.charset import charset_named
    from kiosk.core.names import KanaForm, NameLayout, NameProfile
    from kiosk.dicom.nodes import Node
    from kiosk.flow.receive_images import Receiving

    nodes = []
    for each in settings.nodes:
        profile = None
        try:
            also = each.further_modalities()
            if each.charset or each.names:
                charset = charset_named(each.charset or "utf8")
                layout = NameLayout(each.names or ("three_groups" if charset.holds_kanji else "romaji"))
                profile = NameProfile(charset, layout, KanaForm(each.kana))
        except ValueError as why:
            raise Fault(
                N_("The settings of the device {ae} do not fit: {reason}."),
                N_("Correct it in the parameter file."),
                reference="P230",
                ae=each.ae_title,
                reason=str(why),
            ) from None
        nodes.append(
            Node(
                each.ae_title,
                each.address,
                each.port,
                title=each.title,
                profile=profile,
                station_ae=each.station_ae,
                most_answers=each.most_answers,
                also=also,
                as_asked=each.as_asked,
                secure=secure(settings, data, each.tls),
            )
        )
    return Receiving(
        ae_title=settings.ae_title,
        port=settings.port,
        host=settings.host,
        nodes=tuple(nodes),
        accept_anyone=settings.accept_anyone,
        accept_asides=settings.accept_asides,
        days_without_date=settings.days_without_date,
        most_associations=settings.most_associations,
        flat=settings.layout == "flat",
        copy_after_s=settings.keep.copy_after_s,
        most_query_answers=settings.most_query_answers,
        most_retrievals=settings.most_retrievals,
        routed=bool(settings.send.destinations),
        tls=tls_files(settings, data),
        tls_port=settings.tls.port,
    )
