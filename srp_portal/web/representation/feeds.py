"""A page of a list as a feed: RSS 2.0 and Atom 1.0, from the same items."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from feedgen.feed import FeedGenerator

from srp_portal.domain.money import pretty_isk
from srp_portal.services.results import RequestPage, RequestRow
from srp_portal.web.representation.links import Links
from srp_portal.web.representation.times import minute_time
from srp_portal.web.representation.xml import carried

#: When an empty feed was last built; any fixed time does, but not the present one.
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


#: Bytes of feeds that a process keeps: two dozens of a list's full feed.
MOST_KEPT = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Item:
    """A request in a feed, as plain text without what XML can't carry.

    guid: a URI that changes with every change of the request, so that readers show it again.
    """

    title: str
    description: str
    url: str
    guid: str
    author: str
    category: str
    submitted_at: datetime


class KeptFeeds:
    """Feeds that were made, by their tags, so that none is made twice; the oldest use goes first.

    most: bytes of all feeds together. Every reader's tag is another one, and so is every change's.
    """

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0

    def get(self, etag: str) -> bytes | None:
        """The feed with this tag, None when it is not kept (any more)."""
        with self._lock:
            feed = self._kept.get(etag)
            if feed is not None:
                self._kept.move_to_end(etag)
            return feed

    def put(self, etag: str, feed: bytes) -> None:
        """Keeps a feed."""
        with self._lock:
            self._size += len(feed) - len(self._kept.pop(etag, b""))
            self._kept[etag] = feed
            while self._size > self._most:
                _, dropped = self._kept.popitem(last=False)
                self._size -= len(dropped)


def rss(page: RequestPage, links: Links) -> bytes:
    """RSS 2.0; equal content is equal bytes."""
    feed = _feed(page, links, "rss.xml")
    feed.load_extension("dc", atom=False)
    for item in items(page, links):
        entry = feed.add_entry(order="append")
        entry.title(item.title)
        entry.link(href=item.url)
        # Readers take a description for HTML, and division names are anybody's text.
        entry.description(escape(item.description, quote=False))
        entry.guid(item.guid, permalink=False)
        entry.pubDate(item.submitted_at)
        entry.category(term=item.category)
        # RSS's own author must be an e-mail address.
        entry.dc.dc_creator(item.author)
    return feed.rss_str()


def atom(page: RequestPage, links: Links) -> bytes:
    """Atom 1.0; equal content is equal bytes."""
    feed = _feed(page, links, "atom.xml")
    for item in items(page, links):
        entry = feed.add_entry(order="append")
        entry.title(item.title)
        entry.link(href=item.url, rel="alternate")
        entry.summary(item.description)
        entry.id(item.guid)
        entry.published(item.submitted_at)
        entry.updated(item.submitted_at)
        entry.category(term=item.category)
        entry.author(name=item.author)
    return feed.atom_str()


def items(page: RequestPage, links: Links) -> Iterator[Item]:
    """The requests of a page, newest submission first, whatever the order of the list."""
    for row in sorted(page.rows, key=lambda row: (row.submitted_at, row.id), reverse=True):
        yield _item(row, links)


def _item(row: RequestRow, links: Links) -> Item:
    url = links.absolute(links.request(row.id))
    return Item(
        title=carried(f"{row.pilot}'s {row.ship} in {row.system} on {minute_time(row.killed_at)}"),
        description=carried(
            f"{row.status.capitalize()}, {pretty_isk(row.payout)} ISK, {row.division.name}"
        ),
        url=url,
        guid=f"{url}#version-{row.version}",
        # feedgen drops an item's category and author when they are empty.
        author=carried(row.submitter.name),
        category=carried(row.division.name),
        submitted_at=row.submitted_at.astimezone(UTC),
    )


def _feed(page: RequestPage, links: Links, suffix: str) -> FeedGenerator:
    feed = FeedGenerator()
    filters = page.filters
    title = carried(f"{links.site_name} - {page.list_name}")
    html_url, own_url = links.absolute(links.listing(filters)), links.feed(filters, suffix)
    feed.id(own_url)
    feed.title(title)
    # RSS takes the last link that is given, so its own address comes first.
    feed.link(href=own_url, rel="self")
    feed.link(href=html_url, rel="alternate")
    feed.description(title)
    feed.generator("srp_portal")
    feed.language("en")
    # feedgen's default is the present time, with which no two answers would be equal.
    feed.updated(max((row.submitted_at for row in page.rows), default=_NEVER).astimezone(UTC))
    return feed
