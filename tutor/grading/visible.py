"""Removes what cannot be seen from an answer: characters that print nothing, and piled-up marks.

What nobody sees must not change a verdict, whether it was pasted from a web page or put there for a
model to read. The screen shows what was typed; graders read this.
"""

import re
import unicodedata

UNSEEN = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # control characters
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\ud800-\udfff\U000e0000-\U000e0fff"
)
"""What prints nothing, for a character class of a regular expression: Unicode's
Default_Ignorable_Code_Point (soft hyphens, joiners, changes of direction, variation selectors,
fillers, tags), control characters other than space, and surrogates."""
_UNSEEN = re.compile(f"[{UNSEEN}]")
_REVERSED = re.compile("\u202e([^\u202a-\u202e\u2066-\u2069\n]*)")
"""Matches what a right-to-left override shows in reverse."""
_LINE_BREAK = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BLANK = re.compile("[^\\S\n\t ]|\u2800")
_MARK = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f"
_PILE = re.compile(
    f"([^{_MARK}])([{_MARK}]{{3,}})|(?<=[^\\W\\d_])[\u0334-\u0338\u20d2\u20d3\u20e5]"
)
"""Matches three or more marks on one letter, and lines through a letter."""


def visible(text: str) -> str:
    """Return what is seen of `text`, in NFC, with one kind of line break and of space.

    A letter keeps up to two marks, or more if they make one character with it. Letters that a
    right-to-left override turns around are in the order in which they are seen.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _BLANK.sub(" ", _LINE_BREAK.sub("\n", text))
    text = _UNSEEN.sub("", _REVERSED.sub(lambda match: match[1][::-1], text))
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", _PILE.sub(_without_pile, decomposed))


def _without_pile(match: re.Match[str]) -> str:
    if match[1] is None:
        return ""
    composed = unicodedata.normalize("NFC", match[0])
    return composed if len(composed) == 1 else match[1]
