"""The tables that the gateway added: volumes and copies, what leaves, what is fetched, what devices told.

They belong to the same two stores as those of ``store.tables``.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from kiosk.store.tables import BigKey, Json, centre, key, station

# -- volumes and copies --------------------------------------------------------------------------------------------
volumes = Table(
    "volumes",  # what is known of each disk, so that a swapped or a missing one is noticed
    centre,
    Column("id", String(32), primary_key=True),
    Column("role", String(12), nullable=False, server_default=""),  # gateway primary mirror backup
    Column("token", String(64), nullable=False, server_default=""),  # second line of its volume-id file
    Column("state", String(12), nullable=False, server_default=""),
    Column("free_bytes", sa.BigInteger, nullable=False, server_default="0"),
    Column("total_bytes", sa.BigInteger, nullable=False, server_default="0"),
    Column("told_at", String(35), nullable=False, server_default=""),
    Column("indexed_at", String(35), nullable=False, server_default=""),
)

volume_days = Table(
    "volume_days",  # for the days left
    centre,
    Column("volume", String(32), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("free_bytes", sa.BigInteger, nullable=False),
    Column("total_bytes", sa.BigInteger, nullable=False),
)

copies = Table(
    "copies",  # further copies of an instance, beside the place that its own row names
    centre,
    key(),
    Column("instance", BigKey, ForeignKey("instances.id"), nullable=False),
    Column("volume", String(32), nullable=False),
    Column("path", String(400), nullable=False),
    Column("verified_at", String(35), nullable=False, server_default=""),
    Column("state", String(12), nullable=False, server_default="good"),
    UniqueConstraint("instance", "volume", name="uq_copies"),
    Index("ix_copies_volume", "volume"),
)

study_words = Table(
    "study_words",  # names and IDs, folded, each word of them: found by its beginning without reading every study
    centre,
    # Compared by code point on both databases, or a beginning would be no range.
    Column("word", String(64).with_variant(String(64, collation="C"), "postgresql"), primary_key=True),
    Column("day", String(16), primary_key=True),  # study_date: the newest are found without reading the studies
    Column("study", BigKey, ForeignKey("studies.id"), primary_key=True),
    sqlite_with_rowid=False,
)

documents = Table(
    "documents",  # PDF, BMP, Excel beside the images, with their title
    centre,
    key(),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("kind", String(4), nullable=False),
    Column("name", String(255), nullable=False),
    Column("title", String(200), nullable=False, server_default=""),
    Column("patient_id", String(64), nullable=False, server_default=""),
    Column("issuer", String(64), nullable=False, server_default=""),
    Column("visit", BigKey, ForeignKey("visits.id"), nullable=True),
    Column("day", String(10), nullable=False, server_default=""),
    Column("mime", String(64), nullable=False, server_default=""),
    Column("volume", String(32), nullable=False),
    Column("path", String(400), nullable=False),
    Column("size", sa.BigInteger, nullable=False),
    Column("received_at", String(35), nullable=False),
    Column("source", String(64), nullable=False, server_default=""),
    Index("ix_documents_patient", "patient_id", "day"),
    Index("ix_documents_kind", "kind", "day"),
)

document_copies = Table(
    "document_copies",  # further copies of a document
    centre,
    Column("document", BigKey, ForeignKey("documents.id"), primary_key=True),
    Column("volume", String(32), primary_key=True),
    Column("path", String(400), nullable=False),
    Column("verified_at", String(35), nullable=False),
)

# -- what leaves and what is fetched -------------------------------------------------------------------------------
sends = Table(
    "sends",  # a study on its way to a destination
    centre,
    key(),
    Column("destination", String(64), nullable=False),
    Column("study", BigKey, ForeignKey("studies.id"), nullable=False),
    Column("state", String(12), nullable=False),
    Column("mark", String(4), nullable=False, server_default=""),  # the old 01, 01NG, 00
    Column("sendable", Integer, nullable=False, server_default="1"),
    Column("images", Integer, nullable=False, server_default="0"),
    Column("accepted", Integer, nullable=False, server_default="0"),
    Column("listings", Integer, nullable=False, server_default="0"),
    Column("listed_at", String(35), nullable=False, server_default=""),
    Column("listed_images", Integer, nullable=False, server_default="0"),
    Column("commitment", String(64), nullable=False, server_default=""),  # transaction UID of what it was asked
    Column("verified_at", String(35), nullable=False, server_default=""),
    Column("last_status", String(8), nullable=False, server_default=""),
    Column("error", Text, nullable=False, server_default=""),  # the msgid
    Column("error_values", Json, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("rule", String(64), nullable=False, server_default=""),
    Column("created_at", String(35), nullable=False),
    Column("changed_at", String(35), nullable=False),
    Column("done_at", String(35), nullable=False, server_default=""),
    UniqueConstraint("destination", "study", name="uq_sends"),
    Index("ix_sends_state", "destination", "state"),
    Index("ix_sends_study", "study"),
)

sent_instances = Table(
    "sent_instances",  # what each destination said of each image; who must hear of a correction later
    centre,
    key(),
    Column("send", BigKey, ForeignKey("sends.id"), nullable=False),
    Column("sop_uid", String(64), nullable=False),
    Column("status", Integer, nullable=True),
    Column("at", String(35), nullable=False),
    UniqueConstraint("send", "sop_uid", name="uq_sent_instances"),
    Index("ix_sent_instances_sop_uid", "sop_uid"),
)

performed = Table(
    "performed",  # performed procedure steps as the devices told them (MPPS)
    centre,
    key(),
    Column("sop_uid", String(64), nullable=False, unique=True),
    Column("study_uid", String(64), nullable=False, server_default=""),
    Column("step", BigKey, ForeignKey("steps.id"), nullable=True),
    Column("state", String(16), nullable=False),
    Column("station_ae", String(16), nullable=False, server_default=""),
    Column("source", String(64), nullable=False, server_default=""),
    Column("started_at", String(35), nullable=False, server_default=""),
    Column("ended_at", String(35), nullable=False, server_default=""),
    Column("reason", String(64), nullable=False, server_default=""),
    Column("series", Json, nullable=False),
    Column("body", Json, nullable=False),
    Index("ix_performed_study", "study_uid"),
    Index("ix_performed_step", "step"),
)

commitments = Table(
    "commitments",  # requests for storage commitment and what was answered
    centre,
    key(),
    Column("transaction_uid", String(64), nullable=False, unique=True),
    Column("source", String(64), nullable=False),
    Column("wanted", Json, nullable=False),
    Column("failed", Json, nullable=False),
    Column("state", String(12), nullable=False),
    Column("at", String(35), nullable=False),
    Column("done_at", String(35), nullable=False, server_default=""),
)

fetches = Table(
    "fetches",  # images wanted from another server: a study, a series or an image, to one place, once
    centre,
    key(),
    Column("server", String(64), nullable=False),
    Column("destination", String(16), nullable=False, server_default=""),  # an AE title; empty: this gateway
    Column("level", String(8), nullable=False),
    Column("uid", String(64), nullable=False),  # of that level
    Column("study_uid", String(64), nullable=False),
    Column("series_uid", String(64), nullable=False, server_default=""),
    Column("patient_id", String(64), nullable=False, server_default=""),
    Column("visit", BigKey, ForeignKey("visits.id"), nullable=True),
    Column("purpose", String(12), nullable=False),
    Column("day", String(10), nullable=False, server_default=""),
    Column("modality", String(16), nullable=False, server_default=""),
    Column("state", String(12), nullable=False),
    Column("expected", Integer, nullable=False, server_default="0"),
    Column("images", Integer, nullable=False, server_default="0"),
    Column("failed", Integer, nullable=False, server_default="0"),
    Column("last_status", String(8), nullable=False, server_default=""),
    Column("why", Text, nullable=False, server_default=""),
    Column("why_values", Json, nullable=False),
    Column("at", String(35), nullable=False),
    Column("changed_at", String(35), nullable=False),
    UniqueConstraint("server", "destination", "uid", name="uq_fetches"),
    Index("ix_fetches_day", "day"),
    Index("ix_fetches_visit", "visit"),
    Index("ix_fetches_changed", "changed_at"),
)

prefetches = Table(
    "prefetches",  # is everything of before there for tomorrow's examinee?
    centre,
    key(),
    Column("day", String(10), nullable=False),
    Column("visit", BigKey, ForeignKey("visits.id"), nullable=False),
    Column("state", String(12), nullable=False),
    Column("wanted", Integer, nullable=False, server_default="0"),
    Column("ready", Integer, nullable=False, server_default="0"),
    Column("why", Text, nullable=False, server_default=""),
    Column("why_values", Json, nullable=False),
    Column("at", String(35), nullable=False),
    UniqueConstraint("day", "visit", name="uq_prefetches"),
)

seen_rows = Table(
    "seen_rows",  # what was last seen of somebody else's rows, to tell what changed
    centre,
    Column("source", String(64), primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("at", String(35), nullable=False),
)

id_map = Table(
    "id_map",  # the same person under two issuers
    centre,
    key(),
    Column("issuer", String(64), nullable=False),
    Column("patient_id", String(64), nullable=False),
    Column("other_issuer", String(64), nullable=False),
    Column("other_id", String(64), nullable=False),
    Column("by", String(64), nullable=False),
    Column("at", String(35), nullable=False),
    UniqueConstraint("issuer", "patient_id", "other_issuer", name="uq_id_map"),
    Index("ix_id_map_other", "other_issuer", "other_id"),
)


# -- of one PC -----------------------------------------------------------------------------------------------------
copy_units = Table(
    "copy_units",  # the disk copy's list of date and kind: 1 = to do, F = finished
    station,
    key(),
    Column("plan", String(80), nullable=False),
    Column("source", String(32), nullable=False),
    Column("target", String(32), nullable=False),
    Column("day", String(8), nullable=False),
    Column("kind", String(4), nullable=False),
    Column("position", Integer, nullable=False),
    Column("state", String(1), nullable=False),
    Column("files", Integer, nullable=False, server_default="0"),
    Column("bytes", sa.BigInteger, nullable=False, server_default="0"),
    Column("started_at", String(35), nullable=False, server_default=""),
    Column("done_at", String(35), nullable=False, server_default=""),
    Column("error", Text, nullable=False, server_default=""),
    Column("error_values", Json, nullable=False),
    UniqueConstraint("plan", "day", "kind", name="uq_copy_units"),
)

walks = Table(
    "walks",  # walks over a disk that may be interrupted
    station,
    key(),
    Column("volume", String(32), nullable=False),
    Column("root", String(400), nullable=False),
    Column("state", String(12), nullable=False),
    Column("position", Text, nullable=False, server_default=""),
    Column("files", Integer, nullable=False, server_default="0"),
    Column("changed", Integer, nullable=False, server_default="0"),
    Column("report", Json, nullable=False),
    Column("at", String(35), nullable=False),
)
