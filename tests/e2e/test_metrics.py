"""muxtap-metrics without any server: its records and events against what was sent, what was injected, what befell the
source, the probe and the worker, and against what muxtap-analyze says of the same packets."""

import collections
import json
import re
import signal
import statistics
import time

import pytest

from conftest import GROUP, PORT, Scene, needs_root
from media import PACKET, shared
from metrics_process import MILLISECOND, SECOND, MetricsProcess, interval_records, missing, schema_errors
from netns import Network
from processes import BIN, PATIENCE, run_to_end
from test_files import frames_of, pcap

NAME = f"{GROUP}:{PORT}"
SELECT = ("--stream", f"{NAME}=udp://{NAME}", "--probe-id", "cap-a")


class Output:
    """The records that a worker has written so far; each poll reads what is new."""

    def __init__(self, path):
        self.path, self.position, self.records, self.seen = path, 0, [], []

    def poll(self):
        if self.path.exists():
            with self.path.open("rb") as file:
                file.seek(self.position)
                lines = file.read().split(b"\n")[:-1]
            self.position += sum(len(line) + 1 for line in lines)
            self.records += map(json.loads, lines)
            self.seen += [time.time_ns()] * len(lines)
        return self.records

    def intervals(self, stream=None):
        return [record for record in interval_records(self.poll()) if stream in (None, record["stream"])]

    def newest(self, stream=None):
        return (self.intervals(stream) or [{}])[-1]

    def events(self, kind=None):
        return [record for record in self.poll()
                if record["record"] == "muxtap.event/1" and kind in (None, record["kind"])]


def start_worker(scene, *arguments, endpoint=None, name="records", **options):
    """A worker that writes NDJSON, on the scene's feed. Ends with the scene."""
    path = scene.folder / f"{name}.ndjson"
    worker = scene.keep(MetricsProcess(scene.folder, "--connect", endpoint or scene.endpoint, "--to", f"ndjson:{path}",
                                       *arguments, **options))
    worker.output = Output(path)
    return worker


def state_is(worker, state, count=1):
    """So many of the newest records are in this state."""
    def holds():
        newest = worker.output.intervals()[-count:]
        return len(newest) == count and all(record["state"] == state for record in newest)
    worker.wait_for(holds, f"{count} records in state {state}")


def has_packets(worker, count, seconds=PATIENCE):
    worker.wait_for(lambda: worker.output.newest().get("report", {}).get("totals", {}).get("packets", 0) >= count,
                    f"{count} packets in a record", seconds)


def lost_at(record):
    """What a record counts as lost, by place; only what is not 0."""
    return {f"{place}.{what}": count for place, counts in record["loss"].items() for what, count in counts.items() if count}


def analyzed(path, *arguments):
    """What muxtap-analyze says of a file."""
    ended = run_to_end(BIN / "muxtap-analyze", "--json", *arguments, path, seconds=60)
    assert ended.code == 0, ended.log
    return [json.loads(line) for line in ended.output.splitlines()]


# --- one long story: what befalls the source and the probe, as two workers tell it


class Story:
    def __init__(self, scene, film):
        probe = scene.probe(*SELECT)
        self.workers = {interval: start_worker(scene, "--interval", interval, "--silence", "1s", name=str(interval))
                        for interval in (1000, 200)}
        slow, quick = self.workers.values()

        def play():
            return scene.sender(film, "--loop", 0, "--to", f"udp://{NAME}", "--bitrate", "8M")
        # Whenever a stream begins both are connected, so that both hear the same of it.
        state_is(quick, "waiting")
        state_is(slow, "waiting")
        sender = play()
        state_is(slow, "live")
        sender.kill()
        state_is(slow, "silent")
        sender = play()
        state_is(slow, "live")
        probe.send_signal(signal.SIGSTOP)
        state_is(slow, "probe_silent")
        probe.send_signal(signal.SIGCONT)
        state_is(slow, "live")
        self.epoch = slow.output.newest()["epoch"]
        probe.kill()
        state_is(slow, "probe_silent")
        sender.kill()
        probe = scene.probe(*SELECT)
        state_is(quick, "waiting")
        state_is(slow, "waiting")
        sender = play()
        state_is(slow, "live")
        assert probe.stop() == 0
        state_is(slow, "ended")
        sender.kill()
        assert [worker.stop() for worker in self.workers.values()] == [0, 0]

    def records(self, interval):
        return self.workers[interval].output.intervals()


@pytest.fixture(scope="module")
def story(tmp_path_factory, film):
    needs_root("a network of its own")
    scene = Scene(tmp_path_factory.mktemp("story"))
    try:
        scene.network = Network()
        yield Story(scene, film)
    finally:
        scene.close()


@pytest.mark.parametrize("interval", [1000, 200])
def test_records_come_at_every_multiple_of_the_interval_whatever_source_and_probe_do(story, interval):
    records = story.records(interval)
    numbers = [record["seq"] for record in records]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    for record in records:
        assert record["interval_ns"] == interval * MILLISECOND
        assert record["time_ns"] == record["seq"] * record["interval_ns"]
    span = records[-1]["time_ns"] - records[0]["time_ns"]
    assert span > 10 * SECOND


@pytest.mark.parametrize("interval", [1000, 200])
def test_records_are_made_when_their_interval_ends(story, interval):
    late = [record["worker"]["late_ns"] for record in story.records(interval)]
    assert min(late) >= 0
    # The middle one: a host that is busy with other things may hold any single one up.
    assert statistics.median(late) < 20 * MILLISECOND


@pytest.mark.parametrize("interval", [1000, 200])
def test_the_state_says_what_befell_the_stream_and_the_epoch_which_probe_tells(story, interval):
    states, epochs = [], []
    for record in story.records(interval):
        if not states or record["state"] != states[-1]:
            states.append(record["state"])
        if not epochs or record["epoch"] != epochs[-1]:
            epochs.append(record["epoch"])
    told = [state for state in states if state != "waiting"]
    assert told == ["live", "silent", "live", "probe_silent", "live", "probe_silent", "live", "ended"], states
    epochs = [epoch for epoch in epochs if epoch]
    assert len(epochs) == 2 and epochs[0] == story.epoch < epochs[1]
    kinds = collections.Counter(event["kind"] for event in story.workers[interval].output.events())
    assert (kinds["probe_silent"], kinds["probe_back"], kinds["probe_restarted"]) == (2, 2, 1)
    assert (kinds["stream_found"], kinds["stream_ended"], kinds["feed_loss"]) == (1, 1, 0)


def counters(record):
    """Everything in a record that counts, by its place."""
    found = {}

    def walk(value, place):
        if isinstance(value, dict):
            for key, content in value.items():
                walk(content, f"{place}.{key}")
        elif isinstance(value, int):
            found[place] = value
    report = record["report"]
    walk(report["totals"], "totals")
    walk(record["loss"], "loss")
    for pid in report["pids"]:
        walk(pid["counters"], f"pid {pid['pid']}")
    for place in [place for place in found if place.endswith(".lost_packets") and not place.startswith("loss.")]:
        # One that comes late after all is not lost any more.
        found[place] += found[place.replace("lost", "reordered")]
    for name, indicator in report["tr101290"].items():
        found[name] = indicator.get("count", 0)
    return found


@pytest.mark.parametrize("interval", [1000, 200])
def test_no_counter_falls_not_even_over_a_restart_of_the_probe(story, interval):
    before = {}
    for record in story.records(interval):
        now = counters(record)
        assert {name: (count, now.get(name)) for name, count in before.items() if now.get(name, -1) < count} == {}
        before = now
    assert before["totals.packets"] > 10_000


def test_what_is_known_of_a_silent_probe_stays_as_it_was(story):
    quiet = [record for record in story.records(200) if record["state"] == "probe_silent"]
    for before, after in zip(quiet, quiet[1:]):
        if after["seq"] == before["seq"] + 1:
            assert after["report"]["tr101290"] == before["report"]["tr101290"]
            assert after["report"]["totals"] == before["report"]["totals"]


def test_a_silent_source_puts_indicators_into_error_and_a_silent_probe_does_not(story):
    def in_error(record):
        return {name for name, indicator in record["report"]["tr101290"].items() if indicator["state"] == "error"}
    records = story.records(200)
    silent = [record for record in records if record["state"] == "silent"]
    assert {"pat_error", "pmt_error"} <= in_error(silent[-1])
    quiet = next(at for at, record in enumerate(records) if record["state"] == "probe_silent")
    # The silence of the source is long over before the probe is stopped.
    assert not in_error(records[quiet]) & {"pat_error", "pmt_error"}


def test_two_workers_at_the_same_moment_say_the_same_of_what_the_probe_told(story):
    quick = {record["time_ns"]: record for record in story.records(200)}
    compared = 0
    for record in story.records(1000):
        same = quick.get(record["time_ns"])
        if same and record["state"] == same["state"] == "ended":
            assert record["report"]["totals"] == same["report"]["totals"]
            assert record["loss"] == same["loss"] and record["source"] == same["source"]
            compared += 1
    assert compared


def test_every_record_of_the_story_fits_its_schema(story):
    for interval in (1000, 200):
        for record in story.workers[interval].output.records[::1 if interval == 1000 else 3]:
            assert schema_errors(record) == []


def test_events_are_numbered_without_a_gap(story):
    for worker in story.workers.values():
        numbers = [event["seq"] for event in worker.output.events()]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_a_worker_that_was_held_up_makes_its_records_late_and_after_a_long_stop_goes_on_with_the_newest(local):
    interval = 100
    local.probe("--capture", "socket", "--source-ip", "127.0.0.1", "--source-port", PORT)
    worker = start_worker(local, "--interval", interval)
    state_is(worker, "waiting", 3)

    def numbers_over_a_stop(intervals):
        before = worker.output.newest()["seq"]
        worker.send_signal(signal.SIGSTOP)
        time.sleep(intervals * interval / 1000)
        resumed = time.time_ns()
        worker.send_signal(signal.SIGCONT)
        worker.wait_for(lambda: worker.output.newest()["time_ns"] > resumed, "a record after the stop")
        return [record["seq"] for record in worker.output.intervals() if record["seq"] >= before]
    short = numbers_over_a_stop(5)
    assert short == list(range(short[0], short[0] + len(short))) and len(short) >= 6
    assert max(record["worker"]["late_ns"] for record in worker.output.intervals()) > 3 * interval * MILLISECOND
    long = numbers_over_a_stop(20)
    assert long == sorted(set(long)) and len(long) < long[-1] - long[0]
    assert worker.stop() == 0


# --- losses by the place where they happened


def test_what_the_network_lost_is_counted_there_and_equals_what_was_left_out(wire, short_film):
    probe = wire.probe("--stream", f"{NAME}=rtp://{NAME}")
    worker = start_worker(wire, "--interval", 200)
    wire.wait_for_subscribers(probe)
    # Not the first: nobody knows that there was one before.
    places = [10 + 37 * number for number in range(20)]
    sent, line = wire.send(short_film, "--bitrate", "20M", "--drop-datagram", "at=" + ",".join(map(str, places)),
                           to=f"rtp://{NAME}")
    left_out = [json.loads(text) for text in line["faults"].splitlines()]
    assert len(left_out) == len(places)
    has_packets(worker, len(sent) // PACKET)
    assert probe.stop() == 0
    state_is(worker, "ended")
    assert worker.stop() == 0
    record = worker.output.newest()
    [offline] = analyzed(wire.folder / "sent.ts")
    # What is told by continuity counters is what another program finds in the packets that were sent.
    assert lost_at(record) == {"network.rtp_lost_packets": len(places),
                               "network.continuity_lost_packets": offline["report"]["totals"]["lost_packets"]}
    assert offline["report"]["totals"]["lost_packets"] > len(places)
    for key in ("packets", "null_packets", "continuity_errors", "lost_packets"):
        assert record["report"]["totals"][key] == offline["report"]["totals"][key]
    assert [(pid["pid"], pid["counters"]) for pid in record["report"]["pids"]] == \
        [(pid["pid"], pid["counters"]) for pid in offline["report"]["pids"]]
    assert record["report"]["tr101290"]["continuity_count_error"]["count"] == \
        offline["report"]["totals"]["continuity_errors"]


def test_what_a_stopped_worker_misses_is_lost_in_the_feed_and_not_held_against_the_stream(wire, film):
    probe = wire.probe(*SELECT, "--subscriber-buffer", "1M")
    worker = start_worker(wire, "--interval", 200, "--receive-buffer", "1M")
    wire.wait_for_subscribers(probe)
    sender = wire.sender(film, "--loop", 0, "--to", f"udp://{NAME}", "--bitrate", "80M")
    state_is(worker, "live")
    worker.send_signal(signal.SIGSTOP)
    at_stop = probe.packets()
    probe.wait_for(lambda: probe.packets() > at_stop + 60_000, "more than any buffer holds")
    worker.send_signal(signal.SIGCONT)
    worker.wait_for(lambda: worker.output.newest()["loss"]["feed"]["lost_packets"] > 0, "the loss")
    state_is(worker, "live", 3)
    sender.kill()
    state_is(worker, "silent")
    assert probe.stop() == 0
    state_is(worker, "ended")
    assert worker.stop() == 0
    record = worker.output.newest()
    totals = record["report"]["totals"]
    assert set(lost_at(record)) == {"feed.lost_batches", "feed.lost_packets"}
    assert totals["packets"] + record["loss"]["feed"]["lost_packets"] == probe.last("stream_totals")["packets"]
    assert (totals["continuity_errors"], totals["lost_packets"]) == (0, 0)
    judged = record["report"]["tr101290"]["continuity_count_error"]
    assert judged["count"] == 0 and judged["capture_loss"] > 0
    told = worker.output.events("feed_loss")
    assert sum(event["count"] for event in told) == record["loss"]["feed"]["lost_packets"]


@pytest.mark.parametrize("capture, buffer, stop", [("afpacket", "1M", 0.8), ("afpacket", "64M", 1.5), ("socket", "1M", 0.8)])
def test_what_the_kernel_dropped_is_lost_at_the_capture_host_and_not_held_against_the_stream(wire, film, capture, buffer,
                                                                                             stop):
    """Also where much of what came before the loss is still to be read: with 64M half a second of it."""
    probe = wire.probe(*SELECT, "--capture", capture, "--buffer-size", buffer)
    worker = start_worker(wire, "--interval", 200)
    wire.wait_for_subscribers(probe)
    sender = wire.sender(film, "--loop", 0, "--to", f"udp://{NAME}", "--bitrate", "40M", "--duration", 3)
    state_is(worker, "live")
    probe.send_signal(signal.SIGSTOP)
    time.sleep(stop)  # at 5 MB a second
    probe.send_signal(signal.SIGCONT)
    assert sender.wait() == 0
    state_is(worker, "silent", 2)
    assert probe.stop() == 0
    state_is(worker, "ended")
    assert worker.stop() == 0
    record = worker.output.newest()
    assert set(lost_at(record)) == {"capture_host.kernel_dropped_frames"}
    sent = sender.events()[-1]["datagrams"]
    assert record["probe_totals"]["datagrams"] + record["loss"]["capture_host"]["kernel_dropped_frames"] == sent
    judged = record["report"]["tr101290"]["continuity_count_error"]
    assert judged["count"] == 0 and judged["capture_loss"] > 0


# --- the same packets, another program


@pytest.mark.parametrize("name", ["h264_aac_cbr2M.ts", "mpts3.ts", "mpeg2_mp2_vbr.ts", "h264_204.ts"])
def test_a_file_through_the_probe_gives_the_report_and_the_events_of_muxtap_analyze(local, name):
    path = shared("media", name)
    if path is None:
        pytest.skip("NOT TESTED: ../shared/media is not here")
    same_as_analyze(local, path)


def test_a_capture_through_the_probe_gives_the_report_and_the_events_of_muxtap_analyze(local, short_film):
    """Times are those of the capture, and datagrams stay whole though batches cut them."""
    data = short_film.read_bytes()
    damaged = b"".join(data[at:at + PACKET] for at in range(0, len(data), PACKET) if at // PACKET % 500 != 499)
    path = local.folder / "in.pcap"
    path.write_bytes(pcap(frames_of(damaged), interval=0.005))
    worker = same_as_analyze(local, path, "--discover")
    report = worker.output.newest()["report"]
    assert report["totals"]["continuity_errors"] > 10 and report["arrival"]["datagrams"] > 900


def same_as_analyze(local, path, *selection):
    worker = start_worker(local, "--exit-on-end")
    probe = local.probe("--input", path, "--wait-subscribers", 1, *selection)
    assert probe.wait(20) == 0 and worker.wait(20) == 0
    record = worker.output.newest()
    assert record["state"] == "ended" and lost_at({"loss": {**record["loss"], "network": {}}}) == {}
    [offline] = analyzed(path)
    assert record["report"] == offline["report"]
    assert record["report"]["totals"]["packets"] == probe.last("stream_totals")["packets"]

    def told(events):
        # A PID is reported at the end of a block of packets, and blocks differ.
        kept = {key: ("kind", "pid", "program_number", "count", "text") for key in ("pid_appeared", "pid_vanished")}
        every = ("kind", "time_ns", "packet", "pid", "program_number", "count", "text", "splice")
        return sorted(json.dumps({key: event[key] for key in kept.get(event["kind"], every) if key in event})
                      for event in events)
    own = [event for event in worker.output.events() if event["kind"] not in ("stream_found", "stream_ended")]
    assert told(own) == told(analyzed(path, "--events"))
    for each in worker.output.records:
        assert schema_errors(each) == []
    return worker


# --- events


def test_faults_are_events_at_once_not_at_the_end_of_an_interval(wire, film):
    probe = wire.probe(*SELECT)
    worker = start_worker(wire, "--interval", "1h")
    wire.wait_for_subscribers(probe)
    sender = wire.sender(film, "--to", f"udp://{NAME}", "--bitrate", "6M", "--tei", "at=5000", "--drop", "at=9003",
                         "--corrupt-sync", "at=13000")

    def began():
        return {event.get("indicator") for event in worker.output.events("indicator_began")}
    wanted = {"transport_error", "continuity_count_error", "sync_byte_error"}
    worker.wait_for(lambda: wanted <= began(), f"events of {wanted}")
    sender.kill()
    worker.wait_for(lambda: "indicator_ended" in {event["kind"] for event in worker.output.events()}, "an end")
    assert worker.stop() == 0
    assert worker.output.intervals() == []
    for event, seen in zip(worker.output.records, worker.output.seen):
        assert schema_errors(event) == []
        if event["kind"] == "indicator_began":
            assert 0 <= seen - event["time_ns"] < 1 * SECOND, event
    transport = next(event for event in worker.output.events("indicator_began") if event["indicator"] == "transport_error")
    assert transport["packet"] == 5000 and transport["number"] == "2.1"


def test_a_splice_is_an_event_with_its_section(local):
    path = shared("media", "cc608_scte35.ts")
    if path is None:
        pytest.skip("NOT TESTED: ../shared/media is not here")
    worker = same_as_analyze(local, path)
    splices = worker.output.events("splice")
    assert splices
    for event in splices:
        section = event["splice"]["section_base64"]
        assert re.fullmatch(r"/[A-Za-z0-9+/]+=*", section)  # table_id 0xFC
        assert event["program_number"] > 0 and event["pid"] > 0
    programs = worker.output.newest()["report"]["programs"]
    assert sum(program["splices"] for program in programs) >= len(splices)


def test_lines_of_a_watched_file_are_events_over_rotations(local):
    log = local.folder / "app.log"
    log.write_text("before the worker came\n")
    worker = start_worker(local, "--watch-file", log, "--watch-file", local.folder / "later.log")
    worker.wait_for_event("watch_file_missing")
    worker.wait_for_event("connecting")

    def append(path, text):
        with path.open("a") as file:
            file.write(text)

    def told():
        return [event["text"] for event in worker.output.events("log_line")]

    # It is followed from its end, which the worker has looked up before it says that another file is missing.
    append(log, "one\ntwo: ünïcode \"quoted\"\nunfin")
    worker.wait_for(lambda: len(told()) == 2, "two lines")
    append(log, "ished\n")
    worker.wait_for(lambda: told()[-1] == "unfinished", "the line in two pieces")
    log.rename(local.folder / "app.log.1")
    append(local.folder / "app.log.1", "late, to the old file\n")
    append(log, "first of the new file\n")
    worker.wait_for(lambda: told()[-1] == "first of the new file", "the new file")
    (local.folder / "copy").write_bytes(log.read_bytes())
    log.write_text("")  # copytruncate
    time.sleep(0.3)  # a file that is emptied and grows as long as it was between two looks is not seen to be emptied
    append(log, "a\n")
    worker.wait_for(lambda: told()[-1] == "a", "the emptied file")
    append(local.folder / "later.log", "from its start\n")
    worker.wait_for(lambda: told()[-1] == "from its start", "the file that was missing")
    assert worker.stop() == 0
    assert told() == ["one", "two: ünïcode \"quoted\"", "unfinished", "late, to the old file", "first of the new file",
                      "a", "from its start"]
    for event in worker.output.events("log_line"):
        assert schema_errors(event) == [] and not {"probe", "stream", "epoch"} & set(event)
    assert {event["file"] for event in worker.output.events("log_line")} == {str(log), str(local.folder / "later.log")}


# --- schemas


def test_every_record_of_many_kinds_of_streams_fits_its_schema(wire):
    names = ("mpts3", "dvbsub", "teletext888", "hevc_ac3", "cc608_scte35", "mpeg2_mp2_vbr", "h264_204")
    paths = {name: shared("media", f"{name}.ts") for name in names}
    if None in paths.values():
        pytest.skip("NOT TESTED: ../shared/media is not here")
    streams = {name: f"{'rtp' if number % 2 else 'udp'}://{GROUP}:{PORT + number}" for number, name in enumerate(names)}
    probe = wire.probe(*[part for item in streams.items() for part in ("--stream", "=".join(item))])
    worker = start_worker(wire, "--interval", 500)
    wire.wait_for_subscribers(probe)
    senders = [wire.sender(paths[name], "--to", to, "--bitrate", "6M", "--duration", 3, "--tei", "0.001", "--drop", "0.001")
               for name, to in streams.items()]
    assert [sender.wait() for sender in senders] == [0] * len(senders)
    worker.wait_for(lambda: {r["stream"] for r in worker.output.intervals() if r["state"] == "silent"} == set(names),
                    "all to be silent")
    assert probe.stop() == 0 and worker.stop() == 0
    for record in worker.output.records:
        assert schema_errors(record) == []
    assert all(gap == [] for gap in missing([r for r in worker.output.intervals() if r["epoch"]]).values())
    kinds = {stream["kind"] for record in worker.output.intervals() for program in record["report"]["programs"]
             for stream in program["streams"]}
    assert {"video", "audio", "subtitle", "teletext"} <= kinds
    assert len({event["kind"] for event in worker.output.events()}) >= 6


# --- several workers


def test_workers_share_the_streams_of_a_probe_by_prefixes(wire, short_film):
    names = ("a1", "a2", "b1", "b2", "c")
    probe = wire.probe(*[part for number, name in enumerate(names)
                         for part in ("--stream", f"{name}=udp://{GROUP}:{PORT + number}")])
    workers = {prefix: start_worker(wire, "--interval", 200, "--stream", f"{prefix}*", name=prefix) for prefix in "ab"}
    wire.wait_for_subscribers(probe, 2)
    sent, _ = wire.send(short_film, "--bitrate", "20M", to=",".join(f"udp://{GROUP}:{PORT + number}"
                                                                    for number in range(len(names))))
    expected = {"a": {"a1", "a2"}, "b": {"b1", "b2"}}
    for prefix, worker in workers.items():
        for stream in expected[prefix]:
            worker.wait_for(lambda: worker.output.newest(stream).get("report", {"totals": {"packets": 0}})["totals"][
                "packets"] == len(sent) // PACKET, f"all packets of {stream}")
    assert probe.stop() == 0
    assert [worker.stop() for worker in workers.values()] == [0, 0]
    for prefix, worker in workers.items():
        assert {record["stream"] for record in worker.output.poll() if "stream" in record} == expected[prefix]
        assert worker.output.newest()["worker"]["refused_messages"] == 0
        assert worker.output.newest()["worker"]["streams"] == 2


# --- ends


def test_records_go_on_until_all_packets_of_a_file_are_in_them(local, film):
    """--exit-on-end: nothing that the probe read is missing from the last records."""
    worker = start_worker(local, "--exit-on-end", "--interval", "1s")
    probe = local.probe("--input", film, "--wait-subscribers", 1)
    assert probe.wait() == 0 and worker.wait() == 0
    newest = worker.output.newest()
    assert newest["state"] == "ended"
    assert newest["report"]["totals"]["packets"] == newest["probe_totals"]["packets"] == film.stat().st_size // PACKET


def test_a_duration_is_an_end_and_a_good_one(local):
    begin = time.monotonic()
    worker = start_worker(local, "--duration", "500ms")
    assert worker.wait() == 0
    assert 0.5 <= time.monotonic() - begin < 5


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_a_signal_ends_it_soon_and_well_and_nothing_that_was_found_is_missing(wire, short_film, number):
    probe = wire.probe(*SELECT)
    worker = start_worker(wire, "--interval", 200)
    wire.sender(short_film, "--loop", 0, "--to", f"udp://{NAME}")
    state_is(worker, "live")
    worker.send_signal(signal.SIGHUP)
    before = len(worker.output.intervals())
    worker.wait_for(lambda: len(worker.output.intervals()) >= before + 3, "records after SIGHUP")
    begin = time.monotonic()
    assert worker.stop(number) == 0
    assert time.monotonic() - begin < 2
    assert worker.output.poll() and worker.output.path.read_bytes().endswith(b"\n")
    totals = worker.last("sink_totals")
    assert (totals["delivered"], totals["dropped"], totals["waiting"]) == (len(worker.output.records), 0, 0)
    assert probe.stop() == 0
