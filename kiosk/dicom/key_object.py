"""Key Object Selections (PS3.3 A.35.4): written for a key image, read from whoever wrote one."""

from __future__ import annotations

from collections.abc import Sequence as Several
from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import UID

from kiosk.core.presentation import KeyObjects, Named
from kiosk.dicom.beside_picture import Made, Source, begun, finished
from kiosk.dicom.object_kinds import code
from kiosk.dicom.pixel_source import open_source
from kiosk.dicom.pixel_values import items, reals, text

KEY_OBJECT = "1.2.840.10008.5.1.4.1.1.88.59"
OF_INTEREST = ("113000", "Of Interest")  # PS3.16 CID 7010
MOST = 20_000
DEEPEST = 8


def write_key_object(source: Source, made: Made) -> bytes:
    """The Part 10 file that says that the picture is of interest, in the picture's study."""
    ds = begun(source, made, KEY_OBJECT, "KO")
    ds.ContentDate, ds.ContentTime = f"{made.when:%Y%m%d}", f"{made.when:%H%M%S}"
    ds.ReferencedPerformedProcedureStepSequence = Sequence()
    put_selection(ds, OF_INTEREST, source.study_uid, [source.named])
    return finished(ds)


def put_selection(ds: Dataset, title: tuple[str, str], study_uid: str, named: Several[Named]) -> None:
    """Key Object Document and SR Document Content modules (PS3.3 C.17.6.2, TID 2010). ``title``: code and meaning."""
    ds.ValueType = "CONTAINER"
    ds.ConceptNameCodeSequence = Sequence([code(title[0], "DCM", title[1])])
    ds.ContinuityOfContent = "SEPARATE"
    template = Dataset()
    template.MappingResource, template.TemplateIdentifier = "DCMR", "2010"
    ds.ContentTemplateSequence = Sequence([template])
    ds.CurrentRequestedProcedureEvidenceSequence = Sequence([_evidence(study_uid, named)])
    ds.ContentSequence = Sequence([_content(each) for each in named])


def _evidence(study_uid: str, named: Several[Named]) -> Dataset:
    """The hierarchy of what is named (PS3.3 C.17.2.1)."""
    by_series: dict[str, list[Dataset]] = {}
    for each in named:
        by_series.setdefault(each.series_uid, []).append(_reference(each))
    study = Dataset()
    study.ReferencedSeriesSequence = Sequence()
    for series_uid, references in by_series.items():
        series = Dataset()
        series.SeriesInstanceUID, series.ReferencedSOPSequence = UID(series_uid), Sequence(references)
        study.ReferencedSeriesSequence.append(series)
    study.StudyInstanceUID = UID(study_uid)
    return study


def _reference(named: Named, frames: bool = False) -> Dataset:
    reference = Dataset()
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = UID(named.sop_class), UID(named.sop_uid)
    if frames and named.frames:
        reference.ReferencedFrameNumber = list(named.frames)
    return reference


def _content(named: Named) -> Dataset:
    item = Dataset()
    item.RelationshipType, item.ValueType = "CONTAINS", "IMAGE"
    item.ReferencedSOPSequence = Sequence([_reference(named, frames=True)])
    return item


def read_key_object(path: Path) -> KeyObjects:
    """What was chosen in a file. Raises Unreadable for what is no DICOM file."""
    ds = open_source(path).ds
    titles = items(ds, "ConceptNameCodeSequence")
    found: list[Named] = []
    _collect(ds, found, 0)
    return KeyObjects(text(ds, "SOPInstanceUID"), text(titles[0], "CodeValue") if titles else "", tuple(found))


def _collect(ds: Dataset, found: list[Named], depth: int) -> None:
    for item in items(ds, "ContentSequence"):
        for reference in items(item, "ReferencedSOPSequence"):
            frames = tuple(int(each) for each in reals(reference, "ReferencedFrameNumber"))
            named = Named(
                text(reference, "ReferencedSOPClassUID"), text(reference, "ReferencedSOPInstanceUID"), "", frames
            )
            if len(found) < MOST:
                found.append(named)
        if depth < DEEPEST:
            _collect(item, found, depth + 1)
