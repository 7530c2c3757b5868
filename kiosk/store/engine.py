"""Opens a store (SQLite or PostgreSQL), and gives out connections: one per thread, kept for the thread's life.

SQLite runs in WAL mode with ``synchronous=FULL``: a commit survives a power cut. It is never opened on a network
drive, where WAL does not work (sqlite.org/wal.html), and never with a library that can corrupt a WAL (3.7.0 to 3.51.2).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from json import JSONDecodeError
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection as Connection  # for the journeys of flow, which must not know SQLAlchemy
from sqlalchemy import exc as sa_exc
from sqlalchemy.pool import NullPool

from kiosk.core.faults import Fault, LinkLost, NoRoom, NotWritable
from kiosk.core.words import N_
from kiosk.store.drives import is_network_path

log = logging.getLogger(__name__)

OLDEST_SAFE_SQLITE = (3, 51, 3)
BUSY_WAIT_MS = 5000
CACHE_KB = 500  # of each connection; a process has twenty of them, and the system keeps the file too
SLICES = 20
SILENT_MS = 8000  # a PostgreSQL server that acknowledges nothing for so long is gone
ASK_AFTER_S = 1.0  # a connection that rested so long is asked whether it is still there
DAMAGE_SIGNS = ("malformed", "not a database", "decode to utf-8")
JOURNAL_LOCK = 0x6B696F73  # advisory lock on PostgreSQL that puts numbered rows (notices, audit) into commit order


def sqlite_module() -> Any:
    """The DB-API module to use: pysqlite3 (which carries a known SQLite), else the standard library's if it is safe."""
    try:
        import pysqlite3.dbapi2 as module
    except ImportError:
        import sqlite3 as module  # type: ignore[no-redef]
    if module.sqlite_version_info < OLDEST_SAFE_SQLITE:
        raise Fault(
            N_("This PC's SQLite {version} can damage its store."),
            N_("Install the package pysqlite3, or use the executable, which carries a newer one."),
            reference="S301",
            version=module.sqlite_version,
        )
    return module


class Store:
    """A handle on one store. Cheap to make; connects on first use."""

    def __init__(self, url: str, kind: str) -> None:
        """``url``: ``sqlite:///absolute/path`` or ``postgresql+psycopg://…``. ``kind``: ``centre`` or ``station``."""
        self.url = url
        self.kind = kind
        self._engine: sa.Engine | None = None
        self._lock = threading.Lock()
        self._writers = threading.Lock()
        self._mine = threading.local()
        self._wake: list[Callable[[], None]] = []
        self.on_first_use: Callable[[Store], None] | None = None  # sees to the schema before anything else
        self._preparing = threading.RLock()
        self._in_preparation = False
        self._damaged = False  # a damaged page was met: nothing more is written by this process

    # -- what it is ---------------------------------------------------------------------------------------------
    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    @property
    def path(self) -> Path | None:
        """The file of a SQLite store; None for PostgreSQL."""
        return Path(self.url.removeprefix("sqlite:///")) if self.is_sqlite else None

    @property
    def shown_url(self) -> str:
        """As people read it: without a password, Japanese folders as they are spelt."""
        return str(self.path) if self.path else sa.engine.make_url(self.url).render_as_string(hide_password=True)

    # -- connections --------------------------------------------------------------------------------------------
    def engine(self) -> sa.Engine:
        with self._lock:
            if self._engine is None:
                self._engine = self._make_engine()
            return self._engine

    def _make_engine(self) -> sa.Engine:
        if not self.is_sqlite:
            return sa.create_engine(
                self.url,
                poolclass=NullPool,
                connect_args={
                    "connect_timeout": 5,
                    # A server whose cable was pulled says nothing at all; without these it is waited for by the hour.
                    "tcp_user_timeout": SILENT_MS,
                    "keepalives_idle": 4,
                    "keepalives_interval": 2,
                    "keepalives_count": 2,
                    "options": "-c statement_timeout=60000 -c idle_in_transaction_session_timeout=60000",
                },
            )
        path = self.path
        assert path is not None
        if is_network_path(path):
            raise Fault(
                N_("The store {path} lies on a network drive, where SQLite can be damaged."),
                N_('Put it on this PC\'s own disk, or use PostgreSQL: centre = "postgresql+psycopg://…".'),
                reference="S302",
                path=str(path),
            )
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as why:
            raise NotWritable(path.parent, why) from why
        module = sqlite_module()
        engine = sa.create_engine(self.url, module=module, poolclass=NullPool)

        @sa.event.listens_for(engine, "connect")
        def _prepare(connection: Any, _record: object) -> None:
            connection.isolation_level = None  # we say BEGIN ourselves; the module would do it late and wrongly
            for pragma in (
                f"busy_timeout={BUSY_WAIT_MS}",
                "journal_mode=WAL",
                "synchronous=FULL",
                f"cache_size=-{CACHE_KB}",
                "foreign_keys=ON",
                "trusted_schema=OFF",
                "cell_size_check=ON",
            ):
                connection.execute(f"PRAGMA {pragma}")

        @sa.event.listens_for(engine, "begin")
        def _begin(connection: sa.Connection) -> None:
            writing = connection.get_execution_options().get("writing")
            by_driver(connection, "BEGIN IMMEDIATE" if writing else "BEGIN")

        return engine

    def _connection(self) -> sa.Connection:
        connection: sa.Connection | None = getattr(self._mine, "connection", None)
        if connection is not None and not self._still_good(connection):
            self.leave()
            connection = None
        if connection is None:
            connection = self.engine().connect()
            self._mine.connection = connection
        self._mine.used_s = time.monotonic()
        return connection

    def _still_good(self, connection: sa.Connection) -> bool:
        """A server that was away and is back has forgotten this connection: a person must not be told of that."""
        if connection.closed or connection.invalidated:
            return False
        if self.is_sqlite or connection.in_transaction() or time.monotonic() - self._mine.used_s < ASK_AFTER_S:
            return True
        try:
            connection.exec_driver_sql("SELECT 1")
            connection.rollback()
        except sa_exc.DBAPIError:
            return False
        return True

    def leave(self) -> None:
        """Close this thread's connection. Every worker that used the store calls it before it ends."""
        connection: sa.Connection | None = getattr(self._mine, "connection", None)
        if connection is not None:
            self._mine.connection = None
            connection.close()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A consistent view for reading. Raises LinkLost where the database does not answer."""
        with self._transaction(writing=False) as conn:
            yield conn

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A write transaction: commits at the end, rolls back on any error, then wakes the readers of notices.

        Raises Fault, without trying, once a damaged page was met.
        """
        if self._damaged:
            raise Damaged()
        with self._transaction(writing=True) as conn:
            yield conn
        for wake in list(self._wake):
            wake()

    @contextmanager
    def preparation(self) -> Iterator[None]:
        """What runs inside uses the store as it is, while other threads wait for it to be ready."""
        with self._preparing:
            before, self._in_preparation = self._in_preparation, True
            try:
                yield
            finally:
                self._in_preparation = before

    def _prepare_once(self) -> None:
        """See to the schema on first use, however late the database answers."""
        if self.on_first_use is None:
            return
        with self._preparing:
            if self.on_first_use is not None and not self._in_preparation:
                with self.preparation():
                    self.on_first_use(self)
                self.on_first_use = None

    @contextmanager
    def _transaction(self, writing: bool) -> Iterator[sa.Connection]:
        self._prepare_once()
        try:
            connection = self._connection()
            if connection.in_transaction():
                raise RuntimeError("a transaction is already open in this thread")
            connection = connection.execution_options(writing=writing)
            with self._turn(writing), connection.begin():
                yield connection
        except (sa_exc.OperationalError, sa_exc.InterfaceError) as why:
            self.leave()
            raise self._told(why) from why
        except sa_exc.DatabaseError as why:
            if not any(sign in str(why.orig).lower() for sign in DAMAGE_SIGNS):
                raise
            self.leave()
            raise self._told(why) from why
        except Damaged:
            self._damaged = True
            raise
        except (UnicodeDecodeError, JSONDecodeError) as why:  # of a column: the page holds what was never written there
            self.leave()
            self._damaged = True
            raise Damaged() from why

    @contextmanager
    def _turn(self, writing: bool) -> Iterator[None]:
        """SQLite has one writer at a time and lets the others look again after ever longer pauses; those of this
        process wait here instead, and are told at once.
        """
        if not (writing and self.is_sqlite):
            yield
            return
        # In slices: a process that was stopped for a while (a PC that slept) must not count that as waiting.
        if not any(self._writers.acquire(timeout=BUSY_WAIT_MS / 1000 / SLICES) for _ in range(SLICES)):
            raise self._busy()
        try:
            yield
        finally:
            self._writers.release()

    def _busy(self) -> Fault:
        return LinkLost(
            self.kind,
            N_("Another terminal is using the database."),
            N_("Wait a moment and try again; nothing typed is lost."),
        )

    def _told(self, why: sa_exc.DBAPIError) -> Fault:
        text = str(why.orig).lower()
        log.warning("store %s: %s", self.kind, type(why.orig).__name__)
        if "locked" in text or "busy" in text:
            return self._busy()
        if "readonly" in text or "unable to open" in text:
            return NotWritable(self.path or Path(self.kind), why.orig)
        if "full" in text and "disk" in text:
            return NoRoom(self.kind)
        if any(sign in text for sign in DAMAGE_SIGNS):
            self._damaged = True
            return Damaged()
        return LinkLost(
            self.kind,
            N_("The database does not answer."),
            N_("Work goes on here; what is owed is done when it answers again."),
        )

    # -- notices ------------------------------------------------------------------------------------------------
    def on_commit(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` after each write of this process, so that its own windows need not wait for the next poll."""
        self._wake.append(wake)

    def forget(self, wake: Callable[[], None]) -> None:
        if wake in self._wake:
            self._wake.remove(wake)

    def close(self) -> None:
        self.leave()
        self._damaged = False
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None


class Damaged(Fault):
    """What is read can't be what was written."""

    reference = "S303"

    def __init__(self) -> None:
        super().__init__(
            N_("The database is damaged; nothing is written to it."),
            N_("Call the person in charge: the newest good backup is restored with “restore”."),
        )


def wrong_url(url: str) -> bool:
    """Whether ``url`` names no store that this program can open (empty: the file in the data folder)."""
    if not url:
        return False
    try:
        made = sa.engine.make_url(url)
        port = made.port
    except (sa_exc.ArgumentError, ValueError):
        return True
    if made.drivername == "sqlite":
        return not Path(url.removeprefix("sqlite:///")).is_absolute()
    return made.drivername != "postgresql+psycopg" or not made.database or port == 0


def sqlite_url(path: Path) -> str:
    return "sqlite:///" + path.absolute().as_posix()


def in_commit_order(conn: sa.Connection) -> None:
    """Until this transaction ends, nobody else numbers a row. Without it, number 8 could be seen before number 7.

    SQLite needs nothing: BEGIN IMMEDIATE lets one writer in at a time.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": JOURNAL_LOCK})


@contextmanager
def writing_in_order(store: Store) -> Iterator[sa.Connection]:
    """A transaction that has the order from its first step on: one act at a time, where what several of them lock has
    no order of its own.
    """
    with store.writing() as conn:
        in_commit_order(conn)
        yield conn


def by_driver(conn: sa.Connection, text: str, values: Any = ()) -> list[Any]:
    """Run a statement by the driver itself, at a tenth of what SQLAlchemy takes; its errors are SQLAlchemy's all the
    same. Rows are plain tuples.
    """
    cursor = conn.connection.cursor()
    try:
        cursor.execute(text, values)
        return list(cursor.fetchall()) if cursor.description else []
    except conn.dialect.loaded_dbapi.Error as why:
        its_errors = conn.dialect.loaded_dbapi.Error
        raise sa_exc.DBAPIError.instance(
            text, None, why, its_errors, hide_parameters=True, dialect=conn.dialect
        ) from why
    finally:
        cursor.close()


def postgresql_driver() -> str:
    """Name and version of the PostgreSQL driver that this program carries."""
    import psycopg

    return f"psycopg {psycopg.__version__}"
