"""Which kind of images a modality belongs to, by the centre's own master."""

from __future__ import annotations

import logging
import threading
import time

from kiosk.core.faults import Fault
from kiosk.core.image_kinds import IMAGE_KINDS, OF_MODALITY, kind_of
from kiosk.store.engine import Store
from kiosk.store.masters import master

log = logging.getLogger(__name__)

MASTER = "image_kinds"
READ_EVERY_S = 300.0


class ImageKinds:
    """``kinds("DX")`` is ``CR``. The master is read now and then; while the store is away, the last one holds."""

    def __init__(self, centre: Store) -> None:
        self._centre = centre
        self._map: dict[str, str] = dict(OF_MODALITY)
        self._read_at = float("-inf")
        self._turn = threading.Lock()

    def __call__(self, modality: str) -> str:
        if time.monotonic() - self._read_at > READ_EVERY_S and self._turn.acquire(blocking=False):
            try:
                self._read()
            finally:
                self._turn.release()
        return kind_of(modality, self._map)

    def _read(self) -> None:
        self._read_at = time.monotonic()
        try:
            with self._centre.reading() as conn:
                told = master(conn, MASTER).get("kind_of", {})
        except Fault as why:
            log.warning("the kinds of images are those of before: %s", why)
            return
        self._map = {str(name).upper(): str(kind) for name, kind in told.items() if kind in IMAGE_KINDS}
