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
        self._to: Handover | None = None
        self._made: SendAttributes | None = None

    @property
    def _console(self) -> Handover:
        if self._to is None:
            self._to = handover(self.settings, self._kit.data)
        return self._to

    def _reachable(self) -> bool:
        if self.settings.serial.port:
            there: bool = self._console.is_there()  # type: ignore[attr-defined]  # a serial line knows
            return there
        return (self._kit.data / self.settings.folder.path).is_dir()

    @property
    def _sender(self) -> SendAttributes:
        if self._made is None:
            from kiosk.flow.send_attributes import SendAttributes

            kit = self._kit
            self._made = SendAttributes(
                kit.centre, kit.local, kit.session.actor, kit.station.institution, self._console,
                kit.settings.format, kit.settings.file_name, console=kit.settings.console,
                ae_title=kit.settings.ae_title,
            )  # fmt: skip
        return self._made

    def find(self, text: str, day: date, *, scanned: bool) -> Answer:
        """By a scanned code, or a typed number. Answer: rules.Chosen; fails with Refused, NoRecord, LinkLost."""
        return self._kit.ask(self._find, text, day, scanned)

    def link(self) -> Answer:
        """Answer: can the console be reached at this moment?"""
        return self._kit.ask(self._reachable)

    def send(self, person: Person) -> Answer:
        """Answer: Sent; fails with Refused, NoRecord, LinkLost, Fault."""
        return self._kit.ask(self._sender.send, person, deadline_s=60.0)

    def sent_today(self) -> Answer:
        """Answer: Sent list, newest first."""
        return self._kit.ask(self._sender.sent_today)

    def _find(self, text: str, day: date, scanned: bool) -> rules.Chosen:
        from kiosk.core.barcodes import Code, read_code

        code = read_code(text, self.settings.barcode) if scanned else Code(rules.number_of(text))
        person = self._sender.find(code, day)
        return rules.Chosen(person, tuple(self._sender.shown(person)))


def handover(settings: AttributesSettings, data: Path) -> Handover:
    """The way to the console: its serial line where there is one, else its folder."""
    if settings.serial.port:
        from kiosk.devices.console.serial_console import SerialConsole

        return SerialConsole(settings.serial)
    from kiosk.devices.handover.shared_folder import SharedFolder

    told = settings.folder
    return SharedFolder(data / told.path, flag=told.flag, taken=told.taken, wait_s=told.wait_s)


def check(settings: AttributesSettings) -> Iterator[tuple[bool, Sentence, Sentence]]:
    """Is the console's folder there, and does the format make sense?"""
    from kiosk.core import barcodes, record_formats, serial_profiles

    folder = Path(settings.folder.path)
    if folder.is_absolute() and not settings.serial.port:
        there = folder.is_dir()
        yield (
            there,
            Sentence(N_("Folder of the console: {folder}"), {"folder": str(folder)}),
            Sentence(
                "" if there else N_("Make the folder or connect the share, or correct [modes.attributes.folder].")
            ),
        )
    wrong = [
        *record_formats.troubles(settings.format),
        *barcodes.troubles(settings.barcode),
        *serial_profiles.troubles(settings.serial),
    ]
    yield (
        not wrong,
        Sentence(N_("Format of the record: {n} fields"), {"n": len(settings.format.fields)}),
        Sentence(N_("Correct [modes.attributes]: {what}"), {"what": "; ".join(wrong)}) if wrong else Sentence(""),
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
