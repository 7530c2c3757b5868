"""The same person under two numbers, at the centre and at the hospital: believed only where four fields agree."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kiosk.core.csv_records import records
from kiosk.core.kana import full_kana
from kiosk.core.patient import Patient
from kiosk.core.words import N_

FIELDS = ("id", "kana", "birth_date", "sex")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("健診ID", "健診番号", "受診者ID", "ID"),
    "other_id": ("病院ID", "患者ID", "患者番号"),
    "kana": ("カナ", "カナ氏名", "氏名カナ"),
    "birth_date": ("生年月日",),
    "sex": ("性別",),
}
_SEX = {"1": "M", "2": "F", "男": "M", "女": "F", "男性": "M", "女性": "F"}


@dataclass(frozen=True)
class Pair:
    """One line of the map as the hospital tells it. ``birth_date`` YYYYMMDD, ``sex`` M, F, O."""

    line: int
    patient_id: str
    other_id: str
    kana: str = ""
    birth_date: str = ""
    sex: str = ""


@dataclass(frozen=True)
class Verdict:
    """What became of a line: ``differs`` names fields that contradict, ``missing`` those that a side does not tell."""

    pair: Pair
    differs: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    why: str = ""  # the msgid of another reason

    @property
    def fits(self) -> bool:
        return not (self.differs or self.missing or self.why)


def read_map(raw: bytes) -> list[Pair]:
    """The pairs of a CSV with headings, whatever its encoding. Raises ValueError that names the headings it lacks."""
    rows = [(each.line, [_plain(cell) for cell in each.cells]) for each in records([raw])]
    headings = rows[0][1] if rows else []
    at = {
        field: next((headings.index(_plain(name)) for name in names if _plain(name) in headings), -1)
        for field, names in COLUMNS.items()
    }
    lacking = [COLUMNS[field][0] for field, column in at.items() if column < 0]
    if lacking:
        raise ValueError(", ".join(lacking))
    pairs = []
    for line, record in rows[1:]:
        cells = {field: record[column] if column < len(record) else "" for field, column in at.items()}
        if any(cells.values()):
            told = cells["kana"], day(cells["birth_date"]), sex(cells["sex"])
            pairs.append(Pair(line, cells["id"], cells["other_id"], *told))
    return pairs


def judge(pair: Pair, known: Patient | None) -> Verdict:
    """Is the line's person the one that the centre knows under that ID? A field that one side lacks proves nothing."""
    if not pair.patient_id or not pair.other_id:
        return Verdict(pair, missing=("id",))
    if known is None:
        return Verdict(pair, why=N_("Nobody has this ID here."))
    born = f"{known.birth_date:%Y%m%d}" if known.birth_date else ""
    sides = {
        "id": (pair.patient_id, known.patient_id),
        "kana": (kana_key(pair.kana), kana_key(known.kana)),
        "birth_date": (pair.birth_date, born),
        "sex": (pair.sex, known.sex),
    }
    missing = tuple(field for field in FIELDS if not all(sides[field]))
    differs = tuple(field for field in FIELDS if field not in missing and sides[field][0] != sides[field][1])
    return Verdict(pair, differs, missing)


def judge_all(pairs: Sequence[Pair], known: Mapping[str, Patient], before: Mapping[str, str]) -> list[Verdict]:
    """Every line; an ID that stands for two persons, or that was another one before, is not believed.

    ``before``: centre ID -> hospital ID as it is kept already.
    """
    others: dict[str, set[str]] = {}
    owners: dict[str, set[str]] = {}
    for pair in pairs:
        others.setdefault(pair.patient_id, set()).add(pair.other_id)
        owners.setdefault(pair.other_id, set()).add(pair.patient_id)
    for mine, theirs in before.items():
        owners.setdefault(theirs, set()).add(mine)
    verdicts = []
    for pair in pairs:
        found = judge(pair, known.get(pair.patient_id))
        if found.fits and (len(others[pair.patient_id]) > 1 or len(owners[pair.other_id]) > 1):
            found = Verdict(pair, why=N_("One ID stands for two persons."))
        elif found.fits and before.get(pair.patient_id, pair.other_id) != pair.other_id:
            found = Verdict(pair, why=N_("Another hospital ID is kept for this person."))
        verdicts.append(found)
    return verdicts


def kana_key(text: str) -> str:
    """Kana as compared: full width, no blanks; small and large letters count as the same (キヤ, キャ)."""
    plain = "".join(full_kana(unicodedata.normalize("NFKC", text)).split())
    return plain.translate(_LARGE)


_LARGE = str.maketrans("ァィゥェォッャュョヮ", "アイウエオツヤユヨワ")


def day(text: str) -> str:
    """YYYYMMDD of a date as tables write it; empty where it is none."""
    match = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?", unicodedata.normalize("NFKC", text).strip())
    return f"{match[1]}{int(match[2]):02d}{int(match[3]):02d}" if match else ""


def sex(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    return _SEX.get(plain, plain if plain in ("M", "F", "O") else "")


def believed(verdicts: Iterable[Verdict]) -> list[Pair]:
    return [each.pair for each in verdicts if each.fits]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().strip("\ufeff")
