"""Each fault that the documents name has tests that are there."""

from __future__ import annotations

import re

from tests.house.tree import HOME

NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def test_every_fault_has_its_tests() -> None:
    lines = [line for line in (HOME / "docs" / "faults.md").read_text(encoding="utf-8").splitlines() if "::" in line]
    told = {line.split("|")[1].strip(): NAMED.findall(line) for line in lines}
    wanted = {f"N{number}" for number in range(1, 23)} | {f"C{number}" for number in range(1, 16)}
    wanted |= {f"F{number}" for number in range(1, 6)} | {"R1", "R2", "B1", "V1", "V2"}
    assert wanted <= set(told)
    for fault, tests in told.items():
        assert tests, fault
        for file, name in tests:
            assert f"def {name}(" in (HOME / "tests" / file).read_text(encoding="utf-8"), f"{fault}: {file}::{name}"
