"""docs/esi.md: its application runs, its examples give what they show, its names are complete."""

from __future__ import annotations

import configparser
import doctest
import importlib
import inspect
import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from pyramid.scripting import prepare
from sqlalchemy import func, select
from sqlalchemy import inspect as mapper_of
from webtest import TestApp

import srp_portal.esi
from srp_portal.esi import Operation, configuration, errors, models, tasks
from srp_portal.esi.catalogue.model import restore
from srp_portal.esi.models import CallbackRedirect, Scope, Token, metadata
from srp_portal.esi.queries import TokenQuery
from srp_portal.sandbox import Sandbox

PAGE = "docs/esi.md"
MIRA, TOBIN = 2112000101, 2112000102
INCLUDE = '    config.include("srp_portal.esi", route_prefix="/sso")\n'
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
#: What stands for a name in the examples where nobody writes the name itself.
WRITTEN = {"includeme": 'config.include("srp_portal.esi"'}


@pytest.fixture(scope="module")
def page(pages):
    return pages[PAGE]


@pytest.fixture(scope="module")
def universe():
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def clean_universe(universe):
    universe.reset()


@pytest.fixture
def folder(page, tmp_path, monkeypatch):
    """A folder with the documents' application, which is also the current one."""
    package = tmp_path / "myapp"
    package.mkdir()
    [module] = page.blocks("application")
    views = [*page.blocks("views"), *page.blocks("port")]
    (package / "__init__.py").write_text(module)
    (package / "views.py").write_text("\n\n".join(views))
    (package / "providers.py").write_text(page.blocks("python")[0])
    (package / "cleanup.py").write_text("".join(page.blocks("cron")))
    (tmp_path / "myapp.ini").write_text("".join(page.blocks("ini")))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    for name in [name for name in sys.modules if name.split(".")[0] == "myapp"]:
        del sys.modules[name]


@pytest.fixture
def make(folder, universe):
    """Makes the application of the folder, with the sandbox for EVE."""
    made = []

    def make():
        ini = configparser.RawConfigParser()
        ini.read("myapp.ini")
        ini["app:main"].update(universe.settings())
        ini["app:main"]["esi.sandbox"] = "true"
        ini["app:main"]["esi.sso_callback_url"] = "http://localhost/sso/callback"
        with Path("myapp.ini").open("w") as file:
            ini.write(file)
        settings = {name: value for name, value in ini["app:main"].items() if name != "use"}
        app = importlib.import_module("myapp").main({}, **settings)
        made.append(engine_of(app))
        metadata.create_all(made[-1])
        return app

    yield make
    for engine in made:
        engine.dispose()


def engine_of(app):
    return app.registry["esi.session_factory"].kw["bind"]


class Person:
    """Somebody with a browser, who knows their way at EVE."""

    def __init__(self, app, universe):
        self.browser = TestApp(app)
        self._universe = universe

    def get(self, path, character_id=None, status=200):
        """What comes in the end, with this character wherever EVE asks."""
        return self.follow(self.browser.get(path, expect_errors=True), character_id, status)

    def follow(self, answer, character_id=None, status=200):
        """What an answer leads to in the end."""
        while answer.status_int == 303:
            location = answer.location
            if "/v2/oauth/authorize" in location:
                location = self._universe.approve(location, character_id)
            answer = self.browser.get(location, expect_errors=True)
        assert answer.status_int == status, answer.text
        return answer


@pytest.fixture
def app(make):
    return make()


@pytest.fixture
def person(app, universe):
    return Person(app, universe)


def rows(app, model):
    with app.registry["esi.session_factory"]() as session:
        return session.scalar(select(func.count()).select_from(model))


def test_application_when_written_as_shown_then_people_log_in(app, person):
    home = person.get("/login", MIRA)
    assert (home.json["players"] > 0, home.json["you"] is not None) == (True, True)
    assert rows(app, Token) == rows(app, CallbackRedirect) == 0


def test_views_when_written_as_shown_then_they_get_their_tokens(app, person):
    assert "authorize" in person.browser.get("/guest", status=303).location
    assert person.browser.get("/medals", status=303).location == "http://localhost/login"
    assert person.get("/guest", TOBIN).json[0] == "Tobin Arkwright"
    assert rows(app, Token) == 0
    person.get("/login", MIRA)
    first = person.get("/medals", MIRA)
    assert first.json[0]["title"]
    choice = person.get("/move")
    assert "Mira Solenne" in choice.text
    again = choice.form.submit().follow()
    assert again.json == {"medals": first.json}
    assert list(person.get("/places", MIRA).json) == ["Mira Solenne"]
    assert person.get("/ship", MIRA).json["ship_type_id"] > 0


def test_stacked_view_when_written_as_shown_then_it_gets_both_tokens(person):
    person.get("/login", MIRA)
    person.get("/medals", MIRA)
    choice = person.get("/fitter")
    assert person.follow(choice.form.submit(), TOBIN).json == ["Mira Solenne", "Tobin Arkwright"]


def test_form_when_written_as_shown_then_only_an_own_token_sends(person, app, universe):
    person.get("/login", MIRA)
    form = person.get("/mail", MIRA).form
    form["subject"] = "Fleet"
    assert form.submit().json > 0
    other = Person(app, universe)
    other.get("/login", TOBIN)
    stolen = {"token": form["token"].value, "subject": "Fleet"}
    assert other.browser.post("/mail", stolen, status=303).location.endswith("/login")


def test_error_view_when_written_as_shown_then_it_tells_what_went_wrong(person, universe):
    person.get("/login", MIRA)
    away = person.browser.get("/connect")
    refused = person.get(universe.refuse(away.location), status=403).json
    assert (refused["login"], refused["again"]) == ("connect", "/")
    assert "cancelled" in refused["problem"]
    assert person.get("/sso/callback?state=unknown&code=1", status=400).json["again"] is None


def test_page_of_choice_when_written_as_shown_then_it_takes_the_plain_ones_place(
    folder, make, page, universe
):
    [block], [template] = page.blocks("choice"), page.blocks("template")
    module = folder / "myapp" / "__init__.py"
    text = module.read_text()
    assert text.count(INCLUDE) == 1
    own = "".join(f"    {line}\n" for line in block.splitlines())
    session = (
        "    from pyramid.session import SignedCookieSessionFactory\n"
        '    config.set_session_factory(SignedCookieSessionFactory("secret"))\n'
        "    config.set_default_csrf_options(require_csrf=True)\n"
    )
    module.write_text(text.replace(INCLUDE, session + own + INCLUDE))
    (folder / "myapp" / "choose.jinja2").write_text(template)
    person = Person(make(), universe)
    person.get("/login", MIRA)
    first = person.get("/medals", MIRA)
    choice = person.get("/medals")
    assert f'title="{MIRA}">Mira Solenne' in choice.text
    assert "esi-characters.read_medals.v1" in choice.text
    assert choice.form.submit("_token").follow().json == first.json
    forged = {"ticket": choice.form["ticket"].value, "_add": "1"}
    assert person.browser.post("/sso/select_token", forged, expect_errors=True).status_int == 400


SECTIONS = (
    "The ESI layer",
    "Tokens",
    "Calling ESI",
    "Versions and specifications",
    "Cache, limits and retries",
    "Errors",
    "Types",
    "Cleaning the database",
    "Coming from django-esi",
)


def sections(page):
    """Chapters by their headings, each with its examples in Python: (kind, text, line)."""
    found = {}
    for chapter in re.split(r"^(?=##? )", page.text, flags=re.MULTILINE)[1:]:
        heading = chapter.split("\n", 1)[0].lstrip("# ")
        examples = re.findall(
            r"^<!-- tested: (python|pycon) -->\n```\w+\n(.*?)^```$",
            chapter,
            re.MULTILINE | re.DOTALL,
        )
        if examples:
            found[heading] = examples
    return found


def test_chapters_when_they_have_examples_then_all_are_run(page):
    assert tuple(sections(page)) == SECTIONS


@pytest.fixture
def given(app, person, universe):
    """What the page says is there in its examples."""
    person.get("/login", MIRA)
    person.get("/connect", MIRA)
    env = prepare(registry=app.registry)
    dbsession = app.registry["esi.session_factory"]()
    universe.clear_log()
    yield {
        "esi": None,
        "app": app,
        "browser": person.browser,
        "registry": app.registry,
        "request": env["request"],
        "sandbox": universe,
        "dbsession": dbsession,
        "token": dbsession.scalars(select(Token)).one(),
        "Token": Token,
    }
    dbsession.close()
    env["closer"]()


@pytest.mark.parametrize("chapter", SECTIONS)
def test_examples_when_typed_then_they_give_what_is_shown(page, given, chapter):
    names = dict(given)
    [(_, first), *_] = sections(page)["The ESI layer"]
    exec(compile(first, PAGE, "exec"), names)  # makes `esi`
    told = []
    for number, (kind, text) in enumerate(sections(page)[chapter]):
        if kind == "python":
            exec(compile(text, PAGE, "exec"), names)
        else:
            name = f"{chapter}, example {number}"
            test = doctest.DocTestParser().get_doctest(text, names, name, PAGE, 0)
            test.globs = names
            runner = doctest.DocTestRunner(optionflags=FLAGS)
            runner.run(test, out=told.append, clear_globs=False)
    assert told == [], "".join(told)


def runnable(page):
    """All text that the tests run."""
    blocks = re.findall(
        r"^<!-- tested: \S+ -->\n```\w+\n(.*?)^```$", page.text, re.MULTILINE | re.DOTALL
    )
    return "\n".join(blocks)


def has_example(page, name):
    pattern = re.escape(WRITTEN[name]) if name in WRITTEN else rf"\b{re.escape(name)}\b"
    return re.search(pattern, runnable(page)) is not None


def first_names(page, *headings):
    """The names that the first column of a table lists, without their parameters."""
    cells = [cell for cell, *_ in page.table(*headings)]
    return [name for cell in cells for name in re.findall(r"`(\w+)[^`]*`", cell)]


def public(module, kind):
    return {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and kind(value) and value.__module__ == module.__name__
    }


def members(cls):
    """Columns, relations, properties and methods of a model, or methods of another class."""
    own = {
        name
        for name, value in vars(cls).items()
        if not name.startswith("_") and isinstance(value, property | classmethod | type(members))
    }
    return own | set(mapper_of(cls).attrs.keys() if issubclass(cls, models.Base) else ())


def test_names_when_documented_are_all_that_are_public(page):
    listed = first_names(page, "name", "is")
    assert sorted(listed) == sorted(srp_portal.esi.__all__)
    assert [name for name in listed if not has_example(page, name)] == []


def test_signatures_when_documented_are_those_of_the_code(page):
    wrong = []
    for cell, *_ in page.table("name", "is"):
        name, told = re.fullmatch(r"`(\w+)(?:\((.*)\))?`", cell).groups()
        value = getattr(srp_portal.esi, name)
        if told is not None and told != signature(value):
            wrong.append(f"{name}({signature(value)})")
    assert wrong == []


def signature(function):
    """Parameters as a caller sees them, without types."""
    plain = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for parameter in inspect.signature(function).parameters.values()
    ]
    return str(inspect.Signature(plain))[1:-1].replace("'", '"')


def test_errors_when_documented_are_all_there_are(page):
    listed = first_names(page, "error", "when", "what to do")
    assert sorted(listed) == sorted(public(errors, inspect.isclass))
    assert [name for name in listed if not has_example(page, name)] == []


@pytest.mark.parametrize(
    ("cls", "said"),
    [(Token, "is"), (Scope, "is"), (CallbackRedirect, "is"), (TokenQuery, "gives")],
)
def test_members_when_documented_are_all_there_are(page, cls, said):
    listed = first_names(page, f"of `{cls.__name__}`", said)
    assert sorted(listed) == sorted(members(cls))
    assert [name for name in listed if not has_example(page, name)] == []


def test_modules_when_documented_have_what_is_said(page):
    [told] = re.findall(r"`srp_portal.esi.models` has (.*?), see", page.text)
    names = set(re.findall(r"`(\w+)`", told))
    assert names == {"metadata", "Token", "Scope", "CallbackRedirect"}
    assert all(hasattr(models, name) and has_example(page, name) for name in names)
    listed = first_names(page, "task", "does", "how often")
    assert sorted(listed) == sorted(public(tasks, inspect.isfunction))


def test_dotted_names_when_written_then_they_are_there(page):
    prose = re.sub(r"```.*?```", "", page.text, flags=re.DOTALL)
    missing = []
    for dotted in set(re.findall(r"`(srp_portal(?:\.\w+)+)`", prose)):
        module, _, name = dotted.rpartition(".")
        is_task = dotted in {
            "srp_portal.esi.cleanup_token",
            "srp_portal.esi.cleanup_callbackredirect",
        }
        if not is_task and not hasattr(importlib.import_module(module), name):
            missing.append(dotted)
    assert missing == []


def test_routes_when_documented_are_those_that_there_are(page, app):
    told = set(re.findall(r"route `(esi\.\w+)`", page.text))
    found = {
        each["introspectable"]["name"]
        for each in app.registry.introspector.get_category("routes")
        if each["introspectable"]["name"].startswith("esi.")
    }
    assert told == found


def test_registry_keys_when_documented_are_those_that_are_read(page):
    told = set(re.findall(r'`registry\["(esi\.\w+)"\]`', page.text))
    keys = {configuration.SESSION_FACTORY, configuration.APP_INFO, configuration.CHOICE_RENDERER}
    assert told == keys
    assert all(has_example(page, key.removeprefix("esi.")) for key in keys)


def test_parameters_of_operations_when_documented_are_those_of_the_code(page):
    listed = first_names(page, "option", "means")
    for method in (Operation.result, Operation.results, Operation.records):
        assert sorted(listed) == sorted(set(inspect.signature(method).parameters) - {"self"})
    listed = first_names(page, "parameter", "of both")
    both = set()
    for callable_ in (srp_portal.esi.EsiClientProvider, srp_portal.esi.esi_client_factory):
        both |= set(inspect.signature(callable_).parameters)
    assert set(listed) == (both - {"resource_versions"}) | {"Universe"}


def test_players_when_the_first_example_runs_then_a_number(page, given):
    names = {}
    exec(compile(page.blocks("python")[0], PAGE, "exec"), names)
    assert names["players"]() > 0


def test_types_when_cast_as_shown_then_the_old_operations_are_there(page, given):
    names = {}
    [(_, block)] = sections(page)["Types"]
    exec(compile(block, PAGE, "exec"), names)
    assert names["rifter"].result()["name"] == "Rifter"
    assert repr(names["bookmarks"]) == "<Operation get_characters_character_id_bookmarks>"


def test_pshell_when_typed_then_it_shows_what_is_there(page, app, folder):
    [block] = page.blocks("pshell")
    examples = doctest.DocTestParser().get_examples(block)
    mark = "--- example"
    script = "".join(f"{each.source}print({mark!r})\n" for each in examples)
    done = subprocess.run(
        [Path(sys.executable).parent / "pshell", "-p", "python", "myapp.ini"],
        input=script,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    # Before each answer is the prompt that it was typed at, and that of the mark before.
    answers = [each.replace(">>> ", "").lstrip() for each in done.stdout.split(mark)[:-1]]
    assert len(answers) == len(examples), done.stdout
    answers[0] = ""  # what the shell says of itself, and of an assignment nothing
    checker = doctest.OutputChecker()
    for each, answer in zip(examples, answers, strict=True):
        assert checker.check_output(each.want, answer, FLAGS), (each.source, answer, done.stderr)


def test_migrations_when_env_is_as_shown_then_alembic_makes_the_tables(page, folder):
    from alembic.config import Config

    from alembic import command

    config = Config()
    config.set_main_option("script_location", str(folder / "migrations"))
    config.set_main_option("sqlalchemy.url", f"sqlite:///{folder}/migrated.sqlite")
    config.config_file_name = str(folder / "alembic.ini")
    command.init(config, str(folder / "migrations"))
    env = folder / "migrations" / "env.py"
    [block] = page.blocks("alembic")
    assert "target_metadata = None" in env.read_text()
    env.write_text(env.read_text().replace("target_metadata = None", block))
    config.config_file_name = None
    command.revision(config, "esi", autogenerate=True)
    command.upgrade(config, "head")
    command.check(config)
    [written] = (folder / "migrations" / "versions").glob("*.py")
    named = re.findall(r"`(esi_\w+)`", page.text.split("### Tables and migrations")[1][:400])
    assert sorted(named) == sorted(metadata.tables)
    assert all(f"'{name}'" in written.read_text() for name in named)


def test_catalogue_when_made_as_shown_then_a_catalogue_and_its_stub(page, universe, tmp_path):
    for address in ("meta/openapi.json", "latest/swagger.json"):
        with urllib.request.urlopen(f"{universe.url}/esi/{address}") as answer:
            (tmp_path / Path(address).name).write_bytes(answer.read())
    [block] = page.blocks("catalogue")
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    subprocess.run(
        ["sh", "-ec", block],
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
        timeout=120,
        check=True,
    )
    made = restore(json.loads((tmp_path / "operations.json").read_text()))
    assert "get_universe_types_type_id" in made.resources["Universe"]
    assert "class Resources:" in (tmp_path / "resources.pyi").read_text()


def test_cron_when_run_as_shown_then_it_cleans(app, folder):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "myapp.cleanup", "myapp.ini"],
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout == "TokenCleanup(renewed=0, deleted=0, left=0)\n"


def test_celery_when_written_as_shown_then_both_tasks_clean(page, app, person, folder):
    person.browser.get("/guest", status=303)
    (folder / "tasks.py").write_text(page.blocks("celery")[0])
    script = (
        "import tasks\n"
        "sent = sorted(each['task'] for each in tasks.app.conf.beat_schedule.values())\n"
        "print({name: tasks.app.tasks[name].apply().get() for name in sent})\n"
    )
    # By itself: Celery gives tasks to every application of a process.
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout == "{'myapp.callbacks': 0, 'myapp.tokens': 0}\n"
    assert rows(app, CallbackRedirect) == 1


def test_tests_when_written_as_shown_then_they_pass(page, folder):
    (folder / "test_myapp.py").write_text(page.blocks("pytest")[0])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_myapp.py"],
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
