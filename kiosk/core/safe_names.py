"""Names from outside made safe for a disk: folder keys of patient IDs, UIDs, and what Windows makes of a path."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata

# Digits, capitals and - _ . inside: what IDs look like, and what every file system keeps apart. Small letters are
# not plain, because NTFS holds abc and ABC for one name; ~ marks the hash and is therefore never plain.
_PLAIN = re.compile(r"[0-9A-Z](?:[0-9A-Z_.-]{0,62}[0-9A-Z_-])?", re.ASCII)
_NOT_PLAIN = re.compile(r"[^0-9A-Za-z_.-]+", re.ASCII)
_RESERVED = re.compile(
    r"(?:CON|PRN|AUX|NUL|CLOCK\$|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9\u00b9\u00b2\u00b3])[ ]*(?:[.:].*)?",
    re.IGNORECASE | re.DOTALL,
)
_FORBIDDEN = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
_UID = re.compile(r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))*", re.ASCII)
_UID_LOOSE = re.compile(r"[0-9]+(?:\.[0-9]+)*", re.ASCII)
_DRIVE = re.compile(r"(?:\\\\[?.]\\)?([A-Za-z]):(?:$|[^:])")

LONGEST_STEM = 40


def folder_key(patient_id: str) -> str:
    """The folder name that stands for a patient ID: the ID itself where that is safe, else a readable rest of it
    with ``~`` and twelve characters of its hash.

    At most 64 bytes of ASCII, legal on NTFS, and different for different IDs even where the disk does not tell small
    letters from capitals. DICOM padding is the caller's to strip first.
    """
    if _PLAIN.fullmatch(patient_id) and not is_reserved(patient_id):
        return patient_id
    stem = _NOT_PLAIN.sub("_", unicodedata.normalize("NFKC", patient_id)).strip("._-")[:LONGEST_STEM]
    if is_reserved(stem):
        stem = "_" + stem
    return f"{stem or '_'}~{_short_hash(patient_id)}"


def _short_hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return base64.b32encode(digest).decode("ascii")[:12]  # 60 bits of one case only


def is_valid_uid(uid: str) -> bool:
    """Is it a UID in the words of PS3.5 9.1: up to 64 characters, numbers without leading zeros, single dots?"""
    return len(uid) <= 64 and _UID.fullmatch(uid) is not None


def is_harmless_uid(uid: str) -> bool:
    """Digits and single dots of no more than 64 characters: what old devices write (leading zeros) and we still take.

    What fails here is refused; what passes here and fails ``is_valid_uid`` is taken with a doubt noted.
    """
    return len(uid) <= 64 and _UID_LOOSE.fullmatch(uid) is not None


def is_reserved(name: str) -> bool:
    """Does Windows hold this name for a device (CON, NUL.txt, COM1 ...)?"""
    return _RESERVED.fullmatch(name) is not None


def is_legal_on_windows(name: str) -> bool:
    """May one file or folder bear this name on NTFS, and be opened again under it?"""
    return (
        bool(name)
        and name not in (".", "..")
        and not name.endswith((" ", "."))
        and not _FORBIDDEN.search(name)
        and not is_reserved(name)
        and len(name.encode("utf-16-le", "surrogatepass")) // 2 <= 255
    )


def is_unc(path: str) -> bool:
    r"""Does the path name a share of another PC (``\\server\share``, ``//server/share``, ``\\?\UNC\server``)?"""
    told = path.replace("/", "\\")
    if told[:8].upper() == "\\\\?\\UNC\\":
        return True
    return told.startswith("\\\\") and told[2:4] not in ("?\\", ".\\") and len(told) > 2


def drive_letter(path: str) -> str:
    r"""``C`` for ``C:\x`` and ``\\?\c:\x``; empty for a share or a path without a drive."""
    found = _DRIVE.match(path.replace("/", "\\"))
    return found.group(1).upper() if found else ""
