"""What the query page says of servers, answers and retrievals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from kiosk.core.fetching import IMAGE, SERIES, STATES, STUDY, FetchLine, FetchState, Wanted
from kiosk.core.kept_sentences import kept_sentence
from kiosk.core.words import N_, Sentence, say

MOST_DESTINATIONS = 11
HERE = ""


@dataclass(frozen=True)
class ServerLine:
    """A server on the page. ``destinations`` AE titles, empty text for this gateway; the first the default."""

    name: str
    title: str
    ae_title: str
    destinations: tuple[str, ...] = ()


@dataclass(frozen=True)
class QueryView:
    """What the page shows beside the answers of a query."""

    servers: tuple[ServerLine, ...] = ()
    lines: tuple[FetchLine, ...] = ()
    here: str = ""


@dataclass(frozen=True)
class Place:
    """Where somebody stands in the tree: at studies, in a study, in a series. Rows by DICOM keyword."""

    level: str = STUDY
    above: Mapping[str, str] = field(default_factory=dict)  # UIDs of the levels above

    def into(self, row: Mapping[str, str]) -> Place | None:
        """One level down; None at the bottom."""
        if self.level == STUDY:
            return Place(SERIES, {"StudyInstanceUID": row["StudyInstanceUID"]})
        if self.level == SERIES:
            return Place(IMAGE, {**self.above, "SeriesInstanceUID": row["SeriesInstanceUID"]})
        return None

    def out(self) -> Place | None:
        """One level up; None at the top."""
        if self.level == STUDY:
            return None
        return Place(SERIES, {"StudyInstanceUID": self.above["StudyInstanceUID"]}) if self.level == IMAGE else Place()


def question(
    patient_id: str, name: str, since: date | None, until: date | None, modality: str, accession: str
) -> dict[str, str]:
    """The keys of a study query. A name without a wildcard is what it begins with."""
    keys = {
        "PatientID": patient_id.strip(),
        "AccessionNumber": accession.strip(),
        "ModalitiesInStudy": modality.strip(),
    }
    if name.strip():
        keys["PatientName"] = name.strip() if set(name) & set("*?") else f"{name.strip()}*"
    if since or until:
        keys["StudyDate"] = f"{since:%Y%m%d}" if since else ""
        if since != until:
            keys["StudyDate"] = f"{f'{since:%Y%m%d}' if since else ''}-{f'{until:%Y%m%d}' if until else ''}"
    return {key: value for key, value in keys.items() if value}


def is_narrow(keys: Mapping[str, str]) -> bool:
    """Does it name anybody or any day? Else a server would be asked for all that it has."""
    return any(keys.get(key) for key in ("PatientID", "PatientName", "StudyDate", "AccessionNumber"))


def row_key(level: str, row: Mapping[str, str]) -> str:
    """The UID of a row."""
    return row[{STUDY: "StudyInstanceUID", SERIES: "SeriesInstanceUID", IMAGE: "SOPInstanceUID"}[level]]


def cells(level: str, row: Mapping[str, str]) -> tuple[str, ...]:
    """Date, ID, name, kind, description, images: the same columns at each level."""
    if level == STUDY:
        return (
            dashed(row["StudyDate"]), row["PatientID"], name_of(row["PatientName"]),
            row["ModalitiesInStudy"].replace("\\", "/"), row["StudyDescription"], row["NumberOfStudyRelatedInstances"],
        )  # fmt: skip
    if level == SERIES:
        return (
            dashed(row["SeriesDate"]), say(Sentence(N_("Series {n}"), {"n": row["SeriesNumber"] or "-"})), "",
            row["Modality"], row["SeriesDescription"] or row["BodyPartExamined"], row["NumberOfSeriesRelatedInstances"],
        )  # fmt: skip
    size = f"{row['Columns']} x {row['Rows']}" if row["Rows"] else ""
    return (
        "", say(Sentence(N_("Image {n}"), {"n": row["InstanceNumber"] or "-"})), "", "", size,
        row["NumberOfFrames"] or "1",
    )  # fmt: skip


def wanted(server: str, place: Place, row: Mapping[str, str], destination: str, study: Mapping[str, str]) -> Wanted:
    """The wish for a row. ``study``: the study's own row, for who and what it is."""
    count = {
        STUDY: row.get("NumberOfStudyRelatedInstances", ""),
        SERIES: row.get("NumberOfSeriesRelatedInstances", ""),
        IMAGE: "1",
    }[place.level]
    uids = {**place.above, **row}
    return Wanted(
        server,
        uids["StudyInstanceUID"],
        place.level,
        uids.get("SeriesInstanceUID", "") if place.level != STUDY else "",
        row["SOPInstanceUID"] if place.level == IMAGE else "",
        destination,
        patient_id=study.get("PatientID", ""),
        day=dashed(study.get("StudyDate", "")),
        modality=(study.get("ModalitiesInStudy", "") or row.get("Modality", "")).split("\\")[0],
        expected=int(count) if count.strip().isdigit() else 0,
    )


def line_cells(line: FetchLine, servers: Mapping[str, str], here: str) -> tuple[str, ...]:
    """In the order of the columns of retrievals."""
    of = line.wanted.expected
    return (
        line.changed_at[11:16],
        line.wanted.patient_id,
        line.wanted.modality,
        servers.get(line.wanted.server, line.wanted.server),
        line.wanted.destination or here,
        f"{line.images}/{of}" if of else str(line.images),
        line.last_status,
        say(STATES[line.state]),
    )


def tone(line: FetchLine) -> str:
    return {FetchState.FAILED: "stop", FetchState.DONE: "done", FetchState.CANCELLED: "look"}.get(line.state, "")


def why_words(line: FetchLine) -> Sentence | str:
    if line.why:
        return kept_sentence(line.why, line.why_values)
    return STATES[line.state]


def name_of(text: str) -> str:
    """The kanji of a person's name where there are any, else what there is."""
    groups = (text.split("=") + ["", ""])[:3]
    return (groups[1] or groups[0] or groups[2]).replace("^", " ").strip()


def dashed(day: str) -> str:
    return f"{day[:4]}-{day[4:6]}-{day[6:8]}" if len(day) == 8 and day.isdigit() else day
