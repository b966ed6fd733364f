"""Where muxtap-metrics sends its records, without Kafka: SQLite, NDJSON, Prometheus, the table, the flat record. What each
of them says is held against the NDJSON of the same run, and each is broken on request."""

import collections
import contextlib
import errno
import fcntl
import json
import os
import pty
import re
import select
import signal
import socket
import sqlite3
import struct
import subprocess
import termios
import time
import urllib.error
import urllib.request

import pytest
from prometheus_client.parser import text_string_to_metric_families

from conftest import GROUP, PORT
from media import PACKET, ROOT, shared
from metrics_process import LiveFeed, ndjson
from processes import BIN, Program, run_to_end, wait_until
from test_metrics import Output, start_worker, state_is

NAME = f"{GROUP}:{PORT}"
STREAMS = ("239.77.1.1:5000", "239.77.1.2:5000")


@pytest.fixture(scope="module")
def feed(tmp_path_factory, film):
    """Two streams that never end."""
    made = LiveFeed(tmp_path_factory.mktemp("feed"), film)
    yield made
    made.close()


@pytest.fixture
def worker(feed, local):
    """Starts workers on the live feed."""
    def start(*arguments, **options):
        return start_worker(local, *arguments, endpoint=feed.endpoint, **options)
    return start


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def get(port, path):
    """Status and text of an answer; 0 while nobody listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except (urllib.error.URLError, ConnectionError):
        return 0, ""


# --- SQLite


def rows(path, query, *values):
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(query, values)]


def test_the_database_says_what_the_records_of_the_same_run_say(wire, short_film):
    probe = wire.probe("--stream", f"{NAME}=rtp://{NAME}")
    path = wire.folder / "metrics.db"
    worker = start_worker(wire, "--interval", 200, "--to", f"sqlite:{path}")
    wire.wait_for_subscribers(probe)
    # Enough for the last interval of silence to come after everything.
    wire.send(short_film, "--bitrate", "8M", "--drop", "every=700", "--tei", "every=900",
              "--drop-datagram", "at=20,400,800", to=f"rtp://{NAME}")
    state_is(worker, "silent", 2)
    assert rows(path, "SELECT stream FROM streams") == [{"stream": NAME}]  # while it is written
    assert probe.stop() == 0
    state_is(worker, "ended")
    assert worker.stop() == 0
    records = worker.output.intervals()
    last = records[-1]
    stored = rows(path, "SELECT * FROM intervals ORDER BY time_ns")
    assert [(row["seq"], row["time_ns"], row["epoch"], row["state"]) for row in stored] == \
        [(r["seq"], r["time_ns"], r["epoch"], r["state"]) for r in records]
    assert [row["packets_total"] for row in stored] == [r["report"]["totals"]["packets"] for r in records]
    assert [row["rate_bps"] for row in stored] == [r["report"]["rate"]["arrival"]["window_bps"] for r in records]
    # What was added in each interval: the sums are the counts at the end.
    totals, loss = last["report"]["totals"], last["loss"]
    expected = {"packets": totals["packets"], "null_packets": totals["null_packets"],
                "transport_errors": totals["transport_errors"], "continuity_errors": totals["continuity_errors"],
                "lost_packets": totals["lost_packets"], "network_lost": loss["network"]["rtp_lost_packets"],
                "continuity_lost": loss["network"]["continuity_lost_packets"],
                "worker_lost_packets": 0, "capture_host_lost": 0, "probe_lost": 0}
    [sums] = rows(path, "SELECT " + ", ".join(f"sum({column}) AS {column}" for column in expected) + " FROM intervals")
    assert sums == expected and sums["network_lost"] == 3
    by_pid = rows(path, "SELECT pid, sum(packets) AS packets, sum(continuity_errors) AS errors FROM pids GROUP BY pid")
    assert {row["pid"]: (row["packets"], row["errors"]) for row in by_pid} == \
        {pid["pid"]: (pid["counters"]["packets"], pid["counters"]["continuity_errors"]) for pid in last["report"]["pids"]}
    states = rows(path, "SELECT indicator, state, count_total FROM indicator_states")
    known = {name: (indicator["state"], indicator["count"]) for name, indicator in last["report"]["tr101290"].items()}
    assert states and all(known[row["indicator"]] == (row["state"], row["count_total"]) for row in states)
    events = rows(path, "SELECT kind, text, json FROM events ORDER BY seq")
    assert [json.loads(row["json"]) for row in events] == worker.output.events()
    assert [(row["kind"], row["text"]) for row in events] == [(e["kind"], e["text"]) for e in worker.output.events()]
    assert all(figure["dropped_records"] == 0 for figure in last["worker"]["sinks"])
    answered_questions(path)


def answered_questions(path):
    """Each question of docs/queries.md can be asked."""
    queries = re.findall(r"```sql\n(.*?)```", (ROOT / "docs/queries.md").read_text(), re.DOTALL)
    assert len(queries) >= 10
    for query in queries:
        rows(path, query)


# --- NDJSON


def test_a_file_that_is_moved_away_is_begun_anew_and_no_line_is_lost(worker, tmp_path):
    process = worker("--interval", 200)
    path, moved = process.output.path, tmp_path / "records.ndjson.old"
    state_is(process, "live", 3)
    path.rename(moved)
    wait_until(lambda: len(ndjson(path)) > 6, what="a new file")
    assert process.stop() == 0
    numbers = collections.defaultdict(list)
    for record in ndjson(moved) + ndjson(path):
        if record["record"] == "muxtap.metrics/1":
            numbers[record["stream"]].append(record["seq"])
    for stream in STREAMS:
        assert numbers[stream] == list(range(numbers[stream][0], numbers[stream][0] + len(numbers[stream])))
    assert process.last("sink_totals")["delivered"] == len(ndjson(moved)) + len(ndjson(path))


def test_files_are_rotated_by_size_and_only_so_many_are_kept(worker, tmp_path):
    process = worker("--interval", 50, "--ndjson-bytes", "200000", "--ndjson-files", 2)
    path = process.output.path
    wait_until(lambda: (tmp_path / "records.ndjson.2").exists(), 20, "two rotations")
    first = ndjson(tmp_path / "records.ndjson.2")[0]
    wait_until(lambda: ndjson(tmp_path / "records.ndjson.2")[0] != first, 20, "a third")
    assert process.stop() == 0
    files = sorted(each.name for each in tmp_path.glob("records.ndjson*"))
    assert files == ["records.ndjson", "records.ndjson.1", "records.ndjson.2"]
    kept = [tmp_path / "records.ndjson.2", tmp_path / "records.ndjson.1", path]
    assert all(each.stat().st_size <= 200_000 for each in kept)
    times = [record["time_ns"] for each in kept for record in ndjson(each) if record["record"] == "muxtap.metrics/1"]
    assert times == sorted(times)


def test_without_options_a_pipe_gets_lines_of_json(feed, local):
    process = local.program(BIN / "muxtap-metrics", "--connect", feed.endpoint, "--interval", "200", stdout=subprocess.PIPE)
    kinds = set()
    while kinds != {"muxtap.metrics/1", "muxtap.event/1"}:
        kinds.add(json.loads(process.process.stdout.readline())["record"])
    assert process.stop() == 0


def test_a_reader_that_goes_away_is_a_quiet_and_good_end(feed, local):
    """As in `muxtap-metrics | head -1`."""
    process = local.program(BIN / "muxtap-metrics", "--connect", feed.endpoint, "--interval", "200", "--silent",
                            stdout=subprocess.PIPE)
    assert json.loads(process.process.stdout.readline())
    process.process.stdout.close()
    assert process.wait() == 0
    assert process.log_text() == ""


def test_a_reader_that_goes_away_does_not_end_what_has_another_sink(feed, local):
    path = local.folder / "records.ndjson"
    process = local.program(BIN / "muxtap-metrics", "--connect", feed.endpoint, "--interval", "200", "--to", "ndjson:-",
                            "--to", f"ndjson:{path}", "--log-format", "json", stdout=subprocess.PIPE)
    process.output = Output(path)
    process.process.stdout.readline()
    process.process.stdout.close()
    state_is(process, "live")
    before = len(process.output.intervals())
    process.wait_for(lambda: len(process.output.intervals()) > before + 10, "records in the other sink")
    assert process.stop() == 0
    assert process.output.events("stream_found")


# --- a full disk


def fill(path):
    """Takes up all that is left of a disk."""
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))


@pytest.mark.parametrize("kind", ["ndjson", "sqlite"])
def test_a_full_disk_costs_only_what_goes_there_and_the_end_says_so(worker, small_disk, kind):
    full = small_disk / "full"
    process = worker("--interval", 10, "--to", f"{kind}:{full}", "--kafka-timeout", "1s")
    state_is(process, "live")

    def figures():
        sinks = {sink["name"]: sink for sink in process.output.newest()["worker"]["sinks"]}
        return sinks[f"{kind}:{full}"]
    # Intervals among them: the first records are events.
    process.wait_for(lambda: figures()["delivered_records"] > len(process.output.events()) + 10, "records on the disk")
    fill(small_disk / "more")
    process.wait_for_event("sink_failing")
    assert str(full) in process.last("sink_failing")["message"]
    process.wait_for(lambda: figures()["dropped_records"] > 0, "what is dropped to be counted", 60)
    newest = process.output.newest()
    other = next(sink for sink in newest["worker"]["sinks"] if sink["name"] != f"{kind}:{full}")
    assert other["dropped_records"] == 0 and other["healthy"] and not figures()["healthy"] and figures()["problem"]
    assert process.stop() == 1
    said = process.log_text().strip().splitlines()[-1]
    assert re.search(rf"\d+ records were lost: {kind}:{re.escape(str(full))} could not take them", said)
    for stream in STREAMS:
        assert all(gap == [] for gap in [missing_of(process, stream)])
    if kind == "ndjson":
        assert full.read_bytes().endswith(b"\n") and ndjson(full)
    else:
        (small_disk / "more").unlink()
        assert rows(full, "SELECT count(*) AS found FROM intervals")[0]["found"] > 0
        assert rows(full, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]


def missing_of(process, stream):
    numbers = [record["seq"] for record in process.output.intervals(stream)]
    return sorted(set(range(numbers[0], numbers[-1])) - set(numbers))


# --- Prometheus


def series(text):
    """Value of each series by name and labels."""
    return {(sample.name, *sorted(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text) for sample in family.samples}


def test_prometheus_gets_what_the_records_say_and_health_is_told(wire, short_film):
    port = free_port()
    worker = start_worker(wire, "--interval", 200, "--to", f"prometheus:127.0.0.1:{port}")
    wait_until(lambda: get(port, "/livez")[0], what="somebody to listen")
    assert get(port, "/livez")[0] == 200
    wait_until(lambda: get(port, "/readyz") == (503, "nothing is heard of a probe\n"), what="a worker without a probe")
    assert get(port, "/metrics")[0] == 200 and get(port, "/else")[0] == 404
    probe = wire.probe("--stream", f"{NAME}=rtp://{NAME}")
    wait_until(lambda: get(port, "/readyz")[0] == 200, what="readiness")
    wire.wait_for_subscribers(probe)
    wire.send(short_film, "--bitrate", "8M", "--drop", "every=700", "--drop-datagram", "at=20,400,800", to=f"rtp://{NAME}")
    state_is(worker, "silent", 2)
    status, text = get(port, "/metrics")
    found = series(text)
    last = worker.output.newest()
    about = (("probe", last["probe"]), ("stream", NAME))

    def value(name, **labels):
        return found[(name, *sorted([*about, *labels.items()]))]
    totals, loss = last["report"]["totals"], last["loss"]
    assert value("muxtap_stream_packets_total") == value("muxtap_capture_packets_total") == totals["packets"]
    assert value("muxtap_stream_continuity_errors_total") == totals["continuity_errors"] > 0
    assert value("muxtap_stream_lost_total", place="network", unit="rtp_packets") == 3
    assert value("muxtap_stream_lost_total", place="network_or_source", unit="ts_packets") == \
        loss["network"]["continuity_lost_packets"]
    assert value("muxtap_stream_state", state="silent") == 1 and value("muxtap_stream_state", state="live") == 0
    for pid in last["report"]["pids"]:
        assert value("muxtap_pid_packets_total", pid=f"0x{pid['pid']:04X}") == pid["counters"]["packets"]
    for name, indicator in last["report"]["tr101290"].items():
        assert value("muxtap_indicator_findings_total", indicator=name, number=indicator["number"],
                     priority=str(indicator["priority"])) == indicator["count"]
    # Counters only go up, over a restart of the probe too.
    probe.kill()
    wait_until(lambda: get(port, "/readyz")[0] == 503, what="the probe's end to be noticed")
    assert get(port, "/livez")[0] == 200
    probe = wire.probe("--stream", f"{NAME}=rtp://{NAME}")
    wait_until(lambda: get(port, "/readyz")[0] == 200, what="readiness")
    wire.send(short_film, "--bitrate", "20M", to=f"rtp://{NAME}")
    state_is(worker, "silent", 2)
    after = series(get(port, "/metrics")[1])
    assert {key: (old, after.get(key)) for key, old in found.items()
            if key[0].endswith("_total") and after.get(key, 0) < old} == {}
    assert after[("muxtap_capture_packets_total", *sorted(about))] > found[("muxtap_capture_packets_total", *sorted(about))]
    assert probe.stop() == 0 and worker.stop() == 0


def test_a_port_in_use_is_said_in_one_line(local):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run_to_end(BIN / "muxtap-metrics", "--to", f"prometheus:127.0.0.1:{port}", folder=local.folder)
    assert ended.code == 1
    lines = ended.log.strip().splitlines()
    assert len(lines) == 1 and str(port) in lines[0] and "in use" in lines[0], ended.log


# --- the table


class Terminal:
    """A program on a pseudo terminal, and what it has drawn."""

    def __init__(self, scene, *command, size=(40, 160)):
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
        self.program = scene.keep(Program(scene.folder, *command, stdout=theirs, environment={"TERM": "xterm"}))
        os.close(theirs)
        self.drawn = b""

    def read(self, seconds=0.05):
        """What was drawn so far; the terminal's end at the program's end is none of ours."""
        while select.select([self.ours], [], [], seconds)[0]:
            try:
                more = os.read(self.ours, 65536)
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                break
            if not more:
                break
            self.drawn += more
            seconds = 0
        return self.drawn.decode(errors="replace")

    def close(self):
        os.close(self.ours)


def test_without_options_a_terminal_gets_a_table_with_the_streams_and_its_cursor_back(feed, local):
    terminal = Terminal(local, BIN / "muxtap-metrics", "--connect", feed.endpoint)
    try:
        wait_until(lambda: all(stream in terminal.read() for stream in STREAMS), what="the streams")
        wait_until(lambda: "Mb/s" in terminal.read() or "live" in terminal.read(), what="figures")
        assert "\033[?25l" in terminal.drawn.decode()
        begin = time.monotonic()
        terminal.program.send_signal(signal.SIGINT)
        wait_until(lambda: (terminal.read(), terminal.program.process.poll())[1] is not None, what="the end")
        assert terminal.program.wait() == 0 and time.monotonic() - begin < 3
        drawn = terminal.read()
    finally:
        terminal.close()
    assert drawn.rindex("\033[?25h") > drawn.rindex("\033[?25l")
    assert drawn.count("\033[?7l") == drawn.count("\033[?7h")  # and long lines wrap again
    # The last table stays.
    assert all(stream in drawn[drawn.rindex("\033[H"):] for stream in STREAMS)


def test_a_terminal_that_is_closed_is_the_end_of_a_table_on_it(feed, local):
    terminal = Terminal(local, BIN / "muxtap-metrics", "--connect", feed.endpoint)
    try:
        wait_until(lambda: STREAMS[0] in terminal.read(), what="the streams")
    finally:
        terminal.close()
    assert terminal.program.wait() == 0


# --- the flat record


def documented_fields():
    text = shared("rsprobe-fields.md")
    if text is None:
        pytest.skip("NOT TESTED: ../shared/rsprobe-fields.md is not here")
    return text.read_text()


def fields_of(text, pids):
    """Names that every record has by the list of fields: of the stream, and of each PID."""
    plain, of_pid = set(), set()
    for line in re.split(r"\n- ", text.partition("Notes:")[0]):
        named = " ".join(re.findall(r"`([^`]+)`", line.partition(";")[0])).split()
        names = {name for name in named if re.fullmatch(r"[a-z_0-9]+(\.[a-z0-9]+)?", name)}
        if line.startswith("Per PID"):
            of_pid |= names
        elif line.startswith(("Identity", "Stream", "TR", "Host", "Content")):
            plain |= names
    assert len(plain) > 50 and len(of_pid) > 30
    return plain | {"pid_map"} | {f"streams.{pid}.{name}" for pid in pids for name in of_pid}


def test_the_flat_record_has_every_field_and_says_what_the_records_say(wire):
    """Two workers from before the first packet: when it has fallen silent they know the same."""
    path = shared("media", "cc608_scte35.ts")
    if path is None:
        pytest.skip("NOT TESTED: ../shared/media is not here")
    probe = wire.probe("--stream", f"{NAME}=udp://{NAME}", "--probe-id", "cap-a")
    (wire.folder / "app.log").touch()
    flat = start_worker(wire, "--interval", 500, "--format", "rsprobe", name="flat")
    full = start_worker(wire, "--interval", 500)
    wire.wait_for_subscribers(probe, 2)
    wire.send(path, "--bitrate", "20M", "--duration", 2, "--drop", "every=1500", "--tei", "every=4000")

    def flat_records():
        return [record for record in flat.output.poll() if "timestamp" in record]
    state_is(full, "silent", 3)
    twin = full.output.newest()
    flat.wait_for(lambda: flat_records()[-1]["timestamp"] * 1_000_000 >= twin["time_ns"], "the same moment")
    assert probe.stop() == 0 and full.stop() == 0 and flat.stop() == 0
    record = next(record for record in flat_records() if record["timestamp"] * 1_000_000 == twin["time_ns"])
    pids = {pid["pid"]: pid for pid in twin["report"]["pids"]}
    for each in flat_records():
        seen = pids if each["timestamp"] >= record["timestamp"] else ()
        assert fields_of(documented_fields(), seen) - set(each) == set()
        assert not any(isinstance(value, dict) or value is None for value in each.values())
    same_stream(record, twin)
    same_host(record, twin["host"])
    for number, pid in pids.items():
        same_pid({name.removeprefix(f"streams.{number}."): value for name, value in record.items()
                  if name.startswith(f"streams.{number}.")}, pid)
    newest = [program["last_splice"] for program in twin["report"]["programs"] if "last_splice" in program]
    assert record["scte35"] == newest[0]["section_base64"]
    assert all(record[name] == "" for name in ("captions", "audio_loudness", "log_message", "base64_image", "hash"))


def same_stream(record, twin):
    report = twin["report"]
    assert (record["id"], record["source_ip"], record["source_port"]) == ("cap-a", GROUP, PORT)
    assert record["cc_errors_global"] == report["totals"]["continuity_errors"] > 0
    assert record["current_cc_errors_global"] == 0
    assert record["bitrate_avg_global"] == report["rate"]["arrival"]["average_bps"] > 0
    assert record["iat_avg_global"] == pytest.approx(report["arrival"]["inter_arrival"]["mean_us"] / 1000)
    assert record["iat_max_global"] == pytest.approx(report["arrival"]["inter_arrival"]["max_us"] / 1000)
    streams = {stream["pid"]: stream for program in report["programs"] for stream in program["streams"]}
    assert {entry["pid"] for entry in record["pid_map"]} == set(streams)
    for entry in record["pid_map"]:
        assert entry["stream_type_number"] == streams[entry["pid"]]["stream_type"]
        kind = streams[entry["pid"]]["kind"]
        assert entry["media_type"] == (kind if kind in ("video", "audio") else "data")
    names = {"pid_map": "pid_error", "crc": "crc_error", "cat": "cat_error", "pts": "pts_error", "pat": "pat_error",
             "pmt": "pmt_error", "continuity_counter": "continuity_count_error", "sync_byte": "sync_byte_error",
             "ts_sync_byte": "ts_sync_loss", "transport_error_indicator": "transport_error"}
    for ours in (name for name in record if name.startswith("tr101290_")):
        short = ours.removeprefix("tr101290_").removesuffix("_errors")
        assert record[ours] == report["tr101290"][names.get(short, f"{short}_error")]["count"], ours
    assert record["tr101290_transport_error_indicator_errors"] > 0


def same_host(record, host):
    same = {"host_name": "host_name", "system_name": "system_name", "os_version": "os_version",
            "kernel_version": "kernel_version", "total_memory": "memory_total_bytes", "total_swap": "swap_total_bytes",
            "cpu_count": "core_count", "core_count": "core_count"}
    assert {ours: record[ours] for ours in same} == {ours: host[theirs] for ours, theirs in same.items()}
    assert record["boot_time"] == host["boot_time_ns"] // 1_000_000 and record["uptime"] > 0
    assert 0 <= record["cpu_usage"] <= 100 and 0 < record["used_memory"] <= record["total_memory"]
    for number, disk in enumerate(host["disks"]):
        assert (record[f"disk_stats.{number}.name"], record[f"disk_stats.{number}.total_space"],
                record[f"disk_stats.{number}.is_removable"]) == (disk["device"], disk["total_bytes"], disk["removable"])
        assert f"disk_stats.{number}.available_space" in record
    for interface in host["interfaces"]:
        for name in ("received", "transmitted", "packets_received", "packets_transmitted", "errors_on_received",
                     "errors_on_transmitted"):
            assert record[f"network.{interface['name']}.{name}"] >= 0


def same_pid(record, pid):
    counters = pid["counters"]
    assert record["pid"] == pid["pid"] and record["id"] == "cap-a"
    assert record["packet_count"] == record["count"] == counters["packets"]
    assert (record["error_count"], record["current_error_count"]) == (counters["continuity_errors"], 0)
    assert (record["total_bits"], record["total_bits_sample"]) == (counters["packets"] * PACKET * 8, 0)
    assert record["start_time"] == pid["first_ns"] // 1_000_000
    assert record["capture_time"] == record["last_arrival_time"] == pid["last_ns"] // 1_000_000
    rates = {"bitrate": "window_bps", "bitrate_max": "max_bps", "bitrate_min": "min_bps", "bitrate_avg": "average_bps"}
    assert {ours: record[ours] for ours in rates} == {ours: pid["rate"][theirs] for ours, theirs in rates.items()}
    assert record["iat_min"] <= record["iat_avg"] <= record["iat_max"]
    assert (record["packet_start"], record["packet_len"]) == (0, PACKET)
    assert record["program_number"] == (pid["programs"] or [0])[0]


# --- wrong usage


@pytest.mark.parametrize("arguments, named", [
    (["--to", "mysql:x"], "mysql"), (["--to", "sqlite"], "sqlite"), (["--to", "sqlite:"], "sqlite"),
    (["--to", "prometheus:http"], "http"), (["--to", "prometheus:99999"], "99999"), (["--to", "table:x"], "table"),
    (["--to", "table", "--to", "ndjson:-"], "standard output"), (["--to", "sqlite:a", "--to", "sqlite:a"], "twice"),
    (["--interval", "0"], "--interval"), (["--interval", "soon"], "--interval"), (["--format", "xml"], "--format"),
    (["--ndjson-bytes", "-1"], "--ndjson-bytes"), (["--prometheus-pids", "many"], "--prometheus-pids"),
    (["--sqlite-retention", "x"], "--sqlite-retention"), (["--spool-bytes", "1K", "--to", "kafka"], "--spool-bytes"),
    (["--send-to-kafka=false", "--to", "kafka"], "--send-to-kafka"),
    (["--no-such-option"], "--no-such-option"), (["stray"], "stray"),
])
def test_wrong_usage_is_one_line_that_names_it(tmp_path, arguments, named):
    ended = run_to_end(BIN / "muxtap-metrics", "--duration", "100ms", *arguments, folder=tmp_path)
    assert ended.code == 2, ended.log
    lines = ended.log.strip().splitlines()
    assert len(lines) == 1 and named in lines[0] and lines[0].startswith("muxtap-metrics:"), ended.log
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("target", ["sqlite:nowhere/metrics.db", "ndjson:nowhere/records.ndjson", "sqlite:words",
                                    "ndjson:folder"])
def test_a_sink_that_cannot_be_opened_is_an_end_with_one_line(tmp_path, target):
    (tmp_path / "folder").mkdir()
    (tmp_path / "words").write_text("no database, and longer than the heading of one: " + "words " * 40)
    ended = run_to_end(BIN / "muxtap-metrics", "--to", target, folder=tmp_path)
    assert ended.code == 1, ended.log
    lines = ended.log.strip().splitlines()
    assert len(lines) == 1 and target.partition(":")[2] in lines[0], ended.log
