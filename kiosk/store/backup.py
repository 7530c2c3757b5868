"""Copies of a store: SQLite's own backup (never a copy of the live file), pg_dump for PostgreSQL where it is found."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa

from kiosk.core.faults import Fault, NoRoom, NotWritable
from kiosk.core.words import N_
from kiosk.store.engine import Store, sqlite_module
from kiosk.store.volume import ROOM_ERRORS, fsync_folder

PAGES_A_STEP = 2000
PIECE = 1 << 20  # bytes
DUMP_WAIT_S = 3600.0

Progress = Callable[[float], None]


def copy_sqlite(source: Path, target: Path, progress: Progress | None = None) -> None:
    """A consistent copy while others write; it stands under its name only when it was proven whole.

    ``progress`` may raise to stop it. Raises NoRoom, Fault; nothing half-written is left then.
    """
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        _copy_pages(source, part, progress)
        with open(part, "rb+") as handle:
            os.fsync(handle.fileno())
        os.replace(part, target)
        fsync_folder(target.parent)
    except (OSError, sqlite_module().Error) as why:
        raise _not_written(why, target.parent) from why
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _copy_pages(source: Path, part: Path, progress: Progress | None) -> None:
    module = sqlite_module()

    def told(_status: int, remaining: int, total: int) -> None:
        if progress is not None and total:
            progress(1.0 - remaining / total)

    live, copy = module.connect(str(source), timeout=30), module.connect(str(part))
    try:
        live.backup(copy, pages=PAGES_A_STEP, progress=told)
        copy.execute("PRAGMA journal_mode=DELETE")
    finally:
        copy.close()
        live.close()
    wrong = integrity(part)
    if wrong:
        raise Fault(
            N_("The backup is not whole: {wrong}"),
            N_("The earlier backups stay; call the person in charge."),
            reference="S306",
            wrong=wrong[0],
        )


def _not_written(why: Exception, folder: Path) -> Fault:
    if getattr(why, "errno", None) in ROOM_ERRORS or "disk is full" in str(why):
        return NoRoom(str(folder))
    return Fault(
        N_("The backup in {folder} could not be written ({reason})."),
        N_("The earlier backups stay; check that the folder is there and may be written to."),
        reference="S310",
        folder=str(folder),
        reason=getattr(why, "strerror", None) or type(why).__name__,
    )


def integrity(path: Path) -> list[str]:
    """What SQLite finds wrong in a file (empty = sound): pages, indexes, foreign keys, or that it is not there.

    Raises Fault where it can't be looked at: a write-ahead log can't be read in a folder that may not be written to.
    """
    if not path.is_file() or not path.stat().st_size:
        return ["no database"]
    module = sqlite_module()
    connection = None
    try:
        connection = module.connect(str(path))
        found = [row[0] for row in connection.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
        found += [f"foreign key of {row[0]}" for row in connection.execute("PRAGMA foreign_key_check")]
        return found
    except module.DatabaseError as why:
        if "readonly" in str(why) or "unable to open" in str(why):  # says nothing of what is in it
            raise NotWritable(path, why) from why
        return [str(why)]
    finally:
        if connection is not None:
            connection.close()


def application_id(path: Path) -> int:
    """Whose file it is (``opening.APPLICATION_ID``)."""
    connection = sqlite_module().connect(str(path))
    try:
        return int(connection.execute("PRAGMA application_id").fetchone()[0])
    finally:
        connection.close()


def put_in_place(fresh: Path, live: Path, kept: Path | None) -> None:
    """Make ``fresh`` the store ``live``; what was there is kept as ``kept``.

    Raises Fault where somebody has it open.
    """
    if live.exists():
        _fold_in_log(live)
        if kept is not None:
            for extra in ("", "-wal"):  # a damaged store keeps its log: its bytes are kept as they are
                if live.with_name(live.name + extra).exists():
                    shutil.copyfile(live.with_name(live.name + extra), kept.with_name(kept.name + extra))
        for extra in ("-wal", "-shm"):
            live.with_name(live.name + extra).unlink(missing_ok=True)
    os.replace(fresh, live)
    fsync_folder(live.parent)


def _fold_in_log(live: Path) -> None:
    """Bring the write-ahead log into the file, which works only while nobody else has the store open."""
    module = sqlite_module()
    connection = module.connect(str(live), timeout=2)
    try:
        connection.execute("PRAGMA journal_mode=DELETE")
    except module.OperationalError as why:
        if "locked" in str(why) or "busy" in str(why):
            raise Fault(
                N_("Another program has the store open."),
                N_("Close every station on this PC, then restore again; nothing was changed."),
                reference="S311",
            ) from why
    except module.DatabaseError:
        pass  # damaged: that is why it is being replaced
    finally:
        connection.close()


def pg_dump_found() -> str | None:
    return shutil.which("pg_dump")


def dump_postgresql(store: Store, target: Path, progress: Progress | None = None) -> None:
    """``pg_dump`` to a compressed file. Raises Fault where the tool is missing or fails; ``progress`` may raise to stop
    it (how far it is nobody knows, so it is told 0 all the time).
    """
    tool = pg_dump_found()
    if tool is None:
        raise Fault(
            N_("PostgreSQL is not backed up from this PC: pg_dump was not found."),
            N_("Install PostgreSQL's client tools here, or back it up on its own server."),
            reference="S307",
        )
    part = target.with_name(target.name + ".part")
    command, environment = _pg_command(store, [tool, "--format=plain", "--no-owner", "--clean", "--if-exists"])
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        status = _dumped(command, environment, part, progress)
        if status != 0:
            raise Fault(
                N_("The backup of PostgreSQL failed (pg_dump said {status})."),
                N_("The earlier backups stay; check that the database answers."),
                reference="S308",
                status=status,
            )
        with open(part, "rb+") as handle:
            os.fsync(handle.fileno())
        os.replace(part, target)
        fsync_folder(target.parent)
    except OSError as why:
        raise _not_written(why, target.parent) from why
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _dumped(command: list[str], environment: dict[str, str], part: Path, progress: Progress | None) -> int:
    with (
        gzip.open(part, "wb") as out,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment) as process,
    ):
        assert process.stdout is not None
        try:
            while piece := process.stdout.read(PIECE):
                out.write(piece)
                if progress is not None:
                    progress(0.0)
        except BaseException:
            process.kill()
            raise
        return process.wait(DUMP_WAIT_S)


def restore_postgresql(store: Store, source: Path, kept: Path) -> None:
    """Play a dump back with ``psql`` in one transaction; what was there before is dumped to ``kept`` first."""
    tool = shutil.which("psql")
    if tool is None:
        raise Fault(
            N_("psql was not found, so the backup can't be restored from this PC."),
            N_("Install PostgreSQL's client tools here, or restore it on its own server."),
            reference="S309",
        )
    command, environment = _pg_command(store, [tool, "--quiet", "--single-transaction", "-v", "ON_ERROR_STOP=1"])
    _prove_whole(source)
    dump_postgresql(store, kept)
    with (
        gzip.open(source, "rb") as dump,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
        ) as process,
    ):
        assert process.stdin is not None
        try:
            shutil.copyfileobj(dump, process.stdin, PIECE)
            process.stdin.close()
        except BrokenPipeError:
            pass  # psql gave up and says so by its status
        status = process.wait(DUMP_WAIT_S)
    if status != 0:
        raise Fault(
            N_("The backup could not be restored (psql said {status}); nothing was changed."),
            N_("Try an earlier backup, or call the person in charge."),
            reference="S309",
            status=status,
        )


def _prove_whole(dump: Path) -> None:
    """A dump that was cut off would restore half a store."""
    last = b""
    try:
        with gzip.open(dump, "rb") as text:
            while piece := text.read(PIECE):
                last = (last + piece)[-200:]
    except (OSError, EOFError, zlib.error):
        last = b""
    if b"database dump complete" not in last:
        raise Fault(
            N_("The backup {path} is damaged: {wrong}"),
            N_("Nothing was changed; choose an earlier one."),
            reference="P212",
            path=dump.name,
            wrong="gzip",
        )


def _pg_command(store: Store, start: list[str]) -> tuple[list[str], dict[str, str]]:
    """The tool's command with the address; the password goes by environment, so that no process list shows it."""
    url = sa.engine.make_url(store.url)
    command = list(start)
    host = url.host or url.query.get("host")
    if host:
        command += ["--host", str(host)]
    if url.port:
        command += ["--port", str(url.port)]
    if url.username:
        command += ["--username", url.username]
    command += ["--dbname", str(url.database)]
    environment = dict(os.environ)
    if url.password:
        environment["PGPASSWORD"] = str(url.password)
    return command, environment
