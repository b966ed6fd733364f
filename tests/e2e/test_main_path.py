"""The main job: a stream is sent, captured, published and recorded; the file is what was sent, byte for byte."""

import socket
import subprocess

import pytest

from conftest import GROUP, PORT
from media import PACKET
from processes import BIN, run_to_end, wait_until
from recorder_process import sidecar

SELECT = ("--source-ip", GROUP, "--source-port", PORT)
NAME = f"{GROUP}:{PORT}"


def size(path):
    return path.stat().st_size if path.exists() else 0


def record_what_is_sent(wire, path, *probe_arguments, send=(), stream=None, to=f"udp://{GROUP}:{PORT}"):
    """Returns what was sent, what was recorded, and the probe's final account of the stream."""
    probe = wire.probe(*(probe_arguments or SELECT))
    recorder = wire.recorder("--exit-on-end", streams=0)
    wire.wait_for_subscribers(probe)
    sent, _ = wire.send(path, *(send or ("--bitrate", "30M")), to=to)
    packets = len(sent) // PACKET
    probe.wait_for(lambda: probe.packets() >= packets, f"{packets} packets")
    assert probe.stop() == 0
    assert recorder.wait() == 0
    assert not probe.events("kernel_dropped")
    totals = probe.last("stream_totals")
    if stream is not None:
        assert totals["stream"] == stream
    return sent, (wire.folder / "capture.ts").read_bytes(), totals


def assert_nothing_lost(totals, sent):
    assert totals["packets"] == len(sent) // PACKET
    wrong = {key: totals[key] for key in totals if key.startswith("rejected") and totals[key]}
    lost = {key: totals[key] for key in ("rtp_lost", "rtp_reordered", "kernel_dropped", "queue_dropped") if totals[key]}
    assert (wrong, lost) == ({}, {})


@pytest.mark.parametrize("scheme", ["udp", "rtp"])
@pytest.mark.parametrize("capture", ["afpacket", "pcap", "socket"])
def test_what_is_sent_is_recorded_byte_for_byte(wire, film, capture, scheme):
    sent, recorded, totals = record_what_is_sent(wire, film, *SELECT, "--capture", capture, to=f"{scheme}://{NAME}",
                                                 send=("--bitrate", "60M"), stream=NAME)
    assert recorded == sent == film.read_bytes()
    assert_nothing_lost(totals, sent)
    told = sidecar(wire.folder / "capture.ts")
    assert (told["packets"], told["end_reason"]) == (len(sent) // PACKET, "end_of_stream")
    assert all(cause["count"] == 0 for cause in told["gaps"].values())


def test_ffprobe_plays_what_was_recorded_of_a_stream_in_its_own_time(wire, short_film):
    sent, recorded, _ = record_what_is_sent(wire, short_film, *SELECT, send=("--bitrate", "8M"))
    assert recorded == sent
    shown = subprocess.run(["ffprobe", "-v", "error", "-count_packets", "-show_entries",
                            "stream=codec_name,nb_read_packets", "-of", "csv=p=0", wire.folder / "capture.ts"],
                           capture_output=True, text=True, timeout=20)
    assert shown.stderr == ""
    streams = dict(line.split(",")[:2] for line in shown.stdout.split())
    assert set(streams) == {"h264", "aac"} and int(streams["h264"]) > 50


def test_root_without_any_option_about_the_source_takes_the_default_group(wire, short_film):
    """`sudo muxtap-probe` and `muxtap-record` work as a pair; the interface is found."""
    probe = wire.program(BIN / "muxtap-probe", "--log-format", "json")
    assert "rx0" in probe.wait_for_event("started")["source"]
    recorder = wire.program(BIN / "muxtap-record", "--log-format", "json")
    recorder.wait_for_event("stream_found")
    sent, _ = wire.send(short_film, "--burst", to="udp://224.0.0.200:10000")
    wait_until(lambda: size(wire.folder / "capture.ts") == len(sent), what="capture.ts")
    assert (probe.stop(), recorder.stop()) == (0, 0)
    assert (wire.folder / "capture.ts").read_bytes() == sent


@pytest.mark.parametrize("capture", ["afpacket", "pcap"])
def test_loopback_does_not_double(wire, short_film, capture):
    sent, recorded, totals = record_what_is_sent(
        wire_on_one_side(wire), short_film, "--source-device", "lo", "--source-ip", "127.0.0.1", "--source-port", PORT,
        "--capture", capture, send=("--interface", "lo", "--bitrate", "60M"), to=f"udp://127.0.0.1:{PORT}")
    assert recorded == sent
    assert_nothing_lost(totals, sent)


def wire_on_one_side(wire):
    wire.sender_side = wire.tap_side
    return wire


def test_the_device_any_captures(wire, short_film):
    sent, recorded, totals = record_what_is_sent(wire, short_film, *SELECT, "--source-device", "any")
    assert recorded == sent
    assert_nothing_lost(totals, sent)


def test_the_device_any_does_not_double_what_the_loopback_delivers(wire, short_film):
    sent, recorded, totals = record_what_is_sent(
        wire_on_one_side(wire), short_film, "--source-device", "any", "--source-ip", "127.0.0.1", "--source-port", PORT,
        send=("--interface", "lo", "--bitrate", "60M"), to=f"udp://127.0.0.1:{PORT}")
    assert recorded == sent
    assert_nothing_lost(totals, sent)


def test_several_capture_threads_keep_a_stream_in_order(wire, film):
    sent, recorded, totals = record_what_is_sent(wire, film, *SELECT, "--capture-threads", 3, send=("--bitrate", "60M"))
    assert recorded == sent
    assert_nothing_lost(totals, sent)


def test_unicast_is_captured_although_nobody_listens(wire, short_film):
    sent, recorded, totals = record_what_is_sent(wire, short_film, "--source-ip", "10.77.0.2", "--source-port", PORT,
                                                 to=f"udp://10.77.0.2:{PORT}")
    assert recorded == sent
    assert_nothing_lost(totals, sent)


def test_packets_that_straddle_ffmpegs_own_datagrams_are_put_together(wire, film):
    """FFmpeg's `-f mpegts udp://` fills datagrams of 1472 bytes, 7.8 packets, unless told a pkt_size."""
    probe = wire.probe(*SELECT)
    recorder = wire.recorder("--exit-on-end")
    out = wire.folder / "ffmpeg.ts"
    url = f"udp://{NAME}?localaddr=10.77.0.1"
    made = run_to_end(*wire.sender_side(
        ["ffmpeg", "-nostdin", "-loglevel", "error", "-re", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25", "-t",
         "2", "-c:v", "mpeg2video", "-b:v", "2M", "-f", "tee", "-map", "0:v", f"[f=mpegts]{url}|[f=mpegts]{out}"]),
        seconds=20)
    assert made.code == 0, made.log
    sent = out.read_bytes()
    wait_until(lambda: probe.packets() >= len(sent) // PACKET, what="all packets")
    assert (probe.stop(), recorder.wait()) == (0, 0)
    assert (wire.folder / "capture.ts").read_bytes() == sent
    assert_nothing_lost(probe.last("stream_totals"), sent)


# --- several streams


def test_two_streams_at_once_go_by_their_names(wire, short_film):
    probe = wire.probe("--stream", "news=udp://239.77.1.1:5000", "--stream", "sport=rtp://239.77.1.2:5000")
    recorder = wire.recorder("--exit-on-end", "--output", "{stream}.ts", streams=2)
    senders = []
    for name, to, offset in (("news", "udp://239.77.1.1:5000", 0), ("sport", "rtp://239.77.1.2:5000", 3500)):
        data = short_film.read_bytes()[offset * PACKET:]
        (wire.folder / f"{name}.in").write_bytes(data)
        senders.append((name, data, wire.sender(wire.folder / f"{name}.in", "--to", to, "--bitrate", "20M")))
    for name, data, sender in senders:
        assert sender.wait() == 0
    wait_until(lambda: {e["stream"]: e["packets"] for e in probe.events("status")[-2:]} ==
               {name: len(data) // PACKET for name, data, _ in senders}, what="all packets")
    assert (probe.stop(), recorder.wait()) == (0, 0)
    for name, data, _ in senders:
        assert (wire.folder / f"{name}.ts").read_bytes() == data
        assert sidecar(wire.folder / f"{name}.ts")["stream"] == name


def test_a_flow_of_another_port_or_address_is_not_taken(wire, short_film):
    for to in ("udp://239.77.1.1:5001", "udp://239.77.1.2:5000"):
        wire.sender(short_film, "--to", to, "--bitrate", "10M", "--loop", 0)
    sent, recorded, totals = record_what_is_sent(wire, short_film, *SELECT)
    assert recorded == sent


def test_discover_takes_transport_streams_and_rejects_other_udp(wire, short_film):
    probe = wire.probe("--discover", "--stream", "other=udp://239.77.9.9:9")
    recorder = wire.recorder("--exit-on-end", "--output", "{stream}.ts")
    reader = wire.reader("other")
    with wire.network.sender.entered(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as noise:
        for number in range(300):
            noise.sendto(b"G" + bytes([number & 0xFF]) * (number * 4), ("10.77.0.2", 7000))
            noise.sendto(b"", ("10.77.0.2", 7001))
            noise.sendto(b"G", ("10.77.0.2", 7002))
    # The first datagrams of a flow prove it; a recorder that comes by a new stream's name is there from its first batch.
    sent = {"10.77.0.2:5000": "udp", "10.77.0.2:5002": "rtp"}
    for name, scheme in sent.items():
        wire.send(short_film, "--burst", to=f"{scheme}://{name}")
    packets = short_film.stat().st_size // PACKET
    wait_until(lambda: [reader.stream(name).size // PACKET for name in sent] == [packets] * 2, what="both streams")
    assert (probe.stop(), recorder.wait()) == (0, 0)
    assert set(reader.streams) == {*sent, "other"} and not reader.stream("other").size
    for name in sent:
        assert reader.stream(name).data == short_film.read_bytes()
        assert (wire.folder / f"{name}.ts".replace(":", "_")).read_bytes() == short_film.read_bytes()
    assert probe.last("capture_totals")["not_ts_datagrams"] >= 900


def test_a_recorder_chooses_by_name_and_by_prefix(wire, short_film):
    probe = wire.probe(*(part for number, name in enumerate(("news", "sport-1", "sport-2", "weather"))
                         for part in ("--stream", f"{name}=udp://239.77.1.{number + 1}:5000")))
    recorder = wire.recorder("--stream", "news", "--stream", "sport-*", "--output", "{stream}.ts", "--exit-on-end",
                             streams=3)
    to = ",".join(f"udp://239.77.1.{number}:5000" for number in (1, 2, 3, 4))
    sent, _ = wire.send(short_film, "--bitrate", "20M", to=to)
    wait_until(lambda: [event["packets"] for event in probe.events("status")[-4:]] == [len(sent) // PACKET] * 4,
               what="all packets")
    assert (probe.stop(), recorder.wait()) == (0, 0)
    for name in ("news", "sport-1", "sport-2"):
        assert (wire.folder / f"{name}.ts").read_bytes() == sent
    assert not (wire.folder / "weather.ts").exists()
