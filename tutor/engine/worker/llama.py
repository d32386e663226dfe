"""The few calls of llama.cpp that we need, typed and with safe defaults.

Not thread-safe. Source: include/llama.h of the bundled llama.cpp.
"""

import ctypes
import math
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import llama_cpp
import numpy as np
from numpy.typing import NDArray

from tutor.engine.errors import ModelRefused

Logits = NDArray[np.float32]
ABORTED = 2
"""Returned by llama_decode when the abort callback asked it to stop."""
_DEBUG, _ERROR = 1, 4
"""ggml_log_level in ggml.h; the table in llama-cpp-python's _logger.py is out of date."""


class DecodeAborted(Exception):
    """Stopped by the abort callback; earlier decodes stay."""


class DecodeFailed(Exception):
    """llama.cpp could not evaluate the batch."""


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One token of a batch: its position, its sequences and whether its logits are read."""

    token: int
    position: int
    sequences: tuple[int, ...]
    """More than one if they share the token, which recurrent models cannot do."""
    read: bool = False


@dataclass(frozen=True)
class LoadOptions:
    """How a model is loaded."""

    context: int
    """Tokens, over all sequences."""
    threads: int
    batch: int
    """The most tokens in one decode."""
    sequences: int
    plain_buffers: bool
    """Load without repacked and AMX buffers."""


class Log:
    """Sends llama.cpp's log to stderr and keeps the errors, to explain a failure."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self._callback = llama_cpp.llama_log_callback(self._take)
        llama_cpp.llama_log_set(self._callback, ctypes.c_void_p(0))

    def _take(self, level: int, text: bytes, _user: object) -> None:
        line = text.decode("utf-8", "replace")
        if level == _DEBUG:
            return
        if level == _ERROR:
            self.errors.append(line.strip())
        sys.stderr.write(line)

    def reason(self) -> str:
        """The first error that says more than that loading failed, in one line."""
        errors = [line for line in self.errors if "failed to load model" not in line]
        return re.split("(?:loading model|lora adapter): ", (errors or ["no reason given"])[0])[-1]


class Native:
    """One model and one context."""

    def __init__(
        self,
        path: Path,
        options: LoadOptions,
        log: Log,
        progress: Callable[[float], None],
        stop: Callable[[], bool],
    ) -> None:
        self.options = options
        self._log = log  # keeps the callback alive, which llama.cpp continues to call
        llama_cpp.llama_backend_init()
        self._model = self._load(path, log, progress)
        vocabulary = llama_cpp.llama_model_get_vocab(self._model)
        if vocabulary is None:
            raise ModelRefused(f"{path.name} has no vocabulary")
        self._vocabulary = vocabulary
        self.vocabulary_size = llama_cpp.llama_vocab_n_tokens(vocabulary)
        self.context = self._context_length()
        self._abort = llama_cpp.ggml_abort_callback(lambda _data: stop())
        self._context = self._new_context(path)
        self._memory = llama_cpp.llama_get_memory(self._context)
        self._batch = llama_cpp.llama_batch_init(options.batch, 0, options.sequences)

    def _load(
        self, path: Path, log: Log, progress: Callable[[float], None]
    ) -> "llama_cpp.llama_model_p":
        parameters = llama_cpp.llama_model_default_params()
        parameters.n_gpu_layers = 0
        parameters.use_extra_bufts = not self.options.plain_buffers
        self._progress = llama_cpp.llama_progress_callback(_never_stopping(progress))
        parameters.progress_callback = self._progress
        model: llama_cpp.llama_model_p | None = llama_cpp.llama_model_load_from_file(
            str(path).encode(), parameters
        )
        if not model:
            raise ModelRefused(
                f"llama.cpp cannot load {path.name}: {log.reason()}",
                remedy="Download a truncated or damaged file again; an unknown architecture "
                "needs a newer tutor or another model.",
            )
        return model

    def _context_length(self) -> int:
        trained = llama_cpp.llama_model_n_ctx_train(self._model)
        return min(self.options.context, trained) if trained > 0 else self.options.context

    def _new_context(self, path: Path) -> "llama_cpp.llama_context_p":
        parameters = llama_cpp.llama_context_default_params()
        parameters.n_ctx = self.context
        parameters.n_batch = parameters.n_ubatch = self.options.batch
        parameters.n_seq_max = self.options.sequences
        parameters.n_threads = parameters.n_threads_batch = self.options.threads
        parameters.kv_unified = True
        parameters.swa_full = True
        parameters.no_perf = True
        parameters.abort_callback = self._abort
        context: llama_cpp.llama_context_p | None = llama_cpp.llama_init_from_model(
            self._model, parameters
        )
        if not context:
            raise ModelRefused(
                f"there is not enough memory for {path.name} with {self.context} tokens of context",
                remedy="Close other programs, use a smaller model, or lower `context` "
                "in the settings.",
            )
        return context

    def adapt(self, path: Path) -> bool:
        """Apply the LoRA adapter in `path` to every decode; return whether it could be loaded.

        llama.cpp frees it together with the model.
        """
        adapter = llama_cpp.llama_adapter_lora_init(self._model, str(path).encode())
        if not adapter:
            return False
        adapters = (llama_cpp.llama_adapter_lora_p_ctypes * 1)(adapter)
        scales = (ctypes.c_float * 1)(1.0)
        return bool(llama_cpp.llama_set_adapters_lora(self._context, adapters, 1, scales) == 0)

    @property
    def can_trim(self) -> bool:
        """Whether the end of a sequence can be removed; recurrent states cannot be rolled back."""
        return not (
            llama_cpp.llama_model_is_recurrent(self._model)
            or llama_cpp.llama_model_is_hybrid(self._model)
        )

    @property
    def parameters(self) -> int:
        """Number of weights."""
        return int(llama_cpp.llama_model_n_params(self._model))

    @property
    def chat_template(self) -> str | None:
        """The template in the model's file, if it has one."""
        template = llama_cpp.llama_model_chat_template(self._model, None)
        return template.decode("utf-8", "replace") if template else None

    @property
    def bos(self) -> int:
        """The token that begins a text; negative if there is none."""
        return int(llama_cpp.llama_vocab_bos(self._vocabulary))

    @property
    def adds_bos(self) -> bool:
        """Whether the model expects a prompt to begin with that token."""
        return bool(llama_cpp.llama_vocab_get_add_bos(self._vocabulary))

    def text_of(self, token: int) -> str:
        """A token as written in the vocabulary, control tokens included; empty for none."""
        if token < 0:
            return ""
        text = llama_cpp.llama_vocab_get_text(self._vocabulary, token)
        return text.decode("utf-8", "replace") if text else ""

    @property
    def eos_text(self) -> str:
        """The end token as written in the vocabulary."""
        return self.text_of(int(llama_cpp.llama_vocab_eos(self._vocabulary)))

    def tokenize(self, text: str, *, control: bool) -> list[int]:
        """The tokens of `text`; they can be control tokens only if `control`."""
        if not text:
            return []
        raw = text.encode("utf-8", "replace")
        room = len(raw) + 8
        while True:
            tokens = (llama_cpp.llama_token * room)()
            count = llama_cpp.llama_tokenize(
                self._vocabulary, raw, len(raw), tokens, room, False, control
            )
            if count >= 0:
                return list(tokens[:count])
            room = -count

    def piece(self, token: int) -> bytes:
        """The bytes of a token; a control token has none."""
        room = 64
        while True:
            buffer = ctypes.create_string_buffer(room)
            count = llama_cpp.llama_token_to_piece(self._vocabulary, token, buffer, room, 0, False)
            if count >= 0:
                return buffer.raw[:count]
            room = -count

    def ends(self, token: int) -> bool:
        """Whether the model ends its turn with this token."""
        return bool(llama_cpp.llama_vocab_is_eog(self._vocabulary, token))

    def decode(self, rows: Sequence[BatchRow]) -> dict[int, Logits]:
        """Evaluate at most a batch of tokens; return the logits of the rows with `read` set.

        They belong to llama.cpp and are overwritten by the next call; copy them to keep them.
        Raises `DecodeAborted` and `DecodeFailed`.
        """
        batch = self._batch
        batch.n_tokens = len(rows)
        for index, row in enumerate(rows):
            batch.token[index] = row.token
            batch.pos[index] = row.position
            batch.n_seq_id[index] = len(row.sequences)
            for number, sequence in enumerate(row.sequences):
                batch.seq_id[index][number] = sequence
            batch.logits[index] = row.read
        code = llama_cpp.llama_decode(self._context, batch)
        if code == ABORTED:
            raise DecodeAborted
        if code != 0:
            raise DecodeFailed(f"llama_decode returned {code}")
        return {index: self._logits(index) for index, row in enumerate(rows) if row.read}

    def _logits(self, index: int) -> Logits:
        pointer = llama_cpp.llama_get_logits_ith(self._context, index)
        values: Logits = np.ctypeslib.as_array(pointer, shape=(self.vocabulary_size,))
        if not math.isfinite(float(values.max())):
            raise DecodeFailed("the model's logits are not numbers")
        return values

    def fork(self, source: int, target: int) -> None:
        """Make `target` a copy of `source`, replacing its contents."""
        self.drop(target)
        llama_cpp.llama_memory_seq_cp(self._memory, source, target, -1, -1)

    def trim(self, sequence: int, length: int) -> bool:
        """Cut a sequence to its first `length` tokens; False if the model cannot."""
        return bool(llama_cpp.llama_memory_seq_rm(self._memory, sequence, length, -1))

    def drop(self, sequence: int) -> None:
        """Forget a whole sequence, which every model can do."""
        llama_cpp.llama_memory_seq_rm(self._memory, sequence, -1, -1)

    def clear(self) -> None:
        """Forget everything."""
        llama_cpp.llama_memory_clear(self._memory, True)


def _never_stopping(progress: Callable[[float], None]) -> Callable[[float, object], bool]:
    """A progress callback that never asks llama.cpp to stop."""

    def callback(share: float, _data: object) -> bool:
        progress(share)
        return True

    return callback
