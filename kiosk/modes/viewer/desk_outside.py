"""What the viewer may ask of a viewer of another maker."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.core.outside_viewer import check_templates, files_in_order, values_of
from kiosk.modes.contract import Kit

if TYPE_CHECKING:
    from kiosk.flow.answers import Running
    from kiosk.flow.hand_to_viewer import HandToViewer

KEPT = "OUTSIDE"  # below the data folder: what was put into the other viewer's folder


class OutsideDesk:
    """``title`` is empty where there is no such viewer."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        told = kit.settings.outside
        self.title: str = told.title if told.folder else ""
        check_templates(told.template, *told.command)

    def hand_over(self, seen: Any) -> Running:
        """Answer: (HandedOver, the name that was written instead, or empty); with its progress."""
        actor = self._kit.session.actor()

        def work(told: Callable[[float], None]) -> Any:
            from kiosk.store import audit

            said = values_of(seen.stacks, seen.study, seen.visit, self._kit.settings.outside.encoding)
            done = self._hands.hand_over([Path(path) for path in files_in_order(seen.stacks)], said.values, told)
            with self._kit.centre.writing() as conn:
                audit.write(
                    conn, actor, "study handed over", patient=f"|{said.values['id']}", subject=said.values["study_uid"],
                    images=done.count, to=self.title,
                )  # fmt: skip
            return done, said.changed

        return self._kit.errands.begin("outside-viewer", work)

    @cached_property
    def _hands(self) -> HandToViewer:
        from kiosk.flow.hand_to_viewer import HandToViewer, Outside

        told = self._kit.settings.outside
        home = self._kit.file.folder if self._kit.file is not None else self._kit.data
        file = (home / told.parameter_file).absolute() if told.parameter_file else None
        how = Outside((home / told.folder).absolute(), file, told.template, told.encoding, tuple(told.command))
        return HandToViewer(how, self._kit.data / KEPT)
