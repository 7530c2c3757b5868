"""The .venv beside the program: whether it holds what the lock asks for, and making it so, with progress shown."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.bootstrap import HOME, OLDEST, ON_WINDOWS, RUNTIME_LOCK, TOO_NEW, Stop, has_ensurepip

if TYPE_CHECKING:
    import subprocess

# What only an installation needs is imported there, so that a start whose packages fit loses no time.

VENV = Path(HOME, ".venv")
PYTHON = VENV / ("Scripts/python.exe" if ON_WINDOWS else "bin/python")
FITTED = VENV / "fitted"  # copies of the locks that it holds
UNFINISHED = VENV / "unfinished"  # there while packages are being laid out
INSTALL_LOG = VENV / "install.log"
TURN = Path(HOME, ".venv.turn")
AS_SOURCE = "pyftpdlib"  # pure Python without a wheel: built here by the setuptools that the lock holds

NETWORK_SIGNS = (
    "NewConnectionError", "Failed to establish a new connection", "ConnectTimeout", "ReadTimeout", "ProxyError",
    "getaddrinfo failed", "Name or service not known", "Temporary failure in name resolution", "NameResolutionError",
    "Network is unreachable", "SSLError", "Connection refused", "RemoteDisconnected", "ConnectionResetError",
)  # fmt: skip


def is_ours() -> bool:
    """Whether this very process runs on the Python of .venv."""
    return Path(sys.prefix).resolve() == VENV.resolve()


def start_inside(argv: list[str]) -> int:
    """The same command line once more, on the Python of .venv; doesn't return where the system can exec."""
    call = [str(PYTHON), os.path.join(HOME, "main.py"), *argv]
    lead_children_home()
    if not ON_WINDOWS:
        sys.stdout.flush()
        os.execv(PYTHON, call)
    import subprocess

    # Windows has no exec: the parent waits, and leaves Ctrl-C to the child, which gets it too.
    child = subprocess.Popen(call)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue


def lead_children_home() -> None:
    """Child processes start as `python -m kiosk.station` from whatever folder the person stands in."""
    paths = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path and path != HOME]
    os.environ["PYTHONPATH"] = os.pathsep.join([HOME, *paths])


def fits(lock: str) -> bool:
    """Whether .venv holds exactly what ``lock`` asks for, and was made to the end."""
    try:
        same = (FITTED / lock).read_bytes() == asked_for(lock)
        return same and PYTHON.exists() and not UNFINISHED.exists() and not outgrown()
    except OSError:
        return False


def outgrown() -> bool:
    """Whether the Python below .venv became another minor version (its packages lie in a folder of the old one)."""
    lines = (VENV / "pyvenv.cfg").read_text(encoding="utf-8", errors="replace").splitlines()
    made = {name.strip(): value.strip() for name, _, value in (line.partition("=") for line in lines)}
    same_place = made.get("home") == os.path.dirname(getattr(sys, "_base_executable", sys.executable))
    return same_place and made.get("version", "").split(".")[:2] != [str(part) for part in sys.version_info[:2]]


def asked_for(lock: str) -> bytes:
    """What the lock says; line ends don't count, since git may turn them on Windows."""
    try:
        return Path(HOME, lock).read_bytes().replace(b"\r\n", b"\n")
    except OSError:
        raise Stop(
            f"{lock} がありません。プログラムのフォルダーをもう一度全部コピーしてください。",
            f"{lock} is missing; copy the program's folder once more, completely.",
        ) from None


def fit(lock: str) -> None:
    """Make .venv hold what ``lock`` asks for; one start at a time."""
    asked_for(lock)
    with my_turn():
        if fits(lock):  # another start did it while we waited
            return
        try:
            if needs_remaking():
                make()
            install(lock)
            remember(lock)
        except OSError as trouble:
            raise Stop(
                f".venv を準備できません（{trouble}）。空き容量と書き込み権限を確かめて、もう一度始めてください。",
                f".venv could not be prepared ({trouble}); see to disk space and write permission, then start again.",
            ) from trouble


@contextmanager
def my_turn() -> Iterator[None]:
    """Wait until no other start prepares the same folder."""
    try:
        turn = TURN.open("w")
    except OSError:
        raise Stop(
            f"フォルダー {HOME} に書き込めません。書き込める場所にコピーして、そこから始めてください。",
            f"The folder {HOME} cannot be written; copy it to where you may write and start there.",
        ) from None
    with turn:
        if sys.platform == "win32":
            import msvcrt

            while True:
                try:
                    msvcrt.locking(turn.fileno(), msvcrt.LK_LOCK, 1)  # tries for ten seconds, then raises
                    break
                except OSError:
                    continue
        else:
            import fcntl

            fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def needs_remaking() -> bool:
    """Whether .venv is absent, was left half-made, or its Python no longer runs or is not a supported one."""
    import subprocess

    if UNFINISHED.exists() or not PYTHON.exists():
        return True
    ask = "import sys, pip; print(sys.version_info[1])"
    try:
        answer = subprocess.run([str(PYTHON), "-c", ask], capture_output=True, text=True, check=False)
    except OSError:
        return True
    return answer.stdout.strip() not in {str(minor) for minor in range(OLDEST[1], TOO_NEW[1])}


def make() -> None:
    """A new empty .venv from this Python, whatever lay there before."""
    import shutil
    import subprocess
    import venv

    if not has_ensurepip():
        raise Stop(
            "この Python には venv の部品がありません。「apt install python3-venv」のあと、もう一度始めてください。",
            "This Python lacks its venv part; run apt install python3-venv and start again.",
        )
    print("準備: .venv を作ります / Preparing: making .venv", flush=True)
    if VENV.is_dir():
        shutil.rmtree(VENV)
    VENV.mkdir()
    UNFINISHED.touch()
    try:
        venv.EnvBuilder(with_pip=True, symlinks=not ON_WINDOWS).create(VENV)
    except subprocess.CalledProcessError:
        raise Stop(
            ".venv を作れません。Python を入れ直すか、「apt install python3-venv」を実行してください。",
            ".venv could not be made; reinstall Python, or on Debian/Ubuntu run apt install python3-venv.",
        ) from None


def remember(lock: str) -> None:
    """Keep what fits now; the developers' lock holds all of the other one."""
    FITTED.mkdir(exist_ok=True)
    for name in {lock, RUNTIME_LOCK}:
        fresh = FITTED / f"{name}.new"
        fresh.write_bytes(asked_for(name))
        fresh.replace(FITTED / name)


def install(lock: str) -> None:
    """Install ``lock`` into .venv by pip, showing how far it is; the mark says so should this be cut off."""
    import subprocess

    call = [
        str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off",
        "--retries", "2", "--require-hashes", "--only-binary", ":all:", "--no-deps", "--requirement",
    ]  # fmt: skip
    UNFINISHED.touch()
    wheels, source = apart(lock)
    last = [str(source), "--no-binary", AS_SOURCE, "--no-build-isolation"]  # isolation would fetch what no lock names
    with INSTALL_LOG.open("wb") as log:
        for rest in ([str(wheels)], last):
            pip = subprocess.Popen(
                [*call, *rest], stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=HOME
            )
            try:
                follow(pip, len(pinned(lock)))
            except KeyboardInterrupt:
                pip.wait()
                raise
            if pip.returncode != 0:
                break
    UNFINISHED.unlink()  # pip ended in good order; after a failure it took back what it had begun
    if pip.returncode != 0:
        raise reason_of_failure(said_by_pip())


def apart(lock: str) -> tuple[Path, Path]:
    """The lock as two files of .venv: what comes as wheels, and what is built from source after them."""
    pins = re.split(r"^(?=[a-z0-9])", asked_for(lock).decode(), flags=re.MULTILINE)
    parts = {"wheels.lock": [each for each in pins if not each.startswith(AS_SOURCE + "==")],
             "source.lock": [each for each in pins if each.startswith(AS_SOURCE + "==")]}  # fmt: skip
    for name, each in parts.items():
        (VENV / name).write_text("".join(each), encoding="utf-8")
    return VENV / "wheels.lock", VENV / "source.lock"


def pinned(lock: str) -> list[str]:
    """Names of the packages in ``lock`` that this system wants."""
    lines = [line for line in Path(HOME, lock).read_text(encoding="utf-8").splitlines() if "==" in line]
    return [line.split("==")[0] for line in lines if ON_WINDOWS or "sys_platform == 'win32'" not in line]


def follow(pip: subprocess.Popen[bytes], total: int) -> None:
    """Show pip's way until it ends: rewritten in place on a terminal, line by line elsewhere."""
    import subprocess

    in_place = sys.stdout.isatty()
    shown = ""
    while True:
        try:
            pip.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            pass
        line = progress(said_by_pip(), total)
        if line != shown:
            print(("\r" + line.ljust(len(shown))) if in_place else line, end="" if in_place else "\n", flush=True)
            shown = line
        if pip.returncode is not None:
            if in_place:
                print(flush=True)
            return


def progress(said: str, total: int) -> str:
    """One line of progress from what pip said so far."""
    if "Successfully installed" in said:
        return f"準備できました / ready: {total} packages"
    if "Installing collected packages" in said:
        return f"展開中 / laying out: {total} packages"
    met = [line.split(": ")[-1].removeprefix("Collecting ") for line in said.splitlines()
           if line.startswith(("Collecting ", "Requirement already satisfied: "))]  # fmt: skip
    name = met[-1].split("==")[0] if met else ""
    return f"取得中 / fetching: {len(met)}/{total} {name}".rstrip()


def said_by_pip() -> str:
    """pip's output so far."""
    return INSTALL_LOG.read_text(encoding="utf-8", errors="replace")


def reason_of_failure(said: str) -> Stop:
    """The sentence to show for what pip ``said`` before it failed."""
    if any(sign in said for sign in NETWORK_SIGNS):
        return Stop(
            "部品を取りに行けませんでした。この PC を一度ネットワークにつないで"
            "（院内ミラーがあれば PIP_INDEX_URL に書いて）、もう一度始めてください。",
            "The packages could not be fetched; connect this PC to the network once (or name your mirror in "
            "PIP_INDEX_URL) and start again.",
        )
    if "No space left" in said or "WinError 112" in said:
        return Stop(
            "ディスクの空きがありません。1 GB ほど空けて、もう一度始めてください。",
            "The disk is full; free about 1 GB and start again.",
        )
    if "DO NOT MATCH THE HASHES" in said:
        return Stop(
            "届いた部品が記録と違うため使いません。別のネットワークかミラーで、もう一度始めてください。",
            "A package that arrived is not the recorded one and was refused; try another network or mirror.",
        )
    if "No matching distribution" in said:
        return Stop(
            "この OS に合う部品がありません。64 ビットの Windows か Linux で Python 3.11～3.13 を使ってください。",
            "There is no package for this system; use 64-bit Windows or Linux with Python 3.11 to 3.13.",
        )
    return Stop(
        f"部品を入れられませんでした。理由は {INSTALL_LOG} の終わりにあります。直してから、もう一度始めてください。",
        f"Installing the packages failed; the end of {INSTALL_LOG} says why. See to it and start again.",
    )
