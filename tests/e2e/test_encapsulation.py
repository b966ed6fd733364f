"""What a transport stream may come wrapped in: VLAN tags, IPv6, fragments, super-frames. The feed is what was sent."""

import pytest

from conftest import GROUP, PORT
from frames import rtp_header, tagged_frame
from media import PACKET
from test_main_path import NAME, SELECT, assert_nothing_lost

LIVE = ["afpacket", "pcap"]
TAGS = {"one tag": [(0x8100, 10)], "two tags": [(0x88A8, 20), (0x8100, 30)],
        "two 802.1Q tags": [(0x8100, 40), (0x8100, 50)]}


def feed_of(wire, path, *probe_arguments, send=("--bitrate", "40M"), to=f"udp://{GROUP}:{PORT}", name=NAME):
    """Returns what was sent, the stream as a subscriber got it, and the probe's final account."""
    probe = wire.probe(*probe_arguments)
    reader = wire.reader()
    wire.wait_for_subscribers(probe)
    sent, line = wire.send(path, *send, to=to)
    stream = reader.stream(name)
    try:
        reader.wait_for_bytes(name, len(sent), 5)
    except TimeoutError:
        pass  # what is missing shows below
    assert probe.stop() == 0
    reader.wait_for_info(name, "ended")
    totals = probe.last("stream_totals")
    assert (len(stream.data), totals["packets"]) == (len(sent), len(sent) // PACKET), totals
    assert stream.data == sent
    assert stream.gaps() == []
    return sent, stream, totals


def tagged_feed_of(wire, path, tags, *probe_arguments, scheme="udp", group=GROUP, name=NAME):
    """The same with frames made here: not every kernel has VLAN interfaces."""
    probe = wire.probe(*probe_arguments)
    reader = wire.reader()
    wire.wait_for_subscribers(probe)
    sent = path.read_bytes()
    datagrams = [sent[at:at + 7 * PACKET] for at in range(0, len(sent), 7 * PACKET)]
    if scheme == "rtp":
        datagrams = [rtp_header(number) + datagram for number, datagram in enumerate(datagrams)]
    wire.network.send_frames(tagged_frame(datagram, group, PORT, tags) for datagram in datagrams)
    reader.wait_for_bytes(name, len(sent), 5)
    assert probe.stop() == 0
    assert reader.stream(name).data == sent
    assert_nothing_lost(probe.last("stream_totals"), sent)
    return reader.stream(name)


@pytest.mark.parametrize("scheme", ["udp", "rtp"])
@pytest.mark.parametrize("capture", LIVE)
@pytest.mark.parametrize("tags", TAGS.values(), ids=TAGS.keys())
def test_tagged_frames_are_captured_on_the_trunk(wire, short_film, tags, capture, scheme):
    stream = tagged_feed_of(wire, short_film, tags, *SELECT, "--capture", capture, scheme=scheme)
    source = stream.headers[-1]["source"]
    assert (source["vlan"], source["encapsulation"]) == (tags[0][1], scheme)


@pytest.mark.parametrize("capture", LIVE)
def test_the_vlan_in_a_stream_s_address_tells_equal_groups_apart(wire, short_film, capture):
    other = wire.sender(short_film, "--to", f"udp://{GROUP}:{PORT}", "--bitrate", "10M", "--loop", 0)  # untagged
    tagged_feed_of(wire, short_film, TAGS["one tag"], "--stream", f"news=udp://{GROUP}:{PORT}?vlan=10", "--capture",
                   capture, name="news")
    assert other.stop() == 0


@pytest.mark.parametrize("capture", LIVE)
def test_rtp_in_two_tags_over_ipv6(wire, short_film, capture):
    stream = tagged_feed_of(wire, short_film, TAGS["two tags"], "--stream", f"news=rtp://[ff15::77]:{PORT}",
                            "--capture", capture, scheme="rtp", group="ff15::77", name="news")
    source = stream.headers[-1]["source"]
    assert (source["ip"], source["dst_ip"], source["vlan"]) == ("fd77::1", "ff15::77", 20)


@pytest.mark.parametrize("capture", LIVE)
def test_discover_finds_a_stream_inside_two_tags(wire, short_film, capture):
    tagged_feed_of(wire, short_film, TAGS["two tags"], "--discover", "--source-ip", GROUP, "--source-port", PORT,
                   "--capture", capture)


@pytest.mark.parametrize("scheme", ["udp", "rtp"])
@pytest.mark.parametrize("capture", [*LIVE, "socket"])
def test_ipv6_multicast(wire, short_film, capture, scheme):
    sent, stream, totals = feed_of(wire, short_film, "--source-ip", "ff15::77", "--source-port", PORT, "--capture",
                                   capture, to=f"{scheme}://[ff15::77]:{PORT}", name=f"[ff15::77]:{PORT}")
    assert_nothing_lost(totals, sent)


@pytest.mark.parametrize("scheme", ["udp", "rtp"])
@pytest.mark.parametrize("capture", [*LIVE, "socket"])
def test_datagrams_in_ipv4_fragments_are_put_together(wire, short_film, capture, scheme):
    sent, stream, totals = feed_of(wire, short_film, *SELECT, "--capture", capture, to=f"{scheme}://{GROUP}:{PORT}",
                                   send=("--bitrate", "40M", "--packets-per-datagram", 40))
    assert_nothing_lost(totals, sent)
    assert stream.headers[0]["datagrams"][0][0] == 40


@pytest.mark.parametrize("capture", LIVE)
def test_datagrams_in_ipv6_fragments_are_put_together(wire, short_film, capture):
    sent, stream, totals = feed_of(wire, short_film, "--stream", f"news=udp://[ff15::77]:{PORT}", "--capture", capture,
                                   to=f"udp://[ff15::77]:{PORT}", name="news",
                                   send=("--bitrate", "40M", "--packets-per-datagram", 40))
    assert_nothing_lost(totals, sent)


@pytest.mark.parametrize("capture", LIVE)
def test_discover_finds_a_stream_that_comes_in_fragments(wire, short_film, capture):
    probe = wire.probe("--discover", "--capture", capture, "--stream", "other=udp://239.77.9.9:9")
    reader = wire.reader("other")
    sent, _ = wire.send(short_film, "--bitrate", "40M", "--packets-per-datagram", 40, to="udp://10.77.0.2:5000")
    reader.wait_for_bytes("10.77.0.2:5000", len(sent))
    assert probe.stop() == 0
    assert reader.stream("10.77.0.2:5000").data == sent


@pytest.mark.parametrize("wire", [{"mtu": 9000}], indirect=True)
@pytest.mark.parametrize("capture", LIVE)
def test_jumbo_frames(wire, short_film, capture):
    sent, stream, totals = feed_of(wire, short_film, *SELECT, "--capture", capture,
                                   send=("--bitrate", "40M", "--packets-per-datagram", 47))
    assert_nothing_lost(totals, sent)


@pytest.mark.parametrize("scheme", ["udp", "rtp"])
@pytest.mark.parametrize("capture", LIVE)
def test_super_frames_are_taken_apart_and_their_gaps_not_measurable(wire, short_film, capture, scheme):
    sent, stream, totals = feed_of(wire, short_film, *SELECT, "--capture", capture, to=f"{scheme}://{GROUP}:{PORT}",
                                   send=("--bitrate", "40M", "--gso", 16))
    assert_nothing_lost(totals, sent)
    source = stream.headers[-1]["source"]
    assert source["encapsulation"] == scheme
    # The others of a super-frame have no time of their own. (The first datagram of a batch always has the gap 0.)
    entries = [entry for header in stream.headers for entry in header["datagrams"][1:]]
    unknown = sum(gap == -1 for _, gap in entries)
    if scheme == "rtp" or capture == "afpacket":
        assert all(packets <= 7 for packets, _ in entries)
        assert 0.85 < unknown / len(entries) < 1
    assert all(gap >= -1 for _, gap in entries)


@pytest.mark.parametrize("capture", LIVE)
def test_super_frames_are_warned_of_once_with_the_way_out(wire, short_film, capture):
    probe = wire.probe(*SELECT, "--capture", capture)
    wire.send(short_film, "--bitrate", "40M", "--gso", 16, to=f"rtp://{NAME}")
    warned = probe.wait_for_event("merged_frames")
    assert "ethtool -K rx0 gro off" in warned["message"]
    wire.send(short_film, "--bitrate", "40M", "--gso", 16, to=f"rtp://{NAME}")
    assert probe.stop() == 0
    assert len(probe.events("merged_frames")) == 1


def test_rtp_super_frames_on_the_device_any_whose_mtu_nobody_knows(wire, short_film):
    sent, stream, totals = feed_of(wire, short_film, *SELECT, "--source-device", "any", to=f"rtp://{NAME}",
                                   send=("--bitrate", "40M", "--gso", 16))
    assert_nothing_lost(totals, sent)


def test_what_the_snap_length_cuts_off_is_counted_and_not_in_the_feed(wire, short_film):
    probe = wire.probe(*SELECT, "--capture", "pcap", "--snaplen", 600)
    reader = wire.reader()
    wire.wait_for_subscribers(probe)
    sent, _ = wire.send(short_film, "--bitrate", "40M")
    whole = (600 - 42) // PACKET  # of the seven in each datagram
    reader.wait_for_bytes(NAME, 1000 * whole * PACKET)
    assert probe.stop() == 0
    totals = probe.last("stream_totals")
    assert (totals["packets"], totals["rejected_truncated"]) == (1000 * whole, 1000 * (7 - whole))
    expected = b"".join(sent[at:at + whole * PACKET] for at in range(0, len(sent), 7 * PACKET))
    assert reader.stream(NAME).data == expected
