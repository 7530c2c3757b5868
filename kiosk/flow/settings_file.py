"""Reads a parameter file (TOML): typed, every error of the file at once with file, key and nearest name."""

from __future__ import annotations

import difflib
import json
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from kiosk.core.faults import Fault
from kiosk.core.process import home
from kiosk.core.settings import Settings, StationSettings, setting
from kiosk.core.words import N_, Sentence, say
from kiosk.store.volume import Volume, Volumes


@dataclass(frozen=True)
class VolumeSettings(Settings):
    """One image volume as this PC sees it."""

    path: str = setting("", N_("Folder of the volume: a local path, or on other PCs a UNC path."))
    writable: bool = setting(False, N_("Only the gateway writes to a volume."))
    role: Literal["gateway", "primary", "mirror", "backup"] = setting(
        "gateway",
        N_("gateway: receives; primary: the image server's disk; mirror: the second copy; backup: of the disk copy."),
    )
    title: str = setting("", N_("What people call it."))
    reserve_gb: float = setting(2.0, N_("It is full when so many GB are free (of a small disk: a tenth) ..."))
    reserve_percent: float = setting(1.0, N_("... or when so many percent of it are free, whichever comes first."))


@dataclass(frozen=True)
class StationFile:
    """What a parameter file says, validated."""

    station: StationSettings = field(default_factory=StationSettings)
    volumes: dict[str, VolumeSettings] = field(default_factory=dict)
    modes: dict[str, Any] = field(default_factory=dict)  # mode name -> its settings
    path: Path | None = None  # None: the launcher on built-in defaults

    @property
    def folder(self) -> Path:
        """What relative paths of the file are relative to."""
        return self.path.parent if self.path else home()

    @property
    def data(self) -> Path:
        """This PC's data folder, absolute."""
        return (self.folder / self.station.data).absolute()


DEFAULT_VOLUME = "MAG1"


def volumes_of(file: StationFile) -> Volumes:
    """The image volumes as this PC sees them; without any in the file, one in the data folder."""
    told = file.volumes or {DEFAULT_VOLUME: VolumeSettings(str(file.data / DEFAULT_VOLUME), writable=True)}
    return Volumes([_volume(name, file.folder, each) for name, each in told.items()])


def _volume(name: str, folder: Path, told: VolumeSettings) -> Volume:
    return Volume(
        name,
        (folder / told.path).absolute(),
        told.writable,
        told.role,
        told.title,
        reserve_bytes=int(told.reserve_gb * 1e9),
        reserve_part=told.reserve_percent / 100,
    )


class WrongSettings(Fault):
    """Everything that is wrong in a parameter file, a line each."""

    reference = "P201"

    def __init__(self, path: str, wrong: list[Sentence]) -> None:
        self.wrong = wrong
        super().__init__(
            N_("The parameter file {path} has {count} mistakes: {lines}"),
            N_("Correct them and start again."),
            path=path,
            count=len(wrong),
            lines=" / ".join(say(each) for each in wrong),
        )


def read_settings(path: Path, settings_of: dict[str, type]) -> StationFile:
    """Read and validate ``path``. ``settings_of``: mode name -> its settings class.

    Raises Fault where the file can't be read, WrongSettings with every mistake at once.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise Fault(
            N_("The parameter file {path} was not found."),
            N_("Check its name and place."),
            reference="P202",
            path=str(path),
        ) from None
    except (OSError, UnicodeDecodeError) as why:
        raise Fault(
            N_("The parameter file {path} can't be read ({reason})."),
            N_("Save it as UTF-8 text and try again."),
            reference="P203",
            path=str(path),
            reason=type(why).__name__,
        ) from None
    except tomllib.TOMLDecodeError as why:
        raise Fault(
            N_("The parameter file {path} is not valid TOML: {reason}"),
            N_("Correct that line and start again."),
            reference="P204",
            path=str(path),
            reason=str(why),
        ) from None
    return validated(raw, settings_of, path)


def validated(raw: dict[str, Any], settings_of: dict[str, type], path: Path | None = None) -> StationFile:
    """A parsed parameter file as typed settings; raises WrongSettings."""
    wrong: list[Sentence] = []
    for key in raw:
        if key not in ("station", "volumes", "modes"):
            wrong.append(_unknown(key, key, ["station", "volumes", "modes"]))
    station = _part(StationSettings, raw.get("station", {}), "station", wrong)
    if station is not None:
        _see_to_store(station.centre, wrong)
    volumes = {
        str(name): _part(VolumeSettings, {"path": body} if isinstance(body, str) else body, f"volumes.{name}", wrong)
        for name, body in _table(raw, "volumes", wrong).items()
    }
    modes: dict[str, Any] = {}
    for name, body in _table(raw, "modes", wrong).items():
        if name not in settings_of:
            wrong.append(_unknown(f"modes.{name}", name, list(settings_of)))
        else:
            modes[name] = _part(settings_of[name], body, f"modes.{name}", wrong)
    if wrong:
        raise WrongSettings(str(path) if path else "-", wrong)
    return StationFile(station, volumes, modes, path)


def _see_to_store(url: str, wrong: list[Sentence]) -> None:
    """A misspelt address must be told here: a gateway that starts with it would refuse every image."""
    if not url:
        return
    from kiosk.store.engine import wrong_url  # SQLAlchemy takes its time, and most files need none of it

    if wrong_url(url):
        reason = N_("postgresql+psycopg://user@host/name is wanted, or sqlite:/// and the whole path of a file")
        shown = url.partition("://")[0][:40]  # what follows may hold a password
        values = {"key": "station.centre", "value": repr(shown), "reason": Sentence(reason)}
        wrong.append(Sentence(N_("{key} = {value} does not fit: {reason}"), values))


def _table(raw: dict[str, Any], key: str, wrong: list[Sentence]) -> dict[str, Any]:
    body = raw.get(key, {})
    if isinstance(body, dict):
        return body
    wrong.append(Sentence(N_("[{key}] must be a table"), {"key": key}))
    return {}


# pydantic's kinds of error in words; whatever else there is keeps pydantic's own.
REASONS = {
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), N_("a whole number is wanted")),
    **dict.fromkeys(("float_type", "float_parsing"), N_("a number is wanted")),
    **dict.fromkeys(("bool_type", "bool_parsing"), N_("true or false is wanted")),
    **dict.fromkeys(("list_type", "tuple_type"), N_("a list in brackets is wanted")),
    **dict.fromkeys(("dict_type", "dataclass_type"), N_("a table is wanted")),
    **dict.fromkeys(("literal_error", "enum"), N_("one of {expected} is wanted")),
    "string_type": N_("text in quotation marks is wanted"),
}


def _part(cls: type, body: Any, where: str, wrong: list[Sentence]) -> Any:
    from pydantic import TypeAdapter, ValidationError

    try:
        # As JSON, because pydantic is strict there ("104" is no number) and still makes tuples and tables.
        return TypeAdapter(cls).validate_json(json.dumps(body, default=str), strict=True)
    except ValidationError as why:
        for each in why.errors():
            key = ".".join([where, *(str(part) for part in each["loc"])])
            if each["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
                wrong.append(_unknown(key, str(each["loc"][-1]), _names_at(cls, each["loc"][:-1])))
            elif each["type"] == "missing":
                wrong.append(Sentence(N_("{key} is missing"), {"key": key}))
            else:
                known = REASONS.get(each["type"])
                reason = Sentence(known, each.get("ctx", {})) if known else each["msg"]
                values = {"key": key, "value": repr(each["input"])[:60], "reason": reason}
                wrong.append(Sentence(N_("{key} = {value} does not fit: {reason}"), values))
        return None


def _names_at(cls: type, loc: tuple[int | str, ...]) -> list[str]:
    """The known keys of the settings class that ``loc`` leads to, as far as it can be followed."""
    import typing

    current: Any = cls
    for part in loc:
        hints = typing.get_type_hints(current) if hasattr(current, "__dataclass_fields__") else {}
        current = hints.get(str(part), current)
        for inner in typing.get_args(current):
            if hasattr(inner, "__dataclass_fields__"):
                current = inner
    return [each.name for each in fields(current)] if hasattr(current, "__dataclass_fields__") else []


def _unknown(key: str, name: str, known: list[str]) -> Sentence:
    near = difflib.get_close_matches(name, known, 1, 0.5)
    if near:
        return Sentence(N_("{key} is not known; did you mean {near}?"), {"key": key, "near": near[0]})
    return Sentence(N_("{key} is not known; known here: {known}"), {"key": key, "known": ", ".join(sorted(known))})
