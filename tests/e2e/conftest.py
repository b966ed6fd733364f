"""What the end to end tests share: programs that never outlive a test, networks, streams; and a look at what is left."""

import os
import subprocess
from pathlib import Path

import pytest

from feed import Reader
from media import shared
from netns import Network
from processes import BIN, PATIENCE, Program, run_to_end, started_processes, wait_until

SKIP_EXIT_CODE = 77  # what CMakeLists.txt tells ctest
GROUP, PORT = "239.77.1.1", 5000
# The ring's blocks are used up by time as well: the 64M of a probe's own outlast half a second without a processor, which
# several tests under a sanitizer on two processors can take from it.
PATIENT_BUFFER = "256M"


def needs_root(reason):
    if os.geteuid() != 0:
        pytest.skip(f"NOT TESTED: {reason} needs root")


class Scene:
    """One test's programs and subscribers. On a network the probe and its clients live on the tap side."""

    def __init__(self, folder):
        self.folder = folder
        self.network = None
        self.things = []

    def keep(self, thing):
        self.things.append(thing)
        return thing

    def tap_side(self, command):
        return [*self.network.tap.inside, *command] if self.network else command

    def sender_side(self, command):
        return [*self.network.sender.inside, *command] if self.network else command

    def program(self, *command, **options):
        """Anything else, on the tap side."""
        return self.keep(Program(self.folder, *self.tap_side(command), **options))

    @property
    def endpoint(self):
        """A local socket, which is reached from every namespace."""
        return f"ipc://{self.folder}/feed"

    def probe(self, *arguments, ready="started", log_format="json", log_interval="50ms", **options):
        """A probe that captures; on a network from rx0 unless told otherwise."""
        where = [] if not self.network or "--source-device" in arguments else ["--source-device", "rx0"]
        command = [BIN / "muxtap-probe", *where, "--ipc-path", f"{self.folder}/feed", "--log-format", log_format,
                   "--log-interval", log_interval, *arguments]
        if "--target-port" not in arguments and not self.network:
            command += ["--target-port", 0]
        if self.network and "--buffer-size" not in arguments:
            command += ["--buffer-size", PATIENT_BUFFER]
        probe = self.keep(Program(self.folder, *self.tap_side(command), **options))
        if ready:
            probe.wait_for_event(ready)
        return probe

    def recorder(self, *arguments, streams=1, connect=None, folder=None, **options):
        """A recorder that misses nothing from here on: it has heard of `streams` streams."""
        command = [BIN / "muxtap-record", "--log-format", "json", "--connect", connect or self.endpoint, *arguments]
        recorder = self.keep(Program(folder or self.folder, *self.tap_side(command), **options))
        if streams:
            recorder.wait_for_event("stream_found", streams)
        return recorder

    def reader(self, *names, endpoint=None, **options):
        """A subscriber in this process that misses nothing of the streams named."""
        reader = self.keep(Reader(endpoint or self.endpoint, **options))
        for name in names:
            reader.wait_for_info(name)
        return reader

    def wait_for_subscribers(self, probe, count=1):
        """So many have been connected for a while, in which their subscriptions have followed: quicker than a status."""
        def settled():
            newest = [event["subscribers"] for event in probe.events("status")[-3:]]
            return newest == [count] * 3
        probe.wait_for(settled, f"{count} subscribers")

    def sender(self, *arguments, **options):
        """A muxtap-send that is left running."""
        where = ["--interface", "tx0"] if self.network and "--interface" not in arguments else []
        return self.keep(Program(self.folder, *self.sender_side([BIN / "muxtap-send", "--log-format", "json", *where,
                                                                 *arguments]), **options))

    def send(self, path, *arguments, to=f"udp://{GROUP}:{PORT}", seconds=PATIENCE):
        """Plays a file to its end. Returns what was really sent, and the final line."""
        saved = Path(self.folder) / "sent.ts"
        where = ["--interface", "tx0"] if self.network and "--interface" not in arguments else []
        ended = run_to_end(*self.sender_side([BIN / "muxtap-send", path, "--to", to, *where, "--save", saved,
                                              "--log-format", "json", *arguments]), seconds=seconds, folder=self.folder)
        assert ended.code == 0, ended.log
        totals = ended.events()[-1]
        totals["faults"] = ended.output.decode()
        return saved.read_bytes(), totals

    def close(self):
        for thing in reversed(self.things):
            thing.close()
        if self.network:
            self.network.close()


@pytest.fixture
def local(tmp_path):
    """Programs on this host, for what needs no network of its own."""
    made = Scene(tmp_path)
    yield made
    made.close()


@pytest.fixture
def wire(local, request):
    """The same with a network of its own; parameters are those of Network."""
    needs_root("a network of its own")
    local.network = Network(**getattr(request, "param", {}))
    return local


@pytest.fixture(scope="session")
def film(tmp_path_factory):
    """A constant-rate stream of about 6 MB with H.264 and AAC: the shared one, or one made on the spot."""
    path = shared("media", "h264_aac_cbr2M.ts")
    if path is None:
        path = tmp_path_factory.mktemp("media") / "made.ts"
        subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25",
                        "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", "12", "-c:v", "libx264",
                        "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "25", "-b:v", "3M", "-maxrate", "3M",
                        "-bufsize", "1M", "-c:a", "aac", "-muxrate", "4M", "-f", "mpegts", path], check=True, timeout=60)
    return path


@pytest.fixture(scope="session")
def short_film(tmp_path_factory, film):
    """Its first 7000 packets: 1.3 MB, 5 s of its time."""
    path = tmp_path_factory.mktemp("media") / "short.ts"
    path.write_bytes(film.read_bytes()[:7000 * 188])
    return path


@pytest.fixture
def small_disk(tmp_path):
    """A tmpfs of 4 MB with 3 MB taken by `ballast`."""
    needs_root("a full disk, which is a small tmpfs,")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip(f"NOT TESTED: a full disk needs a mount: {mounted.stderr.decode()}")
    (folder / "ballast").write_bytes(bytes(3 << 20))
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


# --- what is left when all is done


def links_and_named_namespaces():
    names = {f"interface {line.split()[1]}" for line in
             subprocess.run(["ip", "-o", "link"], capture_output=True, text=True).stdout.splitlines()
             if "tx0" in line or "rx0" in line or "mux" in line}
    return names


@pytest.fixture(scope="session", autouse=True)
def nothing_is_left(tmp_path_factory):
    """No process, namespace, interface or mount of the tests outlives them."""
    links_before = links_and_named_namespaces()
    yield
    assert [process.args for process in started_processes if process.poll() is None] == []
    held = [os.readlink(entry) for entry in map(str, Path("/proc/self/fd").glob("*"))
            if os.path.lexists(entry) and os.readlink(entry).startswith("net:")]
    assert held == [], "namespaces that are still held"
    assert links_and_named_namespaces() - links_before == set()
    mounts = Path("/proc/self/mounts").read_text()
    assert str(tmp_path_factory.getbasetemp()) not in mounts, mounts


# --- a skipped test is never green


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus == 0 and reporter.stats.get("skipped") and os.environ.get("MUXTAP_SKIP_IS_VISIBLE"):
        session.exitstatus = SKIP_EXIT_CODE
