"""The pages beside the viewer's own list: fundus reading, the doctor's display, pictures beside those of last time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiosk.core.words import N_
from kiosk.modes.viewer.doctor_page import DoctorPage
from kiosk.modes.viewer.fundus_reading_page import FundusPage
from kiosk.modes.viewer.jpeg_page import PicturesPage
from kiosk.modes.viewer.picture_window import remember
from kiosk.ui.shell import Key

NEWS_PAUSE_MS = 400
OPENERS = {  # name -> the key of the viewer's list that leads there, and its words
    "fundus": ("F7", N_("Fundus reading")),
    "doctor": ("F8", N_("Doctor's display")),
    "compare": ("F9", N_("Beside last time")),
}


class ReadingPages:
    """``views`` by name for the window to show; what it asks of the page in front goes through here. A page is built
    when it is first wanted."""

    def __init__(self, window: Any) -> None:
        self._window, self._shell = window, window.shell
        self._desk = window.desk.visits
        self.views: dict[str, Any] = {}
        self._news: str | None = None
        self._kinds: set[str] = set()
        self._visits: set[int] = set()
        self._from = ""  # the page that the viewer was opened from
        self._quiet = self._desk.on_news(self._told)
        remember(self._shell.top, self._desk, "viewer", "", self._shell.problem.look)
        self._shell.frame.bind("<Destroy>", self._closed, add=True)

    def openers(self) -> list[Key]:
        """The keys of the viewer's list that lead here."""
        wanted = self._window.desk.settings.pages
        return [
            Key(cap, words, lambda name=name: self.go(name))  # type: ignore[misc]
            for name, (cap, words) in OPENERS.items()
            if name in wanted
        ]

    def begin(self) -> None:
        """Where the station is there for one page, it begins with it."""
        if self._window.desk.settings.page != "list":
            self.go(self._window.desk.settings.page)

    def go(self, name: str) -> None:
        """Bring a page to the front."""
        self._from = ""
        if name not in self.views:
            self.views[name] = self._built(name)
        self._window._go(name)
        self.views[name].enter()

    def keys(self, name: str) -> list[Key]:
        return list(self.views[name].keys())

    def letters(self, name: str) -> dict[str, Callable[[], object]]:
        """Single keys with a meaning on the page in front."""
        return dict(self.views[name].letters()) if name in self.views else {}

    def scanned(self, code: str) -> bool:
        """A scan is for the page in front, if it is one of these."""
        page = self.views.get(self._window.place)
        if page is not None:
            page.scanned(code)
        return page is not None

    def back(self) -> bool:
        """Esc is for the page in front, if it is one of these."""
        page = self.views.get(self._window.place)
        if page is not None:
            page.back()
        return page is not None

    def _built(self, name: str) -> Any:
        more = (self._shell, self._desk, self._keys_changed, lambda: self._window._go("list"), self._show_visit)
        pages: dict[str, Any] = {"fundus": FundusPage, "doctor": DoctorPage, "compare": PicturesPage}
        return pages[name](self._shell.work, *more)

    def _keys_changed(self) -> None:
        if self._window.place in self.views:
            self._window._keys()
            self._shell.letter_keys(self.letters(self._window.place))
            page = self.views[self._window.place]
            self._shell.search_field(page.list.search.entry)
            self._shell.scanner.typing_goes_to_search = page.list.winfo_ismapped() or not page.visit

    def _show_visit(self, visit: int) -> None:
        """All that the visit has, in the viewer with its tools; Esc leads back here."""
        desk = self._window.desk
        self._window._open(lambda progress: desk.open_wanted(None, visit, progress))

    def leaving(self) -> None:
        """The viewer's pictures come in front of a page, asked for here or by another window."""
        if self._window.place in self.views:
            self._from = self._window.place
        elif self._window.place not in ("pictures", "header", "keys"):
            self._from = ""  # opened from the list, where Esc leads back to then

    def home(self) -> None:
        """Esc in the viewer's pictures: to the page that they were opened from, else to the viewer's list."""
        name, self._from = self._from or "list", ""
        self._window._go(name)
        if name in self.views:
            self._shell.clear_examinee()  # that of the viewer: the page shows its own, where one is open there
            self.views[name].resume()
            self._keys_changed()

    def _told(self, notice: Any) -> None:
        self._kinds.add(notice.kind)
        visit = notice.ids.get("visit")
        if isinstance(visit, int):
            self._visits.add(visit)
        if self._news is None and self._shell.frame.winfo_exists():
            self._news = self._shell.top.after(NEWS_PAUSE_MS, self._tell_page)

    def _tell_page(self) -> None:
        self._news = None
        kinds, self._kinds = self._kinds, set()
        visits, self._visits = self._visits, set()
        page = self.views.get(self._window.place)
        if page is not None:
            page.news("images" if kinds & {"images", "documents"} else "other", visits)

    def _closed(self, event: Any) -> None:
        if event.widget is self._shell.frame:
            self._quiet()
            if self._news is not None:
                self._shell.top.after_cancel(self._news)
                self._news = None
