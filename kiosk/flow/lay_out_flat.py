"""The flat viewer folder of the old receiver: each stored image is laid there as SC0001.dcm, SC0002.dcm … too.

The safe copy stays in the dated folders; the viewer's folder is a hand-over place that the viewer empties, so the
numbers begin anew with whatever lies in it.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from kiosk.core.faults import Fault
from kiosk.core.words import N_
from kiosk.store import images
from kiosk.store.engine import Store
from kiosk.store.jobs import Job
from kiosk.store.put_away import put_away
from kiosk.store.volume import Volumes, sha256_of

LAY_OUT = "lay out flat"
_NUMBERED = re.compile(r"SC(\d{4,})\.dcm", re.IGNORECASE)


class FlatFolder:
    """Does the jobs of kind ``LAY_OUT``; a job done twice lays the same image once."""

    def __init__(self, centre: Store, volumes: Volumes, folder: Path) -> None:
        self._centre = centre
        self._volumes = volumes
        self._folder = folder

    def lay_out(self, job: Job) -> None:
        """Copy the image that the job names. Raises Fault where it can't be read or the folder not written."""
        with self._centre.reading() as conn:
            found = images.instance_by_sop_uid(conn, job.subject)
            if found is None and put_away(conn, [job.subject]):
                return  # a correction hides it
        source = self._volumes.path_of(found.volume, found.path) if found else None
        if found is None or source is None:
            raise Fault(N_("The image is not on this PC's disks."), N_("Look at check-store."), reference="D410")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if self._lies_there(found.size, found.sha256):
                return
            half = self._folder / f"{found.sha256[:24]}.part"
            shutil.copyfile(source, half)
            os.replace(half, self._free_name())
        except OSError as why:
            raise Fault(
                N_("The viewer folder {path} can't be written to ({reason})."),
                N_("Check that the folder is there and has room; it is tried again by itself."),
                reference="D411",
                path=str(self._folder),
                reason=why.strerror or type(why).__name__,
            ) from why

    def _lies_there(self, size: int, sha256: str) -> bool:
        alike = (each for each in self._folder.glob("SC*.dcm") if each.stat().st_size == size)
        return any(sha256_of(each) == sha256 for each in alike)

    def _free_name(self) -> Path:
        numbers = (int(match.group(1)) for each in os.listdir(self._folder) if (match := _NUMBERED.fullmatch(each)))
        return self._folder / f"SC{max(numbers, default=0) + 1:04d}.dcm"
