"""Completion in a real bash: what the Tab key would offer."""

import subprocess

import pytest

from documents import BIN, PROGRAMS, document

# Bash hands a function the line as words, with = as a word of its own.
ASK = """
set -u
source "$1"
complete -p "$2" >&2
COMP_WORDS=("${@:2}") COMP_CWORD=$(($# - 2))
"_${2//-/_}" "$2" "${!#}" ""
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def offers(tmp_path):
    def ask(program, *words):
        """What is offered for the last of the words."""
        script = tmp_path / program
        script.write_text(document("completion", program))
        bash = subprocess.run(["bash", "-c", ASK, "bash", script, program, *words], cwd=tmp_path, capture_output=True,
                              text=True, check=True)
        assert bash.stderr == f"complete -F _{program.replace('-', '_')} {program}\n"
        return bash.stdout.split()

    return ask


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_flag_of_help_is_offered_and_nothing_else(offers, program):
    text = subprocess.run([BIN / program, "--help"], capture_output=True, text=True, check=True).stdout
    flags = {word.split("[")[0].split()[0] for line in text.splitlines() if line.startswith("  --")
             for word in line.strip().split(", ") if word.startswith("--")}
    assert set(offers(program, "--")) == flags


@pytest.mark.parametrize("words, expected", [
    (["--source-po"], ["--source-port"]),
    (["--no-such"], []),
    (["--capture", ""], ["auto", "afpacket", "pcap", "socket"]),
    (["--capture", "a"], ["auto", "afpacket"]),
    (["--capture", "="], ["auto", "afpacket", "pcap", "socket"]),
    (["--capture", "=", "p"], ["pcap"]),
    (["--drop", ""], ["tei", "null"]),
    (["--source-port", ""], []),
    (["--source-port", "=", "5"], []),
    (["--silent", "="], ["true", "false"]),
    (["--silent", "=", "f"], ["false"]),
    (["--silent", "--debu"], ["--debug"]),
    (["--source-device", "=", "l"], ["lo"]),
    (["--user", "nobod"], ["nobody"]),
    (["--source-ip", "1.2.3.4", "--pace"], ["--pace"]),
])
def test_what_the_probe_offers(offers, words, expected):
    assert offers("muxtap-probe", *words) == expected


def test_a_file_is_offered_where_a_file_belongs(offers, tmp_path):
    (tmp_path / "film.ts").touch()
    (tmp_path / "films").mkdir()
    assert sorted(offers("muxtap-probe", "--input", "fil")) == ["film.ts", "films"]
    assert sorted(offers("muxtap-probe", "--input", "=", "fil")) == ["film.ts", "films"]
    assert sorted(offers("muxtap-analyze", "fil")) == ["film.ts", "films"]
    assert offers("muxtap-analyze", "--plot", "fil") == ["films"]


def test_a_program_without_files_offers_its_flags_at_once(offers):
    assert "--target-ip" in offers("muxtap-record", "")
