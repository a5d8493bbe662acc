"""A figure of the ESI layer beside what is wanted of it, and how it is printed."""

from __future__ import annotations

from dataclasses import dataclass

HEAD = "| figure | measured | wanted | |\n|---|---:|---:|---|"


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    measured: a number in `unit`, None when it was not taken, which `note` explains.
    most: the largest that is good enough; None for a line that is there to compare.
    """

    name: str
    measured: float | None
    unit: str = ""
    most: float | None = None
    note: str = ""

    @property
    def is_missed(self) -> bool:
        """Whether it was taken and is too large."""
        return self.measured is not None and self.most is not None and self.measured > self.most

    def __str__(self) -> str:
        measured = "-" if self.measured is None else f"{_number(self.measured)} {self.unit}"
        wanted = "" if self.most is None else f"≤ {self.most:g} {self.unit}"
        verdict = "**missed**" if self.is_missed else ""
        note = "; ".join(filter(None, (verdict, self.note)))
        return f"| {self.name} | {measured.strip()} | {wanted.strip()} | {note} |"


def _number(value: float) -> str:
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.1f}" if value >= 10 else f"{value:.3f}"
