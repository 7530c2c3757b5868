"""Who works here: entering by badge and PIN, the first person, and what the audit table is told."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kiosk.core.faults import Fault, Refused
from kiosk.flow.answers import Errands
from kiosk.flow.crew import Crew
from kiosk.flow.session import Session, check_pin, checked_name
from kiosk.store import audit, staff
from kiosk.store.engine import Store
from kiosk.store.opening import centre_store


@pytest.fixture
def errands(crew: Crew, centre: Store) -> Errands:
    return Errands(crew, lambda do, *args: do(*args), leave=centre.leave)


@pytest.fixture
def session(centre: Store, errands: Errands) -> Session:
    return Session(centre, errands, "reception-1")


def told(centre: Store) -> list[tuple[str, str, str]]:
    with centre.reading() as conn:
        return [(event.action, event.who, event.station) for event in reversed(audit.events(conn))]


def test_the_first_start_makes_the_first_person_and_no_other(centre: Store, session: Session) -> None:
    assert session.needs_first_person().wait() is True
    assert (session.name, session.role, session.actor().who) == ("", "", "system")
    person = session.first_person(" 見本 花子 ", "2468").wait()
    assert (person.name, person.role) == ("見本 花子", "admin")
    assert (session.name, session.role) == ("見本 花子", "admin")
    assert session.actor() == audit.Actor("見本 花子", "admin", "reception-1")
    assert session.needs_first_person().wait() is False
    with pytest.raises(Refused) as refused:
        session.first_person("見本 次郎", "2468").wait()
    assert refused.value.reason == "taken"
    assert told(centre) == [("first person made", "見本 花子", "reception-1")]


def test_a_deactivated_person_does_not_make_the_centre_empty(centre: Store, session: Session) -> None:
    session.first_person("見本 花子", "2468").wait()
    with centre.writing() as conn:
        staff.change_person(conn, 1, active=False)
    with pytest.raises(Refused):
        session.first_person("誰か", "2468").wait()


def test_two_pcs_started_for_the_first_time_at_once_make_one_first_person(centre: Store, errands: Errands) -> None:
    sessions = [Session(centre, errands, f"r{number}") for number in range(4)]
    together, refused = threading.Barrier(4), []

    def start(number: int) -> None:
        together.wait()
        try:
            sessions[number].first_person_now(f"見本 {number}", "2468")
        except Refused as why:
            refused.append(why.reason)
        finally:
            centre.leave()

    threads = [threading.Thread(target=start, args=(number,)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    with centre.reading() as conn:
        assert len(staff.people(conn)) == 1
    assert refused == ["taken"] * 3


@pytest.mark.parametrize(
    ("pin", "good"),
    [("1357", True), ("12", False), ("", False), ("0000", False), ("aaaaaa", False), ("1358a", True)],
)
def test_easy_pins_are_refused(pin: str, good: bool) -> None:
    if good:
        check_pin(pin)
    else:
        with pytest.raises(Refused) as refused:
            check_pin(pin)
        assert "4" in refused.value.told()


@pytest.mark.parametrize("name", ["", "   ", "\u3000", "長" * 65, "a\tb", "a\0b", "a\ud842"])
def test_names_that_are_none_are_refused(name: str) -> None:
    with pytest.raises(Refused):
        checked_name(name)


def test_a_name_is_kept_in_one_form() -> None:
    assert checked_name(" か\u3099 ") == "が"
    assert checked_name("𠮷田󠄀 髙﨑") == "𠮷田󠄀 髙﨑"


def test_badge_and_pin_let_in_and_everything_is_written_down(centre: Store, session: Session) -> None:
    with centre.writing() as conn:
        staff.add_person(conn, name="見本 太郎", role="doctor", pin="2468", badge="B-0001")
        gone = staff.add_person(conn, name="元 職員", role="nurse", pin="1357", badge="B-0002")
        staff.change_person(conn, gone.id, active=False)
    assert session.names().wait() == ["見本 太郎"]
    assert session.enter(badge="B-0001").wait().name == "見本 太郎"
    session.leave().wait()
    assert session.person is None
    assert session.enter(name="見本 太郎", pin="2468").wait().role == "doctor"
    session.leave().wait()
    session.leave().wait()  # nobody is there any more: nothing to write
    for wrong in (
        {"badge": "B-0002"},
        {"badge": "B-9999"},
        {"name": "元 職員", "pin": "1357"},
        {"name": "誰か", "pin": "1"},
        {"name": "見本 太郎", "pin": ""},
    ):
        with pytest.raises(Refused) as refused:
            session.enter(**wrong).wait()
        assert refused.value.next_step.text
    assert session.person is None
    assert told(centre) == [
        ("login", "見本 太郎", "reception-1"),
        ("logout", "見本 太郎", "reception-1"),
        ("login", "見本 太郎", "reception-1"),
        ("logout", "見本 太郎", "reception-1"),
        ("login refused", "?", "reception-1"),
        ("login refused", "?", "reception-1"),
        ("login refused", "元 職員", "reception-1"),
        ("login refused", "誰か", "reception-1"),
        ("login refused", "見本 太郎", "reception-1"),
    ]


def test_five_wrong_pins_lock_and_the_sentence_says_how_long(centre: Store, session: Session) -> None:
    with centre.writing() as conn:
        staff.add_person(conn, name="見本 太郎", role="doctor", pin="2468", badge="B-0001")
    reasons = []
    for _ in range(6):
        with pytest.raises(Refused) as refused:
            session.enter(name="見本 太郎", pin="0000").wait()
        reasons.append(refused.value.reason)
    assert reasons == ["pin"] * 4 + ["locked"] * 2
    with pytest.raises(Refused, match="Too many"):
        session.enter(name="見本 太郎", pin="2468").wait()
    assert refused.value.next_step.values["minutes"] in (5, 6)
    assert session.enter(badge="B-0001").wait().name == "見本 太郎", "the badge is not guessed by typing"


def test_a_wrong_pin_is_counted_although_nobody_is_let_in(centre: Store, session: Session) -> None:
    """The refusal is raised after the commit, so that it does not take its own count back."""
    with centre.writing() as conn:
        staff.add_person(conn, name="見本 太郎", role="doctor", pin="2468")
    with pytest.raises(Refused):
        session.enter(name="見本 太郎", pin="0000").wait()
    with centre.reading() as conn:
        assert conn.execute(sa.text("SELECT failed FROM staff")).scalar() == 1


@pytest.mark.expects_errors
def test_who_cannot_be_written_down_is_not_let_in(
    centre: Store, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with centre.writing() as conn:
        staff.add_person(conn, name="見本 太郎", role="doctor", pin="2468", badge="B-0001")

    def fail(*args: Any, **kwargs: Any) -> None:
        raise OSError("disk")

    monkeypatch.setattr(audit, "write", fail)
    with pytest.raises(Fault):
        session.enter(badge="B-0001").wait()
    assert session.person is None


def test_the_same_person_is_known_on_another_pc(centre: Store, session: Session, tmp_path: Path) -> None:
    session.first_person("見本 花子", "2468").wait()
    elsewhere = centre_store("" if centre.is_sqlite else centre.url, tmp_path)
    crew = Crew()
    errands = Errands(crew, lambda do, *args: do(*args), leave=elsewhere.leave)
    there = Session(elsewhere, errands, "findings-1")
    assert there.enter(name="見本 花子", pin="2468").wait().role == "admin"
    assert crew.close(5) == []
    elsewhere.close()
    assert told(centre)[-1] == ("login", "見本 花子", "findings-1")
