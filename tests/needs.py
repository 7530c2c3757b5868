"""Marks for tests that need a program of this machine: skipped with the reason where it is missing."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

# Program -> Debian package, for the reason that a skipped test gives.
PACKAGE_OF = {
    "Orthanc": "orthanc",
    "Xvfb": "xvfb",
    "convert": "imagemagick",
    "dciodvfy": "dicom3tools",
    "dcm2pnm": "dcmtk",
    "dcmdump": "dcmtk",
    "dcmqrscp": "dcmtk",
    "dcmodify": "dcmtk",
    "dump2dcm": "dcmtk",
    "echoscu": "dcmtk",
    "faketime": "faketime",
    "findscu": "dcmtk",
    "gdcmconv": "libgdcm-tools",
    "getscu": "dcmtk",
    "import": "imagemagick",
    "initdb": "postgresql",
    "mkfs.ext4": "e2fsprogs",
    "movescu": "dcmtk",
    "objdump": "binutils",
    "odil": "odil",
    "openssl": "openssl",
    "opj_decompress": "libopenjp2-tools",
    "pdffonts": "poppler-utils",
    "pdftoppm": "poppler-utils",
    "pdftotext": "poppler-utils",
    "pg_dump": "postgresql",
    "postgres": "postgresql",
    "psql": "postgresql",
    "storescp": "dcmtk",
    "storescu": "dcmtk",
    "strace": "strace",
    "wlmscpfs": "dcmtk",
    "xdotool": "xdotool",
}


def tool(program: str) -> Path | None:
    """Where ``program`` lies, or None; Debian keeps PostgreSQL's server programs off the PATH."""
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin")
    if found:
        return Path(found)
    return max(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), default=None)


def needs(*programs: str) -> pytest.MarkDecorator:
    """Skip a test unless all ``programs`` are here: ``@needs("storescu", "dciodvfy")``."""
    missing = [name for name in programs if tool(name) is None]
    packages = " ".join(sorted({PACKAGE_OF.get(name, name) for name in missing}))
    return pytest.mark.skipif(bool(missing), reason=f"needs {' '.join(missing)} (apt install {packages})")


def needs_root() -> pytest.MarkDecorator:
    """Skip a test that mounts or changes users unless we are root."""
    return pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")


only_on_windows = pytest.mark.skipif(sys.platform != "win32", reason="only on Windows")
only_on_posix = pytest.mark.skipif(sys.platform == "win32", reason="not on Windows")
