"""What the oracle tests of muxtap-analyze share: how it is run, and where the streams of others lie."""

import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))

from media import shared  # noqa: E402
from slow_reader import crc32_mpeg  # noqa: E402

SKIP_EXIT_CODE = 77  # what CMakeLists.txt tells ctest
ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("MUXTAP_BIN", ROOT / "build/dev/bin")) / "muxtap-analyze"


def run(*arguments):
    if not PROGRAM.exists():
        pytest.skip("NOT TESTED: muxtap-analyze is not built")
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, timeout=60)


def report_of(*arguments):
    """The one report of a run with --json."""
    ended = run("--json", *arguments)
    assert ended.returncode == 0, ended.stderr.decode()
    (record,) = [json.loads(line) for line in ended.stdout.splitlines()]
    return record["report"]


def events_of(*arguments):
    ended = run("--json", "--events", *arguments)
    assert ended.returncode == 0, ended.stderr.decode()
    return [json.loads(line) for line in ended.stdout.splitlines()]


def stream(name):
    """A file of the reference streams: "test-012.ts" lies in the folder test-012."""
    path = shared("streams", name[:8], name)
    if path is None:
        pytest.skip(f"NOT TESTED: ../shared/streams/{name[:8]}/{name} is not here")
    return path


def pids_of(report):
    return {pid["pid"]: pid for pid in report["pids"]}


def programs_of(report):
    return {program["program_number"]: program for program in report["programs"]}


def section_packet(pid, section, counter=0):
    return (struct.pack(">BHBB", 0x47, 0x4000 | pid, 0x10 | counter, 0) + section).ljust(188, b"\xff")


def long_section(table_id, extension, body):
    head = struct.pack(">BHHBBB", table_id, 0xB000 | len(body) + 9, extension, 0xC1, 0, 0)
    return head + body + struct.pack(">I", crc32_mpeg(head + body))


def described(path, streams, folder):
    """The file behind a PAT and a PMT of program 1 on PID 0x1F00 that lists (PID, stream_type, descriptors): for
    streams that were cut out of a program."""
    entries = b"".join(struct.pack(">BHH", kind, 0xE000 | pid, 0xF000 | len(more)) + more for pid, kind, more in streams)
    pat = long_section(0, 1, struct.pack(">HH", 1, 0xFF00))
    pmt = long_section(2, 1, struct.pack(">HH", 0xFFFF, 0xF000) + entries)
    made = Path(folder) / path.name
    made.write_bytes(section_packet(0, pat) + section_packet(0x1F00, pmt) + path.read_bytes())
    return made


# --- a skipped test is never green


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus == 0 and reporter.stats.get("skipped") and os.environ.get("MUXTAP_SKIP_IS_VISIBLE"):
        session.exitstatus = SKIP_EXIT_CODE
