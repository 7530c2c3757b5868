"""A check-up system to practise with: it writes its list in pieces, and the .lok when the list is complete."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

HEADER = (
    "健診番号",
    "受診日",
    "受付時刻",
    "受診者ID",
    "カナ氏名",
    "漢字氏名",
    "性別",
    "生年月日",
    "年齢",
    "コースコード",
    "コース名",
    "オプション1",
    "オプション2",
    "備考",
)
# Invented people; their names hold what makes trouble: 髙 﨑 𠮷 ① and variants, and half-width kana throughout.
_PEOPLE = (
    ("見本 太郎", "ﾐﾎﾝ ﾀﾛｳ", "1", "S53.4.12", "A", "ドックA"),
    ("髙橋 花子", "ﾀｶﾊｼ ﾊﾅｺ", "2", "S46.7.3", "A", "ドックA"),
    ("山﨑 一郎", "ﾔﾏｻﾞｷ ｲﾁﾛｳ", "1", "1965/02/28", "B", "ドックB"),
    ("𠮷田 香", "ﾖｼﾀﾞ ｶｵﾘ", "2", "S59.11.30", "S", "生活習慣病"),
    ("渡邊 明①", "ﾜﾀﾅﾍﾞ ｱｷﾗ", "1", "S49.1.9", "A", "ドックA"),
    ("伊東 久美子", "ｲﾄｳ ｸﾐｺ", "2", "S57.6.21", "W", "婦人科"),
    ("濵口 誠", "ﾊﾏｸﾞﾁ ﾏｺﾄ", "1", "S44.9.14", "K", "協会けんぽ"),
    ("栁沢 恵", "ﾔﾅｷﾞｻﾜ ﾒｸﾞﾐ", "2", "S51.3.5", "B", "ドックB"),
    ("德永 浩", "ﾄｸﾅｶﾞ ﾋﾛｼ", "1", "S62.8.17", "T", "定期健診"),
    ("例示 さくら", "ﾚｲｼﾞ ｻｸﾗ", "2", "H2.12.1", "S", "生活習慣病"),
)
_OPTIONS = ("", "", "乳がん(MMG)", "", "胃カメラ変更", "", "", "乳腺エコー", "", "")
_REMARKS = ("", "抗凝固薬", "", "", "", "前回要精検", "", "", "車椅子", "")
GAIJI = {"F040": "𠮷"}  # what the check-up system writes for characters that cp932 lacks


def sample_rows(day: date, count: int = 10, first: int = 1) -> list[list[str]]:
    """``count`` invented reservations of a day, the same for the same day."""
    rows = []
    for order in range(count):
        number = first + order
        kanji, kana, sex, born, course, name = _PEOPLE[order % len(_PEOPLE)]
        if order >= len(_PEOPLE):
            kanji, kana = f"{kanji}{order // len(_PEOPLE)}", kana
        hour, minute = 8 + (30 + 10 * (order // 3)) // 60 % 9, (30 + 10 * (order // 3)) % 60
        person = order % len(_PEOPLE) if count <= len(_PEOPLE) else order
        rows.append(
            [
                f"{day:%Y%m%d}-{number:03d}",
                f"{day:%Y/%m/%d}",
                f"{hour}:{minute:02d}",
                f"{90000001 + person:08d}",
                kana,
                kanji,
                sex,
                born,
                "",
                course,
                name,
                _OPTIONS[order % 10] if sex == "2" or order % 10 == 4 else "",
                "",
                _REMARKS[order % 10],
            ]
        )
    return rows


def list_bytes(rows: Iterable[Sequence[str]], header: Sequence[str] = HEADER, encoding: str = "cp932") -> bytes:
    """The list as the check-up system writes it: quoted, CR LF, characters that cp932 lacks as its own (外字)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    text = out.getvalue()
    if encoding != "cp932":
        return text.encode(encoding)
    for code, character in GAIJI.items():
        text = text.replace(character, bytes.fromhex(code).decode("cp932"))
    return text.encode("cp932")


class CheckupSystem:
    """Delivers lists into a folder as the real one does: the name first, then the content, the .lok last."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def appear(self, name: str) -> Path:
        """The list appears, still empty; an older one of that name is replaced."""
        path = self._folder / name
        path.write_bytes(b"")
        return path

    def grow(self, name: str, piece: bytes) -> None:
        """More of its content comes."""
        with open(self._folder / name, "ab") as handle:
            handle.write(piece)
            handle.flush()
            os.fsync(handle.fileno())

    def finish(self, name: str, suffix: str = ".lok") -> Path:
        """The .lok is written: the list is complete."""
        path = (self._folder / name).with_suffix(suffix)
        path.write_bytes(b"")
        return path

    def deliver(self, name: str, data: bytes) -> None:
        """A whole delivery at once."""
        self.appear(name)
        self.grow(name, data)
        self.finish(name)
