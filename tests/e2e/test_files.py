"""Captures and transport streams from files: recorded byte for byte, damage reported with its place."""

import struct
import subprocess
import time

import pytest

from frames import rtp_header, tagged_frame
from media import PACKET, make_packet, make_stream, shared
from processes import BIN, wait_until

NAME = "239.77.1.1:5000"


def oracle(*names):
    path = shared("streams", *names)
    if path is None:
        pytest.skip("NOT TESTED: ../shared/streams is not here")
    return path


def pcap(frames, nanoseconds=True, big_endian=False, interval=0.001):
    """A capture file of Ethernet frames."""
    order = ">" if big_endian else "<"
    out = struct.pack(order + "IHHiIII", 0xA1B23C4D if nanoseconds else 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
    unit = 1_000_000_000 if nanoseconds else 1_000_000
    for number, frame in enumerate(frames):
        seconds, part = divmod(round(number * interval * unit), unit)
        out += struct.pack(order + "IIII", 1_700_000_000 + seconds, part, len(frame), len(frame)) + frame
    return out


def datagrams_of(data, packets=7):
    return [data[at:at + packets * PACKET] for at in range(0, len(data), packets * PACKET)]


def frames_of(data, packets=7, tags=()):
    return [tagged_frame(datagram, "239.77.1.1", 5000, tags) for datagram in datagrams_of(data, packets)]


def play(local, path, *arguments, clients=1, stdin=None, output="capture.ts"):
    """Reads a file when its recorder is there; both end by themselves. Returns the probe and what was recorded."""
    probe = local.probe("--input", path, "--wait-subscribers", clients, *arguments,
                        **({"stdin": stdin} if stdin else {}))
    recorder = local.recorder("--exit-on-end", "--output", output, streams=0)
    assert probe.wait() == 0, probe.log_text()
    assert recorder.wait() == 0
    out = local.folder / output
    return probe, out.read_bytes() if out.exists() else b""


# --- other people's captures with other people's answers


@pytest.mark.parametrize("case, capture, expected, selection", [
    ("test-162", "test-162.pcap", "test-162.3.ts", ("--discover",)),
    ("test-171", "test-171.11.pcapng", "test-171.11.ts", ("--discover",)),
])
def test_a_capture_with_a_known_answer_is_recorded_byte_for_byte(local, case, capture, expected, selection):
    probe, recorded = play(local, oracle(case, capture), *selection)
    known = oracle(case, expected).read_bytes()
    stride = 204 if case == "test-171" else PACKET  # the feed goes without the Reed-Solomon bytes
    assert recorded == b"".join(known[at:at + PACKET] for at in range(0, len(known), stride))
    totals = probe.last("stream_totals")
    assert totals["packets"] * PACKET == len(recorded)


def test_udp_that_is_no_transport_stream_is_rejected_and_nothing_is_recorded(local):
    capture = oracle("test-106", "test-106.2.pcapng")
    probe = local.probe("--input", capture, "--discover", "--wait-subscribers", 1)
    recorder = local.recorder(streams=0)
    assert probe.wait() == 0
    totals = probe.last("capture_totals")
    assert totals["frames"] > 0 and totals["not_ts_datagrams"] > 0
    assert probe.events("stream_totals") == []
    assert recorder.stop() == 0
    assert list(local.folder.glob("*.ts")) == []
    assert recorder.events("stream_found") == []


# --- captures made here


@pytest.mark.parametrize("nanoseconds", [True, False], ids=["nanoseconds", "microseconds"])
@pytest.mark.parametrize("big_endian", [True, False], ids=["big endian", "little endian"])
def test_pcap_files_of_both_byte_orders_and_resolutions(local, nanoseconds, big_endian):
    data = make_stream(7000)
    path = local.folder / "in.pcap"
    path.write_bytes(pcap(frames_of(data), nanoseconds, big_endian))
    probe = local.probe("--input", path, "--discover", "--wait-subscribers", 1)
    reader = local.reader()
    assert probe.wait() == 0
    reader.wait_for_info(NAME, "ended")
    stream = reader.stream(NAME)
    assert stream.data == data
    assert stream.headers[0]["time_ns"] == 1_700_000_000_000_000_000
    gaps = [gap for header in stream.headers for _, gap in header["datagrams"][1:]]
    assert set(gaps) == {1_000_000}


def test_tagged_rtp_in_a_capture(local):
    data = make_stream(700)
    frames = [tagged_frame(rtp_header(65_500 + number) + datagram, "239.77.1.1", 5000, [(0x88A8, 7), (0x8100, 8)])
              for number, datagram in enumerate(datagrams_of(data))]
    (local.folder / "in.pcap").write_bytes(pcap(frames))
    probe, recorded = play(local, local.folder / "in.pcap", "--stream", f"news=rtp://{NAME}?vlan=7")
    assert recorded == data
    assert probe.last("stream_totals")["rtp_lost"] == 0


def test_rtp_super_frames_in_a_capture_are_taken_apart(local):
    """As tcpdump writes them on a host with receive offload."""
    data = make_stream(7000)
    datagrams = [rtp_header(number) + datagram for number, datagram in enumerate(datagrams_of(data))]
    merged = [b"".join(datagrams[at:at + 16]) for at in range(0, len(datagrams), 16)]
    (local.folder / "in.pcap").write_bytes(pcap([tagged_frame(payload, "239.77.1.1", 5000) for payload in merged]))
    probe, recorded = play(local, local.folder / "in.pcap", "--discover")
    assert recorded == data
    totals = probe.last("stream_totals")
    assert (totals["datagrams"], totals["rtp_lost"], totals["rejected_sync_byte"]) == (1000, 0, 0)


@pytest.mark.parametrize("cut", [1, 8, 100, 1300])
def test_a_capture_cut_off_in_a_record_names_the_offset_and_gives_what_is_whole(local, cut):
    data = make_stream(700)
    whole = pcap(frames_of(data))
    record = 16 + len(frames_of(data)[0])
    (local.folder / "in.pcap").write_bytes(whole[:-cut])
    probe, recorded = play(local, local.folder / "in.pcap", "--discover")
    packets_in_the_last = max(0, 7 * PACKET - cut) // PACKET if cut < 1300 else 0
    assert recorded == data[:(99 * 7 + packets_in_the_last) * PACKET]
    damage = probe.last("input_damaged")
    assert damage["level"] == "warning" and "in.pcap" in damage["message"]
    assert str(24 + 99 * record) in damage["message"], damage["message"]


def test_a_record_with_an_absurd_length_ends_the_reading_with_its_offset(local):
    data = make_stream(700)
    frames = frames_of(data)
    place = 24 + 50 * (16 + len(frames[0]))
    broken = bytearray(pcap(frames))
    struct.pack_into("<I", broken, place + 8, 0x7FFFFFFF)
    (local.folder / "in.pcap").write_bytes(broken)
    probe, recorded = play(local, local.folder / "in.pcap", "--discover")
    assert recorded == data[:50 * 7 * PACKET]
    assert str(place) in probe.last("input_damaged")["message"]


def test_a_link_type_that_is_not_read_is_said(local):
    broken = bytearray(pcap(frames_of(make_stream(70))))
    struct.pack_into("<I", broken, 20, 147)  # one for private use
    (local.folder / "in.pcap").write_bytes(broken)
    probe = local.probe("--input", local.folder / "in.pcap", "--discover", ready=None)
    assert probe.wait() in (0, 1)
    assert "link type" in probe.log_text()


def test_strange_datagrams_are_rejected_by_name_and_never_in_the_feed(local):
    data = make_stream(700)
    strange = [b"", b"G", b"\0", b"G" * 188, b"G" * 187, bytes(1316), b"\x47" + bytes(187 * 7), bytes(65_000),
               b"\x80!" + bytes(10), b"\x80\xc8" + bytes(26), b"\xff" * 1316, bytes(range(256)) * 5]
    frames = []
    for number, datagram in enumerate(datagrams_of(data)):
        frames.append(tagged_frame(datagram, "239.77.1.1", 5000))
        frames.append(tagged_frame(strange[number % len(strange)], "239.77.1.1", 5000))
    (local.folder / "in.pcap").write_bytes(pcap(frames))
    probe, recorded = play(local, local.folder / "in.pcap", "--stream", f"news=udp://{NAME}")
    own = {data[at:at + PACKET] for at in range(0, len(data), PACKET)}
    found = [recorded[at:at + PACKET] for at in range(0, len(recorded), PACKET)]
    # 188 times G is a valid packet, a single one that fills its datagram.
    assert [packet for packet in found if packet in own] == [data[at:at + PACKET] for at in range(0, len(data), PACKET)]
    assert {packet for packet in found if packet not in own} <= {b"G" * 188}
    totals = probe.last("stream_totals")
    rejected = {key: value for key, value in totals.items() if key.startswith("rejected") and value}
    assert sum(rejected.values()) > 50 and rejected["rejected_not_ts"] > 30


# --- transport streams


@pytest.mark.parametrize("source", ["file", "pipe", "redirection"])
def test_a_ts_file_from_a_file_a_pipe_and_a_redirection(local, film, source):
    if source == "file":
        probe, recorded = play(local, film)
    elif source == "redirection":
        with film.open("rb") as stdin:
            probe, recorded = play(local, "-", stdin=stdin)
    else:
        with subprocess.Popen(["cat", film], stdout=subprocess.PIPE) as cat:
            probe, recorded = play(local, "-", stdin=cat.stdout)
    assert recorded == film.read_bytes()
    assert probe.last("stream_totals")["packets"] * PACKET == len(recorded)


def test_a_file_larger_than_all_queues_loses_nothing_for_a_slow_client(local, film):
    """At full speed the probe waits for its subscribers; nobody drops."""
    path = local.folder / "long.ts"
    path.write_bytes(film.read_bytes() * 25)  # 150 MB
    probe = local.probe("--input", path, "--wait-subscribers", 2, "--subscriber-buffer", "4M", "--queue-batches", 16)
    recorders = [local.recorder("--exit-on-end", "--receive-buffer", "4M", streams=0, folder=local.folder / name)
                 for name in ("a", "b")]
    assert probe.wait() == 0
    for recorder in recorders:
        assert recorder.wait() == 0
        assert not recorder.events("feed_gap")
        out = recorder.folder / "capture.ts"
        assert out.stat().st_size == path.stat().st_size
        assert subprocess.run(["cmp", out, path]).returncode == 0
    for name in ("a", "b"):
        (local.folder / name / "capture.ts").unlink()
    path.unlink()


@pytest.mark.parametrize("name, stride, offset", [("h264_204.ts", 204, 0), ("h264_192.m2ts", 192, 4)])
def test_files_of_other_strides_give_their_188_bytes(local, name, stride, offset):
    path = shared("media", name)
    if path is None:
        pytest.skip("NOT TESTED: ../shared/media is not here")
    data = path.read_bytes()
    _, recorded = play(local, path)
    assert recorded == b"".join(data[at + offset:at + offset + PACKET] for at in range(0, len(data), stride))


def test_damage_inside_a_file_costs_what_is_damaged(local):
    whole = make_stream(5000)
    data = bytearray(whole)
    data[1000 * PACKET] = 0  # a sync byte
    del data[3000 * PACKET + 50:3000 * PACKET + 70]  # 20 bytes missing in one packet
    (local.folder / "in.ts").write_bytes(data[:-60])  # and the end cut off
    probe, recorded = play(local, local.folder / "in.ts")
    good = [number for number in range(4999) if number not in (1000, 3000)]
    found = [recorded[at:at + PACKET] for at in range(0, len(recorded), PACKET)]
    expected = [whole[number * PACKET:(number + 1) * PACKET] for number in good]
    # The packet with missing bytes looks whole: its sync byte is there, and its end is the next one's beginning.
    found = [packet for packet in found if packet in set(expected)]
    assert found == expected or found == [p for n, p in zip(good, expected) if n != 3001]
    totals = probe.last("stream_totals")
    assert totals["rejected_truncated"] == 1 and totals["rejected_sync_byte"] >= 1


def test_a_text_is_not_a_transport_stream(local):
    (local.folder / "in.txt").write_text("Green grass grows Greatly. " * 10_000)
    probe = local.probe("--input", local.folder / "in.txt")
    assert probe.wait() == 0
    totals = probe.last("stream_totals")
    assert totals["packets"] == 0 and totals["rejected_not_ts"] > 0


# --- pace


def test_at_capture_pace_a_file_takes_its_own_time(local):
    data = make_stream(2660, bits_per_second=4_000_000)  # 1 s
    (local.folder / "in.ts").write_bytes(data)
    (local.folder / "in.pcap").write_bytes(pcap(frames_of(data), interval=1.0 / 380))
    for name in ("in.ts", "in.pcap"):
        probe = local.probe("--input", local.folder / name, "--pace", "capture", "--wait-subscribers", 1, "--stream",
                            f"news=udp://{NAME}")
        reader = local.reader()
        wait_until(lambda: any(stream.size for stream in reader.streams.values()), what="the first packets")
        begun = time.monotonic()
        assert probe.wait() == 0
        taken = time.monotonic() - begun
        assert 0.8 < taken < 2.5
        stream = next(iter(reader.streams.values()))
        wait_until(lambda: stream.size == len(data), what="all packets")
        assert stream.data == data
        reader.close()
        local.things.remove(reader)


def test_a_signal_while_a_file_is_played_ends_within_a_second_with_what_was_published(local, film):
    probe = local.probe("--input", film, "--pace", "capture", "--wait-subscribers", 1)
    recorder = local.recorder("--exit-on-end", streams=0)
    probe.wait_for(lambda: probe.packets() > 500, "some packets")
    begun = time.monotonic()
    assert probe.stop() == 0
    assert time.monotonic() - begun < 1
    assert recorder.wait() == 0
    recorded = (local.folder / "capture.ts").read_bytes()
    assert len(recorded) == probe.last("stream_totals")["bytes"]
    assert film.read_bytes().startswith(recorded)
