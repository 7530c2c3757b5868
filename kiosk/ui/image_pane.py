"""A picture on black: window and level by drag, zoom, pan, turns, inversion, words in the corners. Large ones too."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk.core.picture import Curve, Paint, Window
from kiosk.core.words import N_, Sentence, say
from kiosk.ui.black_canvas import BlackCanvas
from kiosk.ui.view import Part, Turn, View

if TYPE_CHECKING:  # numpy and Pillow arrive with the first picture, so that a window shows before them
    from kiosk.ui.painting import Pixels, Plate

Words = str | Sentence
Box = tuple[float, float, float, float]

ZOOM_STEP = 1.25
WIDTH_SHARE = 1 / 400  # of the picture's range of values, per pixel of drag
WHOLE_PIXELS = 8_000_000  # of a scaled picture that is kept whole while it is pushed
NO_PICTURE = N_("No picture")


class ImagePane(BlackCanvas):
    """One viewport. Call ``show(pixels, paint)``; everything else a person does with the mouse or you by methods.

    Left drag does what ``tool`` says (``window``, ``pan`` or ``zoom``), right drag windows, middle drag pans, the wheel
    calls ``on_scroll(steps)`` (down is positive), Control and wheel zooms about the pointer, double click fits.
    ``on_window(window)`` and ``on_view(scale)`` tell of changes by a person or by you, ``on_pointer(row, column,
    value)`` where the pointer is in the picture as stored (None, None, None beside it).
    """

    def __init__(
        self,
        parent: tk.Misc,
        on_scroll: Callable[[int], object] | None = None,
        on_window: Callable[[Window], object] | None = None,
        on_view: Callable[[float], object] | None = None,
        on_pointer: Callable[..., object] | None = None,
        width: int = 200,
        height: int = 200,
    ) -> None:
        super().__init__(parent, width, height)
        self.tool = "window"
        self.on_scroll, self.on_window, self.on_view, self.on_pointer = on_scroll, on_window, on_view, on_pointer
        self._stored: Plate | None = None  # as stored
        self._plate: Plate | None = None  # as it stands now
        self._paint: Paint | None = None
        self._how: Window | Curve | None = None
        self._inverted = False
        self._turn = Turn()
        self._view: View | None = None
        self._table: Pixels | None = None
        self._cut: tuple[View, Plate, Pixels] | None = None  # scaled pixels before windowing: a W/L drag needs no more
        self._whole: tuple[Plate, tuple[float, float], Pixels] | None = None
        self._due: str | None = None
        self._drag: tuple[str, int, int] | None = None
        self._wheel = 0
        self.paints = 0
        self._listen()
        self.clear()

    # -- the picture -------------------------------------------------------------------------------------------

    def show(self, pixels: Pixels, paint: Paint | None = None, keep: bool = False) -> None:
        """Show a frame: grey (rows, columns) of any integer or float type, or colour (rows, columns, 3) uint8.

        Without ``paint`` the grey range is taken from the pixels. ``keep`` leaves window, zoom, place and turn as they
        are (the next image of a stack or loop). The array is read again while it is shown: don't write into it.
        Raises ValueError for pixels that are no picture.
        """
        from kiosk.ui import painting

        plate = painting.plate_of(pixels)
        paint = paint or painting.paint_of(plate)
        keep = keep and self.kept
        self._stored, self._paint = plate, paint
        if not keep:
            self._inverted, self._turn = False, Turn()
            self._how = paint.curves[0] if paint.curves and not paint.windows else painting.first_window(paint)
        self._stand(keep_place=keep)
        self.say_in_middle("")
        self._table = None
        self._later()
        if not keep:
            self._tell_window()

    def clear(self, why: Words = "", keep: bool = False) -> None:
        """Show no picture; ``why`` says so in words in the middle. ``keep``: window, zoom, place and turn wait for the
        next picture that is shown with ``keep``."""
        self._stored = self._plate = self._paint = self._table = self._cut = None
        if not keep:
            self._how = self._view = None
        self._whole = None
        self.hide_picture()
        self.say_in_middle(say(why or NO_PICTURE))

    @property
    def kept(self) -> bool:
        """There is a window to go on with: of the picture that is shown or of the one before."""
        return self._how is not None

    @property
    def shown(self) -> bool:
        """True while a picture is there."""
        return self._stored is not None

    def rendered_png(self, longest: int = 1024) -> bytes:
        """The whole picture as it is windowed and turned now, no words on it, as PNG, its longer side ``longest`` px at
        most. Empty when there is none."""
        return self.png_maker(longest)()

    def png_maker(self, longest: int = 1024) -> Callable[[], bytes]:
        """``rendered_png`` as a call that may run on another thread: a large PNG takes half a second to make."""
        make = self.shades_maker(longest)

        def as_png() -> bytes:
            from kiosk.ui import painting

            shades = make()
            return painting.png(shades) if shades is not None else b""

        return as_png

    def shades_maker(
        self, longest: int = 0, box: Box | None = None, pixels: Pixels | None = None
    ) -> Callable[[], Pixels | None]:
        """The picture as it is windowed and turned now, as a call for another thread that gives its shades (None
        without a picture). ``longest``: of its sides, 0 for one pixel to one. ``box``: left, top, right, bottom of a
        part as seen. ``pixels``: these in place of those on the screen."""
        stored, paint, how, inverted, turn = self._stored, self._paint, self._how, self._inverted, self._turn

        def make() -> Pixels | None:
            from kiosk.ui import painting

            if stored is None or paint is None or how is None:
                return None
            plate = stored if pixels is None else painting.plate_of(pixels)
            return painting.whole(plate, paint, how, inverted, turn, longest, box)

        return make

    # -- window and level --------------------------------------------------------------------------------------

    @property
    def window(self) -> Window | None:
        """The window in force, None with a curve or without a picture."""
        return self._how if isinstance(self._how, Window) else None

    def set_window(self, how: Window | Curve) -> None:
        """Paint by this window or curve."""
        if self._stored is None:
            return
        self._how, self._table = how, None
        self._later()
        self._tell_window()

    def reset_window(self) -> None:
        """As the header says."""
        from kiosk.ui import painting

        if self._paint is not None:
            curve = self._paint.curves[0] if self._paint.curves and not self._paint.windows else None
            self.set_window(curve or painting.first_window(self._paint))

    @property
    def inverted(self) -> bool:
        return self._inverted

    def invert(self) -> None:
        """Black becomes white."""
        self._inverted, self._table = not self._inverted, None
        self._later()

    # -- zoom, place, turn -------------------------------------------------------------------------------------

    @property
    def scale_now(self) -> float:
        """Screen pixels per picture pixel; 0 without a picture."""
        return self._view.scale if self._view is not None else 0.0

    @property
    def fitted(self) -> bool:
        return self._view is not None and self._view.fitted

    def fit(self) -> None:
        """All of the picture, as large as it goes; it stays so when the pane changes size."""
        if self._view is not None:
            self._look_at(self._view.fit())

    def one_to_one(self) -> None:
        """One pixel of the picture on one of the screen."""
        self.zoom_to(1.0)

    def zoom_to(self, scale: float, x: float | None = None, y: float | None = None) -> None:
        """Zoom to ``scale``; what lies under pane pixel ``x, y`` (else the middle) stays there."""
        if self._view is not None:
            self._look_at(self._view.at_scale(scale, x, y))

    def zoom_by(self, factor: float, x: float | None = None, y: float | None = None) -> None:
        """Larger (above 1) or smaller."""
        if self._view is not None:
            self.zoom_to(self._view.scale * factor, x, y)

    def pan(self, across: float, down: float) -> None:
        """Push the picture by pane pixels."""
        if self._view is not None:
            self._look_at(self._view.moved(across, down))

    def turn(self, quarters: int = 1) -> None:
        """Turn clockwise by quarters."""
        self._turn = self._turn.turned(quarters)
        self._stand(keep_place=False)
        self._later()

    def flip(self, upright: bool = False) -> None:
        """Change left and right (``upright``: top and bottom)."""
        self._turn = self._turn.flipped(upright)
        self._stand(keep_place=True)
        self._later()

    @property
    def turn_now(self) -> Turn:
        return self._turn

    # -- inside ------------------------------------------------------------------------------------------------

    def _aspect(self) -> float:
        if self._paint is None or self._paint.aspect <= 0:
            return 1.0
        return 1 / self._paint.aspect if self._turn.quarters % 2 else self._paint.aspect

    def _stand(self, keep_place: bool) -> None:
        """The plate as it stands after turns, and the view of it."""
        if self._stored is None:
            return
        self._plate = self._stored.turned(self._turn)
        rows, columns = self._plate.pixels.shape[:2]
        before = self._view
        view = View(columns, rows, *self.room(), aspect=self._aspect())
        if keep_place and before is not None and not before.fitted and (before.columns, before.rows) == (columns, rows):
            view = View(columns, rows, *self.room(), self._aspect(), before.scale, before.left, before.top, False)
        else:
            view = view.fit()
        self._look_at(view)

    def _look_at(self, view: View) -> None:
        changed = self._view is None or view.scale != self._view.scale
        self._view = view
        self._later()
        if changed and self.on_view is not None:
            self.on_view(view.scale)

    def _later(self) -> None:
        """Paint once when Tk has nothing else to do: ten moves of the mouse in a row need one painting."""
        if self._due is None:
            self._due = self.after_idle(self.paint_now)

    def paint_now(self) -> None:
        """Paint what is due (the pane does so by itself when idle)."""
        if self._due is not None:
            self.after_cancel(self._due)
            self._due = None
        view, plate = self._view, self._plate
        if view is None or plate is None:
            return

        part = view.part()
        if part is None:
            self.hide_picture()
            return
        if self._cut is None or self._cut[0] != view or self._cut[1] is not plate:
            self._cut = (view, plate, self._scaled(view, plate, part))
        self.put(self._shades(self._cut[2]), part.left, part.top)
        self.paints += 1

    def _scaled(self, view: View, plate: Plate, part: Part) -> Pixels:
        """The part in sight at its size. Where it is being pushed, all of it is scaled once and then only cut."""
        from kiosk.ui import painting

        scale = (view.scale, view.aspect)
        pushed = self._cut is not None and self._cut[1] is plate and (self._cut[0].scale, self._cut[0].aspect) == scale
        width, height = round(view.columns * view.scale), round(view.rows * view.scale * view.aspect)
        if not pushed or view.scale >= 1 or width * height > WHOLE_PIXELS:
            self._whole = None
            return painting.scaled(plate, part)
        if self._whole is None or self._whole[0] is not plate or self._whole[1] != scale:
            whole = Part((0.0, 0.0, float(view.columns), float(view.rows)), 0, 0, width, height)
            self._whole = (plate, scale, painting.scaled(plate, whole))
        left, top = part.left - round(view.left), part.top - round(view.top)
        return self._whole[2][top : top + part.height, left : left + part.width]

    def _shades(self, pixels: Pixels) -> Pixels:
        from kiosk.ui import painting

        assert self._stored is not None and self._paint is not None and self._how is not None
        if self._table is None:
            self._table = painting.table_of(self._stored, self._paint, self._how, self._inverted)
        return painting.shaded(pixels, self._stored, self._paint, self._how, self._inverted, self._table)

    def _tell_window(self) -> None:
        if self.on_window is not None and self._how is not None:
            from kiosk.ui import painting

            self.on_window(self._how if isinstance(self._how, Window) else painting.window_of(self._how))

    # -- what a person does ------------------------------------------------------------------------------------

    def _listen(self) -> None:
        self.bind("<Configure>", self._configured, add=True)
        for button, tool in ((1, ""), (2, "pan"), (3, "window")):
            self.bind(f"<ButtonPress-{button}>", lambda event, tool=tool: self._press(event, tool), add=True)  # type: ignore[misc]
            self.bind(f"<B{button}-Motion>", self._dragged, add=True)
            self.bind(f"<ButtonRelease-{button}>", lambda event: self._release(), add=True)
        self.bind("<Double-Button-1>", self._double, add=True)
        self.bind("<MouseWheel>", lambda event: self._wheeled(event, event.delta), add=True)
        self.bind("<Button-4>", lambda event: self._wheeled(event, 120), add=True)
        self.bind("<Button-5>", lambda event: self._wheeled(event, -120), add=True)
        self.bind("<Motion>", self._pointed, add=True)
        self.bind("<Leave>", lambda event: self._tell_pointer(None, None, None), add=True)

    def _configured(self, event: tk.Event) -> None:
        width, height = self.room()
        if self._view is not None and (self._view.width, self._view.height) != (width, height):
            self._look_at(self._view.resized(width, height))

    def _press(self, event: tk.Event, tool: str) -> None:
        self.focus_set()
        self._drag = (tool or self.tool, event.x, event.y)

    def _double(self, event: tk.Event) -> None:
        self.fit()
        self._press(event, "")

    def _release(self) -> None:
        self._drag = None

    def _dragged(self, event: tk.Event) -> None:
        if self._drag is None:
            return
        tool, x, y = self._drag
        across, down = event.x - x, event.y - y
        self._drag = (tool, event.x, event.y)
        if tool == "pan":
            self.pan(across, down)
        elif tool == "zoom":
            self.zoom_by(1.01**-down)
        elif tool == "window":
            self._drag_window(across, down)

    def _drag_window(self, across: int, down: int) -> None:
        """To the right wider, downwards darker (the centre rises), in steps that suit the picture's range of values."""
        from kiosk.ui import painting

        if self._paint is None or self._how is None:
            return
        start = self._how if isinstance(self._how, Window) else painting.window_of(self._how)
        begun = painting.first_window(self._paint)
        span = max(begun.width, (self._paint.high - self._paint.low) * abs(self._paint.slope) / 4, 1.0)
        step = span * WIDTH_SHARE
        width = max(1.0, start.width + across * step)
        self.set_window(Window(start.centre + down * step, width, "", start.shape))

    def _wheeled(self, event: tk.Event, delta: int) -> None:
        # Fine wheels send less than 120 for a notch; what is left over is kept.
        self._wheel += delta
        steps = int(self._wheel / 120)
        self._wheel -= steps * 120
        if not steps:
            return
        if int(event.state) & 0x0004:
            self.zoom_by(ZOOM_STEP**steps, event.x - 2, event.y - 2)
        elif self.on_scroll is not None:
            self.on_scroll(-steps)

    def _pointed(self, event: tk.Event) -> None:
        if self.on_pointer is None or self._view is None or self._stored is None:
            return
        seen = self._view.place(event.x - 2, event.y - 2)
        if seen is None:
            self._tell_pointer(None, None, None)
            return
        row, column = self._turn.source(*seen, *self._stored.pixels.shape[:2])
        self._tell_pointer(row, column, self._stored.value(row, column))

    def _tell_pointer(self, row: int | None, column: int | None, value: float | tuple[int, ...] | None) -> None:
        if self.on_pointer is not None:
            self.on_pointer(row, column, value)
