"""Image queries as SQL: which patients, studies, series or instances match, and what is told of each.

The keys of the matches are read first and the rows in pieces afterwards, so that a query for everything neither fills
the memory nor holds a transaction open while a slow peer reads. Every value is a bound parameter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kiosk.core.image_query import ImageQuery, Like, Match, OneOf, at_or_above
from kiosk.core.worklist_query import Span
from kiosk.store.gateway_tables import copies, volumes
from kiosk.store.in_lists import few_lengths
from kiosk.store.tables import folders, instances, series, studies

_NAMES = (studies.c.name_alphabetic, studies.c.name_ideographic, studies.c.name_phonetic)
_COLUMN: dict[str, sa.ColumnElement[Any]] = {
    "patient_id": studies.c.patient_id, "issuer": studies.c.issuer, "sex": studies.c.sex,
    "birth_date": studies.c.birth_date, "study_uid": studies.c.study_uid, "study_date": studies.c.study_date,
    "study_time": studies.c.study_time, "accession": studies.c.accession,
    "study_description": studies.c.description, "series_uid": series.c.series_uid, "modality": series.c.modality,
    "series_number": series.c.number, "series_description": series.c.description, "body_part": series.c.body_part,
    "sop_uid": instances.c.sop_uid, "sop_class": instances.c.sop_class, "instance_number": instances.c.number,
    "rows": instances.c.rows, "columns": instances.c.columns, "frames": instances.c.frames,
}  # fmt: skip
_TOLD = {
    "patient": ("patient_id", "issuer", "sex", "birth_date"),
    "study": ("study_uid", "study_date", "study_time", "accession", "study_description"),
    "series": ("series_uid", "modality", "series_number", "series_description", "body_part"),
    "image": ("sop_uid", "sop_class", "instance_number", "rows", "columns", "frames"),
}  # fmt: skip
_KEY = {"patient": studies.c.id, "study": studies.c.id, "series": series.c.id, "image": instances.c.id}
MOST_IN = 500


def matching(conn: sa.Connection, query: ImageQuery, *, at_most: int) -> list[int]:
    """Row numbers of what matches, no more than ``at_most``: studies newest first (the newest of each patient at
    patient level), series and instances by their number. Rows without the unique key of the level don't answer.
    """
    where = [_condition(name, match) for name, match in query.matches.items()]
    if query.level == "patient":
        newest = (
            sa.select(sa.func.max(studies.c.id))
            .where(*where, studies.c.patient_id != "")
            .group_by(studies.c.patient_id, studies.c.issuer)
        )
        chosen = sa.select(studies.c.id).where(studies.c.id.in_(newest)).order_by(studies.c.id.desc())
    elif query.level == "study":
        chosen = sa.select(studies.c.id).where(*where).order_by(studies.c.study_date.desc(), studies.c.id.desc())
    elif query.level == "series":
        chosen = sa.select(series.c.id).join(studies, series.c.study == studies.c.id).where(*where)
        chosen = chosen.order_by(series.c.study, series.c.number, series.c.id)
    else:
        chosen = (
            sa.select(instances.c.id)
            .join(series, instances.c.series == series.c.id)
            .join(studies, series.c.study == studies.c.id)
            .where(*where)
            .order_by(series.c.study, series.c.number, instances.c.series, instances.c.number, instances.c.id)
        )
    return list(conn.execute(chosen.limit(at_most)).scalars())


def told(
    conn: sa.Connection, query: ImageQuery, keys: Sequence[int], away: Iterable[str], here: Iterable[str]
) -> list[dict[str, Any]]:
    """The rows of ``keys`` (at most 500), in their order, by our field names, with the counts that were asked for.

    ``near`` is True where something of it lies only on volumes that are ``away`` (``here``: those that are not).
    """
    assert len(keys) <= MOST_IN
    columns: list[sa.ColumnElement[Any]] = [_KEY[query.level].label("key")]
    for level in at_or_above(query.level):
        columns += [_COLUMN[name].label(name) for name in _TOLD[level]]
    columns += [column.label(f"name_{at}") for at, column in enumerate(_NAMES)]
    columns.append(studies.c.modalities.label("modalities"))
    columns += [make().label(name) for name, make in _COUNTS.items() if name in query.wanted]
    away = list(away)
    if "near" in query.wanted and away:
        columns.append(_near(query.level, away, list(here)).label("near"))
    found = sa.select(*columns).select_from(_source(query.level)).where(_KEY[query.level].in_(few_lengths(keys)))
    by_key = {row["key"]: dict(row) for row in conn.execute(found).mappings()}
    rows = [by_key[key] for key in keys if key in by_key]
    if "sop_classes" in query.wanted:
        _tell_sop_classes(conn, rows)
    return rows


def known_volumes(conn: sa.Connection) -> set[str]:
    """Every volume that images are known to lie on."""
    told = set(conn.execute(sa.select(volumes.c.id)).scalars())
    return told | set(conn.execute(sa.select(folders.c.volume).distinct()).scalars())


@dataclass(frozen=True)
class Place:
    """An instance that was asked for, with every place where its bytes may lie: (volume, path), its own first."""

    sop_uid: str
    sop_class: str
    transfer_syntax: str
    places: tuple[tuple[str, str], ...]


def places(conn: sa.Connection, keys: Sequence[int]) -> list[Place]:
    """Where the instances of ``keys`` (at most 500) lie, in their order."""
    assert len(keys) <= MOST_IN
    own = conn.execute(
        sa.select(
            instances.c.id,
            instances.c.sop_uid,
            instances.c.sop_class,
            instances.c.transfer_syntax,
            instances.c.volume,
            instances.c.path,
        ).where(instances.c.id.in_(few_lengths(keys)))
    )
    found = {row[0]: (row[1], row[2], row[3], [(row[4], row[5])]) for row in own}
    further = sa.select(copies.c.instance, copies.c.volume, copies.c.path).where(
        copies.c.instance.in_(few_lengths(keys)), copies.c.state == "good"
    )
    for key, volume, path in conn.execute(further):
        found[key][3].append((volume, path))
    return [
        Place(sop, kind, syntax, tuple(where))
        for sop, kind, syntax, where in (found[key] for key in keys if key in found)
    ]


# -- conditions ----------------------------------------------------------------------------------------------------


def _condition(name: str, match: Match) -> sa.ColumnElement[bool]:
    if name == "name":
        assert isinstance(match, Like)
        return sa.or_(*(_like(column, each, folded=True) for column in _NAMES for each in match.patterns))
    if name == "modalities":
        return _among_modalities(match)
    column = _COLUMN[name]
    if isinstance(match, Span):
        return _between(column if name != "study_time" else sa.func.substr(column, 1, 6), match)
    if isinstance(match, OneOf):
        values: list[Any] = list(match.values)
        if isinstance(column.type, sa.Integer):
            values = [int(each) for each in values]
        return column.in_(values) if len(values) != 1 else column == values[0]
    return sa.or_(*(_like(column, each) for each in match.patterns))


def _between(column: sa.ColumnElement[Any], span: Span) -> sa.ColumnElement[bool]:
    parts = [column != ""]
    if span.first:
        parts.append(column >= span.first)
    if span.last:
        parts.append(column <= span.last)
    return sa.and_(*parts)


def _among_modalities(match: Match) -> sa.ColumnElement[bool]:
    r"""``studies.modalities`` holds ``CT\SR``: one of them is meant."""
    values = match.values if isinstance(match, OneOf) else match.patterns if isinstance(match, Like) else ()
    whole = sa.literal("\\") + studies.c.modalities + sa.literal("\\")
    return sa.or_(*(whole.like("%\\\\" + _pattern(each.upper()) + "\\\\%", escape="\\") for each in values))


def _like(column: sa.ColumnElement[Any], asked: str, *, folded: bool = False) -> sa.ColumnElement[bool]:
    if "*" not in asked and "?" not in asked and not folded:
        return column == asked
    like = column.ilike if folded else column.like
    return like(_pattern(asked), escape="\\")


def _pattern(asked: str) -> str:
    r"""A DICOM wildcard as a pattern of LIKE with escape ``\``."""
    plain = asked.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return plain.replace("*", "%").replace("?", "_")


# -- what is told --------------------------------------------------------------------------------------------------


def _source(level: str) -> sa.FromClause:
    if level in ("patient", "study"):
        return studies
    joined = series.join(studies, series.c.study == studies.c.id)
    return joined if level == "series" else instances.join(joined, instances.c.series == series.c.id)


def _number_of(table: sa.FromClause, *where: sa.ColumnElement[bool]) -> sa.ScalarSelect[Any]:
    return sa.select(sa.func.count()).select_from(table).where(*where).scalar_subquery()


def _same_patient(other: Any) -> sa.ColumnElement[bool]:
    return sa.and_(other.c.patient_id == studies.c.patient_id, other.c.issuer == studies.c.issuer)


def _patient_series() -> sa.ScalarSelect[Any]:
    other, theirs = studies.alias(), series.alias()
    return _number_of(theirs.join(other, theirs.c.study == other.c.id), _same_patient(other))


def _patient_instances() -> sa.ScalarSelect[Any]:
    other = studies.alias()
    total = sa.func.coalesce(sa.func.sum(other.c.instances), 0)
    return sa.select(total).where(_same_patient(other)).scalar_subquery()


def _patient_studies() -> sa.ScalarSelect[Any]:
    other = studies.alias()
    return _number_of(other, _same_patient(other))


def _study_series() -> sa.ScalarSelect[Any]:
    theirs = series.alias()
    return _number_of(theirs, theirs.c.study == studies.c.id)


def _series_instances() -> sa.ScalarSelect[Any]:
    theirs = instances.alias()
    return _number_of(theirs, theirs.c.series == series.c.id)


def _study_instances() -> sa.ColumnElement[Any]:
    return studies.c.instances + 0


_COUNTS = {
    "patient_studies": _patient_studies, "patient_series": _patient_series, "patient_instances": _patient_instances,
    "study_series": _study_series, "study_instances": _study_instances, "series_instances": _series_instances,
}  # fmt: skip


def _near(level: str, away: list[str], here: list[str]) -> sa.ColumnElement[bool]:
    """Is there an instance of it that only volumes hold that can't be reached from here?"""
    lost, copy = instances.alias(), copies.alias()
    copied = sa.exists().where(copy.c.instance == lost.c.id, copy.c.volume.in_(here), copy.c.state == "good")
    gone = sa.and_(lost.c.volume.in_(away), ~copied)
    if level == "image":
        return sa.exists().where(lost.c.id == instances.c.id, gone)
    if level == "series":
        return sa.exists().where(lost.c.series == series.c.id, gone)
    theirs = series.alias()
    return sa.exists().where(lost.c.series == theirs.c.id, theirs.c.study == studies.c.id, gone)


def _tell_sop_classes(conn: sa.Connection, rows: list[dict[str, Any]]) -> None:
    of_study: dict[int, list[str]] = {row["key"]: [] for row in rows}
    found = (
        sa.select(series.c.study, instances.c.sop_class)
        .join(series, instances.c.series == series.c.id)
        .where(series.c.study.in_(few_lengths(list(of_study))))
        .distinct()
    )
    for study, kind in conn.execute(found):
        of_study[study].append(kind)
    for row in rows:
        row["sop_classes"] = "\\".join(sorted(of_study[row["key"]]))
