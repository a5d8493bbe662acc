"""The folder of fits, as it is at start and as it changes."""

from __future__ import annotations

import logging
import os

import pytest
from srp_portal_doctrine import transformers
from srp_portal_doctrine.library import Library

from srp_portal.plugin import DivisionInfo, SettingError

HOME = DivisionInfo(7, "Home Fleet")


def put(folder, name, *names, at=1):
    """Writes a file with Rifter fits of these names, changed at this second."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(f"[Rifter, {each}]" for each in names), encoding="utf-8")
    os.utime(path, (at, at))
    return path


def names_of(library, division=HOME):
    return [each.fit.name for each in library.doctrines().of(division)]


def test_fits_when_in_folders_then_are_the_divisions_and_those_outside_everybodys(folder):
    put(folder, "b.txt", "everybody's")
    put(folder, "a.EFT", "too")
    put(folder, "home fleet/x.txt", "by name")
    put(folder, "7/x.txt", "by number")
    put(folder, "Other/x.txt", "another's")
    library = Library(folder, None)
    library.check()
    assert names_of(library) == ["by number", "by name", "too", "everybody's"]
    assert names_of(library, DivisionInfo(8, "OTHER")) == ["another's", "too", "everybody's"]
    assert names_of(library, DivisionInfo(9, "New")) == ["too", "everybody's"]


def test_fits_when_a_division_is_named_like_its_number_then_are_there_once(folder):
    put(folder, "7/x.txt", "once")
    assert names_of(Library(folder, None), DivisionInfo(7, "7")) == ["once"]


def test_fits_when_found_then_tell_their_place(folder):
    put(folder, "7/x.txt", "first", "second")
    found = Library(folder, None).doctrines().of(HOME)
    assert [each.place for each in found] == ["7/x.txt:1", "7/x.txt:2"]


def test_files_when_hidden_or_of_another_kind_then_are_left_out(folder):
    put(folder, "fits.txt", "there")
    for name in (".fits.txt", "README.md", ".git/fits.txt", "7/.fits.txt", "7/notes.md"):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("no fit", encoding="utf-8")
    library = Library(folder, None)
    library.check()
    assert names_of(library) == ["there"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"Damage Control II", r"Home Fleet/x\.txt:1: a fit begins with"),
        (b"[Rifter, A]\n[oops]", r"Home Fleet/x\.txt:2: is neither"),
        ("[Rifter, Ä]".encode("utf-16"), r"Home Fleet/x\.txt is not UTF-8 text"),
        (b"[Rifter, A]\n" * 100_000, r"Home Fleet/x\.txt is larger than 1,000,000 bytes"),
    ],
)
def test_start_when_a_file_is_wrong_then_stops_with_its_place(folder, content, why):
    put(folder, "Home Fleet/x.txt").write_bytes(content)
    with pytest.raises(SettingError, match=why) as caught:
        transformers({"folder": str(folder)})
    assert caught.value.name == "folder"


def test_start_when_the_folder_is_missing_then_stops(tmp_path):
    with pytest.raises(SettingError, match="must be a folder"):
        transformers({"folder": str(tmp_path / "nowhere")})


def test_start_when_folders_are_nested_then_stops(folder):
    (folder / "Home Fleet" / "armor").mkdir(parents=True)
    with pytest.raises(SettingError, match="Home Fleet/armor"):
        transformers({"folder": str(folder)})


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "can't be read"), ("A = B\nA", r"accepted\.txt:2: must be")],
)
def test_start_when_the_accepted_modules_are_wrong_then_stops(folder, tmp_path, content, why):
    accept = tmp_path / "accepted.txt"
    if content is not None:
        accept.write_text(content, encoding="utf-8")
    with pytest.raises(SettingError, match=why) as caught:
        transformers({"folder": str(folder), "accept": str(accept)})
    assert caught.value.name == "accept"


def test_portal_when_a_file_is_wrong_then_does_not_start_and_says_what_the_readme_says(
    make_portal, folder
):
    put(folder, "Home Fleet/frigates.txt").write_text("Damage Control II", encoding="utf-8")
    with pytest.raises(ValueError) as caught:
        make_portal({"doctrine.folder": str(folder)})
    assert str(caught.value) == (
        "setting doctrine.folder (or DOCTRINE_FOLDER): Home Fleet/frigates.txt:1:"
        " a fit begins with [Ship, Fit name]"
    )


def test_files_when_changed_added_or_removed_then_are_read_again(folder, tmp_path):
    accept = put(tmp_path, "accepted.txt")
    first = put(folder, "fits.txt", "old")
    library = Library(folder, accept)
    library.check()
    assert names_of(library) == ["old"]
    put(folder, "fits.txt", "new", at=2)
    put(folder, "more.txt", "added")
    accept.write_text("A = B", encoding="utf-8")
    assert names_of(library) == ["new", "added"]
    assert library.doctrines().accepted == {"a": {"b"}}
    first.unlink()
    assert names_of(library) == ["added"]


def test_files_when_unchanged_then_are_not_read_again(folder):
    path = put(folder, "fits.txt", "one")
    library = Library(folder, None)
    first = library.doctrines()
    # As long, and changed at the same moment: only reading it could tell.
    path.write_text("[Rifter, two]", encoding="utf-8")
    os.utime(path, (1, 1))
    assert library.doctrines() is first


def test_file_when_broken_later_then_the_fits_stay_and_the_log_tells_once(folder, caplog):
    put(folder, "fits.txt", "good")
    library = Library(folder, None)
    library.check()
    put(folder, "fits.txt", at=2).write_text("oops", encoding="utf-8")
    with caplog.at_level(logging.ERROR):
        assert [names_of(library) for _ in range(3)] == [["good"]] * 3
    [record] = caplog.records
    assert "doctrine.folder: fits.txt:1: a fit begins" in record.getMessage()
    put(folder, "fits.txt", "better", at=3)
    assert names_of(library) == ["better"]


def test_folder_when_gone_later_then_the_fits_stay_and_the_log_tells_once(folder, caplog):
    put(folder, "fits.txt", "good")
    library = Library(folder, None)
    library.check()
    away = folder.rename(folder.with_name("away"))
    with caplog.at_level(logging.ERROR):
        assert [names_of(library) for _ in range(3)] == [["good"]] * 3
    assert len(caplog.records) == 1
    away.rename(folder)
    assert names_of(library) == ["good"]
    folder.rename(away)
    assert names_of(library) == ["good"]
    assert len(caplog.records) == 2
