"""A deck's id from its title or its file's name."""

import re
import unicodedata

LONGEST_DECK = 40
"""Characters of a deck's id, which leaves room for a note's number in a question's."""
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_CYRILLIC = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфыэіґ", "abvgdeziyklmnoprstufyeig", strict=True))
    | {"ё": "e", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": ""}
    | {"ь": "", "ю": "yu", "я": "ya", "є": "ye", "ї": "yi"}
)


def deck_id(name: str) -> str:
    """An id from a name in any of our languages but Chinese; empty if nothing is left of it."""
    text = unicodedata.normalize("NFC", name).casefold().translate(_GERMAN).translate(_CYRILLIC)
    text = unicodedata.normalize("NFKD", text)
    words = re.findall("[a-z0-9]+", "".join(c for c in text if not unicodedata.combining(c)))
    id_ = ""
    for word in words:
        longer = f"{id_}-{word}" if id_ else word[:LONGEST_DECK]
        if len(longer) > LONGEST_DECK:
            break
        id_ = longer
    return id_
