"""Training: plays the modalities (worklist, pictures, sending, with or without mistakes) and a PACS that counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from threading import Event
from typing import TYPE_CHECKING, Any

from kiosk.core.faults import Fault
from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_
from kiosk.modes.contract import Kit, Mode
from kiosk.modes.training import rules

if TYPE_CHECKING:
    from kiosk.core.visit import ExpectedView
    from kiosk.core.worklist_query import WorklistRow
    from kiosk.dicom.pacs_simulator import PacsSimulator
    from kiosk.flow.answers import Answer


@dataclass(frozen=True)
class DeviceSettings(Settings):
    """A modality to play."""

    ae_title: str = setting("", N_("AE title it calls itself; the gateway must know it."))
    modality: str = setting("CR", N_("What it takes: CR, DX, US, ES, OP, MG, CT."))
    title: str = setting("", N_("What people call it."))


def usual_devices() -> list[DeviceSettings]:
    """Those that the shipped masters schedule for."""
    return [
        DeviceSettings("CR1", "CR", "X線室1"),
        DeviceSettings("US1", "US", "超音波室1"),
        DeviceSettings("ES1", "ES", "内視鏡室"),
        DeviceSettings("OP1", "OP", "眼底室"),
        DeviceSettings("MG1", "MG", "マンモグラフィ室"),
    ]


@dataclass(frozen=True)
class TrainingSettings(Settings):
    """Which gateway is practised with."""

    gateway: str = setting("127.0.0.1", N_("IP address of the gateway."))
    port: int = setting(11112, N_("Its port."))
    ae_title: str = setting("KIOSK", N_("Its AE title."))
    devices: list[DeviceSettings] = setting(usual_devices, N_("The devices to play."))
    pacs_ae_title: str = setting("PACS", N_("AE title of the PACS that is simulated."))
    pacs_port: int = setting(11113, N_("Its port; 0 = a free one."))


class TrainingDesk:
    """What the training window may ask and do."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self.mailbox = kit.mailbox
        self.place = kit.station.place
        self.settings: TrainingSettings = kit.settings
        self.devices = [rules.Device(each.ae_title, each.modality, each.title) for each in self.settings.devices]
        self.today = date.today
        self._pacs: PacsSimulator | None = None
        self._pacs_stop: Event | None = None
        self._stop_sending = Event()

    def check_link(self, device: rules.Device) -> Answer:
        """Answer: milliseconds of a C-ECHO from that device to the gateway."""
        return self._kit.ask(lambda: self._modality(device).check_links())

    def worklist(self, device: rules.Device) -> Answer:
        """Answer: today's steps of that device (core WorklistRow)."""
        return self._kit.ask(self._worklist, device, deadline_s=30.0)

    def examine(
        self, device: rules.Device, row: WorklistRow, mistake: str, progress: Callable[[int, int], None]
    ) -> Answer:
        """Answer: rules.Examined. ``progress(done, of)`` comes through the mailbox while it sends."""
        self._stop_sending.clear()
        return self._kit.ask(self._examine, device, row, mistake, progress, deadline_s=300.0)

    def cancel(self) -> None:
        """Stop sending after the picture under way."""
        self._stop_sending.set()

    def start_pacs(self) -> Answer:
        """Answer: rules.PacsState."""
        return self._kit.ask(self._start_pacs)

    def stop_pacs(self) -> Answer:
        """Answer: rules.PacsState."""
        return self._kit.ask(self._end_pacs)

    def fill_pacs(self, full: bool) -> None:
        """Play a full disk: the PACS refuses everything until it is over."""
        if self._pacs is not None:
            self._pacs.full = full

    def pacs(self) -> rules.PacsState:
        """How the PACS stands; costs nothing."""
        pacs = self._pacs
        if pacs is None:
            return rules.PacsState(ae_title=self.settings.pacs_ae_title)
        studies = pacs.per_study()
        return rules.PacsState(True, pacs.ae_title, pacs.port, studies.total(), len(studies), pacs.full)

    # -- on a desk thread ----------------------------------------------------------------------------------------

    def _modality(self, device: rules.Device) -> Any:
        from kiosk.dicom.modality_simulator import ModalitySimulator
        from kiosk.dicom.nodes import Node

        gateway = Node(self.settings.ae_title, self.settings.gateway, self.settings.port, title="gateway")
        return ModalitySimulator(device.ae_title, device.modality, gateway, gateway)

    def _worklist(self, device: rules.Device) -> list[WorklistRow]:
        from kiosk.dicom.ask_worklist import Asking

        found: list[WorklistRow] = self._modality(device).ask(Asking(day=self.today(), modality=device.modality))
        return found

    def _examine(
        self, device: rules.Device, row: WorklistRow, mistake: str, progress: Callable[[int, int], None]
    ) -> rules.Examined:
        from kiosk.dicom.modality_simulator import Mistake, told

        done = 0

        def count(_: object, of: int) -> None:
            nonlocal done
            done += 1
            if self.mailbox is not None:
                self.mailbox.post(progress, done, of)

        modality = self._modality(device)
        sent = modality.examine(
            row, self._views(row.code), mistake=Mistake(mistake), progress=count, stop=self._stop_sending
        )
        trouble = told(sent, modality.storage)
        if trouble is not None:
            raise trouble
        return rules.Examined(len(sent), sum(each.accepted for each in sent))

    def _views(self, code: str) -> tuple[ExpectedView, ...]:
        """What the master expects of the examination; nothing where it is not known here."""
        from kiosk.core.course import read_course_book
        from kiosk.store import masters

        try:
            with self._kit.centre.reading() as conn:
                book = read_course_book(masters.master(conn, "examinations"), {})
        except Fault:
            return ()
        exam = book.examinations.get(code)
        return exam.views if exam else ()

    def _start_pacs(self) -> rules.PacsState:
        if self._pacs is None:
            from kiosk.dicom.pacs_simulator import PacsSimulator

            settings = self.settings
            pacs = PacsSimulator(self._kit.data / "PACS", settings.pacs_ae_title, settings.pacs_port).open()
            self._pacs = pacs

            def stay(stop: Event) -> None:
                stop.wait()
                pacs.close()

            self._pacs_stop = self._kit.crew.start("pacs-simulator", stay)
        return self.pacs()

    def _end_pacs(self) -> rules.PacsState:
        if self._pacs_stop is not None:
            self._pacs_stop.set()
        self._pacs = self._pacs_stop = None
        return self.pacs()


def open_window(parent: Any, desk: TrainingDesk) -> Any:
    from kiosk.modes.training.window import TrainingWindow

    return TrainingWindow(parent, desk).shell


MODE = Mode(title=N_("Training"), settings=TrainingSettings, desk=TrainingDesk, window=open_window, order=90)
