"""The rows of lists: a page has dozens, so each is made in one go. As in pieces, all is escaped.

The rows of the pay list hold forms and are made by templates/_list_pay.jinja2.
"""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup, escape

from srp_portal.services.results import RequestRow
from srp_portal.web.pieces import Pictures, evetime, payout_lines, status_chip


class ListRows:
    """Filters that make rows and cells of a request, with pictures from the image server."""

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures

    def filters(self) -> dict[str, Callable[..., Markup]]:
        """The filters of templates, by name."""
        return {"loss_cell": self.loss_cell, "request_row": self.request_row}

    def loss_cell(self, row: RequestRow, url: str) -> Markup:
        """What was lost and who lost it; url: of the request."""
        ship, pilot = escape(row.ship), escape(row.pilot)
        return Markup(  # noqa: S704
            f"""<td class="cell-loss">
  <div class="loss">
    {self._pictures.ship(row.ship_id, ship)}
    {self._pictures.pilot(row.pilot_id, pilot)}
    <div class="two-lines">
      <a class="name-link strong" href="{escape(url)}" data-row-link>{ship}</a>
      <span class="muted anywhere">{pilot}</span>
    </div>
  </div>
</td>"""
        )

    def request_row(self, row: RequestRow, url: str) -> Markup:
        """A row of every list but the pay list, under the headings of _list_table.jinja2."""
        group = _lines(row.corporation, row.alliance or "", " anywhere")
        division = _lines(row.division_name, row.submitter_name, " anywhere")
        killed, submitted = evetime(row.killed_utc), evetime(row.submitted_utc)
        return Markup(  # noqa: S704
            f"""<tr data-status="{escape(row.status)}" data-row>
      {self.loss_cell(row, url)}
      <td class="cell-group">{group}</td>
      <td class="cell-place">{_lines(row.system, row.region)}</td>
      <td class="cell-times">{_lines(killed, submitted)}</td>
      <td class="cell-division">{division}</td>
      <td class="cell-status">{status_chip(row.status, row.is_withdrawn)}</td>
      <td class="cell-payout number">{payout_lines(row.payout_hundredths)}</td>
    </tr>"""
        )


def _lines(first: str, second: str, kind: str = "") -> str:
    """Two lines of a cell; kind: more classes of both, each after a space."""
    attribute = f' class="{kind.strip()}"' if kind else ""
    return (
        f'<div class="two-lines"><span{attribute}>{escape(first)}</span>'
        f'<span class="muted{kind}">{escape(second)}</span></div>'
    )
