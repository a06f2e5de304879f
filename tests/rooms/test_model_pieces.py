"""Vocabularies that write a space as `▁`: the merges are SentencePiece's, and every text comes back byte for byte."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_models import tensors_of, write_folder
from tiny_passes import scored
from tiny_pieces import CONTROL, TEMPLATE, config, scores, tokenizer_json, tokens, vocabulary, write_gguf

from lotterylang.run.effects import Ask, Asked, Choose, Chosen, Prompt, Sampling, Turn
from lotterylang.run.shapes import Free, Hole, Listing, OneOf, Whole
from lotterylang.syntax.diagnostics import LotError
from lotterylang.world.model.build import card as cards
from lotterylang.world.model.build.card import Card
from lotterylang.world.model.engine import Engine
from lotterylang.world.model.open import open_model
from lotterylang.world.model.template import sent
from lotterylang.world.model.tokenizer import Tokens, rebuilt
from lotterylang.world.model.weights.folder import Folder
from lotterylang.world.model.weights.gguf import Gguf


@cache
def opened() -> Tokens:
    with TemporaryDirectory() as folder:
        rebuilt(vocabulary()).save(f"{folder}/tokenizer.json")
        return Tokens(Path(folder) / "tokenizer.json")


def merged(text: str) -> list[str]:
    """Merge as SentencePiece does: again and again the two neighbours whose union has the best score."""
    score = dict(zip(tokens(), scores(), strict=True))
    parts = list(text.replace(" ", "▁"))
    while True:
        unions = [(score.get(a + b), -place) for place, (a, b) in enumerate(pairwise(parts))]
        best = max((union for union in unions if union[0] is not None), default=None)
        if best is None:
            break
        place = -best[1]
        parts[place : place + 2] = [parts[place] + parts[place + 1]]
    return [piece for part in parts for piece in ([part] if part in score else _bytes(part))]


def _bytes(letter: str) -> list[str]:
    return [f"<0x{byte:02X}>" for byte in letter.encode()]


alphabet = st.text(st.sampled_from("the an in yes no 10\nézß漢"), max_size=24)


@settings(deadline=None)
@given(alphabet)
def test_merges_are_those_of_sentencepiece(text: str) -> None:
    found = opened().encode(text)
    assert [tokens()[id] for id in found] == merged(text)


@settings(deadline=None)
@given(st.text(max_size=30))
def test_text_survives_and_never_becomes_a_control_token(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode().replace("▁", "_")
    for said in (text, f"</s>{text}<s>", f"<unk>{text} "):
        ids = opened().encode(said)
        assert opened().decode(ids).decode() == said
        assert not {0, 1, 2} & set(ids)


def test_tokens_stand_for_their_bytes() -> None:
    ids = {token: id for id, token in enumerate(tokens())}
    assert opened().raw(ids["▁the"]) == b" the"
    assert opened().raw(ids["<0x0A>"]) == b"\n"
    assert opened().raw(ids["<0xE9>"]) == b"\xe9"
    assert opened().raw(ids["é"]) == "é".encode()
    assert [opened().raw(ids[token]) for token in CONTROL] == [b"", b"", b""]


def gguf(folder: Path) -> tuple[Card, Tokens]:
    weights = Gguf(write_gguf(folder / "m.gguf"))
    rebuilt(weights.vocabulary).save(str(folder / "tokenizer.json"))
    return cards.drawn(weights.architecture, weights.vocabulary, "key", "int8"), Tokens(folder / "tokenizer.json")


def test_a_gguf_file_says_where_texts_begin(tmp_path: Path) -> None:
    card, found = gguf(tmp_path)
    assert (card.start, card.begins_with, card.ends, card.space_first) == (1, True, (2,), "run")
    ids = {token: id for id, token in enumerate(tokens())}
    assert set(card.newlines) == {ids["\n"], ids["<0x0A>"]}
    plain = sent(Prompt((Turn(None, ("the yes",)),)), (), card, found)
    assert [tokens()[id] for id in plain.ids] == ["<s>", "▁the", "▁yes"]
    assert plain.text == "the yes"


def test_a_chat_is_what_the_template_writes_and_the_tokenizer_makes_of_it(tmp_path: Path) -> None:
    card, found = gguf(tmp_path)
    user, said = Turn("user", ("yes",)), Turn("assistant", ("no",))
    chat = sent(Prompt((user, said, Turn("user", ("a",)))), (), card, found)
    assert chat.text == "<s>[IN] yes [/IN] no</s>[IN] a [/IN]"
    runs = [" [IN] yes [/IN] no", " [IN] a [/IN]"]
    assert chat.ids == (1, *found.encode(runs[0]), 2, *found.encode(runs[1]))
    begun = sent(Prompt((user, Turn("assistant", ("so: ", Hole("x", Free()))))), (), card, found)
    assert begun.text == "<s>[IN] yes [/IN] so:"
    assert not begun.spaced
    with pytest.raises(ValueError, match="no place for a turn of the user after the user"):
        sent(Prompt((user, Turn("user", ("a",)), said, user)), (), replace_joint(card), found)


def replace_joint(card: Card) -> Card:
    """Take the joint of two users' turns away, as a template that refuses them does."""
    assert card.chat is not None
    joints = {name: pieces for name, pieces in card.chat.joints.items() if name != "user>user"}
    return replace(card, chat=replace(card.chat, joints=joints))


def test_a_template_without_a_system_role_has_the_users_turn_carry_it(tmp_path: Path) -> None:
    card, found = gguf(tmp_path)
    chat = sent(Prompt((Turn("system", ("the",)), Turn("user", ("yes",)))), (), card, found)
    assert chat.text == "<s>[IN] the\n\nyes [/IN]"


@pytest.mark.parametrize(("spaces", "wanted"), [("Prepend", "run"), ("Metaspace", "text"), ("none", "never")])
def test_a_folder_puts_no_space_into_the_middle(spaces: str, wanted: str, tmp_path: Path) -> None:
    place = write_folder(tmp_path / "m", config(), tensors_of(config()))
    (place / "tokenizer.json").write_text(json.dumps(tokenizer_json(spaces)))
    (place / "tokenizer_config.json").write_text(
        json.dumps({"bos_token": {"content": "<s>"}, "eos_token": "</s>", "chat_template": TEMPLATE})
    )
    weights = Folder(place)
    vocabulary = weights.vocabulary
    assert (vocabulary.space_first, vocabulary.begins_with, vocabulary.begin, vocabulary.end) == (wanted, True, 1, 2)
    rebuilt(vocabulary).save(str(tmp_path / "tokenizer.json"))
    found, card = (
        Tokens(tmp_path / "tokenizer.json"),
        cards.drawn(weights.architecture, weights.vocabulary, "key", "int8"),
    )
    assert [tokens()[id] for id in found.encode("the yes")] == merged("the yes")
    assert found.decode(found.encode(" the  10")) == b" the  10"
    ids = sent(Prompt((Turn(None, ("the yes",)),)), (), card, found).ids
    from tokenizers import Tokenizer

    assert list(ids) == Tokenizer.from_file(str(place / "tokenizer.json")).encode("the yes").ids
    chat = sent(Prompt((Turn("user", ("yes",)), Turn("assistant", ("no",)), Turn("user", ("a",)))), (), card, found)
    written = Tokenizer.from_file(str(place / "tokenizer.json")).encode(chat.text, add_special_tokens=False).ids
    assert list(chat.ids) == written


def test_replies_fit_their_shapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from lotterylang.world.model.constraint.reading import fits

    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path / "home"))
    model = open_model(f"{write_gguf(tmp_path / 'm.gguf')}:fp32")
    assert isinstance(model, Engine)
    try:
        shapes = [OneOf(("yes", "no", "none of them")), Whole(-20, 1234), Free(2, 6), Listing(Whole(0, 9), 1, 3)]
        for shape in shapes:
            for said in (("so: ",), ("the\n",), ()):
                prompt = Prompt((Turn(None, (*said, Hole("x", shape, max_tokens=60))),))
                reply = model.submit([Ask("p", "m", prompt, Sampling(1.0, 0.95, seed=3))])[0].result(timeout=60)
                assert isinstance(reply, Asked), reply
                assert fits(shape, reply.texts[0][1])
        chosen = model.submit([Choose("p", "m", Prompt((Turn(None, ("the",)),)), (" yes", " no", "漢"))])[0].result(60)
        assert isinstance(chosen, Chosen)
        assert len(set(chosen.scores)) == 3
        user = Turn("user", ("a",))
        found = model.submit([Ask("p", "m", Prompt((user, Turn("assistant", (Hole("x", OneOf(("yes", "no"))),)))))])
        reply = found[0].result(timeout=60)
        assert isinstance(reply, Asked)
        assert model.reader.tokens.decode(list(reply.token_ids)).decode() == f" {reply.texts[0][1]}"  # as the template
        card, pieces = model.reader.network.card, model.reader.tokens
        told = model.submit([Choose("p", "m", Prompt((user,)), ("yes", "no"))])[0].result(timeout=60)
        assert isinstance(told, Chosen)
        read = model.reader.prefixes.read(sent(Prompt((user,)), (), card, pieces).ids)
        wanted = scored(
            model.reader.network, read, tuple(tuple(pieces.encode(f" {x}")) for x in ("yes", "no")), card.ends
        )
        assert told.scores == pytest.approx([one.with_end for one in wanted])
    finally:
        model.close()


def test_a_vocabulary_without_scores_is_damaged() -> None:
    with pytest.raises(LotError, match="LOT-E0723"):
        rebuilt(vocabulary(scores=()))
    with pytest.raises(LotError, match="LOT-E0723"):
        rebuilt(vocabulary(model="t5"))
