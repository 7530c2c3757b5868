"""What the capture window may ask and do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk.core.words import Sentence
from kiosk.flow.capture import Capture, Told, state_words
from kiosk.flow.picture_desk import PictureDesk
from kiosk.modes.contract import Kit

if TYPE_CHECKING:
    from kiosk.core.camera import CameraFacts, PresetSettings, Preview
    from kiosk.flow.answers import Answer


class CaptureDesk(PictureDesk):
    """What the window may ask and do. Orders return at once; what became of triggers is told to ``listen``."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self.capture = Capture(self.spool, kit.settings.trigger, self._tell)
        self.taking = self.capture
        self._listener: Callable[[Told], object] = lambda told: None

    # -- the camera ----------------------------------------------------------------------------------------------

    def facts(self) -> CameraFacts | None:
        """How the camera stands; costs nothing. None before its process was asked for."""
        link = self.capture.camera
        return link.facts() if link is not None else None

    def preview(self, after: int) -> Preview | None:
        """The newest picture that is not number ``after``."""
        link = self.capture.camera
        return link.preview(after) if link is not None else None

    def want(self, width: int, height: int) -> None:
        """The room for the picture, px."""
        if self.capture.camera is not None:
            self.capture.camera.want(width, height)

    def look(self, preset: PresetSettings) -> None:
        """Cut and mask the pictures like this."""
        if self.capture.camera is not None:
            self.capture.camera.look(preset)

    def why_no_picture(self, facts: CameraFacts) -> Sentence:
        """In words, for the black pane."""
        return state_words(facts.state)

    # -- triggers ------------------------------------------------------------------------------------------------

    def listen(self, call: Callable[[Told], object]) -> None:
        """``call(told)`` through the mailbox for each trigger."""
        self._listener = call

    def press(self, source: str) -> None:
        """A key or the button, at this moment. At once: a desk that waits for something must not delay it."""
        self.capture.press(source, time.monotonic())

    # -- clips ---------------------------------------------------------------------------------------------------

    def begin_clip(self) -> Answer:
        """Answer: did it begin?"""
        return self._kit.ask(self.capture.begin_clip)

    def end_clip(self) -> Answer:
        return self._kit.ask(self.capture.end_clip)

    def _tell(self, told: Told) -> None:
        if self.mailbox is not None:
            self.mailbox.post(lambda: self._listener(told))
        else:
            self._listener(told)
