"""Every attribute that settings take can be made a link of."""

from __future__ import annotations

import ast
import inspect

from srp_portal.domain.transformable import ATTRIBUTES
from srp_portal.services import transforming


def test_attributes_when_listed_are_those_that_links_are_made_of():
    [table] = (
        node
        for node in ast.walk(ast.parse(inspect.getsource(transforming)))
        if isinstance(node, ast.Dict) and node.keys
    )
    assert sorted(key.value for key in table.keys) == list(ATTRIBUTES)
