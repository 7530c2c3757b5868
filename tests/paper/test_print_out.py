"""Files are whole or absent, pages become pictures, and printing says where the page went."""

import io
import os
import sys

import pytest
from PIL import Image

from kiosk.core.faults import Fault
from kiosk.paper import page, preview, print_out
from kiosk.paper.page import Frame, Sheets, write_whole


def sheet() -> bytes:
    sheets = Sheets(Frame("見本", "見本健診センター"))
    sheets.paragraph("異常なし")
    return sheets.pdf()


def test_a_page_becomes_a_picture_of_the_wanted_width():
    data = preview.page_png(sheet(), width_px=600)
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.size[0] == 600 and 840 <= picture.size[1] <= 860
        assert picture.convert("L").getextrema()[0] < 80
    assert preview.page_count(sheet()) == 1


def test_what_is_no_pdf_is_told():
    with pytest.raises(Fault):
        preview.page_count(b"no pdf")


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "new" / "a.pdf"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert [found.name for found in path.parent.iterdir()] == ["a.pdf"]


def test_a_write_that_fails_leaves_the_old_file_and_no_rubbish(tmp_path, monkeypatch):
    path = tmp_path / "a.pdf"
    write_whole(path, b"one")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(page.os, "fsync", full)
    with pytest.raises(Fault) as caught:
        write_whole(path, b"two")
    assert caught.value.reference == "P507"
    assert path.read_bytes() == b"one"
    assert [found.name for found in tmp_path.iterdir()] == ["a.pdf"]


def test_the_configured_command_gets_the_file(tmp_path):
    path = tmp_path / "髙 a.pdf"
    path.write_bytes(sheet())
    copy = "import shutil,sys; shutil.copy(sys.argv[1], sys.argv[1] + '.sent')"
    done = print_out.print_out(path, [sys.executable, "-c", copy, "{file}"])
    assert done.to_printer
    assert path.with_name(path.name + ".sent").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("command", [["/nonexistent/print"], [sys.executable, "-c", "raise SystemExit(3)"]])
def test_a_printer_that_refuses_is_told(tmp_path, command):
    with pytest.raises(Fault) as caught:
        print_out.print_out(tmp_path / "a.pdf", command)
    assert caught.value.reference == "P503"


def test_windows_prints_by_the_files_own_verb(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(os, "startfile", lambda *words: asked.append(words), raising=False)
    assert print_out.print_out(tmp_path / "a.pdf", platform="win32").to_printer
    assert asked == [(str(tmp_path / "a.pdf"), "print")]


def test_without_a_printer_the_file_is_all_there_is(tmp_path, monkeypatch):
    monkeypatch.setattr(print_out.shutil, "which", lambda _: None)
    assert not print_out.print_out(tmp_path / "a.pdf", platform="linux").to_printer
