"""What `tutor doctor` found, in sentences: problems first, each with what to do."""

from collections.abc import Iterator, Mapping
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
    """One sentence about one part, and what to do if it is not as it should be."""

    state: State
    sentence: str
    remedy: str = ""

    def lines(self) -> Iterator[Line]:
        """The sentence after its mark, what to do below it."""
        yield Hanging((_MARKS[self.state], " ", self.sentence), _INDENT)
        if self.remedy:
            yield Hanging((" " * _INDENT, self.remedy), _INDENT)


def doctor_lines(report: Report) -> Iterator[Line]:
    """The whole report: what fails, what could be better, what works; then how many of each."""
    findings = [finding_of(name, part) for name, part in report.items() if isinstance(part, dict)]
    for state in _MARKS:
        for finding in findings:
            if finding.state == state:
                yield from finding.lines()
    failing = sum(finding.state == "fails" for finding in findings)
    better = sum(finding.state == "could be better" for finding in findings)
    yield ""
    if not failing + better:
        yield "Everything works."
    else:
        rest = f", {count_of(better, 'suggestion')}" if better else ""
        yield f"{count_of(failing, 'problem') if failing else 'No problems'}{rest}."


def finding_of(name: str, part: Report) -> Finding:
    """What a part of the report comes to."""
    problem, advice = part.get("error"), str(part.get("advice") or "")
    title = _TITLES.get(name, name)
    if problem:
        shown = part.get("problems")
        more = " ".join(f"{each}." for each in shown) if isinstance(shown, list) else ""
        return Finding("fails", f"{title}: {sentence(str(problem))}", f"{advice} {more}".strip())
    words = sentence(_WORDS[name](part)) if name in _WORDS else ""
    notices = part.get("notices")
    if isinstance(notices, list) and notices:
        return Finding("could be better", f"{title}: {words}", " ".join(map(str, notices)))
    return Finding("could be better" if advice else "works", f"{title}: {words}", advice)


_TITLES: Mapping[str, str] = {
    "versions": "Versions",
    "machine": "Computer",
    "build": "llama.cpp",
    "setup": "Set-up of the judge",
    "terminal": "Terminal",
    "paths": "Your data",
    "models": "Models",
    "model": "Model in use",
    "bank": "Decks",
    "progress": "Progress",
}


def _versions(part: Report) -> str:
    return ", ".join(f"{name} {number}" for name, number in part.items())


def _machine(part: Report) -> str:
    cores = part["physical_cores"]
    memory = f"{part['memory_free_gib']} of {part['memory_gib']} GiB of memory free"
    known = f", {cores} cores" if cores else ""
    return f"{part['system']}, {part['processor']}{known}, {memory}"


def _build(part: Report) -> str:
    if not part["loads"]:
        return str(part.get("remark", "it cannot be loaded"))
    return f"version {part['llama_cpp_python']} loads, and uses {part['uses'] or 'no extensions'}"


def _setup(part: Report) -> str:
    done = f", {part['done']} done" if "done" in part else ""
    return f"{part['stage']}{done}; its log is {part['log']}"


def _terminal(part: Report) -> str:
    kind = "" if part["is_one"] else "not interactive, "
    return (
        f"{kind}{part['size']}, {part['term'] or 'TERM not set'}, colours: {part['colour']}, "
        f"{part['encoding']}; Ctrl keys: {part['keys']}"
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


_WORDS = {
    "versions": _versions,
    "machine": _machine,
    "build": _build,
    "setup": _setup,
    "terminal": _terminal,
    "paths": _paths,
    "models": _models,
    "model": _model,
    "bank": _bank,
    "progress": _progress,
}
