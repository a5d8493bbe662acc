"""The hooks as the portal calls them, against the sandbox."""

from __future__ import annotations

import json
import logging
from decimal import Decimal

import pytest

from srp_portal.plugin import DivisionInfo, Item, UserInfo

HOME = DivisionInfo(7, "Home Fleet")
PILOT = UserInfo(1, "pilot", False)

AUTOCANNON, AFTERBURNER, MICROWARPDRIVE, SCRAMBLER, WEBIFIER = 485, 438, 440, 448, 527
DAMAGE_CONTROL, HAIL, EXTENDER, ABYSSAL_WEBIFIER = 2048, 12608, 3841, 47702

#: What the sandbox's Rifters are lost with, by flag: each autocannon one slot, one of them loaded.
FRIGATE = (
    (AUTOCANNON, 27),
    (AUTOCANNON, 28),
    (AUTOCANNON, 29),
    (HAIL, 27),
    (AFTERBURNER, 19),
    (SCRAMBLER, 20),
    (DAMAGE_CONTROL, 11),
)
AS_LOST = """[Rifter, As lost]
Damage Control II
Warp Scrambler II
1MN Afterburner II
150mm Light AutoCannon I, Hail S
150mm Light AutoCannon I
150mm Light AutoCannon I
"""


class Hooks:
    """A bench whose answers are asked for in one call."""

    def __init__(self, bench):
        self._bench = bench

    def suggestions(self, killmail, division=HOME):
        found = self._bench.registry.payout_modifiers(
            killmail, division, PILOT, self._bench.context_for
        )
        assert all(not each.apply and each.kind == "relative" for _, each in found)
        return [(each.value, each.note) for _, each in found]

    def panels(self, killmail, division=HOME):
        found = self._bench.registry.request_panels(killmail, division, self._bench.context_for)
        return [(panel.title, list(panel.rows)) for _, panel in found]


@pytest.fixture
def hooks(make_bench, folder):
    """Gives hooks(*fits, **settings): the plugin with these texts as files of everybody."""

    def make(*fits, **settings):
        for number, text in enumerate(fits):
            (folder / f"{number}.txt").write_text(text, encoding="utf-8")
        return Hooks(make_bench(**settings))

    return make


@pytest.fixture
def example(hooks, examples):
    """The plugin with the README's fit, which differs from what the Rifter is lost with."""
    return hooks(examples["fit"], deduction="5")


@pytest.fixture
def impatient(monkeypatch):
    """Less patience with EVE than usual."""
    monkeypatch.setattr("srp_portal_doctrine._SUBMISSION_S", 0.4)
    monkeypatch.setattr("srp_portal_doctrine._PANEL_S", 0.4)


@pytest.fixture
def rifter(make_killmail):
    """Gives rifter(*lost): a killmail of a Rifter with these types in these flags."""

    def make(*lost, **fields):
        items = tuple(
            Item(type_id, flag, number % 2, 1 - number % 2)
            for number, (type_id, flag) in enumerate(lost or FRIGATE)
        )
        hull = {"ship": "Rifter", "ship_id": 587, "ship_group_id": 25, "items": items}
        return make_killmail(**(hull | fields))

    return make


def test_plugin_when_not_configured_then_gives_nothing_and_asks_nothing(
    universe, make_bench, rifter
):
    hooks = Hooks(make_bench(folder=""))
    universe.clear_log()
    assert (hooks.suggestions(rifter()), hooks.panels(rifter())) == ([], [])
    assert universe.requests == []


def test_fit_when_lost_as_it_is_then_nothing_is_suggested_and_the_panel_says_so(hooks, rifter):
    made = hooks(AS_LOST, deduction="5")
    assert made.suggestions(rifter()) == []
    assert made.panels(rifter()) == [("Doctrine: As lost", [("Fitted as the doctrine has it.",)])]


def test_example_when_of_the_readme_then_reads_as_shown(example, rifter, examples):
    assert example.suggestions(rifter()) == [(Decimal("-0.05"), examples["note"].strip())]
    [(title, rows)] = example.panels(rifter())
    assert [title, *(" | ".join(row) for row in rows)] == examples["panel"].splitlines()


def test_modules_when_several_differ_then_each_costs_and_equal_rows_are_one(hooks, rifter):
    lost = rifter((AUTOCANNON, 27), (SCRAMBLER, 19), (EXTENDER, 20), (EXTENDER, 21))
    made = hooks(AS_LOST, deduction="2.5%")
    [(value, note)] = made.suggestions(lost)
    assert value == Decimal("-0.125")
    assert note == (
        "As lost: missing 2 150mm Light AutoCannon I, 1 1MN Afterburner II, 1 Damage Control II;"
        " has 2 Large Shield Extender II"
    )
    assert made.panels(lost) == [
        (
            "Doctrine: As lost",
            [
                ("Slot", "Doctrine", "Lost", "Difference"),
                ("High", "2 150mm Light AutoCannon I", "", "missing"),
                ("Medium", "", "Large Shield Extender II", "extra"),
                ("Medium", "1MN Afterburner II", "Large Shield Extender II", "other"),
                ("Low", "Damage Control II", "", "missing"),
            ],
        )
    ]


def test_deductions_when_many_then_are_no_more_than_the_most(hooks, rifter):
    empty = rifter(items=())
    [(value, note)] = hooks(AS_LOST, deduction="10", most="25").suggestions(empty)
    assert value == Decimal("-0.25")
    assert "has" not in note


@pytest.mark.parametrize("flag", [27, 30])
def test_charges_when_loaded_or_not_then_do_not_count(hooks, rifter, flag):
    unloaded = [each for each in FRIGATE if each[0] != HAIL]
    lost = rifter(*unloaded, (AUTOCANNON, 30), (HAIL, flag))
    assert hooks(AS_LOST + "150mm Light AutoCannon I", deduction="5").suggestions(lost) == []


@pytest.mark.parametrize("flag", [5, 87, 89, 158, 0])
def test_items_when_not_fitted_then_do_not_count(hooks, rifter, flag):
    lost = rifter(*FRIGATE, (EXTENDER, flag))
    assert hooks(AS_LOST, deduction="5").suggestions(lost) == []


@pytest.mark.parametrize("line", ["Hail S", "Warrior II", "Nanite Repair Paste"])
def test_line_when_of_no_module_then_is_not_missing(hooks, rifter, line):
    made = hooks(f"{AS_LOST}\n{line}\n", deduction="5")
    assert made.suggestions(rifter()) == []


def test_name_when_eve_does_not_know_it_then_costs_nothing_and_is_told(hooks, rifter):
    made = hooks(AS_LOST.replace("Damage", "Damge"), deduction="5")
    assert made.suggestions(rifter()) == []
    assert made.panels(rifter()) == [
        (
            "Doctrine: As lost",
            [
                ("Fitted as the doctrine has it.",),
                ("0.txt:1: EVE knows no “Damge Control II”, which is left out.",),
            ],
        )
    ]


def test_module_when_a_better_one_is_accepted_then_costs_nothing_and_is_told(
    hooks, rifter, tmp_path
):
    accept = tmp_path / "accepted.txt"
    accept.write_text("Stasis Webifier II = Abyssal Stasis Webifier", encoding="utf-8")
    fit = AS_LOST.replace("1MN Afterburner II", "Stasis Webifier II [1]")
    lost = rifter(*(each for each in FRIGATE if each[0] != AFTERBURNER), (ABYSSAL_WEBIFIER, 19))
    made = hooks(fit, deduction="5", accept=str(accept))
    assert made.suggestions(lost) == []
    [(_, rows)] = made.panels(lost)
    row = ("Medium", "Stasis Webifier II", "Abyssal Stasis Webifier", "accepted")
    assert row in rows


def test_fits_when_several_then_the_nearest_is_taken(hooks, rifter):
    far = AS_LOST.replace("As lost", "Far").replace("150mm Light AutoCannon I\n", "")
    misspelled = AS_LOST.replace("As lost", "Misspelled").replace("Light", "Lihgt")
    near = AS_LOST.replace("As lost", "Near").replace("1MN Afterburner", "5MN Microwarpdrive")
    made = hooks(far, misspelled, near, deduction="5")
    [(_, note)] = made.suggestions(rifter())
    assert note == "Near: missing 1 5MN Microwarpdrive II; has 1 1MN Afterburner II"
    [(title, rows)] = made.panels(rifter())
    assert (title, rows[-1]) == ("Doctrine: Near", ("The nearest of 3 fits for the Rifter.",))


@pytest.fixture
def cores(universe):
    """Two subsystems, of which the sandbox has none by itself."""
    known = {"Core A": 45601, "Core B": 45602}
    answers = {"groups/958": {"group_id": 958, "name": "Core Systems", "category_id": 32}}
    for name, type_id in known.items():
        facts = {"type_id": type_id, "name": name, "group_id": 958}
        answers[f"types/{type_id}"] = facts | {"dogma_effects": [{"effect_id": 3772}]}
    named = known | {"Stasis Webifier II": WEBIFIER}
    answers["ids"] = {"inventory_types": [{"id": id_, "name": name} for name, id_ in named.items()]}
    for path, answer in answers.items():
        body = json.dumps(answer)
        universe.add_fault(f"* /esi/universe/{path}", "status", status=200, body=body)
    return tuple(known.values())


def test_cruiser_when_refitted_then_is_compared_with_the_fit_of_its_subsystems(
    hooks, rifter, cores
):
    same_modules = AS_LOST.replace("Rifter, As lost", "Loki, A") + "Core A"
    same_core = "[Loki, B]\nCore B\nStasis Webifier II\nDamage Control II"
    made = hooks(same_modules, same_core)
    loki = rifter(*FRIGATE, (cores[1], 125), ship="Loki", ship_id=29990)
    assert made.panels(loki)[0][0] == "Doctrine: B"
    other = rifter(*FRIGATE, (cores[0], 125), ship="Loki", ship_id=29990)
    assert made.panels(other)[0][0] == "Doctrine: A"


def test_fits_when_equally_near_then_the_divisions_own_comes_first(hooks, rifter, folder):
    own = folder / "Home Fleet"
    own.mkdir()
    (own / "z.txt").write_text(AS_LOST.replace("As lost", "Own"), encoding="utf-8")
    made = hooks(AS_LOST)
    assert made.panels(rifter())[0][0] == "Doctrine: Own"
    assert made.panels(rifter(), DivisionInfo(8, "Other"))[0][0] == "Doctrine: As lost"


def test_hull_when_without_a_fit_then_that_is_suggested_without_asking_eve(universe, hooks, rifter):
    made = hooks(AS_LOST, deduction="5", most="20", no_fit="50")
    drake = rifter(ship="Drake", ship_id=24698)
    universe.clear_log()
    assert made.suggestions(drake) == [(Decimal("-0.5"), "No doctrine fit for the Drake")]
    assert made.panels(drake) == [("Doctrine", [("No doctrine fit for the Drake.",)])]
    assert universe.requests == []


@pytest.mark.parametrize("settings", [{}, {"deduction": "5"}], ids=["no settings", "deduction"])
def test_hull_when_without_a_fit_and_a_setting_then_nothing_is_suggested(hooks, rifter, settings):
    assert hooks(AS_LOST, **settings).suggestions(rifter(ship="Drake", ship_id=24698)) == []


def test_difference_when_only_no_fit_is_set_then_nothing_is_suggested_or_asked(
    universe, hooks, rifter
):
    made = hooks(AS_LOST, no_fit="50")
    universe.clear_log()
    assert made.suggestions(rifter((DAMAGE_CONTROL, 11))) == []
    assert universe.requests == []


def test_capsule_when_it_has_no_fit_then_is_not_spoken_of(hooks, rifter):
    capsule = rifter(ship="Capsule", ship_id=670, ship_group_id=29, items=())
    made = hooks(AS_LOST, deduction="5", no_fit="50")
    assert (made.suggestions(capsule), made.panels(capsule)) == ([], [])


def test_division_when_it_has_no_fits_then_nothing_is_said(hooks, rifter, folder):
    (folder / "Other").mkdir()
    (folder / "Other" / "fits.txt").write_text(AS_LOST, encoding="utf-8")
    made = hooks(deduction="5", no_fit="50")
    assert (made.suggestions(rifter()), made.panels(rifter())) == ([], [])


def test_types_when_asked_twice_then_eve_is_asked_once(universe, example, rifter):
    first = example.suggestions(rifter())
    universe.clear_log()
    assert example.suggestions(rifter()) == first
    assert len(example.panels(rifter())) == 1
    assert universe.requests == []


@pytest.mark.parametrize("kind", ["html503", "drop", "bad-json", "hang", "rate-limit"])
@pytest.mark.parametrize(
    "path", ["names", "ids", "types", "groups"], ids=lambda path: f"universe-{path}"
)
@pytest.mark.usefixtures("impatient")
def test_eve_when_silent_then_nothing_is_suggested_and_the_panel_says_so(
    universe, example, rifter, kind, path
):
    detail = {"retry_after": 30} if kind == "rate-limit" else {}
    universe.add_fault(f"* /esi/universe/{path}", kind, **detail)
    assert example.suggestions(rifter()) == []
    silence = "EVE did not answer, so nothing is compared. Reload the page in a while."
    assert example.panels(rifter()) == [("Doctrine", [(silence,)])]


def test_eve_when_silent_at_submission_then_the_log_tells(universe, example, rifter, caplog):
    universe.add_fault("* /esi/universe/names", "html503")
    with caplog.at_level(logging.WARNING, logger="srp_portal_doctrine"):
        example.suggestions(rifter())
    [reason, consequence] = [record.getMessage() for record in caplog.records]
    assert "503" in reason
    assert "No deduction is suggested for killmail 39861569" in consequence


def test_eve_when_it_answers_in_part_then_that_is_kept(universe, example, rifter):
    universe.add_fault("* /esi/universe/types/440", "html503")
    assert example.suggestions(rifter()) == []
    universe.clear_faults()
    universe.clear_log()
    assert len(example.suggestions(rifter())) == 1
    asked = [path for _, path in universe.requests]
    assert asked == ["/esi/universe/types/440", "/esi/universe/groups/46"]


def test_type_when_eve_does_not_know_it_then_has_its_number_and_others_their_names(hooks, rifter):
    lost = rifter(*FRIGATE, (99999999, 12))
    [(_, note)] = hooks(AS_LOST, deduction="5").suggestions(lost)
    assert note == "As lost: has 1 Type 99999999"


def test_note_when_a_lot_differs_then_is_cut_short(hooks, rifter):
    names = ["Warp Disruptor II", "Stasis Webifier II", "Large Shield Extender II"]
    names += ["Abyssal Warp Scrambler", "Abyssal Stasis Webifier", "5MN Microwarpdrive II"]
    fit = "\n".join(["[Rifter, Long]", *names, "Warp Scrambler II", "Damage Control II"])
    [(_, note)] = hooks(fit, deduction="5").suggestions(rifter(items=()))
    assert note.count(",") == 6
    assert note.endswith("2 more")
