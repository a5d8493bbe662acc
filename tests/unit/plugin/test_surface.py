"""The public surface as a whole: what it loads, what it names, which hooks there are."""

from __future__ import annotations

import inspect
import pickle
import subprocess
import sys

import pytest

import srp_portal.plugin
from srp_portal.plugin import (
    API_VERSION,
    KillmailSource,
    SettingError,
    SubmissionRejected,
    hookspecs,
)
from srp_portal.plugin.errors import PluginError
from srp_portal.plugin.markers import PROJECT_NAME

HOOKS = {
    "killmail_sources": ["settings"],
    "base_payout": ["killmail", "division", "context"],
    "payout_modifiers": ["killmail", "division", "submitter", "context"],
    "review_flags": ["killmail", "division", "submitter", "context"],
    "request_panels": ["killmail", "division", "context"],
    "validate_submission": ["killmail", "division", "submitter", "context"],
    "request_changed": ["event", "context"],
    "transformers": ["settings"],
    "includeme": ["config"],
}

_IMPORT = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"pyramid", "sqlalchemy", "webob", "zope", "requests", "urllib3"}:
            raise ImportError(name + " is blocked")
sys.meta_path.insert(0, Blocked())
import srp_portal, srp_portal.plugin, srp_portal.testing.killmails
allowed = {"srp_portal", "srp_portal.plugin", "srp_portal.domain", "srp_portal.testing"}
ours = {name for name in sys.modules if name.partition(".")[0] == "srp_portal"}
rooms = {".".join(name.split(".")[:2]) for name in ours}
assert rooms <= allowed, rooms
"""


def test_import_when_web_and_database_are_blocked_then_works():
    subprocess.run([sys.executable, "-c", _IMPORT], check=True, timeout=60)


def test_api_version_when_read_then_is_one():
    assert (API_VERSION, PROJECT_NAME) == (1, "srp_portal")


def test_names_when_exported_then_exist_and_are_sorted():
    names = srp_portal.plugin.__all__
    assert sorted(names) == names
    assert all(hasattr(srp_portal.plugin, name) for name in names)


@pytest.mark.parametrize("hook", HOOKS)
def test_hook_when_specified_then_takes_the_arguments_of_the_contract(hook):
    specification = getattr(hookspecs, hook)
    assert list(inspect.signature(specification).parameters) == HOOKS[hook]
    assert specification.__doc__
    assert hasattr(specification, f"{PROJECT_NAME}_spec")


def test_hooks_when_listed_then_are_those_of_the_contract():
    found = {
        name for name in dir(hookspecs) if hasattr(getattr(hookspecs, name), f"{PROJECT_NAME}_spec")
    }
    assert found == set(HOOKS)


@pytest.mark.parametrize(
    "name", ["KillmailNotFound", "KillmailUnverified", "SourceUnavailable", "SubmissionRejected"]
)
def test_error_when_raised_then_carries_its_message(name):
    error = getattr(srp_portal.plugin, name)("why")
    assert isinstance(error, PluginError)
    assert (error.message, str(error)) == ("why", "why")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("nul\x00 and \ud800", "nul and "),
        (ValueError("why"), "why"),
        ("x" * 2000, "x" * 999 + "…"),
        ("two\nlines", "two\nlines"),
    ],
    ids=["control characters", "an error", "long", "lines"],
)
def test_error_when_its_message_is_odd_then_is_plain_text(given, shown):
    error = SubmissionRejected(given)
    assert error.message == str(error) == shown
    assert pickle.loads(pickle.dumps(error)).message == shown


def test_setting_error_when_raised_then_is_one_line_that_begins_with_the_name():
    error = SettingError("value", "must be\none of a\x00, b")
    assert (error.name, error.why) == ("value", "must be one of a, b")
    assert str(error) == str(pickle.loads(pickle.dumps(error))) == "value: must be one of a, b"
    assert isinstance(error, ValueError)


def test_source_when_it_has_all_members_then_is_a_killmail_source():
    class Source:
        name = "Board"
        description = "Links"
        hosts = ()

        def matches(self, url):
            return False

        def fetch(self, url, context):
            raise NotImplementedError

    assert isinstance(Source(), KillmailSource)
    assert not isinstance(object(), KillmailSource)
