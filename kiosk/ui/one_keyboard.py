"""The keyboard stays in the window that a person is typing in: an answer that comes late in another window of the same
PC only says where the cursor will stand there.

Tk itself takes the keyboard to whatever widget is given the focus, in whichever window; two windows side by side would
type into each other.
"""

from __future__ import annotations

import tkinter as tk

# A plain "focus .widget" in another station window is kept for later; "focus -force", a click and the window manager
# turn to it. Menus and the lists of comboboxes are windows too, but none of ours.
_GUARD = """
if {[info commands ::kiosk_focus] eq ""} {
    rename ::focus ::kiosk_focus
    proc ::focus {args} {
        set window [lindex $args end]
        if {[llength $args] == 1 && [winfo exists $window]} {
            set now [::kiosk_focus]
            set top [winfo toplevel $window]
            if {$now ne "" && [info exists ::kiosk_window($top)]} {
                set front [winfo toplevel $now]
                if {$front ne $top && [info exists ::kiosk_window($front)]} {
                    set ::kiosk_later($top) $window
                    return
                }
            }
            unset -nocomplain ::kiosk_later($top)
        } elseif {[llength $args] == 2 && [lindex $args 0] eq "-lastfor" && [winfo exists $window]} {
            set top [winfo toplevel $window]
            if {[info exists ::kiosk_later($top)] && [winfo exists $::kiosk_later($top)]} {
                return $::kiosk_later($top)
            }
        } elseif {[llength $args] == 2 && [lindex $args 0] eq "-force" && [winfo exists $window]} {
            unset -nocomplain ::kiosk_later([winfo toplevel $window])
        }
        return [uplevel 1 [list ::kiosk_focus {*}$args]]
    }
    proc ::kiosk_turned {window} {
        if {![winfo exists $window]} return
        set top [winfo toplevel $window]
        if {[info exists ::kiosk_later($top)]} {
            set wanted $::kiosk_later($top)
            unset ::kiosk_later($top)
            if {[winfo exists $wanted]} {::kiosk_focus $wanted}
        }
    }
    bind all <FocusIn> {+::kiosk_turned %W}
    bind all <ButtonPress> {+::kiosk_turned %W}
}
"""


def guard(window: tk.Tk | tk.Toplevel) -> None:
    """From now on, for this window among those of the program."""
    window.tk.eval(_GUARD)
    window.tk.call("set", f"::kiosk_window({window})", 1)
    window.bind("<Destroy>", lambda event: _forget(window) if event.widget is window else None, add=True)


def _forget(window: tk.Misc) -> None:
    window.tk.eval(f"unset -nocomplain ::kiosk_window({window}) ::kiosk_later({window})")
