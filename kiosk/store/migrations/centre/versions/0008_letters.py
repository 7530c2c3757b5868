"""Referral letters with their addressees, and health guidance"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "addressees",
        sa.Column("id", key, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kana", sa.String(length=200), server_default="", nullable=False),
        sa.Column("department", sa.String(length=100), server_default="", nullable=False),
        sa.Column("doctor", sa.String(length=100), server_default="", nullable=False),
        sa.Column("phone", sa.String(length=40), server_default="", nullable=False),
        sa.Column("medical", sa.Integer(), server_default="1", nullable=False),
        sa.Column("removed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=35), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "letters",
        sa.Column("id", key, autoincrement=True, nullable=False),
        sa.Column("visit", key, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saves", sa.Integer(), nullable=False),
        sa.Column("addressee", sa.String(length=300), server_default="", nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("sent_day", sa.String(length=10), server_default="", nullable=False),
        sa.Column("sent_by", sa.String(length=64), server_default="", nullable=False),
        sa.Column("replies", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=35), nullable=False),
        sa.ForeignKeyConstraint(["visit"], ["visits.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_letters_visit", "letters", ["visit"])
    op.create_index("ix_letters_state", "letters", ["state"])
    op.create_table(
        "letter_versions",
        sa.Column("id", key, autoincrement=True, nullable=False),
        sa.Column("letter", key, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("signed", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.String(length=64), server_default="", nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=35), nullable=False),
        sa.ForeignKeyConstraint(["letter"], ["letters.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("letter", "number", name="uq_letter_versions"),
    )
    op.create_table(
        "guidance_cases",
        sa.Column("id", key, autoincrement=True, nullable=False),
        sa.Column("patient", key, nullable=False),
        sa.Column("visit", key, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("level", sa.String(length=16), server_default="", nullable=False),
        sa.Column("ticket", sa.String(length=40), server_default="", nullable=False),
        sa.Column("due", sa.String(length=10), server_default="", nullable=False),
        sa.Column("points", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sessions", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_day", sa.String(length=10), server_default="", nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=35), nullable=False),
        sa.ForeignKeyConstraint(["patient"], ["patients.id"]),
        sa.ForeignKeyConstraint(["visit"], ["visits.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("patient", "year", name="uq_guidance_cases"),
    )
    op.create_index("ix_guidance_cases_due", "guidance_cases", ["state", "due"])
    op.create_table(
        "guidance_versions",
        sa.Column("id", key, autoincrement=True, nullable=False),
        sa.Column("case", key, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=35), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["guidance_cases.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case", "number", name="uq_guidance_versions"),
    )
