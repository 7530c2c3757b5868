"""The frame that every page shares: A4 or A3, title, footer with page n/m, footnotes for what could not be shown."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A3, A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from kiosk.core.faults import Fault
from kiosk.core.words import N_, say
from kiosk.paper import fonts, lines

INK, SECONDARY, LINE, GROUND = "#16202b", "#5a6775", "#9aa5b1", "#f3f5f8"
NOTE_MM = 4.4  # height of a footnote line
_FOOTER_MM = 11.0


@dataclass(frozen=True)
class Frame:
    """What stands around every page. ``printed_at`` empty gives the same bytes each time."""

    title: str
    institution: str = ""
    right: str = ""  # at the right of the title: the day, the number
    station: str = ""
    printed_at: str = ""
    landscape: bool = False
    large: bool = False  # A3 instead of A4
    margin_mm: float = 12.0
    bare: bool = False  # nothing around the pages: neither title nor footer nor footnotes (label sheets)


@dataclass
class _Page:
    draw: list[Callable[[Canvas], None]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Sheets:
    """Pages under construction. Places are millimetres from the top left corner; text stands on its ``y``."""

    def __init__(self, frame: Frame) -> None:
        fonts.register()
        self.frame = frame
        short, long = A3 if frame.large else A4
        width, height = (long, short) if frame.landscape else (short, long)
        self.width_mm, self.height_mm = width / mm, height / mm
        self.left_mm, self.right_mm = frame.margin_mm, self.width_mm - frame.margin_mm
        self.pages: list[_Page] = []
        self.y_mm = 0.0
        self.new_page()

    @property
    def bottom_mm(self) -> float:
        """The lowest place that work may use on this page: above its footnotes and the footer."""
        return self.height_mm - _FOOTER_MM - 4 - NOTE_MM * len(self.pages[-1].notes)

    def new_page(self) -> None:
        """Begin a page; ``y_mm`` stands below the title."""
        self.pages.append(_Page())
        if self.frame.bare:
            self.y_mm = 0.0
            return
        top = self.frame.margin_mm
        room = self.right_mm - self.left_mm
        right_mm = fonts.width_pt(self.frame.right, 11) / mm
        self.text(self.left_mm, top + 4, self.frame.institution, 9, color=SECONDARY)
        title = lines.shortened(self.frame.title, (room - right_mm - 6) * mm, 16, bold=True)
        self.text(self.left_mm, top + 11.5, title, 16, bold=True)
        self.text(self.right_mm, top + 11.5, self.frame.right, 11, align="right")
        self.rule(self.left_mm, top + 14.5, self.right_mm, width_pt=1.2, color=INK)
        self.y_mm = top + 19

    def text(
        self, x_mm: float, y_mm: float, text: str, size_pt: float = 10, *,
        bold: bool = False, align: str = "left", color: str = INK,
    ) -> None:  # fmt: skip
        """One line of text; ``align`` is left, right or centre of ``x_mm``."""
        if not text:
            return
        width = fonts.width_pt(text, size_pt, bold)
        x = x_mm * mm - {"left": 0.0, "right": width, "centre": width / 2}[align]
        pieces = fonts.runs(text, bold)

        def draw(canvas: Canvas) -> None:
            at = x
            for run in pieces:
                canvas.saveState()  # the render mode below would otherwise stay for all that follows
                line = canvas.beginText(at, self._y(y_mm))
                line.setFont(run.font, size_pt)
                line.setFillColor(color)
                if run.thicken:
                    canvas.setLineWidth(size_pt * 0.03)
                    line.setStrokeColor(color)
                    line.setTextRenderMode(2)
                line.textOut(run.text)
                canvas.drawText(line)
                canvas.restoreState()
                at += canvas.stringWidth(run.text, run.font, size_pt)

        self._draw(draw)

    def paragraph(self, text: str, size_pt: float = 10, *, x_mm: float | None = None, bold: bool = False) -> None:
        """Text over as many lines and pages as it needs, from ``y_mm`` on."""
        left = self.left_mm if x_mm is None else x_mm
        step = size_pt * 1.55 / mm
        for line in lines.wrapped(text, (self.right_mm - left) * mm, size_pt, bold):
            self.need(step)
            self.text(left, self.y_mm + step * 0.75, line, size_pt, bold=bold)
            self.y_mm += step

    def need(self, height_mm: float) -> bool:
        """Go to a new page when less than this is left; True when it did."""
        if self.y_mm + height_mm <= self.bottom_mm:
            return False
        self.new_page()
        return True

    def rule(self, x_mm: float, y_mm: float, to_mm: float, *, width_pt: float = 0.5, color: str = LINE) -> None:
        """A level line."""

        def draw(canvas: Canvas) -> None:
            canvas.setStrokeColor(color)
            canvas.setLineWidth(width_pt)
            canvas.line(x_mm * mm, self._y(y_mm), to_mm * mm, self._y(y_mm))

        self._draw(draw)

    def box(
        self, x_mm: float, y_mm: float, width_mm: float, height_mm: float, *, fill: str = "", line: str = LINE
    ) -> None:
        """A rectangle whose upper left corner is at the place; ``fill`` and ``line`` may be empty."""

        def draw(canvas: Canvas) -> None:
            if fill:
                canvas.setFillColor(fill)
            if line:
                canvas.setStrokeColor(line)
                canvas.setLineWidth(0.5)
            low = self._y(y_mm + height_mm)
            canvas.rect(x_mm * mm, low, width_mm * mm, height_mm * mm, stroke=bool(line), fill=bool(fill))

        self._draw(draw)

    def picture(self, data: bytes, x_mm: float, y_mm: float, width_mm: float, height_mm: float) -> None:
        """A JPEG or PNG, whole and undistorted, in the middle of the given field."""
        reader = _reader(data)
        wide, high = reader.getSize()
        scale = min(width_mm / wide, height_mm / high)
        w_mm, h_mm = wide * scale, high * scale
        x_mm, y_mm = x_mm + (width_mm - w_mm) / 2, y_mm + (height_mm - h_mm) / 2

        def draw(canvas: Canvas) -> None:
            canvas.drawImage(reader, x_mm * mm, self._y(y_mm + h_mm), w_mm * mm, h_mm * mm)

        self._draw(draw)

    def drawing(self, draw_at: Callable[[Canvas, float, float], None], x_mm: float, y_mm: float) -> None:
        """Anything that draws itself on a reportlab canvas (a barcode) with its lower left corner at the place."""

        def draw(canvas: Canvas) -> None:
            canvas.saveState()
            canvas.setFillColor("#000000")
            canvas.setStrokeColor("#000000")
            draw_at(canvas, x_mm * mm, self._y(y_mm))
            canvas.restoreState()

        self._draw(draw)

    def note(self, text: str) -> None:
        """A footnote on this page, said once."""
        notes = self.pages[-1].notes
        if text not in notes:
            notes.append(text)

    def pdf(self) -> bytes:
        """The finished document. The same facts give the same bytes (no clock, no random id inside)."""
        out = BytesIO()
        size = (self.width_mm * mm, self.height_mm * mm)
        canvas = Canvas(out, pagesize=size, invariant=1, initialFontName=fonts.MAIN, lang="ja-JP")
        canvas.setTitle(self.frame.title)
        canvas.setAuthor(self.frame.institution)
        canvas.setCreator("kiosk")
        for number, page in enumerate(self.pages, start=1):
            if not self.frame.bare:
                self._finish(page, number)
            for draw in page.draw:
                draw(canvas)
            canvas.showPage()
        canvas.save()
        return out.getvalue()

    def _finish(self, page: _Page, number: int) -> None:
        """Footnotes and footer, known only when all pages are."""
        low = self.height_mm - _FOOTER_MM
        self._onto = page
        for place, note in enumerate(reversed(page.notes)):
            line = lines.shortened(note, (self.right_mm - self.left_mm) * mm, 8)
            self.text(self.left_mm, low - 3 - NOTE_MM * place, line, 8, color=INK)
        self.rule(self.left_mm, low, self.right_mm)
        parts = [self.frame.station]
        if self.frame.printed_at:
            parts.append(say(N_("Printed {at}"), at=self.frame.printed_at))
        self.text(self.left_mm, low + 4, "  ".join(part for part in parts if part), 8, color=SECONDARY)
        self.text(self.right_mm, low + 4, f"{number} / {len(self.pages)}", 9, align="right")
        del self._onto

    def _draw(self, draw: Callable[[Canvas], None]) -> None:
        page: _Page = getattr(self, "_onto", None) or self.pages[-1]
        page.draw.append(draw)

    def _y(self, y_mm: float) -> float:
        return (self.height_mm - y_mm) * mm


def _reader(data: bytes) -> Any:
    """The picture, opened as the two kinds we write ourselves: nothing else may reach a decoder from here."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(data), formats=("JPEG", "PNG")) as picture:
            picture.verify()
        return ImageReader(BytesIO(data))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as why:
        raise Fault(
            N_("A picture for this page cannot be read."),
            N_("Take the key image over from the viewer again, then print again."),
            reference="P415",
        ) from why


def write_whole(path: Path, data: bytes, failed: str = N_("The page could not be written to {path}.")) -> None:
    """Write a file so that it is either the whole new one or the old one, also after a power cut. Raises Fault, which
    says ``failed``.
    """
    name = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except OSError as why:
        with suppress(OSError):
            os.unlink(name)
        raise Fault(
            failed,
            N_("If it is open in another program, close it there; look whether the disk is full; then try again."),
            reference="P507",
            path=str(path),
        ) from why
    if os.name == "posix":  # Windows keeps the rename itself safe and cannot open a folder
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
