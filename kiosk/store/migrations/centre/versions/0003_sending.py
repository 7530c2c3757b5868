"""Sending: when a destination was seen to have a study, and what it was asked about it"""

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
