r"""LaTeX in what a deck says, as Unicode: `\(\sqrt{d_k}\)` is shown as `√(dₖ)`.

For the eye alone: what is graded stays as its author wrote it. What cannot be read stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pylatexenc.latex2text import LatexNodes2Text
    from pylatexenc.latexwalker import LatexMacroNode

LONGEST_TEXT, DEEPEST = 8_000, 12
"""Characters of a text, and braces in braces of a formula, beyond which nothing is done; a formula
has 400 characters at most."""

_SPANS = re.compile(
    r"```.*?```|`[^`\n]*`"  # code stays as it is
    r"|\\\((?P<round>.{1,400}?)\\\)|\\\[(?P<square>.{1,400}?)\\\]|\$\$(?P<double>[^$]{1,400})\$\$"
    # Between dollars that are no prices: nothing is set apart inside, and no digit follows.
    r"|(?<![\w$\\])\$(?=\S)(?P<single>[^$\n]{1,400})(?<=\S)\$(?![\w$])"
    r"|(?P<bare>[\^_]\{[^{}\n]{0,400}\})",
    re.DOTALL,
)
_IS_FORMULA = re.compile(r"[\\^_{}=<>+*/|−]|^\w{1,2}$")
"""What a formula between single dollars has; `$HOME` and a price have none of it."""
_NOTHING_BESIDE = re.compile(r"\\(?:left|right)\s*\.")
"""A bracket on one side only has a dot on the other."""
_RELATION = re.compile(
    r"(\\(?:in|notin|subset|subseteq|cup|cap|to|rightarrow|Rightarrow|leftarrow|le|leq|ge|geq|ne|neq"
    r"|approx|sim|propto|equiv|times|cdot|pm)) +(?=\\)"
)
"""What stands between two things, and would lose the space after it."""
_SCRIPT = re.compile(r"([\^_])\s*(?:\{([^{}]*)\}|([^\s{}^_]))")
_OPEN, _CLOSE, _ABOVE, _BELOW = "\ue000", "\ue001", "\ue002", "\ue003"
"""Braces and script signs that are to be seen, until the others have gone."""
_SEEN = str.maketrans({_OPEN: "{", _CLOSE: "}", _ABOVE: "^", _BELOW: "_"})


@lru_cache(maxsize=256)
def in_unicode(text: str) -> str:
    """The text with its formulas in Unicode; the text itself where it has none."""
    if len(text) > LONGEST_TEXT or not any(sign in text for sign in ("\\", "$", "_{", "^{")):
        return text
    return _SPANS.sub(_shown, text)


def _shown(span: re.Match[str]) -> str:
    kind = span.lastgroup
    if kind is None or (kind == "single" and not _IS_FORMULA.search(span[kind])):
        return span[0]
    return _unicode(span[kind]) or span[0]


def _unicode(latex: str) -> str | None:
    """A formula without its delimiters; None where it cannot be read."""
    if _depth(latex) > DEEPEST:
        return None
    if "\\" not in latex:
        return _with_scripts(latex)
    if re.search(r"(?<!\\)%", latex):
        return None  # a comment, which would swallow the rest
    from pylatexenc.latexwalker import LatexWalkerError

    try:
        spaced = _RELATION.sub(r" \1\\ ", _NOTHING_BESIDE.sub("", latex))
        text: str = _reader().latex_to_text(spaced, tolerant_parsing=False)
    except (LatexWalkerError, RecursionError, ValueError, IndexError, TypeError):
        return None  # the library has no one error for what is no LaTeX
    return _with_scripts(" ".join(text.split()))


def _depth(latex: str) -> int:
    """How deep braces are in braces at most."""
    deepest = depth = 0
    for sign in latex:
        depth += (sign == "{") - (sign == "}")
        deepest = max(deepest, depth)
    return deepest


def _with_scripts(text: str) -> str:
    """The text with its superscripts and subscripts, `x_{t-1}` as `xₜ₋₁`, and no other braces."""
    before = None
    while before != text:  # from the inside out
        before = text
        text = _SCRIPT.sub(lambda found: _script(found[1], found[2] or found[3] or ""), text)
    return text.replace("{", "").replace("}", "").translate(_SEEN)


def _script(sign: str, text: str) -> str:
    """`text` above (`^`) or below (`_`) the line; after the sign where Unicode lacks a letter."""
    letters = _scripts(sign)
    text = text.strip()
    if text and all(letter in letters for letter in text):
        return "".join(letters[letter] for letter in text)
    seen = _ABOVE if sign == "^" else _BELOW
    return f"{seen}{text}" if len(text) == 1 else f"{seen}({text})"


@cache
def _scripts(sign: str) -> Mapping[str, str]:
    """The letters above or below the line that Unicode has, by the letter they stand for."""
    kind = {"^": "<super>", "_": "<sub>"}[sign]
    found = {" ": ""}
    for block in (range(0xA0, 0x100), range(0x2B0, 0x300), range(0x1D2C, 0x1DC0)):
        found.update(_decomposed(block, kind))
    found.update(_decomposed(range(0x2070, 0x20A0), kind))
    found.update(_decomposed(range(0x2C7C, 0x2C7E), kind))
    found["-"] = found["\N{MINUS SIGN}"]
    if sign == "^":
        found |= {"\N{DOWN TACK}": "ᵀ", "\N{PRIME}": "\N{PRIME}", "*": "*"}
    return found


def _decomposed(block: range, kind: str) -> dict[str, str]:
    parts = {chr(code): unicodedata.decomposition(chr(code)).split() for code in block}
    return {
        chr(int(rest[0], 16)): letter
        for letter, (first, *rest) in ((each, found) for each, found in parts.items() if found)
        if first == kind and len(rest) == 1
    }


_ONE = re.compile(r"√?\w([\^_](\w|\{\w+\}))*|√\([^()]*\)|\d+(\.\d+)?")
_READABLE_MACROS = {
    **dict.fromkeys(("|", "Vert", "lVert", "rVert"), "‖"),
    **dict.fromkeys(("vert", "lvert", "rvert"), "|"),
    "mid": " | ",
    **dict.fromkeys(("left", "right", "big", "Big", "bigl", "bigr", "limits", "displaystyle"), ""),
    **dict.fromkeys(("operatorname", "mathop", "boldsymbol", "bm", "textstyle"), ""),
    "{": _OPEN,
    "}": _CLOSE,
}


@cache
def _reader() -> LatexNodes2Text:
    """What turns a formula into text; made when the first deck with LaTeX is shown."""
    from logging import NullHandler, getLogger

    from pylatexenc import latex2text

    getLogger(latex2text.__name__).addHandler(NullHandler())  # nothing is printed over the screen
    context = latex2text.get_default_latex_context_db()
    macros = {
        **_READABLE_MACROS,
        **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac"), _fraction),
        "sqrt": _root,
    }
    specs = [latex2text.MacroTextSpec(name, simplify_repl=how) for name, how in macros.items()]
    context.add_context_category("tutor", prepend=True, macros=specs)
    context.set_unknown_macro_spec(latex2text.MacroTextSpec("", simplify_repl=_refuse))
    context.set_unknown_environment_spec(latex2text.EnvironmentTextSpec("", simplify_repl=_refuse))
    return latex2text.LatexNodes2Text(
        latex_context=context,
        strict_latex_spaces={"between-latex-constructs": True},
        keep_braced_groups=True,
    )


def _arguments(node: LatexMacroNode, l2tobj: LatexNodes2Text) -> list[str]:
    """The arguments of a macro in text, an optional one that is lacking as an empty one."""
    if node.nodeargd is None:
        return _refuse(node)
    found = (l2tobj.nodelist_to_text([each]) if each else "" for each in node.nodeargd.argnlist)
    return [each.removeprefix("{").removesuffix("}") for each in found]


def _fraction(node: LatexMacroNode, l2tobj: LatexNodes2Text) -> str:
    above, below = _arguments(node, l2tobj)
    above = above if re.fullmatch(r"[\w^_{}√]+", above) else f"({above})"
    return f"{above}/{_bracketed(below)}"


def _root(node: LatexMacroNode, l2tobj: LatexNodes2Text) -> str:
    degree, under = _arguments(node, l2tobj)
    sign = {"": "√", "[3]": "∛", "[4]": "∜"}.get(degree, f"{degree}√")
    return sign + _bracketed(under)


def _bracketed(text: str) -> str:
    """In brackets, unless it is one letter with its scripts, one number or one root."""
    return text if _ONE.fullmatch(text) else f"({text})"


def _refuse(node: LatexMacroNode) -> NoReturn:
    raise ValueError(f"{node} is not known")
