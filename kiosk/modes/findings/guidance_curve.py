"""Weight and waist over time, and the points that are reached, drawn small beside the sessions."""

from __future__ import annotations

import tkinter as tk
from typing import Any

from kiosk.core.guidance import CaseBody, Points
from kiosk.core.weight_curve import Curve, curves_of
from kiosk.core.words import N_, say
from kiosk.ui import look

MOST_LABELS = 7


class CourseCurve(tk.Canvas):
    """One field for each curve, one below the other; the goal is a dashed line."""

    def __init__(self, parent: tk.Misc) -> None:
        super().__init__(parent, bg=look.CARD, highlightthickness=1, highlightbackground=look.LINE,
                         width=look.px(338), height=look.px(220))  # fmt: skip
        self.curves: list[Curve] = []
        self.bind("<Configure>", lambda event: self._draw())

    def show(self, body: CaseBody) -> None:
        """The curves of this case."""
        self.curves = curves_of(body)
        self._draw()

    def _draw(self) -> None:
        self.delete("all")
        wide, high = self.winfo_width(), self.winfo_height()
        if not self.curves:
            self.create_text(wide // 2, high // 2, text=say(N_("No weight or waist was measured yet.")),
                             font=look.TEXT, fill=look.SECONDARY, width=max(1, wide - look.px(32)))  # fmt: skip
            return
        each = high // len(self.curves)
        for at, curve in enumerate(self.curves):
            self._one(curve, at * each, wide, each)

    def _one(self, curve: Curve, top: int, wide: int, high: int) -> None:
        title, pad = look.px(24), look.px(26)
        self.create_text(look.px(10), top + look.px(6), text=say(curve.name), anchor="nw", font=look.CAPTION,
                         fill=look.SECONDARY)  # fmt: skip
        left, right = pad, wide - pad
        upper, lower = top + title + look.px(18), top + high - look.px(24)

        def at(right_part: float, down_part: float) -> tuple[float, float]:
            return left + right_part * (right - left), upper + down_part * (lower - upper)

        if curve.goal_at is not None:
            _, level = at(0, curve.goal_at)
            self.create_line(look.px(8), level, wide - look.px(8), level, fill=look.DONE, dash=(4, 4))
            self.create_text(wide - look.px(8), top + look.px(6), anchor="ne", font=look.CAPTION, fill=look.DONE,
                             text=say(N_("goal {value}"), value=f"{curve.goal:g}"))  # fmt: skip
        spots = [at(*spot) for spot in curve.spots]
        if len(spots) > 1:
            self.create_line(*[part for spot in spots for part in spot], fill=look.PRIMARY, width=2)
        for number, (x, y) in enumerate(spots):
            self.create_oval(x - 4, y - 4, x + 4, y + 4, fill=look.PRIMARY, outline="")
            if number in (0, len(spots) - 1) or len(spots) <= MOST_LABELS:
                self.create_text(x, y - look.px(7), text=f"{curve.values[number]:g}", font=look.CAPTION, anchor="s",
                                 fill=look.INK)  # fmt: skip
        for day, x, anchor in ((curve.days[0], left, "nw"), (curve.days[-1], right, "ne")):
            if anchor == "nw" or len(spots) > 1:
                self.create_text(x + (-pad if anchor == "nw" else pad) * 0.6, lower + look.px(6), anchor=anchor,
                                 text=f"{day:%m-%d}", font=look.CAPTION, fill=look.SECONDARY)  # type: ignore[arg-type]  # fmt: skip


class PointsBar(tk.Frame):
    """The points as a bar of those that are needed, and as numbers; for motivational support only the words."""

    def __init__(self, parent: tk.Misc) -> None:
        super().__init__(parent, bg=look.GROUND)
        self._label = tk.Label(self, bg=look.GROUND, fg=look.INK, font=look.TEXT_BOLD, anchor="w", justify="left")
        self._label.pack(fill="x")
        self._bar = tk.Canvas(self, bg=look.LINE, height=look.px(18), highlightthickness=0)
        self._part = 0.0
        self._bar.bind("<Configure>", lambda event: self._draw())

    @property
    def text(self) -> str:
        return str(self._label.cget("text"))

    def show(self, points: Points) -> None:
        """Show what is reached."""
        if points.needed:
            values: dict[str, Any] = {
                "total": points.total, "needed": points.needed, "sessions": sum(points.sessions),
                "behaviours": points.behaviours, "outcome": points.by_outcome,
            }  # fmt: skip
            told = N_("{total} of {needed} points (sessions {sessions}, changes {behaviours}, result {outcome})")
            self._label.configure(text=say(told, **values), wraplength=look.px(330))
            self._part = min(1.0, points.total / points.needed)
            self._bar.pack(fill="x", pady=(look.px(4), 0))
            self._draw()
        else:
            self._label.configure(text=say(N_("No points are needed at this level.")), wraplength=look.px(330))
            self._bar.pack_forget()

    def _draw(self) -> None:
        self._bar.delete("all")
        wide = round(self._bar.winfo_width() * self._part)
        colour = look.DONE if self._part >= 1 else look.PRIMARY
        self._bar.create_rectangle(0, 0, wide, self._bar.winfo_height(), fill=colour, outline="")
