"""The published XML of a page of a list, written as text.

A tree of two hundred requests takes four times as long to build and write as this. Every value goes
through `escaped` or `escaped_attribute`, or is a number or a time that needs neither.
"""

from __future__ import annotations

from datetime import datetime

from srp_portal.domain.money import plain_isk, pretty_hundredths
from srp_portal.services.results import ApiKeyView, RequestPage, RequestRow
from srp_portal.web.representation.links import Links
from srp_portal.web.representation.request_documents import neighbours
from srp_portal.web.representation.times import iso_time, iso_time_of_utc
from srp_portal.web.representation.xml import dumps, escaped, escaped_attribute

_DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>\n"


@dumps.register
def page_xml(page: RequestPage, links: Links) -> bytes:
    """A page of a list as UTF-8 with a declaration."""
    write = RowWriter(links).write
    parts = [_DECLARATION, f'<response user="{escaped_attribute(page.reader.name)}">']
    if page.api_keys is not None:
        keys = "".join(map(_api_key, page.api_keys))
        parts.append(f"<apikeys>{keys}</apikeys>")
    parts.append(f'<requests count="{page.count}" total-payouts="{plain_isk(page.total)}">')
    parts.extend(map(write, page.rows))
    parts.append("</requests>")
    following, preceding = neighbours(page, links)
    if following is not None:
        parts.append(f"<next>{escaped(following)}</next>")
    if preceding is not None:
        parts.append(f"<prev>{escaped(preceding)}</prev>")
    parts.append("</response>")
    return "".join(parts).encode()


class RowWriter:
    """Writes requests, with one reference to each division and submitter among them."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._references: dict[tuple[str, int], str] = {}

    def write(self, row: RequestRow) -> str:
        """The element `request`."""
        withdrawn = ' withdrawn="true"' if row.is_withdrawn else ""
        return (
            f'<request id="{row.id}" status="{row.status}"{withdrawn}>'
            f"<payout>{_amount('base', row.base_hundredths)}"
            f"{_amount('computed', row.payout_hundredths)}</payout>"
            f"<details>{escaped(row.details)}</details>"
            f"<pilot><alliance>{escaped(row.alliance or '')}</alliance>"
            f"<corporation>{escaped(row.corporation)}</corporation>"
            f"<name>{escaped(row.pilot)}</name></pilot>"
            f"<submit-timestamp>{iso_time_of_utc(row.submitted_utc)}</submit-timestamp>"
            f"<kill-timestamp>{iso_time_of_utc(row.killed_utc)}</kill-timestamp>"
            f"{self._reference('division', row.division_id, row.division_name)}"
            f"{self._reference('submitter', row.submitter_id, row.submitter_name)}"
            f"<killmail-url>{escaped(row.killmail_url)}</killmail-url>"
            f"<url>{escaped(self._links.request(row.id))}</url>"
            f"<ship>{escaped(row.ship)}</ship>"
            f"<location><system>{escaped(row.system)}</system>"
            f"<constellation>{escaped(row.constellation)}</constellation>"
            f"<region>{escaped(row.region)}</region></location></request>"
        )

    def _reference(self, tag: str, id_: int, name: str) -> str:
        written = self._references.get((tag, id_))
        if written is None:
            written = f'<{tag} id="{id_}" name="{escaped_attribute(name)}"/>'
            self._references[tag, id_] = written
        return written


def _amount(tag: str, hundredths: int) -> str:
    pretty = pretty_hundredths(hundredths)
    return f'<{tag} pretty="{pretty}">{pretty.replace(",", "")}</{tag}>'


def _api_key(key: ApiKeyView) -> str:
    return (
        f'<apikey id="{key.id}"><key>{escaped(key.key)}</key>'
        f"<timestamp>{iso_time(key.created_at)}</timestamp><name>{escaped(key.name)}</name>"
        f"<expires>{_time(key.expires_at)}</expires></apikey>"
    )


def _time(moment: datetime | None) -> str:
    return "" if moment is None else iso_time(moment)
