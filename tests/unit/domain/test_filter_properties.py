"""What holds for all filters and for all paths, whatever they contain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from hypothesis import example, given
from hypothesis import strategies as st

from srp_portal.domain.filter_conditions import Condition, Term
from srp_portal.domain.filter_kinds import (
    KINDS,
    AmountCondition,
    DetailsCondition,
    NameCondition,
    StatusCondition,
    TimeCondition,
)
from srp_portal.domain.filter_lists import (
    LIST_STATUSES,
    SORT_ATTRIBUTES,
    ListName,
    Sort,
    effective_statuses,
)
from srp_portal.domain.filter_times import Interval
from srp_portal.domain.filters import (
    LAST_PAGE,
    FilterError,
    Filters,
    describe,
    parse_filters,
)
from srp_portal.domain.lifecycle import Status
from srp_portal.domain.words import words_of

#: Text that means something to the grammar, to URLs or to Unicode, more often than chance has it.
NAMES = st.one_of(
    st.text(min_size=1),
    st.text(alphabet="aA%/,-<>=.2C5 Rß\u0345", min_size=1),
    st.sampled_from(["rss.xml", "atom.xml", ".", "..", "%", "%2C", "-", "--", "<=", "\u017f", "Ⅷ"]),
).filter(lambda text: not text.isspace() and "\x00" not in text)
MOMENTS = st.datetimes(datetime(2003, 5, 6), datetime(2100, 1, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=UTC)
)
VALUES: dict[type[Condition[Any]], st.SearchStrategy[Any]] = {
    NameCondition: NAMES,
    StatusCondition: st.sampled_from(Status),
    DetailsCondition: NAMES.filter(words_of),
    AmountCondition: st.decimals(min_value=0, max_value=Decimal(10) ** 12, places=2),
    TimeCondition: st.builds(
        lambda start, seconds: Interval(start, start + timedelta(seconds=seconds)),
        MOMENTS,
        st.integers(min_value=1, max_value=10**8),
    ),
}


@st.composite
def conditions(draw: st.DrawFn) -> Condition[Any]:
    attribute = draw(st.sampled_from(sorted(KINDS)))
    kind = KINDS[attribute]
    operators = st.sampled_from(sorted(kind.operators))
    terms = st.lists(st.builds(Term, operators, VALUES[kind]), max_size=4)
    return kind(attribute, tuple(draw(terms)))


SORTS = st.builds(Sort, st.sampled_from(SORT_ATTRIBUTES), st.booleans())
FILTERS = st.builds(
    Filters,
    st.sampled_from(ListName),
    st.lists(conditions(), max_size=5).map(tuple),
    st.one_of(st.just(1), st.integers(1, LAST_PAGE)),
    st.one_of(st.none(), SORTS),
)
#: Paths that are nearly filters.
PATHS = st.lists(
    st.one_of(
        st.sampled_from([*KINDS, "page", "sort", "", "Pilot", "rss.xml", "-submit_timestamp"]),
        st.text(alphabet="0123456789-<>=,_%TZ:.aF\x00\ud800é", max_size=12),
        st.text(alphabet=st.characters(), max_size=8),
    ),
    max_size=8,
).map("/".join)


def parse(path: str, list_name: str = "all") -> Filters:
    return parse_filters(path, list_name=list_name)


@given(FILTERS)
def test_parse_filters_of_a_canonical_path_gives_the_filters_back(filters: Filters) -> None:
    parsed = parse(filters.path(), filters.list_name)
    assert parsed == filters
    assert parsed.is_canonical(filters.path())


@given(FILTERS)
def test_url_path_decoded_once_is_the_path(filters: Filters) -> None:
    url = filters.url_path()
    assert url.isascii()
    assert not set("?#; <>\\\"'") & set(url)
    assert unquote(url, errors="strict") == filters.path()


@given(FILTERS)
def test_path_has_no_segment_that_means_something_else(filters: Filters) -> None:
    segments = filters.path().split("/")
    assert not {"rss.xml", "atom.xml", ".", ".."} & set(segments)
    assert filters.path() == "" or "" not in segments


@given(PATHS, st.sampled_from(ListName))
@example("pilot", ListName.ALL)
@example("/", ListName.ALL)
@example("pilot/a%2Fb/pilot/%A/", ListName.ALL)
def test_parse_filters_of_anything_gives_filters_or_a_filter_error(
    path: str, list_name: ListName
) -> None:
    try:
        canonical = parse(path, list_name).path()
    except FilterError as error:
        outcome, is_good = str(error), str(error).isprintable()
    else:
        outcome, is_good = canonical, parse(canonical, list_name).is_canonical(canonical)
    assert is_good, outcome


@given(st.lists(conditions(), max_size=4), st.randoms(use_true_random=False))
def test_filters_of_conditions_in_any_order_are_equal(
    given_conditions: list[Condition[Any]], random: Any
) -> None:
    shuffled = random.sample(given_conditions, len(given_conditions))
    assert Filters(ListName.ALL, tuple(given_conditions)) == Filters(ListName.ALL, tuple(shuffled))


@given(conditions(), conditions())
def test_parse_filters_of_two_paths_in_a_row_is_their_union(
    one: Condition[Any], other: Condition[Any]
) -> None:
    paths = [Filters(ListName.ALL, (each,)).path() for each in (one, other)]
    assert parse("/".join(filter(None, paths))) == Filters(ListName.ALL, (one, other))


@given(FILTERS)
def test_describe_gives_a_chip_per_term_that_can_be_taken_away(filters: Filters) -> None:
    chips = describe(filters)
    assert len(chips) == sum(len(condition.terms) for condition in filters.conditions)
    for chip in chips:
        assert chip.without.with_value(chip.attribute, chip.text, chip.operator) == Filters(
            filters.list_name, filters.conditions, 1, filters.chosen_sort
        )
        assert chip.without.path() != filters.replace(page=1).path()


@given(st.sampled_from(ListName), conditions())
def test_effective_statuses_never_widen_a_list(
    list_name: ListName, condition: Condition[Any]
) -> None:
    narrowing = condition if isinstance(condition, StatusCondition) else None
    assert effective_statuses(list_name, narrowing) <= LIST_STATUSES[list_name]
