"""A page of a list as a table for spreadsheets: a header, then a line for each request."""

from __future__ import annotations

import csv
import io

from srp_portal.services.results import RequestPage
from srp_portal.web.representation.links import Links
from srp_portal.web.representation.request_documents import SCALAR_KEYS, row_document

#: What a spreadsheet takes for a formula, or skips before one, at the beginning of a cell; the
#: last four are the full-width forms that East Asian versions take as well.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def dumps(page: RequestPage, links: Links) -> bytes:
    """UTF-8 CSV as RFC 4180 has it, without a byte order mark.

    The columns are SCALAR_KEYS, the values those of the JSON; null is an empty cell, booleans are
    `true` and `false`. Text that a spreadsheet would run gets an apostrophe in front.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\r\n")
    writer.writerow(SCALAR_KEYS)
    for row in page.rows:
        document = row_document(row, links)
        writer.writerow([_cell(document[key]) for key in SCALAR_KEYS])
    return table.getvalue().encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value).replace("\x00", "\ufffd")
    return f"'{text}" if text.startswith(_DANGEROUS) else text
