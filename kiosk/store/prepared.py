"""Statements of the hot path, built once and then run by the database's driver itself.

SQLAlchemy takes some 80 microseconds to build and run a statement that SQLite answers in two; an image that arrives
costs a dozen of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from kiosk.store.engine import by_driver

Insert = Callable[[sa.Table], Any]  # the INSERT of one database, with what it alone can do


class Prepared:
    """A statement whose values are all named (``bindparam``; an INSERT names each column that it is given)."""

    def __init__(self, statement: sa.Executable, columns: tuple[str, ...] = ()) -> None:
        """``columns``: of an INSERT, those that get a value."""
        self._build: Callable[[Insert], sa.Executable] = lambda insert: statement
        self._columns = list(columns) or None
        self._compiled: dict[str, _Compiled] = {}

    @classmethod
    def inserting(cls, build: Callable[[Insert], sa.Executable], columns: tuple[str, ...]) -> Prepared:
        """For what is spelt by each database in its own way: ``build(insert)`` gets the INSERT that knows
        ``on_conflict_do_update`` and ``on_conflict_do_nothing``.
        """
        made = cls(sa.select(), columns)
        made._build = build
        return made

    def __call__(self, conn: sa.Connection, **values: Any) -> list[Any]:
        """Run it in the transaction of ``conn``; returns the rows as plain tuples (JSON as the driver gives it)."""
        dialect = conn.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            insert = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
            compiled = self._compiled[dialect.name] = _Compiled(self._build(insert), self._columns, dialect)
        return by_driver(conn, compiled.text, compiled.bound(values))


class _Compiled:
    """The text of a statement for one database, and how its values are handed over."""

    def __init__(self, statement: Any, columns: list[str] | None, dialect: sa.Dialect) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        self.text = str(compiled)
        self._order: list[str] | None = compiled.positiontup
        self._fixed: Mapping[str, Any] = {key: value for key, value in compiled.params.items() if value is not None}
        self._processors = {
            name: process
            for bind, name in compiled.bind_names.items()
            if (process := bind.type.dialect_impl(dialect).bind_processor(dialect)) is not None
        }

    def bound(self, values: Mapping[str, Any]) -> Any:
        given = {**self._fixed, **values}
        for name, process in self._processors.items():
            given[name] = process(given[name])
        return given if self._order is None else [given[name] for name in self._order]
