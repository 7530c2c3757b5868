"""What a person types into a search field, as a pattern for LIKE."""

from __future__ import annotations


def containing(text: str) -> str:
    r"""A pattern (escape ``\``) for whatever contains ``text``; its own ``%`` and ``_`` stand for themselves."""
    return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
