"""The units are what systemd understands, as tight as they can be, and fit the files beside them."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from units import BIN, MADE, unit_of, units

NAMES = ["muxtap-frames.service", "muxtap-frames@.service", "muxtap-metrics.service", "muxtap-metrics@.service",
         "muxtap-probe.service", "muxtap-probe@.service", "muxtap-record.service", "muxtap-record@.service",
         "muxtap-send@.service"]


@pytest.fixture(params=units(), ids=lambda unit: unit.path.name)
def unit(request):
    return request.param


def verify(unit, folder, change=lambda text: text):
    """What systemd says of the unit, with the program where the build left it."""
    path = folder / unit.path.name
    path.write_text(change(unit.path.read_text().replace("ExecStart=/usr/bin/", f"ExecStart={BIN}/")))
    return subprocess.run(["systemd-analyze", "verify", "--man=no", path], capture_output=True, text=True)


def test_every_service_has_its_units():
    assert [unit.path.name for unit in units()] == sorted(NAMES)


def test_systemd_has_nothing_to_say_of_a_unit(unit, tmp_path):
    verified = verify(unit, tmp_path)
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")


def test_a_directive_that_systemd_does_not_know_would_be_noticed(tmp_path):
    verified = verify(unit_of("muxtap-probe"), tmp_path, lambda text: text.replace("ProtectHome=", "ProtectHouse="))
    assert "ProtectHouse" in verified.stderr


def test_little_is_left_open(unit):
    most = 2.1 if unit.program == "muxtap-probe" else 1.5
    shown = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", unit.path],
                           capture_output=True, text=True).stdout
    level = re.search(r"Overall exposure level for \S+: ([0-9.]+)", shown)
    assert level, shown
    assert float(level[1]) <= most, shown


def test_only_the_probe_has_a_capability_and_that_is_one(unit):
    expected = "CAP_NET_RAW" if unit.program == "muxtap-probe" else ""
    assert (unit["AmbientCapabilities"], unit["CapabilityBoundingSet"]) == (expected, expected)


def test_it_tells_when_it_works_and_is_restarted_unless_its_settings_are_wrong(unit):
    assert (unit["Type"], unit["NotifyAccess"], unit["Restart"], unit["RestartPreventExitStatus"]) == (
        "notify", "main", "on-failure", "2")
    # Health::longest_turn is 10 s: what hangs is noticed by the program before it is by systemd.
    assert int(unit["WatchdogSec"]) > 10


def test_an_instance_has_settings_and_state_of_its_own(unit):
    program = unit.program
    instance = "-%i" if "@" in unit.path.name else ""
    assert unit["EnvironmentFile"] == f"-/etc/muxtap/{program.removeprefix('muxtap-')}{instance}.env"
    assert unit["StateDirectory"] == program + instance
    assert unit["WorkingDirectory"] == f"%S/{program}{instance}"


@pytest.mark.parametrize("name", ["probe", "record", "frames", "metrics", "send"])
def test_every_setting_of_the_file_is_understood_by_its_program(name, tmp_path):
    text = (MADE / name / f"{name}.env").read_text()
    assert all(line.startswith("#") for line in text.splitlines() if line)
    settings = dict(re.findall(r"^#([A-Z][A-Z0-9_]*)=(.*)$", text, re.M))
    assert len(settings) > 10
    if name == "send":
        settings |= {"SEND_TO": "udp://127.0.0.1:5000"}
    shown = subprocess.run([BIN / f"muxtap-{name}", "--env-file", "/dev/null", "--print-config"], cwd=tmp_path,
                           env={"PATH": os.environ["PATH"], **settings}, capture_output=True, text=True)
    assert shown.returncode == 0, shown.stderr
    from_environment = set(re.findall(r"^(\w+)=.*# environment$", shown.stdout, re.M))
    assert from_environment == {key for key, value in settings.items() if value}


def test_the_scripts_of_the_packages_are_clean():
    scripts = [path for name in ("postinst", "prerm", "postrm") for path in sorted(MADE.glob(f"*/{name}"))]
    assert len(scripts) == 15
    checked = subprocess.run(["shellcheck", *scripts], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
    assert not [path for path in scripts if "@program@" in path.read_text() or "@unit" in path.read_text()]


@pytest.mark.parametrize("name, key, least", [("probe", "net.core.rmem_max", 64 << 20), ("send", "net.core.wmem_max", 4 << 20)])
def test_the_limits_of_socket_buffers_are_what_the_program_asks_for(name, key, least):
    text = (Path(__file__).parents[2] / f"packaging/sysctl/{name}.conf").read_text()
    assert re.findall(r"^([a-z_.]+) = (\d+)$", text, re.M) == [(key, str(least))]
    assert Path("/proc/sys", *key.split(".")).exists()
