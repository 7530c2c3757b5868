"""Pictures become files for people outside: JPEG, films, BMP made smaller; each is written down in the audit table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.core import avi
from kiosk.core.faults import Fault, Refused
from kiosk.core.words import N_
from kiosk.flow.whole_file import whole_file
from kiosk.store import audit
from kiosk.store.audit import Actor
from kiosk.store.engine import Store

Told = Callable[[float], None]


@dataclass(frozen=True)
class Exported:
    """What leaves: whose it is (``issuer|patient ID``), of which study, as what, and under its name or not."""

    patient: str
    study_uid: str
    kind: str
    anonymous: bool = False


class SavePictures:
    """Writes for one viewer. Nothing is there under its name before the audit row is."""

    def __init__(self, centre: Store, actor: Callable[[], Actor]) -> None:
        self._centre, self._actor = centre, actor

    def picture(self, path: Path, make: Callable[[], bytes], what: Exported, header: Path | None = None) -> bool:
        """One picture. ``header``: its file, for what goes out without a name; returns False where it does not say
        whether a name is burned into it. Raises Refused where one is (PS3.3 C.7.6.1: BurnedInAnnotation).
        """
        certain = True
        if header is not None:
            said = _burned_in(header)
            if said == "YES":
                raise Refused(
                    "burned in", N_("The device says that words are burned into this picture, perhaps the name."),
                    N_("Mark a region without them and save that."), reference="V403",
                )  # fmt: skip
            certain = said == "NO"
        data = make()
        if not data:
            raise Fault(N_("No picture is shown."), reference="V404")
        with whole_file(path) as file:
            file.write(data)
            self._note(what, [path])
        return certain

    def film(
        self,
        path: Path,
        pictures: Iterator[tuple[bytes, int, int]],
        repeats: Sequence[int],
        frame_us: int,
        what: Exported,
        told: Told,
    ) -> int:
        """An AVI of JPEG ``pictures`` (bytes, width, height, all of one size), each shown ``repeats`` times; returns
        how many. Raises Stopped through ``told``, then nothing is left of it.
        """
        sizes: list[int] = []
        size = [0, 0]
        written = avi.HEAD
        with whole_file(path) as file:
            file.write(bytes(avi.HEAD))
            for number, (data, width, height) in enumerate(pictures):
                chunk, size = avi.picture(data), [width, height]
                for _ in range(repeats[number]):
                    file.write(chunk)
                    sizes.append(len(data))
                    written += len(chunk)
                if written > avi.LARGEST:
                    raise Refused(
                        "size", N_("The film would be larger than 2 GB."),
                        N_("Choose a shorter row of pictures."), reference="V413",
                    )  # fmt: skip
                told((number + 1) / len(repeats))
            file.write(avi.index(sizes))
            file.seek(0)
            file.write(avi.head(avi.Film(size[0], size[1], frame_us, sizes)))
            self._note(what, [path])
        return len(sizes)

    def smaller(
        self, files: Sequence[Path], folder: Path | None, convert: Callable[[Path], bytes], told: Told
    ) -> tuple[list[Path], list[tuple[Path, Fault]]]:
        """BMP files as JPEG into ``folder`` (None: beside each); the originals stay. Returns what was written, and
        what could not be with the reason.
        """
        written: list[Path] = []
        failed: list[tuple[Path, Fault]] = []
        try:
            for number, source in enumerate(files):
                told(number / len(files))
                try:
                    data = convert(source)
                    target = _free_name((folder or source.parent) / f"{source.stem}.jpg")
                    with whole_file(target) as file:
                        file.write(data)
                    written.append(target)
                except Fault as why:
                    failed.append((source, why))
        finally:
            if written:
                self._note(Exported("", "", "BMP to JPEG"), written)
        return written, failed

    def _note(self, what: Exported, paths: Sequence[Path]) -> None:
        facts: dict[str, Any] = {"kind": what.kind, "files": len(paths), "first": paths[0].name}
        with self._centre.writing() as conn:
            audit.write(
                conn, self._actor(), "picture exported", patient=what.patient, subject=what.study_uid,
                anonymous=what.anonymous, **facts,
            )  # fmt: skip


def bmp_files(folder: Path) -> list[Path]:
    """The BMP files of a folder, in order. Raises Fault where it can't be read."""
    try:
        return sorted(each for each in folder.iterdir() if each.suffix.lower() == ".bmp" and each.is_file())
    except OSError as why:
        raise Fault(
            N_("There are no pictures in {place}."), N_("Choose another folder."), reference="V404", place=folder.name
        ) from why


def _free_name(path: Path) -> Path:
    """A name that nothing has yet: no picture is ever written over."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem} ({number}){path.suffix}")
    return free


def _burned_in(header: Path) -> str:
    from kiosk.dicom.pixel_photo import is_photo
    from kiosk.dicom.pixel_source import open_source
    from kiosk.dicom.pixel_values import text

    return "" if is_photo(header) else text(open_source(header).ds, "BurnedInAnnotation").upper()
