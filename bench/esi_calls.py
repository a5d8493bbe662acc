"""What a call of the ESI client costs beside the bare request that it makes, and many pages."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import requests
from esi_figures import Figure
from esi_server import PAGES, RECORDS, Running, running
from requests.adapters import HTTPAdapter

from srp_portal.esi import EsiClientProvider, EsiSettings

LATENCY_S = 0.02
POOL = 20
WARM_UP = 50


def figures(calls: int, repeats: int) -> Iterator[Figure]:
    """Uncached calls, cache hits, and pages. calls, repeats: how often each is timed."""
    with running(LATENCY_S) as server:
        settings = EsiSettings(base_url=server.url, sandbox=True, connection_pool_maxsize=POOL)
        provider = EsiClientProvider(app_info_text="bench v1", settings=settings)
        yield from _uncached(server, provider, calls)
        yield from _hits(provider, calls)
        yield from _pages(server, repeats)


def _uncached(server: Running, provider: EsiClientProvider, calls: int) -> Iterator[Figure]:
    """Each call asks for another type, so that none is in the cache."""
    type_ids = count(1000)
    bare_ids = count(1000)
    headers = _headers_of(server, provider)
    usual = requests.Session()
    alike = requests.Session()
    # As in the client: no look at proxies and .netrc, which is half of what a bare call takes.
    alike.trust_env = False
    for session in (usual, alike):
        session.mount("http://", HTTPAdapter(pool_maxsize=POOL))

    def ours() -> object:
        return provider.client.Universe.get_universe_types_type_id(type_id=next(type_ids)).result()

    def bare(session: requests.Session) -> Callable[[], object]:
        def get() -> object:
            url = f"{server.url}/universe/types/{next(bare_ids)}"
            return session.get(url, headers=headers, timeout=(5, 30)).content

        return get

    timed = (ours, bare(alike), bare(usual))
    for _ in range(WARM_UP):
        for action in timed:
            action()
    server.counts()
    rounds = [_in_turn(timed, first % len(timed)) for first in range(calls)]
    seen = server.counts()
    assert seen.requests == len(timed) * calls
    mine, same, plain = (statistics.median(each) for each in zip(*rounds, strict=True))
    over = statistics.median(row[0] - row[1] for row in rounds)
    over_plain = statistics.median(row[0] - row[2] for row in rounds)
    how = f"{calls} calls each, in turn, median"
    yield Figure("uncached call", mine, "ms", note=how)
    yield Figure("bare `Session.get` of the same, `trust_env` off", same, "ms", note=how)
    yield Figure("bare `Session.get` of the same", plain, "ms", note=how)
    yield Figure("uncached call over the bare one, `trust_env` off", over, "ms", 1.2, "of pairs")
    yield Figure("uncached call over the bare one", over_plain, "ms", 1.2, "of pairs")
    yield Figure(f"new connections in {calls} calls", seen.connections, most=0)


def _headers_of(server: Running, provider: EsiClientProvider) -> dict[str, str]:
    """What the client sends, so that the bare calls send as much."""
    provider.client.Universe.get_universe_types_type_id(type_id=1).result()
    headers = server.counts().headers
    return {name: value for name, value in headers.items() if name not in {"Host", "Connection"}}


def _in_turn(actions: tuple[Callable[[], object], ...], first: int) -> list[float]:
    """Milliseconds of each action; another one begins each time."""
    taken = [0.0] * len(actions)
    for offset in range(len(actions)):
        index = (first + offset) % len(actions)
        taken[index] = _milliseconds(actions[index])
    return taken


def _milliseconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000


def _hits(provider: EsiClientProvider, calls: int) -> Iterator[Figure]:
    def hit() -> object:
        return provider.client.Universe.get_universe_types_type_id(type_id=587).result()

    for _ in range(WARM_UP):
        hit()
    taken = [_milliseconds(hit) for _ in range(calls)]
    how = f"{calls} calls, operation and decoding included"
    yield Figure("cache hit in memory, median", statistics.median(taken), "ms", 0.1, how)


def _pages(server: Running, repeats: int) -> Iterator[Figure]:
    """Each time with connections of its own, all of them counted."""
    taken, bare = [], []
    opened = []
    for region_id in range(repeats):
        settings = EsiSettings(base_url=server.url, sandbox=True, connection_pool_maxsize=POOL)
        client = EsiClientProvider(settings=settings).client
        server.counts()
        began = time.perf_counter()
        values = client.Market.get_markets_region_id_types(region_id=region_id).results()
        taken.append(time.perf_counter() - began)
        seen = server.counts()
        assert values == list(range(RECORDS, (PAGES + 1) * RECORDS))
        assert seen.requests == PAGES
        opened.append(seen.connections)
        bare.append(_bare_pages(server, region_id))
    how = f"{LATENCY_S * 1000:.0f} ms each, {RECORDS} records each, pool of {POOL}"
    worst = f"{how}; slowest of {repeats}: {max(taken):.3f} s"
    yield Figure(f"`results()` of {PAGES} pages, median", statistics.median(taken), "s", 0.4, worst)
    yield Figure("connections for them, at most", max(opened), most=POOL)
    how = f"{POOL} threads, nothing checked, decoded or kept"
    yield Figure("the same pages by bare `Session.get`", statistics.median(bare), "s", note=how)


def _bare_pages(server: Running, region_id: int) -> float:
    """Seconds for as many requests over as many connections, without the client."""
    url = f"{server.url}/markets/{region_id}/types"
    with requests.Session() as session, ThreadPoolExecutor(POOL) as executor:
        session.trust_env = False
        session.mount("http://", HTTPAdapter(pool_maxsize=POOL))

        def get(page: int) -> bytes:
            return session.get(url, params={"page": page}, timeout=(5, 30)).content

        began = time.perf_counter()
        get(1)
        assert all(executor.map(get, range(2, PAGES + 1)))
        return time.perf_counter() - began
