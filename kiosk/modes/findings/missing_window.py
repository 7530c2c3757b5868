"""Which pictures of the open examination have not come: said in the problem line, and asked before one signs."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.core.expected_views import missing_of
from kiosk.core.visit import Visit
from kiosk.core.words import N_, Sentence
from kiosk.ui.shell import Choice, Shell

MISSING = "missing"  # its name in the problem line


class Missing:
    """``look(visit, kind)`` when a finding is opened and whenever pictures came."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._told = ""

    def look(self, visit: Visit, kind: str) -> None:
        """Say what is missing of the examination ``kind``, or say it no longer."""
        self._told = next((missing_of(step) for step in visit.steps if step.exam.code == kind and step.images), "")
        if self._told:
            told = Sentence(N_("Not all pictures of this examination are here: {missing}."), {"missing": self._told})
            self._shell.problem.standing(MISSING, "look", told)
        else:
            self.over()

    def over(self) -> None:
        """The finding is left, or all is here."""
        self._told = ""
        self._shell.problem.over(MISSING)

    def before_signing(self, sign: Callable[[], object]) -> None:
        """Sign at once where all is here; else have a person decide."""
        if not self._told:
            sign()
            return
        question = N_("Not all pictures of this examination are here: {missing}. Sign all the same?")
        self._shell.ask(
            Sentence(question, {"missing": self._told}),
            N_("When they come, the signed finding has to be amended."),
            [Choice(N_("Do not sign yet")), Choice(N_("Sign without them"), sign)],
        )
