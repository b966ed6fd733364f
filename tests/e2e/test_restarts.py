"""Programs that die and come back, sources that fall silent, disks that fill up: nothing is lost that need not be, and
each of these has its own message."""

import pytest

from conftest import GROUP, PORT
from media import PACKET
from processes import wait_until
from recorder_process import sidecar
from test_main_path import NAME, SELECT, size


def piece(wire, film, first, packets, name="piece.ts"):
    path = wire.folder / name
    path.write_bytes(film.read_bytes()[first * PACKET:(first + packets) * PACKET])
    return path


def test_a_probe_that_is_killed_and_started_again_is_a_restart_and_no_gap(wire, film):
    probe = wire.probe(*SELECT)
    recorder = wire.recorder("--flush", "50ms")
    out = wire.folder / "capture.ts"
    before, _ = wire.send(piece(wire, film, 0, 7000), "--bitrate", "60M")
    recorder.wait_for(lambda: size(out) == len(before), "the first half")
    probe.kill()
    again = wire.probe(*SELECT)
    recorder.wait_for_event("probe_restarted")  # told by the first status of the new one
    after, _ = wire.send(piece(wire, film, 7000, 7000), "--bitrate", "60M")
    recorder.wait_for(lambda: size(out) == len(before + after), "the second half")
    assert (again.stop(), recorder.stop()) == (0, 0)
    assert out.read_bytes() == before + after
    restarts = recorder.events("probe_restarted")
    assert len(restarts) == 1 and restarts[0]["epoch"] > 0
    assert not recorder.events("feed_gap")
    told = sidecar(out)
    assert told["probe_restarts"] == 1
    assert told["probe_restart_list"][0]["at_packet"] == 7000


def test_a_recorder_that_is_there_before_its_probe_gets_the_stream(wire, short_film):
    recorder = wire.recorder("--exit-on-end", streams=0)
    recorder.wait_for_event("connecting")
    probe = wire.probe(*SELECT)
    recorder.wait_for_event("stream_found")
    sent, _ = wire.send(short_film, "--bitrate", "60M")
    probe.wait_for(lambda: probe.packets() == len(sent) // PACKET, "all packets")
    assert (probe.stop(), recorder.wait()) == (0, 0)
    assert (wire.folder / "capture.ts").read_bytes() == sent


def test_a_silent_source_and_a_silent_probe_are_two_messages_and_both_come_back(wire, film):
    probe = wire.probe(*SELECT)
    recorder = wire.recorder("--silence", "1s", "--flush", "50ms")
    out = wire.folder / "capture.ts"
    first, _ = wire.send(piece(wire, film, 0, 3500), "--bitrate", "60M")
    recorder.wait_for_event("source_silent")
    assert not recorder.events("probe_silent")
    assert probe.wait_for_event("stream_silent")["stream"] == NAME
    second, _ = wire.send(piece(wire, film, 3500, 3500), "--bitrate", "60M")
    recorder.wait_for_event("source_back")
    assert probe.wait_for_event("stream_back")["stream"] == NAME
    recorder.wait_for(lambda: size(out) == len(first + second), "both pieces")
    probe.kill()
    recorder.wait_for_event("probe_silent")
    again = wire.probe(*SELECT)
    recorder.wait_for_event("probe_back")
    third, _ = wire.send(piece(wire, film, 7000, 3500), "--bitrate", "60M")
    recorder.wait_for(lambda: size(out) == len(first + second + third), "the third piece")
    assert (again.stop(), recorder.stop()) == (0, 0)
    assert out.read_bytes() == first + second + third
    assert not recorder.events("feed_gap")


def whole(recorded):
    """Without the piece of a packet at its end."""
    return recorded[:len(recorded) // PACKET * PACKET]


def killed_and_started_again(wire, film, *policy):
    """Kills a recorder in the middle of a stream; returns what it had written, whose last packet may be torn when the kill
    fell into a write, and what was sent to the next one."""
    probe = wire.probe(*SELECT)
    recorder = wire.recorder("--flush", "20ms", *policy)
    out = wire.folder / "capture.ts"
    before, _ = wire.send(piece(wire, film, 0, 7000), "--bitrate", "60M")
    recorder.wait_for(lambda: size(out) == len(before), "the first half")
    sender = wire.sender(piece(wire, film, 7000, 7000, "more.ts"), "--to", f"udp://{NAME}", "--bitrate", "20M")
    recorder.wait_for(lambda: size(out) > len(before), "more")
    recorder.kill()
    assert sender.wait() == 0
    written = out.read_bytes()
    assert film.read_bytes().startswith(written) and len(written) > len(before)
    again = wire.recorder("--flush", "20ms", *policy)
    after, _ = wire.send(piece(wire, film, 14_000, 7000), "--bitrate", "60M")
    again.wait_for(lambda: again.packets() >= 7000 or again.wait_for_event("status", 2), "the rest")
    kept = whole(written) if "append" in policy else written
    wait_until(lambda: sum(map(size, wire.folder.glob("capture*.ts"))) == len(kept + after), what="the rest")
    assert (probe.stop(), again.stop()) == (0, 0)
    return written, after


def test_a_recorder_killed_in_mid_stream_goes_on_in_its_file(wire, film):
    written, after = killed_and_started_again(wire, film, "--existing", "append")
    assert (wire.folder / "capture.ts").read_bytes() == whole(written) + after
    told = sidecar(wire.folder / "capture.ts")
    assert told["offset_bytes"] == len(whole(written))


def test_a_recorder_killed_in_mid_stream_begins_the_next_file_when_told(wire, film):
    written, after = killed_and_started_again(wire, film, "--existing", "next")
    assert (wire.folder / "capture.ts").read_bytes() == written
    assert (wire.folder / "capture-1.ts").read_bytes() == after
    assert sidecar(wire.folder / "capture.ts")["end_reason"] is None


def test_a_disk_that_fills_up_and_is_freed_costs_nothing(wire, film, small_disk):
    probe = wire.probe(*SELECT)
    out = small_disk / "capture.ts"
    recorder = wire.recorder("--output", out, "--disk-retry", "100ms", "--flush", "50ms", "--exit-on-end")
    sent, _ = wire.send(film, "--bitrate", "60M")  # 6 MB where 1 MB is free, of 4
    alarm = recorder.wait_for_event("disk_full")
    assert alarm["level"] == "error" and str(out) in alarm["message"]
    assert sent.startswith(out.read_bytes()[:size(out) // PACKET * PACKET])
    (small_disk / "ballast").unlink()
    wait_until(lambda: size(out) > 3_000_000, what="writing to go on")
    # What is recorded so far is larger than the disk: it must grow for all to fit.
    import subprocess
    subprocess.run(["mount", "-o", "remount,size=16m", small_disk], check=True)
    recorder.wait_for_event("disk_recovered")
    recorder.wait_for(lambda: size(out) == len(sent), "all of it")
    assert (probe.stop(), recorder.wait()) == (0, 0)
    assert out.read_bytes() == sent
    assert sidecar(out)["gaps"]["disk"]["packets"] == 0


def test_an_interface_that_goes_away_ends_the_probe_with_its_name(wire):
    for capture in ("afpacket", "pcap"):
        probe = wire.probe(*SELECT, "--capture", capture)
        wire.network.tap.ip("link set rx0 down")
        wire.network.tap.ip("link set rx0 up")
        try:
            code = probe.wait(3)
        except Exception:  # capturing goes on: that is as good
            assert probe.stop() == 0
            continue
        assert code == 1
        assert "rx0" in probe.log_text().splitlines()[-1]
