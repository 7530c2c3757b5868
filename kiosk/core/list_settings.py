"""How a check-up system writes its reservation list: columns, encoding, options, its own characters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.core.faults import Fault
from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_

Place = str | int
Places = tuple[Place, ...]

GAIJI = re.compile("[\ue000-\uf8ff]")  # where Python's cp932 puts the user-defined codes F040 to F9FC


class ListUnreadable(Fault):
    """The file as a whole is no list that we can read; nothing of it is taken."""

    reference = "L201"


def _names(*places: Place) -> Places:
    return setting(tuple(places), "")  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Columns(Settings):
    """Where each of our fields stands: header names (first that is there) or column numbers from 1.

    Names are compared without blanks and regardless of width. ``"姓+名"`` joins two columns with a blank.
    """

    number: Places = _names("健診番号", "受診番号", "受付番号")
    day: Places = _names("受診日", "健診日", "受診日(西暦)", "予約日")
    time: Places = _names("受付時刻", "受付時間", "予約時刻", "予約時間", "時刻")
    patient_id: Places = _names("受診者ID", "受診者番号", "患者ID", "カルテ番号", "個人番号")
    kanji: Places = _names("漢字氏名", "氏名", "氏名漢字", "受診者氏名", "姓+名")
    kana: Places = _names("カナ氏名", "氏名カナ", "フリガナ", "カナ", "セイ+メイ")
    romaji: Places = _names("ローマ字氏名", "氏名ローマ字", "ローマ字")
    sex: Places = _names("性別", "性別コード")
    birth_date: Places = _names("生年月日", "生年月日(西暦)")
    age: Places = _names("年齢")
    course: Places = _names("コースコード", "コースCD", "コース")
    course_name: Places = _names("コース名", "コース名称")
    remark: Places = _names("備考", "特記事項", "連絡事項")
    institution: Places = _names("健診機関番号", "施設コード")


REQUIRED = ("number", "day", "patient_id")


@dataclass(frozen=True)
class ListSettings(Settings):
    """How one check-up system writes its list."""

    encoding: str = setting("auto", N_("cp932, utf-8 or auto; a byte order mark always wins."))
    delimiter: str = setting(",", N_("What parts the columns: , or ; or \\t."))
    header: bool = setting(True, N_("Does the first row hold the names of the columns?"))
    columns: Columns = setting(Columns, N_("Which column is which of our fields."))
    options: Places = setting(
        ("オプション1", "オプション2", "オプション3", "オプション4", "オプション5", "オプション"),
        N_("Columns that hold options, each as a word or as words parted by options_parted_by."),
    )
    options_parted_by: str = setting("、,;；/／|・ ", N_("The characters that part options inside one column."))
    option_flags: dict[str, str] = setting(
        dict, N_("Columns that are ticked (1, ○, 有 …) for an option: column name = the option's code or name.")
    )
    extra: dict[str, str] = setting(dict, N_("Further columns to keep: our name = column name."))
    gaiji: dict[str, str] = setting(
        dict, N_('The check-up system\'s own characters (外字): cp932 code = the character, as in F040 = "𠮷".')
    )


def gaiji_table(gaiji: Mapping[str, str]) -> dict[int, str]:
    """cp932 codes (F040 to F9FC) to characters, as a table for ``str.translate``. Raises ListUnreadable."""
    table: dict[int, str] = {}
    for code, character in gaiji.items():
        try:
            private = bytes.fromhex(code).decode("cp932")
        except ValueError:
            private = ""
        if len(private) != 1 or not GAIJI.fullmatch(private) or not character:
            raise ListUnreadable(
                N_("gaiji: “{code}” is no code of a user-defined character (F040 to F9FC)."),
                N_("Correct the table gaiji of the parameter file."),
                code=code,
            )
        table[ord(private)] = character
    return table


def gaiji_code(character: str) -> str:
    """``F040`` for the first user-defined character, as the check-up system's people know it."""
    try:
        return character.encode("cp932").hex().upper()
    except UnicodeEncodeError:
        return f"U+{ord(character):04X}"
