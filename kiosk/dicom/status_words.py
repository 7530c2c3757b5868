"""What a peer's answer to an image means, in words a person can act on (PS3.4 B.2.3, PS3.7 annex C)."""

from __future__ import annotations

from kiosk.core.words import N_, Sentence

SUCCESS = 0x0000
WARNINGS = (0xB000, 0xB006, 0xB007)  # stored, but changed or doubted
NOT_TAKEN = 0x0122

_EXACTLY = {
    SUCCESS: N_("{whom} stored the image."),
    0x0105: N_("{whom} answered that an element is missing in the image."),
    0x0106: N_("{whom} answered that a value in the image is not allowed."),
    0x0110: N_("{whom} could not process the image."),
    0x0111: N_("{whom} keeps another image under the same number."),
    0x0117: N_("{whom} does not take the number of the image."),
    NOT_TAKEN: N_("{whom} does not take this kind of image or compression."),
    0x0124: N_("{whom} does not allow us to send images."),
    0x0210: N_("{whom} takes the image for one that is being sent already."),
    0x0211: N_("{whom} does not know what was asked."),
    0x0212: N_("{whom} did not understand the message."),
    0x0213: N_("{whom} has no room for the image."),
    0xB000: N_("{whom} stored the image but changed values in it."),
    0xB006: N_("{whom} stored the image but left elements out."),
    0xB007: N_("{whom} stored the image but doubts its content."),
}
_KINDS = {
    0xA7: N_("{whom} has no room for the image."),
    0xA9: N_("{whom} says that the image does not fit its kind."),
    0xFE: N_("{whom} cancelled it."),
}


def shown(status: int | None) -> str:
    """``0000``, ``A700``; ``----`` where there was no answer."""
    return "----" if status is None else f"{status:04X}"


def stored(status: int | None) -> bool:
    """Success, or a warning that the image was stored all the same."""
    return status == SUCCESS or status in WARNINGS


def has_no_room(status: int | None) -> bool:
    """Is it the peer that is in trouble, rather than the image?"""
    return status is not None and (status == 0x0213 or status >> 8 == 0xA7)


def words_of(status: int, whom: str) -> Sentence:
    """The meaning of a status; of one that nobody defined, its number."""
    text = _EXACTLY.get(status) or _KINDS.get(status >> 8)
    if text is None and status >> 12 == 0xC:
        text = N_("{whom} does not understand the image.")
    return Sentence(text or N_("{whom} answered {status}."), {"whom": whom, "status": shown(status)})
