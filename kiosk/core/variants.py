"""Variant characters of names (異体字): which standard character may stand for them where they cannot be written."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files


def read_variants(text: str) -> dict[str, str]:
    """The table of a master file: ``[variants]``, standard character = its variants in one string.

    Raises ValueError where a variant is given twice or an entry is not one character.
    """
    table: dict[str, str] = {}
    for standard, variants in tomllib.loads(text)["variants"].items():
        if len(standard) != 1:
            raise ValueError(f"not one character: {standard!r}")
        for variant in variants:
            if variant in table or variant == standard:
                raise ValueError(f"given twice: {variant}")
            table[variant] = standard
    return table


# The table is part of the program like its code, so it is read with it.
VARIANTS: Mapping[str, str] = read_variants(files("kiosk").joinpath("masters", "variants.toml").read_text("utf-8"))
