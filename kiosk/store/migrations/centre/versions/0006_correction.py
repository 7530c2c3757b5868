"""Corrections: what was asked for, which file became which, who is still to be told"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "corrections",
        sa.Column("id", key, autoincrement=True, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("stop", sa.Integer(), server_default="0", nullable=False),
        sa.Column("old_study_uid", sa.String(length=64), nullable=False),
        sa.Column("new_study_uid", sa.String(length=64), nullable=False),
        sa.Column("series", sa.JSON(), nullable=False),
        sa.Column("day", sa.String(length=8), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("order", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("text", sa.String(length=200), server_default="", nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("second", sa.String(length=64), nullable=False),
        sa.Column("station", sa.String(length=64), nullable=False),
        sa.Column("undone_by", sa.String(length=64), server_default="", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("images", sa.Integer(), server_default="0", nullable=False),
        sa.Column("taken_out", sa.JSON(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("error_values", sa.JSON(), nullable=False),
        sa.Column("at", sa.String(length=35), nullable=False),
        sa.Column("changed_at", sa.String(length=35), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_corrections_study", "corrections", ["old_study_uid"])
    op.create_index("ix_corrections_changed", "corrections", ["changed_at"])
    op.create_table(
        "correction_files",
        sa.Column("id", key, autoincrement=True, nullable=False),
        sa.Column("correction", key, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("old_sop_uid", sa.String(length=64), nullable=False),
        sa.Column("old_series_uid", sa.String(length=64), nullable=False),
        sa.Column("sop_class", sa.String(length=64), nullable=False),
        sa.Column("volume", sa.String(length=32), nullable=False),
        sa.Column("old_path", sa.String(length=400), nullable=False),
        sa.Column("old_size", sa.BigInteger(), nullable=False),
        sa.Column("old_sha256", sa.String(length=64), nullable=False),
        sa.Column("further", sa.JSON(), nullable=False),
        sa.Column("new_sop_uid", sa.String(length=64), nullable=False),
        sa.Column("new_series_uid", sa.String(length=64), nullable=False),
        sa.Column("new_volume", sa.String(length=32), server_default="", nullable=False),
        sa.Column("new_path", sa.String(length=400), server_default="", nullable=False),
        sa.Column("new_size", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("new_sha256", sa.String(length=64), server_default="", nullable=False),
        sa.Column("pixels_sha256", sa.String(length=64), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["correction"], ["corrections.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("correction", "position", name="uq_correction_files"),
        sa.UniqueConstraint("new_sop_uid", name="uq_correction_files_new"),
    )
    op.create_index("ix_correction_files_old", "correction_files", ["old_sop_uid"])
    op.create_table(
        "correction_tells",
        sa.Column("id", key, autoincrement=True, nullable=False),
        sa.Column("correction", key, nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("destination", sa.String(length=64), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("sop_uids", sa.JSON(), nullable=False),
        sa.Column("note_uids", sa.JSON(), nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("by", sa.String(length=64), server_default="", nullable=False),
        sa.Column("at", sa.String(length=35), nullable=False),
        sa.Column("changed_at", sa.String(length=35), nullable=False),
        sa.ForeignKeyConstraint(["correction"], ["corrections.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("correction", "what", "destination", name="uq_correction_tells"),
    )
    op.create_index("ix_correction_tells_state", "correction_tells", ["state"])
