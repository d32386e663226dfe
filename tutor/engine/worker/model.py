"""A loaded model with its chat frame: takes prompts, returns distributions and text."""

import codecs
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from tutor.engine.api import Branch, ModelInfo, Prompt, Scored, Segment, Token, joined
from tutor.engine.chat_template import Frame, frame
from tutor.engine.errors import LabelsUnusable, ModelRefused, ModelTooLarge
from tutor.engine.gguf import Header, fingerprint, read_header
from tutor.engine.labels import no_label_set, single_tokens
from tutor.engine.protocol import Generate, Load, Loaded, Loading
from tutor.engine.recent import Recent
from tutor.engine.worker.kv_cache import FIRST_BRANCH, Sequences, Tokens, Track
from tutor.engine.worker.llama import DecodeFailed, LoadOptions, Log, Native
from tutor.engine.worker.logits import LogitReading
from tutor.engine.worker.model_file import Adapter, ModelFile

BATCH = 512
BRANCHES = 16
"""The most branches in one decode; more need several decodes."""
PROBE = 128
"""Tokens; faulty AMX shows from two on, measuring the rate takes about a hundred."""
REMEMBERED = 8
"""Prompts whose scores are cached: the empty answer and the last few states of the answer."""
_GIB = 1 << 30

Key = tuple[tuple[int, ...], tuple[int, ...], tuple[Track, ...]]


class Model:
    """Built by `load`; used by one thread."""

    def __init__(
        self,
        native: Native,
        chat: Frame,
        file: ModelFile,
        advanced: Callable[[], None],
    ) -> None:
        self.file = file
        self._native = native
        self._frame = chat
        self._sequences = Sequences(native, advanced)
        self._scores: Recent[Key, tuple[Scored, ...]] = Recent(REMEMBERED)

    def prefill(self, prompt: Prompt, branches: Sequence[Branch] = ()) -> None:
        """Evaluate the prompt ahead of time, and cache the scores of the branches."""
        if branches:
            self.score(prompt, branches)
        else:
            self._sequences.hold(*self.tokens(prompt))

    def score(self, prompt: Prompt, branches: Sequence[Branch]) -> tuple[Scored, ...]:
        """Score each branch, from the cache if the same was requested recently."""
        tracks = tuple(self._track(branch) for branch in branches)
        prefix, body = self.tokens(prompt)
        key = (tuple(prefix), tuple(body), tracks)
        scores = self._scores.get(key)
        if scores is None:
            self._sequences.hold(prefix, body)
            readings = [LogitReading(track) for track in tracks]
            for number, index, logits in self._sequences.branches(tracks):
                readings[number].read(index, logits)
            scores = tuple(reading.scored() for reading in readings)
            self._scores.keep(key, scores)
        return scores

    def generate(self, request: Generate) -> Generator[str, None, None]:
        """Yield greedy text; a character that spans several tokens is not split."""
        self._sequences.hold(*self.tokens(request.prompt))
        tail = [*self._tokenize(self._frame.after(request.tail)), *self._plain(request.opening)]
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        for token in self._sequences.write(tail, request.max_tokens):
            text = decoder.decode(self._native.piece(token))
            if text:
                yield text

    def forget(self) -> None:
        """Drop everything that was evaluated."""
        self._sequences.forget()
        self._scores.clear()

    def tokens(self, prompt: Prompt) -> tuple[Tokens, Tokens]:
        """The tokens of the prefix, including the chat frame's head, and those of the body."""
        prefix = self._tokenize(self._frame.before(prompt))
        if self._wants_bos(prefix[0]):
            prefix.insert(0, self._native.bos)
        return prefix, self._tokenize(joined(prompt.body))

    def shown(self, prompt: Prompt, branch: Branch) -> tuple[Token, ...]:
        """The tokens that are evaluated for one branch, as readable text."""
        frame = self._frame
        tokens = [
            self._shown(token, segment.trusted)
            for segment in (*frame.before(prompt), *joined(prompt.body), *frame.after(branch.tail))
            for token in self._native.tokenize(segment.text, control=segment.trusted)
        ]
        for ask in branch.asks:
            tokens += (self._shown(token, True) for token in self._plain(ask.opening))
        if self._wants_bos(tokens[0].id):
            tokens.insert(0, self._shown(self._native.bos, True))
        return tuple(tokens)

    def label_set(self, sets: Sequence[Sequence[str]]) -> int:
        """The index of the first set whose labels are distinct single tokens.

        Raises `ModelRefused` if there is none.
        """
        for index, labels in enumerate(sets):
            with suppress(LabelsUnusable):
                self._label_tokens(labels)
                return index
        raise no_label_set()

    def probe(self) -> float:
        """Evaluate some tokens and return tokens per second.

        A faulty processor feature crashes the process here.
        """
        count = min(PROBE, self._native.context // 2)
        step = max(1, self._native.vocabulary_size // (count + 1))
        start = time.perf_counter()
        self._sequences.hold([1 + i * step for i in range(count - 1)], [1])
        list(self._sequences.branches([Track((1,), asks=((0, (), ()),))]))
        seconds = time.perf_counter() - start
        self._sequences.forget()
        return count / seconds

    def _track(self, branch: Branch) -> Track:
        """Tokenise a branch: its tail, the chat frame's foot, and each ask's opening."""
        tokens: Tokens = []
        text: list[int] = []
        for segment in self._frame.after(branch.tail):
            start = len(tokens)
            tokens += self._native.tokenize(segment.text, control=segment.trusted)
            if branch.measured and not segment.trusted:
                text += range(max(1, start), len(tokens))
        asks: list[tuple[int, tuple[str, ...], tuple[int, ...]]] = []
        for ask in branch.asks:
            tokens += self._plain(ask.opening)
            asks.append((len(tokens) - 1, ask.labels, self._label_tokens(ask.labels)))
        return Track(tuple(tokens), tuple(text), tuple(asks))

    def _wants_bos(self, first: int) -> bool:
        return self._native.adds_bos and first != self._native.bos

    def _tokenize(self, segments: Iterable[Segment]) -> Tokens:
        return [
            token
            for segment in segments
            for token in self._native.tokenize(segment.text, control=segment.trusted)
        ]

    def _plain(self, text: str) -> Tokens:
        return self._native.tokenize(text, control=False)

    def _shown(self, token: int, trusted: bool) -> Token:
        text = self._native.piece(token).decode("utf-8", "replace")
        return Token(text or self._native.text_of(token), trusted, token)

    def _label_tokens(self, labels: Sequence[str]) -> tuple[int, ...]:
        return single_tokens(labels, [self._plain(label) for label in labels])


def load(
    request: Load,
    send: Callable[[Loading], None],
    advanced: Callable[[], None],
    stop: Callable[[], bool],
) -> tuple[Model, Loaded]:
    """Check, load and probe the model. Raises `ModelRefused` with the reason, or `FileChanged`."""
    path, log = Path(request.path), Log()
    send(Loading(stage="checking"))
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
    file = ModelFile(path)
    progress = _in_whole_percents(send)
    file.read_ahead(lambda share: progress(share / 2))
    native = Native(path, options, log, lambda share: progress((1 + share) / 2), stop)
    adapter = Adapter(Path(request.adapter), header) if request.adapter else None
    if adapter is not None:
        adapter.join(native, log)
    send(Loading(stage="template"))
    model = Model(native, _frame(native, path), file, advanced)
    label_set = model.label_set(request.label_sets)
    send(Loading(stage="probing"))
    info = ModelInfo(
        name=_name(header),
        path=request.path,
        fingerprint=fingerprint(path) + (adapter.fingerprint if adapter else ""),
        architecture=header.architecture,
        parameters=native.parameters,
        context=native.context,
        label_set=label_set,
        plain_buffers=request.plain_buffers,
        prefill_rate=_probed(model),
        adapter=adapter.fingerprint if adapter else "",
    )
    file.check_current()
    if adapter is not None:
        adapter.check_current()
    return model, Loaded(info=info)


def _probed(model: Model) -> float:
    try:
        return model.probe()
    except DecodeFailed as error:
        raise ModelRefused(
            f"the model cannot evaluate anything: {error}",
            remedy="Download the model again, and its adapter if it has one.",
        ) from error


def _frame(native: Native, path: Path) -> Frame:
    template = native.chat_template
    if template is None:
        raise ModelRefused(
            f"{path.name} has no chat template, so it is not an instruct model or was badly "
            "converted",
            remedy="Use an instruct model whose file has a chat template.",
        )
    return frame(template, bos=native.text_of(native.bos), eos=native.eos_text)


def _fits_memory(header: Header, context: int, free: int) -> None:
    needed = header.needs(context).total
    if needed > free:
        raise ModelTooLarge(
            f"{header.path.name} needs about {needed / _GIB:.1f} GiB of memory "
            f"and {free / _GIB:.1f} GiB are free",
            remedy="Close other programs, use a smaller model, or continue at your own risk "
            "with --allow-large-model.",
        )


def _in_whole_percents(send: Callable[[Loading], None]) -> Callable[[float], None]:
    """Report progress only per whole per cent, not for each of a thousand tensors."""
    last = -1

    def progress(share: float) -> None:
        nonlocal last
        if int(share * 100) != last:
            last = int(share * 100)
            send(Loading(stage="loading", progress=min(1.0, max(0.0, share))))

    return progress


def _name(header: Header) -> str:
    """A short printable name: `Qwen3-4B` from base name and size, else the name in the file."""
    base, size, name = (
        str(header.metadata.get(f"general.{key}", "")) for key in ("basename", "size_label", "name")
    )
    title = f"{base}-{size}" if base and size else name
    cleaned = "".join(c for c in title if c.isprintable()).strip()[:40]
    return cleaned or header.path.stem[:40]
