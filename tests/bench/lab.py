"""A sender host and a capture host in network namespaces, and the accounting of what runs there."""

import json
import os
import re
import signal
import subprocess
import tempfile
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def run(*words):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True)


def wait_until(condition, what, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds} s for {what}")
        time.sleep(0.01)


def process_cpu_seconds(pid):
    """CPU seconds of a process so far, to the nanosecond, over all of its threads."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def machine_busy_seconds():
    """CPU seconds that all processors have spent on anything, interrupts included."""
    user, nice, system, _idle, _iowait, irq, softirq = map(
        int, Path("/proc/stat").read_text().splitlines()[0].split()[1:8])
    return (user + nice + system + irq + softirq) / TICKS


def peak_rss_mb(pid):
    return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text()).group(1)) / 1024


class Lab:
    """Two namespaces joined by a veth pair; a private null node to write captures to. Leaves nothing behind."""

    def __init__(self, programs):
        self.programs = Path(programs)
        self.sender = f"mxbs{os.getpid()}"
        self.capture = f"mxbc{os.getpid()}"
        self.folder = tempfile.TemporaryDirectory(prefix="muxtap-bench-")
        self.path = Path(self.folder.name)
        self.processes = []

    def __enter__(self):
        try:
            run("ip", "netns", "add", self.sender)
            run("ip", "netns", "add", self.capture)
            run("ip", "link", "add", "mxtx", "netns", self.sender, "type", "veth", "peer", "name", "mxrx", "netns",
                self.capture)
            run("ip", "-n", self.sender, "addr", "add", "10.77.0.1/24", "dev", "mxtx")
            run("ip", "-n", self.capture, "addr", "add", "10.77.0.2/24", "dev", "mxrx")
            for namespace, device in ((self.sender, "mxtx"), (self.capture, "mxrx")):
                run("ip", "-n", namespace, "link", "set", device, "up")
                run("ip", "-n", namespace, "link", "set", "lo", "up")
            run("ip", "-n", self.sender, "route", "add", "default", "dev", "mxtx")
            # The sender may hand the kernel large pieces; single datagrams must cross the wire.
            run("ip", "netns", "exec", self.sender, "ethtool", "-K", "mxtx", "tx-udp-segmentation", "off")
            # dumpcap removes its output file when its set-up fails: never give it /dev/null itself.
            self.null = self.path / "null"
            os.mknod(self.null, 0o666 | 0o020000, os.makedev(1, 3))
            self.null.chmod(0o666)
            self.path.chmod(0o755)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()
        for namespace in (self.sender, self.capture):
            subprocess.run(["ip", "netns", "del", namespace], capture_output=True, check=False)
        self.folder.cleanup()

    def start(self, namespace, *words, name):
        """Starts a program in a namespace; its stderr goes to a file, its stdout to a pipe."""
        log = self.path / f"{name}.log"
        with log.open("w") as stderr:
            process = subprocess.Popen(["ip", "netns", "exec", namespace, *map(str, words)], stdout=subprocess.PIPE,
                                       stderr=stderr, text=True)
        process.log = log
        self.processes.append(process)
        return process

    def stop(self, process):
        """Ends it with SIGINT; what it printed on stdout."""
        process.send_signal(signal.SIGCONT)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
        self.processes.remove(process)
        return out

    def probe(self, *options):
        # Started without a subscriber's program: as root, so that its memory can be read.
        process = self.start(self.capture, self.programs / "muxtap-probe", "--source-device", "mxrx", "--user", "root",
                             "--log-format", "json", "--log-interval", "1h", *options, name="probe")
        wait_until(lambda: '"started"' in process.log.read_text() or process.poll() is not None, "the probe's start")
        return process

    def peer(self, tool):
        words = {"tcpdump": ["tcpdump", "-i", "mxrx", "-n", "-B", 65536, "-s", 65535, "-w", self.null, "udp"],
                 "dumpcap": ["dumpcap", "-q", "-i", "mxrx", "-B", 64, "-w", self.null, "-f", "udp"]}[tool]
        process = self.start(self.capture, *words, name=tool)
        sign = {"tcpdump": "listening on", "dumpcap": "Capturing on"}[tool]
        wait_until(lambda: sign in process.log.read_text(), f"{tool}'s start")
        return process

    def sinks(self, count, port=5556):
        sinks = [self.start(self.capture, self.programs / "muxtap_feed_sink", f"tcp://127.0.0.1:{port}", name=f"sink{i}")
                 for i in range(count)]
        established = ["ip", "netns", "exec", self.capture, "ss", "-Htn", "state", "established", f"sport = :{port}"]
        if count:
            wait_until(lambda: len(run(*established).stdout.splitlines()) >= count, "the subscribers' connections")
        return sinks

    def send(self, media, seconds, bitrate=None, streams=1, gso=1):
        """Plays the media; the bytes of transport stream sent, over all streams."""
        targets = [f"--to=udp://239.1.1.{i + 1}:5000" for i in range(streams)]
        pace = ["--bitrate", bitrate] if bitrate else ["--burst"]
        sent = run("ip", "netns", "exec", self.sender, self.programs / "muxtap-send", media, *targets, "--interface",
                   "mxtx", *pace, "--loop", 0, "--duration", f"{seconds}s", "--gso", gso, "--log-format", "json")
        return json.loads(sent.stderr.splitlines()[-1])["bytes"]


def probe_totals(process):
    """The sums of a probe's final totals, by name."""
    sums = {"packets": 0, "kernel_dropped": 0, "queue_dropped": 0}
    for line in process.log.read_text().splitlines():
        record = json.loads(line)
        if record["event"] == "capture_totals":
            sums["kernel_dropped"] += record["kernel_dropped"]
        elif record["event"] == "stream_totals":
            sums["packets"] += record["packets"]
            sums["queue_dropped"] += record["queue_dropped"]
    return sums
