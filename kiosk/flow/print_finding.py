"""A finding goes to paper: the page is made from what is stored, kept as a file, and owed to the printer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.core.faults import Refused
from kiosk.core.finding import FindingVersion, KeyImage
from kiosk.core.finding_tables import tables_of
from kiosk.core.judgement import Judgement, read_judgement
from kiosk.core.settings import StationSettings
from kiosk.core.two_readers import refuse_page
from kiosk.core.visit import Visit
from kiosk.core.words import N_
from kiosk.flow.print_pages import FINDING, owe_page
from kiosk.flow.session import Session
from kiosk.store import audit, drawings, findings, masters, visits
from kiosk.store.engine import Store

if TYPE_CHECKING:  # the library that makes pages takes half a second to load: not before the first page
    from kiosk.paper.finding_report import FindingPage


def page_of(
    conn: Any,
    station: StationSettings,
    judgement: Judgement,
    visit: Visit,
    kind: str,
    version: FindingVersion,
    history: Sequence[FindingVersion],
    printed_at: str = "",
    drawing: bytes = b"",
) -> FindingPage:
    """The page of one version, with its key images proven by their hash; ``drawing`` is its flattened schema."""
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
        tables=tables_of(judgement.kind(kind), version.body),
        pictures=pictures,
        drawing=drawing,
        station=station.place or station.name,
        printed_at=printed_at,
    )


def judgement_of(conn: Any, version: FindingVersion) -> Judgement:
    """The master that a version was signed with, so that an old page prints as it was signed; for a draft, and for what
    was signed before masters were kept, the one in force."""
    kept = masters.kept_version(conn, "findings", version.master) if version.master else None
    return read_judgement(masters.master(conn, "findings")) if kept is None else read_judgement(kept, proven=True)


def _caption(image: KeyImage | None) -> str:
    return image.comment if image is not None else ""


class PrintFinding:
    """Makes pages and hands them out. Methods work on the calling thread and may block."""

    def __init__(
        self,
        centre: Store,
        own_store: Store,
        session: Session,
        station: StationSettings,
        folder: Path,
        blind: bool = True,
    ) -> None:
        """``blind``: a first reading is not shown to the second reader."""
        self._blind = blind
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
        owe_page(self._own, self._station.name, path, FINDING)
        return path

    def _page(self, visit: int, kind: str, number: int, now: bool = False) -> tuple[bytes, Visit, FindingVersion]:
        from kiosk.paper.finding_report import finding_report

        with self._centre.reading() as conn:
            found = visits.visit_by_id(conn, visit)
            finding = findings.finding_of(conn, visit, kind)
            if found is None or finding is None or not finding.versions:
                raise Refused("empty", N_("There is no finding to print yet."), N_("Write and save it first."))
            refuse_page(finding, self._session.actor().who, self._blind)
            version = next((each for each in finding.versions if each.number == number), finding.versions[-1])
            judgement = judgement_of(conn, version)
            printed_at = datetime.now().strftime("%Y-%m-%d %H:%M") if now else ""
            drawing = drawings.drawing_png(conn, finding.id, version.number)
            page = page_of(
                conn, self._station, judgement, found, kind, version, finding.versions, printed_at, drawing
            )
        return finding_report(page)[0], found, version
