"""The kinds of images that we make, and what each must carry beside its pixels (PS3.3 Annex A, IOD by IOD)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import UID

Hints = Mapping[str, str]


@dataclass(frozen=True)
class Kind:
    sop_class: str
    fill: Callable[[Dataset, Hints], None]
    hints: frozenset[str] = frozenset()  # keywords of the view that this IOD may carry


def complete(kind: Kind, ds: Dataset, hints: Hints) -> None:
    kind.fill(ds, hints)


def code(value: str, scheme: str, meaning: str) -> Dataset:
    """An item of a code sequence (PS3.3 8.8)."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


CHEST = code("51185008", "SCT", "Chest")
BREAST = code("76752008", "SCT", "Breast")
EYE = code("81745001", "SCT", "Eye")
# What endoscopes look at (PS3.16 CID 4 and 4009).
REGIONS = {
    "ESOPHAGUS": code("32849002", "SCT", "Esophagus"),
    "STOMACH": code("69695003", "SCT", "Stomach"),
    "DUODENUM": code("38848004", "SCT", "Duodenum"),
    "COLON": code("71854001", "SCT", "Colon"),
    "RECTUM": code("34402009", "SCT", "Rectum"),
    "BRONCHUS": code("955009", "SCT", "Bronchus"),
    "LARYNX": code("4596009", "SCT", "Larynx"),
    "BLADDER": code("89837001", "SCT", "Bladder"),
}
DIGESTIVE = code("122865005", "SCT", "Gastrointestinal tract")
_MAMMO_VIEWS = {
    "MLO": code("399368009", "SCT", "medio-lateral oblique"),
    "CC": code("399162004", "SCT", "cranio-caudal"),
}


def _cr(ds: Dataset, hints: Hints) -> None:
    ds.BodyPartExamined = hints.get("BodyPartExamined", "CHEST")
    ds.ViewPosition = hints.get("ViewPosition", "")
    ds.KVP = "120"
    ds.PlateID = ""
    ds.CassetteOrientation = "PORTRAIT"
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    ds.PatientOrientation = _orientation(hints)
    ds.ImagerPixelSpacing = [0.175, 0.175]
    ds.BurnedInAnnotation = "NO"
    _grey(ds)


def _dx(ds: Dataset, hints: Hints) -> None:
    ds.PresentationIntentType = "FOR PRESENTATION"
    ds.ImageType = ["DERIVED", "PRIMARY"]
    ds.BodyPartExamined = hints.get("BodyPartExamined", "CHEST")
    ds.AnatomicRegionSequence = Sequence([CHEST])
    ds.ImageLaterality = hints.get("ImageLaterality", "U")
    ds.ViewPosition = hints.get("ViewPosition", "PA")
    ds.PatientOrientation = _orientation(hints)
    ds.PositionerType = ""
    ds.ViewCodeSequence = Sequence(
        [code("399348003", "SCT", "antero-posterior")]
        if hints.get("ViewPosition") == "AP"
        else [code("399198007", "SCT", "right lateral")]
        if hints.get("ViewPosition") in ("RL", "LL", "LAT")
        else [code("272479007", "SCT", "postero-anterior")]
    )
    _detector(ds)
    _grey(ds)


def _mg(ds: Dataset, hints: Hints) -> None:
    _dx(ds, hints)
    view = hints.get("ViewPosition", "MLO")
    ds.BodyPartExamined = "BREAST"
    ds.AnatomicRegionSequence = Sequence([BREAST])
    ds.ImageLaterality = hints.get("ImageLaterality", "R")
    ds.ViewPosition = view
    item = _copy(_MAMMO_VIEWS.get(view, _MAMMO_VIEWS["MLO"]))
    item.ViewModifierCodeSequence = Sequence()
    ds.ViewCodeSequence = Sequence([item])
    ds.PatientOrientation = ["A", "FR"] if ds.ImageLaterality == "L" else ["P", "FL"]
    ds.PositionerType = "MAMMOGRAPHIC"
    ds.PositionerPrimaryAngle = "45" if view == "MLO" else "0"
    ds.OrganExposed = "BREAST"
    ds.BreastImplantPresent = "NO"
    ds.PartialView = "NO"
    ds.KVP = "28"


def _us(ds: Dataset, hints: Hints) -> None:
    ds.ImageType = ["ORIGINAL", "PRIMARY", "ABDOMINAL", "0001"]
    ds.BodyPartExamined = hints.get("BodyPartExamined", "ABDOMEN")
    ds.PatientOrientation = ""
    ds.BurnedInAnnotation = "NO"
    if ds.SamplesPerPixel == 3 and ds.PhotometricInterpretation == "RGB":
        ds.UltrasoundColorDataPresent = 1


def _es(ds: Dataset, hints: Hints) -> None:
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    ds.BodyPartExamined = hints.get("BodyPartExamined", "STOMACH")
    ds.PatientOrientation = ""
    ds.AnatomicRegionSequence = Sequence([_copy(REGIONS.get(ds.BodyPartExamined, DIGESTIVE))])
    ds.AcquisitionContextSequence = Sequence()
    ds.BurnedInAnnotation = "NO"
    ds.AcquisitionDateTime = ds.AcquisitionDate + ds.AcquisitionTime


def _op(ds: Dataset, hints: Hints) -> None:
    ds.ImageType = ["ORIGINAL", "PRIMARY", "", "COLOR"]
    ds.NumberOfFrames = 1
    ds.FrameIncrementPointer = 0x00181063
    ds.FrameTime = "0"
    ds.SynchronizationFrameOfReferenceUID = UID("1.2.840.10008.15.1.1")  # UTC
    ds.SynchronizationTrigger = "NO TRIGGER"
    ds.AcquisitionTimeSynchronized = "N"
    ds.AcquisitionDateTime = ds.AcquisitionDate + ds.AcquisitionTime
    ds.BurnedInAnnotation = "NO"
    ds.PatientOrientation = ["R" if hints.get("ImageLaterality") == "L" else "L", "F"]
    ds.ImageLaterality = hints.get("ImageLaterality", "R")
    ds.AnatomicRegionSequence = Sequence([EYE])
    ds.AcquisitionDeviceTypeCodeSequence = Sequence([code("409898007", "SCT", "Fundus Camera")])
    ds.AcquisitionContextSequence = Sequence()
    ds.PatientEyeMovementCommanded = ""
    ds.EmmetropicMagnification = None
    ds.IntraOcularPressure = None
    ds.HorizontalFieldOfView = None
    ds.PupilDilated = ""
    ds.RefractiveStateSequence = Sequence()
    ds.DetectorType = ""
    ds.IlluminationTypeCodeSequence = Sequence()
    ds.LightPathFilterTypeStackCodeSequence = Sequence()
    ds.ImagePathFilterTypeStackCodeSequence = Sequence()
    ds.LensesCodeSequence = Sequence()


def _ct(ds: Dataset, hints: Hints) -> None:
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.BodyPartExamined = hints.get("BodyPartExamined", "CHEST")
    ds.FrameOfReferenceUID = UID(hints.get("FrameOfReferenceUID", ds.SeriesInstanceUID + ".1"))
    ds.PositionReferenceIndicator = ""
    ds.PatientPosition = "HFS"
    ds.KVP = "120"
    ds.AcquisitionNumber = 1
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.ImagePositionPatient = [-160, -160, 5 * int(ds.InstanceNumber)]
    ds.PixelSpacing = [0.625, 0.625]
    ds.SliceThickness = "5"
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = "-1024", "1", "HU"
    ds.WindowCenter, ds.WindowWidth = "-550", "1600"
    ds.BurnedInAnnotation = "NO"


def _sc(ds: Dataset, hints: Hints) -> None:
    ds.ConversionType = "WSD"
    ds.PatientOrientation = ""
    if not hints.get("BodyPartExamined"):
        ds.Laterality = ""  # unknown, where nobody says which part it is (PS3.3 C.7.3.1)
    ds.BurnedInAnnotation = "NO"


def _es_clip(ds: Dataset, hints: Hints) -> None:
    _es(ds, hints)
    _in_time(ds, hints)


def _us_clip(ds: Dataset, hints: Hints) -> None:
    _us(ds, hints)
    _in_time(ds, hints)


def _sc_clip(ds: Dataset, hints: Hints) -> None:
    _sc(ds, hints)
    _in_time(ds, hints)


def _in_time(ds: Dataset, hints: Hints) -> None:
    """Multi-frame and Cine module (PS3.3 C.7.6.6, C.7.6.5)."""
    ds.FrameIncrementPointer = 0x00181063
    ds.FrameTime = hints.get("FrameTime", "100")
    ds.StartTrim, ds.StopTrim = 1, ds.NumberOfFrames


def _grey(ds: Dataset) -> None:
    """Presentation of a projection X-ray: identity rescale, a window over what is stored, linear to be looked at."""
    half = 1 << (ds.BitsStored - 1)
    ds.WindowCenter, ds.WindowWidth = str(half), str(2 * half)
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = "0", "1", "US"
    ds.PresentationLUTShape = "IDENTITY"


def _detector(ds: Dataset) -> None:
    ds.DetectorType = "DIRECT"
    ds.DetectorID = "1"
    ds.ImagerPixelSpacing = [0.175, 0.175]
    ds.PixelIntensityRelationship = "LOG"
    ds.PixelIntensityRelationshipSign = -1
    ds.BurnedInAnnotation = "NO"
    ds.AcquisitionContextSequence = Sequence()
    ds.KVP = "120"


def _orientation(hints: Hints) -> list[str]:
    return ["A", "F"] if hints.get("ViewPosition") in ("RL", "LL", "LAT") else ["L", "F"]


def _copy(item: Dataset) -> Dataset:
    return code(item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning)


_STORAGE = "1.2.840.10008.5.1.4.1.1."
_PROJECTION = frozenset({"ViewPosition", "PatientOrientation", "BodyPartExamined", "ProtocolName"})
_PLACED = frozenset({"BodyPartExamined", "ProtocolName", "Laterality", "BurnedInAnnotation", "FrameTime"})
_SIDED = _PROJECTION | {"ImageLaterality"}
KINDS: dict[str, Kind] = {
    "CR": Kind(_STORAGE + "1", _cr, _PROJECTION | {"Laterality"}),
    "DX": Kind(_STORAGE + "1.1", _dx, _SIDED),
    "MG": Kind(_STORAGE + "1.2", _mg, _SIDED),
    "CT": Kind(_STORAGE + "2", _ct, frozenset({"BodyPartExamined", "ProtocolName"})),
    "US": Kind(_STORAGE + "6.1", _us, _PLACED),
    "ES": Kind(_STORAGE + "77.1.1", _es, _PLACED),
    "OP": Kind(_STORAGE + "77.1.5.1", _op, frozenset({"ImageLaterality", "BurnedInAnnotation"})),
    "OT": Kind(_STORAGE + "7", _sc, _PLACED),
    # Clips: frames of JPEG one after another.
    "ES clip": Kind(_STORAGE + "77.1.1.1", _es_clip, _PLACED),
    "US clip": Kind(_STORAGE + "3.1", _us_clip, _PLACED),
    "OT clip": Kind(_STORAGE + "7.4", _sc_clip, _PLACED),
}
