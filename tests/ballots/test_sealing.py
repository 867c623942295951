"""Sealed counters and codes: what is stored says nothing without the secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballots import codes
from ballots.marks import Marks
from ballots.sealing import SPACE, SealBroken, new_seal, open_counts, seal_counts

KEY, OTHER = b"one secret", b"another secret"
counts = st.lists(st.integers(0, 1000), min_size=1, max_size=40)


@given(counts)
def test_what_is_sealed_can_be_opened(numbers: list[int]) -> None:
    seal = new_seal()
    sealed = seal_counts(numbers, key=KEY, seal=seal)
    assert open_counts(sealed, key=KEY, seal=seal) == numbers
    assert all(0 <= value < SPACE for value in sealed)


def test_another_secret_does_not_open_it() -> None:
    seal = new_seal()
    sealed = seal_counts([0, 1, 0, 5], key=KEY, seal=seal)
    with pytest.raises(SealBroken):
        open_counts(sealed, key=OTHER, seal=seal)


def test_under_a_new_seal_every_counter_changes() -> None:
    first = seal_counts([3] * 20, key=KEY, seal=new_seal())
    second = seal_counts([3] * 20, key=KEY, seal=new_seal())
    assert all(one != two for one, two in zip(first, second, strict=True))
    assert len({two - one for one, two in zip(first, second, strict=True)}) == 20  # no common difference either


def test_a_code_is_read_as_people_type_it() -> None:
    code = codes.new_code()
    assert len(code) == codes.LENGTH
    for typed in (codes.written(code), codes.written(code).lower(), f" {code} ", codes.written(code).replace("-", "—")):
        assert codes.read(typed) == code
    full_width = "".join(chr(ord(sign) + 0xFEE0) for sign in code)
    assert codes.read(full_width) == code
    assert codes.read(code[:-1]) == codes.read(code[:-1] + "0") == codes.read("") == ""


def test_a_digest_depends_on_salt_and_secret() -> None:
    code, salt = codes.new_code(), codes.new_salt()
    kept = codes.digest(code, key=KEY, salt=salt)
    assert codes.is_code(code, kept, key=KEY, salt=salt)
    assert not codes.is_code(code, kept, key=OTHER, salt=salt)
    assert not codes.is_code(code, kept, key=KEY, salt=codes.new_salt())
    assert code not in kept


def test_marks_show_themselves_to_nobody() -> None:
    marks = Marks({11: 2, 12: None})
    assert repr(marks) == str(marks) == f"{marks!r}" == "<Marks>"
    assert not hasattr(marks, "__dict__")
    assert (marks.place(11, 4), marks.place(12, 4), marks.place(13, 4)) == (2, 4, None)
    assert (sorted(marks), marks.strange(2), marks.strange(3)) == ([11, 12], {11}, set())
