"""Records come out of any CSV with their line numbers, and a broken one spoils no other."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.core.csv_records import records

cells = st.text(
    st.characters(codec="cp932", exclude_categories=["Cc", "Co"], exclude_characters="¢£¬‖−〜")
    | st.sampled_from('",\n\r'),
    max_size=8,
).map(lambda text: text.replace("\r\n", "\n").replace("\r", "\n"))
tables = st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=8)


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[i : i + size] for i in range(0, len(data), size)]


@given(
    tables, st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(["cp932", "utf-8-sig", "utf-16"]), st.integers(1, 9)
)
@settings(max_examples=300)
def test_what_was_written_is_read(table: list[list[str]], end: str, encoding: str, size: int) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(table)
    try:
        data = out.getvalue().encode(encoding)
    except UnicodeEncodeError:
        data = out.getvalue().encode("utf-8-sig")
    found = list(records(pieces(data, size), encoding="cp932"))
    assert [record.cells for record in found] == table
    assert not any(record.broken for record in found)


def test_lines_are_those_of_the_file() -> None:
    data = b'a,b\r\n"1\n2\n3",x\r\n\r\nc,d'
    assert [(record.line, record.cells) for record in records([data])] == [
        (1, ["a", "b"]), (2, ["1\n2\n3", "x"]), (5, [""]), (6, ["c", "d"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "broken",
    ['1,"open\n', '1,"open\n' + "x,y\n" * 3, '"open,1\n"x","y"\n"p","q"\n', '1,"open\n"x","y"\n'],
)
def test_a_quote_that_never_closes_spoils_its_own_row_alone(broken: str) -> None:
    good = [["good", str(number)] for number in range(30)]
    data = (broken + "".join(",".join(row) + "\n" for row in good)).encode()
    found = list(records([data]))
    assert found[0].line == 1 and found[0].broken
    assert [record.cells for record in found if record.cells in good] == good
    assert [record.line for record in found] == list(range(1, len(found) + 1))


def test_a_quote_in_the_middle_of_a_field_is_a_character() -> None:
    found = list(records([b'1,5" disk\n2,ok\n']))
    assert [record.cells for record in found] == [["1", '5" disk'], ["2", "ok"]]


def test_encodings_are_told_apart_and_mixed_lines_are_read() -> None:
    assert next(records(["髙橋,﨑".encode("cp932")])).cells == ["髙橋", "﨑"]
    assert next(records(["髙橋,𠮷".encode()])).cells == ["髙橋", "𠮷"]
    assert next(records(["ﾀｶﾊｼ,表ソ予".encode("cp932")], encoding="cp932")).cells == ["ﾀｶﾊｼ", "表ソ予"]
    mixed = "山田,1\n".encode("cp932") * 3 + "𠮷田,2\n".encode()
    assert [record.cells[0] for record in records([mixed])] == ["山田"] * 3 + ["𠮷田"]


def test_bytes_that_are_no_characters_are_told() -> None:
    found = list(records([b"1,ok\n2,\x81\xad\xff\n3,ok\n"], encoding="cp932"))
    assert [bool(record.broken) for record in found] == [False, True, False]
