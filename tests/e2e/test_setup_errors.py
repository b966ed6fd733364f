"""What cannot work is one line that names the thing and the reason, with the right exit code."""

import gzip
import subprocess

import pytest

from media import make_stream
from processes import BIN, run_to_end

HERE = ("--target-port", "0")


def fails(folder, *arguments, code, says, environment=None, prefix=(), program="muxtap-probe"):
    ended = run_to_end(*prefix, BIN / program, *arguments, folder=folder, environment=environment, seconds=10)
    lines = ended.log.splitlines()
    assert ended.code == code, ended.log
    assert len(lines) == 1 and ended.output == b"", ended.log
    assert lines[0].startswith(f"{program}: ")
    for part in says:
        assert part in lines[0]
    return lines[0]


@pytest.mark.parametrize("arguments, code, says", [
    (["--source-devise", "lo"], 2, ["--source-devise", "did you mean --source-device?"]),
    (["--nonsense"], 2, ["--nonsense"]),
    (["surplus"], 2, ["surplus"]),
    (["--source-port", "70000"], 2, ["--source-port", "70000", "65535"]),
    (["--source-port", "0"], 2, ["--source-port"]),
    (["--source-port", "http"], 2, ["--source-port", "http"]),
    (["--source-ip", "239.1.1"], 2, ["--source-ip", "239.1.1", "address"]),
    (["--source-ip", "no.such.host.invalid"], 2, ["no.such.host.invalid", "address"]),
    (["--target-port", "-1"], 2, ["--target-port"]),
    (["--capture", "magic"], 2, ["--capture", "magic", "auto|afpacket|pcap|socket"]),
    (["--buffer-size", "64X"], 2, ["--buffer-size", "64X"]),
    (["--batch-age", "soon"], 2, ["--batch-age", "soon"]),
    (["--promiscuous=maybe"], 2, ["--promiscuous", "maybe"]),
    (["--drop", "pat"], 2, ["--drop", "pat", "tei"]),
    (["--capture", "auto", "--discover=false", "--stream", "239.1.1.1:5000"], 2, ["239.1.1.1:5000", "udp://"]),
    (["--stream", "news=http://239.1.1.1:5000"], 2, ["news=http://239.1.1.1:5000", "udp"]),
    (["--stream", "news=udp://239.1.1.1"], 2, ["news=udp://239.1.1.1", "IP:PORT"]),
    (["--stream", "news=udp://239.1.1.1:99999"], 2, ["99999"]),
    (["--stream", "news=udp://300.1.1.1:5000"], 2, ["300.1.1.1"]),
    (["--stream", "a/b=udp://239.1.1.1:5000"], 2, ["a/b", "name"]),
    (["--stream", "a b=udp://239.1.1.1:5000"], 2, ["a b", "name"]),
    (["--stream", "news=udp://239.1.1.1:5000?vlan=5000"], 2, ["vlan"]),
    (["--stream", "news=udp://239.1.1.1:5000?vlna=5"], 2, ["?vlna=5"]),
    (["--stream", "n=udp://239.1.1.1:5", "--stream", "n=udp://239.1.1.1:6"], 2, ['"n"', "twice"]),
    (["--capture", "socket", "--discover"], 2, ["--capture socket", "--discover"]),
    (["--capture", "socket", "--stream", "a=udp://239.1.1.1:5000?vlan=7"], 2, ["VLAN", "vlan=7", "--source-device"]),
    (["--capture", "pcap", "--capture-threads", "2"], 2, ["--capture-threads", "afpacket"]),
    (["--source-port", "5000", "--source-port", "5001"], 2, ["--source-port", "more than once"]),
    (["--env-file", "/nowhere/.env"], 2, ["/nowhere/.env", "No such file"]),
    (["--input", "/nowhere/x.pcap"], 1, ["/nowhere/x.pcap", "No such file or directory"]),
    (["--input", "/"], 1, ['"/"', "folder"]),
    (["--input", "/dev/null"], 1, ["/dev/null", "empty"]),
    (["--target-ip", "no.such.host.invalid"], 1, ["no.such.host.invalid"]),
    (["--target-ip", "192.0.2.1"], 1, ["192.0.2.1", "assign"]),
    (["--raw-endpoint", "nonsense"], 1, ["nonsense"]),
    (["--raw-endpoint", "udp://127.0.0.1:5000"], 1, ["udp://127.0.0.1:5000"]),
    (["--ipc-path", "/nowhere/feed"], 1, ["/nowhere/feed"]),
    (["--ipc-path", "/tmp/" + "x" * 120], 1, ["long"]),
])
def test_what_cannot_work_is_one_line_that_names_it(tmp_path, arguments, code, says):
    (tmp_path / "in.ts").write_bytes(make_stream(10))
    given = {argument for argument in arguments if argument.startswith("--")}
    rest = []
    if not given & {"--input", "--discover", "--discover=false", "--capture-threads"}:
        rest += ["--input", "in.ts"]
    if "--target-port" not in given:
        rest += HERE
    fails(tmp_path, *arguments, *rest, code=code, says=says)


def test_a_unicast_address_is_fine_where_a_group_is_usual(wire):
    probe = wire.probe("--source-ip", "10.77.0.9", "--source-port", 5000)
    assert probe.stop() == 0
    assert not probe.events("note")


@pytest.mark.parametrize("capture", ["auto", "afpacket", "pcap", "socket"])
def test_an_unknown_device_is_named_and_those_that_exist_are_listed(wire, capture):
    line = fails(wire.folder, "--source-device", "eth9", "--capture", capture, code=1, says=['"eth9"', "rx0", "lo"],
                 prefix=wire.network.tap.inside)
    assert "no such" in line.lower()


def test_no_usable_device_is_said_with_those_that_exist(wire):
    wire.network.tap.ip("link set rx0 down")
    fails(wire.folder, code=1, says=["--source-device", "lo", "rx0"], prefix=wire.network.tap.inside)


def test_a_device_that_is_down_is_said(wire):
    wire.network.tap.ip("link set rx0 down")
    for capture in ("afpacket", "pcap"):
        fails(wire.folder, "--source-device", "rx0", "--capture", capture, code=1, says=['"rx0"', "down"],
              prefix=wire.network.tap.inside)


@pytest.mark.parametrize("capture", ["afpacket", "pcap"])
def test_a_filter_that_does_not_compile_is_shown_with_the_reason(wire, capture):
    fails(wire.folder, "--source-device", "rx0", "--capture", capture, "--pcap-filter", "udp prt 5000", code=1,
          says=["udp prt 5000", "syntax error", "--pcap-filter"], prefix=wire.network.tap.inside)


def test_an_address_in_use_is_named_with_the_reason(wire):
    wire.probe("--target-port", 5556)
    (wire.folder / "in.ts").write_bytes(make_stream(10))
    for option, endpoint in (("--target-port", "5556"), ("--raw-endpoint", "tcp://127.0.0.1:5556")):
        more = () if option == "--target-port" else HERE
        fails(wire.folder, "--input", "in.ts", option, endpoint, *more, code=1,
              says=["tcp://127.0.0.1:5556", "in use"], prefix=wire.network.tap.inside)


@pytest.mark.parametrize("environment, says", [
    ({"SOURCE_PORT": "70000"}, ["SOURCE_PORT", "70000", "environment"]),
    ({"CAPTURE": "magic"}, ["CAPTURE", "magic"]),
    ({"SEND_JSON_HEADER": "perhaps"}, ["SEND_JSON_HEADER", "perhaps"]),
])
def test_a_bad_value_in_the_environment_is_named_by_its_variable(tmp_path, environment, says):
    fails(tmp_path, *HERE, code=2, says=says, environment=environment)


@pytest.mark.parametrize("text, says", [
    ("# fine\nSOURCE_IP=239.1.1.1\nSUORCE_PORT=5000\n", [".env", "SUORCE_PORT", "SOURCE_PORT", "3"]),
    ("SOURCE_IP\n", [".env", "1"]),
])
@pytest.mark.parametrize("program", ["muxtap-probe", "muxtap-record", "muxtap-send"])
def test_what_is_wrong_in_the_env_file_is_named_by_file_and_key(tmp_path, text, says, program):
    (tmp_path / ".env").write_text(text)
    fails(tmp_path, code=2, says=says, program=program)


def test_a_bad_value_in_the_env_file_is_named_by_file_and_key(tmp_path):
    (tmp_path / ".env").write_text("SOURCE_PORT=70000\n")
    fails(tmp_path, *HERE, code=2, says=[".env", "SOURCE_PORT", "70000"])


def test_environment_beats_the_env_file_and_the_command_line_both(tmp_path):
    (tmp_path / ".env").write_text("SOURCE_PORT=1001\nSOURCE_IP=239.9.9.1\nTARGET_PORT=2001\n")
    ended = run_to_end(BIN / "muxtap-probe", "--print-config", "--target-port", 2003, folder=tmp_path,
                       environment={"SOURCE_PORT": "1002", "TARGET_PORT": "2002"})
    shown = ended.output.decode()
    assert ended.code == 0
    for name, value, origin in (("SOURCE_PORT", "1002", "environment"), ("SOURCE_IP", "239.9.9.1", ".env"),
                                ("TARGET_PORT", "2003", "command line")):
        line = next(line for line in shown.splitlines() if name in line or name.lower().replace("_", "-") in line)
        assert value in line and origin in line, line


def test_gzip_is_named_with_the_way_out(tmp_path):
    path = tmp_path / "in.ts.gz"
    path.write_bytes(gzip.compress(make_stream(100)))
    fails(tmp_path, "--input", path, *HERE, code=1, says=[str(path), "compressed", "zcat", "--input -"])


def test_garbage_in_a_capture_file_s_place_is_no_crash(tmp_path):
    path = tmp_path / "in.pcap"
    path.write_bytes(bytes.fromhex("d4c3b2a1") + b"\xff" * 100)
    fails(tmp_path, "--input", path, *HERE, code=1, says=[str(path)])


@pytest.mark.parametrize("program", ["muxtap-probe", "muxtap-record", "muxtap-send"])
def test_help_and_version_are_printed_and_nothing_else_happens(tmp_path, program):
    for option in ("--help", "--version", "--print-config"):
        ended = run_to_end(BIN / program, option, folder=tmp_path)
        assert (ended.code, ended.log) == (0, "")
        assert ended.output
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_standard_output_does_not_hang_the_help(tmp_path):
    with open("/dev/full", "w") as full:
        ended = subprocess.run([BIN / "muxtap-probe", "--help"], stdout=full, stderr=subprocess.PIPE, cwd=tmp_path,
                               timeout=10)
    assert ended.returncode in (0, 1)
