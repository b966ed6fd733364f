"""Runs the example subscriber against messages of the real encoder.

example_subscriber_test.py SAMPLES_PROGRAM SUBSCRIBER: publishes a stream with a loss, a restart of the probe, a loss before
a pause and an end, and compares what the subscriber wrote and said.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import zmq

TIME_LIMIT_MS = 20_000


class Feed:
    """Publishes variations of the sample messages."""

    def __init__(self, program):
        lines = subprocess.run([program], check=True, capture_output=True, text=True).stdout.splitlines()
        self.batch, self.info = ([bytes.fromhex(part) for part in line.split()] for line in lines[:2])
        self.socket = zmq.Context().socket(zmq.XPUB)
        self.port = self.socket.bind_to_random_port("tcp://127.0.0.1")
        self.published = b""

    def wait_for_subscriptions(self):
        """Both topics; a subscriber misses what was published before."""
        for _ in range(2):
            if not self.socket.poll(TIME_LIMIT_MS):
                sys.exit("the subscriber did not subscribe")
            self.socket.recv()

    def variation(self, message, **changes):
        header = json.loads(message[1])
        assert changes.keys() <= header.keys()
        return [message[0], json.dumps({**header, **changes}).encode(), *message[2:]]

    def send_batch(self, epoch, seq, stream="news"):
        message = self.variation(self.batch, epoch=epoch, seq=seq, stream=stream)
        message[0] = f"ts/{stream}/".encode()
        # Each packet is told from the others by its last bytes.
        message[2] = message[2][:-16] + epoch.to_bytes(8, "big") + seq.to_bytes(8, "big")
        if stream == "news":
            self.published += message[2]
        self.socket.send_multipart(message)

    def send_info(self, epoch, next_seq, state):
        self.socket.send_multipart(self.variation(self.info, epoch=epoch, next_seq=next_seq, state=state))


def main():
    program, subscriber = sys.argv[1:]
    feed = Feed(program)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "capture.ts")
        command = [sys.executable, subscriber, f"tcp://127.0.0.1:{feed.port}", "news", str(path)]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        try:
            feed.wait_for_subscriptions()
            feed.send_batch(100, 5)  # the first: no gap, whatever its number
            feed.send_batch(100, 6)
            feed.send_batch(100, 6, stream="news2")  # somebody else's
            feed.send_info(100, 7, "live")
            feed.send_batch(100, 9)  # 7 and 8 are missing
            feed.send_info(100, 10, "silent")
            feed.send_info(100, 13, "live")  # 10 to 12 are missing
            feed.send_batch(100, 13)
            feed.send_batch(200, 0)  # restart
            feed.send_info(200, 1, "ended")
            _, messages = process.communicate(timeout=TIME_LIMIT_MS / 1000)
        finally:
            process.kill()
        expected = "gap: 2 batches are missing\ngap: 3 batches are missing\nthe probe was restarted\n"
        assert messages == expected, messages
        assert process.returncode == 0, process.returncode
        assert path.read_bytes() == feed.published, "the file differs from what was published"


main()
