"""A loaded model with its chat frame: prompts in, distributions and text out."""

import codecs
import time
from collections.abc import Callable, Generator, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
import psutil

from tutor.engine.child.chat import Frame, frame
from tutor.engine.child.native import LoadOptions, Log, Logits, Native
from tutor.engine.child.sequences import FIRST_BRANCH, Sequences, Tokens
from tutor.engine.front import Branch, ModelRefused, ModelTooLarge, Prompt, Segment
from tutor.engine.gguf import Header, fingerprint, read_header
from tutor.engine.protocol import Generate, LabelScores, Load, Loaded, Loading

BATCH = 512
BRANCHES = 16
"""The most branches in one decode; more are taken in turns."""
PROBE = 128
"""Tokens: faulty AMX shows itself from two on, and the rate wants a hundred."""
_GIB = 1 << 30


class NotOneToken(Exception):
    """A label is more than one token in this vocabulary."""


class Model:
    """Built by `load`; used by one thread."""

    def __init__(self, native: Native, chat: Frame, advanced: Callable[[int, int], None]) -> None:
        self._native = native
        self._frame = chat
        self._sequences = Sequences(native, advanced)

    def prefill(self, prompt: Prompt) -> None:
        """Evaluate the prompt in advance."""
        self._sequences.hold(*self.tokens(prompt))

    def score(self, prompt: Prompt, branches: Sequence[Branch]) -> tuple[LabelScores, ...]:
        """The distribution over each branch's labels."""
        labels = [self._label_tokens(branch.labels) for branch in branches]
        self._sequences.hold(*self.tokens(prompt))
        tails = [self._tail(branch.tail) for branch in branches]
        logits = self._sequences.branches(tails)
        return tuple(map(_distribution, logits, labels))

    def generate(self, request: Generate) -> Generator[str, None, None]:
        """Greedy text; a character that spans tokens comes whole."""
        self._sequences.hold(*self.tokens(request.prompt))
        tail = self._tail(request.tail) + self._native.tokenize(request.opening, control=False)
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        for token in self._sequences.write(tail, request.max_tokens):
            text = decoder.decode(self._native.piece(token))
            if text:
                yield text

    def forget(self) -> None:
        """Drop what is evaluated; the next call starts afresh."""
        self._sequences.forget()

    def tokens(self, prompt: Prompt) -> tuple[Tokens, Tokens]:
        """The tokens of the prefix, with the chat frame's head, and of the body."""
        frame = self._frame
        head = [Segment(frame.head, trusted=True), *prompt.system]
        head += [Segment(frame.middle, trusted=True), *prompt.prefix]
        prefix = self._tokenize(head)
        native = self._native
        if native.adds_bos and prefix[:1] != [native.bos]:
            prefix.insert(0, native.bos)
        return prefix, self._tokenize(prompt.body)

    def label_set(self, sets: Sequence[Sequence[str]]) -> int:
        """The first set whose labels are one token each and all different.

        Raises `ModelRefused` when there is none.
        """
        for index, labels in enumerate(sets):
            try:
                self._label_tokens(labels)
            except NotOneToken:
                continue
            return index
        raise ModelRefused(
            "this model's vocabulary cuts every word that could be a verdict into several tokens",
            remedy="Use another model.",
        )

    def probe(self) -> float:
        """Evaluate a few tokens for real; tokens a second. A faulty processor feature ends us."""
        count = min(PROBE, self._native.context // 2)
        step = max(1, self._native.vocabulary_size // (count + 1))
        start = time.perf_counter()
        self._sequences.hold([1 + i * step for i in range(count - 1)], [1])
        self._sequences.branches([[1]])
        seconds = time.perf_counter() - start
        self._sequences.forget()
        return count / seconds

    def _tail(self, tail: Sequence[Segment]) -> Tokens:
        return self._tokenize([*tail, Segment(self._frame.foot, trusted=True)])

    def _tokenize(self, segments: Sequence[Segment]) -> Tokens:
        tokens: Tokens = []
        for trusted, group in groupby(segments, key=lambda segment: segment.trusted):
            text = "".join(segment.text for segment in group)
            tokens += self._native.tokenize(text, control=trusted)
        return tokens

    def _label_tokens(self, labels: Sequence[str]) -> list[int]:
        tokens = [self._native.tokenize(label, control=False) for label in labels]
        if any(len(token) != 1 for token in tokens) or len({t[0] for t in tokens}) < len(labels):
            raise NotOneToken(f"not all of {', '.join(labels)} are one token of this model")
        return [token[0] for token in tokens]


def load(
    request: Load,
    log: Log,
    tell: Callable[[Loading], None],
    advanced: Callable[[int, int], None],
    stop: Callable[[], bool],
) -> tuple[Model, Loaded]:
    """Check, load and probe the model; raises `ModelRefused` with the reason."""
    path = Path(request.path)
    tell(Loading(stage="checking"))
    header = read_header(path)
    if not request.allow_large:
        _fits_memory(header, request.context, psutil.virtual_memory().available)
    options = LoadOptions(
        context=request.context,
        threads=request.threads,
        batch=BATCH,
        sequences=FIRST_BRANCH + BRANCHES,
        plain_buffers=request.plain_buffers,
    )
    native = Native(path, options, log, _told_in_steps(tell), stop)
    tell(Loading(stage="template"))
    model = Model(native, _frame(native, path), advanced)
    label_set = model.label_set(request.label_sets)
    tell(Loading(stage="probing"))
    return model, Loaded(
        name=_name(header),
        fingerprint=fingerprint(path),
        architecture=header.architecture,
        parameters=native.parameters,
        context=native.context,
        label_set=label_set,
        plain_buffers=request.plain_buffers,
        prefill_rate=model.probe(),
    )


def _frame(native: Native, path: Path) -> Frame:
    template = native.chat_template
    if template is None:
        raise ModelRefused(
            f"{path.name} carries no chat template, so it is no instruct model or a bad conversion",
            remedy="Use an instruct model whose file carries its chat template.",
        )
    return frame(template, bos=native.text_of(native.bos), eos=native.eos_text)


def _fits_memory(header: Header, context: int, free: int) -> None:
    needed = header.memory(context)
    if needed > free:
        raise ModelTooLarge(
            f"{header.path.name} needs about {needed / _GIB:.1f} GiB of memory "
            f"and {free / _GIB:.1f} GiB are free",
            remedy="Close other programs, use a smaller model, or go on at your own risk "
            "with --allow-large-model.",
        )


def _told_in_steps(tell: Callable[[Loading], None]) -> Callable[[float], None]:
    """Progress in whole per cents, so that a thousand tensors do not make a thousand messages."""
    last = -1

    def progress(share: float) -> None:
        nonlocal last
        if int(share * 100) != last:
            last = int(share * 100)
            tell(Loading(stage="loading", progress=min(1.0, max(0.0, share))))

    return progress


def _name(header: Header) -> str:
    """Short and of printable characters: `Qwen3-4B`, else the file's own name for itself."""
    base, size, name = (
        str(header.metadata.get(f"general.{key}", "")) for key in ("basename", "size_label", "name")
    )
    given = f"{base}-{size}" if base and size else name
    cleaned = "".join(c for c in given if c.isprintable()).strip()[:40]
    return cleaned or header.path.stem[:40]


def _distribution(logits: Logits, labels: Sequence[int]) -> LabelScores:
    chosen = logits[list(labels)].astype(np.float64)
    every = _log_sum(logits.astype(np.float64))
    total = _log_sum(chosen)
    return LabelScores(
        log_probabilities=tuple(float(x) for x in chosen - total),
        mass=min(1.0, float(np.exp(total - every))),
    )


def _log_sum(values: "np.typing.NDArray[np.float64]") -> float:
    top = float(values.max())
    return top + float(np.log(np.exp(values - top).sum()))
