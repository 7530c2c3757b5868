"""What the saving side of the viewer asks: presentation states, key objects, files for people outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.core.picture import Paint, PictureFacts
from kiosk.core.presentation import Look, State
from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_
from kiosk.modes.contract import Kit

if TYPE_CHECKING:
    from kiosk.core.stack import Stack
    from kiosk.flow.answers import Answer
    from kiosk.flow.put_objects import PutObjects

BESIDE = ("PR", "KO")  # modalities of objects that lie beside the pictures


@dataclass(frozen=True)
class ServerSettings(Settings):
    """Who takes in the presentation states and key object selections that are made here."""

    address: str = setting("", N_("Address of the gateway; empty = this PC holds the disks itself."))
    port: int = setting(11112, N_("Its port."))
    ae_title: str = setting("KIOSK", N_("Its AE title."))
    own_ae_title: str = setting("", N_("The AE title of this station; the gateway must know it."))


class SavingDesk:
    """Part of the viewer's desk; every call returns at once."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self.settings: Any = kit.settings
        self._put: PutObjects | None = None

    @property
    def put(self) -> PutObjects:
        """What waits on this PC for the store."""
        if self._put is None:
            from kiosk.flow.put_objects import PutObjects, Server, own_intake

            kit, server = self._kit, self.settings.server
            told = Server(server.address, server.port, server.ae_title, server.own_ae_title)
            folder = kit.data / "viewer" / "objects"
            self._put = PutObjects(folder, kit.local, kit.station.name, told, own_intake(kit))
        return self._put

    def start(self) -> None:
        """Its worker."""
        self.put.start(self._kit.crew)

    # -- beside the pictures -----------------------------------------------------------------------------------------

    def beside(self, study_uids: Sequence[str], facts: Sequence[PictureFacts]) -> Answer:
        """Answer: Beside, of the files of a study that hold no pictures and of what is not in the store yet."""
        from kiosk.flow.keep_states import read_beside

        files = [(each.modality, Path(each.path)) for each in facts if each.modality in BESIDE]

        def read() -> Any:
            return read_beside([*files, *(each for uid in study_uids for each in self.put.waiting(uid))])

        return self._kit.ask(read)

    def save_state(self, facts: PictureFacts, frame: int, look: Look, paint: Paint, described: str) -> Answer:
        """Answer: the State as it is kept. ``frame`` from 1."""
        from kiosk.core.measure import IN_THE_PATIENT
        from kiosk.flow.keep_states import Shot, keep_state

        kit = self._kit
        spacing = paint.spacing_mm if paint.spacing_source in IN_THE_PATIENT[:1] else None
        state = State("", "AS_SEEN", described, common=look)
        shot = Shot(Path(facts.path), facts.stamp, frame)
        return kit.ask(
            keep_state, self.put, kit.centre, kit.session.actor(), kit.station.name, shot, state, spacing, paint.aspect
        )

    def key_object(self, facts: PictureFacts, frame: int) -> Callable[[], Any]:
        """The work that writes a key object selection, to be done on a thread of the desk."""
        from kiosk.flow.keep_states import Shot, keep_key_object

        kit, shot = self._kit, Shot(Path(facts.path), facts.stamp, frame)
        put, actor = self.put, self._kit.session.actor()
        return lambda: keep_key_object(put, actor, kit.station.name, shot)


def without_pictures(stacks: Sequence[Stack]) -> tuple[tuple[Stack, ...], tuple[PictureFacts, ...]]:
    """The stacks to look at, and what lies beside them; where nothing else was opened it stays, to say what it is."""
    shown = tuple(each for each in stacks if each.modality not in BESIDE or each.pictures[0].pixels)
    if not shown:
        return tuple(stacks), ()
    return shown, tuple(facts for each in stacks if each not in shown for facts in each.pictures)
