"""Connections to a server that was away, or that falls silent."""

from __future__ import annotations

import socket

import psycopg
import pytest
import sqlalchemy as sa

from kiosk.store import engine
from kiosk.store.engine import Store
from tests.needs import needs


def test_after_the_server_was_away_the_first_use_works(centre: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "ASK_AFTER_S", 0.0)
    with centre.reading() as conn:
        conn.execute(sa.text("SELECT 1"))
    if not centre.is_sqlite:
        with psycopg.connect(centre.url.replace("+psycopg", ""), autocommit=True) as line:
            line.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    with centre.writing() as conn:
        assert conn.execute(sa.text("SELECT 1")).scalar() == 1


@needs("initdb")
@pytest.mark.parametrize("centre", ["postgresql"], indirect=True)
def test_a_server_that_falls_silent_is_given_up_within_seconds(centre: Store) -> None:
    with centre.reading() as conn:
        number = conn.connection.driver_connection.fileno()  # type: ignore[union-attr]
        with socket.socket(fileno=number) as line:
            user_timeout = getattr(socket, "TCP_USER_TIMEOUT", None)  # Linux has it, Windows keeps to keepalives
            if user_timeout is not None:
                assert line.getsockopt(socket.IPPROTO_TCP, user_timeout) == engine.SILENT_MS
            assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            line.detach()
