"""What reviewers read of a comparison."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from srp_portal.plugin import Killmail, Panel
from srp_portal_doctrine.comparison import Difference, Module
from srp_portal_doctrine.judging import Verdict

TITLE = "Doctrine"
_SLOTS = ("High slots", "Medium slots", "Low slots", "Rigs", "Subsystems")
#: Modules in a note, and names in a panel, before the rest is only counted.
_MOST_NAMED = 6


def no_fit(killmail: Killmail) -> str:
    """That no doctrine has the hull, without a full stop."""
    return f"No doctrine fit for the {killmail.ship}"


def note(verdict: Verdict) -> str:
    """`Armor HAC 2: missing 2 Damage Control II; has 1 Nanofiber Internal Structure II`."""
    differences = verdict.comparison.differences
    parts = (
        _counted("missing", (each.wanted for each in differences)),
        _counted("has", (each.lost for each in differences)),
    )
    return f"{verdict.fit.fit.name}: {'; '.join(part for part in parts if part)}"


def silence_panel() -> Panel:
    """What is shown when EVE doesn't answer."""
    words = "EVE did not answer, so nothing is compared. Reload the page in a while."
    return Panel(TITLE, ((words,),))


def no_fit_panel(killmail: Killmail) -> Panel:
    """What is shown for a hull without a fit."""
    return Panel(TITLE, ((f"{no_fit(killmail)}.",),))


def verdict_panel(verdict: Verdict) -> Panel:
    """Slot, doctrine, lost and difference of what differs, equal rows as one with a number."""
    comparison = verdict.comparison
    rows = Counter(_row(each) for each in comparison.differences)
    rows.update(_row(Difference(wanted, lost), "accepted") for wanted, lost in comparison.accepted)
    cells: list[tuple[str, ...]] = []
    if rows:
        cells.append(("Slot", "Doctrine", "Lost", "Difference"))
    for (slot, wanted, lost, word), count in sorted(rows.items(), key=_place):
        cells.append(
            (slot.removesuffix(" slots"), _times(count, wanted), _times(count, lost), word)
        )
    if not comparison.differences:
        cells.append(("Fitted as the doctrine has it.",))
    if verdict.rivals > 1:
        cells.append((f"The nearest of {verdict.rivals} fits for the {verdict.fit.fit.ship}.",))
    cells.extend(
        (f"{verdict.fit.place}: EVE knows no “{name}”, which is left out.",)
        for name in verdict.unknown[:_MOST_NAMED]
    )
    return Panel(f"{TITLE}: {verdict.fit.fit.name}", tuple(cells))


_Row = tuple[str, str, str, str]


def _row(difference: Difference, word: str = "") -> _Row:
    wanted, lost = difference.wanted, difference.lost
    if not word:
        word = "missing" if lost is None else "extra" if wanted is None else "other"
    names = ["" if module is None else module.name for module in (wanted, lost)]
    return difference.slot, names[0], names[1], word


def _place(counted: tuple[_Row, int]) -> tuple[int, _Row]:
    row = counted[0]
    return _SLOTS.index(row[0]) if row[0] in _SLOTS else len(_SLOTS), row


def _times(count: int, name: str) -> str:
    return f"{count} {name}" if name and count > 1 else name


def _counted(word: str, modules: Iterable[Module | None]) -> str:
    counts = sorted(Counter(module.name for module in modules if module is not None).items())
    named = [f"{count} {name}" for name, count in counts[:_MOST_NAMED]]
    rest = sum(count for _, count in counts[_MOST_NAMED:])
    if rest:
        named.append(f"{rest} more")
    return f"{word} {', '.join(named)}" if named else ""
