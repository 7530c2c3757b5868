"""The tables of referral letters and of health guidance, with their versions."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from kiosk.store.tables import BigKey, Json, centre, key

addressees = Table(
    "addressees",  # to whom letters go
    centre,
    key(),
    Column("name", String(200), nullable=False),
    Column("kana", String(200), nullable=False, server_default=""),
    Column("department", String(100), nullable=False, server_default=""),
    Column("doctor", String(100), nullable=False, server_default=""),
    Column("phone", String(40), nullable=False, server_default=""),
    Column("medical", Integer, nullable=False, server_default="1"),  # a medical institution
    Column("removed", Integer, nullable=False, server_default="0"),  # not offered any more
    Column("by", String(64), nullable=False),
    Column("at", String(35), nullable=False),
)

letters = Table(
    "letters",
    centre,
    key(),
    Column("visit", BigKey, ForeignKey("visits.id"), nullable=False),
    Column("state", String(12), nullable=False),
    Column("version", Integer, nullable=False),
    Column("saves", Integer, nullable=False),  # counts every save, so that nobody overwrites another's draft unseen
    Column("addressee", String(300), nullable=False, server_default=""),
    Column("words", Text, nullable=False, server_default=""),  # of the newest version, to be searched
    Column("sent_day", String(10), nullable=False, server_default=""),
    Column("sent_by", String(64), nullable=False, server_default=""),
    Column("replies", Json, nullable=False),  # day, text, by, at; only added to
    Column("by", String(64), nullable=False),
    Column("at", String(35), nullable=False),
    Index("ix_letters_visit", "visit"),
    Index("ix_letters_state", "state"),
)

letter_versions = Table(
    "letter_versions",
    centre,
    key(),
    Column("letter", BigKey, ForeignKey("letters.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("body", Json, nullable=False),  # core.letter.LetterBody
    Column("signed", Integer, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("pdf", LargeBinary, nullable=True),  # the page as it was signed
    Column("sha256", String(64), nullable=False, server_default=""),
    Column("by", String(64), nullable=False),
    Column("at", String(35), nullable=False),
    UniqueConstraint("letter", "number", name="uq_letter_versions"),
)

guidance_cases = Table(
    "guidance_cases",
    centre,
    key(),
    Column("patient", BigKey, ForeignKey("patients.id"), nullable=False),
    Column("visit", BigKey, ForeignKey("visits.id"), nullable=False),  # the check-up it follows from
    Column("year", Integer, nullable=False),  # fiscal
    Column("version", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("level", String(16), nullable=False, server_default=""),
    Column("ticket", String(40), nullable=False, server_default=""),
    Column("due", String(10), nullable=False, server_default=""),
    Column("points", Integer, nullable=False, server_default="0"),
    Column("sessions", Integer, nullable=False, server_default="0"),
    Column("last_day", String(10), nullable=False, server_default=""),
    Column("by", String(64), nullable=False),
    Column("at", String(35), nullable=False),
    UniqueConstraint("patient", "year", name="uq_guidance_cases"),
    Index("ix_guidance_cases_due", "state", "due"),
)

guidance_versions = Table(
    "guidance_versions",  # each save is one; never altered
    centre,
    key(),
    Column("case", BigKey, ForeignKey("guidance_cases.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("body", Json, nullable=False),  # core.guidance.CaseBody
    Column("by", String(64), nullable=False),
    Column("at", String(35), nullable=False),
    UniqueConstraint("case", "number", name="uq_guidance_versions"),
)
