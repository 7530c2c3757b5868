"""A private PostgreSQL for a test run: own user, own folder, free port, gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.needs import tool
from tests.waiting import wait_until


class PostgresServer:
    """Started by ``start``; ``url(name)`` is what SQLAlchemy takes. Throws nothing away but its own folder."""

    def __init__(self) -> None:
        # PostgreSQL refuses root, and must reach its folder: not below pytest's private one.
        self._as_user: dict[str, Any] = {}
        if os.geteuid() == 0:
            self._as_user = {"user": "postgres", "group": "postgres", "extra_groups": []}
        self.folder = Path(tempfile.mkdtemp(prefix="kiosk-pg-"))
        if self._as_user:
            shutil.chown(self.folder, "postgres", "postgres")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._server: subprocess.Popen[bytes] | None = None
        self._databases = 0

    def start(self, *, durable: bool = False) -> None:
        """Make the cluster if there is none, and serve it; ``durable`` keeps fsync on, for crash tests."""
        data = self.folder / "data"
        if not data.exists():
            words = ["--auth=trust", "--username=kiosk", "--encoding=UTF8", "--locale=C", "--no-sync"]
            self._run(str(tool("initdb")), "-D", str(data), *words)
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            "fsync": "on" if durable else "off",
            "shared_buffers": "32MB",
            "max_connections": "60",
        }
        call = [str(tool("postgres")), "-D", str(data)]
        for name, value in settings.items():
            call += ["-c", f"{name}={value}"]
        with open(self.folder / "server.log", "ab") as log:
            self._server = subprocess.Popen(call, stdout=log, stderr=log, cwd=self.folder, **self._as_user)
        wait_until(self._answers, 30, "PostgreSQL answers")

    def stop(self, *, at_once: bool = False) -> None:
        """End the server, ``at_once`` as a crash would."""
        if self._server is not None:
            if at_once:
                self._server.kill()
            else:
                self._server.send_signal(2)  # "fast": open sessions are ended
            self._server.wait(30)
            self._server = None

    def remove(self) -> None:
        """Stop and delete everything."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str = "postgres") -> str:
        """The address of ``database`` as SQLAlchemy wants it."""
        return f"postgresql+psycopg://kiosk@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """The name of a fresh empty database."""
        self._databases += 1
        name = f"centre_{self._databases}"
        self._sql(f"CREATE DATABASE {name} TEMPLATE template0")
        return name

    def drop_database(self, name: str) -> None:
        """Drop it, whoever is still connected."""
        self._sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _sql(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(f"host=127.0.0.1 port={self.port} user=kiosk dbname=postgres", autocommit=True) as line:
            line.execute(statement.encode())

    def _answers(self) -> bool:
        assert self._server is not None
        if self._server.poll() is not None:
            raise AssertionError((self.folder / "server.log").read_text(encoding="utf-8", errors="replace"))
        asked = subprocess.run(
            [str(tool("pg_isready")), "-h", "127.0.0.1", "-p", str(self.port)], capture_output=True, check=False
        )
        return asked.returncode == 0

    def _run(self, *call: str) -> None:
        subprocess.run(call, check=True, capture_output=True, cwd=self.folder, **self._as_user)
