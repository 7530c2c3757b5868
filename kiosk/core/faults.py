"""What can go wrong, as errors that know how to tell a person what happened and what to do next."""

from __future__ import annotations

from pathlib import Path

from kiosk.core.words import N_, Sentence, say


class Fault(Exception):
    """An expected trouble: one plain sentence and the next step, both shown in the language in force.

    ``sentence`` says what happened, ``next_step`` what the person can do. ``reference`` is the short code shown
    for the log (no patient data in it). ``str(fault)`` is English-keyed text for the log, without values that may
    name a patient: only ``reference`` and the unformatted sentence.
    """

    reference = "F000"

    def __init__(self, sentence: str, next_step: str = "", *, reference: str = "", **values: object) -> None:
        self.sentence = Sentence(sentence, values)
        self.next_step = Sentence(next_step, values)
        if reference:
            self.reference = reference
        super().__init__(sentence)

    def __str__(self) -> str:
        return f"{self.reference} {self.sentence.text}"

    def told(self) -> str:
        """What the person reads: sentence, next step, reference."""
        parts = [say(self.sentence), say(self.next_step)]
        return " ".join(part for part in parts if part) + f" ({self.reference})"


class Refused(Fault):
    """We were handed something that must not be taken as it is. ``reason`` is a short fixed word for the door."""

    reference = "R100"

    def __init__(
        self, reason: str, sentence: str, next_step: str = "", *, reference: str = "", **values: object
    ) -> None:
        self.reason = reason
        super().__init__(sentence, next_step, reference=reference, **values)


class NoRoom(Fault):
    """The disk has no room for it; nothing was stored."""

    reference = "D507"

    def __init__(self, volume: str = "") -> None:
        super().__init__(
            N_("The disk {volume} is full; nothing was stored."),
            N_("Make room or add a disk; receiving goes on by itself."),
            volume=volume,
        )


class LinkLost(Fault):
    """The other side (database, peer, port) does not answer; the work stays owed."""

    reference = "L503"

    def __init__(self, whom: str, sentence: str = "", next_step: str = "", **values: object) -> None:
        super().__init__(
            sentence or N_("{whom} does not answer."),
            next_step or N_("Work goes on here; what is owed is done when it answers again."),
            reference="",
            whom=whom,
            **values,
        )


class Overtaken(Fault):
    """Somebody else changed the same thing first; what was typed is kept."""

    reference = "C409"


class NotWritable(LinkLost):
    """A file or folder of a store that may not be written to by this program; what is in it stays as it is."""

    reference = "S312"

    def __init__(self, path: Path, why: BaseException | None) -> None:
        super(LinkLost, self).__init__(
            N_("{path} can't be written to ({reason})."),
            N_("Check that the folder is there and may be written to by this user; nothing was lost."),
            path=str(path),
            reason=getattr(why, "strerror", None) or type(why).__name__,
        )
