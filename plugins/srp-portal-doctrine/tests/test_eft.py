"""EFT text to fits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from srp_portal_doctrine.accepted import parse_accepted
from srp_portal_doctrine.eft import EftError, Fit, name_key, parse_fits


def modules_of(*lines):
    [fit] = parse_fits("\n".join(["[Rifter, Tackle]", *lines]))
    return fit.modules


def test_fit_when_of_the_readme_then_holds_what_is_fitted(examples):
    assert parse_fits(examples["fit"]) == [
        Fit(
            "Rifter",
            "Home tackle",
            (
                "Damage Control II",
                "5MN Microwarpdrive II",
                "Warp Scrambler II",
                *["150mm Light AutoCannon I"] * 3,
            ),
        )
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Damage Control II", "Damage Control II"),
        ("  Damage  Control II\t", "Damage Control II"),
        ("150mm Light AutoCannon I, Hail S", "150mm Light AutoCannon I"),
        ("150mm Light AutoCannon I,Hail S", "150mm Light AutoCannon I"),
        ("Damage Control II /OFFLINE", "Damage Control II"),
        ("Damage Control II /offline", "Damage Control II"),
        ("150mm Light AutoCannon I, Hail S /OFFLINE", "150mm Light AutoCannon I"),
        ("150mm Light AutoCannon I /OFFLINE, Hail S", "150mm Light AutoCannon I"),
        ("Stasis Webifier II [1]", "Stasis Webifier II"),
        ("Stasis Webifier II /OFFLINE [12]", "Stasis Webifier II"),
        ("Stasis Webifier II [12] /OFFLINE", "Stasis Webifier II"),
        ("'Augmented' Core x", "'Augmented' Core x"),
    ],
)
def test_line_when_of_a_module_then_its_name_alone_counts(line, expected):
    assert modules_of(line) == (expected,)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "   ",
        "[Empty High slot]",
        "[Empty Med slot]",
        "[empty low slot]",
        "[Empty Rig slot]",
        "[Empty Subsystem slot]",
        "Warrior II x5",
        "Nanite Repair Paste x120",
    ],
)
def test_line_when_empty_or_of_something_carried_then_nothing_is_fitted(line):
    assert modules_of(line) == ()


def test_mutations_when_listed_at_the_end_then_are_no_modules():
    lines = [
        "Stasis Webifier II [1]",
        "Warp Scrambler II [2]",
        "",
        "[1] Stasis Webifier II",
        "  Unstable Stasis Webifier Mutaplasmid",
        "  maxRange 12000.0, speedFactor -61.5",
        "[2] Warp Scrambler II",
        "  Unstable Warp Scrambler Mutaplasmid",
        "  maxRange 10500.0",
        "",
        "Damage Control II",
    ]
    assert modules_of(*lines) == ("Stasis Webifier II", "Warp Scrambler II", "Damage Control II")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_text_when_of_another_system_then_reads_the_same(mark, end):
    text = mark + end.join(["", "[Rifter, A]", "Damage Control II", "", "[Crow, B]", ""])
    assert parse_fits(text) == [
        Fit("Rifter", "A", ("Damage Control II",), 2),
        Fit("Crow", "B", (), 5),
    ]


@pytest.mark.parametrize(
    ("line", "ship", "name"),
    [
        ("[Rifter,Tackle]", "Rifter", "Tackle"),
        ("[ Rifter ,  Fast   tackle ]", "Rifter", "Fast tackle"),
        ("[Zealot, [AHAC] armor, v2]", "Zealot", "[AHAC] armor, v2"),
        ("[Zealot, *Simulated Zealot Fitting]", "Zealot", "*Simulated Zealot Fitting"),
        ("[Zealot, Ar\u200bmor]", "Zealot", "Armor"),
    ],
)
def test_first_line_when_of_a_fit_then_has_ship_and_name(line, ship, name):
    [fit] = parse_fits(line)
    assert (fit.ship, fit.name) == (ship, name)


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("", 1, "there is no fit"),
        ("\n\n", 1, "there is no fit"),
        ("\nDamage Control II", 2, r"begins with \[Ship, Fit name\]"),
        ("[Rifter]", 1, r"begins with \[Ship, Fit name\]"),
        ("[Rifter, ]", 1, "has no name"),
        ("[Rifter, \u200b]", 1, "has no name"),
        ("[ , Tackle]", 1, "no name of a module or ship"),
        ("[Rifter, " + "a" * 151 + "]", 1, "more than 150"),
        ("[Rifter, A]\n[Empty slot]", 2, "neither"),
        ("[Rifter, A]\n\n, Hail S", 3, "no name of a module or ship"),
        ("[Rifter, A]\n" + "a" * 101, 2, "more than 100 characters"),
        ("[Rifter, A]\n" + "ΐ" * 60, 2, "more than 100 characters"),
        ("[Rifter, A]\nDamage\u200bControl", 2, "nobody can see"),
        ("[Rifter, A]\r\nDamage\x00Control", 2, "nobody can see"),
        ("[Rifter, A]\n" + "Damage Control II\n" * 101, 102, "more than 100 modules"),
    ],
)
def test_text_when_no_fit_then_the_error_names_the_line(text, line, why):
    with pytest.raises(EftError, match=why) as caught:
        parse_fits(text)
    assert caught.value.line == line


pieces = st.sampled_from(
    ["[", "]", ",", " ", "\n", "\r", "x5", "[1]", "/OFFLINE", "Rifter", "[Rifter, A]", "\x00", "ß"]
)


@given(st.lists(pieces | st.text(max_size=5)).map("".join))
def test_text_when_anything_at_all_then_is_fits_or_an_eft_error(text):
    try:
        fits = parse_fits(text)
    except EftError:
        return
    assert fits
    for fit in fits:
        assert all(
            name.strip() and name.isprintable() for name in (fit.ship, fit.name, *fit.modules)
        )


types = st.from_regex(r"[A-Z][a-z']{0,8}( [IVX]{1,3})?", fullmatch=True)


@given(ship=types, name=types, modules=st.lists(types, max_size=30), data=st.data())
def test_fit_when_written_in_any_dress_then_the_same_modules_are_read(ship, name, modules, data):
    dresses = st.sampled_from(
        ["{}", "{}, Charge", "{} /OFFLINE", "{} [3]", " {} ", "{}\n\n", "{}\nDrone x5"]
    )
    lines = [data.draw(dresses).format(module) for module in modules]
    assert parse_fits("\n".join([f"[{ship}, {name}]", *lines])) == [Fit(ship, name, tuple(modules))]


def test_accepted_when_of_the_readme_then_holds_in_one_direction(examples):
    assert parse_accepted(examples["accept"]) == {
        "stasis webifier ii": {"abyssal stasis webifier"},
        "damage control ii": {"assault damage control ii"},
    }


def test_accepted_when_a_module_has_several_then_all_hold():
    text = "\ufeff A  b = C # why\r\n\r\na B=D\r\n"
    assert parse_accepted(text) == {"a b": {"c", "d"}}


@pytest.mark.parametrize("line", ["A", "A = ", "= A", "A = B = C", "A = " + "b" * 101])
def test_accepted_when_a_line_is_no_pair_then_the_error_names_it(line):
    with pytest.raises(EftError) as caught:
        parse_accepted(f"A = B\n{line}")
    assert caught.value.line == 2


@given(st.lists(st.sampled_from("=#\n\rA ") | st.text(max_size=4)).map("".join))
def test_accepted_when_anything_at_all_then_is_pairs_or_an_eft_error(text):
    try:
        found = parse_accepted(text)
    except EftError:
        return
    for wanted, others in found.items():
        assert {name_key(name) for name in (wanted, *others)} == {wanted, *others} - {""}
