"""Where a correction keeps its files on a volume, all below folders in which no image is looked for."""

from __future__ import annotations

QUARANTINE, STAGING, MESSAGES = "QUARANTINE", "STAGING", "CMNT"
TOPS = (QUARANTINE, STAGING, MESSAGES)


def staging_folder(correction: int) -> str:
    return f"{STAGING}/{correction}"


def staged_path(correction: int, position: int) -> str:
    return f"{staging_folder(correction)}/{position:06d}.dcm"


def quarantine_folder(day: str, correction: int) -> str:
    """All that a correction put away."""
    return f"{QUARANTINE}/{day}/{correction}"


def quarantine_path(day: str, correction: int, path: str) -> str:
    """Where an old file goes; ``day`` YYYYMMDD, ``path`` as it was."""
    return f"{quarantine_folder(day, correction)}/{path}"


def undone_path(day: str, correction: int, path: str) -> str:
    """Where a new file goes when the correction is taken back."""
    return f"{quarantine_folder(day, correction)}/UNDONE/{path}"


def message_path(correction: int, path: str) -> str:
    """The message for the folder in which the images lay: ``CMNT/20261128/CR0001-90012763.7.txt``."""
    parts = path.split("/")
    return f"{MESSAGES}/{'/'.join(parts[-3:-1])}.{correction}.txt"
