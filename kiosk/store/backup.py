"""Copies of a store: SQLite's own backup (never a copy of the live file), pg_dump for PostgreSQL where it is found."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from kiosk.core.faults import Fault
from kiosk.core.words import N_
from kiosk.store.engine import Store, sqlite_module
from kiosk.store.volume import fsync_folder

PAGES_A_STEP = 2000
DUMP_WAIT_S = 3600.0

Progress = Callable[[float], None]


def copy_sqlite(source: Path, target: Path, progress: Progress | None = None) -> None:
    """A consistent copy while others write; it stands under its name only when it was proven whole."""
    module = sqlite_module()
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)

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
        part.unlink(missing_ok=True)
        raise Fault(
            N_("The backup is not whole: {wrong}"),
            N_("The earlier backups stay; call the person in charge."),
            reference="S306",
            wrong=wrong[0],
        )
    with open(part, "rb+") as handle:
        os.fsync(handle.fileno())
    os.replace(part, target)
    fsync_folder(target.parent)


def integrity(path: Path) -> list[str]:
    """What SQLite finds wrong in a file (empty = sound): pages, indexes, foreign keys."""
    module = sqlite_module()
    connection = module.connect(str(path))
    try:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
        found += [f"foreign key of {row[0]}" for row in connection.execute("PRAGMA foreign_key_check")]
        return found
    except module.DatabaseError as why:
        return [str(why)]
    finally:
        connection.close()


def pg_dump_found() -> str | None:
    return shutil.which("pg_dump")


def dump_postgresql(store: Store, target: Path) -> None:
    """``pg_dump`` to a compressed file. Raises Fault where the tool is missing or fails."""
    tool = pg_dump_found()
    if tool is None:
        raise Fault(
            N_("PostgreSQL is not backed up from this PC: pg_dump was not found."),
            N_("Install PostgreSQL's client tools here, or back it up on its own server."),
            reference="S307",
        )
    part = target.with_name(target.name + ".part")
    target.parent.mkdir(parents=True, exist_ok=True)
    command, environment = _pg_command(store, [tool, "--format=plain", "--no-owner", "--clean", "--if-exists"])
    with gzip.open(part, "wb") as out, subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        shutil.copyfileobj(process.stdout, out)
        status = process.wait(DUMP_WAIT_S)
    if status != 0:
        part.unlink(missing_ok=True)
        raise Fault(
            N_("The backup of PostgreSQL failed (pg_dump said {status})."),
            N_("The earlier backups stay; check that the database answers."),
            reference="S308",
            status=status,
        )
    os.replace(part, target)
    fsync_folder(target.parent)


def restore_postgresql(store: Store, source: Path) -> None:
    """Play a dump back with ``psql`` in one transaction."""
    tool = shutil.which("psql")
    if tool is None:
        raise Fault(
            N_("psql was not found, so the backup can't be restored from this PC."),
            N_("Install PostgreSQL's client tools here, or restore it on its own server."),
            reference="S309",
        )
    command, environment = _pg_command(store, [tool, "--quiet", "--single-transaction", "-v", "ON_ERROR_STOP=1"])
    with gzip.open(source, "rb") as dump:
        done = subprocess.run(
            command, input=dump.read(), env=environment, stdout=subprocess.DEVNULL, timeout=DUMP_WAIT_S
        )
    if done.returncode != 0:
        raise Fault(
            N_("The backup could not be restored (psql said {status}); nothing was changed."),
            N_("Try an earlier backup, or call the person in charge."),
            reference="S309",
            status=done.returncode,
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
