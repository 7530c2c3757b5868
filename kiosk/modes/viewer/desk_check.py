"""Is everything that the viewer reaches for there and answering? For the command ``check``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.words import N_, Sentence

ANSWER_S = 3.0


def check(settings: Any) -> Iterator[tuple[bool, Sentence, Sentence]]:
    """The further stores, the inbox for documents, the other viewer's folder."""
    for each in settings.stores:
        yield _store(each)
    for told, text in (
        (settings.inbox, N_("Inbox for documents: {path}")),
        (settings.outside.folder, N_("Folder of the other viewer: {path}")),
    ):
        if told and Path(told).is_absolute():
            there = Path(told).is_dir()
            help_ = "" if there else N_("Connect the share, or correct it in the parameter file.")
            yield there, Sentence(text, {"path": told}), Sentence(help_)


def _store(told: Any) -> tuple[bool, Sentence, Sentence]:
    try:
        if told.url:
            from kiosk.flow.other_stores import CentreBeside
            from kiosk.store.volume import Volumes

            CentreBeside(told.name, told.url, Volumes([])).see_that_it_answers()
        else:
            from kiosk.dicom.nodes import Node
            from kiosk.dicom.send import echo

            node = Node(told.ae_title, told.address, told.port, title=told.name)
            echo((told.calling_ae or "VIEWER")[:16], node, ANSWER_S)
    except Fault as why:
        values = {"name": told.name, "why": why.sentence}
        return False, Sentence(N_("Further store {name}: {why}"), values), why.next_step
    return True, Sentence(N_("Further store {name} answers"), {"name": told.name}), Sentence("")
