"""The operating theatre: operations, their history, and the locks of whoever plans a day"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "theatre_locks",
        sa.Column("institution", sa.String(length=16), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("institution", "what"),
    )
    op.create_table(
        "operations",
        sa.Column("id", key, autoincrement=True, nullable=False),
        sa.Column("institution", sa.String(length=16), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("room", sa.String(length=100), nullable=False),
        sa.Column("enter", sa.String(length=16), nullable=False),
        sa.Column("start", sa.String(length=16), nullable=False),
        sa.Column("end", sa.String(length=16), nullable=False),
        sa.Column("patient_id", sa.String(length=64), server_default="", nullable=False),
        sa.Column("kanji", sa.String(length=200), server_default="", nullable=False),
        sa.Column("kana", sa.String(length=200), server_default="", nullable=False),
        sa.Column("sex", sa.String(length=1), server_default="", nullable=False),
        sa.Column("birth_date", sa.String(length=10), server_default="", nullable=False),
        sa.Column("ward", sa.String(length=64), server_default="", nullable=False),
        sa.Column("blood_type", sa.String(length=8), server_default="", nullable=False),
        sa.Column("urgent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("order", sa.String(length=8), server_default="", nullable=False),
        sa.Column("department", sa.String(length=100), server_default="", nullable=False),
        sa.Column("diagnosis", sa.String(length=200), server_default="", nullable=False),
        sa.Column("method", sa.String(length=200), server_default="", nullable=False),
        sa.Column("side", sa.String(length=1), server_default="", nullable=False),
        sa.Column("position", sa.String(length=100), server_default="", nullable=False),
        sa.Column("anaesthesia", sa.JSON(), nullable=False),
        sa.Column("surgeon", sa.String(length=100), server_default="", nullable=False),
        sa.Column("assistants", sa.JSON(), nullable=False),
        sa.Column("anaesthetist", sa.String(length=100), server_default="", nullable=False),
        sa.Column("scrub_nurse", sa.String(length=100), server_default="", nullable=False),
        sa.Column("circulating_nurse", sa.String(length=100), server_default="", nullable=False),
        sa.Column("infection", sa.String(length=200), server_default="", nullable=False),
        sa.Column("allergy", sa.String(length=200), server_default="", nullable=False),
        sa.Column("blood", sa.JSON(), nullable=False),
        sa.Column("equipment", sa.JSON(), nullable=False),
        sa.Column("pathology", sa.Integer(), server_default="0", nullable=False),
        sa.Column("remarks", sa.Text(), server_default="", nullable=False),
        sa.Column("actual_enter", sa.String(length=16), server_default="", nullable=False),
        sa.Column("actual_start", sa.String(length=16), server_default="", nullable=False),
        sa.Column("actual_end", sa.String(length=16), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("cancel_reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("overlap_reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_operations_day", "operations", ["institution", "day"])
    op.create_index("ix_operations_patient", "operations", ["patient_id", "day"])
    op.create_table(
        "operation_changes",
        sa.Column("id", key, autoincrement=True, nullable=False),
        sa.Column("operation", key, nullable=False),
        sa.Column("at", sa.String(length=35), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["operation"], ["operations.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_operation_changes_operation", "operation_changes", ["operation"])
