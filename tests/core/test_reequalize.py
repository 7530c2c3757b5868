"""The re-equalise list is what the old programs wrote, and the folders are found on their volumes."""

from __future__ import annotations

from kiosk.core.reequalize import Entry, make_list, places, read_text, written

LINE = "\\\\server\\DICOM\\20100820\\CR1234_123456,20100820\\CR1234_123456,MAG2"


def test_folder_lines_become_the_list() -> None:
    again = "E:\\DICOM\\20100821\\CT0001_9"
    text = f"E:\\DICOM\\20100820\\CR1234_123456\r\n\r\n{again}\\\r\n{again}\r\n"
    entries, wrong = make_list(text, "E:", "\\\\server", "MAG2")
    assert [each.line() for each in entries] == [
        LINE, "\\\\server\\DICOM\\20100821\\CT0001_9,20100821\\CT0001_9,MAG2",
    ]  # fmt: skip
    assert wrong == []
    assert written(entries).startswith(LINE.encode() + b"\r\n")


def test_a_list_of_before_is_taken_again() -> None:
    entries, wrong = make_list(LINE + "\nnonsense\n" + LINE.replace("MAG2", "MAG3"), "server", "newserver", "")
    servers = [(each.path.split("\\")[2], each.volume) for each in entries]
    assert servers == [("newserver", "MAG2"), ("newserver", "MAG3")]
    assert wrong == ["nonsense"]
    japanese = Entry("\\\\サーバ\\DICOM\\20100820\\CR1", "20100820\\CR1", "MAG2")
    assert read_text(written([japanese])).startswith("\\\\サーバ")


def test_where_a_folder_may_lie() -> None:
    entry = make_list(LINE, "", "", "")[0][0]
    assert places(entry) == [
        "DICOM/20100820/CR1234_123456", "20100820/CR1234_123456", "IMAGE/CR/20100820/CR1234_123456",
        "DICOM/IMAGE/CR/20100820/CR1234_123456",
    ]  # fmt: skip
    assert all(".." not in each for each in places(Entry("..\\..\\x", "..\\x", "MAG2")))
