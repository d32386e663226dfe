"""Reads numbers in any spelling: 'fünfzehn Prozent', '1 000', '1e-4', '百分之十五'.

Nothing is replaced, since a term may ask for the spelling itself: readings are added to the words.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tutor.grading.text import is_number, word_set


class NumberReading(NamedTuple):
    """The tokens from `start` to before `end`, read as `word`."""

    start: int
    end: int
    word: str


def _values(*rows: str) -> dict[str, int]:
    """Parse rows: '2 two zwei' becomes {'two': 2, 'zwei': 2}."""
    return {word: int(row.split()[0]) for row in rows for word in row.split()[1:]}


_WORDS: Mapping[str, int] = _values(
    "0 zero null ноль нуль нуля нулю 零", "2 two zwei два две двух двум двумя 二 两",
    "3 three drei три трех трем тремя 三", "4 four vier четыре четырех четырем четырьмя 四",
    "5 five fünf пять пяти пятью 五", "6 six sechs шесть шести шестью 六",
    "7 seven sieben семь семи семью 七", "8 eight acht восемь восьми восемью 八",
    "9 nine neun девять девяти девятью 九", "10 ten zehn десять десяти десятью 十",
    "11 eleven elf одиннадцать одиннадцати", "12 twelve zwölf двенадцать двенадцати",
    "13 thirteen dreizehn тринадцать тринадцати",
    "14 fourteen vierzehn четырнадцать четырнадцати",
    "15 fifteen fünfzehn пятнадцать пятнадцати",
    "16 sixteen sechzehn шестнадцать шестнадцати",
    "17 seventeen siebzehn семнадцать семнадцати",
    "18 eighteen achtzehn восемнадцать восемнадцати",
    "19 nineteen neunzehn девятнадцать девятнадцати",
    "20 twenty zwanzig двадцать двадцати", "30 thirty dreißig dreissig тридцать тридцати",
    "40 forty vierzig сорок сорока", "50 fifty fünfzig пятьдесят пятидесяти",
    "60 sixty sechzig шестьдесят шестидесяти", "70 seventy siebzig семьдесят семидесяти",
    "80 eighty achtzig восемьдесят восьмидесяти",
    "90 ninety neunzig девяносто девяноста", "100 hundred hundert сто ста 百",
    "200 двести двухсот", "300 триста трехсот", "400 четыреста четырехсот",
    "500 пятьсот пятисот", "600 шестьсот шестисот", "700 семьсот семисот",
    "800 восемьсот восьмисот", "900 девятьсот девятисот",
    "1000 thousand tausend тысяча тысячи тысяч тысячу 千", "10000 万",
)  # fmt: skip
_ONE = word_set("a one ein eine einen один одна одну одной одного 一")
"""Mostly articles and pronouns; a number only within one ('twenty-one', 'one hundred')."""
_MINUS = word_set("minus минус 负")
_PERCENT = word_set(
    "percent percents prozent процент процента проценты процентов проценту процентам процентами "
    "процентах"
)
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "κ": "kappa", "λ": "lambda", "μ": "mu", "ξ": "xi", "π": "pi", "ρ": "rho",
    "σ": "sigma", "φ": "phi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
_GERMAN = re.compile(
    r"(?:(?P<thousands>[a-zäöüß]*)tausend)?(?:(?P<hundreds>[a-zäöüß]*)hundert)?(?:und)?"
    r"(?:(?P<units>[a-zäöüß]+)und)?(?P<rest>[a-zäöüß]*)"
)
_LONGEST_GERMAN = 40
_POWER = re.compile(r"(?:(-?[\d.]+) (?:\* 10 \^|e) |(-?)10 \^ )((?:- ?)?\d+) ")
_LONGEST_POWER = 6
_JOINTS = frozenset("-_^")
_CHINESE_DIGITS = frozenset("零一二两三四五六七八九十百千万")


def readings(words: Sequence[str]) -> Iterator[NumberReading]:
    """Yield what else numbers, percentages and names with an index can be read as.

    Part of a number is not a number: 'fünfzig' in 'zweihundert fünfzig' is not read.
    """
    at = 0
    while at < len(words):
        readings_here = _readings_at(words, at)
        yield from readings_here
        at = max((reading.end for reading in readings_here), default=at + 1)


def _readings_at(words: Sequence[str], start: int) -> list[NumberReading]:
    word = words[start]
    if is_number(word):
        return list(_digits(words, start))
    if word in _PERCENT:
        return [NumberReading(start, start + 1, "%")]
    if word == "per" and words[start + 1 : start + 2] == ["cent"]:
        return [NumberReading(start, start + 2, "%")]
    if word == "百" and words[start + 1 : start + 3] == ["分", "之"]:
        return _chinese_percent(words, start)
    if word in _MINUS and start + 1 < len(words):
        spelled = _spelled(words, start + 1)
        return [] if spelled is None else [NumberReading(start, spelled.end, "-" + spelled.word)]
    if (spelled := _spelled(words, start)) is not None:
        return [spelled]
    return list(_names(words, start))


def _names(words: Sequence[str], start: int) -> Iterator[NumberReading]:
    """Read 'θ' as 'theta', 'd_k' as 'dk', 'fine-tuning' as 'finetuning', "doesn't" as 'doesnt'."""
    word = words[start]
    if word.endswith("n't"):
        yield NumberReading(start, start + 1, word.replace("'", ""))
    if word in _GREEK:
        yield NumberReading(start, start + 1, _GREEK[word])
    if start + 2 < len(words) and (sign := words[start + 1]) in _JOINTS and word.isalpha():
        part = words[start + 2]
        if part.isalpha() and (sign != "-" or min(len(word), len(part)) > 1):
            yield NumberReading(start, start + 3, word + part)


def _digits(words: Sequence[str], start: int) -> Iterator[NumberReading]:
    """Read the number at `start` in another way: '1.000', '1 000', '1.50', '2 * 10^-5', '1e-4'."""
    word = words[start]
    if re.fullmatch(r"-?[1-9]\d{0,2}(?:\.\d{3})+", word):
        yield NumberReading(start, start + 1, word.replace(".", ""))
    if "." in word and word.endswith("0") and word.count(".") == 1:
        yield NumberReading(start, start + 1, word.rstrip("0").rstrip("."))
    end = start + 1
    if len(word) <= 3 and word.isdigit():
        while end < len(words) and len(words[end]) == 3 and words[end].isdigit():
            end += 1
        if end > start + 1:
            yield NumberReading(start, end, "".join(words[start:end]))
    yield from _power_of_ten(words, start)


def _power_of_ten(words: Sequence[str], start: int) -> Iterator[NumberReading]:
    """Read '10^-4' and '1e-4' as 1e-4, '2 * 10^-5' as 2e-5."""
    match = _POWER.match(" ".join(words[start : start + _LONGEST_POWER]) + " ")
    if match is not None:
        power = f"{match[1] or match[2] + '1'}e{match[3].replace(' ', '')}"
        yield NumberReading(start, start + match[0].count(" "), power)


def _chinese_percent(words: Sequence[str], start: int) -> list[NumberReading]:
    """Read '百分之十五' as '15', then '%'."""
    number = _chinese(words, start + 3)
    if number is None and start + 3 < len(words) and is_number(words[start + 3]):
        number = NumberReading(start + 3, start + 4, words[start + 3])
    if number is None:
        return []
    end = number.end
    return [NumberReading(start, end - 1, number.word), NumberReading(end - 1, end, "%")]


def _spelled(words: Sequence[str], start: int) -> NumberReading | None:
    """The number that is spelled out from `start` on; None if there is none."""
    if words[start] in _CHINESE_DIGITS:
        return _chinese(words, start)
    if _value(words[start]) is None:  # nearly every word
        return None
    total = current = 0
    end = at = start
    previous = 0
    while at < len(words):
        value = _value(words[at])
        if value is None or not (joined := _join(current, previous, value)):
            if words[at] not in ("and", "-") or at == start:
                break
            at += 1
            continue
        current, previous = joined
        if value == 1000:
            total, current = total + current, 0
        at += 1
        end = at
    is_article = end == start + 1 and words[start] in _ONE
    return None if end == start or is_article else NumberReading(start, end, str(total + current))


def _join(current: int, previous: int, value: int) -> tuple[int, int] | None:
    """Add `value` to `current`, whose last part was `previous`; None if they are two numbers."""
    if value in (100, 1000) and current < value:
        return max(current, 1) * value, value
    follows_hundreds = previous % 100 == 0 and value < 100
    if previous == 0 or (value < previous and previous in (100, 1000)) or follows_hundreds:
        return current + value, value
    follows_tens = 20 <= previous < 100 and value < 10
    return (current + value, value) if follows_tens else None


def _value(word: str) -> int | None:
    """The number that one word names; None if it names none."""
    if word in _ONE:
        return 1
    value = _WORDS.get(word)
    return value if value is not None else _german(word)


def _german(word: str) -> int | None:
    """The number that German writes as one word: 'zweihundertfünfzig', 'einundzwanzig'."""
    if len(word) > _LONGEST_GERMAN or not ("und" in word or "hundert" in word or "tausend" in word):
        return None
    match = _GERMAN.fullmatch(word)
    if match is None or not any(match[part] for part in ("hundreds", "thousands", "rest")):
        return None
    total = 0
    for name, factor in (("thousands", 1000), ("hundreds", 100), ("units", 1), ("rest", 1)):
        part = match[name]
        if part is None or (name == "rest" and not part):
            continue
        value = 1 if part in ("", "ein", "eins") else _WORDS.get(part)
        if value is None:
            return None
        total += value * factor
    return total


def _chinese(words: Sequence[str], start: int) -> NumberReading | None:
    """Read Chinese digits: '十五', '二百五十', '三千'; 一 alone is mostly an article."""
    end = start
    if start and words[start - 1] in _CHINESE_DIGITS:
        return None
    while end < len(words) and words[end] in _CHINESE_DIGITS:
        end += 1
    if end == start or (end == start + 1 and words[start] == "一"):
        return None
    total = current = 0
    for character in words[start:end]:
        value = 1 if character == "一" else _WORDS[character]
        if value < 10 and current:
            return None  # 两两 and 三四 are not numbers
        if value < 10:
            current = value
        elif value == 10_000:
            total, current = (total + current) * value, 0
        else:
            total, current = total + max(current, 1) * value, 0
    return NumberReading(start, end, str(total + current))
