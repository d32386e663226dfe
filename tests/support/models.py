"""Small random-weight models, written as real GGUF files and loaded by the real llama.cpp.

The vocabulary is a real byte-level one: 256 byte tokens in GPT-2's alphabet, merges for a few
words, and ChatML control tokens.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content']"
    " + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}"
    "{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
CONTROL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<think>", "</think>", "<|tool|>")
WORDS = ("yes", "no", "partial", "partly", " the", " and", "тест", "模型")
Matrix = np.typing.NDArray[np.float32]
Weights = Callable[..., Matrix]
WIDTH, LAYERS, HEADS, INNER, CONTEXT = 64, 2, 4, 96, 8192


@dataclass(frozen=True)
class Vocabulary:
    """Tokens in the order of their ids, with GGUF's kinds, and merges."""

    tokens: tuple[str, ...]
    kinds: tuple[int, ...]
    merges: tuple[str, ...]


def byte_alphabet() -> dict[int, str]:
    """GPT-2's printable letter for every byte."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    return {b: chr(b) for b in plain} | {b: chr(256 + i) for i, b in enumerate(others)}


def vocabulary(words: tuple[str, ...] = WORDS) -> Vocabulary:
    """A byte-level vocabulary in which each of `words` is one token."""
    letters = byte_alphabet()
    tokens = [letters[byte] for byte in range(256)]
    merges: list[str] = []
    for word in words:
        left = letters[word.encode()[0]]
        for byte in word.encode()[1:]:
            merge = f"{left} {letters[byte]}"
            left += letters[byte]
            if left not in tokens:
                tokens.append(left)
                merges.append(merge)
    kinds = [gguf.TokenType.NORMAL] * len(tokens) + [gguf.TokenType.CONTROL] * len(CONTROL)
    return Vocabulary((*tokens, *CONTROL), tuple(map(int, kinds)), tuple(merges))


def write_model(
    path: Path,
    *,
    architecture: str = "llama",
    template: str | None = CHATML,
    words: tuple[str, ...] = WORDS,
    seed: int = 7,
    scale: float = 0.35,
    claimed_words: int | None = None,
) -> Path:
    """Write a dense (`llama`), recurrent (`mamba`) or hybrid (`lfm2`) model in a moment."""
    words_ = vocabulary(words)
    writer = gguf.GGUFWriter(path, architecture)
    _head(writer, words_, template)
    writer.add_vocab_size(claimed_words or len(words_.tokens))
    random = np.random.default_rng(seed)

    def weights(*shape: int) -> "np.typing.NDArray[np.float32]":
        return (random.standard_normal(shape) * scale).astype(np.float32)

    writer.add_tensor("token_embd.weight", weights(len(words_.tokens), WIDTH))
    norm = "token_embd_norm" if architecture == "lfm2" else "output_norm"
    writer.add_tensor(f"{norm}.weight", np.ones(WIDTH, np.float32))
    writer.add_tensor("output.weight", weights(len(words_.tokens), WIDTH))
    if architecture == "mamba":
        _mamba(writer, weights)
    elif architecture == "lfm2":
        _lfm2(writer, weights)
    else:
        _llama(writer, weights)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _head(writer: gguf.GGUFWriter, words: Vocabulary, template: str | None) -> None:
    writer.add_name("tiny random")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(list(words.tokens))
    writer.add_token_types(list(words.kinds))
    writer.add_token_merges(list(words.merges))
    writer.add_eos_token_id(words.tokens.index("<|im_end|>"))
    writer.add_bos_token_id(words.tokens.index("<|endoftext|>"))
    writer.add_add_bos_token(False)
    if template is not None:
        writer.add_chat_template(template)


def _llama(writer: gguf.GGUFWriter, weights: Weights) -> None:
    writer.add_head_count_kv(HEADS // 2)
    _transformer_head(writer)
    for layer in range(LAYERS):
        _attention(writer, weights, f"blk.{layer}.")
        _feed_forward(writer, weights, f"blk.{layer}.")


def _lfm2(writer: gguf.GGUFWriter, weights: Weights) -> None:
    """A short convolution, whose state cannot be rolled back, then attention."""
    kernel, head = 3, WIDTH // HEADS
    writer.add_head_count_kv([0, HEADS // 2])
    writer.add_shortconv_l_cache(kernel)
    _transformer_head(writer)
    writer.add_tensor("blk.0.attn_norm.weight", np.ones(WIDTH, np.float32))
    writer.add_tensor("blk.0.shortconv.conv.weight", weights(WIDTH, kernel))
    writer.add_tensor("blk.0.shortconv.in_proj.weight", weights(3 * WIDTH, WIDTH))
    writer.add_tensor("blk.0.shortconv.out_proj.weight", weights(WIDTH, WIDTH))
    _feed_forward(writer, weights, "blk.0.")
    _attention(writer, weights, "blk.1.")
    for norm in ("attn_q_norm", "attn_k_norm"):
        writer.add_tensor(f"blk.1.{norm}.weight", np.full(head, 3, np.float32))
    _feed_forward(writer, weights, "blk.1.")


def _transformer_head(writer: gguf.GGUFWriter) -> None:
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)


def _attention(writer: gguf.GGUFWriter, weights: Weights, name: str) -> None:
    writer.add_tensor(f"{name}attn_norm.weight", np.ones(WIDTH, np.float32))
    writer.add_tensor(f"{name}attn_q.weight", weights(WIDTH, WIDTH))
    writer.add_tensor(f"{name}attn_k.weight", weights(WIDTH // 2, WIDTH))
    writer.add_tensor(f"{name}attn_v.weight", weights(WIDTH // 2, WIDTH))
    writer.add_tensor(f"{name}attn_output.weight", weights(WIDTH, WIDTH))


def _feed_forward(writer: gguf.GGUFWriter, weights: Weights, name: str) -> None:
    writer.add_tensor(f"{name}ffn_norm.weight", np.ones(WIDTH, np.float32))
    writer.add_tensor(f"{name}ffn_gate.weight", weights(INNER, WIDTH))
    writer.add_tensor(f"{name}ffn_up.weight", weights(INNER, WIDTH))
    writer.add_tensor(f"{name}ffn_down.weight", weights(WIDTH, INNER))


def _mamba(writer: gguf.GGUFWriter, weights: Weights) -> None:
    inner, state, kernel, rank = 2 * WIDTH, 8, 4, 4
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_feed_forward_length(0)
    writer.add_head_count(0)
    writer.add_ssm_conv_kernel(kernel)
    writer.add_ssm_inner_size(inner)
    writer.add_ssm_state_size(state)
    writer.add_ssm_time_step_rank(rank)
    for layer in range(LAYERS):
        name = f"blk.{layer}."
        writer.add_tensor(f"{name}attn_norm.weight", np.ones(WIDTH, np.float32))
        writer.add_tensor(f"{name}ssm_in.weight", weights(2 * inner, WIDTH))
        writer.add_tensor(f"{name}ssm_conv1d.weight", weights(inner, kernel))
        writer.add_tensor(f"{name}ssm_conv1d.bias", weights(inner))
        writer.add_tensor(f"{name}ssm_x.weight", weights(rank + 2 * state, inner))
        writer.add_tensor(f"{name}ssm_dt.weight", weights(inner, rank))
        writer.add_tensor(f"{name}ssm_dt.bias", weights(inner))
        writer.add_tensor(f"{name}ssm_a", -np.abs(weights(inner, state)))
        writer.add_tensor(f"{name}ssm_d", weights(inner))
        writer.add_tensor(f"{name}ssm_out.weight", weights(WIDTH, inner))
