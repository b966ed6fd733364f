"""Measures muxtap-metrics: what 100 streams cost, whether records keep their time, and the way from the feed to the
analyzer's report beside muxtap-analyze. See docs/performance.md.
"""

import collections
import json
import os
import statistics
import subprocess
import time

from analyze_bench import child_usage
from lab import peak_rss_mb, process_cpu_seconds, wait_until

GIGA = 1e9
STREAMS = 100
BITRATE = "20M"
# The two figures are small: more rounds.
FEED_ROUNDS = 15
# A port of the loopback where nobody listens: a broker that is away.
NO_BROKER = "127.0.0.1:9"


class MetricsBench:
    def __init__(self, lab, table, media, mpts, rounds, seconds):
        self.lab, self.table, self.media, self.mpts = lab, table, media, mpts
        self.rounds, self.seconds = rounds, max(seconds, 10)

    def records(self, path):
        """How late the records of a round were made, the intervals that some stream has no record of, packets lost."""
        late, numbers, lost = [], collections.defaultdict(list), {}
        with path.open() as lines:
            for line in lines:
                record = json.loads(line)
                if record["record"] != "muxtap.metrics/1":
                    continue
                late.append(record["worker"]["late_ns"] / 1e6)
                numbers[record["stream"]].append(record["seq"])
                lost[record["stream"]] = record["loss"]["feed"]["lost_packets"]
        missing = sum(seqs[-1] - seqs[0] + 1 - len(seqs) for seqs in numbers.values())
        return {"records": len(late), "late_p50": statistics.median(late),
                "late_p99": statistics.quantiles(late, n=100)[98], "late_max": max(late), "missing_records": missing,
                "lost": sum(lost.values())}

    def round(self, sinks):
        """100 streams to one worker; its cost while they are sent."""
        ndjson = self.lab.path / "records.ndjson"
        for leftover in self.lab.path.glob("records.*"):
            leftover.unlink()
        probe = self.lab.probe("--discover")
        worker = self.lab.start(self.lab.capture, self.lab.programs / "muxtap-metrics", "--to", f"ndjson:{ndjson}",
                                "--ndjson-bytes", "100G", *sinks, "--spool", self.lab.path / "records.spool",
                                "--kafka-timeout", "0", "--log-format", "json", name="metrics")
        wait_until(lambda: '"connecting"' in worker.log.read_text(), "the worker's start")
        cpu = process_cpu_seconds(worker.pid)
        start = time.monotonic()
        sent = self.lab.send(self.media, self.seconds, bitrate=BITRATE, streams=STREAMS)
        spent, took = process_cpu_seconds(worker.pid) - cpu, time.monotonic() - start
        rss = peak_rss_mb(worker.pid)
        self.lab.stop(worker)
        self.lab.stop(probe)
        return {"cores": spent / took, "per_gb": spent / (sent / GIGA), "rss": rss, **self.records(ndjson)}

    def streams(self):
        folder = self.lab.path
        variants = {"NDJSON": [], "and SQLite": ["--to", f"sqlite:{folder / 'records.db'}"],
                    "and Prometheus": ["--to", "prometheus:127.0.0.1:9100"],
                    "and Kafka, the broker being away": ["--to", f"kafka:{NO_BROKER}"]}
        rows = collections.defaultdict(list)
        for _ in range(self.rounds):
            for name, sinks in variants.items():
                rows[name].append(self.round(sinks))
        mid = lambda name, key: statistics.median(row[key] for row in rows[name])
        worst = lambda name, key: max(row[key] for row in rows[name])
        self.table(f"{STREAMS} streams of 20 Mb/s to one worker, {self.seconds:g} s, median of {self.rounds}",
                   ["sinks", "cores", "CPU s/GB", "peak RSS MB", "packets lost", "records", "missing", "late p50 ms",
                    "late p99 ms", "late max ms"],
                   [[name, f"{mid(name, 'cores'):.2f}", f"{mid(name, 'per_gb'):.2f}", f"{mid(name, 'rss'):.0f}",
                     worst(name, "lost"), f"{mid(name, 'records'):.0f}", worst(name, "missing_records"),
                     f"{mid(name, 'late_p50'):.1f}", f"{mid(name, 'late_p99'):.1f}", f"{worst(name, 'late_max'):.1f}"] for name in variants])

    def feed_path(self):
        """From the feed's messages to the report, beside muxtap-analyze of the same bytes."""
        path = self.lab.path / "feed.ts"
        loops = round(250e6 / os.path.getsize(self.mpts))
        subprocess.run([self.lab.programs / "muxtap-send", self.mpts, "--loop", str(loops), "--burst", "--to",
                        "udp://127.0.0.1:9", "--save", path, "--silent"], check=True)
        size = path.stat().st_size / GIGA
        feed, analyze = [], []
        for _ in range(FEED_ROUNDS):
            output = subprocess.run([self.lab.programs / "muxtap_feed_watch_speed", path, "8000000"], check=True,
                                    capture_output=True).stdout
            feed.append(json.loads(output)["cpu_seconds"])
            with self.lab.null.open("w") as null:
                analyze.append(child_usage([self.lab.programs / "muxtap-analyze", "--json", path], null)[0])
        mine, peer = statistics.median(feed), statistics.median(analyze)
        self.table(f"Feed to report, {size * 1000:.0f} MB", ["", "CPU s", "GB per CPU s", "ratio"],
                   [["messages in memory → decoder → analyzer", f"{mine:.4f}", f"{size / mine:.1f}", f"{mine / peer:.2f}"],
                    ["`muxtap-analyze --json`, whole process", f"{peer:.4f}", f"{size / peer:.1f}", "1"]])

    def run(self):
        self.feed_path()
        self.streams()
