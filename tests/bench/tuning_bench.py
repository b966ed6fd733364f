"""Measures what each knob of docs/tuning.md does: CPU time per GB, or packets lost, before and after. Figures are medians of
interleaved rounds; losses are those of the worst round.
"""

import json
import statistics
import subprocess
import time
from dataclasses import dataclass, field

from lab import peak_rss_mb, probe_totals, run, wait_until


@dataclass
class Case:
    """One setting of a knob and the traffic that it is tried with."""

    name: str
    options: list = field(default_factory=list)
    traffic: dict = field(default_factory=lambda: {"bitrate": "1G", "gso": 8})
    subscribers: int = 0
    stop_probe: float = 0  # seconds for which the probe is stopped, as a host that is busy elsewhere would
    stop_subscriber: float = 0
    pin: str = ""  # processors of the probe
    ipc: bool = False
    merged: bool = False  # the sender's frames arrive as super-frames
    streams: int = 1


SLOW, FAST = {"bitrate": "100M"}, {"bitrate": "1G", "gso": 8}
PARTS = {
    "Batches: --batch-packets": [
        Case(f"{rate}, {count}", ["--batch-packets", count], traffic, 1)
        for rate, traffic in (("100 Mb/s", SLOW), ("1 Gb/s", FAST)) for count in (7, 70, 350, 1400, 5600)],
    "Batches: --batch-age with --read-time-out, 100 Mb/s": [
        Case(f"{age} ms, {ring} ms", ["--batch-age", f"{age}ms", "--read-time-out", f"{ring}ms"], SLOW, 1)
        for age, ring in ((5, 2), (20, 8), (100, 50))],
    "--capture, 1 Gb/s": [
        Case("afpacket", ["--capture", "afpacket"]), Case("pcap", ["--capture", "pcap"]),
        Case("pcap, --immediate-mode", ["--capture", "pcap", "--immediate-mode"]), Case("socket", ["--capture", "socket"])],
    "--buffer-size of the ring, probe stopped for 0.3 s at 1 Gb/s": [
        Case(size, ["--buffer-size", size], FAST, stop_probe=0.3) for size in ("16M", "32M", "64M", "256M")],
    "--buffer-size of a socket, probe stopped for 0.1 s at 100 Mb/s": [
        Case(size, ["--capture", "socket", "--buffer-size", size], SLOW, stop_probe=0.1) for size in ("208K", "4M", "64M")],
    "--capture-threads, four streams as fast as they go": [
        Case(str(threads), ["--capture-threads", threads, "--discover"], {"gso": 40}, streams=4) for threads in (1, 2)],
    "--subscriber-buffer, a subscriber stopped for 2 s at 100 Mb/s": [
        Case(size, ["--subscriber-buffer", size], SLOW, 1, stop_subscriber=2) for size in ("4M", "16M", "64M")],
    "TCP or --ipc-path, one subscriber at 1 Gb/s": [
        Case("TCP", [], FAST, 1), Case("ipc", [], FAST, 1, ipc=True)],
    "Merged frames (GRO, or segmentation offload of the sender), 1 Gb/s": [
        Case("single datagrams", [], {"bitrate": "1G", "gso": 40}), Case("merged", [], {"bitrate": "1G", "gso": 40}, merged=True)],
    "Processors of the probe, one subscriber at 1 Gb/s": [
        Case("any", [], FAST, 1), Case("one", [], FAST, 1, pin="1")],
}


class TuningBench:
    def __init__(self, bench, table):
        self.bench, self.lab, self.table = bench, bench.lab, table

    def one(self, case):
        bench, lab = self.bench, self.lab
        run("ip", "netns", "exec", lab.sender, "ethtool", "-K", "mxtx", "tx-udp-segmentation", "on" if case.merged else "off")
        socket = lab.path / "feed.sock"
        options = case.options + (["--ipc-path", socket] if case.ipc else [])
        selection = [] if "--discover" in options else ["--source-ip", "239.1.1.1", "--source-port", "5000"]
        probe = lab.probe(*selection, *options)
        if case.pin:
            run("taskset", "-acp", case.pin, probe.pid)
        sinks = self.sinks(case, socket)
        stopped = probe if case.stop_probe else sinks[0] if case.stop_subscriber else None
        helper = None
        if stopped:
            pause = case.stop_probe or case.stop_subscriber
            helper = subprocess.Popen(["bash", "-c", f"sleep 0.7; kill -STOP {stopped.pid}; sleep {pause}; kill -CONT {stopped.pid}"])
        row = bench.measure(probe, {**case.traffic, "streams": case.streams})
        if helper:
            helper.wait()
            time.sleep(0.5)
        row["rss"] = peak_rss_mb(probe.pid)
        outcomes = [json.loads(lab.stop(sink)) for sink in sinks]
        lab.stop(probe)
        totals = probe_totals(probe)
        row.update(missing=row["sent"] // 188 - totals["packets"], kernel=totals["kernel_dropped"],
                   lost=sum(totals["packets"] - outcome["packets"] for outcome in outcomes),
                   p50=statistics.mean(outcome["p50_us"] for outcome in outcomes) / 1000 if outcomes else None,
                   p99=max(outcome["p99_us"] for outcome in outcomes) / 1000 if outcomes else None)
        return row

    def sinks(self, case, socket):
        if not case.ipc:
            return self.lab.sinks(case.subscribers)
        sinks = [self.lab.start(self.lab.capture, self.lab.programs / "muxtap_feed_sink", f"ipc://{socket}", name=f"sink{i}")
                 for i in range(case.subscribers)]
        listing = ["ip", "netns", "exec", self.lab.capture, "ss", "-Hxn", "state", "established"]
        wait_until(lambda: run(*listing).stdout.count(str(socket)) >= case.subscribers, "the subscribers' connections")
        return sinks

    def run(self):
        for title, cases in PARTS.items():
            taken = {case.name: [] for case in cases}
            for _ in range(self.bench.rounds):
                for case in cases:
                    taken[case.name].append(self.one(case))
            self.table(title, ["setting", "CPU s/GB", "Gb/s sent", "latency p50, p99 ms", "peak RSS MB", "packets missing in capture",
                               "frames dropped by the kernel", "packets missing at the subscriber"],
                       [self.line(case, taken[case.name]) for case in cases])

    def line(self, case, rows):
        def median(key):
            return statistics.median(row[key] for row in rows)

        def worst(key):
            return max(row[key] for row in rows)
        latency = f"{median('p50'):.1f}, {median('p99'):.1f}" if case.subscribers else "–"
        return [case.name, f"{median('cpu'):.3f}", f"{median('sent') * 8 / self.bench.seconds / 1e9:.2f}", latency, f"{median('rss'):.0f}",
                worst("missing"), worst("kernel"), worst("lost") if case.subscribers else "–"]
