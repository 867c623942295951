"""How Chinese names and titles are read aloud, for finding them by letters. No Django here."""

from __future__ import annotations

import os
from functools import cache, lru_cache

NAMES_KEPT = 20_000  # a college has some thousands; they are asked for again with every letter typed
# Characters are read one by one here, so the dictionary of phrases stays out: 13 MB of memory instead of 56.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")

# Characters that names read in another way than the dictionary's first one, surnames above all. Not every reading that
# a dictionary has: by old ones 方 is wang and 浩 is gao, and a search would find everybody.
ALSO = {
    "单": "shan",
    "曾": "zeng",
    "仇": "qiu",
    "解": "xie",
    "区": "ou",
    "查": "zha",
    "朴": "piao",
    "尉": "yu",
    "盖": "ge",
    "种": "chong",
    "乐": "yue",
    "覃": "qin",
    "翟": "zhai",
    "召": "shao",
    "缪": "miao",
    "员": "yun",
    "隗": "wei",
    "黑": "he",
    "折": "she",
    "卜": "bu",
    "薄": "bo",
    "郇": "xun",
    "澹": "tan",
    "祭": "zhai",
    "洗": "xian",
    "繁": "po",
    "秘": "bi",
    "都": "du",
    "谌": "shen",
    "郗": "chi",
    "俟": "si",
    "那": "na",
    "长": "chang",
    "行": "hang",
    "朝": "zhao",
    "晟": "sheng",
    "茜": "xi",
    "重": "chong",
    "莘": "xin",
    "隽": "jun",
    "宿": "xiu",
    "柏": "bo",
    "栖": "xi",
    "能": "nai",
    "藏": "zang",
    "调": "tiao",
    "娜": "nuo",
    "吁": "yu",
}


@lru_cache(maxsize=NAMES_KEPT)
def readings(name: str) -> tuple[frozenset[str], ...]:
    """The usual ways to read each character of ``name``, lower case. Signs between are left out."""
    return tuple(_ways(sign) for sign in name if sign.isalnum())


@cache
def _ways(sign: str) -> frozenset[str]:
    """Kept for each character, so that names and titles share them."""
    from pypinyin import lazy_pinyin  # memory that only a search needs

    return frozenset({lazy_pinyin(sign)[0].lower(), ALSO.get(sign, sign.lower())})


@lru_cache(maxsize=NAMES_KEPT)
def _initials(name: str) -> tuple[str, ...]:
    """The letters with which each character of ``name`` can begin: where nothing begins, nothing is compared."""
    return tuple("".join({way[0] for way in ways}) for ways in readings(name))


def reads_like(name: str, letters: str) -> bool:
    """Whether ``letters`` begin the name as initials, in full or mixed: 张思雅 by zsy, zhangsiya, zhangs."""
    return _begins(readings(name), letters, 0)


def heard_in(text: str, letters: str) -> bool:
    """Whether ``letters`` are how some part of ``text`` is read: 召开支部党员大会 by dydh, dangyuan, zbdy."""
    first, ways = letters[:1], readings(text)
    return any(first in initial and _begins(ways, letters, at) for at, initial in enumerate(_initials(text)))


def _begins(ways: tuple[frozenset[str], ...], letters: str, start: int) -> bool:
    left = {letters}
    for at in range(start, len(ways)):
        left = {shorter for rest in left for way in ways[at] for shorter in _after(rest, way)}
        if not left:
            return False
        if "" in left:
            return True
    return False


def _after(letters: str, way: str) -> list[str]:
    """What is left of ``letters`` after one character read as ``way``: by its initial, and as far as it was typed."""
    found = [letters[1:]] if way.startswith(letters[:1]) else []
    if letters.startswith(way):
        found.append(letters[len(way) :])
    elif way.startswith(letters):
        found.append("")
    return found
