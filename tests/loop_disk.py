"""A file system in a file, mounted: a disk that tests can fill, write-protect and pull out."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest


class LoopDisk:
    """An ext4 file system in ``image``, to be mounted at ``mounted``."""

    def __init__(self, image: Path, mounted: Path, size_mb: int = 40) -> None:
        self.image, self.mounted = image, mounted
        with open(image, "wb") as file:
            file.truncate(size_mb << 20)
        subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True)

    def plug_in(self) -> None:
        self.mounted.mkdir(exist_ok=True)
        call = ["mount", "-o", "loop", str(self.image), str(self.mounted)]
        done = subprocess.run(call, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            pytest.skip(f"this system mounts no file system images: {done.stderr.strip()}")

    def pull_out(self) -> None:
        """As a cable is pulled: whoever has a file open there goes on for a moment, the folder is empty at once."""
        subprocess.run(["umount", "-l", str(self.mounted)], check=False, capture_output=True)

    def write_protect(self) -> None:
        call = ["mount", "-o", "remount,ro", str(self.mounted)]
        subprocess.run(call, check=True, capture_output=True)
