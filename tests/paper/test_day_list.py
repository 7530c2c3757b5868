"""The day's list: every row on it, headers repeated, gaps told with the kana."""

import io
from dataclasses import replace
from datetime import date

import pytest

from kiosk.paper.day_list import DayRow, write_day_list

DAY = date(2026, 11, 24)


def row(number: int, **changes: str) -> DayRow:
    usual = DayRow("08:30", f"20261124-{number:03}", "見本 太郎", "ミホン タロウ", "男", "48", "ドックA", "胸部 胃")
    return replace(usual, **changes)


def test_118_examinees_are_all_there_and_each_page_has_the_header(tmp_path, read_text):
    rows = [row(n) for n in range(1, 119)]
    pages = write_day_list(tmp_path / "day.pdf", DAY, "見本健診センター", rows, station="受付")
    texts = read_text((tmp_path / "day.pdf").read_bytes())
    assert len(texts) == pages > 1
    assert all("Examinations" in text and "見本健診センター" in text for text in texts)
    assert [f"{n} / {pages}" in text for n, text in enumerate(texts, start=1)] == [True] * pages
    whole = "".join(texts)
    assert all(whole.count(f"20261124-{n:03}") == 1 for n in range(1, 119))


def test_names_come_back_character_by_character(tmp_path, read_text, embedded):
    names = ["髙橋 花子", "﨑山 一郎", "𠮷田 香", "①㈱Ⅲ", "渡邊 明", "塚 本"]
    path = tmp_path / "day.pdf"
    write_day_list(path, DAY, "見本", [row(n, name=name, kana="ﾀｶﾊｼ ﾊﾅｺ") for n, name in enumerate(names)])
    text = "".join(read_text(path.read_bytes()))
    assert [name for name in names if name not in text] == []
    assert text.count("ﾀｶﾊｼ ﾊﾅｺ") == len(names)
    fonts = embedded(path)
    assert set(fonts) == {"BIZUDGothic-Regular", "BIZUDGothic-Bold", "KioskNameKanji-Regular"}
    assert all(fonts.values())


def test_a_missing_character_is_geta_with_the_kana_in_a_footnote_of_its_page(tmp_path, read_text):
    rows = [row(n) for n in range(1, 60)]
    rows[40] = row(41, name="\U0002a6d6村 試子", kana="リュウムラ タメシコ")
    write_day_list(tmp_path / "day.pdf", DAY, "見本", rows)
    page = next(text for text in read_text((tmp_path / "day.pdf").read_bytes()) if "20261124-041" in text)
    assert "〓村 試子" in page
    assert "U+2A6D6" in page and "Kana: リュウムラ タメシコ" in page


def test_many_footnotes_take_their_room_from_the_rows(tmp_path, read_text):
    rows = [row(n, name="\U0002a6d6村", kana=f"カナ{n}") for n in range(1, 41)]
    write_day_list(tmp_path / "day.pdf", DAY, "見本", rows)
    for text in read_text((tmp_path / "day.pdf").read_bytes()):
        assert text.count("〓村") == text.count("Kana: カナ") > 0


@pytest.mark.parametrize("kind", ["code128", "nw7"])
def test_the_number_can_be_scanned_from_the_page(tmp_path, kind):
    import pypdfium2
    import zxingcpp

    rows = [row(n) for n in (17, 18)]
    write_day_list(tmp_path / "day.pdf", DAY, "見本", rows, barcode=kind)
    with pypdfium2.PdfDocument(io.BytesIO((tmp_path / "day.pdf").read_bytes())) as document:
        picture = document[0].render(scale=4).to_pil()
    read = {found.text.strip("ABCDabcd") for found in zxingcpp.read_barcodes(picture)}
    assert read == {"20261124-017", "20261124-018"}


def test_long_texts_stay_inside_their_columns(tmp_path, read_text):
    long = row(1, name="見本" * 30, examinations="腹部超音波 " * 30, remark="備考" * 60, course="とても長い名前" * 6)
    write_day_list(tmp_path / "day.pdf", DAY, "見本", [long, row(2)])
    text = "".join(read_text((tmp_path / "day.pdf").read_bytes()))
    assert text.count("…") == 4
    assert "20261124-002" in text


def test_a_long_remark_is_printed_to_its_end(tmp_path, read_text):
    remark = "歩行に介助が必要、耳が遠いので右側から話しかけること。アレルギー: 造影剤、ソバ、ペニシリン"
    write_day_list(tmp_path / "day.pdf", DAY, "見本", [row(1, remark=remark)])
    text = "".join("".join(read_text((tmp_path / "day.pdf").read_bytes())).split())
    assert "ペニシリン" in text and "…" not in text


def test_an_extract_says_so_on_every_page(tmp_path, read_text):
    path = tmp_path / "day.pdf"
    pages = write_day_list(path, DAY, "見本", [row(n) for n in range(1, 60)], of=118)
    assert [text.count("extract: 59 of 118 examinees") for text in read_text(path.read_bytes())] == [1] * pages


def test_an_empty_day_says_so(tmp_path, read_text):
    assert write_day_list(tmp_path / "day.pdf", DAY, "見本", []) == 1
    assert "No examinees" in read_text((tmp_path / "day.pdf").read_bytes())[0]
