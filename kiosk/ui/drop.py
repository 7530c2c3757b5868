"""Files dropped on a window. Tk has no drag and drop of its own; the tkdnd extension (MIT) brings it where it loads."""

from __future__ import annotations

import logging
import tkinter as tk
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger("kiosk.ui")


def take_files(top: tk.Tk | tk.Toplevel, take: Callable[[list[Path]], object]) -> bool:
    """From now on ``take(paths)`` is called when files or folders are dropped anywhere on ``top``.

    False where the extension can't be loaded: files then come by argument or by the open dialog.
    """
    try:
        from tkinterdnd2 import TkinterDnD

        TkinterDnD.require(top)
        top.tk.call("tkdnd::drop_target", "register", str(top), ("DND_Files",))
    except (ImportError, RuntimeError, tk.TclError) as why:
        log.info("no drag and drop here: %s", type(why).__name__)
        return False

    def dropped(names: str) -> str:
        paths = [Path(name) for name in top.tk.splitlist(names) if name]
        # After the drop is answered: the program that is dragged from waits for it, and may wait no longer.
        if paths:
            top.after_idle(take, paths)
        return "copy"

    top.tk.call("bind", str(top), "<<Drop:DND_Files>>", f"{top.register(dropped)} %D")
    return True
