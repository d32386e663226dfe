"""Writes a model of random weights in the shape of Qwen2.5-1.5B in Q4_0, to measure speed."""

from pathlib import Path

import gguf
import numpy as np

from tests.support.models import CHATML, CONTROL, vocabulary

WIDTH, LAYERS, HEADS, KV_HEADS, INNER, WORDS = 1536, 28, 12, 2, 8960, 151_936
HEAD = WIDTH // HEADS
SPACED = (" yes", " partial", " no", " [")
ROLES = ("system", "user", "assistant")
"""Single tokens as in real vocabularies, so that labels and chat frame cost the same."""
BLOCK = 32
"""How many weights a Q4_0 block has: a 16-bit scale and sixteen bytes (ggml's block_q4_0)."""


def write_big_model(path: Path, seed: int = 1) -> Path:
    """Write the model: about 0.9 GB, in ten seconds."""
    writer = gguf.GGUFWriter(path, "llama", use_temp_file=False)
    _head(writer)
    random = np.random.default_rng(seed)
    _matrix(writer, random, "token_embd.weight", WORDS, WIDTH)
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    for layer in range(LAYERS):
        _layer(writer, random, f"blk.{layer}.")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _head(writer: gguf.GGUFWriter) -> None:
    base = vocabulary((*SPACED, *ROLES))
    plain = len(base.tokens) - len(CONTROL)
    fillers = [f"w{number}" for number in range(WORDS - len(base.tokens))]
    tokens = [*base.tokens[:plain], *fillers, *CONTROL]
    kinds = [gguf.TokenType.NORMAL] * (WORDS - len(CONTROL))
    kinds += [gguf.TokenType.CONTROL] * len(CONTROL)
    writer.add_name("random 1.5B")
    writer.add_context_length(32768)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_dimension_count(HEAD)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_0)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([int(kind) for kind in kinds])
    writer.add_token_merges(list(base.merges))
    writer.add_eos_token_id(tokens.index("<|im_end|>"))
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHATML)


def _layer(writer: gguf.GGUFWriter, random: np.random.Generator, name: str) -> None:
    for norm in ("attn_norm", "ffn_norm"):
        writer.add_tensor(f"{name}{norm}.weight", np.ones(WIDTH, np.float32))
    shapes = {
        "attn_q": (WIDTH, WIDTH),
        "attn_k": (KV_HEADS * HEAD, WIDTH),
        "attn_v": (KV_HEADS * HEAD, WIDTH),
        "attn_output": (WIDTH, WIDTH),
        "ffn_gate": (INNER, WIDTH),
        "ffn_up": (INNER, WIDTH),
        "ffn_down": (WIDTH, INNER),
    }
    for tensor, (rows, columns) in shapes.items():
        _matrix(writer, random, f"{name}{tensor}.weight", rows, columns)


def _matrix(
    writer: gguf.GGUFWriter, random: np.random.Generator, name: str, rows: int, columns: int
) -> None:
    """Write random nibbles with one small scale: weights of about the size of trained ones."""
    blocks = random.integers(0, 256, (rows, columns // BLOCK, 18), dtype=np.uint8)
    scale = np.array([0.02 / columns**0.5 * 39 / 8], np.float16).view(np.uint8)
    blocks[:, :, :2] = scale
    data = blocks.reshape(rows, -1)
    writer.add_tensor(name, data, raw_dtype=gguf.GGMLQuantizationType.Q4_0)
