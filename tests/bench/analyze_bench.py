"""Measures muxtap-analyze beside FFmpeg, GStreamer and cat on the same files from the page cache. See docs/performance.md.

CPU time is that of the whole process, user and system, from the kernel's account of the child that has ended. Rounds are
interleaved; figures are medians, ratios are between medians of the same run.
"""

import json
import os
import statistics
import subprocess

GIGA = 1e9
# Seconds of a multiplex of 100 Mb/s for the costs of one program and of many: 250 MB.
MULTIPLEX_SECONDS = 20
MULTIPLEX_RATE = 100_000_000


def child_usage(words, stdout):
    """CPU seconds and peak memory in MB of a program that runs to its end."""
    child = subprocess.Popen([str(word) for word in words], stdin=subprocess.DEVNULL, stdout=stdout)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise RuntimeError(f"{words[0]} has ended with {child.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def interleaved(commands, rounds, null):
    """Medians of CPU seconds and of peak memory of each command, by its name. The first round warms up."""
    taken = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, words in commands.items():
            with null.open("w") as stdout:
                usage = child_usage(words, stdout)
            if number > 0:
                taken[name].append(usage)
    return {name: [statistics.median(values) for values in zip(*rows)] for name, rows in taken.items()}


class AnalyzeBench:
    def __init__(self, lab, table, media, rounds):
        self.folder, self.programs, self.null = lab.path, lab.programs, lab.null
        self.table, self.media = table, media
        self.rounds = max(rounds, 5)

    def make_file(self, name, megabytes):
        """A multiplex whose counters and clocks go on over the loops."""
        path = self.folder / name
        loops = round(megabytes * 1e6 / os.path.getsize(self.media))
        subprocess.run([self.programs / "muxtap-send", self.media, "--loop", str(loops), "--burst", "--to",
                        "udp://127.0.0.1:9", "--save", path, "--silent"], check=True)
        return path

    def analyzer(self, path):
        return [self.programs / "muxtap-analyze", "--json", path]

    def peers(self, path):
        size = path.stat().st_size / GIGA
        medians = interleaved({
            "`muxtap-analyze --json`": self.analyzer(path),
            "`ffmpeg -map 0 -c copy -f null -`": ["ffmpeg", "-nostdin", "-v", "error", "-i", path, "-map", 0, "-c", "copy",
                                                  "-f", "null", "-"],
            "`gst-launch-1.0 filesrc ! tsparse ! fakesink`": ["gst-launch-1.0", "-q", "filesrc", f"location={path}", "!",
                                                              "tsparse", "!", "fakesink"],
            "`cat` to the null node": ["cat", path]}, self.rounds, self.null)
        own = medians["`muxtap-analyze --json`"][0]
        self.table(f"{size * 1000:.0f} MB from the page cache, whole process, median of {self.rounds}",
                   ["program", "CPU s", "GB per CPU s", "muxtap-analyze is faster by", "peak RSS MB"],
                   [[name, f"{cpu:.3f}", f"{size / cpu:.1f}", f"{cpu / own:.1f}", f"{rss:.0f}"]
                    for name, (cpu, rss) in medians.items()])

    def packet_loop(self, path):
        output = subprocess.run([self.programs / "muxtap_packet_loop_speed", path, "500"], check=True, capture_output=True)
        speeds = json.loads(output.stdout)
        self.table("The packet loop alone", ["reading memory, GB/s", "packet loop, GB/s", "ratio"],
                   [[f"{speeds['memory_read']:.1f}", f"{speeds['packet_loop']:.1f}", f"{speeds['ratio']:.2f}"]])

    def sizes(self):
        paths = {size: self.make_file(f"{size}.ts", size) for size in (125, 250, 500)}
        medians = interleaved({size: self.analyzer(path) for size, path in paths.items()}, self.rounds, self.null)
        self.table("Cost by size", ["MB", "CPU s", "ns per packet", "peak RSS MB"],
                   [[f"{path.stat().st_size / 1e6:.0f}", f"{medians[size][0]:.3f}",
                     f"{medians[size][0] / (path.stat().st_size / 188) * 1e9:.1f}", f"{medians[size][1]:.0f}"]
                    for size, path in paths.items()])
        for path in paths.values():
            path.unlink()

    def pids(self):
        """The same packets, on few and on many PIDs; and programs in place of one."""
        plans = {"1 video PID": (1, 84_000_000, 0), "the same packets on 200 PIDs": (1, 84_000_000, 200),
                 "66 programs, 200 PIDs": (66, 1_000_000, 0)}
        paths = {}
        for number, (name, (programs, video, spread)) in enumerate(plans.items()):
            paths[name] = self.folder / f"pids{number}.ts"
            subprocess.run([self.programs / "muxtap_make_multiplex", paths[name], str(programs), str(MULTIPLEX_SECONDS),
                            str(MULTIPLEX_RATE), str(video), str(spread)], check=True)
        medians = interleaved({name: self.analyzer(path) for name, path in paths.items()}, self.rounds, self.null)
        first = medians["1 video PID"][0]
        rows = []
        for name, path in paths.items():
            cpu, rss = medians[name]
            packets = path.stat().st_size / 188
            report = json.loads(subprocess.run(self.analyzer(path), check=True, capture_output=True).stdout)["report"]
            starts = sum(pid["counters"]["unit_starts"] + pid["counters"]["pcrs"] for pid in report["pids"])
            rows.append([name, len(report["pids"]), f"{report['rate']['null_share']:.0%}", f"{starts / packets:.1%}",
                         f"{cpu / packets * 1e9:.1f}", f"{cpu / first:.2f}", f"{rss:.0f}"])
            path.unlink()
        self.table(f"Cost by PIDs, {MULTIPLEX_SECONDS} s of {MULTIPLEX_RATE / 1e6:.0f} Mb/s",
                   ["multiplex", "PIDs", "null packets", "packets that start something or have a PCR", "ns per packet",
                    "÷ first", "peak RSS MB"], rows)

    def run(self):
        path = self.make_file("multiplex.ts", 504)
        self.peers(path)
        self.packet_loop(path)
        path.unlink()
        self.sizes()
        self.pids()
