"""The base's layers in torch, with a trainable adapter.

The weights are read from the GGUF file and converted to 32 bits in the file's own order, so that
nothing has to be reordered on the way to llama.cpp and back. The adapter is a LoRA (Hu et al. 2021,
arXiv:2106.09685) of all matrices of the upper layers; the layers below are frozen, so their output
is the same in every pass.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import gguf
import numpy as np
import torch
from gguf.quants import dequantize
from torch.nn import functional

from training.adapter_file import Factors
from training.recipe import MATRICES, Recipe
from training.rows import Tree

ROTATED_IN_HALVES = ("qwen2", "qwen3")
"""The architectures that rotate the halves of a head; llama rotates pairs of neighbours."""
ROPE_BASE = 10_000.0
"""The default of llama.cpp, for files that do not name one."""
Key = tuple[int, str]
"""A layer and the name of one of its matrices."""


class Base:
    """A model of the llama or qwen family, without its output matrix."""

    def __init__(self, file: Path) -> None:
        """Read the weights from a GGUF file of one of `ARCHITECTURES`."""
        reader = gguf.GGUFReader(file)
        self.architecture = str(reader.fields["general.architecture"].contents())
        self.layers = self._number(reader, "block_count")
        self.heads = self._number(reader, "attention.head_count")
        self.keys = self._number(reader, "attention.head_count_kv")
        self._epsilon = float(self._field(reader, "attention.layer_norm_rms_epsilon"))
        named = f"{self.architecture}.rope.freq_base" in reader.fields
        self._base = float(self._field(reader, "rope.freq_base")) if named else ROPE_BASE
        self._tensors = {tensor.name: tensor for tensor in reader.tensors}
        self._norm = self._weights("output_norm.weight")
        self._blocks = [self._block(layer) for layer in range(self.layers)]

    def embedded(self, ids: Sequence[int] | np.ndarray) -> torch.Tensor:
        """The tokens' rows of the embedding matrix: tokens x width."""
        table = self._tensors["token_embd.weight"]
        rows = dequantize(table.data[np.asarray(ids)], table.tensor_type)
        return torch.from_numpy(rows.astype(np.float32))

    def through(
        self,
        states: torch.Tensor,
        tree: Tree,
        layers: range,
        adapter: "Adapter | None" = None,
    ) -> torch.Tensor:
        """The tokens' states after these layers: tokens x width."""
        positions = torch.from_numpy(tree.positions)
        visible = torch.from_numpy(tree.visible)[None, None]
        turn = self._turn(positions)
        for layer in layers:
            states = self._layer(layer, states, turn, visible, adapter)
        return states

    def normed(self, states: torch.Tensor) -> torch.Tensor:
        """The states after the final norm: the input of the output matrix."""
        return functional.rms_norm(states, states.shape[-1:], self._norm, self._epsilon)

    def shape(self, key: Key) -> tuple[int, int]:
        """The numbers of outputs and inputs of a matrix."""
        layer, name = key
        outputs, inputs = self._blocks[layer][f"{name}.weight"].shape
        return outputs, inputs

    def _layer(
        self,
        layer: int,
        states: torch.Tensor,
        turn: tuple[torch.Tensor, torch.Tensor],
        visible: torch.Tensor,
        adapter: "Adapter | None",
    ) -> torch.Tensor:
        def times(name: str, x: torch.Tensor) -> torch.Tensor:
            product = functional.linear(x, block[f"{name}.weight"], block.get(f"{name}.bias"))
            return product if adapter is None else product + adapter.change((layer, name), x)

        def headed(name: str, heads: int) -> torch.Tensor:
            split = times(name, x).view(len(x), heads, -1)
            norm = block.get(f"{name}_norm.weight")
            if norm is not None:
                split = functional.rms_norm(split, split.shape[-1:], norm, self._epsilon)
            return split

        block = self._blocks[layer]
        width = states.shape[-1:]
        x = functional.rms_norm(states, width, block["attn_norm.weight"], self._epsilon)
        query = self._rotated(headed("attn_q", self.heads), turn)
        key = self._rotated(headed("attn_k", self.keys), turn)
        value = headed("attn_v", self.keys)
        shared = self.heads // self.keys
        attended = functional.scaled_dot_product_attention(
            query.transpose(0, 1)[None],
            key.repeat_interleave(shared, 1).transpose(0, 1)[None],
            value.repeat_interleave(shared, 1).transpose(0, 1)[None],
            attn_mask=visible,
        )
        states = states + times("attn_output", attended[0].transpose(0, 1).reshape(len(x), -1))
        x = functional.rms_norm(states, width, block["ffn_norm.weight"], self._epsilon)
        inner = functional.silu(times("ffn_gate", x)) * times("ffn_up", x)
        return states + times("ffn_down", inner)

    def _turn(self, positions: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Cosines and sines, tokens x 1 x half a head."""
        half = self._blocks[0]["attn_q.weight"].shape[0] // self.heads // 2
        rates = self._base ** (-torch.arange(half, dtype=torch.float32) / half)
        angles = positions.float()[:, None] * rates
        return angles.cos()[:, None], angles.sin()[:, None]

    def _rotated(self, x: torch.Tensor, turn: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        cosines, sines = turn
        if self.architecture in ROTATED_IN_HALVES:
            one, other = x.chunk(2, dim=-1)
            return torch.cat((one * cosines - other * sines, other * cosines + one * sines), -1)
        one, other = x[..., 0::2], x[..., 1::2]
        pairs = (one * cosines - other * sines, other * cosines + one * sines)
        return torch.stack(pairs, -1).flatten(-2)

    def _block(self, layer: int) -> dict[str, torch.Tensor]:
        start = f"blk.{layer}."
        names = (name for name in self._tensors if name.startswith(start))
        return {name.removeprefix(start): self._weights(name) for name in names}

    def _weights(self, name: str) -> torch.Tensor:
        tensor = self._tensors[name]
        numbers = dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        return torch.from_numpy(np.ascontiguousarray(numbers))

    def _field(self, reader: gguf.GGUFReader, key: str) -> float | int:
        value = reader.fields[f"{self.architecture}.{key}"].contents()
        assert isinstance(value, float | int)
        return value

    def _number(self, reader: gguf.GGUFReader, key: str) -> int:
        return int(self._field(reader, key))


class Adapter:
    """Two small matrices for every matrix of some layers, which change nothing at first."""

    def __init__(self, base: Base, layers: range, recipe: Recipe) -> None:
        source = torch.Generator().manual_seed(recipe.seed)
        self._scale = recipe.alpha / recipe.rank
        self._pairs: dict[Key, tuple[torch.Tensor, torch.Tensor]] = {}
        for key in ((layer, name) for layer in layers for name in MATRICES):
            outputs, inputs = base.shape(key)
            a = torch.randn(recipe.rank, inputs, generator=source) / math.sqrt(inputs)
            b = torch.zeros(outputs, recipe.rank)
            self._pairs[key] = a.requires_grad_(), b.requires_grad_()

    def change(self, key: Key, x: torch.Tensor) -> torch.Tensor:
        """What to add to the product of the matrix and `x`; zero if it is not adapted."""
        if key not in self._pairs:
            return torch.zeros(())
        a, b = self._pairs[key]
        return functional.linear(functional.linear(x, a) * self._scale, b)

    @property
    def trained(self) -> dict[str, torch.Tensor]:
        """The trained values, by name."""
        return {
            f"{layer}.{name}.{half}": values
            for (layer, name), pair in self._pairs.items()
            for half, values in zip("ab", pair, strict=True)
        }

    def load(self, state: Mapping[str, torch.Tensor]) -> None:
        """Replace the values of `trained`."""
        with torch.no_grad():
            for name, values in self.trained.items():
                values.copy_(state[name])

    def start_from(self, factors: Mapping[Key, Factors]) -> None:
        """Start from an adapter of the same layers and rank."""
        with torch.no_grad():
            for key, (a, b) in self._pairs.items():
                a.copy_(torch.from_numpy(factors[key].a))
                b.copy_(torch.from_numpy(factors[key].b))

    @property
    def factors(self) -> dict[Key, Factors]:
        """The factors, as they are written to a file."""
        return {
            key: Factors(a.detach().numpy(), b.detach().numpy())
            for key, (a, b) in self._pairs.items()
        }


class Judge:
    """The base with its adapter: gives the logits of the three verdicts for every prompt."""

    def __init__(self, file: Path, labels: Sequence[int], recipe: Recipe) -> None:
        """`labels` are the tokens for met, partial and missed."""
        self.base = Base(file)
        low = max(0, self.base.layers - recipe.layers)
        self._frozen, self._upper = range(low), range(low, self.base.layers)
        self.adapter = Adapter(self.base, self._upper, recipe)
        self._directions = self.base.embedded(list(labels))

    def lower(self, tree: Tree, *, rounded: bool = False) -> torch.Tensor:
        """The output of the frozen layers; the same in every pass."""
        with torch.no_grad(), _products(rounded=rounded):
            return self.base.through(self.base.embedded(tree.ids), tree, self._frozen).float()

    def logits(
        self, tree: Tree, lower: torch.Tensor | None = None, *, rounded: bool = False
    ) -> torch.Tensor:
        """The logits: prompts x 3, in the order of the labels.

        `rounded` computes the products in bfloat16, as `Recipe.bfloat16` says.
        """
        states = self.lower(tree, rounded=rounded) if lower is None else lower
        with _products(rounded=rounded):
            states = self.base.through(states, tree, self._upper, self.adapter).float()
        return self.base.normed(states[torch.from_numpy(tree.ends)]) @ self._directions.T


def _products(*, rounded: bool) -> torch.autocast:
    return torch.autocast("cpu", torch.bfloat16, enabled=rounded)
