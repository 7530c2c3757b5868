"""Codes as a book, findings searched and listed, results handed out to the check-up system once and again."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.faults import Fault, Refused
from kiosk.core.finding import FindingBody, Item
from kiosk.core.result_csv import Result, check_columns, results_csv
from tests.modes.findings.hands import NORMAL
from tests.modes.findings.site import DAY, Site, last_year

CYST = FindingBody(
    "肝S5に径12〜13mmの嚢胞を認めます。\n𠮷田の徴候。", ("10102",), "B",
    items=(Item("liver.code", "1", "10102"), Item("liver.size", "1", "13")),
)  # fmt: skip


def read_csv(path: Path, encoding: str = "cp932") -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(path.read_bytes().decode(encoding), newline="")))


def test_a_file_keeps_what_its_encoding_lacks_and_stands_as_it_was_written() -> None:
    words = '-1 "𠮷"\n〜'
    told = Result(1, 1, "001", "P1", "2026-11-24", "US", "腹部", "B", ("1", "2"), words, "甲", "", "x", 1)
    data, lost = results_csv([told], {"number": "番号", "text": "所見", "codes": "コード"}, "cp932")
    head, row = csv.reader(StringIO(data.decode("cp932"), newline=""))
    assert (head, row) == (["番号", "所見", "コード"], ["001", '-1 "[U+20BB7]"\n～', "1 2"])
    assert [each.shown for each in lost] == ["001 腹部: 𠮷 U+20BB7"]
    data, lost = results_csv([told], {"text": "所見"}, "utf-8")
    assert data.startswith(b"\xef\xbb\xbf") and "𠮷" in data.decode() and lost == ()
    for columns, encoding in (({"name": "氏名"}, "cp932"), ({}, "latin-1")):
        with pytest.raises(Fault, match="J210"):
            check_columns(columns, encoding)


def test_results_go_out_once_and_again_when_amended(site: Site, open_desk: Callable[..., Any], tmp_path: Path) -> None:
    old, visit, draft = site.read(0, day=last_year()), site.read(0), site.read(1)
    desk = open_desk("読影1", results=str(tmp_path / "out"))
    first = open_desk("読影2", two_readers=("ABDOMEN",))
    second = open_desk("読影3", person=site.other, two_readers=("ABDOMEN",))
    desk.sign(old, "ABDOMEN", NORMAL, 0).wait()
    first.sign(visit, "ABDOMEN", CYST, 0).wait()
    desk.save(draft, "ABDOMEN", NORMAL, 0).wait()
    assert [each.result.visit for each in desk.lists.results(False).wait()] == [old]  # not read twice, not signed
    second.sign(visit, "ABDOMEN", CYST, 1).wait()

    done = desk.lists.hand_out(False, since=DAY.isoformat(), until=DAY.isoformat()).wait()
    assert (done.count, done.again, [each.characters for each in done.lost]) == (1, 0, ["𠮷"])
    assert sorted(path.suffix for path in (tmp_path / "out").iterdir()) == [".csv", ".lok"]
    (row,) = read_csv(done.path)
    assert (row["健診番号"], row["受診者ID"]) == ("20261124-001", "P00001")
    assert (row["判定"], row["所見コード"]) == ("B", "10102")
    assert (row["読影医"], row["二次読影医"], row["版"]) == ("例示 医師", "見本 医師", "2")
    assert row["入力項目"] == "liver.code 1=10102; liver.size 1=13"
    assert row["所見"].splitlines() == ["肝S5に径12～13mmの嚢胞を認めます。", "[U+20BB7]田の徴候。"]

    with pytest.raises(Refused):
        desk.lists.hand_out(False, since=DAY.isoformat()).wait()
    desk.sign(visit, "ABDOMEN", NORMAL, 2, "部位の書き違い").wait()
    owed = desk.lists.results(False).wait()
    assert [(each.result.visit, each.handed) for each in owed] == [(visit, 2), (old, 0)]
    again = desk.lists.hand_out(False).wait()
    assert (again.count, again.again) == (2, 1) and again.path != done.path
    assert [each["版"] for each in read_csv(again.path)] == ["1", "3"]
    assert len(desk.lists.results(True).wait()) == 2 and desk.lists.results(False).wait() == []


def test_a_folder_that_can_not_be_written_leaves_them_owed(
    site: Site, open_desk: Callable[..., Any], tmp_path: Path
) -> None:
    visit = site.read(0)
    (tmp_path / "file").write_bytes(b"")
    desk = open_desk(results=str(tmp_path / "file"))
    desk.sign(visit, "ABDOMEN", NORMAL, 0).wait()
    with pytest.raises(Fault):
        desk.lists.hand_out(False).wait()
    assert [each.owed for each in desk.lists.results(False).wait()] == [True]


def test_findings_are_found_by_each_field(
    site: Site, open_desk: Callable[..., Any], read_text: Callable[[bytes], list[str]]
) -> None:
    old, visit = site.read(0, day=last_year()), site.read(1)
    desk = open_desk()
    desk.sign(old, "ABDOMEN", NORMAL, 0).wait()
    desk.sign(visit, "ABDOMEN", FindingBody("50%_狭窄を認めます。", ("10102",), "B"), 0).wait()

    def found(**asked: str) -> list[int]:
        return [each.result.visit for each in desk.lists.search(**asked).wait()]

    assert found() == [visit, old]
    for asked in ({"text": "%_狭"}, {"code": "10102"}, {"category": "B"}, {"since": DAY.isoformat()}):
        assert found(**asked) == [visit], asked
    assert found(reader="例示", until=last_year().isoformat(), kind="ABDOMEN") == [old]
    assert found(code="1010") == [] == found(reader="見本")
    path = desk.lists.print_found(desk.lists.search().wait(), "条件").wait()
    page = "".join(read_text(path.read_bytes()))
    assert "狭窄を認めます" in page and "20261124-002" in page
