"""Measures muxtap-frames: what key frames cost beside all pictures, demultiplexing beside GStreamer's own, live streams
and how late their pictures are, and every picture at two heights. See docs/performance.md.

CPU time is that of the whole process from its start to its end, user and system, from the kernel's account of the child.
Rounds are interleaved; figures are medians, ratios are between medians of the same run.
"""

import collections
import ctypes
import json
import os
import shutil
import statistics
import struct
import subprocess
import threading
import time

from analyze_bench import child_usage
from lab import peak_rss_mb, process_cpu_seconds, wait_until

GIGA = 1e9
PORT = 5556
# 1080p at 25 pictures a second, a key frame every second, B-pictures, some noise so that the bits are where they are in
# pictures of a camera.
SECONDS = 20
RATE_MBPS = 8
LIVE_SECONDS = 8
LIVE_RATE_MBPS = 20
LIVE_STREAMS = (1, 8)
DEMUX_MEGABYTES = 400
NO_DECODING = ["--extract-images=false", "--sound=false", "--save-images=false"]
# Nothing is left out: the probe waits.
OFFLINE = ["--behind", "wait"]


def make_stream(path, seconds, megabits):
    """A transport stream of constant rate with AAC sound."""
    video = megabits - 1
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=1920x1080:rate=25,noise=alls=12:allf=t",
                    "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", str(seconds), "-c:v", "libx264",
                    "-preset", "veryfast", "-bf", "3", "-g", "25", "-keyint_min", "25", "-sc_threshold", "0", "-b:v",
                    f"{video}M", "-maxrate", f"{video}M", "-bufsize", f"{video}M", "-pix_fmt", "yuv420p", "-c:a", "aac",
                    "-b:a", "128k", "-muxrate", f"{megabits}M", "-pcr_period", "20", "-f", "mpegts", "-y", str(path)],
                   check=True)


def key_frame_share(path):
    """Of the bytes of the pictures."""
    rows = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "packet=size,flags", "-of",
                           "csv=p=0", str(path)], check=True, capture_output=True, text=True).stdout.split()
    sizes = [(int(size), "K" in flags) for size, flags in (row.rstrip(",").split(",")[:2] for row in rows)]
    return sum(size for size, key in sizes if key) / sum(size for size, _ in sizes)


class Arrivals:
    """Notes when files of a folder get their name, in nanoseconds of the wall clock, with inotify."""

    MOVED_TO = 0x80

    def __init__(self, folders):
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.file = self.libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
        self.folders = {self.libc.inotify_add_watch(self.file, os.fsencode(folder), self.MOVED_TO): folder
                        for folder in folders}
        self.times = collections.defaultdict(list)  # by folder and name
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.follow)
        self.thread.start()

    def follow(self):
        while not self.over.is_set():
            try:
                data = os.read(self.file, 65536)
            except BlockingIOError:
                time.sleep(0.001)
                continue
            now, at = time.time_ns(), 0
            while at < len(data):
                watch, _mask, _cookie, length = struct.unpack_from("iIII", data, at)
                name = data[at + 16: at + 16 + length].rstrip(b"\0").decode()
                self.times[self.folders[watch], name].append(now)
                at += 16 + length

    def stop(self):
        self.over.set()
        self.thread.join()
        os.close(self.file)


class FramesBench:
    def __init__(self, lab, table, rounds, seconds):
        self.lab, self.table = lab, table
        self.rounds, self.seconds = rounds, max(seconds, 10)
        self.images = lab.path / "images"
        self.ndjson = lab.path / "frames.ndjson"

    def loop(self, media, name, loops):
        """The stream several times over, with counters and clocks that go on."""
        path = self.lab.path / name
        subprocess.run([self.lab.programs / "muxtap-send", media, "--loop", str(loops), "--burst", "--to",
                        "udp://127.0.0.1:9", "--save", path, "--silent"], check=True)
        return path

    def probe_of(self, path):
        """A probe that reads a file as soon as somebody listens, and ends."""
        return self.lab.start(self.lab.capture, self.lab.programs / "muxtap-probe", "--input", path, "--target-port", PORT,
                              "--wait-subscribers", 1, "--user", "root", "--silent", name="probe")

    def from_file(self, path, words):
        """CPU seconds and peak memory in MB of a program that takes a file's packets from a probe."""
        probe = self.probe_of(path)
        usage = child_usage(["ip", "netns", "exec", self.lab.capture, *words], subprocess.DEVNULL)
        probe.wait(timeout=30)
        return usage

    def worker(self, *options):
        return [self.lab.programs / "muxtap-frames", "--target-port", PORT, "--exit-on-end", "--log-format", "json",
                "--silent", "--latest", self.images / "{stream}" / "latest.jpg", "--filmstrip",
                self.images / "{stream}" / "filmstrip.jpg", *options]

    def sink(self, path):
        """CPU seconds of a subscriber that only counts, and the packets that it got."""
        sink = self.lab.start(self.lab.capture, self.lab.programs / "muxtap_feed_sink", f"tcp://127.0.0.1:{PORT}",
                              name="sink")
        self.probe_of(path).wait(timeout=60)
        time.sleep(0.2)  # what is in queues is still taken
        cpu = process_cpu_seconds(sink.pid)
        counts = json.loads(self.lab.stop(sink))
        return cpu, counts["packets"]

    def pictures(self):
        """Records of pictures of the last run; the file is away for the next."""
        if not self.ndjson.exists():
            return []
        with self.ndjson.open() as lines:
            records = [record for record in map(json.loads, lines) if record["record"] == "muxtap.frame/1"]
        self.ndjson.unlink()
        return records

    def key_frames(self, media):
        """One picture a second from key frames and from all pictures."""
        minute = self.loop(media, "minute.ts", round(60 / SECONDS))
        variants = {"key frames, no sound": ["--decode", "keyframes", "--sound=false"],
                    "all, no sound": ["--decode", "all", "--sound=false"],
                    "key frames, with sound": ["--decode", "keyframes"], "all, with sound": ["--decode", "all"],
                    "demultiplexed and parsed only": NO_DECODING}
        taken, counts = collections.defaultdict(list), {}
        for _ in range(self.rounds):
            for name, options in variants.items():
                taken[name].append(self.from_file(minute, self.worker(*OFFLINE, "--ndjson", self.ndjson, *options)))
                counts[name] = len(self.pictures())
        cpu = {name: statistics.median(row[0] for row in rows) for name, rows in taken.items()}
        rows = []
        for name in variants:
            whole = cpu["all, with sound" if "with" in name else "all, no sound"]
            rows.append([name, counts[name], f"{cpu[name]:.2f}", f"{cpu[name] / whole:.3f}",
                         f"{statistics.median(row[1] for row in taken[name]):.0f}"])
        self.table(f"A minute of 1080p25 H.264, {RATE_MBPS} Mb/s, key frames every second with "
                   f"{key_frame_share(media):.0%} of the bytes, one picture a second, median of {self.rounds}",
                   ["decoded", "pictures", "CPU s", "÷ all", "peak RSS MB"], rows)
        minute.unlink()

    def demultiplexing(self, media):
        """Demultiplexed and parsed, nothing decoded, beside GStreamer's own program."""
        path = self.loop(media, "large.ts", round(DEMUX_MEGABYTES * 1e6 / os.path.getsize(media)))
        size, packets = path.stat().st_size / GIGA, path.stat().st_size // 188
        gstreamer = ["gst-launch-1.0", "-q", "filesrc", f"location={path}", "!", "tsdemux", "!", "h264parse", "!",
                     "fakesink"]
        taken = collections.defaultdict(list)
        for _ in range(max(self.rounds, 5)):
            taken["worker"].append(self.from_file(path, self.worker(*OFFLINE, *NO_DECODING))[0])
            with self.lab.null.open("w") as null:
                taken["gstreamer"].append(child_usage(gstreamer, null)[0])
            cpu, received = self.sink(path)
            if received != packets:
                raise RuntimeError(f"the sink got {received} of {packets} packets")
            taken["sink"].append(cpu)
        worker, peer, sink = (statistics.median(taken[name]) for name in ("worker", "gstreamer", "sink"))
        rows = [["`muxtap-frames`, nothing decoded, whole process", worker],
                ["of it receiving (`muxtap_feed_sink`)", sink], ["without receiving", worker - sink],
                ["`gst-launch-1.0 filesrc ! tsdemux ! h264parse ! fakesink`", peer]]
        self.table(f"{size * 1000:.0f} MB from the page cache, median of {max(self.rounds, 5)}",
                   ["", "CPU s", "CPU s/GB", "÷ GStreamer"],
                   [[name, f"{cpu:.3f}", f"{cpu / size:.2f}", f"{cpu / peer:.2f}"] for name, cpu in rows])
        path.unlink()

    def live_round(self, media, streams):
        """Streams from the network to one worker: its cost while they are sent, and how late pictures are."""
        shutil.rmtree(self.images, ignore_errors=True)
        folders = [self.images / f"239.1.1.{i + 1}_5000" for i in range(streams)]
        for folder in folders:
            folder.mkdir(parents=True)
        arrivals = Arrivals(folders)
        probe = self.lab.probe("--discover")
        words = [word for word in self.worker("--ndjson", self.ndjson) if word not in ("--exit-on-end", "--silent")]
        worker = self.lab.start(self.lab.capture, *words, name="frames")
        wait_until(lambda: '"connecting"' in worker.log.read_text(), "the worker's start")
        time.sleep(0.2)
        idle, cpu, start = peak_rss_mb(worker.pid), process_cpu_seconds(worker.pid), time.monotonic()
        self.lab.send(media, self.seconds, bitrate=f"{LIVE_RATE_MBPS}M", streams=streams)
        spent, took = process_cpu_seconds(worker.pid) - cpu, time.monotonic() - start
        threads = len(os.listdir(f"/proc/{worker.pid}/task"))
        rss = peak_rss_mb(worker.pid)
        self.lab.stop(worker)
        self.lab.stop(probe)
        arrivals.stop()
        records = collections.defaultdict(list)
        for record in self.pictures():
            records[record["stream"]].append(record)
        first, late = [], []
        for folder in folders:
            captured = [record["time_ns"] for record in records[folder.name.replace("_", ":")]]
            moved = arrivals.times[folder, "latest.jpg"]
            # A file that is replaced twice at once has one arrival for two pictures: such a round tells nothing.
            if len(moved) == len(captured):
                times = [(after - before) / 1e6 for before, after in zip(captured, moved)]
                # The last key frame may not be whole when the traffic ends.
                first, late = first + times[:1], late + times[1:-1]
        return {"cores": spent / took, "rss": rss, "per_stream": (rss - idle) / streams, "threads": threads,
                "pictures": sum(map(len, records.values())), "first": first, "late": late,
                "skipped": sum(rows[-1]["losses"]["pictures_skipped"] for rows in records.values() if rows)}

    def live(self):
        media = self.lab.path / "live.ts"
        make_stream(media, LIVE_SECONDS, LIVE_RATE_MBPS)
        # On the wire, from its first packet to its last.
        arrival = 1000 * key_frame_share(media) * (LIVE_RATE_MBPS - 1) / LIVE_RATE_MBPS
        rows = []
        for streams in LIVE_STREAMS:
            taken = [self.live_round(media, streams) for _ in range(self.rounds)]
            mid = lambda key: statistics.median(row[key] for row in taken)
            late = [value for row in taken for value in row["late"]]
            first = [value for row in taken for value in row["first"]]
            if len(late) < 2:
                raise RuntimeError("the machine is too busy to tell how late pictures are")
            rows.append([streams, f"{mid('cores'):.2f}", f"{streams / mid('cores'):.0f}", f"{mid('rss'):.0f}",
                         f"{mid('per_stream'):.0f}", f"{mid('threads'):.0f}", f"{mid('pictures'):.0f}",
                         sum(row["skipped"] for row in taken), f"{statistics.median(first):.0f}",
                         f"{statistics.median(late):.0f}",
                         f"{statistics.quantiles(late, n=100, method='inclusive')[98]:.0f}", f"{max(late):.0f}"])
        self.table(f"Live, {LIVE_RATE_MBPS} Mb/s each, key frames every second, one picture a second and sound; a key "
                   f"frame takes {arrival:.0f} ms to arrive, {self.seconds:g} s, median of {self.rounds}",
                   ["streams", "cores", "streams a core", "peak RSS MB", "MB per stream", "threads", "pictures",
                    "skipped", "first latest.jpg late ms", "further ones p50", "p99", "max"], rows)
        media.unlink()

    def every_picture(self, media):
        """All pictures of a stream, judged and written as JPEG records."""
        variants = {"one a second, height 96": ["--image-height", 96],
                    "every one, height 96": ["--image-framerate", 0, "--image-height", 96],
                    "the same without filmstrip": ["--image-framerate", 0, "--image-height", 96, "--filmstrip-length", 0],
                    "every one, height 1080": ["--image-framerate", 0, "--image-height", 0, "--filmstrip-length", 0]}
        taken, counts = collections.defaultdict(list), {}
        for _ in range(self.rounds):
            for name, options in variants.items():
                taken[name].append(self.from_file(media, self.worker(
                    *OFFLINE, "--decode", "all", "--sound=false", "--ndjson", self.ndjson, *options)))
                counts[name] = len(self.pictures())
        rows = []
        for name in variants:
            cpu = statistics.median(row[0] for row in taken[name])
            rows.append([name, counts[name], f"{cpu:.2f}", f"{SECONDS * 25 / cpu:.0f}",
                         f"{statistics.median(row[1] for row in taken[name]):.0f}"])
        self.table(f"All of {SECONDS * 25} pictures of 1080p decoded, no sound, median of {self.rounds}",
                   ["pictures made", "number", "CPU s", "decoded pictures a CPU second", "peak RSS MB"], rows)

    def run(self):
        media = self.lab.path / "hd.ts"
        make_stream(media, SECONDS, RATE_MBPS)
        self.demultiplexing(media)
        self.key_frames(media)
        self.every_picture(media)
        self.live()
