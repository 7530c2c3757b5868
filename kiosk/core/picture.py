"""What a picture needs besides its pixels: how to paint it, where it stands in its stack, how fast it plays."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Window:
    """A grey window in real-world values (HU where the header says so), PS3.3 C.11.2.1.2 and C.11.2.1.3."""

    centre: float
    width: float
    name: str = ""
    shape: str = "LINEAR"  # LINEAR, LINEAR_EXACT or SIGMOID


@dataclass(frozen=True)
class Curve:
    """A VOI LUT as 8-bit shades: ``shades[i]`` paints the real-world value ``first + i`` (PS3.3 C.11.2)."""

    first: int
    shades: bytes
    name: str = ""


@dataclass(frozen=True)
class Paint:
    """How one decoded frame is painted.

    Grey pixels are stored values ``p``; the real-world value is ``p * slope + intercept`` in ``unit``. ``low`` and
    ``high`` are the smallest and largest stored value of this frame, padding left out. ``windows`` come from the
    header, the first is the one to begin with; where the header has none, ``guessed`` holds one made from the pixels.
    ``spacing_mm`` is (between rows, between columns), absent where the header gives no source for it.
    """

    rows: int
    columns: int
    colour: bool = False
    slope: float = 1.0
    intercept: float = 0.0
    unit: str = ""
    low: int = 0
    high: int = 255
    inverted: bool = False
    windows: tuple[Window, ...] = ()
    curves: tuple[Curve, ...] = ()
    guessed: Window | None = None
    padding: tuple[int, int] | None = None
    spacing_mm: tuple[float, float] | None = None
    spacing_source: str = ""  # patient, detector, film, region, or empty
    aspect: float = 1.0  # height of a pixel divided by its width


@dataclass(frozen=True)
class PictureFacts:
    """Header facts of one file of a stack; lengths in mm, times in ms. ``name`` is decoded text, kanji first."""

    path: str
    sop_uid: str = ""
    study_uid: str = ""
    series_uid: str = ""
    modality: str = ""
    name: str = ""
    patient_id: str = ""
    birth_date: str = ""
    sex: str = ""
    study_date: str = ""
    study_time: str = ""
    study_description: str = ""
    series_description: str = ""
    series_number: int | None = None
    number: int | None = None
    frames: int = 1
    rows: int = 0
    columns: int = 0
    position: tuple[float, float, float] | None = None
    orientation: tuple[float, ...] | None = None
    frame_of_reference: str = ""
    spacing_mm: tuple[float, float] | None = None  # in the patient: between rows, between columns
    frame_positions: tuple[tuple[float, float, float], ...] = ()  # of each frame, where one file holds a stack
    laterality: str = ""
    view: str = ""
    frame_times_ms: tuple[float, ...] = field(default=())  # one value: the same for all; empty: not a loop
    transfer_syntax: str = ""
    pixels: bool = True  # False where the object has no picture (a report, a plan, a waveform)
    stamp: str = ""  # size and time of the file when this was read; another file may stand in its place later
