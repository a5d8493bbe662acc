"""How long every list and the detail page take: `python bench/lists.py --requests 100000`.

Each page is asked for in this process, over WSGI, with an API key: routing, security, database
and representation are in the figure, the server and the network are not.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from functools import partial

from portals import Statements, median_and_p99, milliseconds, seeded_portal, tell
from webtest import TestApp

from srp_portal.web.application import configure

LISTS = ("personal", "pending", "pay", "completed", "all")
FORMATS = ("html", "json", "xml", "rss")
#: Rows a page: of HTML (srp.page_size), and of the others (contract/http.md).
PAGE_SIZES = {"html": 25, "json": 200, "xml": 200, "rss": 200}
FILTERS = (
    "ship/Sabre",
    "sort/-payout/system/HED-GP",
    "details/timer",
    "payout/>100000000/region/Catch",
)


def pages(browser: TestApp, key: str) -> Iterator[tuple[str, str, str]]:
    """(what, format, path) of everything that is measured."""
    some_id = 0
    for name in LISTS:
        first = f"/request/{name}/"
        document = browser.get(first, {"fmt": "json", "apikey": key}).json
        if document["requests"]:
            some_id = document["requests"][0]["id"]
        for fmt in FORMATS:
            last = math.ceil(document["request_count"] / PAGE_SIZES[fmt])
            yield f"{name}, first page", fmt, first
            if last > 1:
                yield f"{name}, page {last:,}", fmt, f"{first}page/{last}"
    for filters in FILTERS:
        for fmt in ("html", "json"):
            yield f"all, {filters}", fmt, f"/request/all/{filters}"
    for fmt in ("html", "json", "xml"):
        yield "a request", fmt, f"/request/{some_id}/"


def measure(kind: str, requests: int, repeats: int) -> None:
    """Prints the table of one database."""
    tell(f"seeding {requests:,} requests on {kind.partition(':')[0]}")
    with seeded_portal(kind, requests) as (portal, report, _):
        browser = TestApp(configure(portal).make_wsgi_app())
        counter = Statements()
        counter.listen(portal)
        print(f"\n### {portal.engine.dialect.name}, {requests:,} requests\n")
        print("| page | format | median ms | p99 ms | SQL statements | bytes |")
        print("|---|---|---:|---:|---:|---:|")
        for what, fmt, path in pages(browser, report.api_key):
            query = {"fmt": fmt, "apikey": report.api_key}
            # Once for templates, compiled statements and the database's own cache.
            size = len(browser.get(path, query, status=200).body)
            counter.seen.clear()
            taken = milliseconds(partial(browser.get, path, query, status=200), repeats)
            median, p99 = median_and_p99(taken)
            statements = len(counter.seen) / repeats
            print(f"| {what} | {fmt} | {median:.1f} | {p99:.1f} | {statements:.1f} | {size:,} |")


def main() -> None:
    """Prints a table for each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=20, help="how often each page is asked for")
    parser.add_argument("--postgresql", metavar="URL", help="a server, without a database")
    arguments = parser.parse_args()
    for kind in filter(None, ("sqlite", arguments.postgresql)):
        measure(kind, arguments.requests, arguments.repeats)


if __name__ == "__main__":
    main()
