"""Pages that were made go to paper: each is owed to this PC's printer as a job and tried until it is taken."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path

from kiosk.flow.crew import Crew
from kiosk.flow.hand_out import HandOut
from kiosk.paper.print_out import print_out
from kiosk.store import jobs, notices
from kiosk.store.engine import Store
from kiosk.store.jobs import Job

JOB = "print page"  # of this PC's own store; its destination is the kind of page, its body: path, page
NOTICE = "paper"  # local notice; ids: path, page, printed (False: this PC has no printer), failed, job
FINDING, LIST, SHEET = "finding", "list", "sheet"  # kinds of pages: each may have its own printer


def owe_page(own_store: Store, station: str, path: Path, page: str) -> None:
    """Owe a file to the printer of its kind of page. A printer that is off gets it later."""
    with own_store.writing() as conn:
        jobs.owe(
            conn, JOB, station=station, destination=page, subject=f"{path.name} {time.time_ns()}", local=True,
            body={"path": str(path), "page": page},
        )  # fmt: skip


def start_printing(own_store: Store, station: str, crew: Crew, page: str, command: Sequence[str]) -> None:
    """Print what is owed of one kind of page with ``command``; another mode of this PC prints its own."""
    printer = PagePrinter(own_store, command)
    HandOut(own_store, station, {JOB: printer.do}, crew, only=(page,), local=True)


class PagePrinter:
    """Does the job: hands the file to the printer and says in this PC's notices where it went."""

    _one_at_a_time = threading.Lock()

    def __init__(self, own_store: Store, command: Sequence[str]) -> None:
        self._own = own_store
        self._command = tuple(command)

    def do(self, job: Job) -> None:
        """Raises Fault where the printer did not take it; the job stays owed and is tried again."""
        path = Path(job.body["path"])
        with self._one_at_a_time:
            try:
                printed = print_out(path, self._command)
            except Exception:
                self._tell(job, path, printed=False, failed=True)
                raise
        self._tell(job, path, printed=printed.to_printer, failed=False)

    def _tell(self, job: Job, path: Path, *, printed: bool, failed: bool) -> None:
        with self._own.writing() as conn:
            notices.tell(
                conn, NOTICE, local=True, path=str(path), page=job.body.get("page", ""), printed=printed, failed=failed,
                job=job.id,
            )  # fmt: skip
