"""From a header: modality transform, windows, spacing, and the facts that place a file in its stack."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydicom.dataset import Dataset

from kiosk.core.picture import Curve, Paint, PictureFacts, Window
from kiosk.dicom.pixel_source import PixelSource
from kiosk.dicom.pixel_values import group_item, items, raw, real, reals, shown_name, text, whole

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MAX_WINDOWS = 12
SAMPLED = 50_000  # pixels that a guessed window is made from; finding percentiles of all takes longer than decoding


def rescale(ds: Dataset, frame: int) -> tuple[float, float, str]:
    """Slope, intercept and unit of the modality transform (PS3.3 C.11.1, C.7.6.16.2.9)."""
    group = group_item(ds, "PixelValueTransformationSequence", frame) or ds
    slope, intercept = real(group, "RescaleSlope"), real(group, "RescaleIntercept")
    unit = text(group, "RescaleType") or text(ds, "Units")
    if slope is None and intercept is None:
        mapping = group_item(ds, "RealWorldValueMappingSequence", frame)
        slope = real(mapping, "RealWorldValueSlope") if mapping is not None else None
        intercept = real(mapping, "RealWorldValueIntercept") if mapping is not None else None
    if not unit and text(ds, "Modality") == "CT" and slope is not None:
        unit = "HU"
    return slope or 1.0, intercept or 0.0, "" if unit == "US" else unit


def modality_transform(ds: Dataset, frame: int, values: Array) -> tuple[Array, float, float, str]:
    """Values after a Modality LUT Sequence, or untouched with their slope and intercept."""
    import numpy as np

    for item in items(ds, "ModalityLUTSequence")[:1]:
        table = _table(item)
        if table is not None:
            first, entries, _ = table
            looked_up = entries[np.clip(values.astype(np.int64) - first, 0, entries.size - 1)]
            unit = text(item, "ModalityLUTType")
            return looked_up.astype(np.uint16), 1.0, 0.0, "" if unit in ("US", "") else unit
    slope, intercept, unit = rescale(ds, frame)
    return values, slope, intercept, unit


def _table(item: Dataset) -> tuple[int, Array, int] | None:
    """First mapped value, uint16 entries and bits of a LUT item; None where it is damaged (PS3.3 C.11.1.1)."""
    import numpy as np

    descriptor, data = reals(item, "LUTDescriptor"), raw(item, "LUTData")
    if len(descriptor) < 3 or data is None:
        return None
    count, first, bits = int(descriptor[0]) or 65536, int(descriptor[1]), int(descriptor[2])
    try:
        if isinstance(data, bytes):
            wide = bits > 8 or len(data) >= 2 * count
            entries = np.frombuffer(data[: len(data) // 2 * 2] if wide else data, "<u2" if wide else "u1")
        else:
            entries = np.asarray([int(value) & 0xFFFF for value in data], np.uint16)
    except (TypeError, ValueError):
        return None
    entries = entries[:count].astype(np.uint16)
    return (first, entries, min(16, max(1, bits))) if entries.size else None


def windows_of(ds: Dataset, frame: int) -> tuple[Window, ...]:
    """All windows the header offers, the frame's own before the file's; a width below 1 is no window."""
    group = group_item(ds, "FrameVOILUTSequence", frame) or ds
    centres, widths = reals(group, "WindowCenter"), reals(group, "WindowWidth")
    names = text(group, "WindowCenterWidthExplanation").split("\\")
    shape = text(group, "VOILUTFunction").upper() or "LINEAR"
    found = []
    for number, (centre, width) in enumerate(zip(centres, widths, strict=False)):
        if width >= 1 or (width > 0 and shape != "LINEAR"):
            found.append(Window(centre, width, names[number].strip() if number < len(names) else "", shape))
    return tuple(found[:MAX_WINDOWS])


def curves_of(ds: Dataset) -> tuple[Curve, ...]:
    """VOI LUTs as 8-bit shades over real-world values."""
    import numpy as np

    found = []
    for item in items(ds, "VOILUTSequence")[:MAX_WINDOWS]:
        table = _table(item)
        if table is not None:
            first, entries, bits = table
            peak = max(int(entries.max()), (1 << bits) - 1)
            shades = (entries.astype(np.uint32) * 255 // peak).astype(np.uint8).tobytes()
            found.append(Curve(first, shades, text(item, "LUTExplanation")))
    return tuple(found)


def _padding(ds: Dataset) -> tuple[int, int] | None:
    """Smallest and largest padding value (PS3.3 C.7.5.1.1.2), stored values."""
    value, limit = whole(ds, "PixelPaddingValue"), whole(ds, "PixelPaddingRangeLimit")
    if value is None:
        return None
    limit = value if limit is None else limit
    return (min(value, limit), max(value, limit))


def spacing_of(ds: Dataset, frame: int) -> tuple[tuple[float, float] | None, str]:
    """mm between rows and between columns, and where that is known from; never invented.

    ``patient``: at the patient. ``detector``: at the detector, larger than at the patient. ``film``: of the scanned
    film. ``region``: from the one calibrated region of an ultrasound picture (PS3.3 C.8.5.5.1.15).
    """
    measures = group_item(ds, "PixelMeasuresSequence", frame)
    for holder in (measures, ds):
        pair = reals(holder, "PixelSpacing") if holder is not None else ()
        if len(pair) >= 2 and min(pair) > 0:
            return (pair[0], pair[1]), "patient"
    for keyword, source in (("ImagerPixelSpacing", "detector"), ("NominalScannedPixelSpacing", "film")):
        pair = reals(ds, keyword)
        if len(pair) >= 2 and min(pair) > 0:
            return (pair[0], pair[1]), source
    scales = {
        (abs(real(region, "PhysicalDeltaY") or 0.0) * 10, abs(real(region, "PhysicalDeltaX") or 0.0) * 10)
        for region in items(ds, "SequenceOfUltrasoundRegions")
        if whole(region, "PhysicalUnitsXDirection") == 3 and whole(region, "PhysicalUnitsYDirection") == 3  # cm
    }
    if len(scales) == 1:
        (pair,) = scales
        if min(pair) > 0:
            return (pair[0], pair[1]), "region"
    return None, ""


def _aspect(ds: Dataset, spacing: tuple[float, float] | None, source: str) -> float:
    if spacing is not None and source != "region":
        aspect = spacing[0] / spacing[1]
    else:
        pair = reals(ds, "PixelAspectRatio")
        aspect = pair[0] / pair[1] if len(pair) >= 2 and min(pair) > 0 else 1.0
    return aspect if 0.1 <= aspect <= 10 else 1.0


def paint_of(
    ds: Dataset,
    frame: int,
    pixels: Array,
    *,
    colour: bool = False,
    slope: float = 1.0,
    intercept: float = 0.0,
    unit: str = "",
    inverted: bool = False,
    one_bit: bool = False,
) -> Paint:
    """How this frame is painted; ``pixels`` are the decoded ones, (rows, columns) or (rows, columns, 3)."""
    spacing, source = spacing_of(ds, frame)
    rows, columns = pixels.shape[:2]
    aspect = _aspect(ds, spacing, source)
    if colour:
        return Paint(rows, columns, colour=True, spacing_mm=spacing, spacing_source=source, aspect=aspect)
    padding = _padding(ds)
    low, high, guessed = _range(pixels, padding, slope, intercept)
    if one_bit:
        guessed = Window(0.5, 1.0, shape="LINEAR_EXACT")
    return Paint(
        rows,
        columns,
        slope=slope,
        intercept=intercept,
        unit=unit,
        low=low,
        high=high,
        inverted=inverted,
        windows=_useful(windows_of(ds, frame), low * slope + intercept, high * slope + intercept),
        curves=curves_of(ds),
        guessed=guessed,
        padding=padding,
        spacing_mm=spacing,
        spacing_source=source,
        aspect=aspect,
    )


def _useful(windows: tuple[Window, ...], one_end: float, other_end: float) -> tuple[Window, ...]:
    """Windows that show anything of this frame; some writers leave one that lies wholly outside its values."""
    low, high = min(one_end, other_end), max(one_end, other_end)
    return tuple(each for each in windows if each.centre + each.width / 2 > low and each.centre - each.width / 2 < high)


def _range(pixels: Array, padding: tuple[int, int] | None, slope: float, intercept: float) -> tuple[int, int, Window]:
    """Smallest and largest stored value without padding, and a window from the 1st to the 99th percentile."""
    import numpy as np

    flat = pixels.reshape(-1)
    if padding is not None:
        kept = flat[(flat < padding[0]) | (flat > padding[1])]
        flat = kept if kept.size else flat
    low, high = int(flat.min()), int(flat.max())
    sample = flat[:: max(1, flat.size // SAMPLED) | 1]  # odd: never the same few columns of every row
    one, ninety_nine = (float(value) for value in np.percentile(sample, (1, 99)))
    if ninety_nine <= one:
        one, ninety_nine = float(low), float(max(high, low + 1))
    ends = sorted((one * slope + intercept, ninety_nine * slope + intercept))
    return low, high, Window((ends[0] + ends[1]) / 2, max(ends[1] - ends[0], abs(slope)), shape="LINEAR_EXACT")


def _frame_positions(ds: Dataset) -> tuple[tuple[float, float, float], ...]:
    """Where each frame of an enhanced CT or MR lies (PS3.3 C.7.6.16.2.3); () unless every frame says so and all look
    in one direction."""
    each_frame = items(ds, "PerFrameFunctionalGroupsSequence")
    if len(each_frame) < 2 or len(each_frame) != whole(ds, "NumberOfFrames"):
        return ()
    found, turns = [], set()
    for group in each_frame:
        places, own_turn = items(group, "PlanePositionSequence"), items(group, "PlaneOrientationSequence")
        place = reals(places[0], "ImagePositionPatient") if places else ()
        turns.add(reals(own_turn[0], "ImageOrientationPatient") if own_turn else ())
        if len(place) != 3 or len(turns) > 1:
            return ()
        found.append((place[0], place[1], place[2]))
    return tuple(found)


def facts_of(source: PixelSource, frame_times_ms: tuple[float, ...]) -> PictureFacts:
    """What the viewer must know of a file before it is decoded."""
    ds = source.ds
    plane = group_item(ds, "PlanePositionSequence", 0) or ds
    turn = group_item(ds, "PlaneOrientationSequence", 0) or ds
    position, orientation = reals(plane, "ImagePositionPatient"), reals(turn, "ImageOrientationPatient")
    spacing, source_of_spacing = spacing_of(ds, 0)
    return PictureFacts(
        path=str(Path(source.path)),
        sop_uid=text(ds, "SOPInstanceUID"),
        study_uid=text(ds, "StudyInstanceUID"),
        series_uid=text(ds, "SeriesInstanceUID"),
        modality=text(ds, "Modality"),
        name=shown_name(ds),
        patient_id=text(ds, "PatientID"),
        birth_date=text(ds, "PatientBirthDate"),
        sex=text(ds, "PatientSex"),
        study_date=text(ds, "StudyDate"),
        study_time=text(ds, "StudyTime"),
        study_description=text(ds, "StudyDescription"),
        series_description=text(ds, "SeriesDescription"),
        series_number=whole(ds, "SeriesNumber"),
        number=whole(ds, "InstanceNumber"),
        frames=max(1, whole(ds, "NumberOfFrames") or 1),
        rows=whole(ds, "Rows") or 0,
        columns=whole(ds, "Columns") or 0,
        position=(position[0], position[1], position[2]) if len(position) == 3 else None,
        orientation=orientation if len(orientation) == 6 else None,
        frame_of_reference=text(ds, "FrameOfReferenceUID"),
        spacing_mm=spacing if source_of_spacing == "patient" else None,
        frame_positions=_frame_positions(ds),
        laterality=text(ds, "ImageLaterality") or text(ds, "Laterality"),
        view=text(ds, "ViewPosition"),
        frame_times_ms=frame_times_ms,
        transfer_syntax=source.syntax,
        pixels=bool(source.keyword),
    )
