"""The day's log ``LOG/yyyymmdd/logyyyymmdd.txt``: what happened, without names of examinees."""

from __future__ import annotations

import logging
import re
from datetime import datetime
from pathlib import Path

_QUOTED = re.compile(r"'[^']*[^\x00-\x7f][^']*'|\"[^\"]*[^\x00-\x7f][^\"]*\"|[^\x00-\x7f]+")
_ID = re.compile(
    r"(?i)(patient_?id|patient_?name|kanji|kana|romaji|birth_?date)(['\"]?\s*[:=]\s*)('[^']*'|\"[^\"]*\"|\S+)"
)


def masked(text: str) -> str:
    """Without what may name a person: Japanese text, and values of patient fields. Log lines of ours are English."""
    return _QUOTED.sub("〔…〕", _ID.sub(r"\1\2〔…〕", text))


class DayLog(logging.Handler):
    """A handler that writes each record into the file of its day; the date rolls over by itself."""

    def __init__(self, folder: Path, station: str) -> None:
        super().__init__(logging.INFO)
        self._folder = folder
        self._station = station

    def emit(self, record: logging.LogRecord) -> None:
        try:
            at = datetime.fromtimestamp(record.created)
            lines = _said(record).splitlines() or [""]
            if record.exc_info and record.exc_info[0] is not None:
                lines += self._where(record)
            day = at.strftime("%Y%m%d")
            path = self._folder / day / f"log{day}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            start = f"{at:%H:%M:%S}.{int(record.msecs):03d} {self._station} {record.levelname} {record.name}: "
            text = "".join(f"{start}{masked(line)}\n" for line in lines)
            with open(path, "a", encoding="utf-8") as handle:
                handle.write(text)
        except OSError:
            pass  # a full disk must not stop the work that is being logged; the problem line tells of the disk

    @staticmethod
    def _where(record: logging.LogRecord) -> list[str]:
        """Type and places of an exception, never its values (they may name a patient)."""
        import traceback

        assert record.exc_info is not None
        kind, _, trace = record.exc_info
        assert kind is not None
        places = [
            f"  {frame.filename.rsplit('kiosk', 1)[-1]}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(trace)
        ]
        return [kind.__name__, *places]


def _said(record: logging.LogRecord) -> str:
    """The message; one that does not fit its values is written without them, rather than stopping the work."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return str(record.msg)


def open_day_log(folder: Path, station: str) -> DayLog:
    """Start logging into ``folder``/yyyymmdd/; returns the handler for the station to remove at the end."""
    handler = DayLog(folder, station)
    root = logging.getLogger()
    root.addHandler(handler)
    if root.level > logging.INFO or root.level == logging.NOTSET:
        root.setLevel(logging.INFO)
    for noisy in ("PIL", "alembic", "sqlalchemy"):  # pynetdicom's is set where it is used
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("pydicom").setLevel(logging.ERROR)  # its warnings quote values of headers and queries
    return handler
