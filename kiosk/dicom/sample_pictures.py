"""Pictures that a modality simulator takes: drawn from numbers, plausible to look at, never of a person."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Array = np.ndarray[Any, Any]


def picture(modality: str, hints: dict[str, str], seed: int) -> Array | bytes:
    """The picture of one view: uint16 array for X-ray and CT, uint8 for ultrasound, JPEG bytes for colour cameras."""
    return _DRAWN.get(modality, _card)(hints, np.random.default_rng(seed))


def _chest(hints: dict[str, str], random: np.random.Generator) -> Array:
    """A chest of 12 bits: bright mediastinum and bones, dark lungs; the lateral view has one field."""
    lateral = hints.get("ViewPosition") in ("RL", "LL", "LAT")
    canvas = Image.new("L", (512, 600), 20)
    draw = ImageDraw.Draw(canvas)
    draw.rounded_rectangle((40, 60, 472, 600), 120, fill=150)
    if lateral:
        draw.ellipse((110, 120, 400, 520), fill=70)
        draw.polygon([(360, 80), (440, 80), (430, 600), (380, 600)], fill=210)
        draw.ellipse((130, 330, 270, 480), fill=170)
    else:
        draw.ellipse((80, 110, 240, 500), fill=60)
        draw.ellipse((272, 110, 432, 500), fill=60)
        draw.polygon([(238, 40), (274, 40), (284, 600), (228, 600)], fill=205)
        draw.ellipse((230, 300, 370, 480), fill=180)
    for rib in range(9):
        y = 120 + 42 * rib
        draw.arc((60, y, 250, y + 90), 190, 340, fill=130, width=7)
        if not lateral:
            draw.arc((262, y, 452, y + 90), 200, 350, fill=130, width=7)
    draw.arc((50, 470, 260, 640), 180, 360, fill=190, width=40)
    return _twelve_bits(canvas, random, (1920, 1640))


def _breast(hints: dict[str, str], random: np.random.Generator) -> Array:
    canvas = Image.new("L", (480, 600), 4)
    draw = ImageDraw.Draw(canvas)
    draw.pieslice((-260, 40, 330, 560), 270, 90, fill=90)
    for _ in range(60):
        x, y = int(random.integers(0, 200)), int(random.integers(150, 450))
        draw.ellipse((x, y, x + 40, y + 25), fill=int(random.integers(100, 170)))
    if hints.get("ViewPosition") == "MLO":
        draw.polygon([(0, 0), (170, 0), (0, 330)], fill=170)
    if hints.get("ImageLaterality") == "R":
        canvas = canvas.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return _twelve_bits(canvas, random, (1200, 960))


def _slice(hints: dict[str, str], random: np.random.Generator) -> Array:
    canvas = Image.new("L", (256, 256), 0)
    draw = ImageDraw.Draw(canvas)
    draw.ellipse((20, 50, 236, 210), fill=68)
    draw.ellipse((40, 70, 118, 190), fill=10)
    draw.ellipse((138, 70, 216, 190), fill=10)
    draw.ellipse((113, 165, 143, 198), fill=140)
    flat = np.asarray(canvas.filter(ImageFilter.GaussianBlur(1)), np.float32) * 16
    return np.clip(flat + random.normal(0, 12, flat.shape), 0, 4095).astype(np.uint16).repeat(2, 0).repeat(2, 1)


def _ultrasound(hints: dict[str, str], random: np.random.Generator) -> Array:
    y, x = np.mgrid[0:480, 0:640].astype(np.float32)
    angle, depth = np.arctan2(x - 320, y + 60), np.hypot(x - 320, y + 60)
    speckle = random.gamma(2.0, 22.0, (480, 640)).astype(np.float32) * np.exp(-depth / 600)
    tissue = speckle + 40 * (np.abs(np.sin(depth / 47)) > 0.97)
    centre = random.uniform(-60, 60)
    tissue[np.hypot(x - 320 - centre, y - 240) < 60] *= 0.15  # a gall bladder, anechoic
    tissue[(np.abs(angle) > 0.6) | (depth < 80) | (depth > 500)] = 0
    return np.clip(tissue, 0, 255).astype(np.uint8)


def _endoscope(hints: dict[str, str], random: np.random.Generator) -> bytes:
    y, x = np.mgrid[0:480, 0:480].astype(np.float32)
    far = np.hypot(x - 240 + random.uniform(-30, 30), y - 240 + random.uniform(-30, 30)) / 240
    folds = 0.85 + 0.15 * np.cos(far * 22 + 2 * np.sin(np.arctan2(y - 240, x - 240) * 3))
    light = np.clip(0.15 + far, 0, 1) * folds
    colour = np.stack([light * 215, light * 105, light * 85], axis=-1) + random.normal(0, 4, (480, 480, 1))
    colour[np.hypot(x - 240, y - 240) > 236] = 0
    return _jpeg(colour)


def _fundus(hints: dict[str, str], random: np.random.Generator) -> bytes:
    right = hints.get("ImageLaterality", "R") != "L"
    y, x = np.mgrid[0:640, 0:640].astype(np.float32)
    centre = np.hypot(x - 320, y - 320)
    disc = np.hypot(x - (440 if right else 200), y - 310)
    macula = np.hypot(x - (290 if right else 350), y - 330)
    red = 190 - centre * 0.2 + 60 * np.exp(-((disc / 42) ** 4)) - 50 * np.exp(-((macula / 45) ** 2))
    green = 85 - centre * 0.1 + 120 * np.exp(-((disc / 42) ** 4)) - 35 * np.exp(-((macula / 45) ** 2))
    flat = np.clip(np.stack([red, green, green * 0.45], axis=-1), 0, 255).astype(np.uint8)
    canvas = Image.fromarray(flat)
    draw = ImageDraw.Draw(canvas)
    start = np.array([440.0 if right else 200.0, 310.0])
    for vessel in range(10):
        heading, at = vessel * 0.628 + 0.2, start.copy()
        points = [tuple(at)]
        for _ in range(26):
            heading += random.normal(0, 0.13)
            at = at + 12 * np.array([np.cos(heading), np.sin(heading)])
            points.append(tuple(at))
        draw.line(points, fill=(120, 30, 20), width=3 + vessel % 3)
    colour = np.asarray(canvas.filter(ImageFilter.GaussianBlur(1.2)), np.float32).copy()
    colour[centre > 312] = 0
    return _jpeg(colour)


def _barium(hints: dict[str, str], random: np.random.Generator) -> Array:
    """A stomach filled with contrast medium beside the spine."""
    canvas = Image.new("L", (512, 512), 60)
    draw = ImageDraw.Draw(canvas)
    draw.rectangle((300, 0, 380, 512), fill=120)
    turn = int(random.integers(-30, 30))
    draw.ellipse((110 + turn, 60, 250 + turn, 330), fill=225)
    draw.ellipse((130 + turn, 250, 340 + turn, 400), fill=215)
    draw.ellipse((190 + turn, 150, 300 + turn, 290), fill=60)
    return _twelve_bits(canvas, random, (1024, 1024))


def _card(hints: dict[str, str], random: np.random.Generator) -> Array:
    ramp = np.linspace(0, 255, 512, dtype=np.uint8)
    return np.tile(ramp, (384, 1))


def _twelve_bits(canvas: Image.Image, random: np.random.Generator, size: tuple[int, int]) -> Array:
    """Blurred, enlarged to ``size`` (rows, columns) and given the grain of a detector."""
    soft = canvas.filter(ImageFilter.GaussianBlur(6)).resize((size[1], size[0]), Image.Resampling.BILINEAR)
    flat = np.asarray(soft, np.float32) * 16
    grain = random.normal(0, 18, (size[0] // 2, size[1] // 2)).astype(np.float32).repeat(2, 0).repeat(2, 1)
    flat[: grain.shape[0], : grain.shape[1]] += grain
    return np.clip(flat, 0, 4095).astype(np.uint16)


def _jpeg(colour: Array) -> bytes:
    made = BytesIO()
    Image.fromarray(np.clip(colour, 0, 255).astype(np.uint8)).save(made, "JPEG", quality=92)
    return made.getvalue()


_DRAWN: dict[str, Callable[[dict[str, str], np.random.Generator], Array | bytes]] = {
    "CR": _chest, "DX": _chest, "RF": _barium, "MG": _breast, "CT": _slice, "US": _ultrasound, "ES": _endoscope,
    "OP": _fundus,
}  # fmt: skip
