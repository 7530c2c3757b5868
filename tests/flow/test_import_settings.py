"""The old positional files become a parameter file that loads, or a sentence that names the line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.core.faults import Fault
from kiosk.flow.import_settings import import_settings
from kiosk.flow.settings_file import read_settings
from kiosk.modes.catalog import all_modes

# Port, IP, calling AE, called AE, destinations 4 to 14 (one letter or none: not used), log flag, log folder.
CSTORE = ["104", "192.168.1.10", "VIEWER1", "PACS", "DEST01", "DEST02", "", "-", "DEST03", *[""] * 6]
CSTORE += ["01", "C:\\toa\\ログ"]


def write(path: Path, lines: list[str], end: str = "\r\n") -> Path:
    path.write_bytes((end.join(lines) + end).encode("cp932"))
    return path


def gateway(path: Path) -> Any:
    """The gateway's settings as the program reads them from the file that was written."""
    modes, _ = all_modes()
    return read_settings(path, {name: mode.settings for name, mode in modes.items()}).modes["gateway"]


def test_the_query_client_of_the_old_file(tmp_path: Path) -> None:
    source = write(tmp_path / "ParamCSTORE.dat", CSTORE)
    written = import_settings(source, tmp_path / "gateway.toml")
    query = gateway(written).query
    assert (query.address, query.port) == ("192.168.1.10", 104)
    assert (query.calling_ae, query.called_ae) == ("VIEWER1", "PACS")
    assert list(query.destinations) == ["DEST01", "DEST02", "DEST03"], "the first is the default"
    assert query.log is True and query.log_folder == "C:\\toa\\ログ"
    assert written.read_text(encoding="utf-8").startswith("# made from ParamCSTORE.dat")


def test_eleven_destinations_and_not_one_more(tmp_path: Path) -> None:
    lines = ["104", "10.0.0.1", "A", "B", *[f"DEST{number:02d}" for number in range(11)], "00", ""]
    query = gateway(import_settings(write(tmp_path / "paramcstore.DAT", lines), tmp_path / "g.toml")).query
    assert list(query.destinations) == [f"DEST{number:02d}" for number in range(11)]
    assert query.log is False


@pytest.mark.parametrize(("layout", "said"), [("0", "dated"), ("1", "flat")])
def test_the_receiver_of_the_old_file(tmp_path: Path, layout: str, said: str) -> None:
    written = import_settings(write(tmp_path / "ParamMWMRoot.dat", ["5104", layout]), tmp_path / "gateway.toml")
    assert (gateway(written).port, gateway(written).layout) == (5104, said)


@pytest.mark.parametrize(
    "text", ['"5104"\r\n"1"\r\n', "5104,1", '"5104","1"\r\n', "5104\n1", "5104\r1\r", " 5104 \r\n 1 \r\n\r\n"]
)
def test_the_ways_in_which_the_old_programs_wrote(tmp_path: Path, text: str) -> None:
    source = tmp_path / "ParamMWMRoot.dat"
    source.write_bytes(text.encode("cp932"))
    written = import_settings(source, tmp_path / "gateway.toml")
    assert (gateway(written).port, gateway(written).layout) == (5104, "flat")


def test_an_old_file_that_a_newer_notepad_saved_is_read(tmp_path: Path) -> None:
    source = tmp_path / "ParamCSTORE.dat"
    source.write_bytes(b"\xef\xbb\xbf" + ("\r\n".join(CSTORE) + "\r\n").encode())
    query = gateway(import_settings(source, tmp_path / "gateway.toml")).query
    assert (query.port, query.log_folder) == (104, "C:\\toa\\ログ")


def test_an_existing_file_is_never_written_over(tmp_path: Path) -> None:
    target = tmp_path / "gateway.toml"
    target.write_text("mine")
    with pytest.raises(Fault) as told:
        import_settings(write(tmp_path / "ParamMWMRoot.dat", ["5104", "0"]), target)
    assert told.value.reference == "P220" and target.read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "lines", "reference", "part"),
    [
        ("ParamMWMRoot.dat", ["x", "0"], "P223", "Line 1"),
        ("ParamMWMRoot.dat", ["70000", "0"], "P223", "65535"),
        ("ParamMWMRoot.dat", ["5104", "2"], "P223", "Line 2"),
        ("ParamMWMRoot.dat", ["5104"], "P223", "Line 2"),
        ("ParamMWMRoot.dat", [""], "P223", "Line 1"),
        ("ParamMWMRoot.dat", ["①", "0"], "P223", "Line 1"),
        ("ParamCSTORE.dat", ["104"], "P224", "too early"),
        ("ParamCSTORE.dat", ["104", "", "A", "B"], "P224", "too early"),
        ("ParamXYZ.dat", ["104"], "P222", "ParamXYZ.dat"),
    ],
)
def test_what_does_not_fit_is_named_by_its_line(
    tmp_path: Path, name: str, lines: list[str], reference: str, part: str
) -> None:
    source = tmp_path / name
    source.write_bytes("\r\n".join(lines).encode("cp932"))
    with pytest.raises(Fault) as told:
        import_settings(source, tmp_path / "gateway.toml")
    assert told.value.reference == reference and part in told.value.told()
    assert not (tmp_path / "gateway.toml").exists()


def test_a_file_that_is_not_there_or_not_readable_or_not_writable(tmp_path: Path) -> None:
    with pytest.raises(Fault) as told:
        import_settings(tmp_path / "ParamCSTORE.dat", tmp_path / "g.toml")
    assert told.value.reference == "P221"
    (tmp_path / "ParamMWMRoot.dat").write_bytes(b"\x81")
    with pytest.raises(Fault) as told:
        import_settings(tmp_path / "ParamMWMRoot.dat", tmp_path / "g.toml")
    assert told.value.reference == "P221"
    write(tmp_path / "ParamMWMRoot.dat", ["5104", "0"])
    with pytest.raises(Fault) as told:
        import_settings(tmp_path / "ParamMWMRoot.dat", tmp_path / "no folder" / "g.toml")
    assert told.value.reference == "P225" and told.value.next_step.text


@given(
    st.lists(st.text(st.characters(codec="cp932", exclude_characters="¢£¬‖−〜"), max_size=12), max_size=20),
    st.sampled_from(["CSTORE", "MWMRoot"]),
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_the_old_file_is_a_loading_file_or_a_sentence(
    tmp_path: Path, lines: list[str], name: str
) -> None:
    target = tmp_path / "g.toml"
    target.unlink(missing_ok=True)
    source = tmp_path / f"Param{name}.dat"
    source.write_bytes("\r\n".join(lines).encode("cp932"))
    try:
        import_settings(source, target)
    except Fault as told:
        assert told.told() and not target.exists()
    else:
        gateway(target)
