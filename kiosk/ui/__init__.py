"""The window kit that every station uses: frame, look, keys, scanning, list, fields, image pane.

How a station's window is built::

    def open_window(parent, desk):            # parent: tk.Tk or tk.Toplevel, already dressed by look.dress(root)
        shell = Shell(parent, N_("Examinee list"), where=N_("Reception"), mailbox=desk.mailbox)
        search = NumberField(shell.work, N_("Check-up number"))
        search.grid(row=0, column=0, sticky="w")
        shell.search_field(search.entry)      # typing anywhere lands here
        shell.on_scan(lambda code: find(code))  # a barcode works wherever the focus is
        table = Table(shell.work, [Column("time", N_("Time"), 84), Column("name", N_("Name"), 154, stretch=True)])
        table.grid(row=1, column=0, sticky="nsew")
        shell.work.rowconfigure(1, weight=1)
        shell.work.columnconfigure(0, weight=1)
        shell.keys([Key("F2", N_("Number"), search.focus), Key("F5", N_("Check in"), check_in),
                    Key("F6", N_("Undo"), undo), Key("F12", N_("Maintenance"), maintain), Key("Esc", N_("Back"), back)])
        shell.lamp(N_("Database")).good()
        desk.today().then(table.show, shell.problem.fault)   # the desk answers through the mailbox
        return shell

Texts are English msgids (``N_``) or ``Sentence``; the kit says them in the language in force. Sizes are in pixels of
a screen at 96 dpi and go through ``look.px``.
"""
