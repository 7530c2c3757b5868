"""The assembler: parameter file -> stores -> workers -> desks; closes in reverse order."""

from __future__ import annotations

import json
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from kiosk.core.faults import Fault, LinkLost
from kiosk.core.settings import StationSettings
from kiosk.core.words import N_, speak
from kiosk.modes import catalog
from kiosk.modes.contract import Kit, Mode

if TYPE_CHECKING:
    from kiosk.flow.check_store import Line
    from kiosk.flow.services import Service
    from kiosk.flow.settings_file import StationFile

log = logging.getLogger(__name__)


def use_language(language: str) -> None:
    from kiosk import locale

    try:
        speak(locale.load(language))
    except (OSError, ValueError):
        speak(lambda text: text)  # English, rather than not at all


def unforeseen(why: Exception) -> Fault:
    """An error that nobody foresaw, as the command line tells it."""
    from kiosk.flow.answers import as_fault

    return as_fault(why)


class Station:
    """What a process holds for its modes: stores, crew, errands, notices, session, services."""

    def __init__(
        self,
        file: StationFile,
        post: Callable[..., None],
        *,
        mailbox: Any = None,
        argument: str = "",
        on_worker_error: Callable[[str, BaseException], None] | None = None,
    ) -> None:
        from kiosk.flow.answers import Errands
        from kiosk.flow.crew import Crew
        from kiosk.flow.day_log import open_day_log
        from kiosk.flow.notices import Watch
        from kiosk.flow.session import Session
        from kiosk.flow.settings_file import volumes_of
        from kiosk.store.opening import centre_store, station_store

        self.file = file
        self.settings: StationSettings = file.station
        file.data.mkdir(parents=True, exist_ok=True)
        self._log = open_day_log(file.data / "LOG", file.station.name)
        log.info("start %s, modes %s", file.station.name, ", ".join(file.modes) or "-")
        self.centre = centre_store(file.station.centre, file.data)
        self.local = station_store(file.data)
        self.crew = Crew(on_worker_error)
        self.errands = Errands(self.crew, post, leave=self._leave_stores)
        self.link = True
        self._on_link: list[Callable[[bool], None]] = []
        self.notices = Watch(self.centre, self.crew, post, on_link=self._tell_link)
        self.local_notices = Watch(self.local, self.crew, post, local=True)
        self.session = Session(self.centre, self.errands, file.station.name)
        self.volumes = volumes_of(file)
        self.services: dict[str, Service] = {}
        self._mailbox = mailbox
        self._argument = argument
        self.desks: dict[str, Any] = {}

    def _leave_stores(self) -> None:
        self.centre.leave()
        self.local.leave()

    def _tell_link(self, good: bool) -> None:
        self.link = good
        for call in list(self._on_link):
            call(good)

    def on_link(self, call: Callable[[bool], None]) -> None:
        """Call with True/False when the shared store answers again or no longer (main thread), and once now."""
        self._on_link.append(call)
        call(self.link)

    def kit(self, name: str) -> Kit:
        return Kit(
            mode=name,
            settings=self.file.modes[name],
            station=self.settings,
            data=self.file.data,
            centre=self.centre,
            local=self.local,
            volumes=self.volumes,
            crew=self.crew,
            errands=self.errands,
            session=self.session,
            notices=self.notices,
            local_notices=self.local_notices,
            mailbox=self._mailbox,
            services=self.services,
            argument=self._argument,
            file=self.file,
            check=self.check,
        )

    def check(self) -> Iterator[Line]:
        """Is everything that this station needs there and answering?"""
        from kiosk.flow.check_station import check_station

        return check_station(self.file, catalog.every_mode())

    def open_mode(self, name: str, mode: Mode) -> Any:
        """Start the mode's services and workers and build its desk, once; returns the desk."""
        if name in self.desks:
            return self.desks[name]
        from kiosk.flow.services import Service

        for service in mode.services:
            full = f"{name}.{service}"
            if full not in self.services:
                self.services[full] = Service(full, order_for(self.file, name), self.crew)
        kit = self.kit(name)
        desk = mode.desk(kit)
        if mode.workers is not None:
            mode.workers(kit, desk)
        self.desks[name] = desk
        return desk

    def close(self) -> None:
        """In reverse order: workers and services, stores, log. A worker that hangs does not keep the program."""
        late = self.crew.close(12.0)
        self._leave_stores()
        self.centre.close()
        self.local.close()
        log.info("end %s", self.settings.name)
        logging.getLogger().removeHandler(self._log)
        if late:
            log.warning("left behind: %s", ", ".join(late))


# -- services in child processes ---------------------------------------------------------------------------------
def order_for(file: StationFile, mode: str) -> dict[str, Any]:
    """The settings of one mode as the child gets them (JSON), with absolute paths."""
    import dataclasses

    return {
        "station": {**dataclasses.asdict(file.station), "data": str(file.data)},
        "volumes": {
            name: {**dataclasses.asdict(each), "path": str((file.folder / each.path).absolute())}
            for name, each in file.volumes.items()
        },
        "modes": {mode: dataclasses.asdict(file.modes[mode])},
    }


def run_service(full_name: str) -> int:
    """Run one service of a mode until standard input ends."""
    from kiosk.flow.services import wait_for_the_end
    from kiosk.flow.settings_file import validated

    name, _, service = full_name.partition(".")
    if name not in catalog.mode_names() or service not in catalog.load_mode(name).services:
        raise Fault(
            N_("{word} is neither a command nor a file."),
            N_("See “station --help”."),
            reference="P206",
            word=f"--service {full_name}",
        )
    warnings.filterwarnings("ignore", module="pydicom")  # they quote what a device wrote of an examinee
    mode = catalog.load_mode(name)
    file = validated(json.loads(sys.stdin.buffer.readline()), {name: mode.settings})
    use_language(file.station.language)
    stop = threading.Event()
    wait_for_the_end(stop)
    station = Station(file, lambda do, *args: do(*args))
    try:
        mode.services[service](station.kit(name), stop)
    except Fault as fault:
        log.error("service %s: %s", full_name, fault)
        return 3
    finally:
        station.close()
    return 0


# -- headless ----------------------------------------------------------------------------------------------------
def run_headless(file: StationFile, modes: dict[str, Mode], stop: threading.Event) -> int:
    """Services and workers of the modes that allow it, until ``stop``."""
    able = [name for name in file.modes if not modes[name].broken]  # what is broken was told on standard error
    if file.modes and not able:
        modes[next(iter(file.modes))].desk(None)  # raises the Fault that says why
    unfit = [name for name in able if not modes[name].headless]
    if unfit or not file.modes:
        raise Fault(
            N_("These modes need a window: {modes}."),
            N_("Start them without --headless."),
            reference="P205",
            modes=", ".join(unfit) or "-",
        )
    station = Station(file, lambda do, *args: do(*args))
    try:
        _look_at_stores(station)
        for name in able:
            station.open_mode(name, modes[name])
        while not stop.wait(0.5):
            pass
    finally:
        station.close()
    return 0


def _look_at_stores(station: Station) -> None:
    """Without a window nobody sees a problem line: a store that time alone won't mend (newer than this program,
    damaged, another program's) ends the start; one that is away is told, and the station waits for it.
    """
    for store in (station.centre, station.local):
        try:
            with store.reading():
                pass
        except LinkLost as away:
            print(away.told(), file=sys.stderr, flush=True)
        finally:
            store.leave()
