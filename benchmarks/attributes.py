"""Measures the attribute sender: from the scanned code until the console at a serial line of 9600 baud acknowledged the
record, beside the time that the line itself needs for its bytes.

The line is a pseudo terminal whose far end reads and writes at the pace of 9600 baud, 10 bits a byte.
"""

from __future__ import annotations

import logging
import os
import select
import shutil
import sys
import tempfile
import threading
import time
import tty
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from kiosk.assembly import Station
from kiosk.core.patient import Patient
from kiosk.core.record_formats import FieldFormat, RecordFormat
from kiosk.core.serial_profiles import ACK, ENQ, EOT, ETX, SerialSettings
from kiosk.core.settings import StationSettings
from kiosk.core.visit import VisitKey
from kiosk.flow.settings_file import StationFile
from kiosk.modes.attributes.mode import MODE
from kiosk.modes.attributes.settings import AttributesSettings
from kiosk.store import visits
from kiosk.store.visits import VisitRow

BAUD = 9600
BYTE_S = 10 / BAUD
TIMES = 60


class Console:
    """Takes each byte when the line would have brought it, and answers at the same pace."""

    def __init__(self, master: int) -> None:
        self._master = master
        self.line_s = 0.0  # how long bytes were on the line, of the record under way

    def work(self, stop: threading.Event) -> None:
        free_at = 0.0
        behind_etx = False
        while not stop.is_set():
            if not select.select([self._master], [], [], 0.05)[0]:
                continue
            for byte in os.read(self._master, 256):
                free_at = max(free_at, time.perf_counter()) + BYTE_S
                self.line_s += BYTE_S
                time.sleep(max(0.0, free_at - time.perf_counter()))
                if byte == ENQ or behind_etx:  # the byte behind ETX is the check byte
                    free_at += BYTE_S
                    self.line_s += BYTE_S
                    time.sleep(max(0.0, free_at - time.perf_counter()))
                    os.write(self._master, bytes([ACK]))
                behind_etx = byte == ETX
                if byte == EOT:
                    behind_etx = False


def main() -> None:
    logging.disable(logging.WARNING)
    home = Path(tempfile.mkdtemp())
    master, slave = os.openpty()
    tty.setraw(slave)
    console, stop = Console(master), threading.Event()
    thread = threading.Thread(target=console.work, args=(stop,))
    thread.start()
    fields = [FieldFormat(each) for each in ("patient_id", "number", "kanji", "kana", "sex", "birth_date")]
    try:
        for enquire in (False, True):
            line = SerialSettings(os.ttyname(slave), profile="stx", enquire=enquire)
            settings = AttributesSettings(serial=line, format=RecordFormat(fields=fields))
            measured(home / str(enquire), settings, console, "with ENQ" if enquire else "plain")
    finally:
        stop.set()
        thread.join()
        shutil.rmtree(home)


def measured(data: Path, settings: AttributesSettings, console: Console, what: str) -> None:
    data.mkdir()
    file = StationFile(StationSettings(name="x1", data=str(data), login=False), {}, {"attributes": settings})
    station = Station(file, lambda do, *args: do(*args))
    desk = station.open_mode("attributes", MODE)
    with station.centre.writing() as conn:
        for number in range(TIMES):
            patient = Patient("", f"{number:08d}", "見本 太郎", "ミホン タロウ", "", "M", date(1971, 4, 2))
            key = VisitKey("0001", date.today(), f"{1000 + number}")
            visits.take_visit(conn, VisitRow(key, patient, "09:00"), "list")
    whole, beside = [], []
    for number in range(TIMES):
        console.line_s = 0.0
        began = time.perf_counter()
        chosen = desk.find(f"{1000 + number}", date.today(), scanned=True).wait(10)
        desk.send(chosen.person).wait(10)
        took = time.perf_counter() - began
        whole.append(took)
        beside.append(took - console.line_s)
    station.close()
    whole.sort()
    beside.sort()
    at99 = min(TIMES - 1, int(TIMES * 0.99))
    print(f"{what}: scanned to acknowledged {1000 * whole[TIMES // 2]:.0f} ms (median), of it beside the line "
          f"{1000 * beside[TIMES // 2]:.0f} ms median, {1000 * beside[at99]:.0f} ms p99 (aim 100)")  # fmt: skip


if __name__ == "__main__":
    main()
