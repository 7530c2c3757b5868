"""Which previous studies are worth having on the day, and which studies of a neighbour are of our examinees."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date

from kiosk.core.routing import has_digits

Row = Mapping[str, str]  # a study as a server told it, by DICOM keyword


def modalities_of(row: Row) -> tuple[str, ...]:
    return tuple(each.strip() for each in row.get("ModalitiesInStudy", "").split("\\") if each.strip())


def choose_priors(rows: Sequence[Row], day: date, modalities: Collection[str], newest: int, years: int) -> list[Row]:
    """The ``newest`` studies before ``day`` of each modality, not older than ``years``; newest first, each once.

    A study whose server does not tell modalities counts as of every one of them.
    """
    oldest = f"{day.year - years:04d}{day:%m%d}"
    before = [row for row in rows if oldest <= row.get("StudyDate", "") < f"{day:%Y%m%d}"]
    before.sort(key=lambda row: (row.get("StudyDate", ""), row.get("StudyTime", "")), reverse=True)
    counts = dict.fromkeys(modalities, 0)
    chosen = []
    for row in before:
        told = modalities_of(row)
        wanted = [each for each in counts if (not told or each in told) and counts[each] < newest]
        if wanted:
            chosen.append(row)
            for each in wanted:
                counts[each] += 1
    return chosen


def is_ours(row: Row, modalities: Collection[str], id_digits: Sequence[str], mapped: Callable[[str], bool]) -> bool:
    """Is a neighbour's study of an examinee of ours? By the number of digits of its ID, or because the table of IDs
    (``mapped``) names it.
    """
    told = modalities_of(row)
    if modalities and told and not set(modalities) & set(told):
        return False
    patient_id = row.get("PatientID", "").strip()
    return bool(patient_id) and (has_digits(patient_id, id_digits) or mapped(patient_id))
