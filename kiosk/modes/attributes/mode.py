"""Sends an examinee's attributes to an X-ray console: scan, look at the name, send."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.core.words import N_, Sentence
from kiosk.modes.attributes import rules
from kiosk.modes.attributes.settings import AttributesSettings
from kiosk.modes.contract import Kit, Mode

if TYPE_CHECKING:
    from kiosk.devices.handover.contract import Handover
    from kiosk.flow.answers import Answer
    from kiosk.flow.send_attributes import Person, SendAttributes


class AttributesDesk:
    """What the window may ask and do; every call returns an Answer at once."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self.settings: AttributesSettings = kit.settings
        self.place = kit.station.place
        self.mailbox = kit.mailbox
        self.today = date.today
        self._made: SendAttributes | None = None

    @property
    def _sender(self) -> SendAttributes:
        if self._made is None:
            from kiosk.flow.send_attributes import SendAttributes

            kit = self._kit
            self._made = SendAttributes(
                kit.centre, kit.local, kit.session.actor, kit.station.institution, handover(kit.settings, kit.data),
                kit.settings.format, kit.settings.file_name, console=kit.settings.console,
                ae_title=kit.settings.ae_title,
            )  # fmt: skip
        return self._made

    def find(self, code: str, day: date) -> Answer:
        """Answer: rules.Chosen; fails with Refused, NoRecord, LinkLost."""
        return self._kit.ask(self._find, code, day)

    def send(self, person: Person) -> Answer:
        """Answer: Sent; fails with Refused, NoRecord, LinkLost, Fault."""
        return self._kit.ask(self._sender.send, person, deadline_s=60.0)

    def sent_today(self) -> Answer:
        """Answer: Sent list, newest first."""
        return self._kit.ask(self._sender.sent_today)

    def _find(self, code: str, day: date) -> rules.Chosen:
        person = self._sender.find(rules.number_of(code), day)
        return rules.Chosen(person, tuple(self._sender.shown(person)))


def handover(settings: AttributesSettings, data: Path) -> Handover:
    """The way to the console."""
    from kiosk.devices.handover.shared_folder import SharedFolder

    told = settings.folder
    return SharedFolder(data / told.path, flag=told.flag, taken=told.taken, wait_s=told.wait_s)


def check(settings: AttributesSettings) -> Iterator[tuple[bool, Sentence, Sentence]]:
    """Is the console's folder there, and does the format make sense?"""
    from kiosk.core.record_formats import troubles

    folder = Path(settings.folder.path)
    if folder.is_absolute():
        there = folder.is_dir()
        yield (
            there,
            Sentence(N_("Folder of the console: {folder}"), {"folder": str(folder)}),
            Sentence(
                "" if there else N_("Make the folder or connect the share, or correct [modes.attributes.folder].")
            ),
        )
    wrong = troubles(settings.format)
    yield (
        not wrong,
        Sentence(N_("Format of the record: {n} fields"), {"n": len(settings.format.fields)}),
        Sentence(N_("Correct [modes.attributes.format]: {what}"), {"what": "; ".join(wrong)})
        if wrong
        else Sentence(""),
    )


def open_window(parent: Any, desk: AttributesDesk) -> Any:
    from kiosk.modes.attributes.window import AttributesWindow

    return AttributesWindow(parent, desk).shell


MODE = Mode(
    title=N_("Attribute sender"),
    settings=AttributesSettings,
    desk=AttributesDesk,
    window=open_window,
    check=check,
    order=35,
)
