"""Another centre's shared store by URL: read only, never made, never migrated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import exc as sa_exc
from sqlalchemy.pool import NullPool

from kiosk.core.faults import Fault, LinkLost
from kiosk.core.words import N_
from kiosk.store.drives import is_network_path
from kiosk.store.engine import BUSY_WAIT_MS, SILENT_MS, Store, by_driver, sqlite_module


class OtherCentre(Store):
    """``name`` is what people call it. Use within one thread at a time, as every store."""

    def __init__(self, name: str, url: str) -> None:
        super().__init__(url, "centre")
        self.name = name

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Raises LinkLost with its name where it does not answer, Fault where it is of another kind or version."""
        try:
            with super().reading() as conn:
                yield conn
        except LinkLost as why:
            raise (self._unlike() if "no such" in str(why.__cause__) else self._away()) from why
        except sa_exc.SQLAlchemyError as why:
            self.leave()
            raise self._unlike() from why

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        raise RuntimeError("another centre's store is only read")
        yield  # a generator, as the one that it stands for

    def _unlike(self) -> Fault:
        """Its tables are not those that are looked for."""
        return Fault(
            N_("The store of {name} can't be read by this version of the program."),
            N_("The other stores can be used; have both programs brought to the same version."),
            reference="V605", name=self.name,
        )  # fmt: skip

    def _away(self) -> LinkLost:
        return LinkLost(
            self.name, N_("{whom} does not answer."), N_("The other stores can be used; it is asked again next time.")
        )

    def _make_engine(self) -> sa.Engine:
        if not self.is_sqlite:
            options = f"-c default_transaction_read_only=on -c statement_timeout={SILENT_MS}"
            return sa.create_engine(
                self.url, poolclass=NullPool,
                connect_args={"connect_timeout": 5, "tcp_user_timeout": SILENT_MS, "options": options},
            )  # fmt: skip
        path = self.path
        assert path is not None
        if is_network_path(path):
            raise Fault(
                N_("The store {path} lies on a network drive, where SQLite can be damaged."),
                N_('Put it on this PC\'s own disk, or use PostgreSQL: centre = "postgresql+psycopg://…".'),
                reference="S302", path=str(path),
            )  # fmt: skip
        if not path.exists():  # SQLite would make an empty one
            raise self._away()
        url = f"sqlite:///file:{quote(path.as_posix())}?mode=ro&uri=true"
        engine = sa.create_engine(url, module=sqlite_module(), poolclass=NullPool)

        @sa.event.listens_for(engine, "connect")
        def _prepare(connection: Any, _record: object) -> None:
            connection.isolation_level = None
            for pragma in (f"busy_timeout={BUSY_WAIT_MS}", "query_only=ON", "trusted_schema=OFF"):
                connection.execute(f"PRAGMA {pragma}")

        @sa.event.listens_for(engine, "begin")
        def _begin(connection: sa.Connection) -> None:
            by_driver(connection, "BEGIN")

        return engine
