"""A study in the folder of another viewer: in order, nothing of others touched, nothing left of what was stopped."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.faults import Fault
from kiosk.flow.answers import Stopped
from kiosk.flow.hand_to_viewer import HandToViewer, Outside


def nothing(part: float) -> None: ...


@pytest.fixture
def sources(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    found = []
    for number in range(3):
        found.append(folder / f"{number}.dcm")
        found[-1].write_bytes(bytes([number]) * (1500 << 10))
    return found


def hands(tmp_path: Path, **told: Any) -> HandToViewer:
    template = "{id},{name}\n{count},{folder}"
    how = {"folder": tmp_path / "画像", "parameter_file": tmp_path / "param.txt", "template": template,
           "encoding": "cp932", "command": (), **told}  # fmt: skip
    return HandToViewer(Outside(**how), tmp_path / "kept")


def lying(tmp_path: Path) -> list[str]:
    return sorted(each.name for each in (tmp_path / "画像").iterdir())


def test_files_parameters_then_the_program(tmp_path: Path, sources: list[Path], wait_until: Any) -> None:
    script = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_text(sys.argv[2], encoding='utf-8')"
    command = (sys.executable, "-c", script, str(tmp_path / "started.txt"), '{name} "x" & {first}')
    told: list[float] = []
    done = hands(tmp_path, command=command).hand_over(sources, {"id": "P1", "name": "髙橋 太郎"}, told.append)
    assert (done.count, done.started) == (3, True) and told[-1] == 1.0 and told == sorted(told)
    assert lying(tmp_path) == ["SC0001.dcm", "SC0002.dcm", "SC0003.dcm"]
    for source, copy in zip(sources, sorted((tmp_path / "画像").iterdir()), strict=True):
        assert source.read_bytes() == copy.read_bytes()
    expected = f"P1,髙橋 太郎\r\n3,{tmp_path / '画像'}\r\n"
    assert (tmp_path / "param.txt").read_bytes() == expected.encode("cp932")
    first = tmp_path / "画像" / "SC0001.dcm"
    wait_until(lambda: (tmp_path / "started.txt").exists() and (tmp_path / "started.txt").read_text(encoding="utf-8"))
    assert (tmp_path / "started.txt").read_text(encoding="utf-8") == f'髙橋 太郎 "x" & {first}'


def test_the_next_study_takes_the_place_of_ours_and_of_nobody_elses(tmp_path: Path, sources: list[Path]) -> None:
    hands(tmp_path).hand_over(sources, {}, nothing)
    (tmp_path / "画像" / "readme.txt").write_text("of others")
    hands(tmp_path).hand_over(sources[:1], {}, nothing)
    assert lying(tmp_path) == ["SC0001.dcm", "readme.txt"]
    (tmp_path / "画像" / "SC0001.dcm").write_bytes(b"somebody else's")
    with pytest.raises(Fault, match="V612"):
        hands(tmp_path).hand_over(sources, {}, nothing)
    assert (tmp_path / "画像" / "SC0001.dcm").read_bytes() == b"somebody else's"


def test_what_is_stopped_or_fails_leaves_nothing_behind(tmp_path: Path, sources: list[Path]) -> None:
    def stop(part: float) -> None:
        if part > 0.5:
            raise Stopped

    with pytest.raises(Stopped):
        hands(tmp_path).hand_over(sources, {}, stop)
    assert lying(tmp_path) == []
    with pytest.raises(Fault, match="V611"):
        hands(tmp_path).hand_over([*sources, tmp_path / "gone.dcm"], {}, nothing)
    assert lying(tmp_path) == []
    with pytest.raises(Fault, match="V613"):
        hands(tmp_path, command=("no-such-program",)).hand_over(sources, {}, nothing)
    assert len(lying(tmp_path)) == 3, "the images lie there; only the start failed"
    with pytest.raises(Fault, match="V610"):
        hands(tmp_path, template="{x}")
