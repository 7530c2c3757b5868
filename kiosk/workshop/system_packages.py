"""Debian packages that the tests call by name: which are missing, and on Debian/Ubuntu as root their installation."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Package -> what the tests use it for; said where it can't be installed here.
TEST_PACKAGES = {
    "binutils": "building the executable",
    "dcmtk": "DICOM peers (storescu, findscu, echoscu)",
    "dicom3tools": "dciodvfy, the judge of what we write",
    "e2fsprogs": "a disk for the power cut (mkfs.ext4)",
    "faketime": "clock jumps",
    "fonts-morisawa-bizud-gothic": "Japanese on paper and screen",
    "fonts-noto-cjk": "Japanese characters that the first font lacks",
    "imagemagick": "pictures of windows",
    "libgdcm-tools": "gdcmconv, a decoder to compare with",
    "libopenjp2-tools": "opj_decompress, a decoder to compare with",
    "odil": "a second DICOM peer",
    "openssl": "certificates for encrypted connections",
    "orthanc": "a third DICOM peer",
    "poppler-utils": "reading our PDF back",
    "postgresql": "the store on PostgreSQL",
    "strace": "failing the n-th system call",
    "xdotool": "typed keys",
    "xvfb": "windows on a virtual screen",
}
# Written by Debian's service starter: 101 means "not allowed", so that no service takes a port of this machine.
POLICY = Path("/usr/sbin/policy-rc.d")
POLICY_TEXT = "#!/bin/sh\n# set for the moment by the test run of the stations\nexit 101\n"


def install_test_packages() -> list[str]:
    """Install what the tests need and is missing; the names that are missing still."""
    missing = missing_of(list(TEST_PACKAGES))
    if missing and can_install():
        install(missing)
        missing = missing_of(missing)
    return missing


def install_python_parts(tk: bool, venv: bool) -> None:
    """Give Debian's own Python its Tk and venv parts back, where this is that Python and we may."""
    if Path(sys.executable).resolve().parent == Path("/usr/bin") and can_install():
        install(missing_of((["python3-tk"] if tk else []) + (["python3-venv"] if venv else [])))


def can_install() -> bool:
    """Whether this is Debian or Ubuntu and we are root."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return is_root and all(shutil.which(tool) for tool in ("apt-get", "apt-cache", "dpkg-query"))


def missing_of(packages: list[str]) -> list[str]:
    """Those of ``packages`` that dpkg doesn't hold as installed; all of them where there is no dpkg."""
    if not packages or not shutil.which("dpkg-query"):
        return packages
    ask = ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n", *packages]
    answer = subprocess.run(ask, capture_output=True, text=True, check=False)
    installed = {line.split()[0] for line in answer.stdout.splitlines() if line.endswith(" installed")}
    return [name for name in packages if name not in installed]


def install(packages: list[str]) -> None:
    """apt-get what can be had of ``packages``; apt's own words stay on the terminal, a failure only leaves them out."""
    if not packages:
        return
    print(f"apt: {' '.join(packages)}", flush=True)
    if any(not available(name) for name in packages):
        run_apt("update")
    wanted = [name for name in packages if available(name)]
    if not wanted:
        return
    with no_service_starts():
        if run_apt("install", "--yes", "--no-install-recommends", *wanted) != 0:
            # The lists may be older than the archive: once more with fresh ones.
            run_apt("update")
            run_apt("install", "--yes", "--no-install-recommends", *wanted)


def available(package: str) -> bool:
    """Whether apt's lists know a version of ``package``."""
    answer = subprocess.run(["apt-cache", "show", package], capture_output=True, check=False)
    return answer.returncode == 0


def run_apt(*words: str) -> int:
    """One quiet apt-get; its exit code."""
    surroundings = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(["apt-get", "--quiet", "--quiet", *words], env=surroundings, check=False).returncode


@contextmanager
def no_service_starts() -> Iterator[None]:
    """Keep Debian from starting the services it installs; somebody else's policy is left alone."""
    if POLICY.exists() and POLICY.read_text(encoding="utf-8", errors="replace") != POLICY_TEXT:
        yield
        return
    POLICY.write_text(POLICY_TEXT, encoding="ascii")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink(missing_ok=True)
