"""Findings: what was entered in the fields of a kind, the master a page was signed with, and its versions"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("finding_versions", sa.Column("items", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("finding_versions", sa.Column("master", sa.String(length=64), server_default="", nullable=False))
    op.create_table(
        "finding_items",
        sa.Column("finding", key, autoincrement=False, nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("amount", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["finding"], ["findings.id"]),
        sa.PrimaryKeyConstraint("finding", "field", "place"),
    )
    op.create_index("ix_finding_items_field", "finding_items", ["field"])
    op.create_table(
        "master_versions",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=64), server_default="", nullable=False),
        sa.Column("at", sa.String(length=35), nullable=False),
        sa.PrimaryKeyConstraint("name", "sha256"),
    )
