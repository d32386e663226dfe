r"""Shows LaTeX in the text of decks as Unicode: `\(\sqrt{d_k}\)` becomes `√(dₖ)`.

This is for display only: what is graded stays as its author wrote it. A formula that cannot be
read stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import chain
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pylatexenc.latex2text import LatexNodes2Text
    from pylatexenc.latexwalker import LatexMacroNode

LONGEST_TEXT, DEEPEST = 8_000, 12
"""The longest text, in characters, and the deepest nesting of braces that are converted. A formula
has at most 400 characters."""

_SPANS = re.compile(
    r"```.*?```|`[^`\n]*`"  # code stays as it is
    r"|\\\((?P<round>.{1,400}?)\\\)|\\\[(?P<square>.{1,400}?)\\\]|\$\$(?P<double>[^$]{1,400})\$\$"
    # Dollars that are no prices: no space next to them inside, no letter or digit outside.
    r"|(?<![\w$\\])\$(?=\S)(?P<single>[^$\n]{1,400})(?<=\S)\$(?![\w$])"
    r"|(?P<bare>[\^_]\{[^{}\n]{0,400}\})",
    re.DOTALL,
)
_IS_FORMULA = re.compile(r"[\\^_{}=<>+*/|−]|^\w{1,2}$")
"""What a formula between single dollars has, but neither `$HOME` nor a price."""
_MISSING_BRACKET = re.compile(r"\\(?:left|right)\s*\.")
"""The dot that stands for the other bracket where there is only one."""
_RELATION = re.compile(
    r"(\\(?:in|notin|subset|subseteq|cup|cap|to|rightarrow|Rightarrow|leftarrow|le|leq|ge|geq|ne|neq"
    r"|approx|sim|propto|equiv|times|cdot|pm)) +(?=\\)"
)
"""An operator between two operands, which would lose the space after it."""
_SCRIPT = re.compile(r"([\^_])\s*(?:\{([^{}]*)\}|([^\s{}^_]))")
_OPEN, _CLOSE, _ABOVE, _BELOW = "\ue000", "\ue001", "\ue002", "\ue003"
"""Placeholders for literal braces and script signs, until the others are removed."""
_LITERAL = str.maketrans({_OPEN: "{", _CLOSE: "}", _ABOVE: "^", _BELOW: "_"})
_SCRIPT_BLOCKS = (
    range(0xA0, 0x100),
    range(0x2B0, 0x300),
    range(0x1D2C, 0x1DC0),
    range(0x2070, 0x20A0),
    range(0x2C7C, 0x2C7E),
)
"""The parts of Unicode that contain superscripts and subscripts."""


@lru_cache(maxsize=256)
def in_unicode(text: str) -> str:
    """The text with its formulas in Unicode; the text itself if it has none."""
    if len(text) > LONGEST_TEXT or not any(sign in text for sign in ("\\", "$", "_{", "^{")):
        return text
    return _SPANS.sub(_converted, text)


def _converted(span: re.Match[str]) -> str:
    kind = span.lastgroup
    if kind is None or (kind == "single" and not _IS_FORMULA.search(span[kind])):
        return span[0]
    return _unicode(span[kind]) or span[0]


def _unicode(latex: str) -> str | None:
    """The formula `latex`, without delimiters, in Unicode; None if it cannot be read."""
    if _depth(latex) > DEEPEST:
        return None
    if "\\" not in latex:
        return _with_scripts(latex)
    if re.search(r"(?<!\\)%", latex):
        return None  # a comment, which would hide the rest
    from pylatexenc.latexwalker import LatexWalkerError

    try:
        spaced = _RELATION.sub(r" \1\\ ", _MISSING_BRACKET.sub("", latex))
        text: str = _reader().latex_to_text(spaced, tolerant_parsing=False)
    except (LatexWalkerError, RecursionError, ValueError, IndexError, TypeError):
        return None  # the library raises any of these for invalid LaTeX
    return _with_scripts(" ".join(text.split()))


def _depth(latex: str) -> int:
    """How deeply braces are nested."""
    deepest = depth = 0
    for sign in latex:
        depth += (sign == "{") - (sign == "}")
        deepest = max(deepest, depth)
    return deepest


def _with_scripts(text: str) -> str:
    """The text with `x_{t-1}` as `xₜ₋₁`, and without any other braces."""
    before = None
    while before != text:  # from the inside out
        before = text
        text = _SCRIPT.sub(lambda match: _script(match[1], match[2] or match[3] or ""), text)
    return text.replace("{", "").replace("}", "").translate(_LITERAL)


def _script(sign: str, text: str) -> str:
    """`text` as a superscript (`^`) or subscript (`_`), with the sign if Unicode lacks a letter."""
    letters = _scripts(sign)
    text = text.strip()
    if text and all(letter in letters for letter in text):
        return "".join(letters[letter] for letter in text)
    literal = _ABOVE if sign == "^" else _BELOW
    return f"{literal}{text}" if len(text) == 1 else f"{literal}({text})"


@cache
def _scripts(sign: str) -> Mapping[str, str]:
    """The superscripts (`^`) or subscripts (`_`) of Unicode, by the letters they stand for."""
    kind = {"^": "<super>", "_": "<sub>"}[sign]
    scripts = {" ": ""}
    for script in map(chr, chain(*_SCRIPT_BLOCKS)):
        match unicodedata.decomposition(script).split():
            case [tag, code] if tag == kind:
                scripts[chr(int(code, 16))] = script
    scripts["-"] = scripts["\N{MINUS SIGN}"]
    if sign == "^":
        scripts |= {"\N{DOWN TACK}": "ᵀ", "\N{PRIME}": "\N{PRIME}", "*": "*"}
    return scripts


_SINGLE = re.compile(r"√?\w([\^_](\w|\{\w+\}))*|√\([^()]*\)|\d+(\.\d+)?")
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
    """The converter from LaTeX to text, created when the first formula is shown."""
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
    """The arguments of a macro as text; an optional one that is missing is empty."""
    if node.nodeargd is None:
        return _refuse(node)
    texts = (l2tobj.nodelist_to_text([each]) if each else "" for each in node.nodeargd.argnlist)
    return [text.removeprefix("{").removesuffix("}") for text in texts]


def _fraction(node: LatexMacroNode, l2tobj: LatexNodes2Text) -> str:
    above, below = _arguments(node, l2tobj)
    above = above if re.fullmatch(r"[\w^_{}√]+", above) else f"({above})"
    return f"{above}/{_bracketed(below)}"


def _root(node: LatexMacroNode, l2tobj: LatexNodes2Text) -> str:
    degree, under = _arguments(node, l2tobj)
    sign = {"": "√", "[3]": "∛", "[4]": "∜"}.get(degree, f"{degree}√")
    return sign + _bracketed(under)


def _bracketed(text: str) -> str:
    """The text in brackets, unless it is one letter with its scripts, one number or one root."""
    return text if _SINGLE.fullmatch(text) else f"({text})"


def _refuse(node: LatexMacroNode) -> NoReturn:
    raise ValueError(f"{node} is not known")
