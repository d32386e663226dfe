"""Splits an answer into sentences, which serve as evidence.

A sentence is always a piece of the answer as it was typed, so evidence cannot be invented.
Together, the sentences are the whole answer except for the space between them.
"""

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import pairwise

from tutor.grading.text import is_chinese, word_set
from tutor.grading.visible import UNSEEN

_GERMAN = (
    "z.b|d.h|u.a|bzw|ca|etc|evtl|ggf|vgl|usw|nr|abb|bspw|inkl|exkl|sog|s.o|s.u|i.d.r|i.a|o.ä|u.u|"
    "z.t|max|min|dr|bd|kap|tab|gl|abs|mind|mio|mrd|jh|hrsg|str|zzgl|vs|art|eigtl|urspr"
)
_ENGLISH = (
    "e.g|i.e|cf|fig|figs|eq|eqs|sec|approx|resp|al|ch|vol|pp|mr|mrs|ms|st|prof|no|nos|ref|refs|"
    "w.r.t|i.i.d|a.k.a|ph.d|inc|dept|est|app|thm|def|ex|viz"
)
_RUSSIAN = (
    "т.е|т.д|т.п|т.к|т.н|т.ч|др|рис|см|напр|ср|гл|стр|п|пп|пр|ф-ла|ур|г|гг|тыс|млн|млрд|табл|разд|"
    "англ|рус|лат|проф|акад|им|сек|мин|макс|руб|доп|соотв|прим|кол-во"
)
_ABBREVIATIONS = frozenset(f"{_GERMAN}|{_ENGLISH}|{_RUSSIAN}".split("|"))
_AT_THE_END = frozenset(
    ("etc", "usw", "др", "т.д", "т.п", "пр", "г", "гг", "тыс", "млн", "млрд", "ph.d")
)
"""Abbreviations that often end a sentence; they do if a capital letter follows."""
_ORDINAL = re.compile(r"(?:^|\s)(?:der|die|das|dem|den|des|im|am|vom|zum|zur|beim|ins|ab|seit)$")
_MONTH = re.compile(
    r"\s(?:Jan|Feb|März|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez|Jahrhundert|Jh\b)", re.IGNORECASE
)
_OPENING = "(„“\"'«["
_QUOTES = "\"'»“”’‘)\\]」』）》" + UNSEEN
"""Signs that may follow the one that ends a sentence."""
_END = re.compile(
    rf"[.!?…]+[{_QUOTES}]*(?=\s|$)"
    rf"|[。！？；｡．]+[{_QUOTES}]*|…{{2,}}[{_QUOTES}]*(?=[\u3400-\u9fff])"
    r"|(?<=[\u3400-\u9fff])[.!?;]+(?=[\u3400-\u9fff])|\n+"
)
_LIST_MARK = re.compile(r"(?:[-*•–]\s*)?\(?(?:\d{1,2}|[a-zа-яё]|[ivx]{1,4})", re.IGNORECASE)
_ITEM = re.compile(r"[-*•–—→>]\s|\(?(?:\d{1,2}|[a-zа-яё]|[ivx]{1,4})[.)](?!\d)|#", re.IGNORECASE)
_FINAL = ".!?…;。！？；｡．:："
_OPEN = word_set(
    "a an the of to in on for with by and or not no never is are was were be been does do did can "
    "cannot could will would that which as than from into at doesn't don't isn't aren't can't "
    "der die das dem den des ein eine einen einem einer nicht kein keine keinen und oder von zu im "
    "mit für auf durch ist sind wird werden wurde kann dass als nur "
    "и или не нет в на с к по для от из о что как чем который которая которые"
)
_OPEN_CHARACTERS = frozenset("不没未无的地得和与或是在对从把被")
"""No fact ends or begins with these, so a line continues."""
_FEWEST_NOTES = 3
"""Fewer lines may begin with a capital letter by chance, in German above all."""
_FACTOR = re.compile(
    r"[(|]*(?:[^\W\d_\u3400-\u9fff]"
    r"|[^\s\u3400-\u9fff]*[\d_^√*/=(\[{|\\][^\s\u3400-\u9fff]*)[)|.,;:!?]*"
)
"""Matches one letter, a number, or a word with signs of a formula in it."""
_FIRST_WORDS = frozenset("AIOАВИКОСУЯ")
"""Words of one capital letter, which begin a sentence as often as they continue a formula."""
_HALF = re.compile(r"\s?[^\W\d_]\.")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_MATH = re.compile(
    r"\$\$.{1,800}?\$\$|\$[^$\n]{1,400}\$|\\\(.{1,400}?\\\)|\\\[.{1,800}?\\\]", re.DOTALL
)
"""Bounded, so that not every lone sign in a long answer starts a search to its end."""
_BEFORE, _AFTER = 60, 24
"""How many characters around a full stop decide whether it ends a sentence."""


def split_sentences(answer: str, *, most: int | None = None) -> tuple[str, ...]:
    """Split `answer` into stripped sentences, none of them empty.

    A sentence ends at `.`, `!`, `?` or `…` before a space, at Chinese full stops and at line
    breaks. It does not end after abbreviations, numbering, ordinals and initials, between factors
    (`q . k`), or within a formula. Signs without a letter or digit belong to the sentence before
    them. Neighbours are joined until there are at most `most` sentences.
    """
    sentences = [answer[start:end].strip() for start, end in _spans(answer)]
    return _joined(sentences, most) if most is not None else tuple(sentences)


class After(Enum):
    """How a sentence of `split_sentences` is separated from the next one."""

    END = "the sentence has ended"
    LINE = "a line that may continue"
    WRAP = "a line that continues"


def what_follows(answer: str, sentences: Sequence[str]) -> list[After]:
    """Return how each of the answer's sentences is separated from what follows.

    A single line break may just wrap a sentence, unless a sign ends it or a list item follows. But
    notes often have one fact per line. So a line certainly continues only if the next word would
    not have fitted, or if no fact ends or begins there, as after 'not'. In notes whose lines all
    begin like sentences, only the latter counts.
    """
    if "\n" not in answer:
        return [After.END] * len(sentences)
    width = max(map(len, answer.splitlines()), default=0)
    are_notes = _begin_like_sentences(answer)
    follows: list[After] = []
    at = 0
    for sentence, following in pairwise(sentences):
        end = answer.index(sentence, at) + len(sentence)
        at = answer.index(following, end)
        if answer[end:at].count("\n") != 1 or sentence[-1] in _FINAL or _ITEM.match(following):
            follows.append(After.END)
        elif are_notes:
            follows.append(After.WRAP if _is_open(sentence, following) else After.END)
        else:
            room = width - (end - answer.rfind("\n", 0, end) - 1)
            wraps = _is_open(sentence, following) or _has_no_room(following, room)
            follows.append(After.WRAP if wraps else After.LINE)
    return [*follows, After.END] if sentences else []


def _begin_like_sentences(answer: str) -> bool:
    lines = [line for line in map(str.strip, answer.splitlines()) if line]
    return len(lines) >= _FEWEST_NOTES and all(
        line[0].isupper() or line[0].isdigit() for line in lines
    )


def _is_open(line: str, following: str) -> bool:
    """Whether no fact ends with `line`, or begins with what follows it."""
    first, last = following.split(maxsplit=1)[0], line.rsplit(maxsplit=1)[-1]
    ends_open = last.endswith("-") or last[-1] in _OPEN_CHARACTERS or last in _OPEN
    return ends_open or first in _OPEN or first[0] in _OPEN_CHARACTERS


def _has_no_room(following: str, room: int) -> bool:
    """Whether the next word does not fit into a line with `room` for so many characters."""
    first = following.split(maxsplit=1)[0]
    return (1 if is_chinese(first[0]) else 1 + len(first)) > room


def _spans(answer: str) -> Iterator[tuple[int, int]]:
    """Yield where sentences begin and end; a piece without content joins the one before it."""
    begin = end = 0
    has_content = False
    for cut in (*_cuts(answer), len(answer)):
        adds_content = any(character.isalnum() for character in answer[end:cut])
        if adds_content and has_content:
            yield begin, end
            begin = end
        has_content = has_content or adds_content
        end = cut
    if answer[begin:end].strip():
        yield begin, end


def _cuts(answer: str) -> Iterator[int]:
    """Yield the places where one sentence ends and the next begins."""
    formulas = _MATH.finditer(answer)
    formula = next(formulas, None)
    start = 0
    for match in _END.finditer(answer):
        while formula is not None and formula.end() <= match.start():
            formula = next(formulas, None)
        inside = formula is not None and formula.start() < match.start()
        if not inside and _ends(answer, start, match):
            yield match.end()
            start = match.end()


def _ends(answer: str, start: int, match: re.Match[str]) -> bool:
    """Whether the signs of `match` end the sentence that began at `start`."""
    sign = match[0]
    if not sign.startswith(".") or sign.startswith(("..", ".…")):
        return True
    begin = max(start, match.start() - _BEFORE)
    before = answer[begin : match.start()]
    after = answer[match.end() : match.end() + _AFTER]
    words = before.split()
    if not words:
        return True
    if _is_product(before, after):
        return False
    last = _last_word(words).casefold()
    if last in _ABBREVIATIONS or _DOTTED.fullmatch(last):
        return last in _AT_THE_END and after.lstrip()[:1].isupper()
    alone = begin == start and _LIST_MARK.fullmatch(before.strip()) is not None
    return not (alone or _is_ordinal(before, after) or _is_initial(words, after))


def _is_product(before: str, after: str) -> bool:
    """Whether a dot with spaces around it is between two factors: `q . k`, `v_o . w_c`."""
    if not (before.endswith(" ") and after.startswith(" ") and after.strip()):
        return False
    left, right = before.split()[-1], after.split()[0]
    are_factors = _FACTOR.fullmatch(left) and _FACTOR.fullmatch(right)
    return bool(are_factors) and right not in _FIRST_WORDS


def _is_ordinal(before: str, after: str) -> bool:
    """Whether a dot belongs to a German ordinal: 'im 2. Schritt', 'am 3. Mai'."""
    number = re.search(r"(?:^|\s)\d{1,4}$", before)
    if number is None or "\n" in after[:1]:
        return False
    return bool(_ORDINAL.search(before[: number.start()].casefold()) or _MONTH.match(after))


def _is_initial(words: list[str], after: str) -> bool:
    """Whether a dot follows an initial (`J. Devlin`), or the first half of `z. B.` or `т. е.`."""
    last = words[-1].lstrip(_OPENING)
    if len(last) != 1 or not last.isalpha():
        return False
    return _HALF.match(after) is not None or (len(words) > 1 and last.isupper())


def _last_word(words: list[str]) -> str:
    """The last word, with halves of an abbreviation before it: `z.` and `B` give `z.B`."""
    first = len(words) - 1
    while first and _HALF.fullmatch(words[first - 1].lstrip(_OPENING)):
        first -= 1
    return "".join(word.lstrip(_OPENING) for word in words[first:])


def _joined(sentences: list[str], most: int) -> tuple[str, ...]:
    """Join neighbours into at most `most` groups of equal size, give or take one."""
    count = min(most, len(sentences))
    if count == 0:
        return ()
    size, extra = divmod(len(sentences), count)
    groups: list[str] = []
    at = 0
    for index in range(count):
        end = at + size + (index < extra)
        groups.append(" ".join(sentences[at:end]))
        at = end
    return tuple(groups)
