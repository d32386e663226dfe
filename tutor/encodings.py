"""Decodes UTF-8, and says of other data which encoding it seems to be in."""

import codecs
import re

from tutor.errors import TutorError

_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
    (b"PK\x03\x04", "a ZIP archive"),
)
_SAMPLE = 65_536
"""How many bytes are examined."""
_CHINESE = re.compile(rb"[\xa1-\xa9\xb0-\xf7][\xa1-\xfe]")
"""A character of GB 2312. Accented Latin letters rarely match: a plain one follows them."""
_RUNS = re.compile(rb"[\x80-\xff]{2,}")
"""Words of another script. Accented Latin letters, which can look Cyrillic, stand alone."""
_CYRILLIC = re.compile("[а-яё]")
_REMEDIES = {
    "UTF-16": "Save it as UTF-8. Windows PowerShell 5 writes UTF-16 after `>`: there, use "
    "`| Out-File -Encoding utf8 FILE`, or an option such as --out.",
    "a ZIP archive": "It has to be text. A backup is restored with `tutor progress restore FILE`.",
    "no text": "Name a file of text in UTF-8.",
}
_REMEDY = "Save it as UTF-8; in Excel, choose “CSV UTF-8”."


class NotUtf8(TutorError):
    """Data is text in another encoding, or is not text."""

    def __init__(self, name: object, data: bytes) -> None:
        """`name` says what was read, such as a file; `data` is its contents."""
        super().__init__(f"{name} {not_utf8(data)}.", remedy=remedy_for(data))


def decode(data: bytes, name: object) -> str:
    """The text, without a byte order mark. Raises NotUtf8, which says `name`."""
    if looks_like(data) is None:
        return data.decode("utf-8-sig")
    raise NotUtf8(name, data)


def not_utf8(data: bytes) -> str:
    """The words that `data` is not UTF-8 text, and what it seems to be."""
    kind = looks_like(data)
    if kind == "no text":
        return "is not UTF-8 text"
    return f"is not UTF-8 text; it looks like {kind or 'UTF-8 with a damaged character'}"


def remedy_for(data: bytes) -> str:
    """What to do about text that is not UTF-8."""
    return _REMEDIES.get(looks_like(data) or "", _REMEDY)


def looks_like(data: bytes) -> str | None:
    """The encoding that `data` seems to be in, or what else it is; None for UTF-8."""
    kind = foreign(data)
    if kind is not None:
        return kind
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _eight_bits(data[:_SAMPLE])
    return None


def foreign(data: bytes) -> str | None:
    """What `data` is if no line of it can be UTF-8, such as UTF-16; None if lines may be."""
    sample = data[:_SAMPLE]
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    zeros = sample.count(0)
    if zeros < max(2, len(sample) // 16):
        return None
    little = sample[1::2].count(0) >= sample[::2].count(0)
    text = sample.decode("utf-16-le" if little else "utf-16-be", "replace")
    readable = sum(letter.isprintable() or letter.isspace() for letter in text)
    return "UTF-16" if readable > 0.95 * len(text) else "no text"


def _eight_bits(sample: bytes) -> str:
    """The best fit among the usual encodings that have no mark."""
    beyond = sum(byte > 127 for byte in sample)
    if sum(map(len, _RUNS.findall(sample))) < 0.5 * beyond:
        return "Windows-1252"
    for encoding, name in (("cp1251", "Windows-1251"), ("koi8-r", "KOI8-R")):
        if len(_CYRILLIC.findall(sample.decode(encoding, "ignore"))) > 0.7 * beyond:
            return name
    chinese = len(_CHINESE.findall(sample))
    return "GB18030" if chinese > 2 and 2 * chinese > 0.9 * beyond else "Windows-1252"
