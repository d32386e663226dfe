"""The base in torch with an adapter that can be trained, and how wrong it is.

transformers reads the weights out of the GGUF file and turns them back into numbers of 32 bits; the
adapter is peft's LoRA (Hu et al. 2021, arXiv:2106.09685). Several answers stand behind one another
in one row without padding; each attends to itself alone, through a mask of its own.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from peft import LoraConfig, get_peft_model
from torch.nn import functional
from transformers import AttentionInterface, AutoModelForCausalLM
from transformers.utils import logging

from training.adapter_file import Factors, Heads
from training.packing import Packed
from training.recipe import MATRICES, Recipe

Span = tuple[int, int, torch.Tensor]
"""Where an answer begins and ends in the row, and what is added to its attention's scores."""
ATTENTION = "answers"


class Judge:
    """Log-odds of met to missed for every point of some answers."""

    def __init__(
        self, base: Path, labels: tuple[int, int], recipe: Recipe, device: str = "cpu"
    ) -> None:
        """`base` is a GGUF file of the llama architecture, `labels` the tokens of the verdicts."""
        AttentionInterface.register(ATTENTION, _attend)
        logging.disable_progress_bar()
        # of a GPU's numbers of 16 bits the base's are good enough; the adapter's have 32 everywhere
        kind = torch.float32 if device == "cpu" else torch.bfloat16
        whole = AutoModelForCausalLM.from_pretrained(
            base.parent,
            gguf_file=base.name,
            dtype=kind,
            attn_implementation=ATTENTION,
            local_files_only=True,
        ).to(device)
        met, missed = whole.lm_head.weight[list(labels)].float().detach()
        self._direction = met - missed
        self._device = device
        count = whole.config.num_hidden_layers
        torch.manual_seed(recipe.seed)
        self._adapted = get_peft_model(
            whole,
            LoraConfig(
                r=recipe.rank,
                lora_alpha=recipe.alpha,
                target_modules=list(MATRICES),
                layers_to_transform=list(range(max(0, count - recipe.layers), count)),
            ),
        )
        self._body = whole.model
        self.heads = Heads(whole.config.num_attention_heads, whole.config.num_key_value_heads)

    @property
    def trained(self) -> dict[str, torch.nn.Parameter]:
        """What is trained, by name."""
        named = self._adapted.named_parameters()
        return {name: values for name, values in named if values.requires_grad}

    def load(self, state: Mapping[str, torch.Tensor]) -> None:
        """Take the values of `trained` from elsewhere."""
        with torch.no_grad():
            for name, values in self.trained.items():
                values.copy_(state[name])

    @property
    def factors(self) -> dict[tuple[int, str], Factors]:
        """The adapter, by layer and name of the matrix."""
        halves: dict[tuple[int, str], dict[str, np.ndarray]] = {}
        for name, values in self.trained.items():
            parts = name.split(".")
            at = parts.index("layers")
            key = int(parts[at + 1]), parts[at + 3]
            numbers = values.detach().float().cpu().numpy()
            halves.setdefault(key, {})[parts[at + 4]] = numbers
        return {key: Factors(half["lora_A"], half["lora_B"]) for key, half in halves.items()}

    def log_odds(self, answers: Sequence[Packed]) -> torch.Tensor:
        """Of all points of all answers, one after the other."""
        lengths = [len(packed.ids) for packed in answers]
        begins = np.cumsum([0, *lengths[:-1]]).tolist()
        row = np.concatenate([packed.ids for packed in answers])
        positions = np.concatenate([packed.positions for packed in answers])
        last = [
            b + end - 1 for b, packed in zip(begins, answers, strict=True) for end in packed.ends
        ]
        hidden = self._body(
            input_ids=self._whole(row)[None],
            position_ids=self._whole(positions)[None],
            spans=[self._span(b, packed) for b, packed in zip(begins, answers, strict=True)],
            use_cache=False,
        ).last_hidden_state[0, last]
        return hidden.float() @ self._direction

    def _span(self, begin: int, packed: Packed) -> Span:
        hidden = torch.from_numpy(~packed.visible).to(self._device)
        mask = torch.zeros(hidden.shape, dtype=self._body.dtype, device=self._device)
        return begin, begin + len(packed.ids), mask.masked_fill(hidden, float("-inf"))

    def _whole(self, numbers: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(numbers).to(self._device)


def loss(found: torch.Tensor, answers: Sequence[Packed]) -> torch.Tensor:
    """The mean cross-entropy of a verdict, with the human's as a soft label.

    The calibration weighs the log-odds of met to missed, so it is they that are trained; partly met
    is the middle between them. Where people gave one mark for all points, it is compared with the
    points' mean probability.
    """
    losses: list[torch.Tensor] = []
    for packed, mine in zip(answers, found.split([len(a.ends) for a in answers]), strict=True):
        worths = torch.tensor(packed.worths, device=mine.device)
        if packed.weights:
            weights = torch.tensor(packed.weights, device=mine.device)
            share = (weights @ mine.sigmoid() / weights.sum()).clamp(1e-4, 1 - 1e-4)
            losses.append(functional.binary_cross_entropy(share[None], worths, reduction="none"))
        else:
            losses.append(
                functional.binary_cross_entropy_with_logits(mine, worths, reduction="none")
            )
    return torch.cat(losses).mean()


def _attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    _mask: torch.Tensor | None,
    *,
    spans: Sequence[Span],
    scaling: float,
    **_others: object,
) -> tuple[torch.Tensor, None]:
    """Attention of each answer to itself; transformers calls it in every layer."""
    groups = module.num_key_value_groups
    key, value = (each.repeat_interleave(groups, 1) for each in (key, value))
    found = [
        functional.scaled_dot_product_attention(
            *(each[:, :, begin:end] for each in (query, key, value)), attn_mask=mask, scale=scaling
        )
        for begin, end, mask in spans
    ]
    return torch.cat(found, 2).transpose(1, 2), None
