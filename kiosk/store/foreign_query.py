"""Reads rows from somebody else's database by one SELECT: read-only, one connection, with an end, closed after it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc as sa_exc
from sqlalchemy.pool import NullPool

from kiosk.core.faults import Fault, LinkLost
from kiosk.core.words import N_

MOST_ROWS = 300_000
LONGEST_MS = 60_000
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_TEXT = re.compile(r"'(?:[^']|'')*'")
_WRITES = re.compile(
    r"\b(insert|update|delete|merge|drop|alter|create|truncate|grant|call|exec|execute|into|lock|copy)\b", re.IGNORECASE
)


def check_query(query: str) -> None:
    """Raises Fault where it is not one SELECT. The database's own read-only transaction stands behind it."""
    bare = _TEXT.sub("''", _COMMENT.sub(" ", query)).strip().rstrip(";").strip()
    if not re.match(r"(select|with)\b", bare, re.IGNORECASE) or ";" in bare or _WRITES.search(bare):
        raise Fault(
            N_("The query of the billing system must be a single SELECT that only reads."),
            N_("Correct it in the parameter file."),
            reference="P250",
        )


def rows_of(url: str, query: str, *, whom: str, most: int = MOST_ROWS) -> list[dict[str, Any]]:
    """The rows by column name, as the database names them. Raises LinkLost, Fault."""
    check_query(query)
    try:
        with _connected(url) as connection:
            result = connection.execution_options(stream_results=True).exec_driver_sql(query)
            found = [dict(row) for row in result.mappings().fetchmany(most)]
    except (sa_exc.ArgumentError, ModuleNotFoundError) as why:
        raise Fault(
            N_("The address of the billing system's database makes no sense: {reason}."),
            N_("Correct it in the parameter file."),
            reference="P251",
            reason=type(why).__name__,
        ) from None
    except (sa_exc.ProgrammingError, sa_exc.DataError) as why:
        raise _wrong_query(why) from None
    except sa_exc.OperationalError as why:
        if any(sign in str(why.orig) for sign in ("no such", "syntax error", "incomplete input")):
            raise _wrong_query(why) from None
        raise _away(whom) from None
    except (sa_exc.SQLAlchemyError, OSError):
        raise _away(whom) from None
    return found


@contextmanager
def _connected(url: str) -> Iterator[sa.Connection]:
    sqlite = url.startswith("sqlite:///")
    if sqlite:
        path = url.removeprefix("sqlite:///")
        engine = sa.create_engine(f"sqlite:///file:{path}?mode=ro&uri=true", poolclass=NullPool)
    else:
        postgres = url.startswith("postgresql")
        options = {
            "connect_timeout": 10,
            "options": f"-c default_transaction_read_only=on -c statement_timeout={LONGEST_MS}",
        }
        engine = sa.create_engine(url, poolclass=NullPool, connect_args=options if postgres else {})
    try:
        with engine.connect() as connection:
            if sqlite:
                connection.exec_driver_sql("PRAGMA query_only=ON")
            yield connection
            connection.rollback()
    finally:
        engine.dispose()


def _wrong_query(why: sa_exc.DBAPIError) -> Fault:
    return Fault(
        N_("The billing system's database does not understand the query ({reason})."),
        N_("Correct the query in the parameter file."),
        reference="P252",
        reason=type(why.orig).__name__,
    )


def _away(whom: str) -> LinkLost:
    return LinkLost(whom, N_("The database of {whom} does not answer."), N_("It is read again by itself."))
