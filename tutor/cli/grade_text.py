"""What `tutor grade` prints for a person."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import typer

from tutor.bank import printable
from tutor.cli.terminal import Hanging, Line, Span, Terminal, standard_output, verdict_span
from tutor.formatting import VERDICT_MARKS, one_line

if TYPE_CHECKING:
    from tutor.bank import Question
    from tutor.grading import Grade
    from tutor.grading.explain import Explanation
    from tutor.grading.explain import Line as ExplainedLine

_VERDICT_CELLS = 25
"""The cells before a point's text: the mark, the verdict and how sure it is."""


def print_grade(
    question: "Question",
    grade: "Grade",
    pieces: Iterable[str],
    explanation: "Explanation | None",
    terminal: Terminal | None = None,
) -> None:
    """Print score and verdicts, then the feedback as it is written, then the reasons.

    Anybody's text is in them, so that nothing of it steers the terminal.
    """
    terminal = terminal or standard_output()
    if grade.remark:
        typer.echo(grade.remark, err=True)
    for line in grade_lines(question, grade):
        typer.echo(terminal.text(line), color=True)
    for index, piece in enumerate(pieces):
        typer.echo(("" if index else "\n") + piece, nl=False)
    typer.echo()
    for section in explanation.sections if explanation else ():
        typer.echo("\n" + terminal.text((Span(printable(section.title), "strong"),)), color=True)
        for reason in section.lines:
            typer.echo(terminal.text(printable(explained(reason))), color=True)


def grade_lines(question: "Question", grade: "Grade") -> Iterator[Line]:
    """The score, then each point with its verdict and the sentence that shows it."""
    likely = f", {grade.expected * grade.full:.1f} expected" if grade.grader.name != "rule" else ""
    score = f"{grade.earned:g} of {grade.full:g} marks{likely}"
    yield (f"{grade.question}  ", Span(score, "strong"), f"  ({grade.grader.name})")
    for point, judged in zip(question.rubric, grade.points, strict=True):
        sure = f" {judged.confidence:.0%}" if judged.confidence is not None else ""
        unsure = ", unsure" if judged.unsure else ""
        verdict = f"{VERDICT_MARKS[judged.final]} {judged.final}{sure}{unsure}"
        text = printable(one_line(point.point.to(grade.language)))
        gap = " " * max(1, _VERDICT_CELLS - len(verdict))
        yield Hanging((verdict_span(judged.final, verdict), gap, text), _VERDICT_CELLS)
        if judged.evidence is not None:
            number = f"    {judged.evidence.sentence}: "
            shown = Span(printable(judged.evidence.text), "quiet")
            yield Hanging((number, shown), len(number))


def explained(line: "ExplainedLine") -> str:
    """In a prompt ‹this› is text of question, rubric or answer; the rest is ours."""
    return "".join(f"‹{p.text}›" if p.kind == "untrusted" else p.text for p in line)
