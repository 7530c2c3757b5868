"""Patients of the billing system, on SQLite and PostgreSQL: only read, changes told by content, handed over once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kiosk.core.faults import Fault, LinkLost
from kiosk.core.record_formats import FieldFormat, RecordFormat
from kiosk.devices.handover.shared_folder import SharedFolder
from kiosk.devices.handover.simulator import ConsoleSimulator
from kiosk.flow.crew import Crew
from kiosk.flow.hand_out import HandOut
from kiosk.flow.read_billing import BILLING, HANDOVER, Billing, HandRecordsOver, ReadBilling, first_rows
from kiosk.store import foreign_query, jobs
from kiosk.store.engine import Store
from tests.needs import needs

Wait = Callable[..., Any]
COLUMNS = {"patient_id": "KANJA_NO", "kanji": "SHIMEI", "kana": "KANA", "sex": "SEIBETU", "birth_date": "SEINEN"}
QUERY = 'SELECT "KANJA_NO", "SHIMEI", "KANA", "SEIBETU", "SEINEN" FROM "KANJA" WHERE "SHIMEI" <> \'delete;me\''


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=needs("initdb"))])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The billing system's own database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'billing.sqlite'}"
    server = request.getfixturevalue("postgres")
    return str(server.url(server.new_database()))


@pytest.fixture
def write(url: str) -> Iterator[Callable[[str], None]]:
    """As the billing system itself does."""
    engine = sa.create_engine(url)

    def run(text: str) -> None:
        with engine.begin() as conn:
            conn.execute(sa.text(text))

    columns = (
        '"KANJA_NO" VARCHAR(10), "SHIMEI" VARCHAR(40), "KANA" VARCHAR(40), "SEIBETU" CHAR(1), "SEINEN" VARCHAR(10)'
    )
    run(f'CREATE TABLE "KANJA" ({columns})')
    run("INSERT INTO \"KANJA\" VALUES ('00012345', '見本 太郎', 'ミホン タロウ', '1', 'S46.4.2')")
    yield run
    engine.dispose()


@pytest.fixture
def reader(url: str, write: Any, centre_on_sqlite: Store, local: Store) -> ReadBilling:
    return ReadBilling(centre_on_sqlite, local, "gateway", billing(url))


def billing(url: str, **more: Any) -> Billing:
    fields = [FieldFormat("patient_id"), FieldFormat("kanji"), FieldFormat("sex"), FieldFormat("birth_date")]
    return Billing(url, more.pop("query", QUERY), COLUMNS, "医事", format=RecordFormat(fields=fields), **more)


def owed(store: Store) -> list[str]:
    with store.reading() as conn:
        return sorted(row[0] for row in jobs.newest(conn, "gateway", HANDOVER, limit=50) if row[1] == "owed")


def test_what_is_new_or_changed_reaches_the_console_once(
    reader: ReadBilling, write: Any, url: str, centre_on_sqlite: Store, crew: Crew, tmp_path: Path, wait_until: Wait
) -> None:
    assert reader.look() == {"rows": 1, "changed": 0, "wrong": 0}, "what is there at first is known"
    write("INSERT INTO \"KANJA\" VALUES ('00012346', '髙橋 花子', 'タカハシ ハナコ', '2', '1980/12/31')")
    write("INSERT INTO \"KANJA\" VALUES ('00012347', '例示 次郎', 'レイジ ジロウ', '1', 'nonsense')")
    assert reader.look() == {"rows": 3, "changed": 1, "wrong": 1}
    assert reader.look()["changed"] == 0 and owed(centre_on_sqlite) == ["00012346"]
    console = ConsoleSimulator(tmp_path / "console", taken="gone")
    console.folder.mkdir()
    crew.start("console", console.work)
    to = SharedFolder(console.folder, taken="gone", wait_s=5.0)
    HandOut(centre_on_sqlite, "gateway", {HANDOVER: HandRecordsOver(billing(url), to).hand_over}, crew, only=(BILLING,))
    wait_until(lambda: "00012346.csv" in console.records)
    assert console.records["00012346.csv"].decode("cp932") == "00012346,髙橋 花子,F,19801231\r\n"
    write('UPDATE "KANJA" SET "SHIMEI" = \'見本 花子\' WHERE "KANJA_NO" = \'00012346\'')
    assert reader.look()["changed"] == 1
    wait_until(lambda: "見本 花子" in console.records["00012346.csv"].decode("cp932"))


def test_the_billing_system_is_never_written_to(reader: ReadBilling, url: str) -> None:
    for query in (
        'DELETE FROM "KANJA"',
        "SELECT 1; DROP TABLE x",
        "WITH x AS (DELETE FROM y RETURNING 1) SELECT 1",
        "",
    ):
        with pytest.raises(Fault) as told:
            foreign_query.rows_of(url, query, whom="医事")
        assert told.value.reference == "P250"
    sly = "SELECT setval('s', 1)" if "postgresql" in url else "SELECT load_extension('x')"
    with pytest.raises(Fault):
        foreign_query.rows_of(url, sly, whom="医事")
    foreign_query.check_query("-- names with delete in them\nSELECT 'drop table; x' AS a FROM b;")


def test_troubles_are_told_in_words(reader: ReadBilling, url: str, tmp_path: Path) -> None:
    for query, reference in (
        ('SELECT "nothing" FROM "KANJA" x JOIN', "P252"),
        ('SELECT "KANJA_NO" FROM "KANJA"', "P253"),
    ):
        broken = ReadBilling(reader._centre, reader._own, "gateway", billing(url, query=query))
        with pytest.raises(Fault) as told:
            broken.look()
        assert told.value.reference == reference
    for away in (f"sqlite:///{tmp_path / 'no' / 'such.sqlite'}", "postgresql+psycopg://x@127.0.0.1:1/x"):
        with pytest.raises(LinkLost):
            foreign_query.rows_of(away, "SELECT 1", whom="医事")


def test_the_dry_run_shows_the_first_rows_as_the_console_would_get_them(
    reader: ReadBilling, url: str, write: Any
) -> None:
    write("INSERT INTO \"KANJA\" VALUES ('', '名無し', '', '1', '')")
    told = list(first_rows(billing(url), reader, 5, datetime(2026, 11, 25)))
    assert ("00012345.csv", "00012345,見本 太郎,M,19710402 ↵ ") in told and ("-", "no patient ID") in told
