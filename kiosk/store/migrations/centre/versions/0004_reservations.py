"""Reservations: slots, seats, bookings, their history, who waits"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "slots",
        sa.Column("id", key, autoincrement=True, nullable=False),
        sa.Column("institution", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("at", sa.String(length=5), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("by_hand", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("institution", "kind", "day", "at", name="uq_slots"),
    )
    op.create_index("ix_slots_day", "slots", ["institution", "day"])
    op.create_table(
        "seats",
        sa.Column("slot", key, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("booking", key, nullable=True),
        sa.Column("hold", sa.String(length=40), server_default="", nullable=False),
        sa.Column("hold_by", sa.String(length=64), server_default="", nullable=False),
        sa.Column("hold_until", sa.Float(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["slot"], ["slots.id"]),
        sa.PrimaryKeyConstraint("slot", "number"),
    )
    op.create_index("ix_seats_booking", "seats", ["booking"])
    op.create_index("ix_seats_hold", "seats", ["hold"])
    op.create_table(
        "bookings",
        sa.Column("id", key, autoincrement=True, nullable=False),
        sa.Column("institution", sa.String(length=16), nullable=False),
        sa.Column("slot", key, nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("at", sa.String(length=5), nullable=False),
        sa.Column("patient_id", sa.String(length=64), server_default="", nullable=False),
        sa.Column("kanji", sa.String(length=200), server_default="", nullable=False),
        sa.Column("kana", sa.String(length=200), server_default="", nullable=False),
        sa.Column("sex", sa.String(length=1), server_default="", nullable=False),
        sa.Column("birth_date", sa.String(length=10), server_default="", nullable=False),
        sa.Column("phone", sa.String(length=32), server_default="", nullable=False),
        sa.Column("department", sa.String(length=64), server_default="", nullable=False),
        sa.Column("doctor", sa.String(length=64), server_default="", nullable=False),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("linked", sa.String(length=40), server_default="", nullable=False),
        sa.Column("number", sa.String(length=64), server_default="", nullable=False),
        sa.Column("exam", sa.String(length=32), server_default="", nullable=False),
        sa.Column("source", sa.String(length=8), server_default="desk", nullable=False),
        sa.Column("over_reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["slot"], ["slots.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_bookings_day", "bookings", ["institution", "day"])
    op.create_index("ix_bookings_linked", "bookings", ["linked"])
    op.create_index("ix_bookings_patient", "bookings", ["patient_id", "day"])
    op.create_index("ix_bookings_slot", "bookings", ["slot"])
    op.create_index("ix_bookings_visit", "bookings", ["institution", "day", "number"])
    op.create_table(
        "booking_changes",
        sa.Column("id", key, autoincrement=True, nullable=False),
        sa.Column("booking", key, nullable=False),
        sa.Column("at", sa.String(length=35), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["booking"], ["bookings.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_booking_changes_booking", "booking_changes", ["booking"])
    op.create_table(
        "waiting",
        sa.Column("id", key, autoincrement=True, nullable=False),
        sa.Column("institution", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=False),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False),
        sa.Column("person", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.String(length=35), nullable=False),
        sa.Column("by", sa.String(length=64), server_default="", nullable=False),
        sa.Column("settled", sa.String(length=12), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_waiting_kind", "waiting", ["institution", "kind", "settled"])
    op.create_table(
        "seated",
        sa.Column("visit", key, autoincrement=False, nullable=False),
        sa.Column("exam", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("visit", "exam"),
    )
    op.create_table(
        "book_pins",
        sa.Column("book", sa.String(length=64), nullable=False),
        sa.Column("pin_hash", sa.String(length=200), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.Float(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("book"),
    )
