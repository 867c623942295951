"""Names found by the letters they are read with."""

import pytest

from common.readings import heard_in, reads_like


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("张思雅", "zsy"),
        ("张思雅", "z"),
        ("张思雅", "zhangsiya"),
        ("张思雅", "zhangs"),
        ("张思雅", "zsiy"),
        ("张思雅", "zha"),
        ("曾可", "zk"),
        ("曾可", "ck"),
        ("单雄信", "shanx"),
        ("吕布", "lvb"),
        ("阿不都·买买提", "abdmmt"),
        ("Tom李", "toml"),
    ],
)
def test_initials_full_pinyin_and_both_mixed(name: str, letters: str) -> None:
    assert reads_like(name, letters)


@pytest.mark.parametrize(
    ("name", "letters"), [("张思雅", "sy"), ("李明", "lml"), ("方以倩", "wang"), ("万浩川", "wang"), ("张思雅", "zsyx")]
)
def test_letters_of_somebody_else(name: str, letters: str) -> None:
    """From the beginning, by readings that names have: by an old one 方 would be wang."""
    assert not reads_like(name, letters)


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("召开支部党员大会", "dydh"),
        ("召开支部党员大会", "zbdy"),
        ("召开支部党员大会", "dangyuan"),
        ("召开支部党员大会", "dangyd"),
        ("重阳节慰问", "cyj"),
        ("重点任务", "zdrw"),
        ("调研报告", "dybg"),
        ("6月“三会一课”", "shyk"),
        ("6月“三会一课”", "6ysh"),
    ],
)
def test_any_part_of_a_title_is_heard(text: str, letters: str) -> None:
    assert heard_in(text, letters)


@pytest.mark.parametrize("letters", ["hd", "dydhx", "ang", "yd h"])
def test_what_is_not_heard(letters: str) -> None:
    """Not from the middle of a syllable, not beyond the end."""
    assert not heard_in("召开支部党员大会", letters)


def test_the_dictionary_of_phrases_is_not_loaded() -> None:
    """Its 43 MB would stay in every process that was ever searched."""
    import os

    assert os.environ["PYPINYIN_NO_PHRASES"] == "1"
