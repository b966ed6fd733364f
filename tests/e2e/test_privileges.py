"""Who the probe is after its start, and what it says when it may not capture."""

import os
import pwd
import shutil
import signal
import tempfile
from pathlib import Path

from conftest import GROUP, PORT
from processes import BIN, run_to_end
from test_main_path import NAME, SELECT


def status_of(pid):
    with open(f"/proc/{pid}/status") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


def capture_still_works(wire, probe, path, capture_name=NAME):
    reader = wire.reader(capture_name)
    sent, _ = wire.send(path, "--bitrate", "60M")
    reader.wait_for_bytes(capture_name, len(sent))
    assert reader.stream(capture_name).data == sent


def test_started_as_root_it_becomes_nobody_for_good_and_captures(wire, short_film):
    probe = wire.probe(*SELECT)
    nobody = pwd.getpwnam("nobody")
    status = status_of(probe.pid)
    assert status["Uid"].split() == [str(nobody.pw_uid)] * 4
    assert status["Gid"].split() == [str(nobody.pw_gid)] * 4
    assert status["Groups"].split() in ([], [str(nobody.pw_gid)])
    assert (int(status["CapEff"], 16), int(status["CapPrm"], 16)) == (0, 0)
    assert status["NoNewPrivs"] == "1"
    for thread in os.listdir(f"/proc/{probe.pid}/task"):
        assert status_of(f"{probe.pid}/task/{thread}")["Uid"] == status["Uid"]
    capture_still_works(wire, probe, short_film)
    assert probe.stop() == 0


def test_every_capture_method_works_without_root_s_rights(wire, short_film):
    for capture in ("pcap", "socket"):
        probe = wire.probe(*SELECT, "--capture", capture)
        assert status_of(probe.pid)["Uid"].split()[0] == str(pwd.getpwnam("nobody").pw_uid)
        capture_still_works(wire, probe, short_film)
        assert probe.stop() == 0


def test_another_user_and_root_are_taken_when_named(wire):
    for user in ("daemon", "root"):
        probe = wire.probe(*SELECT, "--user", user)
        assert status_of(probe.pid)["Uid"].split() == [str(pwd.getpwnam(user).pw_uid)] * 4
        assert probe.stop() == 0


def test_a_user_that_does_not_exist_is_named(wire):
    ended = run_to_end(*wire.tap_side([BIN / "muxtap-probe", *SELECT, "--source-device", "rx0", "--user", "nobdy"]))
    assert (ended.code, len(ended.log.splitlines())) == (1, 1)
    assert '"nobdy"' in ended.log and "--user" in ended.log


def as_nobody(wire, *arguments, keep=""):
    """Runs the probe as nobody, with no capabilities but those kept."""
    drop = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]
    drop += [f"--inh-caps={keep}", f"--ambient-caps={keep}"] if keep else ["--inh-caps=-all"]
    return wire.tap_side([*drop, readable_copy(wire), *arguments])


def readable_copy(wire):
    """Nobody may not look into the folders of the build or of the test: a copy that is open to all."""
    return wire.keep(OpenFolder()).path / "muxtap-probe"


class OpenFolder:
    def __init__(self):
        self.path = Path(tempfile.mkdtemp(prefix="muxtap-e2e-"))
        self.path.chmod(0o755)
        shutil.copy(BIN / "muxtap-probe", self.path)

    def close(self):
        shutil.rmtree(self.path)


def test_without_permission_one_line_names_device_capability_and_both_ways_out(wire):
    for capture in ("auto", "afpacket", "pcap"):
        ended = run_to_end(*as_nobody(wire, *SELECT, "--source-device", "rx0", "--capture", capture))
        assert ended.code == 1
        lines = ended.log.splitlines()
        assert len(lines) == 1, ended.log
        assert lines[0].startswith("muxtap-probe: ")
        for part in ('"rx0"', "CAP_NET_RAW", "sudo", "setcap cap_net_raw+ep"):
            assert part in lines[0]


def test_cap_net_raw_alone_is_enough(wire, short_film):
    probe = wire.keep(wire.program(*as_nobody(
        wire, *SELECT, "--source-device", "rx0", "--log-format", "json", "--target-port", 5556,
        keep="+net_raw")[len(wire.network.tap.inside):]))
    probe.wait_for_event("started")
    recorder = wire.recorder("--exit-on-end", connect="tcp://127.0.0.1:5556")
    sent, _ = wire.send(short_film, "--bitrate", "60M")
    recorder.wait_for(lambda: (wire.folder / "capture.ts").exists() and
                      (wire.folder / "capture.ts").stat().st_size == len(sent), "capture.ts")
    assert (probe.stop(signal.SIGTERM), recorder.wait()) == (0, 0)
    assert (wire.folder / "capture.ts").read_bytes() == sent


def with_file_capability(wire, *arguments, bounding=()):
    """Runs the probe as nobody, from a file with CAP_NET_RAW as permitted only, as it is in the container image."""
    program = readable_copy(wire)
    run_to_end("setcap", "cap_net_raw+p", program)
    drop = ["setpriv", *bounding, "--reuid", "nobody", "--regid", "nogroup", "--clear-groups", "--inh-caps=-all"]
    return wire.tap_side([*drop, program, *arguments])


def test_a_permitted_capability_of_the_file_is_made_effective(wire):
    ended = run_to_end(*with_file_capability(wire, *SELECT, "--source-device", "rx0", "--capture", "afpacket",
                                             "--duration", "100ms"))
    assert ended.code == 0, ended.log
    assert "rx0 (afpacket)" in ended.log


def test_where_the_capability_cannot_be_had_the_file_starts_all_the_same(wire):
    bounding = ["--bounding-set=-net_raw"]
    ended = run_to_end(*with_file_capability(wire, *SELECT, "--capture", "socket", "--duration", "100ms",
                                             bounding=bounding))
    assert ended.code == 0, ended.log
    ended = run_to_end(*with_file_capability(wire, *SELECT, "--source-device", "rx0", bounding=bounding))
    assert ended.code == 1
    assert "CAP_NET_RAW" in ended.log
