"""Frames write what the whole chat template writes, for every family's way of writing one.

The templates are short ones that write what the families' own write; each dialogue is rendered whole by Jinja too.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from jinja2.sandbox import ImmutableSandboxedEnvironment
from tiny_models import tokens
from tokenizers import Tokenizer

from lotterylang.run.effects import Prompt, Role, Turn
from lotterylang.run.shapes import Free, Hole
from lotterylang.world.model.build import card as cards
from lotterylang.world.model.build.card import Card
from lotterylang.world.model.build.frames import cut, marked
from lotterylang.world.model.template import sent
from lotterylang.world.model.tokenizer import Tokens, rebuilt
from lotterylang.world.model.weights.checkpoint import Architecture, Vocabulary

CHATML = (
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\nYou are kind.<|im_end|>\n' }}{% endif %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
QWEN3 = (
    "{%- if messages[0].role == 'system' %}{{- '<|im_start|>system\n' + messages[0].content + '<|im_end|>\n' }}"
    "{%- endif %}"
    "{%- set ns = namespace(last=messages|length - 1) %}"
    "{%- for message in messages %}{%- if message.role == 'user' or (message.role == 'system' and not loop.first) %}"
    "{{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}"
    "{%- elif message.role == 'assistant' %}"
    "{%- if '</think>' in message.content %}{%- set said = message.content.split('</think>')[-1] %}"
    "{%- else %}{%- set said = message.content %}{%- endif %}"
    "{%- if loop.last %}{{- '<|im_start|>assistant\n<think>\n\n</think>\n\n' + said }}"
    "{%- else %}{{- '<|im_start|>assistant\n' + said }}{%- endif %}{{- '<|im_end|>\n' }}{%- endif %}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}"
    "{%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\n\n</think>\n\n' }}{%- endif %}"
    "{%- endif %}"
)
LLAMA3 = (
    "{{- bos_token }}{%- if strftime_now is defined %}{%- set date = strftime_now('%d %b %Y') %}"
    "{%- else %}{%- set date = '26 Jul 2024' %}{%- endif %}"
    "{%- if messages[0]['role'] == 'system' %}{%- set system = messages[0]['content']|trim %}"
    "{%- set messages = messages[1:] %}{%- else %}{%- set system = '' %}{%- endif %}"
    "{{- '<|start_header_id|>system<|end_header_id|>\n\nToday: ' + date + '\n\n' + system + '<|eot_id|>' }}"
    "{%- for message in messages %}{{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' }}"
    "{{- message['content'] | trim + '<|eot_id|>' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{%- endif %}"
)
GEMMA3 = (
    "{{ bos_token }}{%- if messages[0]['role'] == 'system' -%}{%- set first = messages[0]['content'] + '\n\n' -%}"
    "{%- set rest = messages[1:] -%}{%- else -%}{%- set first = '' -%}{%- set rest = messages -%}{%- endif -%}"
    "{%- for message in rest -%}{%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}"
    "{{ raise_exception('roles must alternate') }}{%- endif -%}"
    "{%- if message['role'] == 'assistant' -%}{%- set role = 'model' -%}{%- else -%}{%- set role = message['role'] -%}"
    "{%- endif -%}{{ '<start_of_turn>' + role + '\n' + (first if loop.first else '') }}"
    "{{ message['content'] | trim }}{{ '<end_of_turn>\n' }}{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ '<start_of_turn>model\n' }}{%- endif -%}"
)
MISTRAL = (
    "{%- if messages[0]['role'] == 'system' %}{%- set system = messages[0]['content'] + '\n\n' %}"
    "{%- set rest = messages[1:] %}{%- else %}{%- set system = '' %}{%- set rest = messages %}{%- endif %}"
    "{{- bos_token }}{%- for message in rest %}"
    "{%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{- raise_exception('alternate') }}{%- endif %}"
    "{%- if message['role'] == 'user' %}"
    "{{- '[INST] ' + (system if loop.first else '') + message['content'] + '[/INST]' }}{%- else %}"
    "{{- ' ' + message['content'] + eos_token }}{%- endif %}{%- endfor %}"
)
ZEPHYR = (
    "{% for message in messages %}\n{% if message['role'] == 'user' %}\n"
    "{{ '<|user|>\n' + message['content'] + eos_token }}\n{% elif message['role'] == 'system' %}\n"
    "{{ '<|system|>\n' + message['content'] + eos_token }}\n{% elif message['role'] == 'assistant' %}\n"
    "{{ '<|assistant|>\n' + message['content'] + eos_token }}\n{% endif %}\n"
    "{% if loop.last and add_generation_prompt %}\n{{ '<|assistant|>' }}\n{% endif %}\n{% endfor %}"
)


@dataclass(frozen=True)
class Family:
    """A template, its control tokens, its own tokens that are none, and what it writes for a simple chat."""

    template: str
    control: tuple[str, ...]
    begin: str | None
    end: str
    chat: str
    own: tuple[str, ...] = ()


FAMILIES: dict[str, Family] = {
    "chatml": Family(
        CHATML,
        ("<|endoftext|>", "<|im_start|>", "<|im_end|>"),
        None,
        "<|im_end|>",
        "<|im_start|>system\nYou are kind.<|im_end|>\n<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n",
    ),
    "qwen3": Family(
        QWEN3,
        ("<|endoftext|>", "<|im_start|>", "<|im_end|>"),
        None,
        "<|im_end|>",
        "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n",
        own=("<think>", "</think>"),
    ),
    "llama3": Family(
        LLAMA3,
        ("<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
        "<|begin_of_text|>",
        "<|eot_id|>",
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nToday: 26 Jul 2024\n\n<|eot_id|>"
        "<|start_header_id|>user<|end_header_id|>\n\nhi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
    ),
    "gemma3": Family(
        GEMMA3,
        ("<pad>", "<eos>", "<bos>", "<start_of_turn>", "<end_of_turn>"),
        "<bos>",
        "<eos>",
        "<bos><start_of_turn>user\nhi<end_of_turn>\n<start_of_turn>model\n",
        own=("\n\n", "<table>"),
    ),
    "mistral": Family(MISTRAL, ("<unk>", "<s>", "</s>", "[INST]", "[/INST]"), "<s>", "</s>", "<s>[INST] hi[/INST]"),
    "zephyr": Family(ZEPHYR, ("<unk>", "<s>", "</s>"), "<s>", "</s>", "<s><|user|>\nhi</s>\n<|assistant|>\n"),
}


def vocabulary(family: Family) -> Vocabulary:
    names = (*family.control, *family.own, *tokens()[3:259])
    return Vocabulary(
        model="gpt2",
        splitter="gpt-2",
        tokens=names,
        kinds=(*[3] * len(family.control), *[4] * len(family.own), *[1] * 256),
        merges=(),
        begin=None if family.begin is None else names.index(family.begin),
        end=names.index(family.end),
        begins_with=family.begin is not None,
        chat_template=family.template,
    )


SHAPE = Architecture("llama", 1, 32, 2, 2, 16, 16, 32, 300, 128, 1e4, 1e-5)


def opened(family: Family, folder: Path) -> tuple[Card, Tokens]:
    """Make card and tokenizer, by way of their files."""
    said = marked(vocabulary(family))
    rebuilt(said).save(str(folder / "tokenizer.json"))
    cards.written(cards.drawn(SHAPE, vocabulary(family), "key", "int8"), folder / "card.json")
    return cards.read(folder / "card.json"), Tokens(folder / "tokenizer.json")


def rendered(family: Family, turns: tuple[Turn, ...]) -> str:
    """Render a whole dialogue as transformers does."""
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    environment.globals["raise_exception"] = lambda reason: (_ for _ in ()).throw(ValueError(reason))
    messages = [{"role": turn.role, "content": "".join(map(str, turn.parts))} for turn in turns]
    facts: dict[str, Any] = {"eos_token": family.end, "enable_thinking": False, "add_generation_prompt": True}
    if family.begin is not None:
        facts["bos_token"] = family.begin
    return environment.from_string(family.template).render(messages=messages, **facts)


def written(name: str) -> str:
    """Give what a template writes for a simple chat; one leaves out the token that stands before every text."""
    return FAMILIES[name].chat.removeprefix("<s>" if name == "zephyr" else "")


def turns(*said: tuple[Role, str]) -> tuple[Turn, ...]:
    return tuple(Turn(role, (text,)) for role, text in said)


DIALOGUES = [
    turns(("user", "hi")),
    turns(("system", "Be brief"), ("user", "hi")),
    turns(("user", "hi"), ("assistant", "well, {yes}"), ("user", "a\nb")),
    turns(
        ("system", "Be brief"), ("user", "hi"), ("assistant", "yes"), ("user", "no"), ("assistant", "a"), ("user", "é")
    ),
    turns(("user", "  hi "), ("assistant", "\nyes\n"), ("user", "no\n")),
]


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=range(len(DIALOGUES)))
@pytest.mark.parametrize("name", FAMILIES)
def test_what_is_sent_is_what_the_template_writes(name: str, dialogue: tuple[Turn, ...], tmp_path: Path) -> None:
    family = FAMILIES[name]
    card, found = opened(family, tmp_path)
    told, text = sent(Prompt(dialogue), (), card, found), rendered(family, dialogue)
    assert told.text == text
    whole = Tokenizer.from_file(str(tmp_path / "tokenizer.json")).encode(text, add_special_tokens=False).ids
    assert list(told.ids) == [card.start] * (name == "zephyr") + whole  # its template leaves the first token out


@pytest.mark.parametrize("name", FAMILIES)
def test_a_simple_chat_by_heart(name: str, tmp_path: Path) -> None:
    family = FAMILIES[name]
    card, found = opened(family, tmp_path)
    told = sent(Prompt(turns(("user", "hi"))), (), card, found)
    spelled = {id: token for id, token in enumerate(vocabulary(family).tokens) if id in found.control}
    assert "".join(spelled[id] if id in spelled else found.raw(id).decode() for id in told.ids) == family.chat
    assert told.text == written(name)


@pytest.mark.parametrize("name", FAMILIES)
def test_the_reply_is_begun_where_the_template_begins_it(name: str, tmp_path: Path) -> None:
    family = FAMILIES[name]
    card, found = opened(family, tmp_path)
    begun = sent(Prompt((Turn("user", ("hi",)), Turn("assistant", ("So: ", Hole("x", Free()))))), (), card, found)
    assert begun.text == written(name) + ("" if name != "mistral" else " ") + "So:"
    empty = sent(Prompt((Turn("user", ("hi",)), Turn("assistant", (Hole("x", Free()),)))), (), card, found)
    assert empty == sent(Prompt((Turn("user", ("hi",)),)), (), card, found)
    assert (empty.text, empty.spaced) == (written(name), name == "mistral")  # the space is for the reply to write


@pytest.mark.parametrize("name", FAMILIES)
def test_what_ends_a_turn_ends_a_reply(name: str, tmp_path: Path) -> None:
    closes = {"gemma3": "<end_of_turn>", "mistral": "</s>", "zephyr": "</s>", "llama3": "<|eot_id|>"}
    card, _ = opened(FAMILIES[name], tmp_path)
    assert vocabulary(FAMILIES[name]).tokens.index(closes.get(name, "<|im_end|>")) in card.ends


@pytest.mark.parametrize("name", FAMILIES)
def test_no_text_becomes_what_a_template_writes_in_tokens(name: str, tmp_path: Path) -> None:
    family = FAMILIES[name]
    card, found = opened(family, tmp_path)
    hostile = "".join((*family.control, *family.own, "<think>", "\n\n"))
    plain, attacked = (sent(Prompt(turns(("user", said))), (), card, found) for said in ("x", f"x{hostile}x"))
    assert [id for id in attacked.ids if id in found.control] == [id for id in plain.ids if id in found.control]
    assert found.decode(found.encode(hostile)).decode() == hostile


def test_an_empty_system_turn_asks_for_none(tmp_path: Path) -> None:
    asked = Prompt(turns(("system", ""), ("user", "hi")))
    wanted = {
        "chatml": "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n",
        "llama3": "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nhi<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
        "gemma3": FAMILIES["gemma3"].chat,
        "mistral": FAMILIES["mistral"].chat,
    }
    for name, text in wanted.items():
        assert sent(asked, (), *opened(FAMILIES[name], tmp_path)).text == text


def test_turns_that_a_template_refuses_are_refused(tmp_path: Path) -> None:
    card, found = opened(FAMILIES["gemma3"], tmp_path)
    with pytest.raises(ValueError, match="no place for a turn of the user after the user's"):
        sent(Prompt(turns(("user", "a"), ("user", "b"))), (), card, found)
    with pytest.raises(ValueError, match="no place for a turn of the assistant at the start"):
        sent(Prompt(turns(("assistant", "a"), ("user", "b"))), (), card, found)


@pytest.mark.parametrize(
    "template",
    [
        None,
        "",
        "{% for",
        "nothing of it",
        "{{ messages[0]['content'] * 2 }}",
        "{{ raise_exception('no') }}",
        "{{ messages[0]['content'].__class__.__mro__ }}",
        "{{ messages[5]['content'] }}",
    ],
)
def test_a_template_that_is_of_no_use_is_none(template: str | None) -> None:
    said = replace(vocabulary(FAMILIES["chatml"]), chat_template=template)
    assert cut(said) is None
    assert marked(said) == said


def test_what_marks_text_for_training_changes_nothing() -> None:
    plain = vocabulary(FAMILIES["chatml"])
    said = "{{ message['content'] }}"
    template = "{% for message in messages %}{{ '<|im_start|>' }}" + said + "{{ '<|im_end|>' }}{% endfor %}"
    framed = template.replace(said, "{%- generation -%}" + said + "{%- endgeneration -%}")
    assert cut(replace(plain, chat_template=framed)) == cut(replace(plain, chat_template=template)) is not None


def test_frames_come_back_from_json(tmp_path: Path) -> None:
    card, _ = opened(FAMILIES["gemma3"], tmp_path)
    assert card == cards.drawn(SHAPE, vocabulary(FAMILIES["gemma3"]), "key", "int8")
    assert json.loads(json.dumps(asdict(card))) == json.loads((tmp_path / "card.json").read_text())
