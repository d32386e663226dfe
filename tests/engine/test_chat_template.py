"""Chat templates as frames: real and hostile ones."""

import pytest

from tests.support.models import CHATML
from tutor.engine import ModelRefused
from tutor.engine.chat_template import MAX_FRAME, Frame, frame

NO_SYSTEM = (
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}"
    "{% endif %}{% for m in messages %}<turn>{{ m['content'] | trim }}<end>{% endfor %}<model>"
)
SWALLOWS_SYSTEM = (
    "{% for m in messages if m['role'] == 'user' %}<u>{{ m['content'] }}</u>{% endfor %}<a>"
)
THINKING = (
    "{% for m in messages %}<{{ m['role'] }}>{{ m['content'] }}{% endfor %}<assistant>"
    "{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n{% endif %}"
)
ALWAYS_THINKS = (
    "{% for m in messages %}<{{ m['role'] }}>{{ m['content'] }}{% endfor %}<assistant><think>\n"
)


def framed(template: str) -> Frame:
    return frame(template, bos="<s>", eos="</s>")


def test_chatml_is_cut_into_a_frame() -> None:
    assert framed(CHATML) == Frame(
        head="<|im_start|>system\n",
        middle="<|im_end|>\n<|im_start|>user\n",
        foot="<|im_end|>\n<|im_start|>assistant\n",
    )


@pytest.mark.parametrize("template", [NO_SYSTEM, SWALLOWS_SYSTEM], ids=["refuses", "swallows"])
def test_without_a_system_role_the_system_text_precedes_the_user_text(template: str) -> None:
    rendered = framed(template)
    assert rendered.middle == "\n\n"
    assert rendered.foot.endswith(("<model>", "<a>"))


def test_thinking_is_off_or_closed() -> None:
    assert framed(THINKING).foot == "<assistant><think>\n\n</think>\n\n"
    assert framed(ALWAYS_THINKS).foot == "<assistant><think>\n\n</think>\n\n"


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ messages.append({}) }}{{ messages[0]['content'] }}{{ messages[1]['content'] }}",
        "{% for m in messages %}{{ m['content'] }}{{ m['content'] }}{% endfor %}",
        "{{ messages[1]['content'] }}{{ messages[0]['content'] }}" * 2,
        "nothing of ours",
        "{% for a in range(9999) %}{{ 'x' * 99 }}{% endfor %}",
        "{{ 1 / 0 }}",
        "{{ messages[7]['content'] }}",
        "{% if %}",
        "{{ raise_exception('never') }}",
        "{{ messages['a'].b.c }}",
        "{{ 5 | dictsort }}",
        "{{ 'x' * 10**15 }}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% break %}",
        "{% for a in [1] %}" * 30 + "{% endfor %}" * 30,
        "{{ " + "1" * 5000 + " }}",
    ],
    ids=lambda template: template[:40],
)
def test_unusable_templates_are_refused(template: str) -> None:
    with pytest.raises(ModelRefused, match="chat template"):
        framed(template)


def test_output_is_bounded() -> None:
    with pytest.raises(ModelRefused, match=f"{MAX_FRAME:,}"):
        framed("{% for a in range(9999) %}{{ 'x' * 99 }}{% endfor %}")


def test_the_functions_and_variables_of_real_templates_are_available() -> None:
    text = "{{ strftime_now('%Y') }}{{ bos_token }}{{ eos_token }}" + CHATML
    assert framed(text).head.endswith("<s></s><|im_start|>system\n")
