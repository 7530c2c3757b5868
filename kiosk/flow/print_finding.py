"""A finding goes to paper: the page is made from what is stored, kept as a file, and handed to the printer as a job."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.core.faults import Refused
from kiosk.core.finding import FindingVersion, KeyImage
from kiosk.core.judgement import Judgement, read_judgement
from kiosk.core.settings import StationSettings
from kiosk.core.visit import Visit
from kiosk.core.words import N_
from kiosk.flow.session import Session
from kiosk.paper.print_out import print_out
from kiosk.store import audit, findings, jobs, masters, notices, visits
from kiosk.store.engine import Store
from kiosk.store.jobs import Job

if TYPE_CHECKING:  # the library that makes pages takes half a second to load: not before the first page
    from kiosk.paper.finding_report import FindingPage

JOB = "print page"  # of this PC's own store; body: path, page (finding, list)
NOTICE = "paper"  # local notice; ids: path, page, printed (False: this PC has no printer), failed, job


def page_of(
    conn: Any,
    station: StationSettings,
    judgement: Judgement,
    visit: Visit,
    kind: str,
    version: FindingVersion,
    history: Sequence[FindingVersion],
    printed_at: str = "",
) -> FindingPage:
    """The page of one version, with its key images proven by their hash."""
    from kiosk.paper.finding_report import FindingPage, Picture

    step = next((each for each in visit.steps if each.exam.code == kind), None)
    category = judgement.category(version.body.category)
    tray = {image.id: image for image in findings.tray(conn, visit.id)}
    pictures = [
        Picture(findings.key_image_bytes(conn, number, visit.id), _caption(tray.get(number)))
        for number in version.body.key_images
    ]
    return FindingPage(
        institution=station.institution_name,
        kind=step.exam.name if step else judgement.kind(kind).name or kind,
        patient=visit.patient,
        visit=visit,
        version=version,
        history=history,
        codes=judgement.codes_of(kind, version.body.codes),
        category=category.shown if category else version.body.category,
        pictures=pictures,
        station=station.place or station.name,
        printed_at=printed_at,
    )


def _caption(image: KeyImage | None) -> str:
    return image.comment if image is not None else ""


class PrintFinding:
    """Makes pages and hands them out. Methods work on the calling thread and may block."""

    def __init__(
        self, centre: Store, own_store: Store, session: Session, station: StationSettings, folder: Path
    ) -> None:
        self._centre = centre
        self._own = own_store
        self._session = session
        self._station = station
        self._folder = folder

    def page(self, visit: int, kind: str, number: int = 0) -> bytes:
        """The PDF of version ``number`` (0 = the newest): the same version gives the same bytes on every PC."""
        return self._page(visit, kind, number)[0]

    def print(self, visit: int, kind: str, number: int = 0) -> Path:
        """Keep the page as a file and owe it to the printer; returns the file. A printer that is off gets it later."""
        from kiosk.paper.page import write_whole

        data, found, version = self._page(visit, kind, number, now=True)
        day = found.key.day.strftime("%Y%m%d")
        # No name in the file's name: it may be seen by whoever services the printer.
        path = self._folder / day / f"finding-{visit}-{kind}-v{version.number}.pdf"
        write_whole(path, data)
        with self._centre.writing() as conn:
            audit.write(
                conn,
                self._session.actor(),
                "finding printed",
                patient=f"{found.patient.issuer}|{found.patient.patient_id}",
                subject=f"visit {visit} {kind} version {version.number}",
            )
        with self._own.writing() as conn:
            jobs.owe(
                conn, JOB, station=self._station.name, subject=f"{path.name} {time.time_ns()}", local=True,
                body={"path": str(path), "page": "finding"},
            )  # fmt: skip
        return path

    def _page(self, visit: int, kind: str, number: int, now: bool = False) -> tuple[bytes, Visit, FindingVersion]:
        from kiosk.paper.finding_report import finding_report

        with self._centre.reading() as conn:
            found = visits.visit_by_id(conn, visit)
            finding = findings.finding_of(conn, visit, kind)
            if found is None or finding is None or not finding.versions:
                raise Refused("empty", N_("There is no finding to print yet."), N_("Write and save it first."))
            version = next((each for each in finding.versions if each.number == number), finding.versions[-1])
            judgement = read_judgement(masters.master(conn, "findings"))
            printed_at = datetime.now().strftime("%Y-%m-%d %H:%M") if now else ""
            page = page_of(conn, self._station, judgement, found, kind, version, finding.versions, printed_at)
        return finding_report(page)[0], found, version


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
