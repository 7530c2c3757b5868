"""Pages read back, and the invented examinee they are about."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from kiosk.core.finding import FindingBody, FindingVersion
from kiosk.core.patient import Patient
from kiosk.core.visit import Visit, VisitKey


@pytest.fixture
def read_text() -> Callable[[bytes], list[str]]:
    """The text of each page, as a reader of the PDF finds it."""
    import pypdfium2

    def read(pdf: bytes) -> list[str]:
        with pypdfium2.PdfDocument(pdf) as document:
            return [page.get_textpage().get_text_range() for page in document]

    return read


@pytest.fixture
def embedded() -> Callable[[Path], dict[str, bool]]:
    """Fonts of a PDF file and whether each is embedded, as pdffonts says."""

    def ask(path: Path) -> dict[str, bool]:
        said = subprocess.run(["pdffonts", path], capture_output=True, text=True, check=True).stdout
        rows = [line.split() for line in said.splitlines()[2:]]
        return {row[0].split("+")[-1]: row[-5] == "yes" for row in rows}

    return ask


@pytest.fixture
def patient() -> Patient:
    return Patient("0001", "00012345", "髙﨑 𠮷子", "タカサキ ヨシコ", "TAKASAKI YOSHIKO", "F", date(1971, 4, 2))


@pytest.fixture
def visit(patient: Patient) -> Visit:
    return Visit(1, VisitKey("0001", date(2026, 11, 24), "20261124-017"), patient, 1, course_name="ドックA")


@pytest.fixture
def signed() -> FindingVersion:
    body = FindingBody("肝に径12mmの嚢胞を認めます①。ｱｲｳ 㐂", ("US012",), "B")
    return FindingVersion(1, body, "例示 一郎", "2026-11-24T11:32:10.123+09:00", True)


@pytest.fixture
def jpeg() -> bytes:
    out = BytesIO()
    Image.linear_gradient("L").resize((320, 240)).save(out, "JPEG")
    return out.getvalue()
