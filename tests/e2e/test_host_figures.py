"""What the probe tells of its host, against what other programs say of it."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import jsonschema
import pytest

from conftest import GROUP, PORT, needs_root
from processes import BIN, PATIENCE, clean_environment, wait_until
from test_main_path import NAME, SELECT

SCHEMA = Path(__file__).resolve().parents[2] / "proto/schema/feed-info-1.json"
# A probe that needs no root and hears nothing: the figures are not about its stream.
QUIET = ("--capture", "socket", "--source-ip", "127.0.0.1", "--source-port", PORT)
QUIET_NAME = f"127.0.0.1:{PORT}"


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True, env=clean_environment(LC_ALL="C")).stdout


class Figures:
    """The newest that a probe has told."""

    def __init__(self, reader, name):
        self.infos = reader.stream(name).infos

    def newest(self):
        return next((info["host"] for info in reversed(self.infos) if "host" in info), None)

    def wait(self, agree=lambda host: True, seconds=PATIENCE, what="figures"):
        """Waits for figures that agree: what is measured at two moments may differ while the host is busy."""
        def seen():
            host = self.newest()
            return host if host is not None and agree(host) else None
        return wait_until(seen, seconds, what)

    def next(self):
        """Figures that are taken after this call."""
        called = time.time_ns()
        return self.wait(lambda host: host["time_ns"] > called)


@pytest.fixture
def figures(local):
    local.probe(*QUIET)
    return Figures(local.reader(QUIET_NAME), QUIET_NAME)


def near(given, expected, tolerance):
    return abs(given - expected) <= tolerance


def test_what_the_host_is(figures):
    host = figures.wait()
    assert host["host_name"] == output_of("uname", "-n").strip()
    assert host["kernel_version"] == output_of("uname", "-r").strip()
    assert host["architecture"] == output_of("uname", "-m").strip()
    assert host["core_count"] == int(output_of("getconf", "_NPROCESSORS_ONLN"))
    system = output_of("sh", "-c", '. /etc/os-release; echo "$NAME"; echo "$VERSION_ID"').splitlines()
    assert [host["system_name"], host["os_version"]] == system
    age = time.time() - host["time_ns"] / 1e9
    assert 0 <= age < 5
    assert near(host["uptime_ns"] / 1e9 + age, float(Path("/proc/uptime").read_text().split()[0]), 1)
    booted = next(int(line.split()[1]) for line in Path("/proc/stat").read_text().splitlines()
                  if line.startswith("btime"))
    assert near(host["boot_time_ns"] / 1e9, booted, 2)


def test_memory_and_load(figures):
    def agrees(host):
        lines = output_of("free", "-b").splitlines()
        columns = lines[0].split()
        memory, swap = ([int(number) for number in line.split()[1:]] for line in lines[1:3])
        assert host["memory_total_bytes"] == memory[columns.index("total")]
        assert host["swap_total_bytes"] == swap[columns.index("total")]
        used = memory[columns.index("total")] - memory[columns.index("available")]
        loads = zip((host["load_1m"], host["load_5m"], host["load_15m"]), os.getloadavg())
        return (near(host["memory_used_bytes"], used, 32 << 20) and
                near(host["swap_used_bytes"], swap[columns.index("used")], 32 << 20) and
                all(near(given, expected, 0.1) for given, expected in loads))
    figures.wait(agrees, what="what free(1) and getloadavg(3) say")


def test_files_in_memory_count_as_used(figures, tmp_path):
    needs_root("a tmpfs")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600m", "tmpfs", tmp_path], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip(f"NOT TESTED: a tmpfs needs a mount: {mounted.stderr.decode()}")
    try:
        before = figures.wait()["memory_used_bytes"]
        (tmp_path / "file").write_bytes(bytes(512 << 20))
        figures.wait(lambda host: host["memory_used_bytes"] > before + (400 << 20), what="512 MB more in use")
    finally:
        subprocess.run(["umount", "-l", tmp_path], check=True)


def busy_and_all():
    """Ticks of all processors since the start of the host."""
    fields = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return sum(fields) - fields[3] - fields[4], sum(fields)


def test_busy_processors(figures):
    """Each share is about the second before: it is held against the kernel's count over nearly the same second."""
    close = []
    for _ in range(20):
        first = figures.next()
        before = busy_and_all()
        second = figures.next()
        after = busy_and_all()
        assert 0.5e9 < second["time_ns"] - first["time_ns"] < 3e9
        share = (after[0] - before[0]) / max(after[1] - before[1], 1)
        close.append(abs(second["cpu_share"] - share))
        if len(close) >= 3 and sorted(close)[len(close) // 2] < 0.1:
            return
    pytest.fail(f"shares are off by {close}")


def test_a_busy_process_is_told_first_with_its_name_and_memory(local, figures):
    busy = local.folder / "odd) (name"
    shutil.copy(shutil.which("yes"), busy)
    program = subprocess.Popen([busy], stdout=subprocess.DEVNULL)
    try:
        def told(host):
            return next((process for process in host["processes"] if process["pid"] == program.pid), None)
        # A first look can have caught no more than its start.
        host = figures.wait(lambda host: (told(host) or {"cpu_share": 0})["cpu_share"] > 0.05, what="the busy process")
        process = told(host)
        assert process["name"] == "odd) (name"
        assert process["cpu_share"] < 1.1
        resident = next(int(line.split()[1]) << 10 for line in
                        Path(f"/proc/{program.pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
        assert near(process["resident_bytes"], resident, 1 << 20)
    finally:
        program.kill()
        program.wait()
    shares = [process["cpu_share"] for process in host["processes"]]
    assert shares == sorted(shares, reverse=True) and len(shares) <= 10


def test_the_number_of_processes(figures):
    def agrees(host):
        return near(host["process_count"], sum(entry.isdigit() for entry in os.listdir("/proc")), 5)
    figures.wait(agrees, seconds=30, what="the number of processes in /proc")


def test_disks_are_those_that_df_shows(figures):
    def rows():
        lines = output_of("df", "-B1", "--output=target,source,size,avail").splitlines()[1:]
        for line in lines:
            target, source, size, available = line.rsplit(maxsplit=3)
            yield target, (source, int(size.replace("-", "0")), int(available.replace("-", "0")))

    def agrees(host):
        shown = dict(rows())
        for disk in host["disks"]:
            source, size, available = shown[disk["mount_point"]]
            assert (disk["device"], disk["total_bytes"]) == (source, size)
            assert disk["removable"] in (False, True)
            if not near(disk["available_bytes"], available, 256 << 20):
                return False
        return True
    host = figures.wait(agrees, what="what df(1) shows")
    devices = [disk["device"] for disk in host["disks"]]
    assert len(devices) == len(set(devices))
    root = dict(rows()).get("/")
    if root and (root[0].startswith("/dev/") or root[0] == "overlay"):
        assert "/" in [disk["mount_point"] for disk in host["disks"]]
    assert not any(disk["mount_point"].startswith(("/proc", "/sys", "/dev")) for disk in host["disks"])


# What ip(8) and the probe call the same.
COUNTERS = {"received_bytes": ("rx", "bytes"), "transmitted_bytes": ("tx", "bytes"),
            "received_packets": ("rx", "packets"), "transmitted_packets": ("tx", "packets"),
            "receive_errors": ("rx", "errors"), "transmit_errors": ("tx", "errors")}


def counters_by_ip(wire):
    links = json.loads(output_of(*wire.network.tap.inside, "ip", "-s", "-j", "link"))
    return {link["ifname"]: {ours: link["stats64"][side][key] for ours, (side, key) in COUNTERS.items()}
            for link in links}


def counters_told(host):
    return {interface["name"]: {key: interface[key] for key in COUNTERS} for interface in host["interfaces"]}


def test_interfaces_count_what_was_sent(wire, short_film):
    wire.probe(*SELECT)
    figures = Figures(wire.reader(NAME), NAME)
    start = counters_told(figures.wait())
    sent, _ = wire.send(short_film, "--bitrate", "60M")
    before = counters_by_ip(wire)
    told = counters_told(figures.next())
    after = counters_by_ip(wire)
    assert told.keys() == before.keys() == {"lo", "rx0"}
    for name in told:
        for key in COUNTERS:
            assert before[name][key] <= told[name][key] <= after[name][key], (name, key)
    datagrams = len(sent) / (7 * 188)
    new = {key: told["rx0"][key] - start["rx0"][key] for key in COUNTERS}
    assert new["received_packets"] >= datagrams
    # Ethernet, IPv4 and UDP headers; a few frames of the network's own are tolerated.
    assert near(new["received_bytes"], len(sent) + datagrams * 42, 5000)
    assert (new["receive_errors"], new["transmit_errors"]) == (0, 0)


def test_every_status_fits_its_schema_and_all_streams_say_the_same(local):
    names = [f"stream-{number}" for number in range(4)]
    streams = [part for number, name in enumerate(names)
               for part in ("--stream", f"{name}=udp://127.0.0.1:{PORT + number}")]
    local.probe("--capture", "socket", *streams)
    reader = local.reader(*names)
    for name in names:
        Figures(reader, name).wait()
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))
    told = {}
    for name in names:
        for info in list(reader.stream(name).infos):
            validator.validate(info)
            if "host" in info:
                told.setdefault(info["host"]["time_ns"], []).append(info["host"])
    assert all(host == hosts[0] for hosts in told.values() for host in hosts)
    assert max(len(hosts) for hosts in told.values()) >= len(names)


def test_figures_are_not_told_on_request(local):
    local.probe(*QUIET, "--host-figures=false")
    infos = local.reader(QUIET_NAME).stream(QUIET_NAME).infos
    wait_until(lambda: len(infos) >= 3, what="three statuses")
    assert not any("host" in info for info in infos)


def test_what_cannot_be_read_is_left_out_said_once_and_nothing_else(local):
    needs_root("hiding parts of /proc")
    closed = local.folder / "closed"
    closed.touch(mode=0)
    hide = "; ".join(f"mount --bind {closed} /proc/{name} || exit 77" for name in ("stat", "meminfo"))
    probe = local.program("unshare", "--mount", "sh", "-c", f'{hide}; exec "$@"', "sh", BIN / "muxtap-probe", *QUIET,
                          "--ipc-path", local.folder / "feed", "--target-port", 0, "--log-format", "json", "--debug")
    probe.wait_for_event("started")
    figures = Figures(local.reader(QUIET_NAME), QUIET_NAME)
    for _ in range(3):
        host = figures.next()
    unknown = ("cpu_share", "memory_total_bytes", "memory_used_bytes", "swap_total_bytes")
    assert {key: host[key] for key in unknown} == dict.fromkeys(unknown, 0)
    assert host["core_count"] > 0 and host["system_name"]
    assert host["process_count"] > 0 and host["interfaces"]
    assert probe.stop() == 0
    missing = [event["figure"] for event in probe.events("host_figure_missing")]
    assert sorted(missing) == ["cpu_share", "memory"]
    assert not probe.events("warning")
