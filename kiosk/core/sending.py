"""A study on its way to a destination: its states and old marks, when it is complete, when a peer is tried again."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from kiosk.core.words import N_


class SendState(StrEnum):
    """Where a study stands, in this order; ``failed`` goes back to ``queued`` by itself after a pause."""

    WAITING = "waiting"  # not complete yet
    HELD = "held"  # not marked sendable
    QUEUED = "queued"
    SENDING = "sending"
    FAILED = "failed"
    ACCEPTED = "accepted"  # 0000 for each image
    VERIFIED = "verified"  # the destination was asked and has them
    DONE = "done"


STATES = {
    SendState.WAITING: N_("not complete yet"),
    SendState.HELD: N_("not marked for sending"),
    SendState.QUEUED: N_("waiting"),
    SendState.SENDING: N_("being sent"),
    SendState.FAILED: N_("not accepted"),
    SendState.ACCEPTED: N_("accepted"),
    SendState.VERIFIED: N_("verified"),
    SendState.DONE: N_("sent"),
}
OPEN = (SendState.WAITING, SendState.QUEUED, SendState.SENDING, SendState.FAILED, SendState.ACCEPTED)

# The old forwarder's marks: sent, not sent because of an error, set back to be sent.
SENT, NOT_SENT, SET_BACK = "01", "01NG", "00"


# -- is it complete? -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Completeness:
    """How a study is known to be complete.

    ``quiet``: nothing of it came for ``quiet_s``. ``listing``: two listings, ``listing_s`` apart, found the same
    images (the old forwarder's way). ``mpps``: the device said how many images it made, and so many are there; where
    no device says anything, ``silent_s`` without a further image.
    """

    way: str = "quiet"
    quiet_s: float = 60.0
    listing_s: float = 180.0
    silent_s: float = 600.0


@dataclass(frozen=True)
class Seen:
    """What is known of a study now. Times in seconds (time.time()); ``expected`` None where no device told it."""

    images: int
    last_image_at: float
    listings: int = 0
    listed_images: int = 0
    listed_at: float = 0.0
    expected: int | None = None


@dataclass(frozen=True)
class Verdict:
    """``complete``, else when to look again; ``listings`` and whether this look was one."""

    complete: bool
    look_at: float = 0.0
    listings: int = 0
    listed: bool = False


def judge(how: Completeness, seen: Seen, now: float) -> Verdict:
    """Is the study complete at ``now``? An image that is dated ahead (a clock set back) does not hold it up."""
    quiet = max(0.0, now - seen.last_image_at)
    if how.way == "listing":
        return _by_listing(how, seen, now)
    if how.way == "mpps":
        if seen.expected is not None and seen.images >= seen.expected:
            return Verdict(True)
        return Verdict(True) if quiet >= how.silent_s else Verdict(False, now + min(5.0, how.silent_s - quiet))
    return Verdict(True) if quiet >= how.quiet_s else Verdict(False, now + how.quiet_s - quiet)


def _by_listing(how: Completeness, seen: Seen, now: float) -> Verdict:
    since = now - seen.listed_at
    if seen.listings and 0 <= since < how.listing_s:
        return Verdict(False, seen.listed_at + how.listing_s, seen.listings)
    listings = seen.listings + 1 if seen.listings and seen.listed_images == seen.images else 1
    return Verdict(listings > 1, now + how.listing_s, listings, listed=True)


# -- when is a peer tried again? -------------------------------------------------------------------------------------

BY_HAND_S = 5.0  # what somebody asks for is tried so soon after a failure, whatever the pause
LONGEST_PAUSES = 6  # of the first pause: 10 minutes grow to an hour


def pause_s(first_s: float, attempts: int) -> float:
    """The pause after so many failures in a row: grows by the first one each time, up to six times it."""
    return first_s * max(1, min(attempts, LONGEST_PAUSES))


@dataclass
class Breaker:
    """Keeps five hundred studies from failing one by one at a peer that is down: after a failure of the peer itself
    nothing is begun until it answers a question, or the pause is over; then one study is tried.
    """

    first_s: float = 600.0
    failures: int = 0
    failed_at: float = 0.0
    until: float = 0.0
    wakes: bool = True  # an answer to C-ECHO is enough to try again

    @property
    def closed(self) -> bool:
        """Is all well?"""
        return self.failures == 0

    def failed(self, now: float, *, wakes: bool = True) -> None:
        """The peer failed. ``wakes`` False where it answers but has no room: then C-ECHO proves nothing."""
        self.failures += 1
        self.failed_at = now
        self.until = now + pause_s(self.first_s, self.failures)
        self.wakes = wakes

    def answered(self) -> None:
        """It answered C-ECHO: one study may be tried at once."""
        if not self.closed and self.wakes:
            self.until = 0.0

    def succeeded(self) -> None:
        """It took images."""
        self.failures, self.until = 0, 0.0

    def may(self, now: float) -> bool:
        """May a study be tried? A clock set back must not stretch the pause."""
        if self.until - now > pause_s(self.first_s, LONGEST_PAUSES):
            self.until = now
        return now >= self.until

    def may_by_hand(self, now: float) -> bool:
        """May a study be tried that somebody asked for?"""
        return self.may(now) or not 0 <= now - self.failed_at < BY_HAND_S


# -- what people see -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lamps:
    """How a peer answered last: milliseconds, None where it did not; ``at`` ISO 8601, empty where never asked."""

    ping: float | None = None
    tcp: float | None = None
    echo: float | None = None
    at: str = ""
    good_at: str = ""  # when C-ECHO was last answered
    link: str = "closed"  # closed or connected: is an association open now?
    can_ping: bool = True  # False where this PC has no ping: its lamp says nothing


@dataclass(frozen=True)
class DestinationLine:
    """One destination as the sending process tells it. ``why`` is a msgid; ``until`` when it is tried again."""

    name: str
    title: str = ""
    ae_title: str = ""
    way: str = "store"
    lamps: Lamps = field(default_factory=Lamps)
    paused: bool = False
    resting: bool = False  # the breaker is open
    until: str = ""
    why: str = ""
    why_values: dict[str, Any] = field(default_factory=dict)
    study: int = 0  # row of the study that is being sent
    sent: int = 0  # so many of it are away
    of: int = 0
    contact: str = ""

    def as_data(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> DestinationLine:
        return cls(**{**data, "lamps": Lamps(**data["lamps"])})


@dataclass(frozen=True)
class Switches:
    """What is switched on the screen, for this PC: automatic sending, and whether only to a peer that answers."""

    automatic: bool = True
    answering: bool = True
    paused: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        return {"automatic": self.automatic, "answering": self.answering, "paused": list(self.paused)}


@dataclass(frozen=True)
class SendLine:
    """One study on its way to one destination. ``due`` when it is tried next (time.time()), 0 where it is not."""

    id: int
    destination: str
    study: int
    study_uid: str
    patient_id: str
    name: tuple[str, str, str]
    study_date: str
    modalities: str
    state: SendState
    mark: str
    sendable: bool
    images: int
    accepted: int
    last_status: str
    error: str
    error_values: dict[str, Any]
    attempts: int
    rule: str
    created_at: str
    changed_at: str
    verified_at: str
    commitment: str = ""  # transaction UID of what the destination was asked
    due: float = 0.0
