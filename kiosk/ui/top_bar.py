"""The bar at the top: what this station is, where it stands, lamps, who is logged in, date and time."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from datetime import datetime

from kiosk.core.words import N_, Sentence, say
from kiosk.ui import look
from kiosk.ui.dates import moment_text
from kiosk.ui.tooltip import Tooltip

Words = str | Sentence


class Lamp:
    """State of one thing the station depends on, said by colour, by mark and, when not good, in words."""

    LOOKS = {
        "good": ("●", look.LAMP_GOOD, ""),
        "look": ("▲", look.LAMP_LOOK, N_("check")),
        "stop": ("■", look.LAMP_STOP, N_("not answering")),
        "off": ("○", look.LAMP_OFF, N_("off")),
    }

    def __init__(self, bar: tk.Misc, name: Words, changed: Callable[[], None], told: Callable[[str], None]) -> None:
        self.name = name
        self.state = "off"
        self.text: Words = ""
        self._changed = changed
        self.label = tk.Label(bar, bg=look.BAR, font=look.TEXT, padx=look.px(6), cursor="hand2")
        self.label.bind("<Button-1>", lambda event: told(self.told()))
        Tooltip(self.label, lambda event: self.told())
        self.off()

    def good(self, text: Words = "") -> None:
        """It answers."""
        self._turn("good", text)

    def look(self, text: Words = "") -> None:
        """It answers, but somebody should have a look; ``text`` says at what."""
        self._turn("look", text)

    def stop(self, text: Words = "") -> None:
        """It does not answer or does not work; ``text`` says what to do."""
        self._turn("stop", text)

    def off(self, text: Words = "") -> None:
        """Not used, or not asked yet."""
        self._turn("off", text)

    def told(self) -> str:
        """Name and state in words."""
        word = say(self.text) or say(self.LOOKS[self.state][2]) or say(N_("good"))
        return f"{say(self.name)}: {word}"

    def _turn(self, state: str, text: Words) -> None:
        self.state, self.text = state, text
        mark, colour, word = self.LOOKS[state]
        shown = f"{mark} {say(self.name)}" + (f" {say(word)}" if word else "")
        if (self.label.cget("text"), str(self.label.cget("fg"))) != (shown, colour):
            self.label.configure(text=shown, fg=colour)
            self._changed()


class TopBar(tk.Frame):
    """One row of 56 px; on a narrow screen the lamps go to a second row instead of being cut."""

    def __init__(self, parent: tk.Misc, title: Words, where: Words, clock: Callable[[], datetime]) -> None:
        super().__init__(parent, bg=look.BAR, padx=look.px(22), pady=look.px(4))
        self._clock = clock
        self.on_person: Callable[[], object] = lambda: None  # the name was touched: somebody wants to leave
        self.told: Callable[[str], None] = lambda text: None  # a lamp that is touched says its text here
        self._lamps: dict[str, Lamp] = {}
        self._narrow = False
        self._title = tk.Label(self, text=say(title), bg=look.BAR, fg=look.ON_BAR, font=look.TITLE)
        self._where = tk.Label(self, text=say(where), bg=look.BAR, fg=look.ON_BAR_QUIET, font=look.TEXT)
        self._lamp_row = tk.Frame(self, bg=look.BAR)
        self._person = tk.Label(self, bg=look.BAR, fg=look.ON_BAR_QUIET, font=look.TEXT)
        self._time = tk.Label(self, bg=look.BAR, fg=look.ON_BAR, font=look.DETAIL)
        self._person.bind("<Button-1>", lambda event: self.on_person())
        self.columnconfigure(2, weight=1)
        self.rowconfigure(0, minsize=look.px(48))
        self._title.grid(row=0, column=0)
        self._where.grid(row=0, column=1, padx=(look.px(24), 0))
        self._person.grid(row=0, column=4, padx=look.px(16), sticky="ns")  # all of the bar's height can be touched
        self._time.grid(row=0, column=5, padx=(look.px(16), 0))
        self._place_lamps()
        self.bind("<Configure>", lambda event: self._fit())
        self._after = ""
        self._tick()
        self.bind("<Destroy>", lambda event: self.after_cancel(self._after) if event.widget is self else None)

    def lamp(self, name: Words) -> Lamp:
        """The lamp of that name; made at the right end when it is asked for the first time."""
        key = str(name.text if isinstance(name, Sentence) else name)
        if key not in self._lamps:
            lamp = Lamp(self._lamp_row, name, self._fit, lambda text: self.told(text))
            lamp.label.pack(side="left", padx=look.px(4))
            self._lamps[key] = lamp
        return self._lamps[key]

    def person(self, name: str) -> None:
        """Show who is logged in; empty when nobody is."""
        self._person.configure(text=say(N_("Staff: {name}"), name=name) if name else "")
        self._fit()

    def _tick(self) -> None:
        now = self._clock()
        shown = moment_text(now)
        if self._time.cget("text") != shown:
            self._time.configure(text=shown)
        # Just past the next full minute, or a second on when the clock was set meanwhile.
        self._after = self.after(min(1000, (60 - now.second) * 1000 + 20), self._tick)

    def _place_lamps(self) -> None:
        if self._narrow:
            self._lamp_row.grid(row=1, column=0, columnspan=6, sticky="e", pady=(0, look.px(4)))
        else:
            self._lamp_row.grid(row=0, column=3, columnspan=1, sticky="e", pady=0)

    def _fit(self) -> None:
        width = self.winfo_width() - look.px(44)
        if width <= 1:
            return
        parts = (self._title, self._where, self._person, self._time, self._lamp_row)
        needed = sum(part.winfo_reqwidth() for part in parts) + look.px(24 + 32 + 16)
        narrow = needed > width and bool(self._lamps)
        if narrow != self._narrow:
            self._narrow = narrow
            self._place_lamps()
