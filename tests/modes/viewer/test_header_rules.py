"""Headers are searched by every word, and set against each other element by element."""

from __future__ import annotations

import time

from kiosk.modes.viewer.header_rules import Line, Search, pairs

MINE: list[Line] = [
    ("(0002,0010)", "TransferSyntaxUID", "UI", "1.2", 0),
    ("(0010,0010)", "PatientName", "PN", "Mihon^Taro", 0),
    ("(0029,1010)", "[CSA Image Header Info]", "OB", "<12 bytes>", 0),
    ("(0040,0275)", "RequestAttributesSequence", "SQ", "[2]", 0),
    ("", "", "", "#1", 1),
    ("(0040,1001)", "RequestedProcedureID", "SH", "R1", 1),
    ("", "", "", "#2", 1),
    ("(0040,1001)", "RequestedProcedureID", "SH", "R2", 1),
    ("(7FE0,0010)", "PixelData", "OW", "<8 bytes>", 0),
]


def test_lines_hold_every_word_looked_for() -> None:
    search = Search(pairs(MINE))
    assert len(search.lines("")) == 9
    [(number, pair)] = search.lines("name mihon")
    assert number == 1 and pair.cells(False) == ("(0010,0010)", "PatientName", "PN", "Mihon^Taro")
    assert search.lines("0040,1001 r2")[0][1].cells(False)[0] == "  (0040,1001)"
    assert search.lines("csa") and search.lines("nothing") == []


def test_two_headers_side_by_side() -> None:
    theirs = [line for line in MINE if line[1] != "PatientName"]
    theirs[-2] = (*theirs[-2][:3], "R3", 1)
    theirs += [("(0008,0060)", "Modality", "CS", "CR", 0)]
    both = pairs(MINE, theirs)
    assert [pair.tag for pair in both][:3] == ["(0002,0010)", "(0008,0060)", "(0010,0010)"]
    different = [pair for _, pair in Search(both).lines("", differences=True)]
    assert [(pair.keyword, pair.value, pair.other) for pair in different] == [
        ("Modality", None, "CR"),
        ("PatientName", "Mihon^Taro", None),
        ("RequestedProcedureID", "R2", "R3"),
    ]
    assert both[-1].keyword == "PixelData" and len(both) == 10


def test_a_header_of_twenty_thousand_lines_is_searched_as_one_types() -> None:
    large = [
        (f"({number // 256:04X},{number % 256:04X})", f"Element{number}", "LO", "値" * 40, 0)
        for number in range(20_000)
    ]
    began = time.perf_counter()
    search = Search(pairs(large, large))
    assert time.perf_counter() - began < 3
    began = time.perf_counter()
    assert len(search.lines("element19999 値")) == 1
    assert time.perf_counter() - began < 0.5
