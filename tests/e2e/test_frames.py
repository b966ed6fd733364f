"""muxtap-frames is right: pictures that carry their own numbers, sound of known loudness, injected black, freeze and
silence, captions, several programs, clocks that wrap and jump; beside FFmpeg on the same bytes."""

import bisect
import collections
import itertools
import re
import subprocess

import pytest

from conftest import Scene, needs_root
from frames_process import FramesProcess, PublishedItems, decode_file, decode_file_by, differences
from media import HEIGHT, PACKET, WIDTH, encode, numbers_of, probed, shared
from metrics_process import schema_errors
from netns import Network
from processes import wait_until

TICKS_PER_SECOND = 90_000
WRAP = 1 << 33
AVC = ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "3", "-b_strategy", "0", "-g", "25")
TONE = "sine=frequency=440:sample_rate=48000:duration=6"

# `made`: what FFmpeg is told. Each has a key frame a second, and the last picture is none.
Film = collections.namedtuple("Film", "codec count rate made")
FILMS = {
    "avc": Film("h264", 150, "25", (*AVC, "-c:a", "aac")),
    "mpeg": Film("mpeg2_video", 150, "25", ("-c:v", "mpeg2video", "-q:v", "3", "-bf", "2", "-g", "100", "-sc_threshold",
                                            "1000000000", "-force_key_frames", "expr:gte(t,n_forced)", "-flags",
                                            "+ilme+ildct", "-top", "1", "-c:a", "mp2")),
    "fields": Film("h264", 150, "25", (*AVC, "-flags", "+ilme+ildct", "-x264-params", "tff=1", "-c:a", "eac3")),
    "hevc": Film("hevc", 180, "30000/1001", ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params",
                                             "log-level=none:keyint=30:min-keyint=30:bframes=3", "-c:a", "ac3")),
}


@pytest.fixture
def file_scene(tmp_path):
    scene = Scene(tmp_path)
    yield scene
    scene.close()


def shown(path, stream="v:0"):
    """The pictures of a stream in the order in which they are shown, as FFmpeg has them."""
    return [{"pts": frame["pts"], "packet": int(frame["pkt_pos"]) // PACKET, "key_frame": frame["key_frame"] == 1}
            for frame in probed(path, "frames", "frame=pts,pkt_pos,key_frame", "-select_streams", stream)]


# --- live: pictures, their numbers, PTS and capture times


class CaptureTimes:
    """When each packet was captured, as the feed itself says it."""

    def __init__(self, headers):
        self.firsts, self.times = [], []
        for header in headers:
            packet, time = header["first_packet"], header["time_ns"]
            for number, (packets, gap) in enumerate(header["datagrams"]):
                time += gap if number else 0
                self.firsts.append(packet)
                self.times.append(time)
                packet += packets

    def of(self, packet):
        return self.times[bisect.bisect_right(self.firsts, packet) - 1]


class Show:
    """All films at once on a network, in their own time, with two workers: one for every picture and every access
    unit, one as it comes, for a picture a second."""

    def __init__(self, scene, folder):
        addresses = {name: f"udp://239.77.1.{number}:5000" for number, name in enumerate(FILMS, 1)}
        self.paths = {name: encode(folder / f"{name}.ts", range(film.count), *film.made, rate=film.rate, sounds=[TONE])
                      for name, film in FILMS.items()}
        probe = scene.probe(*(part for name, to in addresses.items() for part in ("--stream", f"{name}={to}")))
        self.feed = scene.reader(*FILMS)
        endpoint = f"ipc://{folder}/frames"
        self.every = scene.keep(FramesProcess(folder / "every", scene.endpoint, "--image-framerate", 0, "--publish", endpoint,
                                              "--every", "frame", "--images", "all/{stream}/%H%M%S.jpg"))
        self.second = scene.keep(FramesProcess(folder / "second", scene.endpoint, "--images", "all/{stream}/%H%M%S.jpg"))
        self.published = scene.keep(PublishedItems(endpoint))
        scene.wait_for_subscribers(probe, 3)
        senders = [scene.sender(path, "--to", addresses[name]) for name, path in self.paths.items()]
        assert [sender.wait(20) for sender in senders] == [0] * len(senders)
        for name, path in self.paths.items():
            self.feed.wait_for_bytes(name, path.stat().st_size)
        wait_until(lambda: all(len(self.published.pictures(name)) >= film.count - 8 for name, film in FILMS.items()), 10,
                   "nearly all pictures")
        assert [worker.stop() for worker in (self.every, self.second)] == [0, 0]
        self.records = self.every.records()
        wait_until(lambda: all(len(self.published.pictures(name)) == len(self.records.frames(name)) for name in FILMS), 5,
                   "as many pictures as there are records")
        self.expected = {}
        for name, path in self.paths.items():
            times = CaptureTimes(self.feed.stream(name).headers)
            self.expected[name] = [{**frame, "frame": number, "time_ns": times.of(frame["packet"])}
                                   for number, frame in enumerate(shown(path))]
            assert len(self.expected[name]) == FILMS[name].count


@pytest.fixture(scope="module")
def show(tmp_path_factory):
    needs_root("a network of its own")
    folder = tmp_path_factory.mktemp("show")
    scene = Scene(folder)
    try:
        scene.network = Network()
        yield Show(scene, folder)
    finally:
        scene.close()


def facts(frame):
    return {name: frame.get(name) for name in ("frame", "pts", "packet", "key_frame", "time_ns")}


@pytest.mark.parametrize("name", FILMS)
def test_every_picture_comes_with_its_own_number_pts_and_time_of_capture(show, name):
    film, pictures = FILMS[name], show.published.pictures(name)
    assert differences(numbers_of([image for _, image in pictures]), range(film.count)) == []
    assert differences([facts(record) for record, _ in pictures], show.expected[name]) == []


@pytest.mark.parametrize("name", FILMS)
def test_every_picture_is_described(show, name):
    film, frames = FILMS[name], show.records.frames(name)
    assert differences(frames, [record for record, _ in show.published.pictures(name)]) == []
    rate = film.rate if "/" in film.rate else film.rate + "/1"
    for record in frames:
        assert (record["codec"], record["width"], record["height"], record["interlaced"]) == (
            film.codec, WIDTH, HEIGHT, name in ("mpeg", "fields"))
        assert record["frame_rate"] == rate
        assert record["image"]["height"] == 96 and abs(record["image"]["width"] - 96 * WIDTH / HEIGHT) < 1
        assert not record["black"] and not record["frozen"] and record["duplicates"] == 0
        assert abs(record["mean_luma"] - 127) < 5  # half black, half white
    sequence = [record["seq"] for record in frames]
    assert sequence == list(range(sequence[0], sequence[0] + film.count))
    start = frames[0]["pts"], frames[0]["position_ns"]
    for record in frames:
        assert abs((record["position_ns"] - start[1]) * 9 - (record["pts"] - start[0]) * 100_000) <= 100_000


@pytest.mark.parametrize("name", FILMS)
def test_one_picture_a_second_is_each_key_frame(show, name):
    frames = show.second.records().frames(name)
    keys = [frame for frame in show.expected[name] if frame["key_frame"]]
    assert len(keys) == 6
    assert differences(map(facts, frames), keys) == []


@pytest.mark.parametrize("worker", ["every", "second"])
def test_pictures_are_files_too(show, worker):
    folder = getattr(show, worker).folder
    for name in FILMS:
        files = list((folder / "all" / name).glob("*.jpg"))
        found = sorted(numbers_of([path.read_bytes() for path in files]))
        assert found == [frame["frame"] for frame in getattr(show, worker).records().frames(name)]
        latest = (folder / "images" / name / "latest.jpg").read_bytes()
        assert numbers_of([latest]) == found[-1:]


def test_nothing_is_told_of_streams_that_are_as_they_should_be(show):
    assert show.records.events() == []
    assert show.second.records().events() == []


def units_of(data):
    """What is between start codes, which may have any number of zeros. Of audio: chance pieces, but the same ones."""
    return [unit.rstrip(b"\0") for unit in data.split(b"\0\0\1")]


@pytest.mark.parametrize("name", FILMS)
def test_access_units_one_after_another_are_the_elementary_streams(show, name, tmp_path):
    film, units = FILMS[name], show.published.access_units(name)
    by_pid = {}
    for record, data in units:
        assert record["bytes"] == len(data)
        by_pid.setdefault(record["pid"], []).append((record, data))
    assert sorted(by_pid) == [256, 257]
    for pid in by_pid:
        elementary = tmp_path / f"{pid}.es"
        elementary.write_bytes(b"".join(data for _, data in by_pid[pid]))
        original = tmp_path / f"{pid}.original"
        subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", "-i", show.paths[name], "-map", f"0:i:{pid}", "-c", "copy",
                        "-f", "data", original], check=True, timeout=30)
        assert differences(units_of(elementary.read_bytes()), units_of(original.read_bytes())) == []
    video = [record for record, _ in by_pid[256]]
    assert len(video) == film.count
    packets = probed(show.paths[name], "packets", "packet=pts,dts,pos,flags", "-select_streams", "v:0")
    assert differences(
        [(record["pts"], record.get("dts", record["pts"]), record["packet"], record["key_frame"]) for record in video],
        [(packet["pts"], packet["dts"], int(packet["pos"]) // PACKET, "K" in packet["flags"]) for packet in packets]) == []
    assert probed(tmp_path / "256.es", "streams", "stream=nb_read_frames", "-count_frames")[0]["nb_read_frames"] == str(film.count)


def test_records_fit_their_schemas(show):
    assert show.records.schema_errors() == [] and show.second.records().schema_errors() == []
    units = [record for _, record, _ in show.published.items if record["record"] == "muxtap.access_unit/1"]
    assert [error for record in units for error in schema_errors(record)] == []


# --- black, freeze, silence


def near(told, expected, rate=25):
    """Time stamps that are no more than a picture apart, whatever their wraps."""
    return abs((told - expected + WRAP // 2) % WRAP - WRAP // 2) <= TICKS_PER_SECOND / rate


def spells(records, kind):
    """(begin, end) of each that is told, in ticks; the length of each is that between them."""
    began, ended = records.events(f"{kind}_began"), records.events(f"{kind}_ended")
    assert len(began) == len(ended)
    for end, begin in zip(ended, began):
        assert abs(end["duration_ns"] * 9 / 100_000 - (end["pts"] - begin["pts"]) % WRAP) <= 1
    return [(begin["pts"], end["pts"]) for begin, end in zip(began, ended)]


INJECTED = {
    "avc": ("25", (*AVC, "-crf", "20")),
    "mpeg": ("25", ("-c:v", "mpeg2video", "-q:v", "3", "-bf", "2", "-g", "12", "-flags", "+ilme+ildct", "-top", "1")),
    "hevc": ("30000/1001", ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:keyint=30")),
}


@pytest.mark.parametrize("name", INJECTED)
def test_black_and_freeze_are_told_where_they_were_put_and_nothing_else(file_scene, name):
    rate, codec = INJECTED[name]
    numbers = list(range(360))
    numbers[50:125] = [None] * 75  # black for 75 pictures
    numbers[150:190] = [None] * 40  # for less than the hold time
    numbers[210:285] = [210] * 75  # the same for 75 pictures
    numbers[300:340] = [300] * 40
    path = encode(file_scene.folder / "injected.ts", numbers, *codec, rate=rate)
    pts = [picture["pts"] for picture in shown(path)]
    assert len(pts) == len(numbers)
    records = decode_file(file_scene, path, "--image-framerate", 0, "--save-images=false", "--image-height", 0)
    assert records.schema_errors() == []
    per_second = rate_of(rate)
    for kind, begin, end in (("black", 50, 125), ("freeze", 210, 285)):
        told = spells(records, kind)
        assert len(told) == 1, (kind, told)
        assert near(told[0][0], pts[begin], per_second) and near(told[0][1], pts[end], per_second), kind
    assert len(records.events()) == 4
    frames = records.frames()
    captured = {frame["pts"]: frame["time_ns"] for frame in frames}
    assert [event["time_ns"] for event in records.events()] == [captured[event["pts"]] for event in records.events()]
    assert [frame["frame"] for frame in frames if frame["black"]] == [*range(50, 125), *range(150, 190)]
    hold = round(2 * per_second)
    frozen = [frame["frame"] for frame in frames if frame["frozen"]]
    assert abs(frozen[0] - (210 + hold)) <= 1 and frozen[-1] == 284 and len(frozen) == 285 - frozen[0]
    assert frames[284]["duplicates"] == 74 and frames[285]["duplicates"] == 0


def rate_of(text):
    numerator, _, denominator = text.partition("/")
    return int(numerator) / int(denominator or 1)


# --- sound


def level(dbfs):
    return 10 ** (dbfs / 20)


def tone(*dbfs, seconds=8, gate="1"):
    """A sine of 1 kHz with these peaks, channel by channel; None is silence."""
    channels = "|".join("0" if peak is None else f"{level(peak):.6f}*sin(2*PI*1000*t)*{gate}" for peak in dbfs)
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[len(dbfs)]
    return f"aevalsrc=exprs='{channels}':channel_layout={layout}:sample_rate=48000:duration={seconds}"


# EBU Tech 3341, table 1: a stereo tone with peaks of -23 dBFS, and case 6 for five channels.
STEREO, SURROUND = tone(-23, -23), tone(-28, -28, -24, None, -30, -30)
QUIET = tone(-20, -20, gate="(1-between(t,2,5)-between(t,6,7))")
CLIPPED = "aevalsrc=exprs='{0}|{0}':channel_layout=stereo:sample_rate=48000:duration=8".format(
    "clip(if(between(t,3,5),3,0.3)*sin(2*PI*100*t),-1,1)")
OPPOSED = "aevalsrc=exprs='0.1*sin(2*PI*1000*t)|-0.1*sin(2*PI*1000*t)':channel_layout=stereo:sample_rate=48000:duration=8"
SOUNDS = [("aac", STEREO), ("mp2", STEREO), ("ac3", STEREO), ("eac3", STEREO), ("ac3", SURROUND), ("aac", QUIET), ("mp2", QUIET),
          ("ac3", QUIET), ("mp2", CLIPPED), ("ac3", OPPOSED), ("eac3", SURROUND), ("aac", SURROUND)]
# FFmpeg numbers them from 256 on.
SOUND_PIDS = range(256, 256 + len(SOUNDS))


@pytest.fixture(scope="module")
def heard(tmp_path_factory):
    """A program of sound alone, and what is told of it."""
    folder = tmp_path_factory.mktemp("sound")
    codecs = [part for number, (codec, source) in enumerate(SOUNDS)
              for part in (f"-c:a:{number}", codec, f"-b:a:{number}", "448k" if source == SURROUND else "256k")]
    path = encode(folder / "sound.ts", (), *codecs, sounds=[source for _, source in SOUNDS])
    scene = Scene(folder)
    try:
        records = decode_file(scene, path, "--phase-hold", "1s", "--save-images=false")
        records.first_pts = {pid: probed(path, "streams", "stream=start_pts", "-select_streams", f"a:{number}")[0]["start_pts"]
                             for number, pid in enumerate(SOUND_PIDS)}
        yield records
    finally:
        scene.close()


def test_records_of_sound_fit_their_schemas(heard):
    assert heard.schema_errors() == []
    assert {record["pid"]: record["codec"] for record in heard.sounds()} == {
        pid: {"aac": "aac_adts", "mp2": "mpeg1_audio", "ac3": "ac3", "eac3": "eac3"}[codec] for pid, (codec, _) in zip(SOUND_PIDS, SOUNDS)}


def pids_of(source):
    return [pid for pid, (_, one) in zip(SOUND_PIDS, SOUNDS) if one == source]


@pytest.mark.parametrize("pid", pids_of(STEREO) + pids_of(SURROUND))
def test_a_tone_has_its_loudness(heard, pid):
    records = heard.sounds(pid)
    loudness = records[-2]["loudness"]
    for kind in ("momentary", "short_term", "integrated"):
        assert abs(loudness[f"{kind}_lufs"] + 23) <= 0.1, (kind, loudness)
    assert abs(records[-1]["loudness"]["integrated_lufs"] + 23) <= 0.1


@pytest.mark.parametrize("pid", pids_of(STEREO))
def test_a_tone_has_its_levels(heard, pid):
    record = heard.sounds(pid)[4]
    assert [channel["position"] for channel in record["channels"]] == ["left", "right"]
    for channel in record["channels"]:
        assert abs(channel["peak_dbfs"] + 23) <= 0.2 and abs(channel["true_peak_dbtp"] + 23) <= 0.2
        assert abs(channel["rms_dbfs"] + 26.01) <= 0.1
        assert not channel["silent"] and channel["clipped_samples"] == 0
    assert [pair["correlation"] for pair in record["pairs"]] == [1]


@pytest.mark.parametrize("pid", pids_of(SURROUND))
def test_five_channels_and_a_sixth_are_told_apart(heard, pid):
    levels = {channel["position"]: channel.get("rms_dbfs") for channel in heard.sounds(pid)[4]["channels"]}
    for position, peak in {"left": -28, "right": -28, "centre": -24, "left_surround": -30, "right_surround": -30}.items():
        assert abs(levels[position] - (peak - 3.01)) <= 0.2, position
    assert levels["low_frequency"] is None or levels["low_frequency"] < -70
    assert len(levels) == 6


def of_pid(records, pid):
    return type(records)(record for record in records if record["pid"] == pid)


@pytest.mark.parametrize("pid", pids_of(QUIET))
def test_silence_is_told_where_it_was_put(heard, pid):
    mine, start = of_pid(heard, pid), heard.first_pts[pid]
    told = spells(mine, "sound_silence")
    assert len(told) == 1, told
    assert near(told[0][0], start + 2 * TICKS_PER_SECOND) and near(told[0][1], start + 5 * TICKS_PER_SECOND), (told, start)
    assert len(mine.events()) == 2
    assert any(record["silent"] for record in mine.sounds())


@pytest.mark.parametrize("pid", pids_of(CLIPPED))
def test_clipping_is_told_where_it_was_put(heard, pid):
    mine, start = of_pid(heard, pid), heard.first_pts[pid]
    told = spells(mine, "clipping")
    assert len(told) == 1, told
    assert near(told[0][0], start + 3 * TICKS_PER_SECOND) and near(told[0][1], start + 5 * TICKS_PER_SECOND), (told, start)
    assert len(mine.events()) == 2
    assert mine.sounds()[-1]["channels"][0]["clipped_samples"] > 10_000  # coding rounds the corners off


@pytest.mark.parametrize("pid", pids_of(OPPOSED))
def test_channels_out_of_phase_are_told(heard, pid):
    mine = of_pid(heard, pid)
    assert [event["kind"] for event in mine.events()] == ["phase_began", "phase_ended"]
    assert [pair["correlation"] for pair in mine.sounds()[4]["pairs"]] == [-1]


def test_nothing_is_told_of_tones(heard):
    assert [event for pid in pids_of(STEREO) + pids_of(SURROUND) for event in of_pid(heard, pid).events()] == []
    assert heard.frames() == []


# --- captions and subtitles


def shared_media(name):
    path = shared("media", name)
    if path is None:
        pytest.skip(f"NOT TESTED: ../shared/media/{name} is not here")
    return path


def srt(*arguments, folder):
    """(begin, end, text) as FFmpeg writes them, in seconds."""
    said = subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", *arguments, "-map", "0:s", "-f", "srt", "-"],
                          cwd=folder, capture_output=True, check=True, timeout=60, text=True).stdout
    found = []
    for block in said.strip().split("\n\n"):
        _, times, *lines = block.split("\n")
        begin, end = (sum(float(part) * 60 ** power for power, part in zip((2, 1, 0), time.replace(",", ".").split(":")))
                      for time in times.split(" --> "))
        text = re.sub(r"<[^>]*>|\{[^}]*\}", "", "\n".join(lines))
        found.append((begin, end, [line.strip() for line in text.split("\n")]))
    return found


def test_closed_captions_are_those_of_ffmpeg(file_scene):
    path = shared_media("cc608_scte35.ts")
    records = decode_file(file_scene, path, "--save-images=false")
    # Roll-up: FFmpeg tells of the screen each time a line has rolled up, the newest one at the bottom.
    screens = srt("-f", "lavfi", "-i", f"movie={path.name}[out+subcc]", folder=path.parent)
    told, start = records.events("caption"), shown(path)[0]["pts"]
    assert [event["content"] for event in told][:len(screens)] == [lines[-1] for _, _, lines in screens]
    assert 0 <= len(told) - len(screens) <= 1  # one that is still on the screen at the end
    for event, (_, end, _) in zip(told, screens):
        assert event["channel"] == "CC1"
        ended = (event["pts"] - start) / TICKS_PER_SECOND + event["duration_ns"] / 1e9
        assert abs(ended - end) <= 1 / 30 + 0.001
    assert records.schema_errors() == []
    assert records.events() == told


def test_teletext_subtitles_are_those_of_ffmpeg(file_scene):
    path = shared_media("teletext888.ts")
    records = decode_file(file_scene, path, "--save-images=false", "--extract-images=false")
    texts = srt("-txt_format", "text", "-fix_sub_duration", "-i", path.name, folder=path.parent)
    told = records.events("caption")
    assert [event["content"].split("\n") for event in told][:len(texts)] == [lines for _, _, lines in texts]
    assert len(texts) >= 19 and 0 <= len(told) - len(texts) <= 1
    for event, (begin, end, _) in zip(told, texts):
        assert (event["channel"], event["language"]) == ("888", "eng")
        # FFmpeg puts the PCR in the place of the PTS: only distances are comparable.
        assert abs((event["pts"] - told[0]["pts"]) / TICKS_PER_SECOND - (begin - texts[0][0])) <= 0.04
        assert abs(event["duration_ns"] / 1e9 - (end - begin)) <= 0.04
    assert told[0]["pts"] in (packet["pts"] for packet in probed(path, "packets", "packet=pts", "-select_streams", "v:0"))
    assert records.schema_errors() == []


# --- several programs, and packets of other sizes


def test_each_program_has_its_pictures_and_its_sound(file_scene):
    path = shared_media("mpts3.ts")
    workers = decode_file_by(file_scene, path, {"all": ["--decode", "all"], "one": ["--program", 102, "--image-framerate", 0]})
    programs = {101: ("h264", 256, 257, "aac_adts"), 102: ("hevc", 258, 259, "ac3"), 103: ("mpeg2_video", 260, 261, "mpeg1_audio")}
    everything = workers["all"]
    assert everything.schema_errors() == [] and workers["one"].schema_errors() == []
    for number, (video, video_pid, sound_pid, sound) in programs.items():
        frames = everything.frames(program=number)
        assert {(record["codec"], record["pid"]) for record in frames} == {(video, video_pid)}
        known = {picture["pts"]: picture for picture in shown(path, f"i:{video_pid}")}
        for record in frames[:-1]:  # the last one may be cut off, as the file is
            picture = known[record["pts"]]
            assert (record["packet"], record["key_frame"]) == (picture["packet"], picture["key_frame"])
        assert abs(len(frames) - len(known) / 25) < 1.5
        sounds = everything.sounds(sound_pid)
        assert {(record["program_number"], record["codec"]) for record in sounds} == {(number, sound)}
        assert abs(sum(record["duration_ns"] for record in sounds) / 1e9 - len(known) / 25) <= 0.5
    assert {record["program_number"] for record in workers["one"] if "program_number" in record} == {102}
    assert abs(len(workers["one"].frames()) - len(shown(path, "i:258"))) <= 2
    images = {name: sorted(file.name for file in (file_scene.folder / name / "images" / path.name).iterdir()) for name in workers}
    kinds = ("filmstrip", "latest")
    first = min(programs, key=lambda number: everything.index(everything.frames(program=number)[0]))
    assert images["all"] == sorted(f"{kind}{'' if number == first else f'-{number}'}.jpg" for kind in kinds for number in programs)
    assert images["one"] == ["filmstrip.jpg", "latest.jpg"]


# The first of them has AAC that its tables do not tell of.
@pytest.mark.parametrize("name, stride, video, sound", [("h264_192.m2ts", 192, 0x1011, None), ("h264_204.ts", 204, 0x100, "aac_adts")])
def test_packets_of_other_sizes_make_the_same_pictures(file_scene, name, stride, video, sound):
    path = shared_media(name)
    plain = file_scene.folder / "plain.ts"
    data = path.read_bytes()
    offset = 4 if stride == 192 else 0
    plain.write_bytes(b"".join(data[at + offset:at + offset + PACKET] for at in range(0, len(data), stride)))
    records = decode_file(file_scene, path, "--image-framerate", 0, "--save-images=false", "--decode", "all")
    expected = shown(plain, f"i:{video}")
    told = [{key: record[key] for key in ("pts", "packet", "key_frame")} for record in records.frames()]
    assert len(expected) > 150 and abs(len(told) - len(expected)) <= 1  # the last one is cut off
    assert differences(told[:len(expected) - 1], expected[:len(told)][:len(expected) - 1]) == []
    assert {record["codec"] for record in records.sounds()} == ({sound} if sound else set())
    assert records.schema_errors() == []


# --- clocks


def short(name, path, numbers, *more):
    """A film of these pictures, with a tone as long as it is."""
    film, seconds = FILMS[name], len(numbers) / rate_of(FILMS[name].rate)
    return encode(path, numbers, *film.made, *more, rate=film.rate,
                  sounds=[f"sine=frequency=440:sample_rate=48000:duration={seconds}"])


@pytest.mark.parametrize("name", ["avc", "mpeg", "hevc"])
def test_nothing_happens_where_the_time_stamps_wrap(file_scene, name):
    path = short(name, file_scene.folder / "wrap.ts", range(120), "-output_ts_offset", "95440")
    records = decode_file(file_scene, path, "--image-framerate", 0, "--save-images=false")
    expected, frames = shown(path), records.frames()
    assert frames[0]["pts"] > WRAP - 4 * TICKS_PER_SECOND and frames[-1]["pts"] < 4 * TICKS_PER_SECOND
    assert [frame["frame"] for frame in frames] == list(range(120))
    assert differences([frame["pts"] for frame in frames], [picture["pts"] % WRAP for picture in expected]) == []
    for frame, picture in zip(frames, expected):
        distance = (picture["pts"] - expected[0]["pts"]) % WRAP * 100_000 / 9
        assert abs(frame["position_ns"] - frames[0]["position_ns"] - distance) <= 11_112
    sounds = records.sounds()
    assert abs(sum(record["duration_ns"] for record in sounds) / 1e9 - 120 / rate_of(FILMS[name].rate)) <= 0.1
    assert all(0.9e9 < b["position_ns"] - a["position_ns"] < 1.1e9 for a, b in itertools.pairwise(sounds[:-1]))
    assert records.events() == []


@pytest.mark.parametrize("name, offset", [("avc", 1000), ("avc", 3), ("mpeg", 3), ("hevc", 90_000)])
def test_pictures_and_sound_go_on_over_a_jump_of_the_clock(file_scene, name, offset):
    first = short(name, file_scene.folder / "first.ts", range(100), "-output_ts_offset", 500)
    second = short(name, file_scene.folder / "second.ts", range(1000, 1100), "-output_ts_offset", offset)
    path = file_scene.folder / "both.ts"
    path.write_bytes(first.read_bytes() + second.read_bytes())
    records = decode_file(file_scene, path, "--image-framerate", 0, "--images", "all/%H%M%S.jpg", "--freeze-hold", "1s",
                          "--sound-silence-hold", "1s")
    frames, before = records.frames(), first.stat().st_size // PACKET
    images = list((file_scene.folder / "frames" / "all").iterdir())
    seen = sorted(numbers_of([image.read_bytes() for image in images]))
    expected = {number: (picture["pts"] % WRAP, picture["packet"]) for number, picture in enumerate(shown(first))}
    expected |= {1000 + number: (picture["pts"] % WRAP, before + picture["packet"])
                 for number, picture in enumerate(shown(second))}
    assert seen == sorted(expected)
    assert [frame["frame"] for frame in frames] == list(range(200))
    assert differences([(frame["pts"], frame["packet"]) for frame in frames], [expected[number] for number in seen]) == []
    # What the jump lasted nobody knows: about a picture.
    steps = [later["position_ns"] - earlier["position_ns"] for earlier, later in itertools.pairwise(frames)]
    assert 0 < min(steps) and max(steps) < 100_000_000
    heard_ns = sum(record["duration_ns"] for record in records.sounds())
    assert abs(heard_ns / 1e9 - 200 / rate_of(FILMS[name].rate)) <= 0.1
    assert records.events() == []
