"""muxtap-frames on streams and in surroundings that are not as they should be: what it says of them, and that all the rest
goes on."""

import collections
import shutil
import signal
import time
from pathlib import Path

import pytest

import broken_streams as broken
from broken_streams import AUDIO_PID, PMT_PID, VIDEO_PID
from conftest import GROUP, PORT
from feed_source import FeedSource
from media import PACKET
from metrics_process import ndjson
from processes import BIN, PATIENCE, Program

NAME = f"{GROUP}:{PORT}"
SELECT = ("--stream", f"{NAME}=udp://{NAME}", "--probe-id", "cap-a")
MEMORY = 400 << 20


@pytest.fixture(scope="session")
def clips(tmp_path_factory):
    """Makes streams once: clips("h264", "aac_adts", size=..., ...) is the bytes of one."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("NOT TESTED: streams are made by ffmpeg")
    folder, made = tmp_path_factory.mktemp("clips"), {}

    def clip(*arguments, **options):
        key = (arguments, tuple(options.items()))
        if key not in made:
            made[key] = broken.make(folder / f"{len(made)}.ts", *arguments, **options)
        return made[key]
    return clip


@pytest.fixture(scope="session")
def plain(clips):
    """Four seconds of H.264 and AAC."""
    return clips()


class Worker(Program):
    """One muxtap-frames with a folder of its own, which writes its records there."""

    def __init__(self, folder, endpoint, *arguments, **options):
        self.records_path = Path(folder) / "records.ndjson"
        super().__init__(folder, BIN / "muxtap-frames", "--log-format", "json", "--connect", endpoint, "--ndjson",
                         self.records_path, *arguments, **options)

    def records(self, name=None):
        found = ndjson(self.records_path)
        return [record for record in found if name in (None, record["record"].split(".")[1].split("/")[0])]

    def frames(self, stream=None):
        return [record for record in self.records("frame") if stream in (None, record["stream"])]

    def told(self, *kinds):
        """(kind, PID or None) of the events, in their order."""
        return [(record["kind"], record.get("pid")) for record in self.records("event") if record["kind"] in kinds]

    def largest_memory(self):
        """The most it has had of the host's memory."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmHWM")

    def wait_for_frames(self, count, stream=None, seconds=PATIENCE):
        self.wait_for(lambda: len(self.frames(stream)) >= count, f"{count} pictures", seconds)


def decode(scene, data, *arguments, code=0, seconds=20, **options):
    """What becomes of a file that a probe reads for one worker. The worker has ended, with this code."""
    path = Path(scene.folder) / "input.ts"
    path.write_bytes(data)
    scene.probe("--input", path, "--wait-subscribers", 1)
    worker = scene.keep(Worker(scene.folder / "worker", scene.endpoint, "--exit-on-end", *arguments, **options))
    assert worker.wait(seconds) == code, worker.log_text()
    return worker


def counts(worker):
    """Pictures and seconds of sound, by codec."""
    return {key: dict(collections.Counter(record["codec"] for record in worker.records(key)))
            for key in ("frame", "sound")}


def undisturbed(worker):
    """Nothing was restarted, nothing was lost on the way."""
    assert worker.told("decoding_failed") == []
    assert {key: lost for record in worker.frames() for key, lost in record["losses"].items() if lost} == {}


# --- streams that lack something


def test_a_plain_stream_has_a_picture_a_second_and_nothing_to_say(local, plain):
    worker = decode(local, plain)
    assert counts(worker) == {"frame": {"h264": 4}, "sound": {"aac_adts": 5}}
    assert worker.records("event") == []
    undisturbed(worker)


@pytest.mark.parametrize("video, audio, program", [
    ("h264", None, "program 1: H.264 on PID 256"),
    (None, "aac_adts", "program 1: AAC on PID 257, no video"),
])
def test_a_stream_without_sound_or_video_says_so(local, clips, video, audio, program):
    worker = decode(local, clips(video, audio))
    assert [event["message"] for event in worker.events("program")] == [program]
    assert bool(worker.frames()) == bool(video) and bool(worker.records("sound")) == bool(audio)
    undisturbed(worker)


@pytest.mark.parametrize("pids, told", [
    ([VIDEO_PID, AUDIO_PID], [("not_decodable", None)]),
    ([VIDEO_PID], [("not_decodable", VIDEO_PID)]),
    ([AUDIO_PID], [("not_decodable", AUDIO_PID)]),
])
def test_what_is_scrambled_is_named_once_and_the_rest_is_decoded(local, plain, pids, told):
    worker = decode(local, broken.scrambled(plain, *pids))
    assert worker.told("not_decodable", "decoding_resumed", "decoding_failed") == told
    assert "scrambled" in worker.records("event")[0]["text"]
    assert bool(worker.frames()) == (VIDEO_PID not in pids)
    assert bool(worker.records("sound")) == (AUDIO_PID not in pids)


@pytest.mark.parametrize("pids, pid", [([VIDEO_PID, AUDIO_PID], None), ([VIDEO_PID], VIDEO_PID)])
def test_what_is_scrambled_no_more_is_taken_up(local, clips, pids, pid):
    data = clips(seconds=8)
    worker = decode(local, broken.scrambled(broken.part(data, 0, 0.4), *pids) + broken.part(data, 0.4, 1))
    assert worker.told("not_decodable", "decoding_resumed") == [("not_decodable", pid), ("decoding_resumed", pid)]
    assert len(worker.frames()) >= 3
    undisturbed(worker)


def test_a_damaged_header_is_no_scrambling(local, plain):
    made = broken.packets(plain)
    for packet in made[50::250]:
        packet[3] |= 0xC0
    worker = decode(local, broken.joined(made))
    assert worker.told("not_decodable", "decoding_failed") == []
    assert worker.frames() and worker.records("sound")


@pytest.mark.parametrize("stream_type, named", [(0x33, "VVC"), (0xFF, "stream_type 0xFF")])
def test_a_codec_that_cannot_be_decoded_is_named_and_the_others_go_on(local, plain, stream_type, named):
    def add(streams):
        return [*streams, (stream_type, 0x300, b"")]
    worker = decode(local, broken.with_tables(plain, PMT_PID, lambda section: broken.with_streams(section, add)))
    [event] = worker.records("event")
    assert (event["kind"], event["pid"]) == ("not_decodable", 0x300) and named in event["text"]
    assert counts(worker) == {"frame": {"h264": 4}, "sound": {"aac_adts": 5}}


@pytest.mark.parametrize("change", [
    broken.without_pcrs,
    lambda data: broken.with_tables(data, PMT_PID, lambda section: section[:8] + b"\xff\xff" + section[10:]),
], ids=["no PCRs", "PCR_PID 0x1FFF"])
def test_pictures_and_sound_need_no_pcr(local, plain, change):
    worker = decode(local, change(plain))
    assert counts(worker) == {"frame": {"h264": 4}, "sound": {"aac_adts": 5}}
    assert [frame["position_ns"] for frame in worker.frames()] == [second * 10**9 for second in range(4)]


# --- streams that change


def test_codecs_and_sizes_change_on_the_same_pids_and_every_second_has_its_picture(local, clips):
    kinds = [("mpeg2_video", "mpeg1_audio", "320x180"), ("h264", "aac_adts", "640x360"), ("hevc", "ac3", "480x270")]
    parts = [broken.with_tables(clips(video, audio, size=size, seconds=3, offset=3 * number), PMT_PID,
                                lambda section, version=number: broken.with_version(section, version))
             for number, (video, audio, size) in enumerate(kinds)]
    worker = decode(local, broken.with_counters(broken.joined(parts)))
    assert [(frame["codec"], f"{frame['width']}x{frame['height']}") for frame in worker.frames()] == \
        [(video, size) for video, _, size in kinds for _ in range(3)]
    assert [codec for codec, count in counts(worker)["sound"].items() if count >= 3] == [kind[1] for kind in kinds]
    undisturbed(worker)


def test_the_size_changes_and_the_tables_do_not(local, clips):
    sizes = ["320x180", "640x360", "160x90"]
    data = broken.joined(clips(size=size, seconds=2, offset=2 * number) for number, size in enumerate(sizes))
    worker = decode(local, broken.with_counters(data))
    assert [f"{frame['width']}x{frame['height']}" for frame in worker.frames()] == [size for size in sizes
                                                                                    for _ in range(2)]
    undisturbed(worker)


def test_when_only_the_sound_moves_to_another_pid_no_picture_is_lost(local, plain):
    def move(section):
        moved = broken.with_streams(section, lambda streams: [streams[0], (streams[1][0], 0x111, streams[1][2])])
        return broken.with_version(bytearray(moved), 1)
    # A map may come between any two packets; those that FFmpeg sends stand between two pictures.
    before, after = broken.part(plain, 0, 0.4), broken.part(plain, 0.4, 1)
    after = broken.with_tables(broken.with_other_pid(after, AUDIO_PID, 0x111), PMT_PID, move)
    worker = decode(local, before + after, "--image-framerate", 0)
    assert len(worker.frames()) == 100
    assert {record["pid"] for record in worker.records("sound")} == {AUDIO_PID, 0x111}
    undisturbed(worker)


def test_a_program_that_goes_is_told_and_taken_up_again(local, clips):
    data = clips(seconds=8)
    first, gone, back = broken.part(data, 0, 0.4), broken.part(data, 0.4, 0.6), broken.part(data, 0.6, 1)
    gone = broken.with_tables(gone, 0, lambda section: broken.with_version(section[:8], 1))
    back = broken.with_tables(back, 0, lambda section: broken.with_version(section, 2))
    worker = decode(local, first + gone + back)
    assert len(worker.events("program_gone")) == 1 and len(worker.events("program")) == 2
    times = [frame["pts"] / 90_000 for frame in worker.frames()]
    assert len([time for time in times if time < min(times) + 3.2]) >= 3
    assert len([time for time in times if time > min(times) + 4.8]) >= 2
    assert min(frame["position_ns"] for frame in worker.frames()) >= 0
    undisturbed(worker)


def test_another_transport_stream_id_in_every_table_disturbs_nothing(local, plain):
    numbers = iter(range(1, 1000))
    worker = decode(local, broken.with_tables(plain, 0, lambda section: section[:3] + next(numbers).to_bytes(2, "big") +
                                              section[5:]))
    assert counts(worker) == {"frame": {"h264": 4}, "sound": {"aac_adts": 5}}
    assert len(worker.events("program")) == 1


# --- damage


@pytest.mark.parametrize("damage", [
    lambda data: broken.without_packets(data, 0.001),
    lambda data: broken.without_packets(data, 0.01),
    lambda data: broken.with_noise(data, 0.0002),
], ids=["0.1 % lost", "1 % lost", "noise"])
def test_pictures_and_sound_go_on_over_damage(local, clips, damage):
    worker = decode(local, damage(clips(seconds=12)))
    positions = [frame["position_ns"] for frame in worker.frames()]
    assert len(positions) >= 5 and max(positions) > 9 * 10**9, positions
    assert len(worker.records("sound")) >= 8
    assert worker.told("decoding_failed") == []


def test_heavy_damage_ends_like_any_other_stream(local, plain):
    for share in (0.3, 0.9):
        worker = decode(local, broken.without_packets(plain, share), seconds=8)
        assert worker.told("decoding_failed") == []


def send_feed(source, data, stream="a", lost=(), batch=70 * PACKET):
    """All of it in small batches, some of which never come."""
    for number, at in enumerate(range(0, len(data), batch)):
        message = source.batch(stream, data[at:at + batch])
        if number not in lost:
            source.socket.send_multipart(message)


def test_a_gap_in_the_feed_is_counted_and_pictures_go_on(local, clips):
    source = local.keep(FeedSource())
    worker = local.keep(Worker(local.folder / "worker", source.endpoint))
    source.wait_for_subscribers()
    source.send_info("a")
    worker.wait_for_event("stream_found")
    data = clips(seconds=8)
    send_feed(source, data, lost=range(10, 20))
    worker.wait_for(lambda: worker.frames() and worker.frames()[-1]["position_ns"] >= 7 * 10**9, "the last pictures")
    assert worker.frames()[-1]["losses"]["feed_batches_lost"] == 10
    assert worker.told("decoding_failed") == []
    assert worker.stop(signal.SIGTERM) == 0


def test_garbage_of_one_stream_leaves_another_alone(local, clips):
    source = local.keep(FeedSource())
    worker = local.keep(Worker(local.folder / "worker", source.endpoint))
    source.wait_for_subscribers()
    for stream in ("a", "b"):
        source.send_info(stream)
    worker.wait_for_event("stream_found", 2)
    good, bad = clips(seconds=8), broken.with_noise(clips(seconds=8), 0.05)
    for at in range(0, len(good), 70 * PACKET):
        source.send_batch("a", good[at:at + 70 * PACKET])
        source.send_batch("b", bad[at:at + 70 * PACKET])
        source.send_raw(b"ts/a/", b"{", good[at:at + 100])
        source.send_raw(b"ts/b/")
    worker.wait_for_frames(8, "a")
    assert [frame["position_ns"] for frame in worker.frames("a")] == [second * 10**9 for second in range(8)]
    assert worker.stop(signal.SIGTERM) == 0


def test_a_pipeline_that_gives_nothing_is_started_again_after_a_pause_and_the_other_stream_is_not_disturbed(local, clips):
    """H.264 that says it is MPEG-2: data goes in, and no picture ever comes out."""
    def relabel(section):
        return broken.with_streams(section, lambda streams: [(0x02, *streams[0][1:])])
    good, bad = clips("h264", None, seconds=8), broken.with_tables(clips("h264", None, seconds=8), PMT_PID, relabel)
    source = local.keep(FeedSource())
    worker = local.keep(Worker(local.folder / "worker", source.endpoint, "--behind", "skip"))
    source.wait_for_subscribers()
    for stream in ("a", "b"):
        source.send_info(stream)
    worker.wait_for_event("stream_found", 2)
    begun, place = time.monotonic(), 0
    while not worker.events("decoding_failed"):
        assert time.monotonic() < begun + 30, worker.log_text()
        if place < len(good):
            source.send_batch("a", good[place:place + 7 * PACKET])
        repeated = place % len(bad)
        source.send_batch("b", bad[repeated:repeated + 7 * PACKET])
        place += 7 * PACKET
        time.sleep(0.01)
    [failed] = worker.events("decoding_failed")
    assert failed["stream"] == "b" and "started again in 1 s" in failed["message"]
    worker.wait_for_frames(8, "a")
    assert [frame["position_ns"] for frame in worker.frames("a")] == [second * 10**9 for second in range(8)]
    assert worker.stop(signal.SIGTERM) == 0


# --- slower than the feed


def bits(one, other):
    """In how many the hashes of two pictures differ."""
    return bin(int(one, 16) ^ int(other, 16)).count("1")


def test_a_worker_that_was_held_up_skips_and_counts_and_the_feeds_other_clients_get_every_byte(wire, clips):
    path = wire.folder / "film.ts"
    path.write_bytes(clips(size="640x360", seconds=8))
    probe = wire.probe(*SELECT, "--subscriber-buffer", "64M")
    worker = wire.keep(Worker(wire.folder / "worker", wire.endpoint, "--image-framerate", 0, "--sound=false",
                              "--decode-buffer", "1M", "--save-images=false"))
    recorder = wire.recorder("--exit-on-end", "--output", f"{wire.folder}/recorded.ts", streams=0)
    wire.wait_for_subscribers(probe, 2)
    sender = wire.sender(path, "--loop", 5, "--to", f"udp://{NAME}", "--bitrate", "12M", "--save",
                         f"{wire.folder}/sent.ts")
    worker.wait_for_frames(100)
    worker.send_signal(signal.SIGSTOP)
    at_stop = probe.packets()
    probe.wait_for(lambda: probe.packets() > at_stop + (4 << 20) // PACKET, "more than the decoder's buffer holds")
    worker.send_signal(signal.SIGCONT)
    assert sender.wait(30) == 0
    sent = (wire.folder / "sent.ts").read_bytes()
    probe.wait_for(lambda: probe.packets() == len(sent) // PACKET, "all packets")
    assert probe.stop() == 0
    assert recorder.wait() == 0 and (wire.folder / "recorded.ts").read_bytes() == sent
    worker.wait_for_event("source_ended")
    assert worker.largest_memory() < MEMORY
    assert worker.stop(signal.SIGTERM) == 0

    frames = worker.frames()
    lost = frames[-1]["losses"]
    assert lost["packets_skipped"] + lost["pictures_skipped"] > 0 and lost["feed_batches_lost"] == 0
    assert bool(worker.told("pictures_skipped")) == (lost["pictures_skipped"] > 0)
    # What was decoded is as it would have been, but for pictures that were cut off where packets were left out; and the
    # end was reached.
    expected = {frame["pts"]: frame["hash"] for frame in
                decode(wire, sent, "--image-framerate", 0, "--sound=false", "--save-images=false").frames()}
    assert len(expected) == 1000 and 100 < len(frames) < 1000
    assert frames[-1]["pts"] >= max(expected) - 90_000
    wrong = [frame["pts"] for frame in frames if bits(frame["hash"], expected[frame["pts"]]) > 4]
    assert len(wrong) < len(frames) / 20 and not set(wrong) & {frame["pts"] for frame in frames[-100:]}


# --- ends and new beginnings


def test_a_probe_that_is_killed_and_comes_back_is_followed_again(wire, plain):
    path = wire.folder / "film.ts"
    path.write_bytes(plain)
    probe = wire.probe(*SELECT)
    worker = wire.keep(Worker(wire.folder / "worker", wire.endpoint))
    wire.sender(path, "--loop", 0, "--to", f"udp://{NAME}", "--bitrate", "4M")
    worker.wait_for_frames(2)
    probe.kill()
    wire.probe(*SELECT)
    first = worker.frames()[0]["epoch"]
    worker.wait_for(lambda: len([frame for frame in worker.frames() if frame["epoch"] > first]) >= 2, "new pictures", 20)
    assert worker.told("decoding_failed") == []
    # And it ends at once, whatever it is doing.
    begun = time.monotonic()
    assert worker.stop(signal.SIGTERM, 10) == 0
    assert time.monotonic() - begun < 6


def test_a_stream_of_8k_is_decoded(local, clips):
    worker = decode(local, clips("h264", None, size="7680x4320", seconds=0.08), seconds=60)
    [frame] = worker.frames()
    assert (frame["width"], frame["height"], frame["image"]["height"]) == (7680, 4320, 96)


# --- what is missing around it


def without_plugins(folder, *names):
    """The environment of a GStreamer that lacks these files."""
    kept = Path(folder) / "plugins"
    kept.mkdir()
    for plugin in Path("/usr/lib").glob("*/gstreamer-1.0/*.so"):
        if plugin.name not in names:
            (kept / plugin.name).symlink_to(plugin)
    return {"GST_PLUGIN_SYSTEM_PATH_1_0": str(kept), "GST_REGISTRY": str(kept / "registry.bin")}


def test_without_a_decoder_its_package_is_named_and_the_sound_goes_on(local, clips):
    missing = without_plugins(local.folder, "libgstlibav.so", "libgstde265.so", "libgstva.so", "libgstvaapi.so")
    worker = decode(local, clips("hevc", "mpeg1_audio"), "--decoder", "software", environment=missing)
    [event] = [event for event in worker.records("event") if event["pid"] == VIDEO_PID]
    assert event["kind"] == "not_decodable" and event["text"].endswith("install gstreamer1.0-libav")


def test_without_a_parser_its_package_is_named_and_the_sound_goes_on(local, plain):
    worker = decode(local, plain, environment=without_plugins(local.folder, "libgstvideoparsersbad.so"))
    [event] = worker.records("event")
    assert (event["kind"], event["pid"]) == ("not_decodable", VIDEO_PID)
    assert "install gstreamer1.0-plugins-bad" in event["text"]
    assert worker.frames() == [] and len(worker.records("sound")) == 5


def fails(scene, *arguments, **options):
    """Exit code and the only lines that it writes."""
    worker = scene.keep(Worker(scene.folder / "failing", f"ipc://{scene.folder}/none", "--duration", "1s", *arguments,
                               **options))
    return worker.wait(20), [line for line in worker.log_text().splitlines() if "XDG_RUNTIME_DIR" not in line]


def test_without_a_demultiplexer_it_says_what_to_install(local):
    missing = without_plugins(local.folder, "libgstmpegtsdemux.so")
    assert fails(local, environment=missing) == \
        (1, ["muxtap-frames: GStreamer's element tsdemux is not installed: install gstreamer1.0-plugins-bad"])


def test_a_window_needs_a_desktop(local):
    code, [line] = fails(local, "--play")
    assert code == 1 and line.startswith("muxtap-frames: --play needs a desktop")
    code, [line] = fails(local, "--play", environment={"DISPLAY": ":77"})
    assert code == 1 and line.startswith("muxtap-frames: --play cannot open a window")


def test_a_window_shows_the_video_and_pictures_are_made_all_the_same(local, plain):
    if shutil.which("Xvfb") is None:
        pytest.skip("NOT TESTED: a desktop is made by Xvfb")
    number = local.folder / "display"
    with number.open("w") as file:
        # Without a socket file, which it would leave behind.
        desktop = local.keep(Program(local.folder / "desktop", "Xvfb", "-displayfd", "1", "-nolisten", "unix",
                                     "-screen", "0", "640x480x24", stdout=file))
    display = ":" + desktop.wait_for(lambda: number.read_text().strip(), "the desktop")
    worker = decode(local, plain, "--play", environment={"DISPLAY": display})
    assert counts(worker) == {"frame": {"h264": 5}, "sound": {"aac_adts": 5}}
    undisturbed(worker)


@pytest.mark.parametrize("rate", ["0/0", "1/0", "abc", "-1", "1/1/1", "1e9"])
def test_a_picture_rate_that_is_none_is_refused(local, rate):
    code, [line] = fails(local, environment={"IMAGE_FRAMERATE": rate})
    assert code == 2 and f'"{rate}" is no picture rate' in line


def test_a_file_in_place_of_the_folder_is_named_and_all_else_goes_on(local, plain):
    blocked = local.folder / "images"
    blocked.write_text("")
    worker = decode(local, plain, "--latest", f"{blocked}/{{stream}}/latest.jpg", "--filmstrip", "", code=1)
    [error] = worker.events("disk_error")[-1:]
    assert f'"{blocked}" is a file' in error["message"]
    assert counts(worker) == {"frame": {"h264": 4}, "sound": {"aac_adts": 5}}
    # A picture that waits for the disk is replaced by the next one.
    assert worker.log_text().splitlines()[-1].endswith(" were lost: files could not take them")


def test_a_full_disk_costs_pictures_on_it_and_nothing_else(local, clips, small_disk):
    worker = decode(local, clips(size="1280x720", seconds=4), "--images", f"{small_disk}/{{stream}}/%H%M%S.png", "--latest",
                    "", "--filmstrip", "", "--image-format", "png", "--image-height", 0, "--image-framerate", 0, code=1,
                    seconds=60)
    assert "disk_full" in {event["event"] for event in worker.events()}
    assert counts(worker)["frame"] == {"h264": 100}
    assert [file.name for file in small_disk.rglob("*tmp*")] == []


def test_without_a_broker_records_wait_in_the_spool_and_pictures_go_on(local, plain):
    spool = local.folder / "spool"
    worker = decode(local, plain, "--kafka-broker", "127.0.0.1:1", "--spool", spool, "--kafka-timeout", "200ms")
    assert counts(worker) == {"frame": {"h264": 4}, "sound": {"aac_adts": 5}}
    assert spool.stat().st_size > 4 * 1000
    assert any("127.0.0.1:1" in event["message"] for event in worker.events() if event["level"] != "info")
