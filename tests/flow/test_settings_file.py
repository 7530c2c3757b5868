"""A parameter file is read as typed settings, or every mistake in it is told at once, in words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.core.faults import Fault
from kiosk.core.settings import Settings, setting
from kiosk.core.words import say
from kiosk.flow.settings_file import StationFile, WrongSettings, read_settings, validated, volumes_of
from kiosk.modes.catalog import all_modes


@dataclass(frozen=True)
class Node(Settings):
    ae_title: str = setting("", "AE title")
    port: int = setting(104, "port")


@dataclass(frozen=True)
class Server(Settings):
    address: str = setting("", "address")


@dataclass(frozen=True)
class Example(Settings):
    port: int = setting(11112, "port")
    layout: Literal["dated", "flat"] = setting("dated", "layout")
    anyone: bool = setting(False, "anyone")
    limit: float = setting(0.5, "limit")
    words: tuple[str, ...] = setting((), "words")
    nodes: tuple[Node, ...] = setting((), "nodes")
    server: Server = setting(Server, "server")


@dataclass(frozen=True)
class Strict(Settings):
    needed: str


CLASSES: dict[str, type] = {"example": Example, "strict": Strict}


def read(tmp_path: Path, text: str | bytes) -> StationFile:
    path = tmp_path / "station.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_settings(path, CLASSES)


def wrong(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(WrongSettings) as told:
        read(tmp_path, text)
    assert told.value.sentence.values["count"] == len(told.value.wrong)
    return [say(each) for each in told.value.wrong]


def test_what_is_written_is_typed_and_the_rest_has_its_default(tmp_path: Path) -> None:
    file = read(
        tmp_path,
        """
        [station]
        name = "受付-1"
        data = "here"
        [volumes]
        MAG1 = "images"
        MAG2 = { path = "more", writable = true }
        [modes.example]
        port = 104
        words = ["a", "b"]
        nodes = [{ ae_title = "CR1" }]
        [modes.example.server]
        address = "192.168.1.1"
        """,
    )
    assert file.station.name == "受付-1" and file.station.idle_lock_min == 10
    example = file.modes["example"]
    assert (example.port, example.layout, example.words, example.limit) == (104, "dated", ("a", "b"), 0.5)
    assert example.nodes == (Node("CR1", 104),) and example.server == Server("192.168.1.1")
    assert file.data == tmp_path / "here"
    volumes = {volume.id: volume for volume in volumes_of(file)}
    assert (volumes["MAG1"].root, volumes["MAG1"].writable) == (tmp_path / "images", False)
    assert [each.id for each in volumes_of(file).receivers] == ["MAG2"]


def test_an_empty_file_is_a_station_without_modes_and_one_disk(tmp_path: Path) -> None:
    file = read(tmp_path, "")
    assert file.modes == {} and file.station == StationFile().station
    [only] = volumes_of(file)
    assert (only.root, only.writable, only.role) == (tmp_path / "data" / "MAG1", True, "gateway")


def test_every_mistake_is_told_at_once_with_key_and_nearest_name(tmp_path: Path) -> None:
    told = wrong(
        tmp_path,
        """
        titel = 1
        [staton]
        [station]
        nane = "x"
        idle_lock_min = "many"
        [volumes.MAG1]
        pfad = "x"
        [modes.exmaple]
        [modes.example]
        prot = 1
        port = 1.5
        layout = "round"
        anyone = "yes, please"
        words = "a"
        nodes = [{ ae_titel = "CR1" }, { port = "x" }]
        server.adress = "x"
        [modes.strict]
        """,
    )
    joined = "\n".join(told)
    for part in (
        "titel is not known",
        "staton is not known; did you mean station?",
        "station.nane is not known; did you mean name?",
        "station.idle_lock_min = 'many' does not fit: a whole number is wanted",
        "volumes.MAG1.pfad is not known",
        "modes.exmaple is not known; did you mean example?",
        "modes.example.prot is not known; did you mean port?",
        "modes.example.port = 1.5 does not fit: a whole number is wanted",
        "modes.example.layout = 'round' does not fit: one of 'dated' or 'flat' is wanted",
        "modes.example.anyone = 'yes, please' does not fit: true or false is wanted",
        "modes.example.words = 'a' does not fit: a list in brackets is wanted",
        "modes.example.nodes.0.ae_titel is not known; did you mean ae_title?",
        "modes.example.nodes.1.port = 'x' does not fit",
        "modes.example.server.adress is not known; did you mean address?",
        "modes.strict.needed is missing",
    ):
        assert part in joined, part
    assert len(told) == 15


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("station = 3", "station"),
        ("station = []", "station"),
        ("modes = 3", "[modes] must be a table"),
        ("modes = []", "[modes] must be a table"),
        ("volumes = 'x'", "[volumes] must be a table"),
        ("[modes]\nexample = 3", "modes.example"),
        ("[volumes]\nMAG1 = 3", "volumes.MAG1"),
        ('[station]\nlanguage = "de"', "station.language = 'de'"),
        ("[station]\nlogin = 1979-05-27", "station.login"),
        ("[modes.example]\nport = true", "modes.example.port"),
        ('[modes.example]\nport = "104"', "modes.example.port = '104' does not fit: a whole number is wanted"),
        ("[modes.example]\nanyone = 1", "modes.example.anyone"),
        ("[station]\nname = 5", "station.name = 5 does not fit: text in quotation marks is wanted"),
    ],
)
def test_wrong_types_are_named(tmp_path: Path, text: str, part: str) -> None:
    (told,) = wrong(tmp_path, text)
    assert part in told


def test_a_number_without_a_point_is_a_number(tmp_path: Path) -> None:
    assert read(tmp_path, "[modes.example]\nlimit = 1").modes["example"].limit == 1.0


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    assert read(tmp_path, b'\xef\xbb\xbf[station]\r\nname = "x"\r\n').station.name == "x"


@pytest.mark.parametrize(
    ("data", "reference"),
    [
        ('[station]\nname = "受付"'.encode("cp932"), "P203"),
        ('[station]\nname = "受付"'.encode("utf-16"), "P203"),
        (b"\xff\xfe\x00", "P203"),
        (b"[station\nname = 1", "P204"),
        (b'[station]\nname = "x"\nname = "y"', "P204"),
        (b"\x00", "P204"),
    ],
)
def test_a_file_that_is_no_toml_is_a_sentence_with_what_to_do(tmp_path: Path, data: bytes, reference: str) -> None:
    with pytest.raises(Fault) as told:
        read(tmp_path, data)
    assert told.value.reference == reference
    assert "station.toml" in told.value.told() and told.value.next_step.text


def test_a_line_that_is_no_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="TOML") as told:
        read(tmp_path, "[station]\nname = x\n")
    assert "line 2" in told.value.told()


def test_a_missing_file_and_a_folder_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(Fault) as told:
        read_settings(tmp_path / "nowhere.toml", CLASSES)
    assert told.value.reference == "P202"
    with pytest.raises(Fault) as told:
        read_settings(tmp_path, CLASSES)
    assert told.value.reference == "P203"


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.text(max_size=20)
    | st.dates()
    | st.times(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(
    ["name", "data", "centre", "login", "port", "nodes", "server", "words", "layout", "path", "x", "", "0"]
)
bodies = st.dictionaries(keys, values, max_size=5)
raws = st.fixed_dictionaries(
    {},
    optional={
        "station": bodies | values,
        "volumes": st.dictionaries(st.text(max_size=6), bodies | values, max_size=3) | values,
        "modes": st.dictionaries(st.sampled_from(["example", "strict", "gateway", ""]), bodies | values) | values,
        "x": values,
    },
)


@given(raws)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_written_there_is_settings_or_a_sentence(raw: dict[str, Any]) -> None:
    try:
        file = validated(raw, CLASSES)
    except WrongSettings as told:
        assert told.wrong and all(say(each) for each in told.wrong)
    else:
        list(volumes_of(file))


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_lies_in_the_file_is_settings_or_a_sentence(tmp_path: Path, data: bytes) -> None:
    try:
        read(tmp_path, data)
    except Fault as told:
        assert told.told()


def test_every_default_can_be_written_out_and_read_back(tmp_path: Path) -> None:
    import dataclasses

    modes, broken = all_modes()
    assert broken == []
    classes = {name: mode.settings for name, mode in modes.items()}
    defaults = {name: cls() for name, cls in classes.items()}
    raw = {"modes": {name: _without_none(dataclasses.asdict(each)) for name, each in defaults.items()}}
    path = tmp_path / "all.toml"
    path.write_text(tomlkit.dumps(raw), encoding="utf-8")
    assert read_settings(path, classes).modes == defaults


def _without_none(body: Any) -> Any:
    if isinstance(body, dict):
        return {key: _without_none(value) for key, value in body.items() if value is not None}
    return [_without_none(value) for value in body] if isinstance(body, list | tuple) else body


@pytest.mark.parametrize(
    "centre",
    [
        "mysql://x/y",
        "nonsense",
        "postgresql+psycopg://u:geheim@server:abc/x",
        "postgresql+psycopg://u@server",
        "postgresql://u@server/x",
        "sqlite:///centre.sqlite",
        "centre.sqlite",
    ],
)
def test_a_store_that_could_never_be_opened_is_a_mistake_of_the_file(tmp_path: Path, centre: str) -> None:
    """A gateway that starts with it would refuse every image."""
    (told,) = wrong(tmp_path, f'[station]\ncentre = "{centre}"\n')
    assert "station.centre" in told and "postgresql+psycopg://" in told and "geheim" not in told


def test_stores_that_can_be_opened_are_no_mistake(tmp_path: Path) -> None:
    for centre in ("", "postgresql+psycopg://kiosk@server/kiosk", f"sqlite:///{(tmp_path / 'x').as_posix()}"):
        assert read(tmp_path, f'[station]\ncentre = "{centre}"\n').station.centre == centre
