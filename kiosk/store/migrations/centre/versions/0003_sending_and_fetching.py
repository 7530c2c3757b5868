"""Sending and fetching: whether a destination has a study; a fetch knows its level and where it goes"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sends", sa.Column("listed_at", sa.String(length=35), server_default="", nullable=False))
    op.add_column("sends", sa.Column("listed_images", sa.Integer(), server_default="0", nullable=False))
    op.add_column("sends", sa.Column("commitment", sa.String(length=64), server_default="", nullable=False))
    op.add_column("sends", sa.Column("verified_at", sa.String(length=35), server_default="", nullable=False))
    op.drop_table("fetches")  # nothing has written to it yet
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "fetches",
        sa.Column("id", key, autoincrement=True, nullable=False),
        sa.Column("server", sa.String(length=64), nullable=False),
        sa.Column("destination", sa.String(length=16), server_default="", nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("uid", sa.String(length=64), nullable=False),
        sa.Column("study_uid", sa.String(length=64), nullable=False),
        sa.Column("series_uid", sa.String(length=64), server_default="", nullable=False),
        sa.Column("patient_id", sa.String(length=64), server_default="", nullable=False),
        sa.Column("visit", key, nullable=True),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("day", sa.String(length=10), server_default="", nullable=False),
        sa.Column("modality", sa.String(length=16), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("expected", sa.Integer(), server_default="0", nullable=False),
        sa.Column("images", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_status", sa.String(length=8), server_default="", nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("why_values", sa.JSON(), nullable=False),
        sa.Column("at", sa.String(length=35), nullable=False),
        sa.Column("changed_at", sa.String(length=35), nullable=False),
        sa.ForeignKeyConstraint(["visit"], ["visits.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("server", "destination", "uid", name="uq_fetches"),
    )
    op.create_index("ix_fetches_day", "fetches", ["day"])
    op.create_index("ix_fetches_visit", "fetches", ["visit"])
    op.create_index("ix_fetches_changed", "fetches", ["changed_at"])
