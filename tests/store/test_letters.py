"""Referral letters and cases of guidance in the shared store: versions, pages as signed, search, who comes second."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from kiosk.core.faults import Fault, Overtaken
from kiosk.core.guidance import CaseBody, Session
from kiosk.core.letter import Addressee, Letter, LetterBody, LetterState, Reply
from kiosk.store import guidance, letters, visits
from kiosk.store.engine import Store
from kiosk.store.guidance import Figures
from kiosk.store.letter_tables import letter_versions
from tests.store.samples import patient, row

BODY = LetterBody("例示病院", "内科", "例示 三郎", day="2026-11-24", course="肝S5に腫瘤を認めます。", key_images=(3,))
BY = "見本 医師"


@pytest.fixture
def visit(centre: Store) -> int:
    with centre.writing() as conn:
        return visits.take_visit(conn, row(1), "list").visit


@pytest.fixture
def letter(centre: Store, visit: int) -> Letter:
    with centre.writing() as conn:
        return letters.make_letter(conn, visit=visit, body=BODY, by=BY)


def write(store: Store, letter: int, body: LetterBody, based_on: int, pdf: bytes = b"", reason: str = "") -> Letter:
    with store.writing() as conn:
        return letters.write_version(conn, letter=letter, body=body, by=BY, based_on=based_on, pdf=pdf, reason=reason)


def test_a_draft_is_replaced_a_signed_letter_never(centre: Store, letter: Letter) -> None:
    draft = write(centre, letter.id, replace(BODY, course="二"), 1)
    assert (draft.state, [each.body.course for each in draft.versions]) == (LetterState.DRAFT, ["二"])
    signed = write(centre, letter.id, BODY, 2, b"%PDF one")
    with centre.writing() as conn:
        letters.mark_sent(conn, letter.id, "2026-11-25", BY)
    amended = write(centre, letter.id, replace(BODY, course="三"), 3, b"%PDF two", "左右の訂正")
    assert (signed.state, amended.state, amended.sent_day) == (LetterState.SIGNED, LetterState.AMENDED, "")
    assert [(each.number, each.body.course, each.signed, each.reason) for each in amended.versions] == [
        (1, BODY.course, True, ""), (2, "三", True, "左右の訂正")
    ]  # fmt: skip
    with centre.reading() as conn:
        assert letters.signed_page(conn, letter.id, 1) == b"%PDF one"
        assert letters.signed_page(conn, letter.id, 2) == b"%PDF two"
        assert letters.signed_page(conn, letter.id, 3) is None
        assert letters.damaged_pages(conn) == []


def test_a_damaged_page_is_refused(centre: Store, letter: Letter) -> None:
    write(centre, letter.id, BODY, 1, b"%PDF one")
    with centre.writing() as conn:
        conn.execute(sa.update(letter_versions).values(pdf=b"%PDF other"))
    with centre.reading() as conn, pytest.raises(Fault) as why:
        assert len(letters.damaged_pages(conn)) == 1
        letters.signed_page(conn, letter.id, 1)
    assert why.value.reference == "S316"


def test_the_second_writer_of_a_letter_is_told(centre: Store, letter: Letter) -> None:
    write(centre, letter.id, BODY, 1)
    with pytest.raises(Overtaken):  # a draft too is somebody's words
        write(centre, letter.id, BODY, 1)
    write(centre, letter.id, BODY, 2, b"%PDF")
    write(centre, letter.id, BODY, 3, b"%PDF", "訂正")
    with pytest.raises(Overtaken):
        write(centre, letter.id, BODY, 3, b"%PDF", "同時")


def test_a_discarded_letter_is_not_written_to(centre: Store, letter: Letter) -> None:
    with centre.writing() as conn:
        letters.discard(conn, letter.id, BY)
    with pytest.raises(Overtaken):
        write(centre, letter.id, BODY, 1)
    with centre.reading() as conn:
        assert letters.search(conn) == []


def test_letters_are_found(centre: Store, letter: Letter) -> None:
    with centre.writing() as conn:
        hanako = patient(2, kanji="例示 花子", kana="レイジ ハナコ")
        other = visits.take_visit(conn, row(2, patient=hanako), "list").visit
        letters.make_letter(conn, visit=other, body=LetterBody("50%_病院"), by=BY)
        letters.add_reply(conn, letter.id, Reply("2026-12-01", "血管腫でした", BY, "2026-12-01T09:00"))
        letters.add_reply(conn, letter.id, Reply("2026-12-08", "追伸", BY, "2026-12-08T09:00"))
    with centre.reading() as conn:
        for text in ("見本", "みほん", "ﾐﾎﾝ", "P00001", "例示病院", "三郎", "肝S5", "見本 腫瘤"):
            assert [each.letter for each in letters.search(conn, text=text)] == [letter.id], text
        assert [each.kanji for each in letters.search(conn, text="0%_")] == ["例示 花子"]
        assert letters.search(conn, text="見本 花子") == []
        assert len(letters.search(conn, since="2026-11-24", until="2026-11-24")) == 2
        assert letters.search(conn, since="2026-11-25") == letters.search(conn, until="2026-11-23") == []
        found = letters.search(conn, text="見本")[0]
        assert (found.replied, found.addressee) == (True, "例示病院 内科 例示 三郎")
        whole = letters.letter_by_id(conn, letter.id)
        assert whole is not None and [each.text for each in whole.replies] == ["血管腫でした", "追伸"]


def test_institutions_are_found_by_kana_of_any_kind(centre: Store) -> None:
    with centre.writing() as conn:
        one = letters.write_addressee(conn, Addressee("例示病院", "れいじびょういん", "内科", "例示 三郎", "0"), BY)
        letters.write_addressee(conn, Addressee("見本商事", "ミホンショウジ", medical=False), BY)
    with centre.reading() as conn:
        for text in ("ﾚｲｼﾞ", "れいじ", "例示 内科", "三郎"):
            assert [each.id for each in letters.addressees_like(conn, text)] == [one], text
        assert [each.medical for each in letters.addressees_like(conn)] == [False, True]
    with centre.writing() as conn:
        letters.write_addressee(conn, Addressee("例示総合病院", "レイジ", id=one), BY)
        letters.remove_addressee(conn, one, BY)
        assert [each.name for each in letters.addressees_like(conn)] == ["見本商事"]


def test_each_save_of_a_case_stays_and_the_second_is_told(centre: Store, visit: int) -> None:
    body = CaseBody("2026-11-24", level="intensive", ticket="12345678901")
    with centre.writing() as conn:
        found = visits.visit_by_id(conn, visit)
        assert found is not None
        case = guidance.begin_case(
            conn, patient=found.patient_row, visit=visit, year=2026, body=body, figures=Figures("", 0), by=BY
        )  # fmt: skip
        assert guidance.case_of(conn, found.patient_row, 2026) == case.id
        assert guidance.case_of(conn, found.patient_row, 2025) is None
    later = body.with_session(Session("2026-11-24", "first", 20, weight=70.5))
    with centre.writing() as conn:
        figures = Figures("2027-02-24", 20)
        saved = guidance.write_case(conn, case=case.id, body=later, figures=figures, by=BY, based_on=1)
    assert [each.body for each in saved.versions] == [body, later]
    with pytest.raises(Overtaken), centre.writing() as conn:
        guidance.write_case(conn, case=case.id, body=body, figures=figures, by=BY, based_on=1)
    with centre.reading() as conn:
        line = guidance.search(conn, text="みほん")[0]
        assert (line.due, line.points, line.sessions, line.last_day) == ("2027-02-24", 20, 1, "2026-11-24")
        assert guidance.search(conn, text="12345678901") == [line]
        assert guidance.search(conn, states=("finished",)) == guidance.search(conn, text="花子") == []


def test_what_is_due_first_stands_first(centre: Store) -> None:
    for number, due in ((1, ""), (2, "2027-03-01"), (3, "2026-12-01")):
        with centre.writing() as conn:
            visit = visits.take_visit(conn, row(number), "list").visit
            found = visits.visit_by_id(conn, visit)
            assert found is not None
            guidance.begin_case(
                conn, patient=found.patient_row, visit=visit, year=2026, body=CaseBody(), figures=Figures(due, 0), by=BY
            )  # fmt: skip
    with centre.reading() as conn:
        assert [each.due for each in guidance.search(conn)] == ["2026-12-01", "2027-03-01", ""]


def test_further_columns_of_the_list_are_read(centre: Store) -> None:
    with centre.writing() as conn:
        visit = visits.take_visit(conn, row(1, extra={"waist": "85.5", "phone": "000"}), "list").visit
    with centre.reading() as conn:
        assert guidance.extra_of(conn, visit) == {"waist": "85.5", "phone": "000"}
        assert guidance.extra_of(conn, visit + 1) == {}
