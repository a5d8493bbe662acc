"""Walks through collections of the three kinds, also those that change or never end."""

import itertools

import pytest

from srp_portal.esi.connections import Answer
from srp_portal.esi.errors import EsiNotFound, EsiUnavailable, IncompleteResponseError
from srp_portal.esi.paging import MOST_PAGES
from srp_portal.esi.records import (
    Records,
    all_by_cursor,
    all_from_id,
    by_cursor,
    from_id,
    numbered,
    older,
    single,
)

OLD, NEW, NEWEST = (f"Thu, 09 Apr 2020 03:0{minute}:00 GMT" for minute in (0, 5, 9))


def _asks(reply):
    """Asks by `reply(arguments) -> value or (value, headers)`, and what was asked."""
    asked = []

    def ask(arguments, fresh):
        asked.append((dict(arguments), fresh))
        answer = reply(arguments, fresh)
        value, headers = answer if isinstance(answer, tuple) else (answer, {})
        return Answer(200, {"X-Esi-Request-Id": f"id-{len(asked)}", **headers}, b""), value

    return ask, asked


def _pages(*moments, count=None):
    """Pages of one record; a moment for each, the last page's when it is fetched anew."""

    def reply(arguments, fresh):
        number = arguments["page"]
        headers = {"X-Pages": str(count or len(moments))}
        return [number], headers | {"Last-Modified": NEW if fresh else moments[number - 1]}

    return reply


def test_numbered_when_walked_then_pages_come_in_order_and_only_when_wanted():
    ask, asked = _asks(_pages(NEW, NEW, NEW, NEW))
    records = Records(numbered("Op", ask))
    assert asked == []
    assert next(records) == 1
    assert [arguments["page"] for arguments, _ in asked] == [1, 2]
    assert list(records) == [2, 3, 4]
    assert [arguments["page"] for arguments, _ in asked] == [1, 2, 3, 4]
    assert (records.after, records.before) == (None, None)
    assert next(records, "end") == "end"


@pytest.mark.parametrize(
    ("moments", "anew"),
    [
        ((OLD, NEW, NEW), [1]),
        ((NEW, OLD, NEW), [2]),
        ((NEW, NEW, OLD), [3]),
        (("yesterday", OLD, NEW), []),
    ],
    ids=["first", "second", "third", "unknown"],
)
def test_numbered_when_cache_kept_an_older_page_then_it_is_fetched_anew(moments, anew):
    ask, asked = _asks(_pages(*moments))
    assert list(Records(numbered("Op", ask))) == [1, 2, 3]
    assert [arguments["page"] for arguments, fresh in asked if fresh] == anew


def test_numbered_when_there_is_one_page_then_one_request():
    ask, asked = _asks(_pages(NEW))
    assert list(Records(numbered("Op", ask))) == [1]
    assert len(asked) == 1


def test_numbered_when_the_first_page_never_catches_up_then_incomplete():
    def reply(arguments, fresh):
        number = arguments["page"]
        return [number], {"X-Pages": "2", "Last-Modified": OLD if number == 1 else NEW}

    with pytest.raises(IncompleteResponseError, match="changed"):
        list(Records(numbered("Op", _asks(reply)[0])))


def test_numbered_when_rebuilt_during_the_walk_then_incomplete_and_again_so():
    ask, _ = _asks(_pages(OLD, OLD, NEWEST))
    records = Records(numbered("Op", ask))
    assert [next(records), next(records)] == [1, 2]
    for _ in range(2):
        with pytest.raises(IncompleteResponseError, match="Op changed") as caught:
            next(records)
    assert (caught.value.operation, caught.value.request_id) == ("Op", "id-4")


def test_numbered_when_a_page_is_gone_then_incomplete_but_a_first_page_is_just_not_found():
    def reply(arguments, fresh):
        if arguments["page"] == 3:
            raise EsiNotFound("gone", status=404, request_id="id-x")
        return [arguments["page"]], {"X-Pages": "3"}

    records = Records(numbered("Op", _asks(reply)[0]))
    assert [next(records), next(records)] == [1, 2]
    with pytest.raises(IncompleteResponseError, match="fewer pages") as caught:
        next(records)
    assert (caught.value.status, caught.value.request_id) == (404, "id-x")

    def missing(arguments, fresh):
        raise EsiNotFound("no such character")

    with pytest.raises(EsiNotFound):
        next(Records(numbered("Op", _asks(missing)[0])))


def test_records_when_a_request_fails_then_end_is_never_believed():
    def reply(arguments, fresh):
        if arguments["page"] == 3:
            raise EsiUnavailable("down")
        return [arguments["page"]], {"X-Pages": "3"}

    records = Records(numbered("Op", _asks(reply)[0]))
    with pytest.raises(EsiUnavailable):
        list(records)
    with pytest.raises(EsiUnavailable):
        list(records)


@pytest.mark.parametrize(
    ("value", "records"),
    [([1, 2], [1, 2]), ({"players": 1}, [{"players": 1}]), (7.5, [7.5]), (None, []), ([], [])],
    ids=str,
)
def test_single_when_operation_has_no_pages_then_its_list_or_its_value(value, records):
    assert list(Records(single(_asks(lambda *_: value)[0]))) == records


def _transactions(ids, size):
    def reply(arguments, fresh):
        bound = arguments.get("from_id")
        left = [each for each in ids if bound is None or each <= bound]
        return [{"transaction_id": each} for each in left[:size]]

    return reply


def test_from_id_when_walked_then_each_once_newest_first():
    ids = list(range(60, 0, -1))
    ask, asked = _asks(_transactions(ids, 20))
    records, answer = all_from_id("Op", ask)
    assert [each["transaction_id"] for each in records] == ids
    assert [arguments for arguments, _ in asked][:3] == [{}, {"from_id": 41}, {"from_id": 22}]
    assert answer.request_id == f"id-{len(asked)}"
    assert list(Records(from_id("Op", ask))) == records


@pytest.mark.parametrize("value", [[], None], ids=str)
def test_from_id_when_there_is_nothing_then_empty(value):
    assert all_from_id("Op", _asks(lambda *_: value)[0])[0] == []


def test_from_id_when_server_ignores_it_then_it_ends():
    ask, asked = _asks(lambda *_: [{"id": 2}, {"id": 1}])
    assert all_from_id("Op", ask)[0] == [{"id": 2}, {"id": 1}]
    assert len(asked) == 2


def test_from_id_when_it_never_ends_then_incomplete():
    numbers = itertools.count(10**9, -1)
    ask, asked = _asks(lambda *_: [{"id": next(numbers)}])
    with pytest.raises(IncompleteResponseError, match="end"):
        all_from_id("Op", ask)
    assert len(asked) == MOST_PAGES


@pytest.mark.parametrize("value", [[{"name": "x"}], [7], {"error": 1}, [{"id": "7"}]], ids=str)
def test_from_id_when_it_can_not_go_on_then_incomplete(value):
    with pytest.raises(IncompleteResponseError) as caught:
        all_from_id("Op", _asks(lambda *_: value)[0])
    assert caught.value.operation == "Op"


class Listing:
    """Records `[id, version]` in the order of their change, cursors are positions; size 2."""

    def __init__(self, *ids):
        self.rows = [(position, {"id": each, "v": 1}) for position, each in enumerate(ids, 1)]

    def touch(self, name):
        """The record moves to the end, and is another one."""
        (found,) = [row for row in self.rows if row[1]["id"] == name]
        self.rows.remove(found)
        changed = {"id": name, "v": found[1]["v"] + 1}
        self.rows.append((max(position for position, _ in self.rows) + 1, changed))

    def __call__(self, arguments, fresh):
        if "after" in arguments:
            chosen = [row for row in self.rows if row[0] > int(arguments["after"])][:2]
        else:
            end = int(arguments.get("before") or 0) or 10**6
            chosen = [row for row in self.rows if row[0] < end][-2:]
        value = {"things": [record for _, record in chosen]}
        if chosen:
            value["cursor"] = {"before": str(chosen[0][0]), "after": str(chosen[-1][0])}
        return value


def _shown(records):
    return [f"{each['id']}{each['v']}" for each in records]


def test_all_by_cursor_when_no_place_is_given_then_all_in_esis_order():
    ask, asked = _asks(Listing(*"abcde"))
    records, answer = all_by_cursor("Op", ask, {})
    assert _shown(records) == ["a1", "b1", "c1", "d1", "e1"]
    walked = [arguments for arguments, _ in asked]
    assert walked == [{}, {"before": "4"}, {"before": "2"}, {"before": "1"}, {"after": "5"}]
    assert answer.request_id == "id-5"


def test_all_by_cursor_when_records_move_meanwhile_then_all_are_there_once_as_they_are_now():
    listing = Listing(*"abcdef")

    def reply(arguments, fresh):
        value = listing(arguments, fresh)
        if arguments == {}:
            listing.touch("a")
            listing.touch("f")
        return value

    records, _ = all_by_cursor("Op", _asks(reply)[0], {})
    assert _shown(records) == ["b1", "c1", "d1", "e1", "a2", "f2"]


def test_all_by_cursor_when_before_gives_a_record_again_then_the_known_one_stays():
    def reply(arguments, fresh):
        stretches = {None: ("b2", "c1"), "2": ("a1", "b1"), "1": ()}
        texts = stretches[arguments.get("before")]
        rows = [{"id": text[0], "v": int(text[1])} for text in texts]
        return {"things": rows, "cursor": {"before": "2" if "before" not in arguments else "1"}}

    assert _shown(all_by_cursor("Op", _asks(reply)[0], {})[0]) == ["a1", "b2", "c1"]


def test_all_by_cursor_when_after_is_given_then_forward_and_the_later_one_stays():
    listing = Listing(*"abcd")

    def reply(arguments, fresh):
        value = listing(arguments, fresh)
        if arguments == {"after": "1"}:
            listing.touch("b")
        return value

    records, _ = all_by_cursor("Op", _asks(reply)[0], {"after": "1"})
    assert _shown(records) == ["c1", "d1", "b2"]


def test_all_by_cursor_when_before_is_given_then_only_what_is_older():
    ask, asked = _asks(Listing(*"abcde"))
    assert _shown(all_by_cursor("Op", ask, {"before": "4"})[0]) == ["a1", "b1", "c1"]
    assert all("after" not in arguments for arguments, _ in asked)
    assert _shown(all_by_cursor("Op", ask, {"before": "0"})[0]) == ["a1", "b1", "c1", "d1", "e1"]


@pytest.mark.parametrize(
    "value",
    [{}, {"things": []}, {"things": [], "cursor": {}}, None, {"cursor": None}],
    ids=str,
)
def test_all_by_cursor_when_there_is_nothing_then_empty(value):
    for start in ({}, {"after": "0"}, {"before": "7"}):
        assert all_by_cursor("Op", _asks(lambda *_: value)[0], start)[0] == []


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"things": [{"id": 1}], "cursor": {"before": "x", "after": "x"}}, "end"),
        ({"things": [1], "more": [2]}, "several lists"),
        ("text", "list"),
    ],
    ids=["same-cursor", "two-lists", "text"],
)
def test_all_by_cursor_when_it_can_not_be_walked_then_incomplete(value, message):
    for start in ({}, {"after": "0"}):
        with pytest.raises(IncompleteResponseError, match=message) as caught:
            all_by_cursor("Op", _asks(lambda *_: value)[0], start)
        assert caught.value.operation == "Op"


def test_all_by_cursor_when_records_have_no_id_then_none_is_lost():
    def reply(arguments, fresh):
        if not arguments:
            return {"things": [{"n": 2}, {"n": 2}], "cursor": {"before": "1", "after": "2"}}
        return [{"n": 1}] if arguments == {"before": "1"} else []

    records, _ = all_by_cursor("Op", _asks(reply)[0], {})
    assert records == [{"n": 1}, {"n": 2}, {"n": 2}]


def test_all_by_cursor_when_it_never_ends_then_incomplete():
    numbers = itertools.count(10**9, -1)

    def reply(arguments, fresh):
        number = next(numbers)
        return {"things": [{"id": number}], "cursor": {"before": str(number)}}

    ask, asked = _asks(reply)
    with pytest.raises(IncompleteResponseError, match="end"):
        all_by_cursor("Op", ask, {})
    assert len(asked) == MOST_PAGES


def test_records_when_walked_by_cursor_then_newest_first_and_cursors_to_go_on_from():
    ask, asked = _asks(Listing(*"abcde"))
    records = Records.by_cursor(older(by_cursor("Op", ask, {}, "before")), is_forward=False)
    assert (records.after, records.before) == (None, None)
    assert _shown(itertools.islice(records, 3)) == ["e1", "d1", "c1"]
    assert len(asked) == 2
    assert (records.after, records.before) == ("5", "2")
    assert _shown(records) == ["b1", "a1"]
    # The last stretch was empty and had no cursors.
    assert (records.after, records.before) == ("5", "1")
    assert repr(records) == "<Records>"


def test_records_when_walked_from_after_then_oldest_first_and_after_moves_on():
    ask, _ = _asks(Listing(*"abcde"))
    records = Records.by_cursor(by_cursor("Op", ask, {"after": "2"}, "after"), is_forward=True)
    assert _shown(records) == ["c1", "d1", "e1"]
    assert (records.after, records.before) == ("5", "3")
