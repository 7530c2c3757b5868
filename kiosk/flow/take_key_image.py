"""A key image goes from the viewer into the visit's tray, where findings shows it."""

from __future__ import annotations

from kiosk.core.faults import Refused
from kiosk.core.key_picture import key_picture
from kiosk.core.words import N_
from kiosk.dicom.whole_picture import decodes
from kiosk.store import audit, findings, notices, visits
from kiosk.store.audit import Actor
from kiosk.store.engine import Store

LARGEST = 20_000_000  # bytes; a rendered screen is well under 5 MB


def take_key_image(
    centre: Store,
    actor: Actor,
    *,
    visit: int,
    sop_uid: str,
    frame: int,
    picture: bytes,
    rendering: dict[str, object],
    comment: str = "",
) -> int:
    """Keep a rendered picture (JPEG or PNG bytes) for ``visit``; returns its row. Raises Refused for anything else."""
    if len(picture) > LARGEST:
        raise Refused("size", N_("The key image is too large."), N_("Take a smaller region of the picture."))
    facts = key_picture(picture)
    if not decodes(picture):
        raise Refused("picture", N_("This picture is damaged and can't be kept."), N_("Take it over again."))
    with centre.writing() as conn:
        found = visits.visit_by_id(conn, visit)
        if found is None:
            raise Refused("visit", N_("This picture belongs to no visit."), N_("Match the study to a visit first."))
        row = findings.add_key_image(
            conn,
            visit=visit,
            sop_uid=sop_uid,
            frame=frame,
            mime=facts.mime,
            width=facts.width,
            height=facts.height,
            picture=picture,
            rendering=rendering,
            comment=comment,
            by=actor.who,
        )
        audit.write(
            conn,
            actor,
            "key image taken",
            patient=f"{found.patient.issuer}|{found.patient.patient_id}",
            subject=f"key image {row}",
            sop_uid=sop_uid,
        )
        notices.tell(conn, "tray", visit=visit, key_image=row)
    return row
