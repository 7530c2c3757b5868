"""Presentation states (PS3.3 A.33.1, A.33.2): written from how a picture stands, and read from whoever wrote one."""

from __future__ import annotations

from collections.abc import Sequence as Several
from dataclasses import replace
from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import UID

from kiosk.core.measure import Point
from kiosk.core.picture import Curve, Window
from kiosk.core.presentation import (
    FEWEST,
    Area,
    Graphic,
    Label,
    Look,
    Named,
    Part,
    State,
    dicom_turn,
    our_turn,
    whole_area,
)
from kiosk.dicom.beside_picture import Made, Source, begun, finished
from kiosk.dicom.pixel_facts import curves_of, windows_of
from kiosk.dicom.pixel_source import open_source
from kiosk.dicom.pixel_values import items, real, reals, shown_name, text, whole

GREY = "1.2.840.10008.5.1.4.1.1.11.1"
COLOUR = "1.2.840.10008.5.1.4.1.1.11.2"
LAYER = "MEASUREMENTS"
LONGEST_TEXT = 1024  # ST, PS3.5 6.2
MOST = 5000  # graphics and labels that are read of one state

# -- writing -----------------------------------------------------------------------------------------------------


def write_state(
    source: Source, state: State, made: Made, spacing_mm: tuple[float, float] | None, aspect: float
) -> bytes:
    """The Part 10 file that shows the picture of ``source`` by ``state.common``. ``spacing_mm`` in the patient, None
    where that is unknown; ``aspect``: height of a pixel over its width.
    """
    look = state.common
    ds = begun(source, made, COLOUR if look.colour else GREY, "PR")
    ds.ContentLabel, ds.ContentDescription = state.label[:16], state.description[:64]
    ds.PresentationCreationDate, ds.PresentationCreationTime = f"{made.when:%Y%m%d}", f"{made.when:%H%M%S}"
    ds.ContentCreatorName = made.creator.replace("^", " ").replace("=", " ")[:64]
    image = _reference(source.named)
    series = Dataset()
    series.ReferencedImageSequence, series.SeriesInstanceUID = Sequence([image]), UID(source.named.series_uid)
    ds.ReferencedSeriesSequence = Sequence([series])
    ds.DisplayedAreaSelectionSequence = Sequence([_area(look, source, spacing_mm, aspect)])
    if look.graphics or look.labels:
        _put_drawings(ds, look, image)
    degrees, mirrored = dicom_turn(look.turn)
    if degrees or mirrored:
        ds.ImageRotation, ds.ImageHorizontalFlip = degrees, "Y" if mirrored else "N"
    if look.colour:
        ds.ICCProfile = _srgb()
    else:
        _put_modality_transform(ds, source.header, look)
        _put_window(ds, look.how)
        ds.PresentationLUTShape = "INVERSE" if look.inverted else "IDENTITY"
    return finished(ds)


def _reference(named: Named) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = UID(named.sop_class), UID(named.sop_uid)
    if named.frames:
        item.ReferencedFrameNumber = list(named.frames)
    return item


def _area(look: Look, source: Source, spacing_mm: tuple[float, float] | None, aspect: float) -> Dataset:
    """PS3.3 C.10.4: column\\row from 1, as stored, of the pixels that lie at the corners as seen."""
    item = Dataset()
    area = look.area or whole_area(look.turn, source.facts.rows, source.facts.columns)
    item.DisplayedAreaTopLeftHandCorner = [area.upper_left[1], area.upper_left[0]]
    item.DisplayedAreaBottomRightHandCorner = [area.lower_right[1], area.lower_right[0]]
    item.PresentationSizeMode = "SCALE TO FIT"
    if spacing_mm is not None:
        item.PresentationPixelSpacing = [f"{each:.10g}" for each in spacing_mm]
    else:
        item.PresentationPixelAspectRatio = [round(aspect * 1000), 1000] if aspect != 1 else [1, 1]
    return item


def _put_drawings(ds: Dataset, look: Look, image: Dataset) -> None:
    layer = Dataset()
    layer.GraphicLayer, layer.GraphicLayerOrder = LAYER, 1
    layer.GraphicLayerDescription = "Measurements"
    ds.GraphicLayerSequence = Sequence([layer])
    annotation = Dataset()
    annotation.GraphicLayer = LAYER
    if look.labels:
        annotation.TextObjectSequence = Sequence([_text_item(each) for each in look.labels])
    if look.graphics:
        annotation.GraphicObjectSequence = Sequence([_graphic_item(each) for each in look.graphics])
    ds.GraphicAnnotationSequence = Sequence([annotation])


def _text_item(label: Label) -> Dataset:
    item = Dataset()
    item.AnchorPointAnnotationUnits = "DISPLAY" if label.on_display else "PIXEL"
    item.UnformattedTextValue = label.text.replace("\r\n", "\n").replace("\n", "\r\n")[:LONGEST_TEXT]
    item.AnchorPoint = [label.at[1], label.at[0]]
    item.AnchorPointVisibility = "N"
    return item


def _graphic_item(graphic: Graphic) -> Dataset:
    item = Dataset()
    item.GraphicAnnotationUnits = "DISPLAY" if graphic.on_display else "PIXEL"
    item.GraphicDimensions = 2
    item.NumberOfGraphicPoints = len(graphic.points)
    item.GraphicData = [value for row, column in graphic.points for value in (column, row)]
    item.GraphicType = graphic.kind
    if graphic.kind in ("CIRCLE", "ELLIPSE") or graphic.points[0] == graphic.points[-1]:
        item.GraphicFilled = "Y" if graphic.filled else "N"
    return item


def _put_modality_transform(ds: Dataset, header: Dataset, look: Look) -> None:
    """The state's transform takes the place of the picture's, so that the picture's has to be repeated in it."""
    luts = items(header, "ModalityLUTSequence")[:1]
    if luts:
        ds.ModalityLUTSequence = Sequence(luts)
    elif look.rescale is not None and look.rescale != (1.0, 0.0):
        slope, intercept = look.rescale
        ds.RescaleIntercept, ds.RescaleSlope = f"{intercept:.10g}", f"{slope:.10g}"
        ds.RescaleType = (text(header, "RescaleType") or ("HU" if text(header, "Modality") == "CT" else "US"))[:16]


def _put_window(ds: Dataset, how: Window | Curve | None) -> None:
    item = Dataset()
    if isinstance(how, Window):
        item.WindowCenter, item.WindowWidth = f"{how.centre:.10g}", f"{how.width:.10g}"
        if how.name:
            item.WindowCenterWidthExplanation = how.name[:64]
        if how.shape != "LINEAR":
            item.VOILUTFunction = how.shape
    elif isinstance(how, Curve):
        lut = Dataset()
        signed = how.first < 0
        lut.LUTDescriptor = [len(how.shades) & 0xFFFF, how.first, 16]
        lut["LUTDescriptor"].VR = "SS" if signed else "US"
        if how.name:
            lut.LUTExplanation = how.name[:64]
        lut.LUTData = b"".join(bytes((shade, shade)) for shade in how.shades)  # 8 bits on all of 16
        lut["LUTData"].VR = "OW"
        item.VOILUTSequence = Sequence([lut])
    else:
        return
    ds.SoftcopyVOILUTSequence = Sequence([item])


def _srgb() -> bytes:
    """Colour states carry the profile of the colours that are meant (PS3.3 C.11.15)."""
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile + b"\0" * (len(profile) % 2)


# -- reading -----------------------------------------------------------------------------------------------------


def read_state(path: Path) -> State | None:
    """The state in a file; None where it is none of a picture. Raises Unreadable for what is no DICOM file."""
    ds = open_source(path).ds
    pictures = tuple(each for series in items(ds, "ReferencedSeriesSequence") for each in _named(series))
    if not pictures:
        return None
    common = Look(
        rescale=_rescale(ds),
        inverted=text(ds, "PresentationLUTShape") == "INVERSE" or _falls(ds),
        colour=text(ds, "SOPClassUID") == COLOUR,
    )
    turn = our_turn(whole(ds, "ImageRotation") or 0, text(ds, "ImageHorizontalFlip") == "Y")
    return State(
        text(ds, "SOPInstanceUID"),
        text(ds, "ContentLabel"),
        text(ds, "ContentDescription"),
        shown_name(ds, "ContentCreatorName"),
        text(ds, "PresentationCreationDate") + text(ds, "PresentationCreationTime")[:6],
        pictures,
        replace(common, turn=turn),
        (*_windows(ds), *_areas(ds), *_annotations(ds)),
    )


def _named(series: Dataset) -> list[Named]:
    uid = text(series, "SeriesInstanceUID")
    return [
        Named(text(item, "ReferencedSOPClassUID"), text(item, "ReferencedSOPInstanceUID"), uid,
              tuple(int(each) for each in reals(item, "ReferencedFrameNumber")))
        for item in items(series, "ReferencedImageSequence")
    ]  # fmt: skip


def _rescale(ds: Dataset) -> tuple[float, float] | None:
    slope, intercept = real(ds, "RescaleSlope"), real(ds, "RescaleIntercept")
    return (slope or 1.0, intercept or 0.0) if slope is not None or intercept is not None else None


def _falls(ds: Dataset) -> bool:
    """A presentation LUT that goes down; other ones are near enough to a straight line for a screen that is not
    calibrated."""
    found = [curve for curve in _curves(ds, "PresentationLUTSequence") if curve.shades]
    return bool(found) and found[0].shades[0] > found[0].shades[-1]


def _curves(ds: Dataset, keyword: str) -> tuple[Curve, ...]:
    holder = Dataset()
    holder.VOILUTSequence = Sequence(items(ds, keyword))
    return curves_of(holder)


def _windows(ds: Dataset) -> list[Part]:
    found = []
    for item in items(ds, "SoftcopyVOILUTSequence"):
        hows: Several[Window | Curve] = (*windows_of(item, 0), *curves_of(item))
        if hows:
            found.append(Part(tuple(_named(item)), hows[0]))
    return found


def _areas(ds: Dataset) -> list[Part]:
    found = []
    for item in items(ds, "DisplayedAreaSelectionSequence"):
        upper = reals(item, "DisplayedAreaTopLeftHandCorner")
        lower = reals(item, "DisplayedAreaBottomRightHandCorner")
        if len(upper) < 2 or len(lower) < 2:
            continue
        fit = text(item, "PresentationSizeMode") != "MAGNIFY"
        magnified = real(item, "PresentationPixelMagnificationRatio") or 1.0
        area = Area((int(upper[1]), int(upper[0])), (int(lower[1]), int(lower[0])), fit, magnified)
        found.append(Part(tuple(_named(item)), area=area))
    return found


def _annotations(ds: Dataset) -> list[Part]:
    """In the order of their layers: what lies in front is drawn last (PS3.3 C.10.7)."""
    order = {text(layer, "GraphicLayer"): whole(layer, "GraphicLayerOrder") or 0
             for layer in items(ds, "GraphicLayerSequence")}  # fmt: skip
    annotations = sorted(
        items(ds, "GraphicAnnotationSequence"), key=lambda each: order.get(text(each, "GraphicLayer"), 0)
    )
    found = []
    for item in annotations:
        graphics = [each for one in items(item, "GraphicObjectSequence")[:MOST] if (each := _graphic(one)) is not None]
        labels = [each for one in items(item, "TextObjectSequence")[:MOST] if (each := _label(one)) is not None]
        if graphics or labels:
            found.append(Part(tuple(_named(item)), graphics=tuple(graphics), labels=tuple(labels)))
    return found


def _graphic(item: Dataset) -> Graphic | None:
    kind, values = text(item, "GraphicType"), reals(item, "GraphicData")
    points = tuple((row, column) for column, row in zip(values[::2], values[1::2], strict=False))
    if kind not in FEWEST or len(points) < FEWEST[kind]:
        return None
    on_display = text(item, "GraphicAnnotationUnits") == "DISPLAY"
    return Graphic(kind, points, text(item, "GraphicFilled") == "Y", on_display)


def _label(item: Dataset) -> Label | None:
    """At its box where it has one, else at its anchor (PS3.3 C.10.5.1.1)."""
    words = "\n".join(text(item, "UnformattedTextValue").splitlines())
    at: Point | None = None
    on_display = False
    for keyword, units in (("BoundingBoxTopLeftHandCorner", "BoundingBoxAnnotationUnits"),
                           ("AnchorPoint", "AnchorPointAnnotationUnits")):  # fmt: skip
        pair = reals(item, keyword)
        if len(pair) >= 2:
            at, on_display = (pair[1], pair[0]), text(item, units) == "DISPLAY"
            break
    return Label(words, at, on_display) if words and at is not None else None
