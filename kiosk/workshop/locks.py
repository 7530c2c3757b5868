"""Compiles the two hashed locks from pyproject.toml; run by hand after its dependencies change."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from kiosk.environment import AS_SOURCE

HOME = Path(__file__).resolve().parents[2]

# One lock serves every supported Python and system, so that a centre's Windows PC gets what was tested.
# "fewest" keeps one version of a package for all of them where such a version exists.
COMPILE = [
    sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11",
    "--fork-strategy", "fewest", "--generate-hashes", "--only-binary", ":all:", "--no-binary", AS_SOURCE,
    "--no-python-downloads", "--quiet", "--no-emit-index-url", "--no-emit-find-links", "--no-header", "--no-annotate",
]  # fmt: skip


def compile_locks(upgrade: bool) -> None:
    """Write requirements.lock and requirements-dev.lock; kept versions stay unless ``upgrade``."""
    extra = ["--upgrade"] if upgrade else []
    runtime = "requirements.lock"
    subprocess.run([*COMPILE, *extra, "--output-file", runtime], cwd=HOME, check=True)
    groups = ["--group", "dev", "--group", "build", "--constraints", runtime]
    subprocess.run([*COMPILE, *extra, *groups, "--output-file", "requirements-dev.lock"], cwd=HOME, check=True)


if __name__ == "__main__":
    compile_locks(upgrade="--upgrade" in sys.argv[1:])
