"""The old positional parameter files become TOML: ``ParamCSTORE.dat`` and ``ParamMWMRoot.dat`` (systems S10, S09)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.words import N_

FIRST_DESTINATION, LAST_DESTINATION = 4, 14  # lines of ParamCSTORE.dat that hold destination AE titles


def import_settings(source: Path, target: Path) -> Path:
    """Write ``target`` (a parameter file of ours) from an old ``.dat``; never over an existing file.

    Raises Fault for a file that is not one of the two, or whose values do not fit.
    """
    import tomlkit

    if target.exists():
        raise Fault(N_("{path} exists already."), N_("Name another file with -o."), reference="P220", path=str(target))
    try:
        raw = source.read_bytes()
        # Whoever opened it in a newer Notepad and saved it has made it UTF-8, which says so at its beginning.
        text = raw.decode("utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "cp932")
    except (OSError, UnicodeDecodeError) as why:
        raise Fault(
            N_("The old file {path} can't be read ({reason})."),
            N_("Check its name and place."),
            reference="P221",
            path=str(source),
            reason=type(why).__name__,
        ) from None
    values = [line.strip().strip('"') for line in text.splitlines()]
    if len(values) == 1 and "," in values[0]:
        values = [part.strip().strip('"') for part in values[0].split(",")]
    name = source.name.lower()
    if name.startswith("paramcstore"):
        gateway = _cstore(values)
    elif name.startswith("parammwm"):
        gateway = _mwm(values)
    else:
        raise Fault(
            N_("{path} is not an old parameter file that is known here."),
            N_("Known: ParamCSTORE.dat and ParamMWMRoot.dat."),
            reference="P222",
            path=source.name,
        )
    document = tomlkit.document()
    document.add(tomlkit.comment(f"made from {source.name}"))
    document["station"] = {"name": "gateway"}
    document["modes"] = {"gateway": gateway}
    try:
        target.write_text(tomlkit.dumps(document), encoding="utf-8")
    except OSError as why:
        raise Fault(
            N_("{path} can't be written ({reason})."),
            N_("Name a file in a folder that is there, with -o."),
            reference="P225",
            path=str(target),
            reason=why.strerror or type(why).__name__,
        ) from None
    return target


def _number(values: list[str], index: int, what: str, lowest: int, highest: int) -> int:
    text = values[index] if index < len(values) else ""
    if not text.isdecimal() or not lowest <= int(text) <= highest:
        raise Fault(
            N_("Line {line} ({what}) says “{text}”, which does not fit."),
            N_("It must be a number from {lowest} to {highest}."),
            reference="P223",
            line=index + 1,
            what=what,
            text=text,
            lowest=lowest,
            highest=highest,
        )
    return int(text)


def _cstore(values: list[str]) -> dict[str, Any]:
    """0 port, 1 IP, 2 calling AE, 3 called AE, 4 to 14 destination AEs (of two characters or more), 15 log flag,
    16 log folder.
    """
    port = _number(values, 0, "port", 1, 65535)
    if len(values) < FIRST_DESTINATION or not values[1] or not values[3]:
        raise Fault(N_("The old file ends too early."), N_("Copy it again from the old PC."), reference="P224")
    destinations = [value for value in values[FIRST_DESTINATION : LAST_DESTINATION + 1] if len(value) >= 2]
    query: dict[str, Any] = {
        "address": values[1],
        "port": port,
        "calling_ae": values[2],
        "called_ae": values[3],
        "destinations": destinations,
        "log": len(values) > 15 and values[15] == "01",
        "log_folder": values[16] if len(values) > 16 else "",
    }
    return {"query": query}


def _mwm(values: list[str]) -> dict[str, Any]:
    """0 port, 1 layout (0 dated folders, 1 flat viewer folder)."""
    port = _number(values, 0, "port", 1, 65535)
    layout = _number(values, 1, "layout", 0, 1)
    return {"port": port, "layout": "flat" if layout else "dated"}
