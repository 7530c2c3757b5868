"""What the saving side of the viewer asks: presentation states, key objects, files for people outside."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.core.faults import Fault
from kiosk.core.picture import Paint, PictureFacts
from kiosk.core.presentation import Look, State
from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_
from kiosk.modes.contract import Kit

if TYPE_CHECKING:
    from kiosk.core.stack import Stack
    from kiosk.flow.answers import Answer, Running
    from kiosk.flow.open_study import StudyReader
    from kiosk.flow.put_objects import PutObjects
    from kiosk.flow.save_pictures import Exported, SavePictures
    from kiosk.ui.exporting import Standing

FILM_PX = 1920  # longer side of a film
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

    @cached_property
    def put(self) -> PutObjects:
        """What waits on this PC for the store."""
        from kiosk.flow.put_objects import PutObjects, Server, own_intake

        kit, server = self._kit, self.settings.server
        told = Server(server.address, server.port, server.ae_title, server.own_ae_title)
        return PutObjects(kit.data / "viewer" / "objects", kit.local, kit.station.name, told, own_intake(kit))

    def start(self) -> None:
        """Its workers."""
        from kiosk.flow.keep_keys import KEYS
        from kiosk.flow.print_pages import start_printing

        kit = self._kit
        self.put.start(kit.crew)
        start_printing(kit.local, kit.station.name, kit.crew, KEYS, self.settings.print_command)

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

    # -- files -------------------------------------------------------------------------------------------------------

    @cached_property
    def _reader(self) -> StudyReader:
        """A decoder of its own: a film must not push out of memory what is being looked at, nor end with it."""
        from kiosk.flow.open_study import StudyReader

        told = self.settings
        return StudyReader(
            self._kit.crew, self._post, decoders=1, memory_mb=told.decoder_memory_mb, cache_mb=64,
            deadline_s=told.decode_within_s,
        )  # fmt: skip

    def _post(self, do: Callable[..., Any], *args: Any) -> None:
        if self._kit.mailbox is not None:
            self._kit.mailbox.post(do, *args)
        else:
            do(*args)

    @cached_property
    def _files(self) -> SavePictures:
        from kiosk.flow.save_pictures import SavePictures

        return SavePictures(self._kit.centre, self._kit.session.actor)

    @property
    def font(self) -> Path:
        """For the words in pictures."""
        from kiosk import paper

        return Path(str(paper.__file__)).parent / "fonts" / "BIZUDGothic-Regular.ttf"

    def save_jpeg(
        self, path: str, make: Callable[[], bytes], facts: PictureFacts, kind: str, anonymous: bool, header: str,
        issuer: str,
    ) -> Answer:  # fmt: skip
        """Answer: False where the picture goes out without a name, but may have one burned into it. ``header``: the
        file that tells whether it has; empty where nobody asks."""
        what = _exported(facts, kind, anonymous, issuer)
        told = Path(header) if header else None
        return self._kit.ask(self._files.picture, Path(path), make, what, told, deadline_s=60.0)

    def save_film(self, path: str, stack: Stack, standing: Standing, issuer: str = "") -> Running:
        """Answer: how many pictures the film has. Raises nothing; ends by ``stop``."""
        from kiosk.core.avi import pace
        from kiosk.flow.open_study import keys_of
        from kiosk.modes.viewer.rules import DEFAULT_STEP_MS

        frame_us, repeats = pace(stack.frame_times_ms, len(stack), DEFAULT_STEP_MS)
        what = _exported(stack.pictures[0], "AVI", False, issuer)

        def work(told: Callable[[float], None]) -> int:
            from kiosk.ui.exporting import film_painter

            painter = film_painter(standing, FILM_PX, self.settings.jpeg_quality)

            def pictures() -> Iterator[tuple[bytes, int, int]]:
                coming = deque()  # type: ignore[var-annotated]
                for key in keys_of(stack):
                    coming.append(self._reader.frame(key.path, key.frame, key.stamp))
                    if len(coming) > 2:  # one is being decoded while the one before is painted
                        shown = coming.popleft().wait(self.settings.decode_within_s * 2)
                        yield painter(shown.pixels, shown.paint)
                while coming:
                    shown = coming.popleft().wait(self.settings.decode_within_s * 2)
                    yield painter(shown.pixels, shown.paint)

            return self._files.film(Path(path), pictures(), repeats, frame_us, what, told)

        return self._kit.errands.begin("save-film", work)

    def convert(self, files: Sequence[str], folder: str, target: str) -> Running:
        """BMP ``files``, or all those of ``folder``, as JPEG into ``target``. Answer: (written, [(file, Fault)])."""

        def work(told: Callable[[float], None]) -> Any:
            from kiosk.flow.save_pictures import bmp_files

            sources = [Path(each) for each in files] or bmp_files(Path(folder))
            if not sources:
                raise Fault(
                    N_("There are no pictures in {place}."), N_("Choose another folder."), reference="V404",
                    place=Path(folder).name,
                )  # fmt: skip
            return self._files.smaller(sources, Path(target) if target else None, self._as_jpeg, told)

        return self._kit.errands.begin("bmp-to-jpeg", work)

    def _as_jpeg(self, path: Path) -> bytes:
        from kiosk.ui.exporting import jpeg
        from kiosk.ui.painting import first_window, plate_of, whole
        from kiosk.ui.view import Turn

        shown = self._reader.frame(str(path), 0).wait(self.settings.decode_within_s * 2)
        shades = whole(plate_of(shown.pixels), shown.paint, first_window(shown.paint), False, Turn())
        return jpeg(shades, self.settings.jpeg_quality)

    # -- keys --------------------------------------------------------------------------------------------------------

    def keys(self) -> Answer:
        """Answer: letter at first -> letter now, of those that were changed on this PC."""
        from kiosk.flow.keep_keys import read_keys

        return self._kit.ask(read_keys, self._kit.local, self._kit.mode)

    def keep_keys(self, changes: dict[str, str]) -> Answer:
        """Answer: None when they are kept."""
        from kiosk.flow.keep_keys import keep_keys

        return self._kit.ask(keep_keys, self._kit.local, self._kit.mode, changes)

    def key_page(self, title: str, groups: Any, width_px: int) -> Answer:
        """Answer: the card of keys as it will be printed, as PNG."""

        def paint() -> bytes:
            from kiosk.flow.keep_keys import key_card
            from kiosk.paper.preview import page_png

            return page_png(key_card(self._kit.station, title, groups), 0, width_px)

        return self._kit.ask(paint)

    def print_keys(self, title: str, groups: Any) -> Answer:
        """Answer: the file that was kept; the printer gets it as a job."""
        from kiosk.flow.keep_keys import print_key_card

        kit = self._kit
        return kit.ask(print_key_card, kit.local, kit.station, kit.data / "pages", title, groups)


def _exported(facts: PictureFacts, kind: str, anonymous: bool, issuer: str) -> Exported:
    from kiosk.flow.save_pictures import Exported

    return Exported(f"{issuer}|{facts.patient_id}", facts.study_uid, kind, anonymous)


def without_pictures(stacks: Sequence[Stack]) -> tuple[tuple[Stack, ...], tuple[PictureFacts, ...]]:
    """The stacks to look at, and what lies beside them; where nothing else was opened it stays, to say what it is."""
    shown = tuple(each for each in stacks if each.modality not in BESIDE or each.pictures[0].pixels)
    if not shown:
        return tuple(stacks), ()
    return shown, tuple(facts for each in stacks if each not in shown for facts in each.pictures)
