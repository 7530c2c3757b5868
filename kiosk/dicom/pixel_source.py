"""Opens a DICOM file so far that its header is known and its pixel bytes can be read frame by frame from the disk."""

from __future__ import annotations

import io
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset, read_file_meta_info, read_partial
from pydicom.tag import BaseTag
from pydicom.uid import DeflatedExplicitVRLittleEndian
from pydicom.valuerep import EXPLICIT_VR_LENGTH_32

from kiosk.core.faults import Fault
from kiosk.core.words import N_
from kiosk.dicom.pixel_values import text

UNDEFINED = 0xFFFFFFFF
PIXEL_TAGS = {0x7FE00008: "FloatPixelData", 0x7FE00009: "DoubleFloatPixelData", 0x7FE00010: "PixelData"}
META_ROOM = 4096  # bytes in which the transfer syntax of any sound file stands
_DEFLATED = str(DeflatedExplicitVRLittleEndian).encode()
INFLATE_CAP = 1 << 30  # bytes a deflated file may grow to; a bomb of a few kB can ask for a thousand times its size


class Unreadable(Fault):
    """This file gives no picture; the sentence says why."""

    reference = "V415"


@dataclass
class PixelSource:
    """A read header and where the pixel bytes lie: ``start`` and ``length`` (None where encapsulated) in the file.

    ``memory`` holds the whole inflated data set of a deflated file, since that can't be read in the middle.
    ``ranges`` is filled by pixel_fragments at the first frame of an encapsulated file.
    """

    path: Path
    ds: Dataset
    syntax: str
    size: int
    keyword: str = ""
    vr: str = ""
    start: int = 0
    length: int | None = None
    little_endian: bool = True
    memory: bytes | None = None
    ranges: list[list[tuple[int, int]]] = field(default_factory=list)

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """The bytes, open only as long as needed: on Windows an open file can't be moved or deleted by its owner."""
        with io.BytesIO(self.memory) if self.memory is not None else _open(self.path) as file:
            yield file


def open_source(path: Path) -> PixelSource:
    """Read the header of ``path`` up to its pixel data. Raises Unreadable where it is no DICOM file."""
    with _open(path) as file:
        size = os.fstat(file.fileno()).st_size
        _refuse_foreign(file, size)
        try:
            # Reading the meta information twice costs a fifth of a header: only where it may be worth it.
            head = file.read(META_ROOM)
            file.seek(0)
            if _DEFLATED in head and _syntax_in_meta(path) == DeflatedExplicitVRLittleEndian:
                return _inflated(path, file, size)
            return _read(path, file, size)
        except Fault:
            raise
        except (Exception, RecursionError) as why:
            raise Unreadable(
                N_("The header of this file is damaged and can't be read."), N_("Ask for the picture to be sent again.")
            ) from why


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError as why:
        raise Unreadable(
            N_("The file is no longer where it was."), N_("Open the study again."), reference="V404"
        ) from why
    except OSError as why:
        raise Unreadable(
            N_("The file can't be read ({why})."),
            N_("Check the disk or the network drive."),
            reference="V503",
            why=why.strerror or type(why).__name__,
        ) from why


def _refuse_foreign(file: BinaryIO, size: int) -> None:
    """Tell at once what is plainly not DICOM, since pydicom would make a header of any bytes."""
    if size == 0:
        raise Unreadable(N_("The file is empty."), N_("Ask for the picture to be sent again."))
    head = file.read(132)
    file.seek(0)
    if head[128:] == b"DICM":
        return
    # Old files begin with the data set itself: a low even group in either byte order (PS3.10 came in 1995).
    group = int.from_bytes(head[:2], "little")
    swapped = int.from_bytes(head[:2], "big")
    if len(head) < 8 or not ({group, swapped} & {0x0002, 0x0004, 0x0008, 0x0010}):
        raise Unreadable(N_("This is not a DICOM file."), N_("Choose a DICOM file or a JPEG, PNG or BMP picture."))


def _syntax_in_meta(path: Path) -> str:
    try:
        return str(read_file_meta_info(str(path)).get("TransferSyntaxUID", ""))
    except Exception:  # noqa: BLE001 - no or broken meta information: pydicom guesses later
        return ""


class _Stop:
    """Remembers where reading stopped: at the pixel data, or at the first value that reaches past the file's end."""

    def __init__(self) -> None:
        self.keyword, self.vr, self.length = "", "", 0

    def __call__(self, tag: BaseTag, vr: str | None, length: int) -> bool:
        if tag in PIXEL_TAGS:
            self.keyword, self.vr, self.length = PIXEL_TAGS[tag], vr or "", length
        return tag >= 0x7FE00008 and (tag in PIXEL_TAGS or tag > 0x7FE00010)


def _read(path: Path, file: BinaryIO, size: int) -> PixelSource:
    stop = _Stop()
    ds = read_partial(file, stop_when=stop, force=True)
    if not len(ds):
        raise Unreadable(N_("This is not a DICOM file."), N_("Choose a DICOM file or a JPEG, PNG or BMP picture."))
    implicit, little = ds.original_encoding
    syntax = str(ds.file_meta.get("TransferSyntaxUID", "")) if hasattr(ds, "file_meta") else ""
    return _source(path, ds, syntax, size, stop, file.tell(), bool(implicit), little is not False)


def _inflated(path: Path, file: BinaryIO, size: int) -> PixelSource:
    """A deflated file (PS3.5 A.5), inflated with a cap instead of pydicom's inflating without one."""
    meta = read_file_meta_info(str(path))
    group_length = meta.get("FileMetaInformationGroupLength")
    if not isinstance(group_length, int):
        raise Unreadable(N_("The header of this file is damaged and can't be read."))
    file.seek(132 + 12 + group_length)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = inflater.decompress(file.read(), INFLATE_CAP)
    except zlib.error as why:
        raise Unreadable(
            N_("The compressed content of this file is damaged."), N_("Ask for the picture to be sent again.")
        ) from why
    if inflater.unconsumed_tail:
        raise Unreadable(N_("This file asks for more memory than any picture needs."), N_("It is not opened."))
    stop = _Stop()
    buffer = io.BytesIO(data)
    ds = read_dataset(buffer, is_implicit_VR=False, is_little_endian=True, stop_when=stop)
    ds.file_meta = meta
    source = _source(path, ds, str(DeflatedExplicitVRLittleEndian), len(data), stop, buffer.tell(), False, True)
    source.memory = data
    return source


def _source(
    path: Path, ds: Dataset, syntax: str, size: int, stop: _Stop, at: int, implicit: bool, little: bool
) -> PixelSource:
    source = PixelSource(path, ds, syntax, size, little_endian=little)
    if stop.keyword:
        # The reader stands before the element's tag: 8 bytes of tag and length, 12 with an explicit 32-bit length.
        source.keyword, source.vr = stop.keyword, stop.vr or "OW"
        source.start = at + (12 if not implicit and stop.vr in EXPLICIT_VR_LENGTH_32 else 8)
        source.length = None if stop.length == UNDEFINED else stop.length
    return source


def why_no_pixels(source: PixelSource) -> Unreadable:
    """The sentence for an object without a picture, by what the object says it is."""
    kind = text(source.ds, "Modality")
    known = {
        "SR": N_("This is a report without a picture."),
        "KO": N_("This is a list of chosen pictures without a picture of its own."),
        "PR": N_("This holds display settings for other pictures, not a picture."),
        "RTPLAN": N_("This is a radiotherapy plan without a picture."),
        "RTSTRUCT": N_("This holds outlines for other pictures, not a picture."),
        "ECG": N_("This is an electrocardiogram; it has curves and no picture."),
        "M3D": N_("This is a 3D model; it is not shown here."),
        "DOC": N_("This is a document inside a DICOM file; it is not shown here."),
    }
    sentence = known.get(kind)
    if sentence is None and "WaveformSequence" in source.ds:
        sentence = known["ECG"]
    if sentence is None and "EncapsulatedDocument" in source.ds:
        sentence = known["DOC"]
    if sentence is None and "DirectoryRecordSequence" in source.ds:
        sentence = N_("This is the table of contents of a disc (DICOMDIR), not a picture.")
    return Unreadable(
        sentence or N_("This file has no picture in it."), N_("Its header can be read with F8."), reference="V204"
    )
