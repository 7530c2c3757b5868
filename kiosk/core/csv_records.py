"""CSV bytes into records with their line numbers, in any encoding and line end; a broken record spoils no other."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from kiosk.core.words import N_

LONGEST_RECORD_LINES = 20  # a quoted field may hold line breaks; a quote that never closes must not eat the file
SNIFFED_BYTES = 256 * 1024

_PRIVATE = re.compile("[\ue000-\uf8ff]")
_UTF8_BOM = codecs.BOM_UTF8
_UTF16_BOMS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_OPEN_QUOTE = N_("A quotation mark is opened and never closed.")
_UNREADABLE = N_("The row holds bytes that are no characters; the file was damaged or cut on its way.")


class Record(NamedTuple):
    """``line`` counts the file's lines from 1. ``broken`` is a sentence where the cells can't be trusted."""

    line: int
    cells: list[str]
    broken: str = ""


def records(pieces: Iterable[bytes], *, encoding: str = "auto", delimiter: str = ",") -> Iterator[Record]:
    """The records of a CSV (RFC 4180, lenient). ``encoding``: ``cp932``, ``utf-8`` or ``auto``; a byte order mark wins.

    Lines end with LF, CR LF or CR. A line that the encoding can't read is tried in the other one by itself.
    """
    stream, found = _sniffed(iter(pieces), encoding)
    lines = _lines(stream)
    number = 0
    held: list[tuple[int, str]] = []  # lines read ahead for an open quote that turned out to be a slip
    while True:
        if held:
            first, text = held.pop(0)
        else:
            raw = next(lines, None)
            if raw is None:
                return
            number += 1
            first, text = number, _decoded(raw, found)
        if '"' not in text:
            yield Record(first, text.split(delimiter), _UNREADABLE if "\ufffd" in text else "")
            continue
        state = _quote_state(text, delimiter)
        ahead: list[tuple[int, str]] = []
        whole = text
        while state == _OPEN and len(ahead) < LONGEST_RECORD_LINES:
            if held:
                following = held.pop(0)
            else:
                raw = next(lines, None)
                if raw is None:
                    break
                number += 1
                following = (number, _decoded(raw, found))
            ahead.append(following)
            whole = f"{whole}\n{following[1]}"
            state = _quote_state(whole, delimiter)
        if state != _CLOSED and ahead:
            held = ahead + held
            yield Record(first, [], _OPEN_QUOTE)
            continue
        if state == _OPEN:
            yield Record(first, [], _OPEN_QUOTE)
            continue
        cells = next(csv.reader([whole], delimiter=delimiter), [])
        yield Record(first, cells, _UNREADABLE if "\ufffd" in whole else "")


_CLOSED, _OPEN, _WRONG = "closed", "open", "wrong"


def _quote_state(text: str, delimiter: str) -> str:
    """Does the text end inside a quoted field (open), or go on after a closing quote with more than a delimiter?"""
    if text.count('"') % 2 == 0 and "\n" not in text:
        return _CLOSED
    at, end = 0, len(text)
    while at < end:
        if text[at] != '"':
            found = text.find(delimiter, at)
            at = end if found < 0 else found + 1
            continue
        at += 1
        while True:
            closing = text.find('"', at)
            if closing < 0:
                return _OPEN
            if text[closing + 1 : closing + 2] != '"':
                break
            at = closing + 2
        at = closing + 1
        if at < end and text[at] != delimiter:
            if "\n" in text:
                return _WRONG  # the line below began a field of its own: the quote above was never closed
            found = text.find(delimiter, at)
            at = end if found < 0 else found
        at += 1
    return _CLOSED


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        block = rest + piece
        found = block.splitlines()
        # The last line may go on in the next piece, and a CR at the end may be half of a CR LF.
        if block[-1:] == b"\n":
            rest = b""
        elif block[-1:] == b"\r":
            rest = (found.pop() if found else b"") + b"\r"
        else:
            rest = found.pop() if found else b""
        yield from found
    yield from rest.splitlines()


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        text = raw.decode(encoding)
        if encoding != "cp932" or text.isascii() or not _PRIVATE.search(text):
            return text
    except UnicodeDecodeError:
        text = ""
    # A line of the other encoding; UTF-8 may pass for cp932 with characters of nobody's own (外字) in it.
    try:
        return raw.decode("cp932" if encoding == "utf-8" else "utf-8")
    except UnicodeDecodeError:
        return text or raw.decode(encoding, errors="replace")


def _sniffed(pieces: Iterator[bytes], encoding: str) -> tuple[Iterator[bytes], str]:
    """The bytes from their first character on, and their encoding."""
    start = b""
    for piece in pieces:
        start += piece
        if len(start) >= SNIFFED_BYTES:
            break
    if start.startswith(_UTF8_BOM):
        return chain((start[3:],), pieces), "utf-8"
    for mark, name in _UTF16_BOMS.items():
        if start.startswith(mark):
            return _as_utf8(chain((start[2:],), pieces), name), "utf-8"
    if encoding.lower() in ("auto", ""):
        encoding = "utf-8" if _is_utf8(start) else "cp932"
    return chain((start,), pieces), encoding.lower()


def _is_utf8(start: bytes) -> bool:
    if start.isascii():
        return False
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(start)  # not final: the last character may be cut
    except UnicodeDecodeError:
        return False
    return True


def _as_utf8(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for piece in pieces:
        yield decoder.decode(piece).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")
