"""The units that the build made, and what they ask of systemd."""

import functools
import os
import re
import subprocess
from pathlib import Path

BIN = Path(os.environ.get("MUXTAP_BIN") or Path(__file__).parents[2] / "build/release/bin").resolve()
MADE = BIN.parent / "packaging"


class Unit:
    """A unit file: `unit["Type"]` is the last value, `unit.all("SystemCallFilter")` all of them."""

    def __init__(self, path):
        self.path = path
        self.lines = re.findall(r"^(\w+)=(.*)$", path.read_text(), re.M)

    def __getitem__(self, name):
        return self.all(name)[-1]

    def all(self, name):
        return [value for key, value in self.lines if key == name]

    @property
    def program(self):
        return self["ExecStart"].rsplit("/", 1)[-1]


def units():
    return [Unit(path) for path in sorted(MADE.glob("*/muxtap-*.service"))]


def unit_of(program):
    """Of the sender there are only instances."""
    folder = MADE / program.removeprefix("muxtap-")
    return Unit(next(path for path in (folder / f"{program}.service", folder / f"{program}@.service") if path.exists()))


@functools.cache
def system_calls(group):
    """The names in one of systemd's groups, such as @system-service."""
    shown = subprocess.run(["systemd-analyze", "--no-pager", "syscall-filter", group], capture_output=True, text=True,
                           check=True).stdout
    names = {line.strip() for line in shown.splitlines()[1:] if line.strip() and not line.strip().startswith("#")}
    for nested in {name for name in names if name.startswith("@")}:
        names |= system_calls(nested)
    return names


def allowed_system_calls(unit):
    allowed = set()
    for line in unit.all("SystemCallFilter"):
        groups = set().union(*(system_calls(group) for group in line.lstrip("~").split()))
        allowed = allowed - groups if line.startswith("~") else allowed | groups
    return allowed | {"execve", "exit", "exit_group", "rt_sigreturn", "sigreturn", "arch_prctl"}  # always allowed
