"""What the probe prints, in each of its modes, and how it answers to signals and limits."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import time

import pytest

from conftest import GROUP, PORT
from media import PACKET
from processes import BIN, PATIENCE, clean_environment, started_processes, wait_until
from test_main_path import NAME, SELECT, assert_nothing_lost

TOTALS = {"stream", "datagrams", "packets", "bytes", "tei", "null", "dropped", "rejected_sync_byte",
          "rejected_reserved_afc", "rejected_adaptation_length", "rejected_truncated", "rejected_not_ts", "rtp_lost",
          "rtp_reordered", "kernel_dropped", "queue_dropped"}
STATUS = {"stream", "rate_bps", "datagrams", "packets", "tei", "null", "rejected", "rtp_lost", "rtp_reordered",
          "kernel_dropped", "queue_dropped", "subscribers"}
ALWAYS = {"time", "level", "program", "event", "message"}
REPEATS = {"repeated", "since"}  # of a warning that came again within ten seconds


# --- signals and limits


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_publishes_what_is_captured_and_ends_within_a_second(wire, film, number):
    """While a stream runs, with batches that would fill for a minute."""
    probe = wire.probe(*SELECT, "--batch-age", "60s", "--batch-packets", 10000)
    recorder = wire.recorder("--exit-on-end")
    sender = wire.sender(film, "--to", f"udp://{NAME}", "--bitrate", "20M", "--loop", 0, "--save",
                         wire.folder / "sent.ts")
    probe.wait_for(lambda: probe.packets() > 3000, "some packets")
    begun = time.monotonic()
    probe.send_signal(number)
    assert probe.wait() == 0
    assert time.monotonic() - begun < 1
    assert recorder.wait() == 0
    assert sender.stop() == 0
    totals = probe.last("stream_totals")
    recorded = (wire.folder / "capture.ts").read_bytes()
    assert len(recorded) == totals["bytes"] == totals["packets"] * PACKET > 3000 * PACKET
    assert (wire.folder / "sent.ts").read_bytes().startswith(recorded)
    assert totals["packets"] % 10000 != 0  # so that there was something to flush
    assert_nothing_lost(totals, recorded)


def test_a_hangup_is_survived(wire, short_film):
    probe = wire.probe(*SELECT)
    recorder = wire.recorder("--exit-on-end")
    for program in (probe, recorder):
        program.send_signal(signal.SIGHUP)
    sent, _ = wire.send(short_film, "--bitrate", "60M")
    probe.wait_for(lambda: probe.packets() == len(sent) // PACKET, "all packets")
    assert (probe.stop(), recorder.wait()) == (0, 0)
    assert (wire.folder / "capture.ts").read_bytes() == sent


def test_a_signal_while_nothing_is_captured_ends_it_as_well(wire):
    for arguments in ((), ("--wait-subscribers", 1)):
        probe = wire.probe(*SELECT, *arguments)
        begun = time.monotonic()
        assert probe.stop() == 0
        assert time.monotonic() - begun < 1


def test_duration_ends_the_run(wire):
    begun = time.monotonic()
    probe = wire.probe(*SELECT, "--duration", "700ms")
    assert probe.wait() == 0
    assert 0.7 <= time.monotonic() - begun < 3
    assert probe.events("stream_totals")


def test_packet_count_ends_the_run_with_so_many_and_the_rest_of_their_datagram(wire, film):
    probe = wire.probe(*SELECT, "--packet-count", 1234)
    recorder = wire.recorder("--exit-on-end")
    sent, _ = wire.send(film, "--bitrate", "60M")
    assert (probe.wait(), recorder.wait()) == (0, 0)
    taken = 1239  # to the end of a datagram of seven
    assert probe.last("stream_totals")["packets"] == taken
    assert (wire.folder / "capture.ts").read_bytes() == sent[:taken * PACKET]


# --- output


def test_json_log_lines_all_parse_and_carry_the_documented_keys(wire, short_film):
    probe = wire.probe(*SELECT, "--pcap-stats")
    recorder = wire.recorder("--exit-on-end", "--log-interval", "50ms")
    wire.send(short_film, "--bitrate", "30M")
    probe.wait_for_event("stream_silent")
    wire.send(short_film, "--bitrate", "30M")
    probe.wait_for_event("stream_back")
    assert (probe.stop(), recorder.wait()) == (0, 0)
    expected = {"status": STATUS, "stream_totals": TOTALS, "started": {"source", "probe", "streams"},
                "publishing": {"endpoint"}, "stream_started": {"stream", "from", "encapsulation"},
                "stream_silent": {"stream"}, "stream_back": {"stream"},
                "capture_statistics": {"frames", "kernel_dropped"},
                "capture_totals": {"frames", "frames_rejected", "kernel_dropped", "unselected_datagrams",
                                   "not_ts_datagrams", "refused_datagrams"}}
    for program, name in ((probe, "muxtap-probe"), (recorder, "muxtap-record")):
        lines = [json.loads(line) for line in program.log_text().splitlines()]
        assert {line["program"] for line in lines} == {name}
        for line in lines:
            assert ALWAYS <= set(line)
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
            if program is probe:
                assert set(line) - ALWAYS - REPEATS == expected[line["event"]]
    assert set(expected) == {event["event"] for event in probe.events()}
    assert probe.last("stream_started")["from"] == "10.77.0.1"
    rates = [event["rate_bps"] for event in probe.events("status")]
    assert max(rates) > 20e6  # 30 Mb/s, in short intervals


def test_text_log_lines_say_who_when_and_what(wire, short_film):
    probe = wire.probe(*SELECT, log_format="text", ready=None)
    probe.wait_for_text("started")
    wire.send(short_film, "--bitrate", "60M")
    probe.wait_for_text("stream started")
    assert probe.stop() == 0
    for line in probe.log_text().splitlines():
        assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z muxtap-probe (info|warning): \S", line), line
    # What was sent before the signal is captured, whether it was read before or not.
    assert "packets=7000" in probe.log_text().splitlines()[-1]


def test_silent_prints_nothing_when_all_is_well(wire, short_film):
    prelude = wire.folder / "prelude.ts"
    prelude.write_bytes(short_film.read_bytes()[:70 * PACKET])
    with (wire.folder / "stdout").open("wb") as out:
        probe = wire.probe(*SELECT, "--silent", "--target-port", 5556, log_interval="60s", ready=None, stdout=out)
        recorder = wire.recorder("--silent", "--exit-on-end", "--flush", "10ms", streams=0, stdout=out)

        def recording():  # silent programs say nothing that could be waited for
            wire.send(prelude, "--burst")
            return (wire.folder / "capture.ts").exists()
        wait_until(recording, what="the recorder")
        sent, _ = wire.send(short_film, "--bitrate", "60M")
        assert (probe.stop(), recorder.wait()) == (0, 0)
    assert (wire.folder / "capture.ts").read_bytes().endswith(sent)
    assert (probe.log_text(), recorder.log_text()) == ("", "")
    assert (wire.folder / "stdout").read_bytes() == b""


def test_dump_packets_prints_every_packet_of_the_feed_in_hexadecimal(wire, short_film):
    path = wire.folder / "few.ts"
    path.write_bytes(short_film.read_bytes()[:49 * PACKET])
    with (wire.folder / "dump").open("wb") as out:
        probe = wire.probe(*SELECT, "--dump-packets", stdout=out)
        wire.send(path, "--burst")
        probe.wait_for(lambda: probe.packets() == 49, "all packets")
        assert probe.stop() == 0
    shown = re.split(r"^(\S+) packet (\d+) pid (\d+) continuity_counter (\d+)$", (wire.folder / "dump").read_text(),
                     flags=re.M)[1:]
    assert b"".join(bytes.fromhex(text) for text in shown[4::5]) == path.read_bytes()
    assert set(shown[0::5]) == {NAME}
    assert [int(number) for number in shown[1::5]] == list(range(49))


class Terminal:
    """A program on a terminal of 100 columns, and what it has shown."""

    def __init__(self, command, folder):
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen([*map(str, command)], cwd=folder, stdin=slave, stdout=slave, stderr=slave,
                                        env=clean_environment(TERM="xterm"))
        started_processes.append(self.process)
        os.close(slave)
        self.shown = b""

    def read_until(self, condition, seconds=PATIENCE):
        deadline = time.monotonic() + seconds
        while not condition(self.shown):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not within {seconds} s; shown: {self.shown}")
            if select.select([self.master], [], [], 0.1)[0]:
                try:
                    self.shown += os.read(self.master, 65536)
                except OSError:  # the program has ended
                    assert condition(self.shown), self.shown
                    return

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)


STATUS_LINE = rb"1 streams?  [\d.]+ [kMG]?b/s  (\d+) packets  rejected 0  dropped 0  subscribers 0"


def test_a_terminal_shows_one_status_line_that_is_renewed_each_second(wire, film):
    probe = wire.keep(Terminal(wire.tap_side([BIN / "muxtap-probe", *SELECT, "--source-device", "rx0"]), wire.folder))
    probe.read_until(lambda shown: re.search(STATUS_LINE, shown))
    begun = time.monotonic()
    sender = wire.sender(film, "--to", f"udp://{NAME}", "--bitrate", "20M", "--loop", 0)
    probe.read_until(lambda shown: len(re.findall(STATUS_LINE, shown)) >= 5)
    assert 3 < time.monotonic() - begun < 6
    counts = [int(count) for count in re.findall(STATUS_LINE, probe.shown)]
    assert counts == sorted(counts) and counts[-1] > 2 * 20e6 / 8 / PACKET * 0.8
    assert sender.stop() == 0
    probe.process.send_signal(signal.SIGINT)
    probe.read_until(lambda shown: b"stream totals" in shown)
    assert probe.process.wait(PATIENCE) == 0
    # Log lines stand alone: the status line that was there is wiped away before.
    screen = [line.split(b"\r")[-1].split(b"\x1b[K")[-1] for line in probe.shown.replace(b"\r\n", b"\n").split(b"\n")]
    for line in screen[:-1]:
        assert re.match(rb"\d{4}-\d\d-\d\dT\S+ muxtap-probe info: ", line), probe.shown


def test_a_terminal_shows_no_status_line_when_none_is_wanted(wire):
    command = [BIN / "muxtap-probe", *SELECT, "--source-device", "rx0", "--no-progress", "--log-interval", "50ms",
               "--duration", "500ms"]
    probe = wire.keep(Terminal(wire.tap_side(command), wire.folder))
    probe.read_until(lambda shown: b"stream totals" in shown)
    assert probe.process.wait(PATIENCE) == 0
    assert b"\x1b" not in probe.shown
