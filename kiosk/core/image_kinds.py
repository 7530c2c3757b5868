"""The kinds of images as the image server names its folders, and which modality belongs to which."""

from __future__ import annotations

from collections.abc import Mapping

IMAGE_KINDS = ("CR", "CT", "MR", "SC", "RF", "FB", "US", "GN", "SN", "DC", "D1", "D2", "D3", "D4", "D5")
OTHER = "SC"  # what belongs to no other kind
OF_MODALITY = {
    **{name: name for name in ("CR", "CT", "MR", "SC", "RF", "US")},
    "DX": "CR", "DR": "CR", "MG": "CR", "PX": "CR", "IO": "CR", "XA": "RF", "ES": "FB", "XC": "FB", "OP": "GN",
    "OPT": "GN", "ECG": "SN", "HD": "SN", "PT": "CT", "NM": "CT", "IVUS": "US", "DOC": "DC",
}  # fmt: skip


def kind_of(modality: str, of_modality: Mapping[str, str] = OF_MODALITY) -> str:
    """The kind of images of a modality."""
    return of_modality.get(modality.upper(), OTHER)
