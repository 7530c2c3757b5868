"""Is a folder on this PC's own disk? Pure rules for Windows paths, and what the system says."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from kiosk.core.safe_names import is_unc

NETWORK_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "fuse.sshfs", "glusterfs", "ceph"}
)
_DRIVE_REMOTE = 4  # GetDriveTypeW


def file_system_of(path: str, mounts: str) -> str:
    """The file system type that holds ``path``, read from the text of ``/proc/mounts``; empty where unknown."""
    best, kind = "", ""
    for line in mounts.splitlines():
        parts = line.split()
        if len(parts) < 3:
            continue
        point = parts[1].encode("latin-1", "replace").decode("unicode_escape", "replace")  # \040 is a blank
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, parts[2]
    return kind


def is_network_path(path: Path) -> bool:
    """True where the path is on another PC: UNC, a mapped drive letter, or a network mount."""
    if sys.platform == "win32":
        if is_unc(str(path)):
            return True
        import ctypes

        drive = os.path.splitdrive(os.path.abspath(path))[0]
        return ctypes.windll.kernel32.GetDriveTypeW(drive + "\\") == _DRIVE_REMOTE
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    existing = path.absolute()
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    return file_system_of(str(existing.resolve()), mounts) in NETWORK_FILE_SYSTEMS
