"""What the pages of the teaching file may ask and do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.core.patient import Patient
from kiosk.core.teaching import Area, Words
from kiosk.modes.contract import Kit

if TYPE_CHECKING:
    from kiosk.flow.answers import Answer, Running


class TeachingDesk:
    """Answers come through the mailbox."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    def find(self, text: str, modality: str) -> Answer:
        """Answer: list of TeachingPicture, newest first."""

        def look() -> Any:
            from kiosk.store import teaching

            with self._kit.centre.reading() as conn:
                return teaching.find(conn, text, modality)

        return self._kit.ask(look)

    def png(self, row: int, width_px: int, height_px: int) -> Answer:
        """Answer: the picture as PNG, fitted."""

        def look() -> Any:
            from kiosk.paper.preview import fitted_png
            from kiosk.store import teaching

            with self._kit.centre.reading() as conn:
                picture = teaching.picture_bytes(conn, row)
            return fitted_png(picture, width_px, height_px, enlarged=True)

        return self._kit.ask(look)

    def tray(self, visit: int) -> Answer:
        """Answer: (key image, thumbnail) of each in the visit's tray."""
        from kiosk.flow.teach import key_images

        return self._kit.ask(key_images, self._kit.centre, visit)

    def key_image(self, row: int) -> Answer:
        """Answer: the bytes of a key image."""

        def look() -> bytes:
            from kiosk.store import findings

            with self._kit.centre.reading() as conn:
                return findings.key_image_bytes(conn, row)

        return self._kit.ask(look)

    def made(self, make: Callable[[], bytes]) -> Answer:
        """Answer: (PNG that ``make`` makes on a desk thread, its thumbnail)."""

        def work() -> tuple[bytes, Any]:
            from kiosk.paper.teaching_picture import thumb

            picture = make()
            return picture, thumb(picture)

        return self._kit.ask(work)

    def fitted(self, picture: bytes, width_px: int, height_px: int) -> Answer:
        """Answer: a picture as PNG, fitted."""
        from kiosk.paper.preview import fitted_png

        return self._kit.ask(fitted_png, picture, width_px, height_px, enlarged=True)

    def keep(self, picture: bytes, areas: Sequence[Area], words: Words, whose: Patient, sop_uid: str) -> Answer:
        """Answer: the row; fails with Refused."""
        from kiosk.flow.teach import keep

        kit = self._kit
        return kit.ask(keep, kit.centre, kit.session.actor(), picture, list(areas), words, whose, sop_uid)

    def remove(self, row: int) -> Answer:
        """Fails with Refused where this person may not."""
        from kiosk.flow.teach import remove

        return self._kit.ask(remove, self._kit.centre, self._kit.session.actor(), row)

    def export(self, folder: str, rows: Sequence[int]) -> Running:
        """Answer: the folder that was made; with its progress."""
        kit, actor = self._kit, self._kit.session.actor()

        def work(told: Callable[[float], None]) -> Path:
            from kiosk.flow.teach import export

            return export(kit.centre, actor, Path(folder), rows, told, datetime.now())

        return kit.errands.begin("teaching-export", work)

    def on_news(self, call: Callable[[], None]) -> Callable[[], None]:
        """``call()`` when the teaching file changed; returns the way to end it."""
        return self._kit.notices.listen("teaching", lambda notice: call())
