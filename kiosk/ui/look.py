"""Colours, type and sizes of every window as named values, and the dress of ttk that follows from them."""

from __future__ import annotations

import sys
import tkinter as tk
from tkinter import font as tkfont
from tkinter import ttk
from typing import Any

INK = "#16202b"
SECONDARY = "#5a6775"
LINE = "#d5dbe2"
GROUND = "#f3f5f8"
CARD = "#ffffff"
PRIMARY = "#0b5cad"
PRIMARY_PRESSED = "#084a8c"
BAR = "#084a8c"
ON_BAR = "#ffffff"
ON_BAR_QUIET = "#cfe0f2"
DONE, DONE_GROUND = "#17663a", "#e3f4ea"
LOOK, LOOK_GROUND = "#92400e", "#fdf0dc"
STOP, STOP_GROUND = "#b3261e", "#fbe5e3"
SELECTED = "#dcebfa"
BLACK = "#000000"
ON_BLACK = "#e8edf2"
EDGE = "#7c8894"  # edge of an entry: 3:1 against the card, so that a field is seen as a field

# Lamps stand on the dark bar, where the state colours of the page would be unreadable.
LAMP_GOOD, LAMP_LOOK, LAMP_STOP, LAMP_OFF = "#6fdc9b", "#ffc266", "#ffb9b0", "#cfe0f2"

STATES = {"": (INK, CARD), "done": (DONE, DONE_GROUND), "look": (LOOK, LOOK_GROUND), "stop": (STOP, STOP_GROUND)}
MARKS = {"": "", "done": "✓", "look": "!", "stop": "×"}

# Every pair of text and ground that the kit puts on the screen; a test holds each at 4.5 to 1 or more.
TEXT_PAIRS = (
    (INK, GROUND), (INK, CARD), (INK, SELECTED), (INK, DONE_GROUND), (INK, LOOK_GROUND), (INK, STOP_GROUND),
    (SECONDARY, GROUND), (SECONDARY, CARD), (SECONDARY, SELECTED), (DONE, DONE_GROUND), (LOOK, LOOK_GROUND),
    (STOP, STOP_GROUND), (DONE, GROUND), (LOOK, GROUND), (STOP, GROUND), (STOP, CARD), (LOOK, CARD), (DONE, CARD),
    (CARD, PRIMARY), (CARD, PRIMARY_PRESSED), (CARD, STOP), (PRIMARY, CARD), (PRIMARY, GROUND), (PRIMARY, SELECTED),
    (ON_BAR, BAR), (ON_BAR_QUIET, BAR), (LAMP_GOOD, BAR), (LAMP_LOOK, BAR), (LAMP_STOP, BAR), (LAMP_OFF, BAR),
    (ON_BLACK, BLACK), (LAMP_LOOK, BLACK),
)  # fmt: skip

FAMILIES = ("BIZ UDGothic", "Yu Gothic UI", "Meiryo", "Noto Sans CJK JP")

# Named fonts, sizes in pixels. Reading text never below 16, 13 only for key caps and captions.
TEXT, TEXT_BOLD, CAPTION, DETAIL, TITLE, NUMBER, NAME = (
    "KioskText", "KioskTextBold", "KioskCaption", "KioskDetail", "KioskTitle", "KioskNumber", "KioskName",
)  # fmt: skip
FONTS = {
    TEXT: (17, "normal"),
    TEXT_BOLD: (17, "bold"),
    CAPTION: (13, "normal"),
    DETAIL: (20, "normal"),
    TITLE: (22, "bold"),
    NUMBER: (26, "bold"),
    NAME: (38, "bold"),
}

TARGET = 48  # height of whatever is touched
ROW = 40  # height of a row in a list
GAP = 8  # nothing stands closer than this
EDGE_GAP = 16  # between the work and the edge of the window

_scale = 1.0


def px(size: float) -> int:
    """``size`` in pixels of a 96 dpi screen as pixels of this one."""
    return round(size * _scale)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two ``#rrggbb`` colours, 1 to 21 (WCAG 2.1, relative luminance)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def see_true_pixels() -> None:
    """Tell Windows that we draw sharp at any scaling. Call it before the first ``tk.Tk()``; no-op elsewhere."""
    if sys.platform != "win32":
        return
    import ctypes

    try:
        ctypes.windll.shcore.SetProcessDpiAwareness(1)
    except (AttributeError, OSError):  # older Windows, or already set by the executable's manifest
        pass


def scale_for(dpi: float, width: int, height: int) -> float:
    """How much larger than at 96 dpi to draw on a screen of ``width`` x ``height`` pixels.

    Never so large that the 1280x800 frame no longer fits (either way up), never below 1.
    """
    room = min(max(width, height) / 1280, min(width, height) / 800)
    return max(1.0, min(dpi / 96, room))


def first_size(screen: tk.Misc) -> str:
    """The geometry that a window begins with: the 1280x800 frame at this screen's scale, cut to a narrower screen."""
    return f"{min(px(1280), screen.winfo_screenwidth())}x{min(px(800), screen.winfo_screenheight())}"


def family_of(available: set[str]) -> str:
    """The first family of our chain that this PC has, else Tk's own choice."""
    return next((family for family in FAMILIES if family in available), "TkDefaultFont")


_CHECKS = "KioskCheck"
_FONT_KEEPER = "fonts"


def dress(root: tk.Misc) -> None:
    """Restyle ttk's clam for all windows of this process; call it once for the root, before the first window."""
    global _scale
    _scale = 1.0
    if sys.platform == "win32":
        _scale = scale_for(root.winfo_fpixels("1i"), root.winfo_screenwidth(), root.winfo_screenheight())
    _make_fonts(root)
    _keep_fonts_open(root)
    style = ttk.Style(root)
    style.theme_use("clam")
    letters = int(root.tk.call("font", "metrics", TEXT, "-linespace"))
    _style_text(style)
    _style_buttons(style, letters)
    _style_checks(style, root)
    _style_fields(style, letters)
    _style_lists(style)
    root.option_add("*TCombobox*Listbox.font", TEXT)
    root.option_add("*TCombobox*Listbox.selectBackground", PRIMARY)
    root.option_add("*TCombobox*Listbox.selectForeground", CARD)
    # The only way to a higher row: 40 px, as in every list, so that a finger meets one name.
    root.option_add("*TCombobox*Listbox.selectBorderWidth", max(1, (px(40) - letters) // 2))
    if isinstance(root, tk.Tk | tk.Toplevel):
        root.configure(background=GROUND)
    # Return does what the focused button says; ttk by itself listens to the space bar only.
    for kind in ("TButton", "TCheckbutton", "TRadiobutton"):
        root.bind_class(kind, "<Return>", lambda event: event.widget.invoke())  # type: ignore[attr-defined]


def _make_fonts(root: tk.Misc) -> None:
    family = family_of(set(tkfont.families(root)))
    if family == "TkDefaultFont":
        family = str(root.tk.call("font", "actual", "TkDefaultFont", "-family"))
    known = set(root.tk.splitlist(root.tk.call("font", "names")))
    for name, (size, weight) in FONTS.items():
        verb = "configure" if name in known else "create"
        root.tk.call("font", verb, name, "-family", family, "-size", -px(size), "-weight", weight)
    for name in ("TkDefaultFont", "TkTextFont", "TkMenuFont", "TkHeadingFont", "TkTooltipFont"):
        root.tk.call("font", "configure", name, "-family", family, "-size", -px(FONTS[TEXT][0]))


def _keep_fonts_open(root: tk.Misc) -> None:
    """Tk closes a font that no widget uses, and every new widget looks at the default one before it takes its own. Each
    opening takes half a millisecond, and a window has hundreds of labels: so one of each that is never shown stays.
    """
    if _FONT_KEEPER not in root.children:
        keeper = tk.Frame(root, name=_FONT_KEEPER)
        for name in (*FONTS, "TkDefaultFont", "TkTextFont", "TkFixedFont", "TkMenuFont"):
            tk.Label(keeper, font=name)


def _style_text(style: ttk.Style) -> None:
    style.configure(".", background=GROUND, foreground=INK, font=TEXT, bordercolor=LINE, focuscolor=PRIMARY)
    style.configure("TFrame", background=GROUND)
    style.configure("Card.TFrame", background=CARD, bordercolor=LINE, lightcolor=CARD, darkcolor=CARD,
                    borderwidth=1, relief="solid")  # fmt: skip
    style.configure("Plain.TFrame", background=CARD)
    style.configure("TLabel", background=GROUND, foreground=INK)
    style.configure("Card.TLabel", background=CARD, foreground=INK)
    style.configure("Caption.TLabel", foreground=SECONDARY, font=CAPTION)
    style.configure("Card.Caption.TLabel", background=CARD, foreground=SECONDARY, font=CAPTION)
    style.configure("Title.TLabel", font=TITLE)
    style.configure("Card.Title.TLabel", background=CARD, font=TITLE)
    style.configure("Number.TLabel", font=NUMBER)
    style.configure("Wrong.TLabel", foreground=STOP, font=CAPTION)
    style.configure("Horizontal.TProgressbar", background=PRIMARY, troughcolor=LINE, bordercolor=LINE,
                    lightcolor=PRIMARY, darkcolor=PRIMARY, thickness=px(14))  # fmt: skip
    style.configure("TPanedwindow", background=GROUND)
    style.configure("Sash", sashthickness=px(GAP), background=GROUND)
    style.configure("TSeparator", background=LINE)


def _style_buttons(style: ttk.Style, letters: int) -> None:
    padding = (px(16), -(-(px(TARGET) - letters - 6) // 2))
    plain: dict[str, Any] = {
        "padding": padding,
        "anchor": "center",
        "relief": "raised",
        "borderwidth": 2,
        "width": 1,
        "font": TEXT,
    }
    style.configure("TButton", background=CARD, foreground=INK, bordercolor=EDGE, lightcolor=CARD, darkcolor=CARD,
                    **plain)  # fmt: skip
    style.map("TButton", background=[("disabled", GROUND), ("pressed", SELECTED), ("active", SELECTED)],
              foreground=[("disabled", SECONDARY)],
              lightcolor=[("focus", PRIMARY), ("active", SELECTED)],
              darkcolor=[("focus", PRIMARY), ("active", SELECTED)],
              bordercolor=[("focus", PRIMARY), ("disabled", LINE)])  # fmt: skip
    for name, colour, pressed in (("Primary", PRIMARY, PRIMARY_PRESSED), ("Stop", STOP, "#8c1d17")):
        style.configure(f"{name}.TButton", background=colour, foreground=CARD, bordercolor=colour, lightcolor=colour,
                        darkcolor=colour, **{**plain, "font": TEXT_BOLD})  # fmt: skip
        style.map(f"{name}.TButton", background=[("disabled", GROUND), ("pressed", pressed), ("active", pressed)],
                  foreground=[("disabled", SECONDARY)],
                  lightcolor=[("disabled", GROUND), ("focus", CARD), ("active", pressed)],
                  darkcolor=[("disabled", GROUND), ("focus", CARD), ("active", pressed)],
                  bordercolor=[("disabled", LINE), ("focus", INK)])  # fmt: skip
    style.configure("Narrow.TButton", padding=(px(4), plain["padding"][1]))  # type: ignore[index]
    style.configure("Left.TButton", anchor="w")
    style.configure("Quiet.TButton", anchor="w", foreground=SECONDARY)
    style.configure("Line.TButton", **{**plain, "padding": (px(12), px(4))}, background=CARD, foreground=INK,
                    bordercolor=EDGE, lightcolor=CARD, darkcolor=CARD)  # fmt: skip


def _style_checks(style: ttk.Style, root: tk.Misc) -> None:
    """Clam crosses a checked box, which means "no" here; ours has a tick."""
    if f"{_CHECKS}.mark" not in style.element_names():
        empty, ticked = (_box(root, on) for on in (False, True))
        root._kiosk_checks = (empty, ticked)  # type: ignore[attr-defined]  # Tk drops images that nobody holds
        style.element_create(f"{_CHECKS}.mark", "image", empty, ("selected", ticked), width=px(34), sticky="w")
    style.layout("TCheckbutton", [("Checkbutton.padding", {"sticky": "nswe", "children": [
        (f"{_CHECKS}.mark", {"side": "left", "sticky": ""}),
        ("Checkbutton.focus", {"side": "left", "sticky": "w", "children": [
            ("Checkbutton.label", {"sticky": "nswe"})]})]})])  # fmt: skip
    for name in ("TCheckbutton", "TRadiobutton"):
        style.configure(name, background=GROUND, foreground=INK, padding=(px(4), px(12)), indicatorsize=px(22),
                        indicatormargin=(0, 0, px(10), 0), indicatorbackground=CARD)  # fmt: skip
        style.map(name, background=[("focus", SELECTED), ("active", SELECTED)],
                  indicatorbackground=[("selected", PRIMARY), ("disabled", GROUND)],
                  indicatorforeground=[("selected", CARD)], foreground=[("disabled", SECONDARY)])  # fmt: skip
        style.configure(f"Card.{name}", background=CARD)


def _box(root: tk.Misc, ticked: bool) -> tk.PhotoImage:
    """A box of 24 px, blue with a white tick when ``ticked``."""
    size = px(24)
    image = tk.PhotoImage(master=root, width=size, height=size)
    image.put(PRIMARY if ticked else EDGE, to=(0, 0, size, size))
    image.put(PRIMARY if ticked else CARD, to=(2, 2, size - 2, size - 2))
    if ticked:
        thick = max(2, size // 8)
        for step in range(size // 4):
            x, y = size // 5 + step, size // 2 + step
            image.put(CARD, to=(x, y - thick // 2, x + thick, y + thick // 2 + 1))
        for step in range(size // 2 - 1):
            x, y = size // 5 + size // 4 + step, size // 2 + size // 4 - step
            image.put(CARD, to=(x, y - thick // 2, x + thick, y + thick // 2 + 1))
    return image


def _style_fields(style: ttk.Style, letters: int) -> None:
    upright = -(-(px(TARGET) - letters - 4) // 2)
    for name in ("TEntry", "TCombobox", "TSpinbox"):
        style.configure(name, fieldbackground=CARD, foreground=INK, bordercolor=EDGE, lightcolor=CARD, darkcolor=CARD,
                        insertcolor=INK, insertwidth=2, padding=(px(10), upright), borderwidth=2,
                        selectbackground=PRIMARY, selectforeground=CARD, background=CARD, arrowcolor=INK,
                        arrowsize=px(20))  # fmt: skip
        style.map(name, bordercolor=[("invalid", STOP), ("focus", PRIMARY)],
                  lightcolor=[("invalid", STOP), ("focus", PRIMARY)], darkcolor=[("invalid", STOP), ("focus", PRIMARY)],
                  fieldbackground=[("disabled", GROUND), ("readonly", CARD)],
                  foreground=[("disabled", SECONDARY)],
                  selectbackground=[("readonly", CARD)], selectforeground=[("readonly", INK)])  # fmt: skip


def _style_lists(style: ttk.Style) -> None:
    style.configure("Treeview", background=CARD, fieldbackground=CARD, foreground=INK, rowheight=px(ROW), font=TEXT,
                    borderwidth=1, bordercolor=LINE, lightcolor=LINE, darkcolor=LINE, relief="solid")  # fmt: skip
    style.map("Treeview", background=[("selected", SELECTED)], foreground=[("selected", INK)],
              bordercolor=[("focus", PRIMARY)], lightcolor=[("focus", PRIMARY)],
              darkcolor=[("focus", PRIMARY)])  # fmt: skip
    style.configure("Treeview.Heading", background=GROUND, foreground=SECONDARY, font=CAPTION, relief="flat",
                    padding=(px(6), px(10)), bordercolor=GROUND, lightcolor=GROUND, darkcolor=GROUND)  # fmt: skip
    style.map("Treeview.Heading", background=[("active", SELECTED)])
    # No fold mark: our lists have one level, and the room belongs to the row's own mark.
    style.layout("Treeview.Item", [("Treeitem.padding", {"sticky": "nswe", "children": [
        ("Treeitem.image", {"side": "left", "sticky": ""}), ("Treeitem.text", {"sticky": "nswe"})]})])  # fmt: skip
    for name in ("Vertical.TScrollbar", "Horizontal.TScrollbar"):
        style.configure(name, background="#aab4bf", troughcolor=GROUND, bordercolor=GROUND, lightcolor="#aab4bf",
                        darkcolor="#aab4bf", arrowcolor=INK, arrowsize=px(24), relief="flat", gripcount=0)  # fmt: skip
        style.map(name, background=[("disabled", GROUND), ("pressed", SECONDARY), ("active", SECONDARY)],
                  lightcolor=[("disabled", GROUND)], darkcolor=[("disabled", GROUND)])  # fmt: skip
