"""Reads a file into a book of rules; whatever is wrong in it becomes one error with its line."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from srp_portal.plugin import SettingError
from srp_portal_payout_rules.amounts import isk, percent
from srp_portal_payout_rules.book import Adjustment, Base, Rule, RuleBook
from srp_portal_payout_rules.document import RulesError, Section, nearest, parse, shown
from srp_portal_payout_rules.scopes import Lists, casefolded, read_scope

#: Larger files are no rules that somebody wrote.
MOST_BYTES = 1_000_000
#: Rules of a file; bonuses and deductions that one rule can have, those for all rules among them.
MOST_RULES, MOST_ADJUSTMENTS = 1000, 90
_LONGEST_DAYS = 36_500
#: So much of a path leaves room for the error behind it.
_PATH_LENGTH = 120

ROOT_KEYS = ("limits", "lists", "hulls", "rules", "bonuses", "deductions")
ADJUSTMENT_KEYS = ("name", "percent", "isk", "suggest", "when", "except")
_SHARE = ("percent", "fallback", "base_minimum", "base_maximum")
_PAYING = ("base", "fixed", *_SHARE, "cap", "minimum", "days", "without", "bonuses", "deductions")
RULE_KEYS = ("name", "when", "except", "refuse", *_PAYING)
_VALUES = ("hull", "total", "fitted", "destroyed")
_HINTS = {
    "maximum": "cap (after bonuses) or base_maximum (before them)",
    "unless": "except",
    "if": "when",
    "skip": "without",
}


def read_file(path: str) -> RuleBook:
    """The rules in a file; raises SettingError for the setting `file`, with the line."""
    shown_path = path if len(path) <= _PATH_LENGTH else "…" + path[1 - _PATH_LENGTH :]
    try:
        with Path(path).open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        # ValueError: no file can have a name with a null character.
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SettingError("file", f"{shown_path} can't be read: {why}") from error
    if len(content) > MOST_BYTES:
        raise SettingError("file", f"{shown_path} is larger than {MOST_BYTES:,} bytes")
    try:
        return read_rules(_decoded(content))
    except RulesError as error:
        raise SettingError("file", f"{shown_path}:{error.line}: {error.message}") from error


def _decoded(content: bytes) -> str:
    try:
        # Some editors write a mark of the encoding at the start.
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise RulesError(line, "is no UTF-8; save the file in that encoding") from error


def read_rules(text: str) -> RuleBook:
    """The rules in a TOML text; raises RulesError."""
    root = parse(text)
    root.check_keys(ROOT_KEYS)
    lists = _lists(root)
    days = None
    limits = root.section("limits")
    if limits is not None:
        limits.check_keys(("days",))
        days = _days(limits)
    common = _adjustments(root, lists)
    sections = root.sections("rules")
    if len(sections) > MOST_RULES:
        raise root.error(f"there are more than {MOST_RULES} rules", "rules", MOST_RULES)
    rules: list[Rule] = []
    places: list[tuple[Rule, int]] = []
    for section in sections:
        rule = _rule(section, lists, common, days)
        _check_reached(section, rule, places)
        places.append((rule, section.line))
        rules.append(rule)
    hulls = _hulls(root)
    if not rules and not common and days is None:
        raise root.error("holds no rules; without any, leave the setting out")
    return RuleBook(tuple(rules), common, hulls, days)


def _lists(root: Section) -> Lists:
    section = root.section("lists")
    found: dict[str, frozenset[str | int]] = {}
    if section is None:
        return found
    for name in section.values:
        key = section.checked_text(name, "the name of a list", name).casefold()
        if key in found:
            raise section.error(f"there are two lists {shown(name)}; case does not count", name)
        found[key] = casefolded(section.words(name))
    return found


def _hulls(root: Section) -> dict[str, Decimal]:
    section = root.section("hulls")
    found: dict[str, Decimal] = {}
    if section is None:
        return found
    for name in section.values:
        key = section.checked_text(name, "the name of a ship", name).casefold()
        if key in found:
            raise section.error(f"there are two prices of {shown(name)}; case does not count", name)
        price = isk(section, name)
        if price is not None:
            found[key] = price
    return found


def _days(section: Section) -> int | None:
    days: int | None = section.value("days", int)
    if days is not None and not 0 < days <= _LONGEST_DAYS:
        raise section.error(
            f"days must lie within 1 and {_LONGEST_DAYS}, not {shown(days)}", "days"
        )
    return days


def _adjustments(section: Section, lists: Lists) -> tuple[Adjustment, ...]:
    """Bonuses and deductions of a rule, or of the root."""
    found = [
        *(_adjustment(each, lists, +1) for each in section.sections("bonuses")),
        *(_adjustment(each, lists, -1) for each in section.sections("deductions")),
    ]
    if len(found) > MOST_ADJUSTMENTS:
        raise section.error(f"there are more than {MOST_ADJUSTMENTS} bonuses and deductions")
    return tuple(found)


def _adjustment(section: Section, lists: Lists, sign: int) -> Adjustment:
    section.check_keys(ADJUSTMENT_KEYS)
    name = section.name()
    amount = isk(section, "isk")
    limit = {} if sign > 0 else {"most": Decimal(100)}
    share = percent(section, "percent", **limit)
    if (amount is None) == (share is None):
        raise section.error(f"{shown(name)} needs either percent or isk")
    return Adjustment(
        name=name,
        isk=None if amount is None else sign * amount,
        fraction=None if share is None else sign * share.scaleb(-2),
        scope=read_scope(section, lists),
        is_suggested=section.truth("suggest") or False,
    )


def _rule(section: Section, lists: Lists, common: tuple[Adjustment, ...], days: int | None) -> Rule:
    section.check_keys(RULE_KEYS, _HINTS)
    name = section.name()
    scope = read_scope(section, lists)
    refusal = section.text("refuse")
    if refusal is not None:
        for key in _PAYING:
            if key in section.values:
                raise section.error(f"{shown(name)} refuses, so {key} has no meaning", key)
        return Rule(name, scope, refusal=refusal)
    rule = Rule(
        name=name,
        scope=scope,
        base=_base(section, name),
        cap=isk(section, "cap"),
        minimum=isk(section, "minimum"),
        days=_days(section) or days,
        adjustments=(*_adjustments(section, lists), *_kept(section, common)),
    )
    if rule.cap is not None and rule.minimum is not None and rule.cap < rule.minimum:
        raise section.error("cap is less than minimum", "cap")
    if len(rule.adjustments) > MOST_ADJUSTMENTS:
        raise section.error(
            f"{shown(name)} has more than {MOST_ADJUSTMENTS} bonuses and deductions, those for all"
            " rules among them"
        )
    return rule


def _base(section: Section, name: str) -> Base:
    fixed = isk(section, "fixed")
    value = _value(section, "base")
    if fixed is not None and value:
        raise section.error(f"{shown(name)} has both fixed and base; leave one out", "fixed")
    if fixed is not None:
        for key in _SHARE:
            if key in section.values:
                raise section.error(f"{key} belongs to base, and has no meaning with fixed", key)
        return Base(fixed=fixed)
    if not value:
        raise section.error(f"{shown(name)} needs base, fixed or refuse")
    base = Base(
        value=value,
        fallback=_value(section, "fallback"),
        share=(percent(section, "percent") or Decimal(100)).scaleb(-2),
        least=isk(section, "base_minimum"),
        most=isk(section, "base_maximum"),
    )
    if base.fallback == value:
        raise section.error("fallback is the same as base", "fallback")
    if base.least is not None and base.most is not None and base.most < base.least:
        raise section.error("base_maximum is less than base_minimum", "base_maximum")
    return base


def _value(section: Section, key: str) -> str:
    """The name of a value, "" without the key."""
    found = section.text(key)
    if found is not None and found not in _VALUES:
        meant = nearest(found, _VALUES)
        hint = f"; did you mean {meant}?" if meant else ""
        raise section.error(f"{key} must be {', '.join(_VALUES)}, not {shown(found)}{hint}", key)
    return found or ""


def _kept(section: Section, common: tuple[Adjustment, ...]) -> tuple[Adjustment, ...]:
    """What is for all rules, but for what the rule goes without."""
    names = {each.name.casefold(): each.name for each in common}
    left_out = set()
    for index, word in enumerate(section.words("without")):
        key = str(word).casefold()
        if key not in names:
            meant = nearest(key, names.values())
            hint = f"; did you mean “{meant}”?" if meant else ""
            raise section.error(
                f"no bonus or deduction for all rules is called {shown(word)}{hint}",
                "without",
                index,
            )
        left_out.add(key)
    return tuple(each for each in common if each.name.casefold() not in left_out)


def _check_reached(section: Section, rule: Rule, places: list[tuple[Rule, int]]) -> None:
    """Raises RulesError where an earlier rule takes all that this one is for.

    places: the earlier rules, each with its line.
    """
    for earlier, line in places:
        if earlier.scope.covers(rule.scope):
            raise section.error(
                f"{shown(rule.name)} never counts: {shown(earlier.name)} in line {line} takes all"
                " of its losses before it"
            )
