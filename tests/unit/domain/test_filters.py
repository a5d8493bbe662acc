"""Filters in the path: parse, canonical form, changes, and the statuses that a list shows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from srp_portal.domain.filter_conditions import Operator, Term
from srp_portal.domain.filter_kinds import AmountCondition, NameCondition
from srp_portal.domain.filter_lists import ListName, Sort
from srp_portal.domain.filters import (
    LAST_PAGE,
    MOST_CHIPS,
    FilterError,
    Filters,
    describe,
    parse_filters,
)
from srp_portal.domain.lifecycle import Status


def parse(path: str, list_name: str = "all") -> Filters:
    return parse_filters(path, list_name=list_name)


def test_describe_of_many_values_gives_one_chip_for_all() -> None:
    names = ",".join(f"pilot {number}" for number in range(MOST_CHIPS + 1))
    status, pilots = sorted(describe(parse(f"pilot/{names}/status/-paid")), key=lambda c: c.count)
    assert (status.text, status.is_negative, status.count) == ("paid", True, 1)
    assert (pilots.text, pilots.count) == ("", MOST_CHIPS + 1)
    assert pilots.without.path() == "status/-paid"


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param("/", "", id="slash-alone"),
        pytest.param("status/paid/", "status/paid", id="trailing-slash"),
        pytest.param("status/paid/pilot/x", "pilot/x/status/paid", id="alphabetical"),
        pytest.param("pilot/x/page/2/payout/5", "page/2/payout/5/pilot/x", id="page-in-its-place"),
        pytest.param("ship/Tristan,Guardian", "ship/Guardian,Tristan", id="sorted"),
        pytest.param("ship/b,A,C", "ship/A,b,C", id="sorted-without-regard-to-case"),
        pytest.param("payout/100,20,<7,-3", "payout/-3,20,100,<7", id="sorted-by-number"),
        pytest.param("payout/1.50,1.5,01.5", "payout/1.50", id="one-number"),
        pytest.param("payout/40000000.00", "payout/40000000", id="whole-number"),
        pytest.param("ship/Rifter,RIFTER,rifter", "ship/RIFTER", id="repeated"),
        pytest.param("ship/b/ship/-c/ship/a", "ship/-c,a,b", id="merged"),
        pytest.param("details/b/details/a, c", "details/a, c/details/b", id="details-repeated"),
        pytest.param("page/1", "", id="first-page"),
        pytest.param("page/002", "page/2", id="page-with-zeros"),
        pytest.param("page/1000000001", "page/1000000001", id="page-far"),
        pytest.param(f"page/{'9' * 5000}", f"page/{LAST_PAGE}", id="page-too-far"),
        pytest.param("page/2/page/02", "page/2", id="page-twice"),
        pytest.param("sort/-submit_timestamp", "", id="default-sort"),
        pytest.param("sort/submit_timestamp", "sort/submit_timestamp", id="other-sort"),
        pytest.param("pilot/a%2cb", "pilot/a%2Cb", id="lower-case-escape"),
        pytest.param("pilot/%61", "pilot/a", id="needless-escape"),
        pytest.param("p%69lot/a", "pilot/a", id="escaped-attribute"),
        pytest.param("pilot/100%", "pilot/100%25", id="lone-percent"),
        pytest.param("pilot/a%252C", "pilot/a%252C", id="percent-in-a-name"),
        pytest.param("pilot/-%2Dx,%3Ey,-z", "pilot/-%2Dx,-z,%3Ey", id="operators-in-names"),
        pytest.param("pilot/x-y", "pilot/x-y", id="hyphen-inside"),
        pytest.param("details/-x,y", "details/-x,y", id="details-are-plain"),
        pytest.param("details/rss%2Exml", "details/rss%2Exml", id="feed-suffix"),
        pytest.param("pilot/..", "pilot/%2E%2E", id="dot-segment"),
        pytest.param("status/Paid", "status/paid", id="status-case"),
        pytest.param("kill_timestamp/2015_2014", "kill_timestamp/2014_2015", id="time-order"),
        pytest.param("kill_timestamp/>20140709T15Z", "kill_timestamp/>2014-07-09T15", id="time"),
    ],
)
def test_path_of_parsed_filters_is_canonical(path: str, canonical: str) -> None:
    filters = parse(path)
    assert filters.path() == canonical
    assert filters.is_canonical(path) is (path == canonical)


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("a,b", "pilot/a%252Cb"),
        ("a/b", "pilot/a%252Fb"),
        ("100%", "pilot/100%2525"),
        ("-x", "pilot/%252Dx"),
        ("<x", "pilot/%253Cx"),
        ("rss.xml", "pilot/rss%252Exml"),
        ("atom.xml", "pilot/atom%252Exml"),
        ("Ünal", "pilot/%C3%9Cnal"),
        ("a b?c#d+e", "pilot/a%20b%3Fc%23d%2Be"),
    ],
)
def test_url_path_of_a_name_is_encoded_as_the_contract_says(name: str, url: str) -> None:
    assert parse("").with_value("pilot", name).url_path() == url


@pytest.mark.parametrize(
    ("path", "attribute", "value", "reason"),
    [
        pytest.param("pilto/x", "pilto", "x", "perhaps pilot is meant", id="near-attribute"),
        pytest.param("Pilot/x", "Pilot", "x", "perhaps pilot is meant", id="attribute-case"),
        pytest.param("qq/x", "qq", "x", "there are alliance, base_payout", id="attribute"),
        pytest.param("qq", "qq", "", "no such filter", id="attribute-alone"),
        pytest.param("/x", "", "x", "no such filter", id="no-attribute"),
        pytest.param("pilot", "pilot", "", "the value is empty", id="no-value"),
        pytest.param("pilot/", "pilot", "", "the value is empty", id="no-value-slash"),
        pytest.param("pilot/x//", "", "", "no such filter", id="two-slashes-at-the-end"),
        pytest.param("ship/x/pilot//status/paid", "pilot", "", "is empty", id="empty-value"),
        pytest.param("ship/x/page", "page", "", "the value is empty", id="page-alone"),
        pytest.param("page/0", "page", "0", "numbered from 1", id="page-0"),
        pytest.param("page/-1", "page", "-1", "numbered from 1", id="page-negative"),
        pytest.param("page/1,2", "page", "1,2", "numbered from 1", id="two-pages"),
        pytest.param("page/²", "page", "²", "numbered from 1", id="page-not-ascii"),
        pytest.param("page/2/page/3", "page", "3", "given before, 2", id="page-contradicts"),
        pytest.param("sort/pilot/sort/-pilot", "sort", "-pilot", "before, pilot", id="sort-twice"),
        pytest.param("sort/details", "sort", "details", "sorted by one of", id="sort-details"),
        pytest.param("sort/--pilot", "sort", "--pilot", "sorted by one of", id="sort-minus-minus"),
        pytest.param("p%FF/x", "p%FF", "p%FF", "not UTF-8", id="attribute-bytes"),
        pytest.param("sort/%FF", "sort", "%FF", "not UTF-8", id="sort-bytes"),
    ],
)
def test_parse_filters_of_a_bad_path_raises_an_error_that_names_it(
    path: str, attribute: str, value: str, reason: str
) -> None:
    with pytest.raises(FilterError) as caught:
        parse(path)
    assert (caught.value.attribute, caught.value.value) == (attribute, value)
    assert reason in caught.value.reason


def test_parse_filters_for_an_unknown_list_raises_a_value_error() -> None:
    with pytest.raises(ValueError, match="lost"):
        parse("", "lost")


def test_filters_with_a_page_out_of_range_are_refused() -> None:
    with pytest.raises(FilterError, match="page"):
        parse("").replace(page=0)


def test_sort_of_the_pay_list_is_oldest_first_and_left_out() -> None:
    assert parse("", "pay").sort == Sort("submit_timestamp")
    assert parse("sort/submit_timestamp", "pay").path() == ""
    assert parse("sort/-submit_timestamp", "pay").path() == "sort/-submit_timestamp"


@pytest.mark.parametrize("list_name", sorted(set(ListName) - {ListName.PAY}))
def test_sort_of_the_other_lists_is_newest_first(list_name: ListName) -> None:
    assert parse("", list_name).sort == Sort("submit_timestamp", is_descending=True)


@pytest.mark.parametrize(
    ("list_name", "path", "statuses"),
    [
        ("personal", "", set(Status)),
        ("all", "", set(Status)),
        ("pending", "", {"evaluating", "incomplete", "approved"}),
        ("pay", "", {"approved"}),
        ("completed", "", {"paid", "rejected"}),
        ("pending", "status/approved,paid", {"approved"}),
        ("pending", "status/-approved", {"evaluating", "incomplete"}),
        ("pay", "status/paid", set()),
        ("completed", "status/-approved", {"paid", "rejected"}),
        ("all", "status/paid,rejected,-paid", {"rejected"}),
        ("personal", "status/incomplete", {"incomplete"}),
    ],
)
def test_statuses_of_a_list_are_its_own_narrowed_by_the_filter(
    list_name: str, path: str, statuses: set[str]
) -> None:
    assert parse(path, list_name).statuses == statuses


def test_filters_give_their_conditions_by_attribute_and_by_kind() -> None:
    filters = parse("ship/x/payout/>5/pilot/y/status/paid")
    assert [each.attribute for each in filters.of_kind(NameCondition)] == ["pilot", "ship"]
    assert filters.get("payout") == AmountCondition("payout", (Term(Operator.ABOVE, Decimal(5)),))
    assert filters.get("region") is None


def test_replace_keeps_everything_but_the_page() -> None:
    filters = parse("pilot/x/sort/ship/page/2")
    assert filters.replace(page=3).path() == "page/3/pilot/x/sort/ship"
    assert filters.replace(page=1).path() == "pilot/x/sort/ship"


def test_replace_by_another_list_starts_at_its_first_page_in_its_own_order() -> None:
    filters = parse("pilot/x/page/2").replace(list_name=ListName.PAY)
    assert filters.path() == "pilot/x"
    assert filters.sort == Sort("submit_timestamp")


def test_with_sort_starts_at_the_first_page() -> None:
    filters = parse("page/5/pilot/x")
    assert filters.with_sort("payout", is_descending=True).path() == "pilot/x/sort/-payout"
    assert filters.with_sort("submit_timestamp", is_descending=True).path() == "pilot/x"


def test_with_status_replaces_the_status_and_starts_at_the_first_page() -> None:
    filters = parse("page/5/pilot/x/status/-paid")
    assert filters.with_status(Status.PAID, Status.APPROVED).path() == (
        "pilot/x/status/approved,paid"
    )
    assert filters.with_status().path() == "pilot/x"


def test_with_value_takes_plain_text_as_a_form_sends_it() -> None:
    filters = parse("page/5/pilot/x").with_value("pilot", "50%2C, really", Operator.NOT)
    assert filters.path() == "pilot/-50%252C%2C really,x"


def test_with_value_of_an_unknown_attribute_raises() -> None:
    with pytest.raises(FilterError, match="perhaps pilot"):
        parse("").with_value("pilots", "x")


@pytest.mark.parametrize(
    ("attribute", "text", "operator", "path"),
    [
        pytest.param("pilot", "X", Operator.ANY, "payout/5,>5/pilot/-x,y", id="any-spelling"),
        pytest.param("pilot", "x", Operator.NOT, "payout/5,>5/pilot/x,y", id="negation"),
        pytest.param("payout", "5.0", Operator.ABOVE, "payout/5/pilot/-x,x,y", id="bound"),
        pytest.param("pilot", None, Operator.ANY, "payout/5,>5", id="attribute"),
        pytest.param("ship", "x", Operator.ANY, "payout/5,>5/pilot/-x,x,y", id="not-there"),
    ],
)
def test_without_takes_away_one_value_or_the_attribute(
    attribute: str, text: str | None, operator: Operator, path: str
) -> None:
    filters = parse("payout/>5,5/pilot/x,-x,y/page/4")
    assert filters.without(attribute, text, operator).path() == path


def test_filters_are_hashable_so_that_answers_can_be_kept_by_them() -> None:
    assert len({parse("pilot/x/status/paid"), parse("status/paid/pilot/x/page/1")}) == 1


@pytest.mark.parametrize(
    ("path", "attribute", "value"),
    [
        ("payout/" + ",".join(f">{number}" for number in range(101)), "payout", ">100"),
        ("payout/>1/payout/" + ",".join(f"<{number}" for number in range(100)), "payout", ">1"),
        ("kill_timestamp/" + ",".join(map(str, range(1900, 2001))), "kill_timestamp", "2000"),
        ("/".join(f"details/{number:03} x" for number in range(51)), "details", "050"),
        ("details/" + "x" * 1_001, "details", "x" * 79 + "…"),
        ("pilot/" + ",".join(f"{number:05}" for number in range(10_001)), "pilot", "10000"),
        (
            "pilot/" + ",".join(f"p{number}" for number in range(6_000))
            + "/ship/" + ",".join(f"-{number:04}" for number in range(4_001)),
            "ship", "-4000",
        ),
    ],
    ids=["bounds", "merged bounds", "times", "words", "search", "names", "all together"],
)  # fmt: skip
def test_parse_filters_of_more_than_databases_take_names_the_first_too_many(
    path: str, attribute: str, value: str
) -> None:
    with pytest.raises(FilterError, match="at most") as caught:
        parse_filters(path, list_name="all")
    assert (caught.value.attribute, caught.value.value) == (attribute, value)


def test_parse_filters_of_as_many_amounts_as_names_takes_them() -> None:
    path = "payout/" + ",".join(map(str, range(5_000))) + ",>5,<7"
    assert len(parse_filters(path, list_name="all").conditions[0].terms) == 5_002
