"""How a finding grows: codes bring sentences and categories, every act has a way back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.finding import FindingBody
from kiosk.core.finding_fields import with_value
from kiosk.core.judgement import FindingCode, Judgement, Kind, TextBlock, read_judgement
from kiosk.modes.findings import rules
from kiosk.modes.findings.rules import Editor
from kiosk.store.masters import default_master

FAT = FindingCode("101", "脂肪肝", "シボウカン", "肝", "脂肪肝を認めます。", "C")
CYST = FindingCode("102", "肝嚢胞", "カンノウホウ", "肝", "肝に径＿mmの嚢胞を認めます。", "B")
MASS = FindingCode("103", "腫瘤", "シュリュウ", "膵", "膵に腫瘤を認めます。", "D2")
BLOCK = TextBlock("前回", "変化ありません。")
KIND = Kind("ABDOMEN", "腹部超音波", "異常を認めません。", "A", (FAT, CYST, MASS), (BLOCK,))
JUDGEMENT: Judgement = read_judgement(
    {
        "scheme": "2025",
        "category": [
            {"code": "A", "label": "異常なし", "rank": 0},
            {"code": "B", "label": "軽度異常", "rank": 1},
            {"code": "C", "label": "要再検査", "rank": 2},
            {"code": "D", "label": "要精密検査", "rank": 3, "stands_for": ["D1", "D2"]},
        ],
    }
)


def editor(body: FindingBody | None = None) -> Editor:
    return Editor(JUDGEMENT, KIND, body or FindingBody())


def test_codes_bring_their_sentence_and_the_gravest_category() -> None:
    made = editor()
    made.add_code(CYST)
    made.add_code(MASS)
    made.add_code(MASS)
    assert made.body == FindingBody("肝に径＿mmの嚢胞を認めます。\n膵に腫瘤を認めます。", ("102", "103"), "D")
    made.remove_code("103")
    assert made.body == FindingBody("肝に径＿mmの嚢胞を認めます。", ("102",), "B")
    made.remove_code("102")
    assert made.body == FindingBody()


def test_a_filled_in_sentence_goes_with_its_code_a_reworded_one_stays() -> None:
    made = editor()
    made.add_code(CYST)
    made.typed("肝に径12mmの嚢胞を認めます。")
    made.remove_code("102")
    assert made.body.text == ""
    made.add_code(CYST)
    made.typed("肝に小さな嚢胞があります。")
    made.remove_code("102")
    assert made.body.text == "肝に小さな嚢胞があります。"


def test_the_doctors_own_category_stays_whatever_codes_come() -> None:
    made = editor()
    made.add_code(FAT)
    made.choose_category("D")
    made.add_code(CYST)
    assert (made.body.category, made.suggestion) == ("D", "C")
    made.choose_category("C")  # the same as suggested: it follows again
    made.add_code(MASS)
    assert made.body.category == "D"


def test_no_abnormality_is_replaced_by_the_first_code() -> None:
    made = editor(FindingBody(key_images=(7,)))
    made.no_abnormality()
    assert made.body == FindingBody("異常を認めません。", (), "A", (7,))
    made.add_code(FAT)
    assert made.body == FindingBody("脂肪肝を認めます。", ("101",), "C", (7,))


def test_last_time_comes_with_a_category_that_is_in_force_and_without_its_pictures() -> None:
    made = editor(FindingBody(key_images=(7,)))
    made.as_last_time(FindingBody("古い", ("101",), "D2", (1, 2)))
    assert made.body == FindingBody("古い", ("101",), "D", (7,))
    made.as_last_time(FindingBody("もっと古い", (), "X"))
    assert made.body.category == ""


def test_typing_in_a_row_is_one_step_back() -> None:
    made = editor()
    for text in ("肝", "肝に", "肝に嚢胞"):
        assert made.typed(text)
    assert not made.typed("肝に嚢胞")
    made.choose_category("B")
    made.typed("肝に嚢胞。")
    assert made.undo() and made.body == FindingBody("肝に嚢胞", (), "B")
    assert made.undo() and made.body == FindingBody("肝に嚢胞")
    assert made.undo() and made.body == FindingBody()
    assert not made.undo()


def test_key_images_go_in_and_out_in_order() -> None:
    made = editor()
    for image in (3, 1, 2):
        made.put_in(image)
    made.put_out(1)
    made.put_in(3)
    assert made.body.key_images == (3, 2)
    assert made.changed


def test_recovered_words_lead_back_to_the_saved_ones() -> None:
    made = editor(FindingBody("保存済"))
    made.recover(FindingBody("途中"))
    assert made.changed
    made.undo()
    assert made.body == FindingBody("保存済") and not made.changed


BLANKS = "径＿mm、数＿個"


@pytest.mark.parametrize(("text", "after", "at"), [(BLANKS, 0, 1), (BLANKS, 2, 6), (BLANKS, 7, 1), ("", 0, -1)])
def test_the_next_blank_is_found_and_the_first_one_after_the_last(text: str, after: int, at: int) -> None:
    assert rules.next_blank(text, after) == at


def test_lines_are_counted_by_state() -> None:
    states = ["none", "draft", "signed", "amended", "none", "first", "differs", "first"]
    assert rules.counted(states) == rules.Counted(3, 1, 2, 1, 2)
    assert [rules.row_state(state) for state in rules.STATES] == ["", "look", "look", "stop", "done", "done"]


ACTS = st.sampled_from(["add", "remove", "block", "normal", "last", "type", "choose", "in", "out"])


@given(st.lists(st.tuples(ACTS, st.integers(0, 2), st.text(alphabet="肝嚢胞＿\n 。", max_size=8)), max_size=30))
def test_whatever_is_done_can_be_taken_back_to_what_is_saved(acts: list[tuple[str, int, str]]) -> None:
    saved = FindingBody("保存済", ("101",), "C", (5,))
    made = editor(saved)
    for act, at, text in acts:
        code = KIND.codes[at]
        {
            "add": lambda code=code: made.add_code(code),
            "remove": lambda code=code: made.remove_code(code.code),
            "block": lambda: made.add_block(KIND.blocks[0]),
            "normal": made.no_abnormality,
            "last": lambda text=text: made.as_last_time(FindingBody(text, ("103",), "B")),
            "type": lambda text=text: made.typed(text),
            "choose": lambda at=at: made.choose_category("ABC"[at]),
            "in": lambda at=at: made.put_in(at),
            "out": lambda at=at: made.put_out(at),
        }[act]()
        assert len(set(made.body.codes)) == len(made.body.codes)
        assert len(set(made.body.key_images)) == len(made.body.key_images)
    while made.undo():
        pass
    assert made.body == saved


@given(st.text(alphabet="肝嚢胞。\n", max_size=20))
def test_a_sentence_that_was_put_in_comes_out_again(text: str) -> None:
    with_it = rules.with_sentence(text, "脂肪肝を認めます。")
    assert with_it.split("\n")[-1] == "脂肪肝を認めます。"
    assert rules.without_sentence(with_it, "脂肪肝を認めます。").rstrip() == text.rstrip()


class TestFields:
    """Values and text go together, whichever of the two the doctor writes."""

    @pytest.fixture
    def editor(self) -> Editor:
        judgement = read_judgement(default_master("findings"))
        return Editor(judgement, judgement.kind("ABDOMEN"), FindingBody())

    def enter(self, editor: Editor, part: str, place: str, **values: str) -> None:
        found = editor.kind.part(part)
        assert found is not None
        for field, value in values.items():
            editor.enter(found, field, place, value)

    def test_values_become_the_sentence_and_the_category_follows(self, editor: Editor) -> None:
        editor.no_abnormality()
        self.enter(editor, "肝", "1", code="10104", site="5")
        assert editor.body.text == "肝S5に径＿mmの充実性病変を認めます。"
        self.enter(editor, "肝", "1", size="18")
        assert editor.body.text == "肝S5に径18mmの充実性病変を認めます。"
        assert (editor.body.codes, editor.body.category) == (("10104",), "D")
        assert ("liver.category", "1", "4") in editor.body.items  # what the rules fill in
        self.enter(editor, "肝", "1", size="8")
        assert editor.body.category == "C" and ("liver.category", "1", "3") in editor.body.items

    def test_what_is_typed_into_the_blanks_is_entered_too(self, editor: Editor) -> None:
        code = editor.kind.finding("10102")
        assert code is not None
        editor.add_code(code)
        editor.add_code(code)
        first, second = editor.body.text.split("\n")
        editor.typed(f"{first.replace('S＿', 'S5').replace('＿', '12')}\n{second}")
        editor.typed(f"肝S5に径120mmの嚢胞を認めます。\n{second.replace('S＿', 'S8')}")
        values = {(item.field, item.place): item.value for item in editor.body.items}
        assert (values["liver.site", "1"], values["liver.size", "1"], values["liver.site", "2"]) == ("5", "120", "8")
        editor.typed("肝S4、5に径120mmの嚢胞を認めます。\n肝S8に径＿mmの嚢胞を認めます。")
        assert not [item for item in editor.body.items if (item.field, item.place) == ("liver.site", "1")]
        editor.remove_code("10102")
        assert not editor.body.codes and not editor.body.items

    def test_reworded_lines_stay(self, editor: Editor) -> None:
        self.enter(editor, "肝", "1", code="10102", site="5", size="12")
        editor.typed("肝S5に嚢胞(12mm)。")
        self.enter(editor, "肝", "1", size="15")
        assert editor.body.text.split("\n") == ["肝S5に嚢胞(12mm)。", "肝S5に径15mmの嚢胞を認めます。"]

    def test_no_abnormality_fills_all_and_keeps_what_was_measured(self) -> None:
        judgement = read_judgement(default_master("findings"))
        editor = Editor(judgement, judgement.kind("GASTRO"), FindingBody())
        self.enter(editor, "検査", "", route="経鼻", biopsy="1")
        self.enter(editor, "胃粘膜", "", hp="現感染")
        editor.no_abnormality()
        values = {item.field: item.value for item in editor.body.items}
        assert values == {"exam.route": "経鼻", "exam.biopsy": "1", "mucosa.hp": "未感染", "mucosa.atrophy": "C-0"}
        assert editor.body.text.startswith(editor.kind.normal) and editor.body.category == "A"
        self.enter(editor, "胃粘膜", "", atrophy="C-2")
        assert editor.kind.normal not in editor.body.text and "木村・竹本分類 C-2" in editor.body.text
        assert editor.body.category == "C"
        while editor.undo():
            pass
        assert editor.body == FindingBody()

    def test_as_last_time_takes_the_fields_that_still_exist(self, editor: Editor) -> None:
        items = with_value((), "liver.site", "1", "5")
        editor.as_last_time(FindingBody("前回", ("10102",), "B", (), items=with_value(items, "gone.field", "", "x")))
        assert editor.body.items == items
