"""The tables of the shared store (``centre``) and of a PC's own store (``station``).

Times are ISO 8601 text with offset, days are ISO dates as text: both databases sort and compare them alike. A change
here needs a migration (``store/migrations``); a test compares the two.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

centre = sa.MetaData()
station = sa.MetaData()

BigKey = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Json = sa.JSON()


def key() -> Column[int]:
    """The numbered key of a table."""
    return Column("id", BigKey, primary_key=True, autoincrement=True)


# -- examinees ---------------------------------------------------------------------------------------------------
patients = Table(
    "patients",
    centre,
    key(),
    Column("issuer", String(64), nullable=False, server_default=""),
    Column("patient_id", String(64), nullable=False),
    Column("kanji", String(200), nullable=False, server_default=""),
    Column("kana", String(200), nullable=False, server_default=""),
    Column("romaji", String(200), nullable=False, server_default=""),
    Column("sex", String(1), nullable=False, server_default=""),
    Column("birth_date", String(10), nullable=False, server_default=""),
    UniqueConstraint("issuer", "patient_id", name="uq_patients_issuer_id"),
    Index("ix_patients_patient_id", "patient_id"),
    Index("ix_patients_kana", "kana"),
)

visits = Table(
    "visits",
    centre,
    key(),
    Column("institution", String(16), nullable=False),
    Column("day", String(10), nullable=False),
    Column("number", String(32), nullable=False),
    Column("patient", BigKey, ForeignKey("patients.id"), nullable=False),
    Column("at", String(5), nullable=False, server_default=""),
    Column("course", String(32), nullable=False, server_default=""),
    Column("course_name", String(100), nullable=False, server_default=""),
    Column("options", Json, nullable=False),
    Column("state", String(12), nullable=False, server_default="booked"),
    Column("arrived_at", String(35), nullable=False, server_default=""),
    Column("remark", Text, nullable=False, server_default=""),
    Column("vanished", Integer, nullable=False, server_default="0"),
    Column("source", String(32), nullable=False, server_default=""),  # who wrote it: list, booking, hand
    Column("row_hash", String(64), nullable=False, server_default=""),  # of the row it was last written from
    Column("extra", Json, nullable=False),  # further columns of the list, by our field names
    UniqueConstraint("institution", "day", "number", name="uq_visits_key"),
    Index("ix_visits_day", "day"),
    Index("ix_visits_patient", "patient", "day"),
)

steps = Table(
    "steps",
    centre,
    key(),
    Column("visit", BigKey, ForeignKey("visits.id"), nullable=False),
    Column("exam", String(32), nullable=False),
    Column("exam_data", Json, nullable=False),  # the examination as the master had it when the visit was made
    Column("modality", String(16), nullable=False, server_default=""),
    Column("station_ae", String(16), nullable=False, server_default=""),
    Column("study_uid", String(64), nullable=False),
    Column("accession", String(16), nullable=False),
    Column("day", String(10), nullable=False),
    Column("at", String(5), nullable=False, server_default=""),
    Column("state", String(12), nullable=False, server_default="scheduled"),
    Column("arrived_views", Json, nullable=False),
    Column("images", Integer, nullable=False, server_default="0"),
    UniqueConstraint("study_uid", name="uq_steps_study_uid"),
    UniqueConstraint("accession", name="uq_steps_accession"),
    UniqueConstraint("visit", "exam", name="uq_steps_visit_exam"),
    Index("ix_steps_day_modality", "day", "modality"),
)

interview_notes = Table(
    "interview_notes",
    centre,
    key(),
    Column("visit", BigKey, ForeignKey("visits.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("by", String(64), nullable=False),
    Column("at", String(35), nullable=False),
    Index("ix_interview_notes_visit", "visit"),
)

list_files = Table(
    "list_files",
    centre,
    key(),
    Column("institution", String(16), nullable=False),
    Column("name", String(255), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("at", String(35), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("added", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("vanished", Integer, nullable=False),
    Column("problems", Integer, nullable=False),
    Column("done", Integer, nullable=False, server_default="0"),
    Index("ix_list_files_sha", "sha256"),
)

list_problems = Table(
    "list_problems",
    centre,
    key(),
    Column("file", BigKey, ForeignKey("list_files.id"), nullable=False),
    Column("line", Integer, nullable=False),
    Column("sentence", Text, nullable=False),  # the msgid
    Column("values", Json, nullable=False),
    Column("row_taken", Integer, nullable=False, server_default="0"),  # 1 = the row went in all the same
    Column("settled_by", String(64), nullable=False, server_default=""),
    Index("ix_list_problems_file", "file"),
)

# -- images ------------------------------------------------------------------------------------------------------
folders = Table(
    "folders",
    centre,
    key(),
    Column("study_uid", String(64), nullable=False),
    Column("patient_id", String(64), nullable=False),
    Column("volume", String(32), nullable=False),
    Column("day", String(8), nullable=False),
    Column("modality", String(16), nullable=False),
    Column("number", Integer, nullable=False),
    Column("path", String(300), nullable=False),
    UniqueConstraint("study_uid", "patient_id", "volume", name="uq_folders_study"),
    UniqueConstraint("volume", "day", "modality", "number", name="uq_folders_number"),
)

studies = Table(
    "studies",
    centre,
    key(),
    Column("study_uid", String(64), nullable=False, unique=True),
    Column("patient_id", String(64), nullable=False, server_default=""),
    Column("issuer", String(64), nullable=False, server_default=""),
    Column("name_alphabetic", String(200), nullable=False, server_default=""),
    Column("name_ideographic", String(200), nullable=False, server_default=""),
    Column("name_phonetic", String(200), nullable=False, server_default=""),
    Column("sex", String(16), nullable=False, server_default=""),
    Column("birth_date", String(16), nullable=False, server_default=""),
    Column("study_date", String(16), nullable=False, server_default=""),
    Column("study_time", String(16), nullable=False, server_default=""),
    Column("accession", String(64), nullable=False, server_default=""),
    Column("modalities", String(64), nullable=False, server_default=""),
    Column("description", String(200), nullable=False, server_default=""),
    Column("instances", Integer, nullable=False, server_default="0"),
    Column("received_at", String(35), nullable=False),
    Column("source", String(64), nullable=False, server_default=""),
    Column("visit", BigKey, ForeignKey("visits.id"), nullable=True),
    Column("step", BigKey, ForeignKey("steps.id"), nullable=True),
    Column("matched_by", String(20), nullable=False, server_default=""),
    Column("unmatched_why", String(40), nullable=False, server_default=""),
    Index("ix_studies_patient", "patient_id", "study_date"),
    Index("ix_studies_date", "study_date", "modalities"),
    Index("ix_studies_received", "received_at"),
    Index("ix_studies_visit", "visit"),
    Index(
        "ix_studies_unmatched",
        "received_at",
        sqlite_where=sa.text("step IS NULL"),
        postgresql_where=sa.text("step IS NULL"),
    ),
)

series = Table(
    "series",
    centre,
    key(),
    Column("series_uid", String(64), nullable=False),
    Column("study", BigKey, ForeignKey("studies.id"), nullable=False),
    Column("modality", String(16), nullable=False, server_default=""),
    Column("number", Integer, nullable=True),
    Column("description", String(200), nullable=False, server_default=""),
    Column("body_part", String(64), nullable=False, server_default=""),
    UniqueConstraint("study", "series_uid", name="uq_series_uid"),
    Index("ix_series_uid", "series_uid"),
)

instances = Table(
    "instances",
    centre,
    key(),
    Column("sop_uid", String(64), nullable=False, unique=True),
    Column("sop_class", String(64), nullable=False),
    Column("series", BigKey, ForeignKey("series.id"), nullable=False),
    Column("number", Integer, nullable=True),
    Column("frames", Integer, nullable=False, server_default="1"),
    Column("rows", Integer, nullable=False, server_default="0"),
    Column("columns", Integer, nullable=False, server_default="0"),
    Column("transfer_syntax", String(64), nullable=False),
    Column("volume", String(32), nullable=False),
    Column("path", String(400), nullable=False),
    Column("size", sa.BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("received_at", String(35), nullable=False),
    Column("source", String(64), nullable=False, server_default=""),
    Column("hints", Json, nullable=False),
    Column("doubts", Json, nullable=False),
    Index("ix_instances_series", "series"),
    Index("ix_instances_volume", "volume", "id"),  # what lies on a disk, for those who keep it
)

sources = Table(
    "sources",  # who sent images, and how many: counting five million rows each time would take seconds
    centre,
    Column("source", String(64), primary_key=True),
    Column("images", sa.BigInteger, nullable=False),
    Column("last_at", String(35), nullable=False),
)

asides = Table(
    "asides",  # same SOP Instance UID, other content: both are kept, an operator decides
    centre,
    key(),
    Column("sop_uid", String(64), nullable=False),
    Column("volume", String(32), nullable=False),
    Column("path", String(400), nullable=False),
    Column("size", sa.BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("received_at", String(35), nullable=False),
    Column("source", String(64), nullable=False, server_default=""),
    UniqueConstraint("sop_uid", "sha256", name="uq_asides"),
)

# -- findings ----------------------------------------------------------------------------------------------------
key_images = Table(
    "key_images",
    centre,
    key(),
    Column("visit", BigKey, ForeignKey("visits.id"), nullable=False),
    Column("sop_uid", String(64), nullable=False, server_default=""),
    Column("frame", Integer, nullable=False, server_default="0"),
    Column("mime", String(32), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("rendering", Json, nullable=False),
    Column("comment", String(200), nullable=False, server_default=""),
    Column("by", String(64), nullable=False),
    Column("at", String(35), nullable=False),
    Column("removed", Integer, nullable=False, server_default="0"),  # taken out of the tray; signed versions keep it
    Index("ix_key_images_visit", "visit"),
)

findings = Table(
    "findings",
    centre,
    key(),
    Column("visit", BigKey, ForeignKey("visits.id"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("state", String(12), nullable=False),
    Column("version", Integer, nullable=False),
    Column("by", String(64), nullable=False),
    Column("at", String(35), nullable=False),
    UniqueConstraint("visit", "kind", name="uq_findings_visit_kind"),
    Index("ix_findings_state", "state"),
)

finding_versions = Table(
    "finding_versions",
    centre,
    key(),
    Column("finding", BigKey, ForeignKey("findings.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("codes", Json, nullable=False),
    Column("category", String(8), nullable=False, server_default=""),
    Column("key_images", Json, nullable=False),
    Column("signed", Integer, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("by", String(64), nullable=False),
    Column("at", String(35), nullable=False),
    Column("role", String(16), nullable=False, server_default=""),  # of two readers (core.two_readers)
    Column("drawing", sa.BigInteger, nullable=False, server_default="0"),  # row of drawings; 0 = none
    Column("items", Json, nullable=False, server_default="[]"),
    Column("master", String(64), nullable=False, server_default=""),  # master_versions.sha256 that it was signed with
    UniqueConstraint("finding", "number", name="uq_finding_versions"),
)

# -- the running of the house --------------------------------------------------------------------------------------
staff = Table(
    "staff",
    centre,
    key(),
    Column("name", String(64), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("badge_hash", String(200), nullable=False, server_default=""),
    Column("pin_hash", String(200), nullable=False, server_default=""),
    Column("active", Integer, nullable=False, server_default="1"),
    Column("failed", Integer, nullable=False, server_default="0"),
    Column("locked_until", sa.Float, nullable=False, server_default="0"),
)

open_by = Table(
    "open_by",  # who has a thing open for editing, with an end: told to the second who opens it
    centre,
    Column("subject", String(64), primary_key=True),
    Column("by", String(64), nullable=False),
    Column("station", String(64), nullable=False),
    Column("since", String(35), nullable=False),
    Column("until", sa.Float, nullable=False),
)

audit = Table(
    "audit",  # append-only; triggers of the migration refuse UPDATE and DELETE
    centre,
    Column("seq", BigKey, primary_key=True, autoincrement=False),
    Column("at", String(35), nullable=False),
    Column("who", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("station", String(64), nullable=False),
    Column("action", String(40), nullable=False),
    Column("patient", String(140), nullable=False),
    Column("subject", String(140), nullable=False),
    Column("detail", Text, nullable=False),
    Column("prev", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_patient", "patient"),
    Index("ix_audit_at", "at"),
)


def _notices(metadata: sa.MetaData) -> Table:
    return Table(
        "notices",
        metadata,
        Column("seq", BigKey, primary_key=True, autoincrement=True),
        Column("kind", String(32), nullable=False),
        Column("ids", Json, nullable=False),
        Column("at", sa.Float, nullable=False),
        sqlite_autoincrement=True,
    )


def _jobs(metadata: sa.MetaData) -> Table:
    return Table(
        "jobs",
        metadata,
        Column("id", BigKey, primary_key=True, autoincrement=True),
        Column("kind", String(32), nullable=False),
        Column("station", String(64), nullable=False),
        Column("destination", String(64), nullable=False, server_default=""),
        Column("subject", String(200), nullable=False),
        Column("body", Json, nullable=False),
        Column("state", String(12), nullable=False, server_default="owed"),
        Column("due", sa.Float, nullable=False),
        Column("attempts", Integer, nullable=False, server_default="0"),
        Column("lease_until", sa.Float, nullable=False, server_default="0"),
        Column("lease_by", String(64), nullable=False, server_default=""),
        Column("last_error", Text, nullable=False, server_default=""),
        Column("created_at", String(35), nullable=False),
        Column("done_at", String(35), nullable=False, server_default=""),
        UniqueConstraint("kind", "destination", "subject", name="uq_jobs_subject"),
        Index("ix_jobs_due", "station", "state", "due"),
    )


notices, jobs = _notices(centre), _jobs(centre)
station_notices = _notices(station)
station_jobs = _jobs(station)

drafts = Table(
    "drafts",  # what is being typed on this PC, found again after a crash
    station,
    Column("subject", String(100), primary_key=True),
    Column("body", Json, nullable=False),
    Column("by", String(64), nullable=False),
    Column("at", String(35), nullable=False),
)

last_seen = Table(
    "last_seen",  # the last lists this PC saw, for when the shared store is away
    station,
    Column("subject", String(100), primary_key=True),
    Column("body", Json, nullable=False),
    Column("at", String(35), nullable=False),
)
