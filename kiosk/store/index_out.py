"""Taking images out of the index with everything that hangs on them, kept as plain data, and putting them back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from kiosk.store.gateway_tables import copies, sends, sent_instances, study_words
from kiosk.store.in_lists import few_lengths
from kiosk.store.matching import ArrivedViews, refresh_step
from kiosk.store.tables import instances, series, studies

Rows = dict[str, list[dict[str, Any]]]
AT_ONCE = 500


def take_out(conn: sa.Connection, study_uid: str, sop_uids: Sequence[str], arrived_views: ArrivedViews) -> Rows:
    """These images of a study leave the index in this transaction; the study itself where none is left, and what was
    to be sent of it. The rows, for ``put_back``.
    """
    study = conn.execute(sa.select(studies).where(studies.c.study_uid == study_uid)).mappings().one()
    wanted = set(sop_uids)
    its_series = _rows(conn, series, series.c.study == study["id"])
    every = [
        row
        for some in _parts([each["id"] for each in its_series])
        for row in _rows(conn, instances, instances.c.series.in_(few_lengths(some)))
    ]
    out = [row for row in every if row["sop_uid"] in wanted]
    ids = [row["id"] for row in out]
    left = {row["series"] for row in every if row["sop_uid"] not in wanted}
    rows: Rows = {"studies": [dict(study)], "series": its_series, "instances": out, "copies": []}
    for some in _parts(ids):
        rows["copies"] += _rows(conn, copies, copies.c.instance.in_(few_lengths(some)))
        conn.execute(copies.delete().where(copies.c.instance.in_(few_lengths(some))))
        conn.execute(instances.delete().where(instances.c.id.in_(few_lengths(some))))
    gone = [each["id"] for each in its_series if each["id"] not in left]
    for some in _parts(gone):
        conn.execute(series.delete().where(series.c.id.in_(few_lengths(some))))
    if left:
        remaining = len(every) - len(out)
        conn.execute(studies.update().where(studies.c.id == study["id"]).values(instances=remaining))
    else:
        _drop_study(conn, study["id"], rows)
    if study["step"] is not None:
        refresh_step(conn, study["step"], arrived_views)
    return rows


def put_back(conn: sa.Connection, rows: Rows, arrived_views: ArrivedViews) -> int:
    """What ``take_out`` gave, in the index again; a row's number may be another one than before. Returns the study."""
    [old] = rows["studies"]
    study = conn.execute(sa.select(studies.c.id).where(studies.c.study_uid == old["study_uid"])).scalar()
    count = len(rows["instances"])
    if study is None:
        study = _insert(conn, studies, {**old, "instances": count})
        for word in rows.get("study_words", ()):
            conn.execute(study_words.insert().values(**{**word, "study": study}))
        for send in rows.get("sends", ()):
            again = _insert(conn, sends, {**send, "study": study})
            said = [each for each in rows["sent_instances"] if each["send"] == send["id"]]
            for each in said:
                _insert(conn, sent_instances, {**each, "send": again})
    else:
        more = studies.update().where(studies.c.id == study).values(instances=studies.c.instances + count)
        conn.execute(more)
    of_series: dict[int, int] = {}
    for each in rows["series"]:
        at = (series.c.study == study, series.c.series_uid == each["series_uid"])
        known = conn.execute(sa.select(series.c.id).where(*at)).scalar()
        used = any(row["series"] == each["id"] for row in rows["instances"])
        if known is None and used:
            known = _insert(conn, series, {**each, "study": study})
        if known is not None:
            of_series[each["id"]] = known
    numbers = {}
    for row in rows["instances"]:
        numbers[row["id"]] = _insert(conn, instances, {**row, "series": of_series[row["series"]]})
    for row in rows["copies"]:
        _insert(conn, copies, {**row, "instance": numbers[row["instance"]]})
    if old["step"] is not None:
        refresh_step(conn, old["step"], arrived_views)
    return int(study)


def _drop_study(conn: sa.Connection, study: int, rows: Rows) -> None:
    rows["study_words"] = _rows(conn, study_words, study_words.c.study == study)
    rows["sends"] = _rows(conn, sends, sends.c.study == study)
    sent = [each["id"] for each in rows["sends"]]
    rows["sent_instances"] = _rows(conn, sent_instances, sent_instances.c.send.in_(few_lengths(sent))) if sent else []
    if sent:
        conn.execute(sent_instances.delete().where(sent_instances.c.send.in_(few_lengths(sent))))
        conn.execute(sends.delete().where(sends.c.study == study))
    conn.execute(study_words.delete().where(study_words.c.study == study))
    conn.execute(studies.delete().where(studies.c.id == study))


def _insert(conn: sa.Connection, table: sa.Table, row: dict[str, Any]) -> int:
    done = conn.execute(table.insert().values(**{name: value for name, value in row.items() if name != "id"}))
    return int(done.inserted_primary_key[0])  # type: ignore[index]


def _rows(conn: sa.Connection, table: sa.Table, where: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
    return [dict(row) for row in conn.execute(sa.select(table).where(where)).mappings()]


def _parts(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE)]
