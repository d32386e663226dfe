"""LaTeX is shown as Unicode, and nothing else changes; bold, lists and code are marked."""

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.doubles import StubTutor
from tests.tui.steps import asking, sees
from tutor.bank import open_bank
from tutor.tui.formulas import in_unicode
from tutor.tui.labels import formatted


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        (r"x^2", "x²"),
        (r"x_{t-1}", "xₜ₋₁"),
        (r"W_{ij}^{(l)}", "Wᵢⱼ⁽ˡ⁾"),
        (r"\frac{a}{b}", "a/b"),
        (r"\frac{a+b}{2c}", "(a+b)/(2c)"),
        (r"\sqrt{d_k} + \sqrt{a+b} + \sqrt[3]{x}", "√dₖ + √(a+b) + 3√x"),
        (
            r"\mathrm{softmax}\left(\frac{QK^\top}{\sqrt{d_k}}\right)V",
            "softmax((QKᵀ)/√dₖ)V",
        ),
        (r"\log p_\theta(x \mid y)", "log p_θ(x | y)"),
        (r"\|x\|_2 \le 1", "‖x‖₂ ≤ 1"),
        (r"\{a, b\} \subset \mathbb{R}^n", "{a, b} ⊂ ℝⁿ"),
        (r"\sum_{i=1}^{n} x_i", "∑ᵢ₌₁ⁿ xᵢ"),
        (r"e^{-x^2/2\sigma^2}", "e^(-x²/2σ²)"),
        (r"d_{model}", "d_(model)"),
        (r"\operatorname{argmax}_k", "argmaxₖ"),
        (r"\left\{ a \right.", "{ a"),
    ],
)
def test_a_formula_is_shown_as_unicode(latex: str, shown: str) -> None:
    for text in (rf"\({latex}\)", rf"\[{latex}\]", f"$${latex}$$", f"${latex}$"):
        assert in_unicode(f"Let {text}, then") == f"Let {shown}, then"


def test_scripts_in_braces_need_no_dollars() -> None:
    assert in_unicode("y_k = LN(x + y_{k−1}), e^{−∞} = 0, h_t") == (
        "y_k = LN(x + yₖ₋₁), e^(−∞) = 0, h_t"
    )


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and $6, or US$ 7 to $8.",
        "$5-$6, $HOME/$USER, a$b$c, $ x^2 $, \\$x^2\\$",
        "C:\\new\\table and \\n and \\alpha without delimiters",
        "`$x^2$`, `\\(x^2\\)` and `y_{k}`",
        "```\n$x^2$\n```",
        r"\(\unknown{x}\)",
        r"\(\frac{1}{2\)",
        r"\(\frac\)",
        r"\(\begin{strange}x\end{strange}\)",
        r"\(a % b \alpha\)",
        r"\(\input{/etc/passwd}\)",
        r"\(x",
        "$x^2\n$",
        "x^2 and d_model and [/nope]",
        "",
    ],
)
def test_anything_else_stays_as_it_is(text: str) -> None:
    assert in_unicode(text) == text


def hostile(formula: str) -> str:
    return rf"\({formula}\)"


@pytest.mark.parametrize(
    "text",
    [
        hostile("{" * 190 + "}" * 190),
        hostile(r"\frac" * 70),
        hostile(r"\sqrt{" * 60),
        hostile("^{" * 100 + "}" * 100),
        r"\(" * 4_000,
        "$" * 8_000,
        "$x" * 4_000,
        "_{" * 4_000,
        hostile(r"\alpha " * 50) * 20 + "x" * 1_000,
        hostile("x^2") * 10_000,
    ],
)
def test_hostile_text_costs_little(text: str) -> None:
    before = time.process_time()
    in_unicode(text)
    assert time.process_time() - before < 2


PIECES = (*r"\{}^_$()[]&%|'`~ abc12", r"\frac", r"\sqrt", r"\begin", r"\mathbf", r"\left", r"\in ")


@given(st.lists(st.sampled_from(PIECES)))
def test_no_formula_makes_it_fail(pieces: list[str]) -> None:
    shown = in_unicode(rf"\({''.join(pieces)}\)")
    assert not any("\ue000" <= sign <= "\ue003" for sign in shown)


def test_questions_without_latex_load_no_library() -> None:
    code = (
        "import sys; from tutor.tui.formulas import in_unicode;"
        "in_unicode('x_{i} costs $5'); assert 'pylatexenc' not in sys.modules;"
        r"assert in_unicode(r'\(\alpha\)') == 'α'; assert 'pylatexenc' in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


async def test_formulas_change_only_what_is_shown(tutor: StubTutor) -> None:
    section = tutor.paths.resources / "questions" / "papers" / "1-first.yaml"
    written = section.read_text(encoding="utf-8")
    changed = written.replace('"Зачем нужны маски?"', r"'Зачем \(x_{t-1}^2\) и $5?'")
    section.write_text(changed, encoding="utf-8")
    tutor.bank = open_bank(tutor.paths.questions, None)
    async with asking(tutor) as (_, pilot, _):
        await pilot.press("f8")
        await sees(pilot, "Зачем xₜ₋₁² и $5?")
    assert tutor.grading.prepared[-1][0] == "papers.1.2"
    assert tutor.bank.question("papers.1.2").prompt.to("ru") == r"Зачем \(x_{t-1}^2\) и $5?"


def test_bold_lists_code_and_formulas_are_marked() -> None:
    text = formatted("**Two** ways:\n- `a[i]` [/nope]\n  * $x^2$\n```\n- **x**\n```\n2 ** 3 ** 4")
    assert text.plain == "Two ways:\n• a[i] [/nope]\n  • x²\n- **x**\n2 ** 3 ** 4"
    assert [(span.start, span.end, span.style) for span in text.spans] == [
        (0, 3, "bold"),
        (12, 16, "$text-accent"),
        (32, 39, "$text-accent"),
    ]
