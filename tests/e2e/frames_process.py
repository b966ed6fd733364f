"""muxtap-frames on a live feed or on a file, and what it makes: records, pictures, encoded access units."""

import itertools
import json
import threading
from pathlib import Path

import zmq

from metrics_process import ndjson, schema_errors
from processes import BIN, Program, wait_until


class FramesProcess(Program):
    """One muxtap-frames that writes its records as NDJSON. It has a folder of its own: files are named from there."""

    def __init__(self, folder, endpoint, *arguments):
        folder = Path(folder)
        self.records_path = folder / "records.ndjson"
        super().__init__(folder, BIN / "muxtap-frames", "--log-format", "json", "--connect", endpoint, "--ndjson",
                         self.records_path, *arguments)
        self.wait_for_event("connecting")

    def records(self):
        return Records(ndjson(self.records_path))


class Records(list):
    """Records in the order in which they came."""

    def called(self, name):
        return [record for record in self if record["record"] == f"muxtap.{name}/1"]

    def frames(self, stream=None, program=None):
        return [record for record in self.called("frame")
                if stream in (None, record["stream"]) and program in (None, record["program_number"])]

    def sounds(self, pid=None):
        return [record for record in self.called("sound") if pid in (None, record["pid"])]

    def events(self, *kinds):
        return [record for record in self.called("event") if not kinds or record["kind"] in kinds]

    def schema_errors(self):
        return [error for record in self for error in schema_errors(record)]


def decode_file(scene, path, *arguments, name="frames", probe=()):
    """All that muxtap-frames has to tell of a file, as its probe reads it."""
    return decode_file_by(scene, path, {name: arguments}, probe=probe)[name]


def decode_file_by(scene, path, workers, probe=()):
    """The same by several workers with arguments of their own, by their names."""
    source = scene.probe("--input", path, "--wait-subscribers", len(workers), *probe)
    started = {name: scene.keep(FramesProcess(scene.folder / name, scene.endpoint, "--exit-on-end", *arguments))
               for name, arguments in workers.items()}
    for worker in started.values():
        assert worker.wait(30) == 0, worker.log_text()
    assert source.wait() == 0
    return {name: worker.records() for name, worker in started.items()}


def pictures_of_file(scene, path, *arguments):
    """The records of a file and its pictures: (record, bytes)."""
    endpoint = f"ipc://{scene.folder}/pictures"
    source = scene.probe("--input", path, "--wait-subscribers", 2)
    worker = scene.keep(FramesProcess(scene.folder / "frames", scene.endpoint, "--exit-on-end", "--save-images=false",
                                      "--publish", endpoint, *arguments))
    published = scene.keep(PublishedItems(endpoint))
    scene.reader()  # is the second one that the probe waits for
    assert worker.wait(30) == 0, worker.log_text()
    assert source.wait() == 0
    records = worker.records()
    wait_until(lambda: len(published.pictures(path.name)) == len(records.frames()), what="all pictures")
    return records, published.pictures(path.name)


def differences(told, expected, most=4):
    """Where two lists differ, a few places of it: [] when they do not. Short enough to be shown."""
    pairs = itertools.zip_longest(told, expected)
    return [(number, *pair) for number, pair in enumerate(pairs) if pair[0] != pair[1]][:most]


class PublishedItems:
    """A subscriber of a worker's own endpoint: (topic, record, bytes or None), in the order in which they came."""

    def __init__(self, endpoint):
        self.items, self.stopping = [], False
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.SUB)
        self.socket.setsockopt(zmq.RCVHWM, 0)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.subscribe("")
        connections = self.socket.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED)
        self.socket.connect(endpoint)
        try:
            wait_until(lambda: connections.poll(20), what=f"a connection to {endpoint}")
        finally:
            self.socket.disable_monitor()
            connections.close(linger=0)
        self.thread = threading.Thread(target=self._collect)
        self.thread.start()

    def _collect(self):
        while not self.stopping:
            if self.socket.poll(20):
                topic, record, *payload = self.socket.recv_multipart()
                self.items.append((topic.decode(), json.loads(record), payload[0] if payload else None))

    def pictures(self, stream):
        return self._of(stream, "muxtap.frame/1")

    def access_units(self, stream):
        return self._of(stream, "muxtap.access_unit/1")

    def _of(self, stream, kind):
        """(record, bytes)"""
        return [(record, data) for topic, record, data in list(self.items)
                if topic == f"frame/{stream}/" and record["record"] == kind]

    def close(self):
        self.stopping = True
        self.thread.join()
        self.socket.close()
        self.context.term()
