"""Names found by the letters they are read with."""

import pytest

from common.readings import reads_like


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
