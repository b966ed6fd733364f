"""muxtap-record in real processes on the loopback, fed by a probe made of a few lines of Python."""

import json
import os
import resource
import signal
import subprocess
import time
from pathlib import Path

import pytest

from feed_source import PACKET, FeedSource, read_packets, test_stream as make_stream
from recorder_process import BIN, RecorderProcess, sidecar, wait_until

SECOND = 1_000_000_000


@pytest.fixture
def running():
    """Everything that must not outlive a test."""
    things = []

    class Running:
        def source(self, *arguments, **options):
            things.append(FeedSource(*arguments, **options))
            return things[-1]

        def recorder(self, *arguments, **options):
            things.append(RecorderProcess(*arguments, **options))
            return things[-1]

    yield Running()
    for thing in reversed(things):
        thing.close()


def size(path):
    return Path(path).stat().st_size if Path(path).exists() else 0


# --- what is written -------------------------------------------------------------------------------------------------

def test_a_stream_is_written_byte_for_byte(running, tmp_path):
    source = running.source()
    recorder = running.recorder(tmp_path, "--connect", source.endpoint, "--exit-on-end")
    source.wait_for_subscribers()
    data = make_stream(20_001)
    source.send_stream("news", data, batch_packets=333)
    source.send_info("news", "ended")
    assert recorder.wait() == 0
    assert read_packets(tmp_path / "capture.ts") == data
    told = sidecar(tmp_path / "capture.ts")
    assert (told["packets"], told["bytes"], told["end_reason"]) == (20_001, len(data), "end_of_stream")
    assert (told["first_seq"], told["last_seq"], told["first_packet"]) == (0, 20_001 // 333, 0)
    assert all(cause["count"] == 0 for cause in told["gaps"].values())
    assert recorder.events("totals")[0]["packets"] == 20_001


def test_the_default_pair_needs_no_options(running, tmp_path):
    source = running.source("tcp://127.0.0.1:5556")
    recorder = running.recorder(tmp_path)
    source.wait_for_subscribers()
    data = make_stream(100)
    source.send_stream("224.0.0.200:10000", data)
    wait_until(lambda: size(tmp_path / "capture.ts") == len(data), what="the default file")
    assert recorder.stop() == 0


def test_two_streams_are_never_mixed_in_one_file(running, tmp_path):
    source = running.source()
    recorder = running.recorder(tmp_path, "--connect", source.endpoint, "--exit-on-end")
    source.wait_for_subscribers()
    first, second = make_stream(3000, pid=256), make_stream(3000, pid=512)
    for at in range(0, len(first), 300 * PACKET):
        source.send_batch("239.1.1.1:5000", first[at:at + 300 * PACKET])
        source.send_batch("239.1.1.2:5000", second[at:at + 300 * PACKET])
    source.send_info("239.1.1.1:5000", "ended")
    source.send_info("239.1.1.2:5000", "ended")
    assert recorder.wait() == 0
    assert read_packets(tmp_path / "capture.ts") == first
    assert read_packets(tmp_path / "capture-239.1.1.2_5000.ts") == second
    assert {event["path"] for event in recorder.events("file_opened")} == {"capture.ts", "capture-239.1.1.2_5000.ts"}


def test_one_stream_name_from_two_probes_is_two_recordings(running, tmp_path):
    sources = [running.source(probe="cap-a"), running.source(probe="cap-b")]
    recorder = running.recorder(tmp_path, "--connect", sources[0].endpoint, "--connect", sources[1].endpoint,
                                "--output", "{stream}/{probe}.ts")
    datas = [make_stream(2000, pid=256), make_stream(2000, pid=512)]
    for source in sources:
        source.wait_for_subscribers()
    for source, data in zip(sources, datas):
        source.send_stream("news", data)
    for probe, data in zip(("cap-a", "cap-b"), datas):
        wait_until(lambda: size(tmp_path / f"news/{probe}.ts") == len(data), what=probe)
        assert read_packets(tmp_path / f"news/{probe}.ts") == data
    assert recorder.stop() == 0


def test_streams_are_chosen_by_name_and_by_prefix(running, tmp_path):
    source = running.source()
    running.recorder(tmp_path, "--connect", source.endpoint, "--stream", "news", "--stream", "sport-*", "--output",
                     "{stream}.ts")
    source.wait_for_subscribers(2)
    for stream in ("newsreel", "sport", "sport-1", "sport-2", "news"):
        source.send_stream(stream, make_stream(10))
    wait_until(lambda: size(tmp_path / "news.ts") == 10 * PACKET, what="the last stream")
    assert sorted(path.name for path in tmp_path.glob("*.ts")) == ["news.ts", "sport-1.ts", "sport-2.ts"]


def test_packet_count_cuts_inside_a_batch(running, tmp_path):
    source = running.source()
    recorder = running.recorder(tmp_path, "--connect", source.endpoint, "--packet-count", 1234)
    source.wait_for_subscribers()
    data = make_stream(5000)
    source.send_stream("news", data, batch_packets=500)
    assert recorder.wait() == 0
    assert read_packets(tmp_path / "capture.ts") == data[:1234 * PACKET]
    assert sidecar(tmp_path / "capture.ts")["end_reason"] == "packet_count"


def test_duration_ends_the_run(running, tmp_path):
    source = running.source()
    recorder = running.recorder(tmp_path, "--connect", source.endpoint, "--duration", "500ms")
    source.wait_for_subscribers()
    source.send_stream("news", make_stream(700))
    assert recorder.wait() == 0
    assert size(tmp_path / "capture.ts") == 700 * PACKET
    assert sidecar(tmp_path / "capture.ts")["end_reason"] == "duration"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_flushes_and_ends_within_a_second(running, tmp_path, number):
    source = running.source()
    recorder = running.recorder(tmp_path, "--connect", source.endpoint, "--flush", "60s")
    source.wait_for_subscribers()
    data = make_stream(700)
    source.send_stream("news", data)
    recorder.wait_for_event("file_opened")
    recorder.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "news" in recorder.log_text(), what="the stream")
    # Received and not yet written: the status counts it.
    wait_until(lambda: any(event["packets"] == 700 for event in recorder.events("status")), what="700 packets")
    assert recorder.process.poll() is None
    begun = time.monotonic()
    assert recorder.stop(number) == 0
    assert time.monotonic() - begun < 1
    assert read_packets(tmp_path / "capture.ts") == data
    assert sidecar(tmp_path / "capture.ts")["end_reason"] == "signal"


# --- standard output -------------------------------------------------------------------------------------------------

def test_standard_output_takes_the_stream_and_nothing_else(running, tmp_path):
    source = running.source()
    recorder = running.recorder(tmp_path, "--connect", source.endpoint, "--output", "-", "--exit-on-end",
                                stdout=subprocess.PIPE)
    source.wait_for_subscribers()
    data = make_stream(50_000)
    source.send_stream("news", data)
    source.send_info("news", "ended")
    out, _ = recorder.process.communicate(timeout=20)
    assert out == data
    assert recorder.process.returncode == 0
    assert list(tmp_path.glob("*.json")) == []


def test_a_slow_reader_of_standard_output_loses_nothing_that_memory_holds(running, tmp_path):
    source = running.source()
    recorder = running.recorder(tmp_path, "--connect", source.endpoint, "--output", "-", "--exit-on-end",
                                stdout=subprocess.PIPE)
    source.wait_for_subscribers()
    data = make_stream(40_000)
    source.send_stream("news", data)
    source.send_info("news", "ended")
    recorder.wait_for_event("source_ended")  # all was received while nobody read
    out, _ = recorder.process.communicate(timeout=20)
    assert out == data


def test_a_reader_that_goes_ends_the_run_with_a_message(running, tmp_path):
    source = running.source()
    recorder = running.recorder(tmp_path, "--connect", source.endpoint, "--output", "-", stdout=subprocess.PIPE)
    source.wait_for_subscribers()
    recorder.process.stdout.close()
    source.send_stream("news", make_stream(10_000))
    assert recorder.wait() == 0
    assert recorder.events("output_closed")


# --- what is missing -------------------------------------------------------------------------------------------------

def test_a_gap_in_the_sequence_is_said_and_counted(running, tmp_path):
    source = running.source()
    recorder = running.recorder(tmp_path, "--connect", source.endpoint, "--exit-on-end")
    source.wait_for_subscribers()
    data = make_stream(3500)
    batches = [source.batch("news", data[at:at + 350 * PACKET]) for at in range(0, len(data), 350 * PACKET)]
    for number, frames in enumerate(batches):
        if number not in (3, 4):
            source.send_raw(*frames)
    source.send_info("news", "ended")
    assert recorder.wait() == 0
    gap = recorder.events("feed_gap")
    assert len(gap) == 1 and (gap[0]["missing_batches"], gap[0]["missing_packets"]) == (2, 700)
    assert not recorder.events("probe_restarted") and not recorder.events("source_silent")
    told = sidecar(tmp_path / "capture.ts")
    assert told["gaps"]["subscriber"] == {"count": 1, "batches": 2, "packets": 700}
    place = told["gap_list"][0]
    assert (place["at_packet"], place["at_byte"], place["seq"]) == (1050, 1050 * PACKET, 5)
    assert read_packets(tmp_path / "capture.ts") == data[:1050 * PACKET] + data[1750 * PACKET:]


def test_a_loss_before_a_pause_is_told_by_the_status(running, tmp_path):
    source = running.source()
    recorder = running.recorder(tmp_path, "--connect", source.endpoint)
    source.wait_for_subscribers()
    source.send_stream("news", make_stream(350))
    source.batch("news", make_stream(100))  # never sent
    source.send_info("news")
    assert recorder.wait_for_event("feed_gap")["missing_batches"] == 1
    source.send_stream("news", make_stream(350))
    assert recorder.stop() == 0
    assert sidecar(tmp_path / "capture.ts")["gaps"]["subscriber"] == {"count": 1, "batches": 1, "packets": 100}


def test_losses_of_network_kernel_and_probe_have_their_own_names(running, tmp_path):
    source = running.source()
    recorder = running.recorder(tmp_path, "--connect", source.endpoint, "--exit-on-end")
    source.wait_for_subscribers()
    source.totals["news"] = {"rtp_lost": 10, "kernel_dropped": 5}  # before the recorder came
    source.send_stream("news", make_stream(350))
    source.totals["news"] = {"rtp_lost": 13, "kernel_dropped": 9,
                             "rejected": {"sync_byte": 2, "reserved_afc": 0, "adaptation_length": 0, "truncated": 0,
                                          "not_ts": 1}}
    source.send_stream("news", make_stream(350))
    source.next["news"][1] += 60  # captured, numbered, and dropped by the probe's full queue
    source.totals["news"]["queue_dropped"] = 60
    source.send_stream("news", make_stream(350))
    source.send_info("news", "ended")
    assert recorder.wait() == 0
    told = sidecar(tmp_path / "capture.ts")
    assert told["gaps"]["network"] == {"count": 1, "rtp_packets": 3}
    assert told["gaps"]["kernel"] == {"count": 1, "frames": 4}
    assert told["gaps"]["probe_queue"] == {"count": 1, "packets": 60}
    assert told["gaps"]["subscriber"]["count"] == 0
    assert (told["rejected"]["sync_byte"], told["rejected"]["not_ts"]) == (2, 1)
    assert [gap["at_packet"] for gap in told["gap_list"]] == [350, 350, 700]


def test_a_probe_restart_is_no_gap(running, tmp_path):
    source = running.source()
    recorder = running.recorder(tmp_path, "--connect", source.endpoint)
    source.wait_for_subscribers()
    before, after = make_stream(700, pid=256), make_stream(700, pid=512)
    source.send_stream("news", before)
    wait_until(lambda: size(tmp_path / "capture.ts") == len(before), what="the first half")
    source.close()
    again = running.source(source.endpoint)
    again.wait_for_subscribers()
    again.send_stream("news", after)
    wait_until(lambda: size(tmp_path / "capture.ts") == len(before + after), what="the second half")
    assert recorder.stop() == 0
    assert read_packets(tmp_path / "capture.ts") == before + after
    assert len(recorder.events("probe_restarted")) == 1 and not recorder.events("feed_gap")
    told = sidecar(tmp_path / "capture.ts")
    assert told["probe_restarts"] == 1 and told["probe_restart_list"][0]["at_packet"] == 700


def test_a_silent_source_a_silent_probe_and_their_return_are_said(running, tmp_path):
    source = running.source()
    recorder = running.recorder(tmp_path, "--connect", source.endpoint, "--silence", "300ms")
    source.wait_for_subscribers()
    source.send_stream("news", make_stream(70))

    def until(event):
        def status_and_look():
            source.send_info("news", "silent")
            time.sleep(0.05)
            return recorder.events(event)
        return wait_until(status_and_look, what=event)

    until("source_silent")
    assert not recorder.events("probe_silent")
    source.send_stream("news", make_stream(70))
    recorder.wait_for_event("source_back")
    recorder.wait_for_event("probe_silent")  # not even its status any more
    assert len(recorder.events("source_silent")) == 1
    source.send_info("news", "live")
    recorder.wait_for_event("probe_back")
    assert not recorder.events("feed_gap") and not recorder.events("probe_restarted")


def test_a_probe_that_never_comes_is_said(running, tmp_path):
    recorder = running.recorder(tmp_path, "--connect", "tcp://127.0.0.1:1", "--silence", "100ms")
    assert "127.0.0.1:1" in recorder.wait_for_event("probe_silent")["message"]
    assert recorder.stop() == 0


# --- strangers -------------------------------------------------------------------------------------------------------

def test_messages_of_strangers_are_refused_by_name_and_recording_goes_on(running, tmp_path):
    source = running.source()
    recorder = running.recorder(tmp_path, "--connect", source.endpoint, "--exit-on-end")
    source.wait_for_subscribers()
    data = make_stream(700)
    source.send_stream("news", data[:350 * PACKET])
    topic, header, payload = source.batch("other", make_stream(10))
    newer = json.dumps({**json.loads(header), "v": 99}).encode()
    lying = json.dumps({**json.loads(header), "packets": 11}).encode()
    keyless = json.dumps({key: value for key, value in json.loads(header).items() if key != "seq"}).encode()
    strange = {
        "frame_count": [(b"ts/news/",), (topic, header), (topic, header, payload, b"more"),
                        (topic, header, payload, b"a", b"b", b"c")],
        "not_json": [(topic, b"{", payload), (topic, b"\xff\xfe", payload), (topic, b"[" * 100_000, payload)],
        "newer_version": [(topic, newer, payload)],
        "key": [(topic, keyless, payload)],
        "payload_size": [(topic, lying, payload), (topic, header, payload + b"G"), (topic, header, b"")],
        "topic": [(b"ts/else/", header, payload)],
        "payload_sync_byte": [(topic, header, b"\0" * len(payload))],
    }
    for messages in strange.values():
        for frames in messages:
            source.send_raw(*frames)
    for _ in range(500):
        source.send_raw(topic, b"{", payload)
    source.send_stream("news", data[350 * PACKET:])
    source.send_info("news", "ended")
    assert recorder.wait() == 0
    assert read_packets(tmp_path / "capture.ts") == data
    refused = recorder.events("feed_refused")
    assert {event["reason"] for event in refused} == set(strange)
    assert len(refused) == len(strange)  # the 500 equal ones are one line
    assert recorder.events("totals")[0]["refused_messages"] == 500 + sum(map(len, strange.values()))
    assert recorder.events("totals")[0]["files"] == 1


def test_doubled_messages_are_written_once(running, tmp_path):
    source = running.source()
    recorder = running.recorder(tmp_path, "--connect", source.endpoint, "--connect", source.endpoint + "",
                                "--exit-on-end")
    source.wait_for_subscribers()
    data = make_stream(700)
    for at in range(0, len(data), 350 * PACKET):
        frames = source.batch("news", data[at:at + 350 * PACKET])
        source.send_raw(*frames)
        source.send_raw(*frames)
    source.send_info("news", "ended")
    assert recorder.wait() == 0
    assert read_packets(tmp_path / "capture.ts") == data
    assert recorder.events("feed_stale")


# --- killed and started again ----------------------------------------------------------------------------------------

def test_killed_the_file_holds_whole_packets_and_a_restart_appends(running, tmp_path):
    source = running.source()
    arguments = (tmp_path, "--connect", source.endpoint, "--flush", "50ms", "--existing", "append")
    recorder = running.recorder(*arguments)
    source.wait_for_subscribers()
    data = make_stream(1400)
    source.send_stream("news", data[:700 * PACKET])
    wait_until(lambda: size(tmp_path / "capture.ts") == 700 * PACKET, what="a flush")
    wait_until(lambda: sidecar(tmp_path / "capture.ts")["packets"] == 700, what="its sidecar")
    recorder.process.kill()
    recorder.wait()
    assert read_packets(tmp_path / "capture.ts") == data[:700 * PACKET]
    assert sidecar(tmp_path / "capture.ts")["end_reason"] is None

    with (tmp_path / "capture.ts").open("ab") as file:
        file.write(data[700 * PACKET:701 * PACKET - 60])  # as after a power cut
    again = running.recorder(*arguments)
    source.wait_for_subscribers(2)
    source.send_stream("news", data[700 * PACKET:])
    wait_until(lambda: size(tmp_path / "capture.ts") == len(data), what="the rest")
    assert again.stop() == 0
    assert read_packets(tmp_path / "capture.ts") == data
    assert again.events("torn_packet_cut")[0]["bytes"] == PACKET - 60
    told = sidecar(tmp_path / "capture.ts")
    assert (told["offset_bytes"], told["packets"]) == (700 * PACKET, 700)
    assert [part["packets"] for part in told["earlier"]] == [700]


def test_killed_while_it_writes_at_full_speed_a_restart_leaves_whole_packets(running, tmp_path):
    source = running.source()
    data = make_stream(1400 * 40)
    for _ in range(5):
        recorder = running.recorder(tmp_path, "--connect", source.endpoint, "--flush", "1ms")
        before = size(tmp_path / "capture.ts")
        source.subscriptions = 0
        source.wait_for_subscribers()
        source.send_stream("news", data, batch_packets=1400)
        wait_until(lambda: size(tmp_path / "capture.ts") > before + 1_000_000, what="some writing")
        recorder.process.kill()
        recorder.wait()
    last = running.recorder(tmp_path, "--connect", source.endpoint, "--packet-count", 10)
    source.subscriptions = 0
    source.wait_for_subscribers()
    source.send_stream("news", data[:10 * PACKET])
    assert last.wait() == 0
    for at, packet in enumerate(memoryview(read_packets(tmp_path / "capture.ts"))[::PACKET]):
        assert packet == 0x47, f"packet {at}"


@pytest.mark.parametrize("policy, files", [
    ("overwrite", {"capture.ts": b"new"}),
    ("next", {"capture.ts": b"old", "capture-1.ts": b"new"}),
    ("append", {"capture.ts": b"old+new"}),
])
def test_an_existing_file_is_treated_as_told(running, tmp_path, policy, files):
    old, new = make_stream(10, pid=256), make_stream(20, pid=512)
    (tmp_path / "capture.ts").write_bytes(old)
    source = running.source()
    recorder = running.recorder(tmp_path, "--connect", source.endpoint, "--existing", policy, "--packet-count", 20)
    source.wait_for_subscribers()
    source.send_stream("news", new)
    assert recorder.wait() == 0
    contents = {b"new": new, b"old": old, b"old+new": old + new}
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.ts")} == {
        name: contents[what] for name, what in files.items()}


def test_a_file_of_another_stream_is_not_appended_to(running, tmp_path):
    source = running.source()
    for stream in ("news", "sport"):
        recorder = running.recorder(tmp_path, "--connect", source.endpoint, "--packet-count", 10)
        source.subscriptions = 0
        source.wait_for_subscribers()
        source.send_stream(stream, make_stream(10))
        assert recorder.wait() == 0
    assert sidecar(tmp_path / "capture.ts")["stream"] == "news"
    assert sidecar(tmp_path / "capture-1.ts")["stream"] == "sport"


# --- segments and retention ------------------------------------------------------------------------------------------

def send_seconds(source, stream, data, packets_per_second, start_ns):
    """Sends a stream as if it had been captured at this rate."""
    gap = 7 * SECOND // packets_per_second
    for number, at in enumerate(range(0, len(data), 70 * PACKET)):
        source.send_batch(stream, data[at:at + 70 * PACKET], time_ns=start_ns + number * 10 * gap, gap_ns=gap)


def test_segments_of_two_seconds_begin_at_random_access_points_and_lose_nothing(running, tmp_path):
    source = running.source()
    recorder = running.recorder(tmp_path, "--connect", source.endpoint, "--segment", "2s", "--exit-on-end", "--output",
                                "{stream}/%Y-%m-%d/%H%M%S.ts")
    source.wait_for_subscribers()
    data = make_stream(7000, random_access_every=290)
    start = 1_763_600_001 * SECOND + SECOND // 4
    send_seconds(source, "news", data, 700, start)
    source.send_info("news", "ended")
    assert recorder.wait() == 0
    files = sorted(tmp_path.glob("news/2025-11-20/*.ts"))
    assert b"".join(read_packets(path) for path in files) == data
    assert len(files) == 6
    for path in files[1:]:
        assert path.read_bytes()[5] == 0x40, f"{path} does not begin with a random access point"
        boundary = sidecar(path)["started_ns"] % (2 * SECOND)
        assert boundary < 0.5 * SECOND, "later than the first random access point after the boundary"
    reasons = [sidecar(path)["end_reason"] for path in files]
    assert reasons == ["segment"] * 5 + ["end_of_stream"]
    assert sum(sidecar(path)["packets"] for path in files) == 7000


def test_the_oldest_segments_go_when_the_sum_grows_too_large(running, tmp_path):
    source = running.source()
    recorder = running.recorder(tmp_path, "--connect", source.endpoint, "--segment", "1s", "--max-bytes", 3000 * PACKET,
                                "--output", "rec/%Y%m%dT%H%M%S.ts")
    source.wait_for_subscribers()
    (tmp_path / "rec/20000101T000000.ts").write_bytes(make_stream(10))  # not of this recorder
    data = make_stream(7000, random_access_every=70)
    send_seconds(source, "news", data, 700, 1_763_600_000 * SECOND)
    recorder.wait_for_event("file_deleted", 5)
    wait_until(lambda: sum(size(path) for path in tmp_path.glob("rec/2025*.ts")) == 3 * 1000 * PACKET // 1
               or len(list(tmp_path.glob("rec/2025*.ts"))) == 4, what="four segments left")
    assert recorder.stop() == 0
    left = sorted(tmp_path.glob("rec/2025*.ts"))
    assert sum(size(path) for path in left) <= 3000 * PACKET
    assert b"".join(read_packets(path) for path in left) == data[-sum(map(size, left)):]
    assert (tmp_path / "rec/20000101T000000.ts").exists()


# --- a full disk -----------------------------------------------------------------------------------------------------

def test_a_full_disk_is_an_alarm_and_recording_goes_on_when_there_is_room(running, tmp_path, small_disk):
    source = running.source()
    recorder = running.recorder(tmp_path, "--connect", source.endpoint, "--output", small_disk / "capture.ts",
                                "--disk-retry", "100ms", "--flush", "50ms")
    source.wait_for_subscribers()
    data = make_stream(12_000)  # 2.2 MB where 1 MB is free
    source.send_stream("news", data)
    alarm = recorder.wait_for_event("disk_full")
    assert alarm["level"] == "error" and "No space left" in alarm["message"]
    read_packets(small_disk / "capture.ts")  # whole packets, whatever went in
    (small_disk / "ballast").unlink()
    recorder.wait_for_event("disk_recovered")
    more = make_stream(100, pid=700)
    source.send_stream("news", more)
    wait_until(lambda: size(small_disk / "capture.ts") == len(data + more), what="everything")
    assert recorder.stop() == 0
    assert read_packets(small_disk / "capture.ts") == data + more
    assert sidecar(small_disk / "capture.ts")["gaps"]["disk"]["packets"] == 0
    assert len(recorder.events("disk_full")) == 1


def test_beyond_its_memory_a_full_disk_drops_by_name_and_the_sidecar_says_where(running, tmp_path, small_disk):
    source = running.source()
    recorder = running.recorder(tmp_path, "--connect", source.endpoint, "--output", small_disk / "capture.ts",
                                "--disk-retry", "100ms", "--flush", "50ms", "--receive-buffer", "2M")
    source.wait_for_subscribers()
    data = make_stream(40_000)
    for at in range(0, len(data), 1400 * PACKET):
        source.send_batch("news", data[at:at + 1400 * PACKET])
        time.sleep(0.01)  # so that no batch is lost on the way, where the buffer is small as well
    recorder.wait_for_event("disk_dropped")
    (small_disk / "ballast").unlink()
    recorder.wait_for_event("disk_recovered")
    source.send_stream("news", make_stream(100, pid=700))
    assert recorder.stop() == 1  # packets were lost: no success
    written = read_packets(small_disk / "capture.ts")
    told = sidecar(small_disk / "capture.ts")
    disk = told["gaps"]["disk"]
    assert disk["count"] >= 1 and disk["packets"] > 0
    lost = disk["packets"] + told["gaps"]["subscriber"]["packets"]
    assert told["packets"] + lost == 40_100 and told["packets"] * PACKET == len(written)
    first_gap = next(gap for gap in told["gap_list"])
    assert written[:first_gap["at_byte"]] == data[:first_gap["at_byte"]]


def test_a_full_disk_takes_the_oldest_segment_first(running, tmp_path, small_disk):
    source = running.source()
    recorder = running.recorder(tmp_path, "--connect", source.endpoint, "--output", small_disk / "%Y%m%dT%H%M%S.ts",
                                "--segment", "1s", "--min-free", "100K", "--disk-retry", "100ms", "--exit-on-end")
    source.wait_for_subscribers()
    data = make_stream(14_000, random_access_every=70)
    send_seconds(source, "news", data, 700, 1_763_600_000 * SECOND)
    source.send_info("news", "ended")
    assert recorder.wait() == 0
    left = sorted(small_disk.glob("2025*.ts"))
    kept = b"".join(read_packets(path) for path in left)
    assert 0 < len(kept) < len(data) and data.endswith(kept)


def test_a_limit_on_file_sizes_is_a_failed_write_and_not_the_end(running, tmp_path):
    source = running.source()
    recorder = running.recorder(tmp_path, "--connect", source.endpoint, "--flush", "50ms", "--disk-retry", "50ms")
    source.wait_for_subscribers()
    limit = 100_000
    resource.prlimit(recorder.process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    data = make_stream(1000)
    source.send_stream("news", data)
    recorder.wait_for_event("disk_error")
    assert len(read_packets(tmp_path / "capture.ts")) == limit - limit % PACKET
    resource.prlimit(recorder.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    wait_until(lambda: size(tmp_path / "capture.ts") == len(data), what="the rest")
    assert recorder.stop() == 0
    assert read_packets(tmp_path / "capture.ts") == data


def test_a_file_that_somebody_deletes_is_said_and_a_new_one_begun(running, tmp_path):
    source = running.source()
    recorder = running.recorder(tmp_path, "--connect", source.endpoint, "--flush", "50ms")
    source.wait_for_subscribers()
    source.send_stream("news", make_stream(7))
    wait_until(lambda: size(tmp_path / "capture.ts") == 7 * PACKET, what="the first packets")
    (tmp_path / "capture.ts").unlink()
    recorder.wait_for_event("file_removed")
    source.send_stream("news", make_stream(9))
    wait_until(lambda: size(tmp_path / "capture-1.ts") == 9 * PACKET, what="the next file")
    assert recorder.stop() == 0


# --- set-up that cannot work -----------------------------------------------------------------------------------------

def run_to_end(folder, *arguments):
    ended = subprocess.run([BIN / "muxtap-record", *map(str, arguments)], cwd=folder, capture_output=True, text=True,
                           timeout=10, env={"PATH": os.environ["PATH"]})
    return ended.returncode, ended.stderr


@pytest.mark.parametrize("arguments, code, says", [
    (["--output", "/proc/nothing/capture.ts"], 1, "/proc/nothing"),
    (["--output", "/dev/null/capture.ts"], 1, "/dev/null"),
    (["--output", "."], 1, "Is a directory"),
    (["--output", "there.ts", "--existing", "fail"], 1, "there.ts"),
    (["--output", "%Q.ts"], 2, "%Q"),
    (["--output", "{steam}.ts"], 2, "{stream}"),
    (["--output", "folder/"], 2, "folder"),
    (["--output", "-", "--segment", "60s"], 2, "--segment"),
    (["--stream", "a b"], 2, "a b"),
    (["--connect", "nonsense"], 1, "nonsense"),
    (["--max-age", "1d", "--sidecar=false"], 2, "--sidecar"),
    (["--segment", "1ms"], 2, "--segment"),
    (["--segmnt", "60s"], 2, "--segment"),
    (["--existing", "keep"], 2, "--existing"),
    (["--target-port", "70000"], 2, "--target-port"),
])
def test_what_cannot_work_is_one_line_that_names_it(tmp_path, arguments, code, says):
    (tmp_path / "there.ts").write_bytes(b"")
    returned, error = run_to_end(tmp_path, *arguments)
    assert (returned, says in error, len(error.splitlines())) == (code, True, 1), error


def test_a_file_that_another_recorder_writes_is_refused(running, tmp_path):
    source = running.source()
    first = running.recorder(tmp_path, "--connect", source.endpoint)
    source.wait_for_subscribers()
    source.send_stream("news", make_stream(7))
    first.wait_for_event("file_opened")
    second = running.recorder(tmp_path, "--connect", source.endpoint)
    source.wait_for_subscribers(2)
    source.send_stream("news", make_stream(7))
    assert second.wait() == 1
    assert "another muxtap-record" in second.log_text()
