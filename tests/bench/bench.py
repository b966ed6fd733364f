"""Measures muxtap beside the tools people know, on the same traffic or files in the same run. See docs/performance.md.

Every figure is the median of interleaved rounds; ratios are between medians of the same run. Needs root (namespaces).
"""

import argparse
import json
import os
import platform
import signal
import statistics
import struct
import subprocess
import sys
import time
from pathlib import Path

from analyze_bench import AnalyzeBench
from frames_bench import FramesBench
from lab import (Lab, machine_busy_seconds, peak_rss_mb, probe_totals, process_cpu_seconds, run)
from metrics_bench import MetricsBench
from tuning_bench import TuningBench

ONE_STREAM = ["--source-ip", "239.1.1.1", "--source-port", "5000"]
GIGA = 1e9


def median(rows, key):
    return statistics.median(row[key] for row in rows)


def table(title, head, rows):
    print(f"\n### {title}\n")
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    sys.stdout.flush()


class Bench:
    def __init__(self, lab, options):
        self.lab = lab
        self.media = options.media
        self.mpts = options.mpts
        self.rounds = options.rounds
        self.seconds = options.seconds
        self.results = {}

    def measure(self, process, traffic):
        """Sends the traffic; what it cost the process and the whole machine, per GB."""
        cpu = process_cpu_seconds(process.pid) if process else 0.0
        busy = machine_busy_seconds()
        sent = self.lab.send(self.media, self.seconds, **traffic)
        time.sleep(0.2)  # what is in rings and queues is still worked on
        spent = (process_cpu_seconds(process.pid) if process else 0.0) - cpu
        return {"sent": sent, "cpu": spent / (sent / GIGA), "busy": (machine_busy_seconds() - busy) / (sent / GIGA),
                "cores": spent / self.seconds}

    def probe_round(self, traffic, subscribers=0, options=(), selection=ONE_STREAM):
        probe = self.lab.probe(*selection, *options)
        sinks = self.lab.sinks(subscribers)
        row = self.measure(probe, traffic)
        row["rss"] = peak_rss_mb(probe.pid)
        row["sinks"] = [json.loads(self.lab.stop(sink)) for sink in sinks]
        self.lab.stop(probe)
        totals = probe_totals(probe)
        row["missing"] = row["sent"] // 188 - totals["packets"]
        row["kernel_dropped"] = totals["kernel_dropped"]
        row["subscriber_missing"] = sum(totals["packets"] - sink["packets"] for sink in row["sinks"])
        return row

    def peer_round(self, tool, traffic):
        process = self.lab.peer(tool)
        row = self.measure(process, traffic)
        self.lab.stop(process)
        return row

    def capture(self):
        """CPU of capturing, checking and batching, beside tcpdump and dumpcap."""
        rates = {"100 Mb/s": {"bitrate": "100M"}, "1 Gb/s": {"bitrate": "1G", "gso": 8},
                 "4 Gb/s": {"bitrate": "4G", "gso": 8}, "as fast as it goes": {"gso": 40}}
        rows = []
        for name, traffic in rates.items():
            tools = {"no capture": lambda t=traffic: self.measure(None, t),
                     "tcpdump": lambda t=traffic: self.peer_round("tcpdump", t),
                     "dumpcap": lambda t=traffic: self.peer_round("dumpcap", t),
                     "probe (afpacket)": lambda t=traffic: self.probe_round(t),
                     "the same, group not joined": lambda t=traffic: self.probe_round(t, options=["--no-join"]),
                     "probe (pcap)": lambda t=traffic: self.probe_round(t, options=["--capture", "pcap"])}
            taken = {tool: [] for tool in tools}
            for _ in range(self.rounds):
                for tool, one in tools.items():
                    taken[tool].append(one())
            base = median(taken["no capture"], "busy")
            reference = median(taken["tcpdump"], "cpu")
            reference_kernel = median(taken["tcpdump"], "busy") - base
            for tool, measured in taken.items():
                if tool == "no capture":
                    continue
                with_kernel = median(measured, "busy") - base
                rows.append([name, tool, f"{median(measured, 'sent') * 8 / self.seconds / GIGA:.2f}",
                             f"{median(measured, 'cpu'):.3f}", f"{median(measured, 'cpu') / reference:.2f}",
                             f"{with_kernel:.2f}", f"{with_kernel / reference_kernel:.2f}",
                             self.loss_of(measured)])
        table("Capture without subscribers: CPU seconds per GB of transport stream",
              ["rate", "tool", "Gb/s sent", "process", "÷ tcpdump", "with the kernel's share", "÷ tcpdump",
               "packets missing"], rows)

    @staticmethod
    def loss_of(measured):
        return max(row["missing"] for row in measured) if "missing" in measured[0] else "–"

    def subscribers(self):
        """The whole probe with subscribers over TCP."""
        rows = []
        for name, traffic in {"100 Mb/s": {"bitrate": "100M"}, "1 Gb/s": {"bitrate": "1G", "gso": 8},
                              "4 Gb/s": {"bitrate": "4G", "gso": 8}, "as fast as it goes": {"gso": 40}}.items():
            taken = {count: [] for count in (0, 1, 4)}
            for _ in range(self.rounds):
                for count, measured in taken.items():
                    measured.append(self.probe_round(traffic, count))
            for count, measured in taken.items():
                rows.append([name, count, f"{median(measured, 'cpu'):.2f}", f"{median(measured, 'rss'):.0f}",
                             max(row["missing"] for row in measured),
                             max(row["subscriber_missing"] for row in measured)])
        table("The whole probe with TCP subscribers on the same host: CPU seconds per GB of transport stream",
              ["rate", "subscribers", "CPU s/GB", "peak RSS MB", "packets missing in capture",
               "packets missing at subscribers"], rows)

    def tuning(self):
        """What each knob does: docs/tuning.md."""
        TuningBench(self, table).run()

    def many_streams(self):
        """100 streams of 20 Mb/s to four subscribers."""
        measured = [self.probe_round({"bitrate": "20M", "streams": 100}, 4, selection=["--discover"])
                    for _ in range(self.rounds)]
        table("100 streams of 20 Mb/s at once, four subscribers",
              ["cores of the probe", "CPU s/GB", "peak RSS MB", "missing in capture", "missing at subscribers"],
              [[f"{median(measured, 'cores'):.2f}", f"{median(measured, 'cpu'):.2f}", f"{median(measured, 'rss'):.0f}",
                max(row["missing"] for row in measured), max(row["subscriber_missing"] for row in measured)]])

    def latency(self):
        """From capture to a subscriber's receive call, of the oldest packet of each batch."""
        rows = []
        for rate in ("20M", "1G"):
            for age, time_out in ((20, 8), (5, 2)):
                options = ["--batch-age", f"{age}ms", "--read-time-out", f"{time_out}ms"]
                sinks = [self.probe_round({"bitrate": rate, "gso": 8 if rate == "1G" else 1}, 1, options)["sinks"][0]
                         for _ in range(self.rounds)]
                rows.append([rate, age, time_out, *(f"{median(sinks, key) / 1000:.2f}"
                                                    for key in ("p50_us", "p99_us", "max_us")), age + time_out + 1])
        table("Latency of the oldest packet of a batch, ms",
              ["rate", "batch age", "ring time-out", "p50", "p99", "max", "goal for p99"], rows)

    def memory(self):
        """Peak memory while one of two subscribers is stopped with SIGSTOP."""
        rows = []
        for stopped in (0, 1):
            probe = self.lab.probe(*ONE_STREAM)
            sinks = self.lab.sinks(2)
            if stopped:
                sinks[0].send_signal(signal.SIGSTOP)
            sent = self.lab.send(self.media, self.seconds, bitrate="1G", gso=8)
            time.sleep(0.2)
            rss = peak_rss_mb(probe.pid)
            sinks[0].send_signal(signal.SIGCONT)
            time.sleep(2)  # it takes in what was kept for it, and the next status tells it of the rest
            counts = [json.loads(self.lab.stop(sink)) for sink in reversed(sinks)]
            self.lab.stop(probe)
            totals = probe_totals(probe)
            rows.append([stopped, f"{rss:.0f}", 64 + 64 + 64 * stopped, sent // 188 - totals["packets"],
                         totals["packets"] - counts[0]["packets"], counts[1]["lost_batches"]])
        table("Memory at 1 Gb/s with a stopped subscriber",
              ["stopped subscribers", "peak RSS MB", "goal MB", "missing in capture", "missing at the other one",
               "batches that the first one counts as lost"], rows)

    def offline(self):
        """Files to batches, beside cat of the same bytes and memcpy."""
        stream = self.lab.path / "big.ts"
        capture = self.lab.path / "big.pcap"
        make_files(self.media, stream, capture, 1_000_000_000)
        speeds = {"`.ts` → batches": [], "`cat` of it": [], "`.pcap` → batches": [], "`cat` of it ": [], "memcpy": []}
        for _ in range(max(self.rounds, 5)):
            for path, tool, cat in ((stream, "`.ts` → batches", "`cat` of it"),
                                    (capture, "`.pcap` → batches", "`cat` of it ")):
                size = path.stat().st_size
                speeds[tool].append(size / GIGA / wall_seconds(
                    [self.lab.programs / "muxtap-probe", "--input", path, "--discover", "--target-port", 0, "--user",
                     "root", "--silent"]))
                with self.lab.null.open("w") as null:
                    speeds[cat].append(size / GIGA / wall_seconds(["cat", path], stdout=null))
            speeds["memcpy"].append(float(run(self.lab.programs / "muxtap_memory_speed").stdout))
        medians = {name: statistics.median(values) for name, values in speeds.items()}
        cats = {"`.ts` → batches": "`cat` of it", "`.pcap` → batches": "`cat` of it "}
        table("Files from the page cache, no subscriber: GB/s, whole process with start and end",
              ["what", "GB/s", "÷ cat"],
              [[name, f"{value:.1f}", f"{value / medians[cats[name]]:.2f}" if name in cats else ""]
               for name, value in medians.items()])

    def analyze(self):
        """muxtap-analyze beside FFmpeg, GStreamer and cat on the same file."""
        AnalyzeBench(self.lab, table, self.mpts or self.media, self.rounds).run()

    def metrics(self):
        """muxtap-metrics with 100 streams; its way from the feed to the report beside muxtap-analyze."""
        MetricsBench(self.lab, table, self.media, self.mpts or self.media, self.rounds, self.seconds).run()

    def frames(self):
        """muxtap-frames: key frames beside all pictures, demultiplexing beside GStreamer, live streams."""
        FramesBench(self.lab, table, self.rounds, self.seconds).run()


def wall_seconds(words, **options):
    started = time.monotonic()
    subprocess.run([str(word) for word in words], check=True, **options)
    return time.monotonic() - started


def make_files(media, stream, capture, size):
    """A stream file and a capture file with the same packets, of about this size; both in the page cache."""
    data = Path(media).read_bytes()
    data = data[: len(data) // 1316 * 1316]
    headers = bytes.fromhex("01005e010101020000000001") + b"\x08\x00"
    headers += struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28 + 1316, 0, 0x4000, 16, 17, 0, bytes([10, 77, 0, 1]),
                           bytes([239, 1, 1, 1]))
    headers += struct.pack(">HHHH", 4000, 5000, 8 + 1316, 0)
    frames = bytearray()
    for number, at in enumerate(range(0, len(data), 1316)):
        frames += struct.pack("<IIII", 1_700_000_000 + number // 1000, number % 1000 * 1_000_000,
                              len(headers) + 1316, len(headers) + 1316) + headers + data[at: at + 1316]
    with stream.open("wb") as file:
        for _ in range(size // len(data) + 1):
            file.write(data)
    with capture.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 1))
        for _ in range(size // len(frames) + 1):
            file.write(frames)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help="capture subscribers many_streams latency memory offline analyze metrics frames tuning (default: all but tuning)")
    parser.add_argument("--programs", required=True, help="folder of the built programs")
    parser.add_argument("--media", required=True, help="transport stream with PCRs to send")
    parser.add_argument("--mpts", help="multiplex for the analyzer; without it the media")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4)
    options = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("bench: network namespaces need root: run it with sudo")
    parts = options.parts or ["offline", "analyze", "capture", "subscribers", "many_streams", "latency", "memory", "metrics",
                              "frames"]
    print(f"{time.strftime('%Y-%m-%d')}, {platform.release()}, {os.cpu_count()} processors, {options.rounds} rounds of "
          f"{options.seconds:g} s")
    with Lab(options.programs) as lab:
        bench = Bench(lab, options)
        for part in parts:
            getattr(bench, part)()


if __name__ == "__main__":
    main()
