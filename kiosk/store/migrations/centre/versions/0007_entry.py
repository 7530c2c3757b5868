"""Findings: readings of two readers, schema drawings, what was handed out to the check-up system"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("finding_versions", sa.Column("role", sa.String(length=16), server_default="", nullable=False))
    op.add_column("finding_versions", sa.Column("drawing", sa.BigInteger(), server_default="0", nullable=False))
    op.create_table(
        "drawings",
        sa.Column("id", key, autoincrement=True, nullable=False),
        sa.Column("visit", key, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("vectors", sa.JSON(), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=35), nullable=False),
        sa.ForeignKeyConstraint(["visit"], ["visits.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_drawings_visit", "drawings", ["visit"])
    op.create_table(
        "finding_hand_outs",
        sa.Column("id", key, autoincrement=True, nullable=False),
        sa.Column("finding", key, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("station", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=35), nullable=False),
        sa.ForeignKeyConstraint(["finding"], ["findings.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_finding_hand_outs_finding", "finding_hand_outs", ["finding"])
