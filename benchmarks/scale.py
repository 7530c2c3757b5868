"""Builds a shared store of five million images on SQLite and measures what viewer, gateway and Query/Retrieve ask
through the store's own functions: warm, and cold (page cache of the file dropped, store opened anew).
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from kiosk.core.course import arrived_views
from kiosk.core.study import ImageFacts
from kiosk.store import audit, image_index, images, notices
from kiosk.store.audit import Actor
from kiosk.store.engine import Store, sqlite_module
from kiosk.store.opening import centre_store, prepare
from kiosk.store.search_text import words_of

PATIENTS, STUDIES, SERIES = 30_000, 80_000, 168_000
MODALITIES = ("CR", "CT", "MR", "US", "ES", "OP", "MG", "DX")
FAMILIES = ("見本^ミホン^MIHON", "例題^レイダイ^REIDAI", "試験^シケン^SHIKEN", "仮名^カメイ^KAMEI", "模擬^モギ^MOGI")
DAYS = [
    f"{year}{month:02d}{day:02d}" for year in (2023, 2024, 2025, 2026) for month in range(1, 13) for day in range(1, 29)
]

COUNT = """
INSERT INTO instances (sop_uid, sop_class, series, number, transfer_syntax, volume, path, size, sha256, received_at,
                       source, hints, doubts)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :most)
SELECT s.series_uid || '.' || n.i, '1.2.840.10008.5.1.4.1.1.2', s.id, n.i, '1.2.840.10008.1.2.1',
       'MAG' || (2 + s.id % 9),
       'DICOM/' || t.study_date || '/CT' || printf('%04d', t.id % 10000) || '-' || t.patient_id || '/001_'
       || printf('%05d', n.i) || '_' || printf('%016x', s.id * 1000 + n.i) || '.dcm',
       526000, printf('%064x', s.id * 1000 + n.i), t.received_at, t.source, '{}', '[]'
FROM series s JOIN studies t ON t.id = s.study CROSS JOIN n WHERE n.i <= :most
"""


def build(folder: Path, wanted: int) -> Store:
    store = centre_store("", folder)
    prepare(store)
    store.close()
    chance = random.Random(5)
    line = sqlite_module().connect(str(folder / "centre.sqlite"))
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000", "foreign_keys=OFF"):
        line.execute(f"PRAGMA {pragma}")
    ((trigger,),) = line.execute("SELECT sql FROM sqlite_master WHERE name = 'instances_counted'").fetchall()
    line.execute("DROP TRIGGER instances_counted")
    line.execute("DROP INDEX ix_instances_series")
    studies, words = [], []
    days = sorted(chance.choices(DAYS, k=STUDIES))  # studies come in the order of their days
    for number, day in enumerate(days, 1):
        patient = chance.randrange(PATIENTS)
        family = FAMILIES[patient % len(FAMILIES)].split("^")
        given = f"{patient // 100:03d}"
        names = (f"{family[2]}^G{given}", f"{family[0]}^{given}子", f"{family[1]}^{given}コ")
        ident = f"{patient:08d}"
        at = f"{day[:4]}-{day[4:6]}-{day[6:]}T09:{number % 60:02d}:00.000+09:00"
        modality = MODALITIES[number % len(MODALITIES)]
        studies.append(
            (number, f"1.2.392.{number}", ident, *names, day, f"V{number:011d}", modality, at, f"{modality}1",
             None if number % 50 == 0 else 1, None if number % 50 == 0 else 1)
        )  # fmt: skip
        words += [(word, day, number) for word in words_of(names, [ident, f"V{number:011d}"])]
    line.executemany(
        "INSERT INTO studies (id, study_uid, patient_id, name_alphabetic, name_ideographic, name_phonetic, study_date,"
        " accession, modalities, received_at, source, visit, step) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
        studies,
    )
    line.executemany("INSERT INTO study_words (word, day, study) VALUES (?,?,?)", sorted(words))
    line.executemany(
        "INSERT INTO series (id, study, series_uid, modality, number) VALUES (?,?,?,?,?)",
        [(n, 1 + (n - 1) * STUDIES // SERIES, f"1.2.392.{1 + (n - 1) * STUDIES // SERIES}.{n}", "CT", 1)
         for n in range(1, SERIES + 1)],
    )  # fmt: skip
    line.execute(COUNT, {"most": max(1, round(wanted / SERIES))})
    line.execute("CREATE INDEX ix_instances_series ON instances (series)")
    line.execute("INSERT INTO sources SELECT source, count(*), max(received_at) FROM instances GROUP BY source")
    line.execute("ANALYZE")
    line.commit()
    line.close()
    with open(folder / "centre.sqlite", "rb+") as handle:
        os.fsync(handle.fileno())
    made = centre_store("", folder)
    with made.writing() as conn:  # the trigger that the bulk load went without
        conn.exec_driver_sql(trigger)
    return made


def questions(chance: random.Random) -> dict[str, Callable[[Store], object]]:
    def asked(ask: Callable[..., object]) -> Callable[[Store], object]:
        def run(store: Store) -> object:
            with store.reading() as conn:
                return ask(conn)

        return run

    def patient() -> str:
        return f"{chance.randrange(PATIENTS):08d}"

    def week() -> tuple[str, str]:
        at = chance.randrange(len(DAYS) - 7)
        return DAYS[at], DAYS[at + 6]

    def a_series() -> str:
        n = chance.randrange(1, SERIES + 1)
        return f"1.2.392.{1 + (n - 1) * STUDIES // SERIES}.{n}"

    def in_days(conn: object, days: tuple[str, str]) -> object:
        return images.find_studies(conn, since=days[0], until=days[1], modality=chance.choice(MODALITIES))  # type: ignore[arg-type]

    return {
        "studies of a patient": asked(lambda conn: images.studies_of_patient(conn, patient())),
        "one day and modality": asked(lambda conn: in_days(conn, (week()[0],) * 2)),
        "seven days and modality": asked(lambda conn: in_days(conn, week())),
        "rare modality, all years": asked(lambda conn: images.find_studies(conn, modality="MG")),
        "name begins (one person)": asked(
            lambda conn: images.find_studies(conn, f"MIHON^G{chance.randrange(300):03d}")
        ),
        "name begins (16,000 studies)": asked(lambda conn: images.find_studies(conn, "ミホ")),
        "ID begins": asked(lambda conn: images.find_studies(conn, patient()[:6])),
        "accession number": asked(lambda conn: images.find_studies(conn, f"V{chance.randrange(1, STUDIES):011d}")),
        "contained only (a scan)": asked(lambda conn: images.find_studies(conn, f"ON^G{chance.randrange(300):03d}x")),
        "one series, image level": asked(lambda conn: images.instances_of_series(conn, a_series())),
        "all of a study": asked(lambda conn: images.instances_of_study(conn, chance.randrange(1, STUDIES))),
        "SOP Instance UID": asked(
            lambda conn: images.instance_by_sop_uid(conn, f"{a_series()}.{chance.randrange(1, 29)}")
        ),
        "newest 200 studies": asked(lambda conn: images.recent_studies(conn)),
        "unmatched studies": asked(lambda conn: images.unmatched_studies(conn, limit=200)),
        "counts": asked(images.counts),
        "devices": asked(images.sources),
    }


def index_one(store: Store, number: int, chance: random.Random) -> None:
    study = f"2.25.{number // 50}"
    facts = ImageFacts(
        sop_uid=f"2.25.{chance.getrandbits(100)}", sop_class="1.2.840.10008.5.1.4.1.1.2", study_uid=study,
        series_uid=f"{study}.1", modality="CT", patient_id="00000001", study_date="20261124", instance_number=number,
        transfer_syntax="1.2.840.10008.1.2.1", source="CT1",
    )  # fmt: skip
    with store.writing() as conn:
        found = image_index.index_image(
            conn, facts, volume="MAG2", path=f"DICOM/20261124/CT0001-1/{number}.dcm", size=526000, sha256="0" * 64,
            arrived_views=arrived_views,
        )  # fmt: skip
        audit.write(conn, Actor(station="gateway"), "image stored", subject=study, images=[facts.sop_uid])
        notices.tell(conn, "images", study=found.study, visit=found.visit, images=1)


def drop_cache(path: Path) -> None:
    for name in (path, path.with_name(path.name + "-wal")):
        if name.exists():
            handle = os.open(name, os.O_RDONLY)
            os.fsync(handle)
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(handle)


def times(do: Callable[[], object], count: int) -> list[float]:
    took = []
    for _ in range(count):
        begun = time.perf_counter()
        do()
        took.append((time.perf_counter() - begun) * 1000)
    return sorted(took)


def p(took: list[float], part: float) -> float:
    return took[min(len(took) - 1, int(len(took) * part))]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--images", type=int, default=5_000_000)
    asked.add_argument("--each", type=int, default=200)
    asked.add_argument("--cold", type=int, default=15)
    chosen = asked.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="scale-"))
    chance = random.Random(7)
    try:
        begun = time.perf_counter()
        store = build(folder, chosen.images)
        assert store.path is not None
        with store.reading() as conn:
            counts = images.counts(conn)
        size = store.path.stat().st_size / 1e6
        print(f"{counts['instances']:,} images in {time.perf_counter() - begun:.0f} s, {size:,.0f} MB")
        print(f"{'question':30}{'rows':>6}{'warm p50':>10}{'p95':>8}{'cold p50':>10}{'p95':>8}   ms")
        for name, ask in questions(chance).items():
            rows = ask(store)
            warm = times(lambda ask=ask: ask(store), chosen.each)  # type: ignore[misc]
            cold = []
            for _ in range(chosen.cold):
                store.close()
                drop_cache(store.path)
                with store.reading() as conn:  # the connection and the schema, which a running program has
                    conn.exec_driver_sql("SELECT 1 FROM sqlite_master LIMIT 1").all()
                cold += times(lambda ask=ask: ask(store), 1)  # type: ignore[misc]
            cold.sort()
            many = len(rows) if isinstance(rows, list) else 1
            figures = f"{p(warm, 0.5):>10.2f}{p(warm, 0.95):>8.2f}{p(cold, 0.5):>10.2f}{p(cold, 0.95):>8.2f}"
            print(f"{name:30}{many:>6}{figures}")
        number = iter(range(1, 10**9))
        took = times(lambda: index_one(store, next(number), chance), chosen.each * 5)
        wal = os.open(folder / "flush", os.O_CREAT | os.O_WRONLY)
        flushed = times(lambda: (os.write(wal, bytes(4096)), os.fdatasync(wal)), chosen.each)
        os.close(wal)
        print(f"one image indexed, committed  {p(took, 0.5):>16.2f}{p(took, 0.95):>8.2f}   (4 kB written and flushed:"
              f" {p(flushed, 0.5):.2f} / {p(flushed, 0.95):.2f})")  # fmt: skip
        store.close()
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
