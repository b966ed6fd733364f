"""muxtap-send, seen from outside: what it sends, saves, lists and refuses."""

import ctypes
import json
import os
import signal
import socket
import struct
import subprocess
import threading
import time
from pathlib import Path

import pytest

from processes import wait_until

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("MUXTAP_BIN", ROOT / "build/dev/bin")) / "muxtap-send"
PACKET = 188
TICKS = 27_000_000
PATIENCE_SECONDS = 20  # for datagrams that must come
EXTRA_SECONDS = 0.05  # for datagrams that must not

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces need root")


# --- streams


def make_packet(pid, counter, pcr=None, payload=b""):
    head = struct.pack(">BHB", 0x47, pid, (0x30 if pcr is not None else 0x10) | counter & 15)
    if pcr is not None:
        base, extension = divmod(pcr, 300)
        field = struct.pack(">BBIH", 7, 0x10, base >> 1, (base & 1) << 15 | 0x7E00 | extension)
        head += field
    return (head + payload).ljust(PACKET, b"\xaa")


def make_stream(packets, bits_per_second=4_000_000):
    """A constant-rate stream of one PID with a PCR every 20 packets."""
    ticks = PACKET * 8 * TICKS / bits_per_second
    return b"".join(
        make_packet(256, i, round(i * ticks) if i % 20 == 0 else None, struct.pack(">I", i)) for i in range(packets)
    )


@pytest.fixture
def stream(tmp_path):
    path = tmp_path / "in.ts"
    path.write_bytes(make_stream(700))
    return path


# --- running and receiving


def send(*arguments, **options):
    options.setdefault("timeout", 60)
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, cwd="/", **options)


def summary(result):
    """The final line, as JSON."""
    return json.loads(result.stderr.strip().splitlines()[-1])


class Receiver:
    """Collects datagrams from a socket in a thread of its own."""

    def __init__(self, family=socket.AF_INET, address="127.0.0.1", group=None, interface=None, port=0):
        self.datagrams = []
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self.socket.bind((group or address, port))
        if group and family == socket.AF_INET:
            request = struct.pack("4s4si", socket.inet_aton(group), bytes(4), socket.if_nametoindex(interface))
            self.socket.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)
        elif group:
            request = struct.pack("16si", socket.inet_pton(family, group), socket.if_nametoindex(interface))
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, request)
        self.port = self.socket.getsockname()[1]
        self.expected = None  # packets; known when the sender has ended
        self.thread = threading.Thread(target=self._collect)
        self.thread.start()

    def _collect(self):
        """Until nothing comes any more behind the last packet expected, or one is given up."""
        self.socket.settimeout(EXTRA_SECONDS)
        last = time.monotonic()
        while True:
            try:
                self.datagrams.append(self.socket.recv(65536))
                last = time.monotonic()
            except socket.timeout:
                # An RTP header is shorter than a packet and does not count.
                complete = self.expected is not None and sum(len(d) // PACKET for d in self.datagrams) >= self.expected
                if complete or time.monotonic() - last > PATIENCE_SECONDS:
                    return

    def finish(self, expected):
        """All datagrams; to be called when the sender has ended."""
        self.expected = expected
        self.thread.join()
        self.socket.close()
        return self.datagrams


def play_to(receiver, scheme, host, *arguments):
    result = send(*arguments, "--to", f"{scheme}://{host}:{receiver.port}", "--log-format", "json")
    datagrams = receiver.finish(summary(result)["packets"] if result.returncode == 0 else 0)
    assert result.returncode == 0, result.stderr
    return result, datagrams


# --- what is sent


def test_udp_to_ipv4_is_the_file_seven_packets_to_a_datagram(stream, tmp_path):
    saved = tmp_path / "saved.ts"
    result, datagrams = play_to(Receiver(), "udp", "127.0.0.1", stream, "--save", saved)
    assert b"".join(datagrams) == stream.read_bytes() == saved.read_bytes()
    assert {len(d) for d in datagrams} == {7 * PACKET}
    line = summary(result)
    assert (line["packets"], line["datagrams"], line["bytes"]) == (700, 100, 700 * PACKET)
    assert result.stdout == ""


def test_udp_to_ipv6_is_the_file(stream):
    _, datagrams = play_to(Receiver(socket.AF_INET6, "::1"), "udp", "[::1]", stream)
    assert b"".join(datagrams) == stream.read_bytes()


def test_rtp_headers_count_on_and_the_payload_is_the_file(stream, tmp_path):
    saved = tmp_path / "saved.ts"
    _, datagrams = play_to(Receiver(), "rtp", "127.0.0.1", stream, "--loop", 2, "--save", saved)
    headers = [struct.unpack(">BBHII", d[:12]) for d in datagrams]
    assert {(first, payload_type) for first, payload_type, *_ in headers} == {(0x80, 33)}
    assert {ssrc for *_, ssrc in headers} == {headers[0][4]}
    for before, after in zip(headers, headers[1:]):
        assert after[2] == (before[2] + 1) % 65536
        # Seven packets at 4 Mb/s take 2.632 ms, 236.88 ticks of 90 kHz.
        assert after[3] - before[3] in (236, 237)
    assert b"".join(d[12:] for d in datagrams) == saved.read_bytes()


def test_a_loop_goes_on_with_counters_and_clocks(stream, tmp_path):
    saved = tmp_path / "saved.ts"
    play_to(Receiver(), "udp", "127.0.0.1", stream, "--loop", 3, "--burst", "--save", saved)
    data = saved.read_bytes()
    packets = [data[i : i + PACKET] for i in range(0, len(data), PACKET)]
    assert len(packets) == 2100
    assert all(p[3] & 15 == i % 16 for i, p in enumerate(packets))
    ticks = PACKET * 8 * TICKS / 4_000_000
    for i, packet in enumerate(packets):
        if packet[3] & 0x20:
            base, extension = struct.unpack(">IH", packet[6:12])
            pcr = (base << 1 | extension >> 15) * 300 + (extension & 0x1FF)
            assert abs(pcr - i * ticks) <= 3


def test_faults_reach_the_wire_and_the_list_and_the_saved_file(stream, tmp_path):
    saved, listed = tmp_path / "saved.ts", tmp_path / "faults.ndjson"
    faults = ["--drop", "at=100", "--duplicate", "at=200", "--tei", "at=300", "--corrupt-sync", "at=400"]
    faults += ["--drop-datagram", "at=70", "--reorder", "at=80", "--pcr-jump", "-1s@600", "--jitter", "1ms"]
    arguments = [stream, "--save", saved, "--fault-list", listed, *faults]
    result, datagrams = play_to(Receiver(), "udp", "127.0.0.1", *arguments)
    assert b"".join(datagrams) == saved.read_bytes()
    entries = [json.loads(line) for line in listed.read_text().splitlines()]
    kinds = [e["fault"] for e in entries if e["fault"] != "jitter"]
    assert sorted(kinds) == sorted(
        ["drop", "duplicate", "tei", "corrupt-sync", "drop-datagram", "reorder", "pcr-jump"]
    )
    sent = saved.read_bytes()
    by_kind = {e["fault"]: e for e in entries}
    assert sent[by_kind["corrupt-sync"]["packet"] * PACKET] == by_kind["corrupt-sync"]["sync_byte"] != 0x47
    assert sent[by_kind["tei"]["packet"] * PACKET + 1] & 0x80
    assert by_kind["drop"]["source_packet"] == 100
    line = summary(result)
    assert (line["drop"], line["tei"], line["pcr_jump"]) == (1, 1, 1)
    assert line["jitter"] == len(entries) - 7


def test_the_same_seed_sends_the_same_bytes(stream, tmp_path):
    outcomes = []
    for seed in (5, 5, 6):
        saved = tmp_path / "saved.ts"
        result, _ = play_to(
            Receiver(), "udp", "127.0.0.1", stream, "--burst", "--drop", 0.05, "--seed", seed, "--save", saved
        )
        outcomes.append((saved.read_bytes(), result.stdout))
    assert outcomes[0] == outcomes[1] != outcomes[2]


def test_several_destinations_of_both_families_all_get_the_file(stream):
    receivers = [Receiver(), Receiver(socket.AF_INET6, "::1"), Receiver()]
    hosts = ["127.0.0.1", "[::1]", "127.0.0.1"]
    to = [f"udp://{host}:{receiver.port}" for host, receiver in zip(hosts, receivers)]
    result = send(stream, "--to", to[0] + "," + to[1], "--to", to[2], "--log-format", "json")
    assert result.returncode == 0
    for receiver in receivers:
        assert b"".join(receiver.finish(700)) == stream.read_bytes()
    assert summary(result)["datagrams"] == 300


def test_segmentation_offload_changes_nothing_for_the_receiver(stream):
    for scheme, header in (("udp", 0), ("rtp", 12)):
        _, datagrams = play_to(Receiver(), scheme, "127.0.0.1", stream, "--gso", 40)
        assert {len(d) for d in datagrams} == {7 * PACKET + header}
        assert b"".join(d[header:] for d in datagrams) == stream.read_bytes()


def test_nobody_listening_does_not_end_the_play(stream):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    result = send(stream, "--to", f"udp://127.0.0.1:{port}", "--log-format", "json")
    assert result.returncode == 0
    assert summary(result)["packets"] == 700
    assert summary(result)["undelivered"] > 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once_with_its_totals_and_all_that_was_sent_saved(stream, tmp_path, number):
    saved = tmp_path / "saved.ts"
    receiver = Receiver()
    arguments = [stream, "--loop", "0", "--save", saved, "--to", f"udp://127.0.0.1:{receiver.port}"]
    arguments += ["--log-format", "json"]
    process = subprocess.Popen([BINARY, *map(str, arguments)], stderr=subprocess.PIPE, text=True)
    while not receiver.datagrams:  # until it plays
        assert process.poll() is None
        threading.Event().wait(0.01)
    process.send_signal(number)
    _, errors = process.communicate(timeout=5)
    assert process.returncode == 0
    line = json.loads(errors.splitlines()[-1])
    assert line["message"] == "interrupted"
    assert b"".join(receiver.finish(line["packets"])) == saved.read_bytes()
    assert len(saved.read_bytes()) == line["bytes"]


# --- multicast, in a network namespace of the test's own


def routes_of(device, network):
    listed = subprocess.run(["ip", "-6", "route", "show", "table", "all", network, "dev", device], capture_output=True,
                            text=True, check=True)
    return listed.stdout.strip()


@pytest.fixture
def private_network():
    """A namespace with a pair of connected interfaces that both are in it; this thread and its children live there."""
    libc = ctypes.CDLL(None, use_errno=True)
    clone_new_net = 0x40000000
    with open("/proc/thread-self/ns/net") as before:
        assert libc.unshare(clone_new_net) == 0
        try:
            for command in (
                "link set lo up",
                "link add mux0 type veth peer name mux1",
                "address add 10.98.0.1/24 dev mux0",
                "-6 address add fd98::1/64 dev mux0 nodad",
                "link set mux0 up",
                "link set mux1 up",
            ):
                subprocess.run(["ip", *command.split()], check=True)
            # The kernel gives an interface its IPv6 routes some time after it is up.
            wait_until(lambda: routes_of("mux0", "ff00::/8"), what="the route of IPv6 multicast")
            yield
        finally:
            libc.setns(before.fileno(), clone_new_net)


@needs_root
@pytest.mark.parametrize("scheme", ["udp", "rtp"])
@pytest.mark.parametrize(
    "family,group,host", [(socket.AF_INET, "239.98.1.1", "239.98.1.1"), (socket.AF_INET6, "ff15::98", "[ff15::98]")]
)
def test_multicast_leaves_by_the_interface_named(private_network, stream, family, group, host, scheme):
    receiver = Receiver(family, group=group, interface="mux0")
    _, datagrams = play_to(receiver, scheme, host, stream, "--interface", "mux0", "--ttl", 5)
    header = 12 if scheme == "rtp" else 0
    assert b"".join(d[header:] for d in datagrams) == stream.read_bytes()


@needs_root
def test_multicast_carries_the_ttl_asked_for(private_network, stream):
    group = "239.98.1.2"
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.ntohs(0x0800)) as wire:
        wire.bind(("mux1", 0x0800))
        wire.settimeout(5)
        result = send(stream, "--burst", "--interface", "mux0", "--ttl", 9, "--to", f"udp://{group}:5000")
        assert result.returncode == 0
        while True:
            packet = wire.recv(2048)
            if packet[16:20] == socket.inet_aton(group) and packet[9] == socket.IPPROTO_UDP:
                break
        assert packet[8] == 9


# --- what is refused


def refused(*arguments):
    result = send(*arguments)
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("muxtap-send: ")
    assert result.stdout == ""
    return result.returncode, lines[0].removeprefix("muxtap-send: ")


def test_unusable_input_is_named(tmp_path):
    empty, text, silent = tmp_path / "empty.ts", tmp_path / "text.ts", tmp_path / "silent.ts"
    empty.touch()
    text.write_text("this is no transport stream\n" * 100)
    silent.write_bytes(b"".join(make_packet(256, i) for i in range(50)))
    assert refused(tmp_path / "none.ts") == (1, f'cannot open "{tmp_path}/none.ts": No such file or directory')
    assert refused(tmp_path) == (1, f'cannot read "{tmp_path}": Is a directory')
    assert refused(empty) == (1, f'"{empty}" is empty: there is nothing to send')
    code, line = refused(text)
    assert code == 1 and "is not a transport stream" in line
    code, line = refused(silent)
    assert code == 1 and line.endswith("no two PCRs within a second to set the pace: give --bitrate")


def test_a_file_without_pcr_plays_at_the_bitrate_given(tmp_path):
    silent = tmp_path / "silent.ts"
    silent.write_bytes(b"".join(make_packet(256, i) for i in range(50)))
    _, datagrams = play_to(Receiver(), "udp", "127.0.0.1", silent, "--bitrate", "1M")
    assert b"".join(datagrams) == silent.read_bytes()


@needs_root
def test_a_destination_without_route_is_named_with_the_way_out(private_network, stream):
    code, line = refused(stream, "--to", "udp://10.1.2.3:5000")
    assert (code, line) == (1, "cannot send to udp://10.1.2.3:5000: Network is unreachable")
    code, line = refused(stream, "--to", "udp://239.98.1.1:5000")
    assert code == 1
    assert line.endswith("Network is unreachable; name the way out with --interface")


@needs_root
def test_segmentation_that_cannot_be_is_refused_with_the_reason(private_network, stream):
    to = ["--interface", "mux0", "--to", "udp://239.98.1.1:5000"]
    code, line = refused(stream, *to, "--gso", 4, "--packets-per-datagram", 8, "--burst")
    assert code == 1
    assert line.endswith("; with --gso each datagram must fit the interface's MTU")


@pytest.mark.parametrize(
    "arguments,code,text",
    [
        (["--to", "udp://127.0.0.1:70000"], 1, 'port "70000": expected a whole number from 1 to 65535'),
        (["--to", "udp://no.such.host.invalid:5000"], 1, 'cannot resolve "no.such.host.invalid"'),
        (["--to", "http://127.0.0.1:5000"], 1, "expected udp://ADDRESS:PORT"),
        (["--interface", "eth99"], 1, 'no interface "eth99"; there are: '),
        (["--save", "/nowhere/x.ts"], 1, 'cannot write "/nowhere/x.ts" (--save): No such file or directory'),
        (["--drop", "0.1", "--fault-list", "/nowhere/x"], 1, 'cannot write "/nowhere/x" (--fault-list): '),
        (["--drop", "often"], 2, '--drop: "often": expected a number from 0'),
        (["--bitrate", "fast"], 2, '--bitrate: "fast": expected bits per second'),
        (["--pcr-jump", "5s"], 2, '--pcr-jump: "5s": no @'),
        (["--reorder", "0.1;pid=5"], 2, "--reorder: datagrams have no PID"),
        (["--ttl", "256"], 2, "--ttl"),
        (["--nonsense"], 2, "unknown option --nonsense"),
    ],
)
def test_bad_settings_are_one_line_with_thing_and_reason(stream, arguments, code, text):
    got, line = refused(stream, *arguments)
    assert got == code
    assert text in line


def test_no_file_is_a_usage_error():
    assert refused("--burst") == (2, "no file to send: name one")


def test_a_file_cut_inside_a_packet_is_played_and_the_damage_named(stream):
    stream.write_bytes(stream.read_bytes()[:-100])
    result, datagrams = play_to(Receiver(), "udp", "127.0.0.1", stream, "--burst")
    assert b"".join(datagrams) == stream.read_bytes()[: 699 * PACKET]
    assert "the last packet is cut off: left out 88 bytes from offset 131412" in result.stderr
