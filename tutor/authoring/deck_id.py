"""Checks a deck's id, and makes one from a title or a file's name."""

import re
import unicodedata
from hashlib import blake2b

from tutor.bank import printable
from tutor.bank.text import SLUG
from tutor.errors import TutorError

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
