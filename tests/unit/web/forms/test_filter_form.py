"""The filter form's fields: what stands in them means the same when it is sent again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webob.multidict import MultiDict

from srp_portal.domain.filter_conditions import Operator, Term
from srp_portal.domain.filter_kinds import NameCondition
from srp_portal.domain.filter_lists import ListName
from srp_portal.domain.filters import Filters
from srp_portal.web.forms.filters import filter_values, filters_from_query, name_text

EMPTY = Filters(ListName.ALL)

# White space at the ends of a name is lost in a form, as it is in EVE.
names = (
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], include_characters=" ,%/-<>."), min_size=1
    )
    .map(str.strip)
    .filter(bool)
)
operators = st.sampled_from([Operator.ANY, Operator.NOT])


@given(st.lists(st.tuples(operators, names), min_size=1, max_size=4))
def test_names_when_their_field_is_sent_again_then_mean_the_same(terms):
    condition = NameCondition("ship", tuple(Term(operator, name) for operator, name in terms))
    filters = Filters(ListName.ALL, (condition,))
    assert filters_from_query(EMPTY, MultiDict(filter_values(filters))) == filters


@given(names)
def test_name_when_chosen_from_a_list_of_options_then_is_that_name(name):
    chosen = filters_from_query(EMPTY, MultiDict(division=name_text(name)))
    assert chosen.get("division").any_of == (name,)


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("Rifter", "ship/Rifter"),
        (" Rifter , ,Guardian ", "ship/Guardian,Rifter"),
        ("-Rifter", "ship/-Rifter"),
        ("100% sure", "ship/100%25 sure"),
        ("a/b", "ship/a%2Fb"),
        ("a%2Cb", "ship/a%2Cb"),
        (" ", ""),
        (",", ""),
    ],
)
def test_field_when_typed_then_is_read_as_in_a_path(typed, path):
    assert filters_from_query(EMPTY, MultiDict(ship=typed)).path() == path
