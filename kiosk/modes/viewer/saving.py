"""The saving side of the pictures: key images, presentation states, files for people outside."""

from __future__ import annotations

from typing import Any

from kiosk.core.presentation import Look, State, key_frames
from kiosk.core.words import N_, Sentence
from kiosk.modes.viewer import rules
from kiosk.modes.viewer.files_window import FileSaver
from kiosk.modes.viewer.save_window import SaveCard, Way
from kiosk.modes.viewer.saving_rules import Beside, described, key_places, state_words
from kiosk.modes.viewer.viewport import Viewport


class Saving:
    """Belongs to the viewer's window; ``follow`` is called whenever a pane shows something else."""

    def __init__(self, window: Any) -> None:
        self._window, self.desk = window, window.desk.saving
        self.shell, self.pictures = window.shell, window.pictures
        self._beside: dict[int, tuple[Any, Beside]] = {}  # by what was opened: that, and what lies beside it
        self._state: dict[Viewport, State] = {}
        self._of: dict[Viewport, Any] = {}  # what was open there when the state was chosen
        self._stands: dict[Viewport, tuple[Any, ...]] = {}  # the picture that was put as the state says, and when
        self._offered: tuple[State, ...] = ()
        self._shown_at: int | None = None
        self._card: SaveCard | None = None
        self.files = FileSaver(
            self.shell, self.desk, lambda: self.pictures.pane, lambda: self.pictures.seen_in(self.pictures.pane)
        )
        self.pictures.side.on_state(self._state_chosen)
        self.letters = {"k": self.next_key_image, "b": self.mark}

    # -- what lies beside the pictures -------------------------------------------------------------------------------

    def follow(self) -> None:
        """Mark key images, and show a picture as the chosen state says."""
        for pane in self.pictures.panes:
            self._follow(pane)
        self._offer()

    def beside(self, pane: Viewport) -> Beside:
        """What is known of the study in a pane; asked for once."""
        seen = self.pictures.seen_in(pane)
        if seen is None:
            return Beside()
        kept = self._beside.get(id(seen))
        if kept is None or kept[0] is not seen:
            open_now = [self.pictures.seen_in(each) for each in self.pictures.panes]
            self._beside = {key: each for key, each in self._beside.items() if any(each[0] is one for one in open_now)}
            kept = self._beside[id(seen)] = (seen, Beside())
            studies = sorted({facts.study_uid for stack in seen.stacks for facts in stack.pictures if facts.study_uid})
            self.desk.beside(studies if seen.study is not None else [], seen.beside).then(
                lambda found: self._came(seen, found), self.shell.problem.fault
            )
        return kept[1]

    def _came(self, seen: Any, found: Any) -> None:
        if self._beside.get(id(seen), (None,))[0] is not seen or not self.pictures.winfo_exists():
            return
        self._keep(seen, Beside(found.states, key_frames(found.selections)))
        if found.unread:
            words = N_("{count} files beside the pictures can't be read (display settings or key images).")
            self.shell.problem.look(Sentence(words, {"count": found.unread}))

    def _keep(self, seen: Any, beside: Beside) -> None:
        self._beside[id(seen)] = (seen, beside)
        if self.pictures.winfo_exists():
            self.follow()

    def _follow(self, pane: Viewport) -> None:
        shot = self._shot(pane)
        beside = self.beside(pane)
        if pane in self._state and self._of[pane] is not self.pictures.seen_in(pane):
            self._forget(pane)  # another examination hangs there now
        if shot is None:
            return
        pane.graphics.star(beside.is_key(*shot))
        state = self._state.get(pane)
        if state is None or self._stands.get(pane) == (shot, pane.shown_anew):
            return
        stood = self._stands.pop(pane, None) is not None
        if state.shows(*shot):
            self._stands[pane] = (shot, pane.shown_anew)
            pane.stand_by(state.look(*shot))
        elif stood:
            pane.reset()

    # -- presentation states -----------------------------------------------------------------------------------------

    def _offer(self) -> None:
        pane = self.pictures.pane
        states = self.beside(pane).states
        if states != self._offered:
            self._offered, self._shown_at = states, None
            self.pictures.side.offer_states([state_words(each) for each in states])
        state = self._state.get(pane)
        at = states.index(state) if state in states else -1
        if at != self._shown_at:  # not at each of sixty pictures a second
            self._shown_at = at
            self.pictures.side.show_state(at)

    def _state_chosen(self, index: int) -> None:
        """-1: as the header says."""
        pane = self.pictures.pane
        stood = pane in self._stands
        self._forget(pane)
        if 0 <= index < len(self._offered):
            state = self._state[pane] = self._offered[index]
            self._of[pane] = self.pictures.seen_in(pane)
            shot = self._shot(pane)
            if shot is None or not state.shows(*shot):
                self._leap(pane, lambda sop_uid, frame: state.shows(sop_uid, frame))
        elif stood:
            pane.graphics.draw_by(Look())
            pane.reset()
        pane.focus_set()
        self.follow()

    def _forget(self, pane: Viewport) -> None:
        """No state is in force there."""
        for kept in (self._state, self._of, self._stands):
            kept.pop(pane, None)

    def undo(self) -> None:
        """The picture as it was when it came, no state in force."""
        self._forget(self.pictures.pane)
        self.pictures.pane.graphics.draw_by(Look())
        self.pictures.reset()
        self.follow()

    def _leap(self, pane: Viewport, wanted: Any) -> None:
        """To the next picture of the study for which ``wanted(sop_uid, frame)``."""
        seen = self.pictures.seen_in(pane)
        places = key_places(seen.stacks, wanted) if seen is not None else []
        if not places:
            return
        now = next(((at, pane.at) for at, stack in enumerate(seen.stacks) if stack is pane.stack), None)
        if now is None:
            return
        stack, slide = next((place for place in places if place > now), places[0])
        self.pictures.leaf_stack(stack - now[0])
        pane.stop()
        pane.go_to(slide)

    def save_state(self) -> None:
        """The picture as it stands becomes a presentation state of its study."""
        pane = self.pictures.pane
        seen, shot, look = self.pictures.seen_in(pane), self._shot(pane), pane.look_now()
        if shot is None or look is None or pane.facts is None:
            return
        words = described(look, pane.window, pane.turned_now, pane.inverted, pane.fitted)

        def kept(state: Any) -> None:
            self.shell.problem.done(N_("How the picture stands is kept in its study."))
            known = self._beside.get(id(seen))
            if known is not None and known[0] is seen:
                self._keep(seen, Beside((*known[1].states, state), known[1].keys))

        self.desk.save_state(pane.facts, shot[1], look, pane.paint, words).then(kept, self.shell.problem.fault)

    # -- key images --------------------------------------------------------------------------------------------------

    def take_key_image(self) -> None:
        """The picture as it is seen into the tray of its visit, and as a key object into its study."""
        pane = self.pictures.pane
        seen, facts, shot = self.pictures.seen_in(pane), pane.facts, self._shot(pane)
        if seen is None or seen.visit is None or facts is None or not pane.ready or pane.stack is None:
            self.shell.problem.look(N_("Key images need an examination that belongs to a visit."))
            return
        desk, beside = self._window.desk, self.beside(pane)
        frame = pane.stack.slides[pane.at][1] + 1
        caption = rules.caption_of(facts, pane.turned_now, pane.inverted)
        # What was made here of other pictures is no instance that could be referred to.
        known = shot is None or not facts.sop_uid or beside.is_key(*shot)

        def taken(row: int) -> None:
            self.shell.problem.done(N_("The key image is in the tray of this visit."))
            now = self._beside.get(id(seen))
            if shot is not None and not known and now is not None and now[0] is seen:
                self._keep(seen, Beside(now[1].states, now[1].keys | {shot}))

        picture = pane.png_maker(desk.settings.key_image_px)
        desk.take_key_image(
            seen.visit.id, facts.sop_uid, frame, picture, pane.rendering(), caption, None if known else facts
        ).then(taken, self.shell.problem.fault)

    def next_key_image(self) -> None:
        """Leap to the next key image of the study in this pane."""
        pane = self.pictures.pane
        beside = self.beside(pane)
        if not beside.keys:
            self.shell.problem.plain(N_("This examination has no key images."))
            return
        self._leap(pane, beside.is_key)

    # -- files -------------------------------------------------------------------------------------------------------

    def mark(self) -> None:
        """The mouse marks a region."""
        for pane in self.pictures.panes:
            pane.tool = "mark"
        self.shell.problem.plain(N_("Drag over the region, then F11 and 5."))

    def open_card(self) -> None:
        """What can be saved, to choose from; the second time it goes."""
        if not self.close_card():
            self._card = SaveCard(self.shell, self._choices(), self._card_closed)

    def close_card(self) -> bool:
        """True where it was open."""
        if self._card is None:
            return False
        self._card.close()
        return True

    def _card_closed(self) -> None:
        self._card = None
        self.pictures.pane.focus_set()

    def _choices(self) -> list[Any]:
        pane, seen = self.pictures.pane, self.pictures.seen_in(self.pictures.pane)
        nothing = "" if pane.facts is not None and pane.ready else N_("No picture is shown.")
        # Beside a study of another store it would be a study of ours that has no pictures.
        own = self._shot(pane) is not None and seen.study is not None and seen.study.id and pane.facts.sop_uid
        no_study = nothing or ("" if own else N_("Only for pictures that are kept here."))
        return [Way(N_("Keep how the picture stands, in its study"), self.save_state, no_study),
                *self.files.ways(nothing)]  # fmt: skip

    def _shot(self, pane: Viewport) -> tuple[str, int] | None:
        """SOP Instance UID and frame (from 1) of the picture on the screen; None for one that was made here."""
        seen = self.pictures.seen_in(pane)
        if pane.stack is None or pane.facts is None or not pane.ready or seen is None:
            return None
        if not any(stack is pane.stack for stack in seen.stacks):
            return None
        return pane.facts.sop_uid, pane.stack.slides[pane.at][1] + 1
