#!/usr/bin/env python3
"""Writes one stream of a muxtap feed to a file: subscriber.py ENDPOINT STREAM FILE"""
import json
import sys

import zmq

endpoint, stream, path = sys.argv[1:]
socket = zmq.Context().socket(zmq.SUB)
socket.connect(endpoint)
for kind in ("ts", "info"):
    socket.subscribe(f"{kind}/{stream}/")
epoch, expected, state = None, 0, ""
with open(path, "wb") as output:
    while state != "ended":
        try:
            _, text, *payload = socket.recv_multipart()
        except KeyboardInterrupt:
            break
        header = json.loads(text)
        if header["v"] > 1:
            sys.exit(f"feed version {header['v']} is newer than this program")
        seq, state = header.get("seq", header.get("next_seq")), header.get("state", "")
        if epoch is not None and header["epoch"] > epoch:
            print("the probe was restarted", file=sys.stderr)
        elif epoch is not None and seq > expected:
            print(f"gap: {seq - expected} batches are missing", file=sys.stderr)
        if epoch is None or (header["epoch"], seq) >= (epoch, expected):
            epoch, expected = header["epoch"], seq + len(payload)
            output.write(b"".join(payload))
            output.flush()
