"""Pictures taken on this PC"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "picture_sets",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("mode", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=64), server_default="", nullable=False),
        sa.Column("opened_at", sa.String(length=35), nullable=False),
        sa.Column("closed_at", sa.String(length=35), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("row", sa.JSON(), nullable=False),
        sa.Column("series_uid", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=64), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "taken_pictures",
        sa.Column("set", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("at", sa.String(length=35), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sop_uid", sa.String(length=64), nullable=False),
        sa.Column("part", sa.String(length=64), server_default="", nullable=False),
        sa.Column("eye", sa.String(length=1), server_default="", nullable=False),
        sa.Column("star", sa.Integer(), server_default="0", nullable=False),
        sa.Column("deleted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("taken_of", sa.Integer(), server_default="0", nullable=False),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("sent_at", sa.String(length=35), server_default="", nullable=False),
        sa.Column("handed_at", sa.String(length=35), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("set", "number"),
    )
