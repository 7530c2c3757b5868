"""The gateway's tables: volumes and copies, what leaves, what is fetched, what devices told"""

import sqlalchemy as sa
from alembic import op

from kiosk.store.search_text import words_of

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sources",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("images", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.String(length=35), nullable=False),
        sa.PrimaryKeyConstraint("source"),
    )
    op.execute(
        "INSERT INTO sources (source, images, last_at) "
        "SELECT source, count(*), max(received_at) FROM instances GROUP BY source"
    )
    _count_by_source()
    op.create_index(
        "ix_studies_unmatched",
        "studies",
        ["received_at"],
        sqlite_where=sa.text("step IS NULL"),
        postgresql_where=sa.text("step IS NULL"),
    )
    op.drop_index("ix_studies_date", "studies")
    op.create_index("ix_studies_date", "studies", ["study_date", "modalities"])
    op.create_index("ix_series_uid", "series", ["series_uid"])
    op.create_index("ix_instances_volume", "instances", ["volume", "id"])
    op.create_table(
        "study_words",
        sa.Column("word", sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql"), nullable=False),
        sa.Column("day", sa.String(length=16), nullable=False),
        sa.Column("study", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["study"], ["studies.id"]),
        sa.PrimaryKeyConstraint("word", "day", "study"),
        sqlite_with_rowid=False,
    )
    _index_words()
    op.create_table(
        "commitments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("transaction_uid", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("failed", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("at", sa.String(length=35), nullable=False),
        sa.Column("done_at", sa.String(length=35), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("transaction_uid"),
    )
    op.create_table(
        "id_map",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("issuer", sa.String(length=64), nullable=False),
        sa.Column("patient_id", sa.String(length=64), nullable=False),
        sa.Column("other_issuer", sa.String(length=64), nullable=False),
        sa.Column("other_id", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=35), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("issuer", "patient_id", "other_issuer", name="uq_id_map"),
    )
    with op.batch_alter_table("id_map", schema=None) as batch_op:
        batch_op.create_index("ix_id_map_other", ["other_issuer", "other_id"], unique=False)

    op.create_table(
        "seen_rows",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=35), nullable=False),
        sa.PrimaryKeyConstraint("source", "key"),
    )
    op.create_table(
        "volume_days",
        sa.Column("volume", sa.String(length=32), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("free_bytes", sa.BigInteger(), nullable=False),
        sa.Column("total_bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("volume", "day"),
    )
    op.create_table(
        "volumes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=12), server_default="", nullable=False),
        sa.Column("token", sa.String(length=64), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), server_default="", nullable=False),
        sa.Column("free_bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total_bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("told_at", sa.String(length=35), server_default="", nullable=False),
        sa.Column("indexed_at", sa.String(length=35), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("title", sa.String(length=200), server_default="", nullable=False),
        sa.Column("patient_id", sa.String(length=64), server_default="", nullable=False),
        sa.Column("issuer", sa.String(length=64), server_default="", nullable=False),
        sa.Column("visit", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("day", sa.String(length=10), server_default="", nullable=False),
        sa.Column("mime", sa.String(length=64), server_default="", nullable=False),
        sa.Column("volume", sa.String(length=32), nullable=False),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.String(length=35), nullable=False),
        sa.Column("source", sa.String(length=64), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["visit"],
            ["visits.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sha256"),
    )
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index("ix_documents_kind", ["kind", "day"], unique=False)
        batch_op.create_index("ix_documents_patient", ["patient_id", "day"], unique=False)

    op.create_table(
        "document_copies",
        sa.Column("document", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("volume", sa.String(length=32), nullable=False),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column("verified_at", sa.String(length=35), nullable=False),
        sa.ForeignKeyConstraint(
            ["document"],
            ["documents.id"],
        ),
        sa.PrimaryKeyConstraint("document", "volume"),
    )
    op.create_table(
        "fetches",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("study_uid", sa.String(length=64), nullable=False),
        sa.Column("patient_id", sa.String(length=64), server_default="", nullable=False),
        sa.Column("visit", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("day", sa.String(length=10), server_default="", nullable=False),
        sa.Column("modality", sa.String(length=16), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("expected", sa.Integer(), server_default="0", nullable=False),
        sa.Column("images", sa.Integer(), server_default="0", nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("why_values", sa.JSON(), nullable=False),
        sa.Column("at", sa.String(length=35), nullable=False),
        sa.ForeignKeyConstraint(
            ["visit"],
            ["visits.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "study_uid", name="uq_fetches"),
    )
    with op.batch_alter_table("fetches", schema=None) as batch_op:
        batch_op.create_index("ix_fetches_day", ["day"], unique=False)
        batch_op.create_index("ix_fetches_visit", ["visit"], unique=False)

    op.create_table(
        "prefetches",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("visit", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("wanted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ready", sa.Integer(), server_default="0", nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("why_values", sa.JSON(), nullable=False),
        sa.Column("at", sa.String(length=35), nullable=False),
        sa.ForeignKeyConstraint(
            ["visit"],
            ["visits.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("day", "visit", name="uq_prefetches"),
    )
    op.create_table(
        "performed",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("sop_uid", sa.String(length=64), nullable=False),
        sa.Column("study_uid", sa.String(length=64), server_default="", nullable=False),
        sa.Column("step", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("station_ae", sa.String(length=16), server_default="", nullable=False),
        sa.Column("source", sa.String(length=64), server_default="", nullable=False),
        sa.Column("started_at", sa.String(length=35), server_default="", nullable=False),
        sa.Column("ended_at", sa.String(length=35), server_default="", nullable=False),
        sa.Column("reason", sa.String(length=64), server_default="", nullable=False),
        sa.Column("series", sa.JSON(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["step"],
            ["steps.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sop_uid"),
    )
    with op.batch_alter_table("performed", schema=None) as batch_op:
        batch_op.create_index("ix_performed_study", ["study_uid"], unique=False)
        batch_op.create_index("ix_performed_step", ["step"], unique=False)

    op.create_table(
        "sends",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("destination", sa.String(length=64), nullable=False),
        sa.Column("study", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("mark", sa.String(length=4), server_default="", nullable=False),
        sa.Column("sendable", sa.Integer(), server_default="1", nullable=False),
        sa.Column("images", sa.Integer(), server_default="0", nullable=False),
        sa.Column("accepted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("listings", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_status", sa.String(length=8), server_default="", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("error_values", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rule", sa.String(length=64), server_default="", nullable=False),
        sa.Column("created_at", sa.String(length=35), nullable=False),
        sa.Column("changed_at", sa.String(length=35), nullable=False),
        sa.Column("done_at", sa.String(length=35), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["study"],
            ["studies.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("destination", "study", name="uq_sends"),
    )
    with op.batch_alter_table("sends", schema=None) as batch_op:
        batch_op.create_index("ix_sends_state", ["destination", "state"], unique=False)
        batch_op.create_index("ix_sends_study", ["study"], unique=False)

    op.create_table(
        "sent_instances",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("send", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sop_uid", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("at", sa.String(length=35), nullable=False),
        sa.ForeignKeyConstraint(
            ["send"],
            ["sends.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("send", "sop_uid", name="uq_sent_instances"),
    )
    with op.batch_alter_table("sent_instances", schema=None) as batch_op:
        batch_op.create_index("ix_sent_instances_sop_uid", ["sop_uid"], unique=False)

    op.create_table(
        "copies",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("instance", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("volume", sa.String(length=32), nullable=False),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column("verified_at", sa.String(length=35), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), server_default="good", nullable=False),
        sa.ForeignKeyConstraint(
            ["instance"],
            ["instances.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("instance", "volume", name="uq_copies"),
    )
    with op.batch_alter_table("copies", schema=None) as batch_op:
        batch_op.create_index("ix_copies_volume", ["volume"], unique=False)


def _index_words() -> None:
    """The words of the studies that are there already."""
    studies = sa.table(
        "studies", *(sa.column(name) for name in ("id", "study_date", *NAMES, "patient_id", "accession"))
    )
    words = sa.table("study_words", sa.column("word"), sa.column("day"), sa.column("study"))
    bind = op.get_bind()
    rows: list[dict[str, object]] = []
    for study in bind.execute(sa.select(studies)).mappings().all():
        found = words_of([study[name] for name in NAMES], [study["patient_id"], study["accession"]])
        rows += [{"word": word, "day": study["study_date"], "study": study["id"]} for word in found]
    if rows:
        bind.execute(words.insert(), rows)


NAMES = ("name_alphabetic", "name_ideographic", "name_phonetic")
COUNT_ONE = (
    "INSERT INTO sources (source, images, last_at) VALUES (NEW.source, 1, NEW.received_at) "
    "ON CONFLICT (source) DO UPDATE SET images = sources.images + 1, last_at = excluded.last_at; "
)
COUNT_ONE_LESS = "UPDATE sources SET images = images - 1 WHERE source = OLD.source; "


def _count_by_source() -> None:
    """The database itself keeps the count, whoever writes the images, within the statement that inserts them."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER instances_counted AFTER INSERT ON instances BEGIN {COUNT_ONE} END")
        op.execute(f"CREATE TRIGGER instances_uncounted AFTER DELETE ON instances BEGIN {COUNT_ONE_LESS} END")
        return
    op.execute(
        "CREATE FUNCTION count_instance() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF TG_OP = 'INSERT' THEN {COUNT_ONE} ELSE {COUNT_ONE_LESS} END IF; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER instances_counted AFTER INSERT OR DELETE ON instances "
        "FOR EACH ROW EXECUTE FUNCTION count_instance()"
    )
