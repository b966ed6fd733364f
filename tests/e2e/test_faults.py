"""What muxtap-send injects, the probe counts: its totals against the sender's own list."""

import collections
import json

import pytest

from media import PACKET
from test_main_path import NAME, SELECT


def arrived(probe):
    """UDP datagrams that the kernel has captured, by its own count of frames; other frames do not pass the filter."""
    return probe.last("capture_statistics").get("frames")


def play_with_faults(wire, path, *faults, scheme="udp", probe_options=()):
    """Returns the list by kind, the probe's totals, what was sent, and the stream as a subscriber got it."""
    probe = wire.probe(*SELECT, "--pcap-stats", *probe_options)
    reader = wire.reader()
    wire.wait_for_subscribers(probe)
    sent, line = wire.send(path, "--bitrate", "40M", *faults, to=f"{scheme}://{NAME}")
    by_kind = collections.defaultdict(list)
    for entry in map(json.loads, line["faults"].splitlines()):
        by_kind[entry["fault"]].append(entry)

    probe.wait_for(lambda: arrived(probe) == line["datagrams"], "all datagrams")
    assert probe.stop() == 0
    reader.wait_for_info(NAME, "ended")
    return by_kind, probe.last("stream_totals"), sent, reader.stream(NAME)


def zeros(totals, *but):
    names = [name for name in totals if name.startswith("rejected")]
    names += ["tei", "dropped", "rtp_lost", "rtp_reordered", "kernel_dropped", "queue_dropped"]
    assert {name: totals[name] for name in names if name not in but and totals[name]} == {}


@pytest.mark.parametrize("scheme", ["udp", "rtp"])
def test_without_faults_nothing_is_counted(wire, short_film, scheme):
    listed, totals, sent, stream = play_with_faults(wire, short_film, scheme=scheme)
    assert not listed and stream.data == sent
    zeros(totals)


@pytest.mark.parametrize("rate", ["0.01", "0.2", "at=0,1,2,3,4,5,6", "at=6,7,13,6999"])
def test_each_corrupted_sync_byte_costs_its_packet_alone(wire, short_film, rate):
    """Where less than half of a datagram's sync bytes are left, nothing shows that it is a transport stream."""
    listed, totals, sent, stream = play_with_faults(wire, short_film, "--corrupt-sync", rate)
    broken = {entry["packet"] for entry in listed["corrupt-sync"]}
    assert len(broken) > 0
    kept, lost_datagrams, lost_packets = [], 0, 0
    for first in range(0, len(sent) // PACKET, 7):
        good = [number for number in range(first, first + 7) if number not in broken]
        if len(good) >= 4:
            kept += good
            lost_packets += 7 - len(good)
        else:
            lost_datagrams += 1
    expected = b"".join(sent[number * PACKET:(number + 1) * PACKET] for number in kept)
    assert [stream.data[at:at + PACKET] for at in range(0, stream.size, PACKET)] == [
        expected[at:at + PACKET] for at in range(0, len(expected), PACKET)]
    assert (totals["rejected_sync_byte"], totals["rejected_not_ts"]) == (lost_packets, lost_datagrams)
    zeros(totals, "rejected_sync_byte", "rejected_not_ts")


def test_packets_with_transport_error_indicator_are_counted_and_passed_on(wire, short_film):
    listed, totals, sent, stream = play_with_faults(wire, short_film, "--tei", "0.02")
    assert totals["tei"] == len(listed["tei"]) > 100
    assert stream.data == sent
    zeros(totals, "tei")


def test_packets_with_transport_error_indicator_are_left_out_when_asked(wire, short_film):
    listed, totals, sent, stream = play_with_faults(wire, short_film, "--tei", "0.02",
                                                    probe_options=("--drop", "tei"))
    damaged = {entry["packet"] for entry in listed["tei"]}
    assert totals["dropped"] == totals["tei"] == len(damaged)
    packets = [sent[at:at + PACKET] for at in range(0, len(sent), PACKET)]
    assert stream.data == b"".join(packet for number, packet in enumerate(packets) if number not in damaged)


def test_datagrams_that_the_network_lost_are_known_by_their_rtp_numbers(wire, short_film):
    # Not the first one: nobody knows that there was one before.
    listed, totals, sent, stream = play_with_faults(wire, short_film, "--drop-datagram", "at=1,2,3,50,99,500,998",
                                                    scheme="rtp")
    assert totals["rtp_lost"] == len(listed["drop-datagram"]) == 7
    assert stream.data == sent
    zeros(totals, "rtp_lost")
    assert stream.infos[-1]["totals"]["rtp_lost"] == 7


def test_datagrams_that_came_out_of_order_are_counted_and_taken_as_they_come(wire, short_film):
    listed, totals, sent, stream = play_with_faults(wire, short_film, "--reorder", "every=50", scheme="rtp")
    assert totals["rtp_reordered"] == len(listed["reorder"]) > 10
    assert stream.data == sent
    zeros(totals, "rtp_reordered")


def test_doubled_and_left_out_packets_are_the_stream_s_own_matter(wire, short_film):
    """Valid packets: an analyzer's case, not the probe's."""
    listed, totals, sent, stream = play_with_faults(wire, short_film, "--duplicate", "0.01", "--drop", "0.01")
    assert listed["duplicate"] and listed["drop"]
    assert stream.data == sent
    assert totals["packets"] == len(sent) // PACKET == 7000 + len(listed["duplicate"]) - len(listed["drop"])
    zeros(totals)


def test_all_faults_at_once_are_told_apart(wire, film):
    listed, totals, sent, stream = play_with_faults(wire, film, "--seed", 7, "--corrupt-sync", "0.002", "--tei", "0.003",
                                                    "--drop-datagram", "every=100", "--duplicate", "0.001",
                                                    scheme="rtp")
    sent_tei = sum(1 for entry in listed["tei"] if entry["packet"] is not None)
    corrupt = {entry["packet"] for entry in listed["corrupt-sync"] if entry["packet"] is not None}
    both = sum(1 for entry in listed["tei"] if entry["packet"] in corrupt)
    assert totals["rejected_sync_byte"] == len(corrupt)
    assert totals["tei"] == sent_tei - both
    assert totals["rtp_lost"] == len(listed["drop-datagram"])
    packets = [sent[at:at + PACKET] for at in range(0, len(sent), PACKET)]
    assert stream.data == b"".join(packet for number, packet in enumerate(packets) if number not in corrupt)
