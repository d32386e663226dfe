"""What a new deck is called and in which language it is asked, where nobody says so."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b
from itertools import islice

from tutor.bank import Language
from tutor.bank.text import SLUG
from tutor.errors import TutorError
from tutor.formatting import printable
from tutor.grading.text import word_set

LONGEST_DECK = 40
"""Characters in a deck's id; in a question's id, a note's number follows it."""
_WORDS_BEFORE_DIGEST = 3
"""Words of a name that are kept when a digest is added."""
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_CYRILLIC = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфыэіґ", "abvgdeziyklmnoprstufyeig", strict=True))
    | {"ё": "e", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": ""}
    | {"ь": "", "ю": "yu", "я": "ya", "є": "ye", "ї": "yi"}
)

_CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_CYRILLIC_LETTER = re.compile("[\u0400-\u04ff]")
_LATIN = re.compile("[a-zäöüß]+")
_GERMAN_WORDS = word_set(
    "der die das den dem des und oder ist sind ein eine einer einem nicht mit von zu auf für im "
    "wird werden welche welcher was wie wer warum wann durch bei aus sich als auch"
)
_ENGLISH_WORDS = word_set(
    "the a an and or is are was were what which who why how when of to in on for by with from it "
    "that this does do not be as at"
)
_CHINESE_WEIGHT = 4
"""Letters that say about as much as one Chinese character."""
_SAMPLED = 500
"""Texts that are looked at."""


class DeckNameUnusable(TutorError):
    """A name cannot be a deck's id, or another deck already has it."""


def require_usable_id(id_: str, example: str = "my-deck") -> None:
    """Raise DeckNameUnusable unless `id_` can be a deck's id; the remedy shows `example`."""
    if not re.fullmatch(SLUG, id_) or len(id_) > LONGEST_DECK:
        raise DeckNameUnusable(
            f"{printable(id_)} cannot be a deck's id.",
            remedy="Use small Latin letters, digits and single hyphens, at most "
            f"{LONGEST_DECK} characters: {example}.",
        )


def deck_id(name: str) -> str:
    """An id made from a name; empty if the name has no letters or digits.

    Letters that have no Latin equivalent, such as Chinese ones, become a short digest.
    """
    text = unicodedata.normalize("NFC", name).casefold().translate(_GERMAN).translate(_CYRILLIC)
    text = unicodedata.normalize("NFKD", text)
    text = "".join(character for character in text if not unicodedata.combining(character))
    words = re.findall("[a-z0-9]+", text)
    foreign = "".join(filter(str.isalnum, re.sub("[a-z0-9]", "", text)))
    if foreign:
        digest = blake2b(foreign.encode("utf-8", "replace"), digest_size=2).hexdigest()
        words = [*(words[:_WORDS_BEFORE_DIGEST] or ["deck"]), digest]
    id_ = ""
    for word in words:
        longer = f"{id_}-{word}" if id_ else word[:LONGEST_DECK]
        if len(longer) > LONGEST_DECK:
            break
        id_ = longer
    return id_


def guess_language(texts: Iterable[str]) -> Language:
    """The language of most of these texts, by their script and their commonest words.

    English if nothing suggests another.
    """
    votes = Counter(_language_of(text[:2_000].casefold()) for text in islice(texts, _SAMPLED))
    return votes.most_common(1)[0][0] if votes else "en"


def _language_of(text: str) -> Language:
    words = _LATIN.findall(text)
    latin = sum(map(len, words))
    chinese = _CHINESE_WEIGHT * len(_CHINESE.findall(text))
    cyrillic = len(_CYRILLIC_LETTER.findall(text))
    if max(chinese, cyrillic) > latin / 2:
        return "zh" if chinese > cyrillic else "ru"
    german = sum(word in _GERMAN_WORDS for word in words) + len(re.findall("[äöüß]", text))
    return "de" if german > sum(word in _ENGLISH_WORDS for word in words) else "en"
