"""Hands a study to a viewer of another maker: SC0001.dcm ... in its folder, its parameter file, then its program.

The folder is emptied first, but only of what was put there by this PC: a list of that is kept in the data folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kiosk.core.faults import Fault
from kiosk.core.outside_viewer import check_templates, encoded, filled
from kiosk.core.words import N_
from kiosk.flow.answers import Stopped

PIECE = 1 << 20
_NUMBERED = re.compile(r"SC\d{4,}\.dcm", re.IGNORECASE)

Told = Callable[[float], None]  # so much is done (0 to 1); raises Stopped


@dataclass(frozen=True)
class Outside:
    """The settings of the other viewer, paths as this PC sees them; empty: not that step."""

    folder: Path
    parameter_file: Path | None
    template: str
    encoding: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class HandedOver:
    """How many files lie there, and whether the program was started."""

    count: int
    started: bool


class HandToViewer:
    """``kept``: the folder of this PC where the list of what was put there is kept."""

    def __init__(self, how: Outside, kept: Path) -> None:
        check_templates(how.template, *how.command)
        self._how = how
        mark = hashlib.sha256(os.path.normcase(str(how.folder)).encode()).hexdigest()[:16]
        self._list = kept / f"{mark}.json"

    def hand_over(self, files: Sequence[Path], values: Mapping[str, str], told: Told) -> HandedOver:
        """Copy the files in this order, write the parameter file, start the program. Raises Fault, Stopped; then the
        folder is empty again, so that nobody looks at half a study.
        """
        names = [f"SC{number:04d}.dcm" for number in range(1, len(files) + 1)]
        try:
            self._how.folder.mkdir(parents=True, exist_ok=True)
            self._empty()
            self._see_that_nothing_is_there()
            sizes = [each.stat().st_size for each in files]
            self._keep(dict(zip(names, sizes, strict=True)))
            total, done = sum(sizes) or 1, 0
            for source, name, size in zip(files, names, sizes, strict=True):
                told(done / total)
                _copy(source, self._how.folder / name, told, done, total)
                done += size
            told(1.0)
            values = self._all(values, names)
            self._write_parameters(values)
        except Stopped:
            self._give_up()
            raise
        except OSError as why:
            self._give_up()
            raise Fault(
                N_("The images can't be handed to the other viewer: {path} ({reason})."),
                N_("Check that the folder is there and has room, then try again."),
                reference="V611", path=str(why.filename or self._how.folder), reason=why.strerror or type(why).__name__,
            ) from why  # fmt: skip
        return HandedOver(len(files), self._start(values))

    # -- the folder --------------------------------------------------------------------------------------------------

    def _empty(self) -> None:
        for name, size in self._kept().items():
            path = self._how.folder / name
            path.with_name(name + ".part").unlink(missing_ok=True)
            if path.is_file() and path.stat().st_size == size:
                path.unlink()

    def _see_that_nothing_is_there(self) -> None:
        others = sorted(each for each in os.listdir(self._how.folder) if _NUMBERED.fullmatch(each))
        if others:
            raise Fault(
                N_("In {folder} lie files that were not put there by this PC ({name} ...). They are left as they are."),
                N_("Move them elsewhere, or name another folder in the parameter file."),
                reference="V612", folder=str(self._how.folder), name=others[0],
            )  # fmt: skip

    def _give_up(self) -> None:
        try:
            self._empty()
        except OSError:
            return  # they are on the list, and go before the next study comes

    def _kept(self) -> dict[str, int]:
        try:
            told = json.loads(self._list.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(name): int(size) for name, size in told.items() if _NUMBERED.fullmatch(str(name))}

    def _keep(self, names: Mapping[str, int]) -> None:
        self._list.parent.mkdir(parents=True, exist_ok=True)
        half = self._list.with_suffix(".part")
        half.write_text(json.dumps(names), encoding="utf-8")
        os.replace(half, self._list)

    # -- what it is told ---------------------------------------------------------------------------------------------

    def _all(self, values: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
        how = self._how
        return {
            **values, "count": str(len(names)), "folder": str(how.folder), "file": str(how.parameter_file or ""),
            "first": str(how.folder / names[0]) if names else "", "last": str(how.folder / names[-1]) if names else "",
        }  # fmt: skip

    def _write_parameters(self, values: Mapping[str, str]) -> None:
        path = self._how.parameter_file
        if path is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_name(path.name + ".part")
        half.write_bytes(encoded(filled(self._how.template, values), self._how.encoding))
        os.replace(half, path)

    def _start(self, values: Mapping[str, str]) -> bool:
        """The program as a list of words, without a shell: a name with a quotation mark in it stays a name."""
        if not self._how.command:
            return False
        words = [filled(word, values) for word in self._how.command]
        try:
            subprocess.Popen(  # noqa: S603 - it goes on when this program ends
                words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, close_fds=True
            )
        except OSError as why:
            raise Fault(
                N_("The images lie there, but the other viewer could not be started: {program} ({reason})."),
                N_("Start it by hand, and have its name corrected in the parameter file."),
                reference="V613", program=words[0], reason=why.strerror or type(why).__name__,
            ) from why  # fmt: skip
        return True


def _copy(source: Path, target: Path, told: Told, done: int, total: int) -> None:
    """Under another name until it is whole. ``done`` bytes of ``total`` were copied before it."""
    half = target.with_name(target.name + ".part")
    with open(source, "rb") as read, open(half, "wb") as write:
        while piece := read.read(PIECE):
            write.write(piece)
            done += len(piece)
            told(min(1.0, done / total))
    os.replace(half, target)
