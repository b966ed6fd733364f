"""Several clients of one probe: slow ones, strange ones, and programs that know nothing of muxtap."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conftest import GROUP, PORT
from media import PACKET
from processes import BIN, run_to_end, wait_until
from recorder_process import sidecar
from test_main_path import NAME, SELECT, size

EXAMPLE = Path(__file__).resolve().parents[2] / "proto/examples/subscriber.py"


def subscribers(probe):
    return probe.last("status").get("subscribers")


def test_a_stopped_subscriber_costs_nobody_else_anything_and_sees_its_own_loss(wire, film):
    """The feed is TCP here: what the kernel keeps of it for the stopped one is small against what is sent."""
    wire.network.tap.ip()
    probe = wire.probe(*SELECT, "--subscriber-buffer", "2M", "--target-port", 5556, "--batch-packets", 350)
    recorders = []
    for number in range(3):
        buffers = ("--receive-buffer", "1M") if number == 1 else ()
        recorders.append(wire.recorder("--exit-on-end", "--flush", "100ms", *buffers, connect="tcp://127.0.0.1:5556",
                                       folder=wire.folder / f"client{number}"))
    stopped = recorders[1]
    stopped.send_signal(signal.SIGSTOP)
    try:
        sent, _ = wire.send(film, "--bitrate", "240M", "--loop", 12)  # 72 MB
        packets = len(sent) // PACKET
        probe.wait_for(lambda: probe.packets() == packets, "all packets")
        for recorder in (recorders[0], recorders[2]):
            path = recorder.folder / "capture.ts"
            recorder.wait_for(lambda: size(path) == len(sent), f"{path}")
    finally:
        stopped.send_signal(signal.SIGCONT)
    gap = stopped.wait_for_event("feed_gap")
    assert gap["missing_batches"] > 0
    more, _ = wire.send(film, "--bitrate", "100M")
    probe.wait_for(lambda: probe.packets() == packets + len(more) // PACKET, "the rest")
    assert probe.stop() == 0
    for recorder in recorders:
        assert recorder.wait() == 0
    for recorder in (recorders[0], recorders[2]):
        assert (recorder.folder / "capture.ts").read_bytes() == sent + more
        assert not recorder.events("feed_gap")
    written = (stopped.folder / "capture.ts").read_bytes()
    told = sidecar(stopped.folder / "capture.ts")
    lost = told["gaps"]["subscriber"]
    assert lost["count"] >= 1
    assert lost["packets"] + len(written) // PACKET == packets + len(more) // PACKET
    place = told["gap_list"][0]
    whole = sent + more
    assert written[:place["at_byte"]] == whole[:place["at_byte"]]
    if lost["count"] == 1:
        assert written[place["at_byte"]:] == whole[place["at_byte"] + lost["packets"] * PACKET:]
    totals = probe.last("stream_totals")
    assert (totals["packets"], totals["kernel_dropped"], totals["queue_dropped"]) == (len(whole) // PACKET, 0, 0)


def test_three_subscribers_of_different_kinds_all_get_the_stream(wire, film):
    probe = wire.probe(*SELECT, "--target-port", 5556)
    first = wire.recorder("--exit-on-end", folder=wire.folder / "ipc")
    second = wire.recorder("--exit-on-end", connect="tcp://127.0.0.1:5556", folder=wire.folder / "tcp")
    reader = wire.reader(NAME)
    sent, _ = wire.send(film, "--bitrate", "100M")
    reader.wait_for_bytes(NAME, len(sent))
    assert (probe.stop(), first.wait(), second.wait()) == (0, 0, 0)
    assert reader.stream(NAME).data == sent
    for folder in ("ipc", "tcp"):
        assert (wire.folder / folder / "capture.ts").read_bytes() == sent


# --- other people's clients


def test_the_example_client_writes_the_stream_from_the_specification_alone(wire, film):
    probe = wire.probe(*SELECT)
    client = wire.program("/usr/bin/python3", EXAMPLE, wire.endpoint, NAME, wire.folder / "client.ts")
    probe.wait_for(lambda: subscribers(probe) == 1, "the client")
    # A packet that it has written shows that it is there: subscribing takes a moment.
    prelude = wire.folder / "prelude.ts"
    prelude.write_bytes(film.read_bytes()[:70 * PACKET])
    for _ in range(50):
        wire.send(prelude, "--burst")
        time.sleep(0.05)  # between two attempts
        if size(wire.folder / "client.ts") > 0:
            break
    sent, _ = wire.send(film, "--bitrate", "60M")
    probe.wait_for(lambda: probe.packets() % 70 == len(sent) // PACKET % 70 and
                   probe.packets() > len(sent) // PACKET, "all packets")
    assert probe.stop() == 0
    assert client.wait() == 0
    assert "gap" not in client.log_text()
    assert (wire.folder / "client.ts").read_bytes().endswith(sent)


def raw_probe(wire, *arguments, **options):
    return wire.probe(*SELECT, "--raw-endpoint", "tcp://127.0.0.1:5557", *arguments, **options)


def wait_for_raw(wire, reader, prelude):
    """Sends a few packets until some have come: a raw endpoint has no status that could show the subscription."""
    for _ in range(100):
        wire.send(prelude, "--burst")
        if reader.size:
            return
    raise TimeoutError("nothing came from the raw endpoint")


@pytest.fixture
def prelude(wire, film):
    path = wire.folder / "prelude.ts"
    path.write_bytes(film.read_bytes()[:70 * PACKET])
    return path


def test_the_raw_endpoint_gives_bare_packets_in_messages_that_ffmpeg_can_read(wire, film, prelude):
    probe = raw_probe(wire)
    reader = wire.reader(endpoint="tcp://127.0.0.1:5557", raw=True, namespace=wire.network.tap)
    wait_for_raw(wire, reader, prelude)
    sent, _ = wire.send(film, "--bitrate", "60M")
    wait_until(lambda: reader.data.endswith(sent[-70 * PACKET:]) and reader.size > len(sent), what="the end")
    assert probe.stop() == 0
    assert reader.data.endswith(sent)
    assert all(len(message) % PACKET == 0 and 0 < len(message) <= 131_036 for message in reader.payloads)


def test_without_json_headers_the_main_endpoint_is_raw(wire, film, prelude):
    probe = wire.probe(*SELECT, "--target-port", 5558, environment={"SEND_JSON_HEADER": "false"})
    assert {event["endpoint"] for event in probe.events("publishing")} >= {"tcp://127.0.0.1:5558"}
    reader = wire.reader(endpoint="tcp://127.0.0.1:5558", raw=True, namespace=wire.network.tap)
    wait_for_raw(wire, reader, prelude)
    sent, _ = wire.send(film, "--bitrate", "60M")
    wait_until(lambda: reader.data.endswith(sent[-70 * PACKET:]) and reader.size > len(sent), what="the end")
    assert probe.stop() == 0
    assert reader.data.endswith(sent)


def packets_of(path):
    """How many packets of each codec ffprobe finds."""
    shown = subprocess.run(["ffprobe", "-v", "error", "-count_packets", "-show_entries",
                            "stream=codec_name,nb_read_packets", "-of", "csv=p=0", path],
                           capture_output=True, text=True, timeout=20)
    return {codec: int(count) for codec, count in (line.split(",")[:2] for line in shown.stdout.split())}


def test_ffmpeg_reads_the_raw_endpoint_and_writes_what_plays(wire, film):
    probe = raw_probe(wire)
    out = wire.folder / "ffmpeg.ts"
    ffmpeg = wire.program("ffmpeg", "-nostdin", "-y", "-loglevel", "info", "-i", "zmq:tcp://127.0.0.1:5557", "-c",
                          "copy", "-f", "mpegts", out)
    probe.wait_for(lambda: subscribers(probe) == 1, "ffmpeg")
    # It looks at some seconds of the stream before it writes; all the same every picture of the last round is there.
    sender = wire.sender(film, "--to", f"udp://{NAME}", "--bitrate", "30M", "--loop", 4)
    assert sender.wait() == 0
    ffmpeg.wait_for(lambda: size(out) > 0, "output")
    expected = packets_of(film)
    last = -1
    while size(out) != last:  # until it has written what it got
        last = size(out)
        time.sleep(0.5)
    assert probe.stop() == 0
    ffmpeg.send_signal(signal.SIGINT)
    ffmpeg.wait()
    found = packets_of(out)
    assert set(found) == set(expected)
    for codec, count in found.items():
        assert 3 * expected[codec] <= count <= 4 * expected[codec]


# --- strangers


def test_bytes_that_are_not_zeromq_do_not_disturb_the_probe(wire, short_film):
    probe = wire.probe(*SELECT, "--target-port", 5556)
    reader = wire.reader(NAME)
    probe.wait_for(lambda: subscribers(probe) == 1, "the reader")
    strange = [b"GET / HTTP/1.1\r\n\r\n", b"\0" * 4096, b"\xff" * 64, os.urandom(70_000), b"\xff" + b"\0" * 8 + b"\x7f",
               b"\xff\0\0\0\0\0\0\0\x01\x7f\x03\0NULL" + b"\0" * 48 + b"\x04\xff" * 1000, b""]
    kept = []
    with wire.network.tap.entered():
        for data in strange * 3:
            connection = socket.create_connection(("127.0.0.1", 5556), 5)
            kept.append(connection)
            try:
                connection.sendall(data)
            except OSError:
                pass  # refused on the way
    sent, _ = wire.send(short_film, "--bitrate", "40M")
    reader.wait_for_bytes(NAME, len(sent))
    assert reader.stream(NAME).data == sent
    assert subscribers(probe) == 1
    for connection in kept:
        connection.close()
    assert probe.stop() == 0


def open_descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def test_two_hundred_subscribers_that_come_and_go_leave_nothing_behind(wire, short_film):
    import zmq
    probe = wire.probe(*SELECT, "--target-port", 5556)
    reader = wire.reader(NAME)
    probe.wait_for(lambda: subscribers(probe) == 1, "the reader")
    before = open_descriptors(probe.pid)
    with wire.network.tap.entered():
        context = zmq.Context()
        for number in range(200):
            guest = context.socket(zmq.SUB)
            guest.setsockopt(zmq.LINGER, 0)
            guest.subscribe(("ts/", "", "info/", "nothing")[number % 4])
            guest.connect("tcp://127.0.0.1:5556")
            if number % 10 == 0:
                guest.poll(20)
            guest.close()
        context.term()
    sent, _ = wire.send(short_film, "--bitrate", "40M")
    reader.wait_for_bytes(NAME, len(sent))
    probe.wait_for(lambda: subscribers(probe) == 1 and open_descriptors(probe.pid) <= before + 1,
                   "their connections to be closed")
    assert reader.stream(NAME).data == sent
    assert reader.stream(NAME).gaps() == []
    assert probe.stop() == 0
