"""The programs under what their units of systemd allow, and what they tell it. No systemd runs here: the test is the
service manager, gives the rights that the unit gives, and looks at what a program does that the unit would forbid."""

import os
import pwd
import re
import shutil
import socket
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from processes import BIN, Program, wait_until
from test_main_path import NAME, SELECT

sys.path.insert(0, str(Path(__file__).parents[1] / "packaging"))
from units import allowed_system_calls, unit_of  # noqa: E402


class ServiceManager:
    """What systemd is to one service: its user's folder, its environment, its rights, and the socket it listens at."""

    def __init__(self, unit):
        self.unit = unit
        self.folder = Path(tempfile.mkdtemp(prefix="muxtap-unit-"))
        self.folder.chmod(0o755)
        self.state = self.folder / "state"
        self.state.mkdir()
        os.chown(self.state, pwd.getpwnam("nobody").pw_uid, -1)
        shutil.copy(BIN / unit.program, self.folder)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(f"{self.folder}/notify")
        (self.folder / "notify").chmod(0o777)
        self.told = []
        # Always listens, as systemd does: what is not read would hold the program up.
        self.listener = threading.Thread(target=self.listen)
        self.listener.start()

    def listen(self):
        while message := self.socket.recv(4096):
            self.told += message.decode().splitlines()

    def close(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as last:
            last.sendto(b"", f"{self.folder}/notify")
        self.listener.join()
        self.socket.close()
        shutil.rmtree(self.folder)

    @property
    def environment(self):
        settings = dict(value.split("=", 1) for value in self.unit.all("Environment"))
        return {**settings, "HOME": str(self.state), "NOTIFY_SOCKET": f"{self.folder}/notify", "WATCHDOG_USEC": "300000"}

    @property
    def command(self):
        """The unit's user and capabilities, in front of the program, and a list of its system calls."""
        bounding = "".join(f",+{name.removeprefix('CAP_').lower()}" for name in
                           self.unit["CapabilityBoundingSet"].split())
        ambient = f"-all{bounding}" if bounding else "-all"
        rights = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups", "--inh-caps", ambient,
                  "--ambient-caps", ambient, "--bounding-set", ambient, "--no-new-privs"]
        # The tracer is a process apart: signals go to the program.
        traced = ["strace", "-D", "-f", "-q", "--signal=none", "-s", "0", "-o", self.folder / "calls"]
        return ["env", "-C", self.state, *traced, *rights, self.folder / self.unit.program]

    def wait_for(self, message, count=1):
        wait_until(lambda: self.told.count(message) >= count, what=f"{count} times {message}")

    def calls(self, pid):
        """(name, line) of each system call of the program that has ended, from its own start on."""
        def text():
            return (self.folder / "calls").read_text(errors="replace")
        wait_until(lambda: re.search(rf"^{pid} +\+\+\+ exited", text(), re.M), what="the tracer's last line")
        lines = text().splitlines()
        first = max(number for number, line in enumerate(lines) if re.match(rf"{pid} +execve\(.* = 0$", line))
        found = []
        for line in lines[first:]:
            call = re.match(r"\d+ +(?:<\.\.\. )?(\w+)(?:\(| resumed)", line)
            if call:
                found.append((call[1], line))
        return found

    def forbidden(self, program):
        """What the program, which has ended, did that the unit would not have let it."""
        calls = self.calls(program.pid)
        assert len(calls) > 20
        allowed = allowed_system_calls(self.unit)
        families = set(self.unit["RestrictAddressFamilies"].split())
        wrong = {name for name, _ in calls if name not in allowed}
        for name, line in calls:
            family = re.search(r"socket\((AF_\w+)", line)
            if family and family[1] not in families:
                wrong.add(f"socket of {family[1]}")
            writes_code = ((name == "mmap" and "PROT_WRITE" in line and "PROT_EXEC" in line) or
                           (name in ("mprotect", "pkey_mprotect") and "PROT_EXEC" in line))
            if writes_code and self.unit["MemoryDenyWriteExecute"] == "yes":
                wrong.add(f"{name} of code")
        return wrong


@pytest.fixture
def manager(wire):
    def made(program):
        return wire.keep(ServiceManager(unit_of(program)))
    return made


def run_as_unit(wire, manager, *arguments):
    return wire.program(*manager.command, "--log-format", "json", *arguments, environment=manager.environment)


def test_the_probe_as_its_unit_runs_it_captures_and_tells_how_it_is(wire, manager, short_film):
    systemd = manager("muxtap-probe")
    probe = run_as_unit(wire, systemd, *SELECT, "--source-device", "rx0", "--ipc-path", f"{systemd.state}/feed",
                        "--log-interval", "50ms")
    systemd.wait_for("READY=1")
    systemd.wait_for("WATCHDOG=1", 3)
    reader = wire.reader(NAME, endpoint=f"ipc://{systemd.state}/feed")
    sent, _ = wire.send(short_film, "--bitrate", "8M")
    reader.wait_for_bytes(NAME, len(sent))
    assert reader.stream(NAME).data == sent
    assert "STATUS=working" in systemd.told
    assert probe.stop() == 0
    systemd.wait_for("STOPPING=1")
    assert systemd.forbidden(probe) == set()


def test_a_probe_that_cannot_work_never_says_that_it_does(wire, manager):
    systemd = manager("muxtap-probe")
    probe = run_as_unit(wire, systemd, *SELECT, "--source-device", "nosuch0")
    assert probe.wait() == 1
    assert "READY=1" not in systemd.told


@pytest.mark.parametrize("program, arguments, made", [
    ("muxtap-record", (), "capture.ts"),
    ("muxtap-metrics", ("--to", "sqlite:metrics.db", "--to", "ndjson:metrics.ndjson"), "metrics.ndjson"),
    ("muxtap-frames", (), "images/*/latest.jpg"),
])
def test_a_worker_as_its_unit_runs_it_works_and_tells_how_it_is(wire, manager, film, program, arguments, made):
    if not (BIN / program).exists():
        pytest.skip(f"NOT TESTED: {program} was not built")
    systemd = manager(program)
    worker = run_as_unit(wire, systemd, *arguments)  # the probe's default port, which is the network's own
    systemd.wait_for("READY=1")
    wire.probe("--input", film, "--pace", "capture", "--wait-subscribers", 1, ready=None)
    worker.wait_for(lambda: any(path.stat().st_size for path in systemd.state.glob(made)), made, 30)
    systemd.wait_for("WATCHDOG=1", 3)
    assert worker.stop(seconds=20) == 0, worker.log_text()
    systemd.wait_for("STOPPING=1")
    assert systemd.forbidden(worker) == set()


def test_the_sender_as_its_unit_runs_it_plays_and_tells_how_it_is(wire, manager, short_film):
    systemd = manager("muxtap-send")
    shutil.copy(short_film, systemd.state / "film.ts")
    probe = wire.probe(*SELECT)
    sender = wire.keep(Program(wire.folder, *wire.sender_side([*systemd.command, "film.ts", "--loop", 0, "--interface",
                                                               "tx0", "--to", f"udp://{NAME}"]),
                               environment=systemd.environment))
    systemd.wait_for("READY=1")
    probe.wait_for(lambda: probe.packets() > 1000, "packets")
    systemd.wait_for("WATCHDOG=1", 3)
    assert sender.stop() == 0, sender.log_text()
    systemd.wait_for("STOPPING=1")
    assert systemd.forbidden(sender) == set()


def test_what_a_unit_forbids_would_be_noticed(wire, manager):
    systemd = manager("muxtap-record")
    recorder = wire.program(*systemd.command[:-1], "/usr/bin/python3", "-c",
                            "import os, socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW); os.chown('.', -1, -1)")
    assert recorder.wait() == 0
    assert {"chown", "socket of AF_NETLINK"} <= systemd.forbidden(recorder)
