"""Man pages: no warnings of groff's, and every option of --help is in them with its default and environment name."""

import os
import re
import subprocess

import pytest

from documents import BIN, PROGRAMS, document

ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "400", "GROFF_NO_SGR": "1", "MANROFFOPT": "-c"}


@pytest.fixture(params=PROGRAMS)
def page(request, tmp_path):
    path = tmp_path / f"{request.param}.1"
    path.write_text(document("man", request.param))
    return path


def rendered(path):
    """The page as a terminal shows it, without overstriking."""
    shown = subprocess.run(["man", "--warnings", "-l", path], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    assert shown.stderr == ""
    return re.sub(".\b", "", shown.stdout)


def options_of_help(program):
    """(flag, text) of each option that --help tells."""
    text = subprocess.run([BIN / program, "--help"], capture_output=True, text=True, check=True).stdout
    parts = re.split(r"^  (?=--)", text.split("\nExamples:")[0], flags=re.M)[1:]
    return [(re.match(r"--[a-z0-9-]+", part)[0], " ".join(part.split())) for part in parts]


def test_neither_man_nor_groff_has_anything_to_warn_of(page):
    rendered(page)
    groff = subprocess.run(["groff", "-ww", "-z", "-man", "-Tutf8", page], capture_output=True, text=True, check=True)
    assert groff.stderr == ""


def test_a_page_that_is_wrong_is_warned_of(tmp_path):
    path = tmp_path / "wrong.1"
    path.write_text(document("man", "muxtap-probe").replace("\\fB", "\\f[NoFont]", 1) + ".NOSUCH\n")
    groff = subprocess.run(["groff", "-ww", "-z", "-man", "-Tutf8", path], capture_output=True, text=True, check=True)
    assert "NOSUCH" in groff.stderr


def test_whatis_finds_the_name_and_the_summary(page):
    found = subprocess.run(["lexgrog", page], capture_output=True, text=True, check=True).stdout
    assert re.search(rf'"{page.stem} - \S.*\S"', found)


def test_every_option_of_help_is_in_the_page(page):
    text = rendered(page)
    options = options_of_help(page.stem)
    assert len(options) > 10
    for flag, described in options:
        entry = re.search(rf"^ +{re.escape(flag)}\b(?!-).*\n(?:(?! {{2,8}}--).+\n)+", text, re.M)
        assert entry, f"{flag} is not in the man page"
        for pattern, wanted in ((r"\[default: ([^\]]*)\]", "Default: {}."), (r"\{([A-Z0-9_]+)\}", "Environment: {}.")):
            told = re.search(pattern, described)
            if told:
                assert wanted.format(told[1]) in entry[0]


def test_every_example_of_help_is_in_the_page(page):
    text = rendered(page)
    shown = subprocess.run([BIN / page.stem, "--help"], capture_output=True, text=True, check=True).stdout
    examples = shown.split("\nExamples:\n")[1].splitlines()
    assert examples
    for example in examples:
        assert example.strip() in text
