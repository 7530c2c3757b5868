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
_SIDED = _PROJECTION | {"ImageLaterality"}
KINDS: dict[str, Kind] = {
    "CR": Kind(_STORAGE + "1", _cr, _PROJECTION | {"Laterality"}),
    "DX": Kind(_STORAGE + "1.1", _dx, _SIDED),
    "MG": Kind(_STORAGE + "1.2", _mg, _SIDED),
    "CT": Kind(_STORAGE + "2", _ct, frozenset({"BodyPartExamined", "ProtocolName"})),
    "US": Kind(_STORAGE + "6.1", _us, frozenset({"BodyPartExamined", "ProtocolName"})),
    "ES": Kind(_STORAGE + "77.1.1", _es, frozenset({"BodyPartExamined", "ProtocolName"})),
    "OP": Kind(_STORAGE + "77.1.5.1", _op, frozenset({"ImageLaterality"})),
    "OT": Kind(_STORAGE + "7", _sc, frozenset({"BodyPartExamined", "ProtocolName"})),
}
