"""What every program tells of itself: /metrics, /livez and /readyz at --metrics-port, and the service manager."""

import os
import re
import signal
import socket
import subprocess
import urllib.error
import urllib.request

import pytest

from media import ROOT
from processes import BIN, Program, run_to_end, wait_until

PROGRAMS = ("probe", "record", "frames", "metrics", "send", "analyze")
# Families that a program serves only when there is something to say.
SOMETIMES = {"muxtap_stream_last_packet_timestamp_seconds", "muxtap_analyze_input_bytes"}


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Told:
    """A program with a --metrics-port of its own, and what it answers there."""

    def __init__(self, scene, name, *arguments, stdin=None, environment=None):
        self.port = free_port()
        log = () if name == "analyze" else ("--log-format", "json")
        command = [BIN / f"muxtap-{name}", *log, "--metrics-port", f"127.0.0.1:{self.port}", *arguments]
        options = {} if stdin is None else {"stdin": stdin}
        self.program = scene.keep(Program(scene.folder, *command, environment=environment, **options))
        self.program.wait_for(lambda: self.get("/livez"), "an answer")

    def get(self, path):
        """(status, body); None while nobody listens."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except (ConnectionError, urllib.error.URLError):
            return None

    def wait_until_ready(self, ready=True):
        self.program.wait_for(lambda: (self.get("/readyz") or (0,))[0] == (200 if ready else 503), f"ready: {ready}", 20)

    def series(self):
        """{series with labels: value}"""
        return {name: float(value) for name, value in re.findall(r"(?m)^(muxtap_\S+?(?:\{.*\})?) (\S+)$",
                                                                 self.get("/metrics")[1])}

    def value(self, family, **labels):
        """The sum over all series of a family with these labels; None when there is none."""
        wanted = [f'{name}="{value}"' for name, value in labels.items()]
        found = [value for name, value in self.series().items()
                 if name.split("{")[0] == family and all(label in name for label in wanted)]
        return sum(found) if found else None

    def wait_for_value(self, family, least, **labels):
        self.program.wait_for(lambda: (self.value(family, **labels) or 0) >= least, f"{family} of {least}", 20)


class Chain:
    """A sender that never ends, a probe and the three workers, each with a port of its own."""

    def __init__(self, scene, film):
        target = free_port(socket.SOCK_DGRAM)
        endpoint = f"ipc://{scene.folder}/feed"
        self.of = {}
        self.of["probe"] = Told(scene, "probe", "--capture", "socket", "--source-ip", "127.0.0.1", "--source-port",
                                target, "--ipc-path", f"{scene.folder}/feed", "--target-port", 0)
        self.of["record"] = Told(scene, "record", "--connect", endpoint, "--output", scene.folder / "capture.ts")
        self.of["metrics"] = Told(scene, "metrics", "--connect", endpoint, "--to", f"ndjson:{scene.folder}/metrics")
        if (BIN / "muxtap-frames").exists():
            self.of["frames"] = Told(scene, "frames", "--connect", endpoint, "--ndjson", scene.folder / "frames")
        self.of["probe"].wait_until_ready()
        self.of["send"] = Told(scene, "send", film, "--to", f"udp://127.0.0.1:{target}", "--loop", 0)


@pytest.fixture
def chain(local, film):
    return Chain(local, film)


def documented(program):
    """Families that docs/observability.md says a program serves."""
    rows = re.findall(r"(?m)^\| `(muxtap_\w+)` \|[^|]*\|[^|]*\| ([\w ]+) \|", (ROOT / "docs/observability.md").read_text())
    assert len(rows) > 50
    return {family for family, programs in rows if programs == "all" or program in programs.split()}


def test_each_program_serves_what_the_document_says(chain, local, film):
    # Standard input that is kept open: the analysis goes on until the test ends it.
    analyze = Told(local, "analyze", "-", stdin=subprocess.PIPE)
    analyze.program.process.stdin.write(film.read_bytes())
    analyze.program.process.stdin.flush()
    chain.of["record"].wait_for_value("muxtap_record_packets_total", 1000)
    if "frames" in chain.of:
        chain.of["frames"].wait_for_value("muxtap_frames_pictures_total", 1)
    analyze.wait_for_value("muxtap_analyze_read_bytes_total", 1_000_000)
    for name, told in {**chain.of, "analyze": analyze}.items():
        told.wait_until_ready()
        assert told.get("/livez") == (200, "alive\n")
        served = {series.split("{")[0] for series in told.series()}
        assert served - documented(name) == set(), name
        assert documented(name) - served - SOMETIMES == set(), name
        assert told.value("muxtap_process_info", program=f"muxtap-{name}") == 1


def test_counters_of_the_whole_path_agree(chain, local):
    chain.of["metrics"].wait_for_value("muxtap_feed_packets_total", 3000)
    assert chain.of["send"].program.stop() == 0
    probe, record, metrics = (chain.of[name] for name in ("probe", "record", "metrics"))
    packets = (local.folder / "capture.ts").stat  # grows until all is written
    sent = chain.of["send"].program.last("summary")["packets"]
    probe.wait_for_value("muxtap_capture_packets_total", sent)
    record.wait_for_value("muxtap_record_packets_total", sent)
    metrics.wait_for_value("muxtap_feed_packets_total", sent)
    assert probe.value("muxtap_capture_packets_total") == sent
    assert record.value("muxtap_record_packets_total") == record.value("muxtap_feed_packets_total") == sent
    for told in (probe, record, metrics):
        assert told.value("muxtap_stream_lost_total") == 0
    wait_until(lambda: packets().st_size == sent * 188, what="capture.ts")
    # Silence is told by the state, not by a counter that stands still.
    probe.program.wait_for(lambda: probe.value("muxtap_stream_state", state="silent") == 1, "silence")
    assert probe.value("muxtap_stream_state", state="live") == 0
    assert probe.get("/readyz")[0] == 200


def test_a_worker_without_a_probe_lives_and_is_not_ready(local):
    record = Told(local, "record", "--connect", f"ipc://{local.folder}/feed", "--output", local.folder / "capture.ts")
    assert record.get("/livez")[0] == 200
    nobody = (503, "nothing is heard of a probe\n")
    record.program.wait_for(lambda: record.get("/readyz") == nobody, "its start")
    probe = local.program(BIN / "muxtap-probe", "--capture", "socket", "--source-ip", "127.0.0.1", "--source-port",
                          free_port(socket.SOCK_DGRAM), "--ipc-path", f"{local.folder}/feed", "--target-port", 0)
    record.wait_until_ready()
    assert probe.stop() == 0
    record.wait_until_ready(False)
    assert record.get("/livez")[0] == 200
    assert record.get("/readyz") == nobody


@pytest.mark.parametrize("name", ("probe", "record", "metrics", "send"))
def test_the_service_manager_is_told(local, film, name):
    # An abstract address: the probe, started as root, becomes a user who cannot look into the folder.
    address = f"muxtap-test-{os.getpid()}-{name}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0" + address)
        manager.settimeout(20)
        arguments = {
            "probe": ("--capture", "socket", "--source-ip", "127.0.0.1", "--source-port", free_port(socket.SOCK_DGRAM),
                      "--ipc-path", f"{local.folder}/feed", "--target-port", 0),
            "record": ("--connect", f"ipc://{local.folder}/feed", "--output", local.folder / "capture.ts"),
            "metrics": ("--connect", f"ipc://{local.folder}/feed", "--to", f"ndjson:{local.folder}/metrics"),
            "send": (film, "--to", f"udp://127.0.0.1:{free_port(socket.SOCK_DGRAM)}", "--loop", 0),
        }[name]
        program = local.program(BIN / f"muxtap-{name}", *arguments,
                                environment={"NOTIFY_SOCKET": "@" + address, "WATCHDOG_USEC": "600000"})
        heard = []

        def hear(message):
            while message not in heard:
                heard.append(manager.recv(512).decode())
        hear("READY=1")
        assert "WATCHDOG=1" not in heard
        hear("WATCHDOG=1")
        # A program that stands still gives no sign of life; awake again it goes on.
        program.send_signal(signal.SIGSTOP)
        manager.setblocking(False)
        with pytest.raises(BlockingIOError):
            while True:
                manager.recv(512)
        manager.settimeout(20)
        program.send_signal(signal.SIGCONT)
        heard.clear()
        hear("WATCHDOG=1")
        program.send_signal(signal.SIGTERM)
        hear("STOPPING=1")
        assert program.wait() == 0


def test_a_port_that_is_taken_is_an_error_that_names_it(local):
    first = Told(local, "record", "--connect", f"ipc://{local.folder}/feed", "--output", local.folder / "a.ts")
    second = run_to_end(BIN / "muxtap-metrics", "--connect", f"ipc://{local.folder}/feed", "--to",
                        f"ndjson:{local.folder}/b", "--metrics-port", f"127.0.0.1:{first.port}")
    assert second.code == 1
    assert re.fullmatch(rf"muxtap-metrics: --metrics-port: [^\n]*127\.0\.0\.1:{first.port}[^\n]*Address already in use\n",
                        second.log)


@pytest.mark.parametrize("value", ("abc", "70000", ":9000", "localhost", "1.2.3.4:"))
def test_what_is_no_address_is_an_error_of_usage(value):
    ended = run_to_end(BIN / "muxtap-record", "--metrics-port", value)
    assert ended.code == 2
    assert ended.log == (f'muxtap-record: --metrics-port: "{value}": expected [ADDRESS:]PORT, such as 9100 or '
                            "[::1]:9100\n")


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_program_has_the_option_and_its_name_in_the_environment(name):
    if not (BIN / f"muxtap-{name}").exists():
        pytest.skip("NOT TESTED: not built")
    text = run_to_end(BIN / f"muxtap-{name}", "--print-config", environment={"METRICS_PORT": "9563"}).output.decode()
    assert re.search(r"(?m)^METRICS_PORT=9563 +# environment$", text)
