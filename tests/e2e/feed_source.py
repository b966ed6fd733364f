"""A probe made of a few lines: publishes a feed as proto/README.md describes it, and breaks it on request."""

import json
import time
from pathlib import Path

import zmq

from processes import PATIENCE

PACKET = 188
REJECT_REASONS = ("sync_byte", "reserved_afc", "adaptation_length", "truncated", "not_ts")


def test_packet(pid, counter, random_access=False, video_start=False, fill=0):
    """One transport packet: with an adaptation field when it is a random access point."""
    head = bytes([0x47, (0x40 if video_start else 0) | pid >> 8, pid & 0xFF])
    if random_access:
        head += bytes([0x30 | counter & 0x0F, 1, 0x40])
    else:
        head += bytes([0x10 | counter & 0x0F])
    if video_start:
        head += b"\x00\x00\x01\xe0"
    return head + bytes([fill & 0xFF]) * (PACKET - len(head))


def test_stream(packets, pid=256, random_access_every=0):
    """Distinct packets, so that a missing or doubled one shows."""
    made = []
    for number in range(packets):
        start = random_access_every > 0 and number % random_access_every == 0
        packet = bytearray(test_packet(pid, number, random_access=start, video_start=start))
        packet[20:28] = number.to_bytes(8, "big")
        made.append(bytes(packet))
    return b"".join(made)


class FeedSource:
    """One probe: a bound PUB socket and the numbering of its streams."""

    def __init__(self, endpoint="tcp://127.0.0.1:*", probe="cap-a", epoch=None, buffer=100_000):
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.XPUB)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.SNDHWM, buffer)
        self.socket.setsockopt(zmq.XPUB_VERBOSER, 1)
        deadline = time.monotonic() + 5
        while True:  # the port of a source that was just closed
            try:
                self.socket.bind(endpoint)
                break
            except zmq.ZMQError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
        self.endpoint = self.socket.getsockopt_string(zmq.LAST_ENDPOINT)
        self.probe = probe
        self.epoch = epoch or time.time_ns()
        self.next = {}  # stream -> [seq, packet]
        self.totals = {}  # stream -> counters that a test has raised
        self.subscriptions = 0

    def wait_for_subscribers(self, count=1, seconds=PATIENCE):
        """Until so many subscriptions to packets are in place."""
        deadline = time.monotonic() + seconds
        while self.subscriptions < count:
            if not self.socket.poll(max(0, deadline - time.monotonic()) * 1000):
                raise TimeoutError(f"only {self.subscriptions} subscriptions came")
            message = self.socket.recv()
            if message[:1] == b"\x01" and message[1:4] in (b"ts/", b"ts"):
                self.subscriptions += 1

    def counters(self, stream):
        packets = self.next.get(stream, [0, 0])[1]
        totals = {"datagrams": packets // 7, "packets": packets, "bytes": packets * PACKET, "tei": 0, "null": 0,
                  "dropped": 0, "rejected": dict.fromkeys(REJECT_REASONS, 0), "rtp_lost": 0, "rtp_reordered": 0,
                  "kernel_dropped": 0, "queue_dropped": 0}
        totals.update(self.totals.get(stream, {}))
        return totals

    def base(self, kind, stream):
        return {"v": 1, "kind": kind, "probe": self.probe, "stream": stream, "epoch": self.epoch,
                "source": {"ip": "10.0.0.5", "port": 41000, "dst_ip": "239.1.1.1", "dst_port": 5000,
                           "interface": "eth0", "vlan": 0, "encapsulation": "udp"},
                "totals": self.counters(stream)}

    def batch(self, stream, payload, time_ns=None, gap_ns=1000, per_datagram=7):
        """The frames of the next batch; numbering goes on whether it is sent or not."""
        seq, first = self.next.setdefault(stream, [0, 0])
        packets = len(payload) // PACKET
        header = self.base("ts", stream)
        datagrams = [[min(per_datagram, packets - at), gap_ns if at else 0] for at in range(0, packets, per_datagram)]
        header.update(seq=seq, first_packet=first, packets=packets, time_ns=time_ns or time.time_ns(),
                      datagrams=datagrams)
        self.next[stream] = [seq + 1, first + packets]
        return [f"ts/{stream}/".encode(), json.dumps(header).encode(), payload]

    def send_batch(self, stream, payload, **options):
        self.socket.send_multipart(self.batch(stream, payload, **options))

    def send_stream(self, stream, data, batch_packets=350, **options):
        for at in range(0, len(data), batch_packets * PACKET):
            self.send_batch(stream, data[at:at + batch_packets * PACKET], **options)

    def send_info(self, stream, state="live", last_packet_ns=None):
        header = self.base("info", stream)
        header.update(next_seq=self.next.get(stream, [0, 0])[0], time_ns=time.time_ns(), state=state,
                      last_packet_ns=last_packet_ns or time.time_ns(), rate_bps=0)
        self.socket.send_multipart([f"info/{stream}/".encode(), json.dumps(header).encode()])

    def send_raw(self, *frames):
        self.socket.send_multipart(list(frames))

    def close(self):
        self.socket.close()
        self.context.term()


def read_packets(path):
    """A file as whole packets; fails when it is not."""
    data = Path(path).read_bytes()
    assert len(data) % PACKET == 0, f"{path}: {len(data)} bytes are not whole packets"
    return data
