"""Pictures that were taken on this PC as DICOM objects: the JPEG bytes as they are, the identifiers of the worklist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from kiosk.core.taken import CLIP, PictureSet, TakenPicture
from kiosk.core.worklist_query import WorklistRow
from kiosk.dicom.write import Maker, Making, Shot, image_object


@dataclass(frozen=True)
class Written:
    """As what it is written. ``kind`` ES (VL Endoscopic), US, OP (Ophthalmic Photography 8 Bit) or OT (Secondary
    Capture); ``modality`` as the worklist has it.
    """

    kind: str = "ES"
    modality: str = "ES"
    burnt_in: bool = True
    station: str = ""
    maker: Maker = Maker()


def taken_object(
    how: Written, taken: PictureSet, picture: TakenPicture, data: bytes | list[bytes], hints: dict[str, str]
) -> bytes:
    """The Part 10 file of one picture (JPEG bytes) or clip (JPEG bytes of each frame). ``hints``: keyword -> value of
    the part or eye. Raises Refused where it is no JPEG.
    """
    assert taken.row is not None
    row: WorklistRow = taken.row
    making = Making(
        row, datetime.fromisoformat(taken.opened_at), taken.series_uid, station=how.station, maker=how.maker,
        series_description=row.description,
    )  # fmt: skip
    comment = " ".join(each for each in (picture.part, picture.comment) if each)
    shot = Shot(
        data, picture.number, {"BurnedInAnnotation": "YES" if how.burnt_in else "NO", **hints},
        when=datetime.fromisoformat(picture.at), sop_uid=picture.sop_uid, comment=comment,
    )  # fmt: skip
    kind = f"{how.kind} clip" if picture.kind == CLIP else how.kind
    made = BytesIO()
    image_object(making, shot, how.modality, kind).save_as(made, enforce_file_format=True)
    return made.getvalue()
