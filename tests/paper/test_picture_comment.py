"""The comment on a copy: beside or over the picture, in letters that fit, with every letter of a name."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from kiosk.core.comments import CommentSettings
from kiosk.paper.picture_comment import with_comment

LINES = ["00012345  𠮷田 花子  2026-11-25  右眼", "白内障の疑い"]


def jpeg(width: int = 800, height: int = 600) -> bytes:
    made = BytesIO()
    Image.new("RGB", (width, height), (180, 80, 40)).save(made, "JPEG", quality=95)
    return made.getvalue()


def pixels(data: bytes) -> np.ndarray:  # type: ignore[type-arg]
    return np.asarray(Image.open(BytesIO(data)).convert("RGB"))


@pytest.mark.parametrize("place", ["below", "above"])
def test_on_a_strip_of_its_own_the_picture_stays(place: str) -> None:
    made = pixels(with_comment(jpeg(), LINES, CommentSettings(place=place)))  # type: ignore[arg-type]
    strip = made.shape[0] - 600
    assert made.shape[1] == 800 and 40 < strip < 160
    picture, words = (made[:600], made[600:]) if place == "below" else (made[strip:], made[:strip])
    inner = picture[10:-10]
    assert np.abs(inner.astype(int) - (180, 80, 40)).max() < 12
    assert (words > 200).mean() > 0.01 and (words < 40).mean() > 0.5


def test_over_the_picture() -> None:
    made = pixels(with_comment(jpeg(), LINES, CommentSettings(place="over")))
    assert made.shape == (600, 800, 3)
    assert (made[-80:] > 220).any() and np.abs(made[:400].astype(int) - (180, 80, 40)).max() < 12


def test_long_lines_are_made_smaller_and_not_cut() -> None:
    made = pixels(with_comment(jpeg(400, 300), ["長" * 30], CommentSettings()))
    words = made[300:]
    assert (words[:, -12:] < 60).all() and (words > 180).any()


def test_no_lines_no_copy() -> None:
    assert with_comment(jpeg(), [], CommentSettings()) == jpeg()


def test_letters_outside_the_main_font_are_drawn() -> None:
    one, other = (pixels(with_comment(jpeg(), [letter], CommentSettings())) for letter in ("𠮷", "〓"))
    assert one.shape == other.shape and (one != other).any()
