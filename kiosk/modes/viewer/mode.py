"""Viewer: shows the pictures of a study or of any file, and hands key images to the visit's tray."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Literal

from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_, Sentence
from kiosk.modes.contract import Kit, Mode
from kiosk.modes.viewer.desk_disc import DiscDesk
from kiosk.modes.viewer.desk_documents import DocumentsDesk
from kiosk.modes.viewer.desk_outside import OutsideDesk
from kiosk.modes.viewer.desk_saving import SavingDesk, ServerSettings, without_pictures
from kiosk.modes.viewer.desk_stores import StoresDesk
from kiosk.modes.viewer.desk_teaching import TeachingDesk
from kiosk.modes.viewer.settings_pages import DoctorDisplay, FundusReading, PictureDisplay
from kiosk.modes.viewer.settings_stores import (
    ButtonName,
    ColumnName,
    DiscSettings,
    OutsideSettings,
    PageName,
    StoreSettings,
)

if TYPE_CHECKING:
    from kiosk.core.faults import Fault
    from kiosk.core.picture import PictureFacts
    from kiosk.core.stack import Stack
    from kiosk.core.study import Study
    from kiosk.core.study_search import FoundStudy
    from kiosk.core.visit import Visit
    from kiosk.core.words import Sentence
    from kiosk.flow.answers import Answer, Running


COLUMNS: tuple[ColumnName, ...] = ("day", "name", "id", "kind", "what", "count", "where")
BUTTONS: tuple[ButtonName, ...] = ("file", "folder", "outside")
PAGES: tuple[PageName, ...] = ("documents", "disc", "teaching", "fundus", "doctor", "compare")


@dataclass(frozen=True)
class ViewerSettings(Settings):
    """What a viewer can be told."""

    days: int = setting(1, N_("How many days back the list shows at the start: 1, 7, 31 or 0 = all."))
    decoders: int = setting(2, N_("How many helper processes decode pictures."))
    decoder_memory_mb: int = setting(1536, N_("How much memory one of them may take before it is ended, in MB."))
    decode_within_s: float = setting(30.0, N_("How long one picture may take before it is given up, in seconds."))
    cache_mb: int = setting(512, N_("How much memory decoded pictures may take, in MB."))
    key_image_px: int = setting(1600, N_("Longer side of a key image, in pixels."))
    cuts_memory_mb: int = setting(768, N_("How much memory the voxels of multiplanar cuts (MPR) may take, in MB."))
    compare_at_once: bool = setting(
        True, N_("Does the examination before stand on the right by itself, as soon as today's first picture is there?")
    )
    layouts: dict[str, Literal["1x1", "1x2", "2x1", "2x2"]] = setting(
        dict, N_('Panes (rows x columns) a modality begins with until another is chosen here, as in DX = "2x2".')
    )
    server: ServerSettings = setting(ServerSettings, N_("Who takes in what is made here of pictures."))
    export: str = setting("", N_("Folder offered first for pictures that are saved as files; empty = the last one."))
    jpeg_quality: int = setting(92, N_("Quality of JPEG files and films, 1 to 100."))
    stores: list[StoreSettings] = setting(list, N_("Further stores that the list searches, the nearest first."))
    search_within_s: float = setting(10.0, N_("How long one of them may take to answer, in seconds."))
    fetched_mb: int = setting(2000, N_("How much room fetched images may take on this PC, in MB; emptied at the end."))
    inbox: str = setting(
        "INBOX", N_("The gateway's inbox that documents are handed to, relative to the data folder; empty = none.")
    )
    outside: OutsideSettings = setting(OutsideSettings, N_("A viewer of another maker that studies are handed to."))
    disc: DiscSettings = setting(DiscSettings, N_("Discs of other hospitals, and the gateway that takes them in."))
    pages: list[PageName] = setting(lambda: list(PAGES), N_("Pages beside the list."))
    columns: list[ColumnName] = setting(lambda: list(COLUMNS), N_("Columns of the list, in this order."))
    buttons: list[ButtonName] = setting(lambda: list(BUTTONS), N_("Keys of the list beside the usual ones."))
    print_command: tuple[str, ...] = setting(
        (), N_("Program that prints, word by word, {file} standing for the PDF; empty = the system's own way.")
    )
    page: Literal["list", "fundus", "doctor", "compare"] = setting(
        "list", N_("What the window begins with: list, fundus, doctor or compare.")
    )
    fundus: FundusReading = setting(FundusReading, N_("Fundus reading."))
    doctor: DoctorDisplay = setting(DoctorDisplay, N_("The doctor's display."))
    compare: PictureDisplay = setting(PictureDisplay, N_("Pictures beside those of last time."))


@dataclass(frozen=True)
class Seen:
    """What was opened: ``stacks`` in order, ``refused`` files with the reason; study and visit where it has them.
    ``beside``: files without pictures that say something of them (presentation states, key object selections).
    """

    stacks: tuple[Stack, ...]
    refused: tuple[tuple[str, Fault], ...] = ()
    study: Study | None = None
    visit: Visit | None = None
    beside: tuple[PictureFacts, ...] = ()
    corrected: Sentence | None = None  # where the pictures had been taken under a wrong person


Progress = Callable[[int, int], None]
First = Callable[[Seen], None]


class ViewerDesk:
    """What the window may ask and do; every call returns at once."""

    def __init__(self, kit: Kit) -> None:
        from kiosk.flow.make_cuts import Cuts
        from kiosk.flow.open_study import StudyReader
        from kiosk.modes.viewer.desk_visits import VisitsDesk

        self._kit = kit
        self.settings: ViewerSettings = kit.settings
        self.place = kit.station.place
        self.mailbox = kit.mailbox
        self.argument = kit.argument
        self.saving = SavingDesk(kit)
        self._post: Callable[..., None] = kit.mailbox.post if kit.mailbox is not None else _at_once
        self._reader = StudyReader(
            kit.crew,
            self._post,
            decoders=self.settings.decoders,
            memory_mb=self.settings.decoder_memory_mb,
            cache_mb=self.settings.cache_mb,
            deadline_s=self.settings.decode_within_s,
        )
        self._cuts = Cuts(self._reader, kit.errands, self.settings.cuts_memory_mb)
        self.stores = StoresDesk(kit, self._post)
        self.outside = OutsideDesk(kit)
        self.documents = DocumentsDesk(kit)
        self.teaching = TeachingDesk(kit)
        self.disc = DiscDesk(kit, self._reader, self._after)
        self.visits = VisitsDesk(kit, self._reader, self._after)

    # -- what there is -----------------------------------------------------------------------------------------

    def studies(self, text: str = "", days: int = 0, modality: str = "") -> Answer:
        """Answer: list of Study, newest first."""
        from kiosk.flow.find_study import list_studies

        return self._kit.ask(list_studies, self._kit.centre, text, days, modality)

    def layouts(self) -> Answer:
        """Answer: modality -> layout, as chosen on this PC."""
        from kiosk.flow.remember_layout import remembered_layouts

        return self._kit.ask(remembered_layouts, self._kit.local)

    def remember_layout(self, modality: str, layout: str) -> Answer:
        """The next study of this modality begins so on this PC."""
        from kiosk.flow.remember_layout import remember_layout

        return self._kit.ask(remember_layout, self._kit.local, modality, layout)

    def moved(self, text: str) -> Answer:
        """Answer: a Sentence where images of the person with this ID or number were moved by a correction, or None."""
        from kiosk.flow.find_study import moved_from

        return self._kit.ask(moved_from, self._kit.centre, text)

    # -- opening -----------------------------------------------------------------------------------------------

    def open_study(self, study: int, progress: Progress | None = None, first: First | None = None) -> Answer:
        """Answer: Seen. ``progress(done, of)`` while the headers are read; ``first(seen)`` as soon as there is a first
        picture to show, long before that."""
        return self.open_wanted(study, None, progress, first)

    def open_wanted(
        self, study: int | None, visit: int | None, progress: Progress | None = None, first: First | None = None
    ) -> Answer:
        """Answer: Seen, of a study or of all that a visit has."""
        from kiosk.flow.find_study import study_to_show

        kit = self._kit
        found = kit.ask(study_to_show, kit.centre, kit.volumes, kit.session.actor(), study=study, visit=visit)
        return self._after(found, lambda to_show: self._read(to_show, progress, first))

    def open_line(
        self, line: FoundStudy, progress: Callable[..., None] | None = None, first: First | None = None
    ) -> Answer:
        """Answer: Seen, of a line of the list; fetched first where it lies at a server. ``first`` as in open_study."""
        if not line.nearest:
            return self.open_study(line.study.id, progress, first)
        return self._after(self.stores.open(line, progress), lambda to_show: self._read(to_show, progress, first))

    def open_last_time(self, study: Study) -> Answer:
        """Answer: Seen, of the examination before this one of the same person and kind; None where there is none."""
        from kiosk.flow.find_study import last_time

        found = self._kit.ask(last_time, self._kit.centre, study)
        return self._after(found, lambda earlier: None if earlier is None else self.open_study(earlier))

    def open_files(self, places: Sequence[str], progress: Progress | None = None) -> Answer:
        """Answer: Seen, of files, folders or the table of contents of a disc."""
        opened = self._reader.open([Path(place) for place in places], progress)
        return self._after(opened, self._noted)

    def _read(self, to_show: Any, progress: Progress | None, first: First | None) -> Answer:
        seen = Seen((), to_show.out_of_reach, to_show.study, to_show.visit, corrected=to_show.corrected)
        def sorted_out(found: Any) -> Seen:
            stacks, beside = without_pictures(found.stacks)
            return replace(seen, stacks=stacks, beside=beside, refused=(*seen.refused, *found.refused))

        def early(found: Any) -> None:
            assert first is not None
            first(replace(sorted_out(found), beside=()))

        opened = self._reader.open(to_show.paths, progress, None if first is None else early)
        return self._after(opened, sorted_out)

    def _noted(self, opened: Any) -> Answer:
        from kiosk.flow.find_study import note_files_opened

        first = opened.stacks[0].picture(0).patient_id if opened.stacks else ""
        files = sum(len(stack.pictures) for stack in opened.stacks)
        noted = self._kit.ask(note_files_opened, self._kit.centre, self._kit.session.actor(), first, files)
        stacks, beside = without_pictures(opened.stacks)
        return self._after(noted, lambda _: Seen(stacks, opened.refused, beside=beside))

    def _after(self, first: Answer, go_on: Callable[[Any], Any]) -> Answer:
        """The answer of ``go_on(value)``, which may itself give an Answer."""
        from kiosk.flow.answers import Answer, as_fault

        whole = Answer(self._post)

        def came(value: Any) -> None:
            if whole.cancelled:
                return
            try:
                following = go_on(value)
            except Exception as why:  # told where the answer is awaited
                whole.settle(fault=as_fault(why))
                return
            if isinstance(following, Answer):
                following.then(whole.settle, lambda fault: whole.settle(fault=fault))
            else:
                whole.settle(following)

        first.then(came, lambda fault: whole.settle(fault=fault))
        return whole

    # -- pictures ----------------------------------------------------------------------------------------------

    def frame(self, path: str, frame: int, stamp: str = "") -> Answer:
        """Answer: Shown (pixels, paint, warnings). ``stamp`` is that of the facts: a file that has taken the place of
        the one that was opened is refused."""
        cut = self._cuts.holds(path)
        return self._cuts.frame(path, frame, stamp) if cut else self._reader.frame(path, frame, stamp)

    def peek(self, path: str, frame: int, stamp: str = "") -> Any:
        """Shown if it is decoded already, else None."""
        cut = self._cuts.holds(path)
        return self._cuts.peek(path, frame, stamp) if cut else self._reader.peek(path, frame, stamp)

    def fetch_ahead(self, stack: Stack, at: int, forward: bool, who: str = "") -> None:
        """Decode what will probably be wanted next in the pane ``who``."""
        from kiosk.flow.open_study import around, key_of

        wanted = [] if self._cuts.holds(stack.pictures[0].path) else around(range(len(stack)), at, forward)
        self._reader.fetch_ahead([key_of(stack, slide) for slide in wanted], who)

    def fetch_loop(self, stack: Stack, at: int) -> None:
        """Decode what a loop will show from slide ``at`` on, as much of it as the memory for pictures holds."""
        from kiosk.flow.open_study import keys_of

        facts = stack.picture(at)
        if self._cuts.holds(facts.path):
            return
        room = int(self.settings.cache_mb * 0.8 * (1 << 20)) // max(1, facts.rows * facts.columns * 3)
        keys = keys_of(stack)
        self._reader.fetch_ahead((keys[at:] + keys[:at])[: max(2, room)])

    def header(self, path: str, stamp: str = "") -> Answer:
        """Answer: (tag, keyword, VR, value, depth) of each element; a Fault where another file stands there now."""
        if self._cuts.holds(path):
            return self._kit.ask(self._cuts.header)
        return self._reader.header(path, stamp)

    def make_cuts(self, stack: Stack) -> Running:
        """Answer: three stacks, the axial, coronal and sagittal cuts through the slices of ``stack``."""
        return self._cuts.make(stack)

    def cuts(self, path: str, how: str, thick_mm: float) -> tuple[Stack, ...]:
        """The same cuts as slabs: ``how`` is thin, mip or mean."""
        return self._cuts.stacks(path, how, thick_mm)

    def drop_cuts(self) -> None:
        """Nobody looks at them any more."""
        self._cuts.drop()

    def give_up(self) -> None:
        """Whatever is being opened or decoded is not wanted any more."""
        self.stores.give_up()
        self._reader.give_up()

    def take_key_image(
        self,
        visit: int,
        sop_uid: str,
        frame: int,
        picture: Callable[[], bytes],
        rendering: dict[str, object],
        caption: str = "",
        of: PictureFacts | None = None,
    ) -> Answer:
        """Answer: the row of the key image, now in the visit's tray. ``frame`` counts from 1 (PS3.3 10.3), ``picture``
        makes the PNG and is called on a thread of the desk, ``caption`` stands below it on paper. ``of``: the picture
        for which a key object selection is written too."""
        from kiosk.flow.take_key_image import take_key_image

        kit, actor = self._kit, self._kit.session.actor()
        choose = self.saving.key_object(of, frame) if of is not None else lambda: None

        def take() -> int:
            made = picture()
            choose()
            return take_key_image(
                kit.centre, actor, visit=visit, sop_uid=sop_uid, frame=frame, picture=made, rendering=rendering,
                comment=caption,
            )  # fmt: skip

        return kit.ask(take)

    # -- news --------------------------------------------------------------------------------------------------

    def on_show(self, call: Callable[[int | None, int | None, str], None]) -> Callable[[], None]:
        """``call(study, visit, file)`` when another window of this PC asks for pictures; returns the way to end it."""
        from kiosk.flow.show_study import KIND

        return self._kit.local_notices.listen(
            KIND, lambda notice: call(notice.ids.get("study"), notice.ids.get("visit"), notice.ids.get("file") or "")
        )

    def on_news(self, call: Callable[[], None]) -> Callable[[], None]:
        """``call()`` when pictures came or found their visit; returns the way to end it."""
        return self._kit.notices.listen("images", lambda notice: call())


def _at_once(do: Callable[..., Any], *args: Any) -> None:
    do(*args)


def build_desk(kit: Kit) -> ViewerDesk:
    return ViewerDesk(kit)


def start_workers(kit: Kit, desk: ViewerDesk) -> None:
    """The libraries that paint are loaded aside, so that the first picture doesn't make the window stand still."""

    def load(stop: Event) -> None:
        import importlib

        for name in ("kiosk.ui.painting", "PIL.ImageTk"):
            importlib.import_module(name)

    kit.crew.start("viewer-libraries", load)
    desk.saving.start()
    desk.documents.start()


def check(settings: ViewerSettings) -> Iterator[tuple[bool, Sentence, Sentence]]:
    from kiosk.modes.viewer.desk_check import check as look

    yield from look(settings)


def open_window(parent: Any, desk: ViewerDesk) -> Any:
    from kiosk.modes.viewer.window import ViewerWindow

    return ViewerWindow(parent, desk).shell


MODE = Mode(
    title=N_("Viewer"),
    settings=ViewerSettings,
    desk=build_desk,
    workers=start_workers,
    window=open_window,
    check=check,
    order=30,
)
