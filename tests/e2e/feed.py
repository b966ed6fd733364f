"""A subscriber made of a few lines: reads a feed as proto/README.md describes it, or the raw endpoint."""

import json
import threading

import zmq

from processes import PATIENCE, wait_until


class Stream:
    def __init__(self):
        self.headers, self.infos, self.payloads = [], [], []

    @property
    def data(self):
        return b"".join(self.payloads)

    @property
    def size(self):
        return sum(map(len, self.payloads))

    def gaps(self):
        """Pairs of sequence numbers between which batches are missing; restarts are none."""
        return [(a["seq"], b["seq"]) for a, b in zip(self.headers, self.headers[1:])
                if a["epoch"] == b["epoch"] and b["seq"] != a["seq"] + 1]


class Reader:
    """Collects everything in a thread of its own. Endpoints that are local sockets reach into any namespace."""

    def __init__(self, endpoint, topics=("",), raw=False, namespace=None):
        self.raw, self.streams, self.payloads = raw, {}, []
        self.stopping = False
        if namespace is None:
            self._open(endpoint, topics)
        else:
            with namespace.entered():
                self._open(endpoint, topics)
        self.thread = threading.Thread(target=self._collect)
        self.thread.start()

    def _open(self, endpoint, topics):
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.SUB)
        self.socket.setsockopt(zmq.RCVHWM, 0)
        self.socket.setsockopt(zmq.LINGER, 0)
        for topic in topics:
            self.socket.subscribe(topic)
        self.socket.connect(endpoint)

    def _collect(self):
        while not self.stopping:
            if not self.socket.poll(20):
                continue
            frames = self.socket.recv_multipart()
            if self.raw:
                assert len(frames) == 1
                self.payloads.append(frames[0])
                continue
            header = json.loads(frames[1])
            stream = self.streams.setdefault(header["stream"], Stream())
            if header["kind"] == "ts":
                stream.payloads.append(frames[2])
                stream.headers.append(header)
            else:
                stream.infos.append(header)

    def stream(self, name):
        """The stream of this name, which may not have come yet."""
        return self.streams.setdefault(name, Stream())

    @property
    def size(self):
        """Bytes that came on a raw endpoint."""
        return sum(map(len, self.payloads))

    @property
    def data(self):
        return b"".join(self.payloads)

    def wait_for_info(self, name, state=None, seconds=PATIENCE):
        """A status of this stream has come: from here on nothing is missed."""
        def seen():
            infos = self.stream(name).infos
            return infos and (state is None or infos[-1]["state"] == state)
        wait_until(seen, seconds, f"a status {state or ''} of {name}")

    def wait_for_bytes(self, name, count, seconds=PATIENCE):
        wait_until(lambda: self.stream(name).size >= count, seconds, f"{count} bytes of {name}")

    def close(self):
        self.stopping = True
        self.thread.join()
        self.socket.close()
        self.context.term()
