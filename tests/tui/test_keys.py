from tutor.tui.keys import key, with_twins


def test_letters_are_bound_on_both_alphabets() -> None:
    assert with_twins("m") == "m,ь"
    assert with_twins("ctrl+s") == "ctrl+s,ctrl+ы"
    assert with_twins("f5,ctrl+j,ctrl+enter") == "f5,ctrl+j,ctrl+о,ctrl+enter"


def test_keys_without_a_letter_stay() -> None:
    assert with_twins("escape") == "escape"
    assert with_twins("space,pageup") == "space,pageup"


def test_a_binding_has_an_id() -> None:
    binding = key("r", "again", "Again", id="verdict.again")
    assert (binding.key, binding.id) == ("r,к", "verdict.again")
