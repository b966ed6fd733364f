"""muxtap-analyze as users run it: what it says of good and of bad files, to people, to programs and to scripts."""

import json
import os
import pty
import re
import select
import subprocess
import time
from pathlib import Path

import jsonschema
import pytest

from frames import rtp_header, tagged_frame
from media import PACKET, ROOT, make_stream, shared
from processes import BIN, PATIENCE, clean_environment, run_to_end
from test_files import pcap

PROGRAM = BIN / "muxtap-analyze"
if not PROGRAM.exists():
    pytest.skip("NOT TESTED: muxtap-analyze is not built", allow_module_level=True)

WIDTH = 100


def analyze(*arguments, **options):
    return run_to_end(PROGRAM, *arguments, **options)


def text_of(ended):
    assert ended.code == 0, ended.log
    return ended.output.decode()


def records_of(ended):
    return [json.loads(line) for line in ended.output.decode().splitlines()]


def report_of(*arguments, **options):
    """The one report of a run with --json."""
    ended = analyze("--json", *arguments, **options)
    assert ended.code == 0, ended.log
    (record,) = records_of(ended)
    return record["report"]


def validator(name):
    schema = json.loads((ROOT / "proto/schema" / name).read_text())
    return jsonschema.Draft202012Validator(schema)


def write(folder, name, data):
    path = Path(folder) / name
    path.write_bytes(data)
    return path


@pytest.fixture(scope="session")
def good(tmp_path_factory):
    """Five seconds of MPEG-2 video and MP2 audio at a constant 3 Mb/s."""
    path = tmp_path_factory.mktemp("analyze") / "good.ts"
    subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25", "-f",
                    "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", "5", "-c:v", "mpeg2video", "-b:v", "1500k",
                    "-maxrate", "1500k", "-bufsize", "500k", "-g", "12", "-c:a", "mp2", "-b:a", "192k", "-muxrate", "3M",
                    "-metadata", "service_name=Première", "-f", "mpegts", path], check=True, timeout=60)
    return path


# --- good files


def test_a_report_names_the_program_and_its_streams_and_fits_the_page(good):
    text = text_of(analyze(good))
    for expected in ("good.ts", "Première", "MPEG-2 video", "640×360", "25 fps", "MPEG-1 audio", "48 kHz", "TR 101 290",
                     "1.3.a  PAT_error_2", "PIDs", "0x1FFF", "Clocks", "from the PCRs"):
        assert expected in text, expected
    assert max(len(line) for line in text.splitlines()) <= WIDTH
    assert "\033" not in text


def test_json_is_valid_by_its_schema_and_counts_what_is_there(good):
    ended = analyze("--json", good)
    (record,) = records_of(ended)
    errors = [f"{error.json_path}: {error.message}" for error in validator("report-1.json").iter_errors(record)]
    assert errors == []
    data = good.read_bytes()
    report = record["report"]
    assert record["file"] == str(good)
    assert report["clock"] == "pcr"
    assert report["totals"]["packets"] == len(data) // PACKET
    assert sum(pid["counters"]["packets"] for pid in report["pids"]) == len(data) // PACKET
    assert abs(report["rate"]["pcr_bps"] - 3_000_000) < 3000
    assert abs((report["last_ns"] - report["first_ns"]) / 1e9 - len(data) * 8 / 3e6) < 0.1
    (program,) = report["programs"]
    assert program["service_name"] == "Première"
    assert [stream["codec"] for stream in program["streams"]] == ["mpeg2_video", "mpeg1_audio"]


@pytest.mark.parametrize("name, stride", [("h264_192.m2ts", 192), ("h264_204.ts", 204), ("mpts3.ts", 188)])
def test_every_stride_is_read(name, stride):
    path = shared("media", name)
    if path is None:
        pytest.skip("NOT TESTED: ../shared/media is not here")
    ended = analyze(path)
    assert f"packets every {stride} bytes" in text_of(ended)
    report = report_of(path)
    assert report["totals"]["packets"] == path.stat().st_size // stride
    assert sum(report["totals"]["rejected"].values()) == 0
    assert report["totals"]["skipped_bytes"] == 0
    assert report["programs"]


def test_standard_input_is_read_as_a_file_is(good):
    from_file, from_pipe = report_of(good), report_of("-", stdin=good.read_bytes())
    assert from_file == from_pipe


def test_several_files_are_reported_one_by_one(good, tmp_path):
    other = write(tmp_path, "other.ts", good.read_bytes()[:PACKET * 1000])
    ended = analyze("--json", good, other)
    assert [record["file"] for record in records_of(ended)] == [str(good), str(other)]
    assert text_of(analyze(good, other)).count("TR 101 290") == 2


def test_a_pid_or_a_program_can_be_chosen(good):
    report = report_of(good, "--pid", "0x100")
    assert [pid["pid"] for pid in report["pids"]] == [0x100]
    report = report_of(good, "--program", 1)
    assert {0x100, 0x101} <= {pid["pid"] for pid in report["pids"]}
    assert 0 not in {pid["pid"] for pid in report["pids"]}
    assert report_of(good, "--program", 2)["pids"] == []


def test_events_are_lines_or_json_lines(good):
    lines = text_of(analyze("--events", good)).splitlines()
    assert any("program_added" in line for line in lines)
    records = records_of(analyze("--events", "--json", good))
    assert len(records) == len(lines)
    check = validator("event-1.json")
    assert [error.message for record in records for error in check.iter_errors(record)] == []
    chosen = records_of(analyze("--events", "--json", "--pid", "0x100", good))
    assert chosen == [record for record in records if record.get("pid") == 0x100]


# --- damage, and what scripts make of it


def test_fail_on_gives_3_when_an_indicator_of_that_priority_or_higher_has_fired(good, tmp_path):
    data = good.read_bytes()
    with_gap = write(tmp_path, "gap.ts", data[:PACKET * 4000] + data[PACKET * 4050:])
    report = report_of(with_gap)
    assert report["tr101290"]["continuity_count_error"]["count"] > 0
    assert analyze("--fail-on", "p1", with_gap).code == 3
    assert analyze("--fail-on", "p3", with_gap).code == 3
    assert analyze(with_gap).code == 0
    assert analyze("--fail-on", "p1", "--standard", "mpeg", good).code == 0


def test_bad_sync_bytes_keep_their_places(good, tmp_path):
    data = bytearray(good.read_bytes())
    for packet in (500, 700, 900):
        data[packet * PACKET] = 0
    report = report_of(write(tmp_path, "bad.ts", data))
    assert report["totals"]["rejected"]["sync_byte"] == 3
    assert report["totals"]["skipped_bytes"] == 0
    assert report["totals"]["packets"] == len(data) // PACKET - 3
    assert report["tr101290"]["sync_byte_error"]["count"] == 3


def test_bytes_between_packets_are_counted(good, tmp_path):
    data = good.read_bytes()
    report = report_of(write(tmp_path, "shift.ts", data[:PACKET * 3000] + bytes(77) + data[PACKET * 3000:]))
    assert report["totals"]["skipped_bytes"] == 77
    assert report["totals"]["packets"] == len(data) // PACKET
    assert report["totals"]["continuity_errors"] == 0


def test_a_file_cut_in_a_packet_says_so(good, tmp_path):
    path = write(tmp_path, "cut.ts", good.read_bytes()[:PACKET * 2000 + 100])
    report = report_of(path)
    assert report["totals"]["packets"] == 2000
    assert report["totals"]["rejected"]["truncated"] == 1
    assert "cut off" in text_of(analyze(path))


# --- what is no transport stream


@pytest.mark.parametrize("name, data, expected", [
    ("empty.ts", b"", "is empty"),
    ("text.ts", b"Once upon a time there was no stream.\n" * 1000, "no transport stream"),
    ("sync.ts", b"\x47" * PACKET * 1000, "not one valid packet"),
    ("random.ts", bytes(i * i * 2654435761 >> 13 & 0xFF for i in range(300_000)), "no transport stream"),
    ("packed.ts.gz", b"\x1f\x8b\x08\x00" + bytes(100), "zcat"),
    ("short.pcap", b"\xd4\xc3\xb2\xa1\x02\x00", "short.pcap"),
])
def test_what_is_no_stream_is_one_line_and_exit_1(tmp_path, name, data, expected):
    ended = analyze(write(tmp_path, name, data))
    assert ended.code == 1
    assert ended.output == b""
    assert ended.log.count("\n") == 1 and ended.log.startswith("muxtap-analyze: ")
    assert name in ended.log and expected in ended.log


def test_what_cannot_be_read_is_one_line_and_exit_1(tmp_path):
    for path, expected in ((tmp_path / "none.ts", "No such file"), (tmp_path, "folder")):
        ended = analyze(path)
        assert ended.code == 1 and ended.output == b""
        assert ended.log.count("\n") == 1 and expected in ended.log


def test_a_bad_file_does_not_hide_the_good_ones(good, tmp_path):
    ended = analyze("--json", tmp_path / "none.ts", good)
    assert ended.code == 1
    assert len(records_of(ended)) == 1


def test_wrong_usage_is_exit_2():
    for arguments in ((), ("--pid", "9999", "a.ts"), ("--fail-on", "p9", "a.ts"), ("--jsno", "a.ts")):
        ended = analyze(*arguments)
        assert ended.code == 2, arguments
        assert ended.log.count("\n") == 1


def test_a_full_disk_is_exit_1(good):
    with open("/dev/full", "wb") as full:
        ended = subprocess.run([PROGRAM, good], stdout=full, stderr=subprocess.PIPE, env=clean_environment(), timeout=15)
    assert ended.returncode == 1
    assert b"cannot write" in ended.stderr


# --- captures


def frames(data, destination, rtp=False):
    for number, at in enumerate(range(0, len(data), 7 * PACKET)):
        payload = data[at:at + 7 * PACKET]
        yield tagged_frame((rtp_header(number) if rtp else b"") + payload, destination, 5000, ())


def test_each_stream_of_a_capture_is_reported_with_its_network(tmp_path):
    one, other = make_stream(700), make_stream(1400, pid=300)
    mixed = [*frames(one, "239.77.1.1"), *frames(other, "239.77.1.2"),
             tagged_frame(b"no stream" * 20, "239.77.1.3", 5000, ())]
    path = write(tmp_path, "two.pcap", pcap(mixed))
    records = records_of(analyze("--json", path))
    assert [record["stream"] for record in records] == ["239.77.1.1:5000", "239.77.1.2:5000"]
    assert [record["report"]["totals"]["packets"] for record in records] == [700, 1400]
    assert records[0]["report"]["clock"] == "arrival"
    assert records[1]["report"]["arrival"]["datagrams"] == 200
    text = text_of(analyze(path))
    assert "no transport stream: 1 UDP flow, 1 datagram" in text
    only = records_of(analyze("--json", "--stream", "239.77.1.2:5000", path))
    assert [record["stream"] for record in only] == ["239.77.1.2:5000"]


def test_lost_rtp_packets_are_counted(tmp_path):
    kept = [frame for number, frame in enumerate(frames(make_stream(1400), "239.77.1.1", rtp=True)) if number not in (50, 51)]
    report = report_of(write(tmp_path, "rtp.pcap", pcap(kept)))
    assert report["arrival"]["rtp"] == {"lost": 2, "reordered": 0, "duplicated": 0}
    assert report["totals"]["lost_packets"] == 14


def test_a_capture_without_a_stream_says_what_it_holds(tmp_path):
    path = write(tmp_path, "dns.pcap", pcap([tagged_frame(b"query" * 20, "10.0.0.1", 53, ())] * 3))
    ended = analyze(path)
    assert ended.code == 1
    assert "1 UDP flow, 3 datagrams" in ended.log and ended.log.count("\n") == 1


def test_udp_of_others_that_is_no_stream_is_named():
    path = shared("streams", "test-106", "test-106.2.pcapng")
    if path is None:
        pytest.skip("NOT TESTED: ../shared/streams is not here")
    ended = analyze(path)
    assert ended.code == 1 and "UDP flow" in ended.log


# --- plots


def test_plots_are_drawn(good, tmp_path):
    folder = tmp_path / "plots"
    ended = analyze("--plot", folder, good)
    if "gnuplot-nox" in ended.log:
        pytest.skip("NOT TESTED: gnuplot is not installed")
    assert ended.code == 0, ended.log
    for suffix in ("bitrate", "pcr-interval"):
        drawing = (folder / f"good.ts-{suffix}.svg").read_text()
        assert drawing.startswith("<?xml") and "</svg>" in drawing
    assert "TR 101 290" in ended.output.decode()


def test_a_capture_also_gets_jitter_and_inter_arrival_plots(tmp_path):
    folder = tmp_path / "plots"
    path = write(tmp_path, "one.pcap", pcap(list(frames(make_stream(7000), "239.77.1.1"))))
    ended = analyze("--plot", folder, path)
    if "gnuplot-nox" in ended.log:
        pytest.skip("NOT TESTED: gnuplot is not installed")
    assert ended.code == 0, ended.log
    drawn = {re.sub(r".*5000-", "", file.name) for file in folder.glob("*.svg")}
    assert drawn == {"bitrate.svg", "pcr-interval.svg", "pcr-jitter.svg", "inter-arrival.svg"}


def test_without_gnuplot_the_data_stay_and_the_package_is_named(good, tmp_path):
    folder = tmp_path / "plots"
    ended = analyze("--plot", folder, good, environment={"PATH": "/nowhere"})
    assert ended.code == 1
    assert "gnuplot-nox" in ended.log and ended.log.count("\n") == 1
    assert (folder / "good.ts-bitrate.dat").stat().st_size > 0
    assert "TR 101 290" in ended.output.decode()


# --- terminals


def on_terminal(*arguments, environment=None, seconds=30):
    """What a terminal shows: standard output and error together."""
    master, slave = pty.openpty()
    process = subprocess.Popen([*map(str, arguments)], stdin=subprocess.DEVNULL, stdout=slave, stderr=slave,
                               env=clean_environment(TERM="xterm", **(environment or {})))
    os.close(slave)
    shown = b""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not select.select([master], [], [], 0.1)[0]:
            continue
        try:
            piece = os.read(master, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(master)
    assert process.wait(PATIENCE) == 0
    return shown.decode()


def test_colours_are_for_terminals_that_want_them(good):
    assert "\033[32m● ok\033[0m" in on_terminal(PROGRAM, good)
    assert "\033[3" not in on_terminal(PROGRAM, good, environment={"NO_COLOR": "1"})
    assert "\033[3" not in on_terminal(PROGRAM, "--color", "never", good)
    assert "\033[32m" in text_of(analyze("--color", "always", good))


def test_indicators_are_listed():
    lines = text_of(analyze("--list-indicators")).splitlines()
    assert len(lines) == 35
    assert any(line.split() == ["1.3.a", "1", "PAT_error_2", "pat_error_2"] for line in lines)
