"""Puts the report of `tutor doctor` into words: problems first, each with what to do."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from tutor.cli.terminal import Hanging, Line, Span
from tutor.formatting import count_of, sentence

Report = Mapping[str, object]
State = Literal["works", "could be better", "fails"]
_MARKS: Mapping[State, Span] = {
    "fails": Span("✗", "bad"),
    "could be better": Span("!", "fair"),
    "works": Span("✓", "good"),
}
_INDENT = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence about one part, and what to do if something is wrong with it."""

    state: State
    sentence: str
    remedy: str = ""

    def lines(self) -> Iterator[Line]:
        """The mark and the sentence, with the remedy below."""
        yield Hanging((_MARKS[self.state], " ", self.sentence), _INDENT)
        if self.remedy:
            yield Hanging((" " * _INDENT, self.remedy), _INDENT)


def doctor_lines(report: Report) -> Iterator[Line]:
    """The report in lines: what fails, what could be better, what works, then the counts."""
    findings = [_finding(name, part) for name, part in report.items() if isinstance(part, dict)]
    for state in _MARKS:
        for finding in findings:
            if finding.state == state:
                yield from finding.lines()
    problems = sum(finding.state == "fails" for finding in findings)
    suggestions = sum(finding.state == "could be better" for finding in findings)
    yield ""
    if not problems + suggestions:
        yield "Everything works."
    else:
        rest = f", {count_of(suggestions, 'suggestion')}" if suggestions else ""
        yield f"{count_of(problems, 'problem') if problems else 'No problems'}{rest}."


def _finding(name: str, part: Report) -> Finding:
    problem, advice = part.get("error"), str(part.get("advice") or "")
    title, words_of = _PARTS[name]
    if problem:
        details = part.get("problems")
        more = " ".join(f"{detail}." for detail in details) if isinstance(details, list) else ""
        return Finding("fails", f"{title}: {sentence(str(problem))}", f"{advice} {more}".strip())
    words = f"{title}: {sentence(words_of(part))}"
    notices = part.get("notices")
    if isinstance(notices, list) and notices:
        return Finding("could be better", words, " ".join(map(str, notices)))
    return Finding("could be better" if advice else "works", words, advice)


def _versions(part: Report) -> str:
    return ", ".join(f"{name} {number}" for name, number in part.items())


def _machine(part: Report) -> str:
    cores = part["physical_cores"]
    memory = f"{part['memory_free_gib']} of {part['memory_gib']} GiB of memory free"
    processor = f"{part['processor']}, {cores} cores" if cores else part["processor"]
    return f"{part['system']}, {processor}, {memory}"


def _build(part: Report) -> str:
    if not part["loads"]:
        return str(part.get("remark", "it cannot be loaded"))
    return f"version {part['llama_cpp_python']} loads, and uses {part['uses'] or 'no extensions'}"


def _setup(part: Report) -> str:
    done = f", {part['done']} done" if "done" in part else ""
    return f"{part['stage']}{done}; its log is {part['log']}"


def _terminal(part: Report) -> str:
    interactive = "" if part["is_one"] else "not interactive, "
    return (
        f"{interactive}{part['size']}, {part['term'] or 'TERM not set'}, "
        f"colours: {part['colour']}, {part['encoding']}; Ctrl keys: {part['keys']}"
    )


def _paths(part: Report) -> str:
    return f"{part['profile']}; settings: {part['settings']}"


def _models(part: Report) -> str:
    words = [f"{_count(part, 'on_disk', 'model')} installed"]
    if part.get("used"):
        words.append(f"{part['used']} is in use")
    elif part.get("judges"):
        words.append(f"The {part['judges']} is in use")
    if part.get("memory"):
        words.append(f"Memory: {part['memory']}")
    if part.get("remark"):
        words.append(str(part["remark"]))
    return " ".join(map(sentence, words))


def _model(part: Report) -> str:
    where = part.get("file") or part.get("server")
    if not where:
        return str(part.get("remark", "none"))
    if "server" in part:
        return f"{part['name']} at {where} answers"
    rate = part["prefill_tokens_per_second"]
    return f"{part['name']} loads and reads {rate} tokens a second ({where})"


def _bank(part: Report) -> str:
    return f"{_count(part, 'decks', 'deck')} with {_count(part, 'questions', 'question')}"


def _progress(part: Report) -> str:
    if not part["attempts"]:
        return "nothing answered yet"
    questions = _count(part, "questions_answered", "question")
    return f"{_count(part, 'attempts', 'answer')} to {questions}"


def _count(part: Report, name: str, one: str) -> str:
    number = part[name]
    assert isinstance(number, int)
    return count_of(number, one)


_PARTS: Mapping[str, tuple[str, Callable[[Report], str]]] = {
    "versions": ("Versions", _versions),
    "machine": ("Computer", _machine),
    "build": ("llama.cpp", _build),
    "setup": ("Set-up of the judge", _setup),
    "terminal": ("Terminal", _terminal),
    "paths": ("Your data", _paths),
    "models": ("Models", _models),
    "model": ("Model in use", _model),
    "bank": ("Decks", _bank),
    "progress": ("Progress", _progress),
}
"""The title of each part of the report, and what puts it into words."""
