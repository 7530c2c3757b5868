"""An IN of any length is one of a few statements."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.store.in_lists import few_lengths


@given(values=st.lists(st.integers(), max_size=700))
def test_the_values_are_the_same_and_the_lengths_are_few(values: list[int]) -> None:
    found = few_lengths(values)
    assert set(found) == set(values) and found[: len(values)] == values
    assert len(found) in {0, *(1 << power for power in range(11))}
