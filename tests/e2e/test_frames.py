"""muxtap-frames is right: pictures that carry their own numbers, sound of known loudness, injected black, freeze and
silence, captions, several programs, clocks that wrap and jump; beside FFmpeg on the same bytes."""

import bisect
import collections
import itertools
import re
import subprocess

import pytest

from conftest import Scene, needs_root
from frames_process import FramesProcess, PublishedItems, decode_file, decode_file_by, differences, pictures_of_file
from media import HEIGHT, PACKET, WIDTH, encode, numbers_of, probed, shared
from metrics_process import schema_errors
from netns import Network
from processes import wait_until

TICKS_PER_SECOND = 90_000
PICTURE = 1 / 25  # seconds
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
        self.scene, self.folder = scene, folder
        self.paths = {name: encode(folder / f"{name}.ts", range(film.count), *film.made, rate=film.rate, sounds=[TONE])
                      for name, film in FILMS.items()}
        self._play()
        assert [worker.stop() for worker in (self.every, self.second)] == [0, 0]
        self.records = self.every.records()
        self._wait(lambda name: len(self.published.pictures(name)) == len(self.records.frames(name)), "all pictures")
        self.expected = {}
        for name, path in self.paths.items():
            times = CaptureTimes(self.feed.stream(name).headers)
            self.expected[name] = [{**frame, "frame": number, "time_ns": times.of(frame["packet"])}
                                   for number, frame in enumerate(shown(path))]
            assert len(self.expected[name]) == FILMS[name].count

    def _play(self):
        addresses = {name: f"udp://239.77.1.{number}:5000" for number, name in enumerate(FILMS, 1)}
        probe = self.scene.probe(*(part for name, to in addresses.items() for part in ("--stream", f"{name}={to}")))
        self.feed = self.scene.reader(*FILMS)
        endpoint, files = f"ipc://{self.folder}/frames", ("--images", "all/{stream}/%H%M%S.jpg")
        self.every = self._worker("every", *files, "--image-framerate", 0, "--every", "frame", "--publish", endpoint)
        self.second = self._worker("second", *files)
        self.published = self.scene.keep(PublishedItems(endpoint))
        self.scene.wait_for_subscribers(probe, 3)
        senders = [self.scene.sender(path, "--to", addresses[name]) for name, path in self.paths.items()]
        assert [sender.wait(20) for sender in senders] == [0] * len(senders)
        for name, path in self.paths.items():
            self.feed.wait_for_bytes(name, path.stat().st_size)
        # The last ones are in the decoder until it hears that it is over.
        self._wait(lambda name: len(self.published.pictures(name)) >= FILMS[name].count - 8, "nearly all pictures")

    def _worker(self, name, *arguments):
        return self.scene.keep(FramesProcess(self.folder / name, self.scene.endpoint, *arguments))

    @staticmethod
    def _wait(condition, what):
        wait_until(lambda: all(map(condition, FILMS)), 10, what)


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
        subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", "-i", show.paths[name], "-map", f"0:i:{pid}",
                        "-c", "copy", "-f", "data", original], check=True, timeout=30)
        assert differences(units_of(elementary.read_bytes()), units_of(original.read_bytes())) == []
    video = [record for record, _ in by_pid[256]]
    assert len(video) == film.count
    packets = probed(show.paths[name], "packets", "packet=pts,dts,pos,flags", "-select_streams", "v:0")
    told = [(unit["pts"], unit.get("dts", unit["pts"]), unit["packet"], unit["key_frame"]) for unit in video]
    known = [(packet["pts"], packet["dts"], int(packet["pos"]) // PACKET, "K" in packet["flags"]) for packet in packets]
    assert differences(told, known) == []
    stream, = probed(tmp_path / "256.es", "streams", "stream=nb_read_frames", "-count_frames")
    assert stream["nb_read_frames"] == str(film.count)


def test_records_fit_their_schemas(show):
    assert show.records.schema_errors() == [] and show.second.records().schema_errors() == []
    units = [record for _, record, _ in show.published.items if record["record"] == "muxtap.access_unit/1"]
    assert [error for record in units for error in schema_errors(record)] == []


# --- a stream that is joined in the middle, and damaged


@pytest.mark.parametrize("name", FILMS)
def test_pictures_are_right_from_the_first_key_frame_on_and_again_after_damage(file_scene, name):
    film, group = FILMS[name], round(rate_of(FILMS[name].rate))
    whole = encode(file_scene.folder / "whole.ts", range(film.count), *film.made, rate=film.rate, sounds=[TONE])
    known, data = shown(whole), whole.read_bytes()
    tables, joined = 3, known[group // 2]["packet"] + 1  # the tables come first
    bad = {known[number]["packet"] + 1 for number in range(2 * group + 5, 3 * group - 5, 4)}
    kept = [*range(tables), *(packet for packet in range(joined, len(data) // PACKET) if packet not in bad)]
    path = file_scene.folder / "damaged.ts"
    path.write_bytes(b"".join(data[packet * PACKET:(packet + 1) * PACKET] for packet in kept))
    records, pictures = pictures_of_file(file_scene, path, "--image-framerate", 0)
    numbers = numbers_of([image for _, image in pictures])
    told = [(number, frame["frame"], frame["pts"]) for number, (frame, _) in zip(numbers, pictures)]
    right = [(number, number - group, known[number]["pts"]) for number in range(group, film.count)]
    assert differences(told[:group], right[:group]) == []
    assert differences([one for one in told if one[2] >= known[3 * group]["pts"]], right[2 * group:]) == []
    assert told != right, "nothing was damaged"
    assert records.events() == [] and records.schema_errors() == []


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
WAVES = "aevalsrc=exprs='{}':channel_layout=stereo:sample_rate=48000:duration=8"
CLIPPED = WAVES.format("|".join(["clip(if(between(t,3,5),3,0.3)*sin(2*PI*100*t),-1,1)"] * 2))
OPPOSED = WAVES.format("0.1*sin(2*PI*1000*t)|-0.1*sin(2*PI*1000*t)")
SOUNDS = [("aac", STEREO), ("mp2", STEREO), ("ac3", STEREO), ("eac3", STEREO),
          ("aac", SURROUND), ("ac3", SURROUND), ("eac3", SURROUND),
          ("aac", QUIET), ("mp2", QUIET), ("ac3", QUIET), ("mp2", CLIPPED), ("ac3", OPPOSED)]
KEY_NAMES = {"aac": "aac_adts", "mp2": "mpeg1_audio", "ac3": "ac3", "eac3": "eac3"}
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
        streams = probed(path, "streams", "stream=id,start_pts")
        records.first_pts = {int(stream["id"], 0): stream["start_pts"] for stream in streams}
        yield records
    finally:
        scene.close()


def test_records_of_sound_fit_their_schemas(heard):
    assert heard.schema_errors() == []
    assert {record["pid"]: record["codec"] for record in heard.sounds()} == {
        pid: KEY_NAMES[codec] for pid, (codec, _) in zip(SOUND_PIDS, SOUNDS)}


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
    peaks = {"left": -28, "right": -28, "centre": -24, "left_surround": -30, "right_surround": -30}
    for position, peak in peaks.items():
        assert abs(levels[position] - (peak - 3.01)) <= 0.2, position
    assert levels["low_frequency"] is None or levels["low_frequency"] < -70
    assert len(levels) == 6


def of_pid(records, pid):
    return type(records)(record for record in records if record["pid"] == pid)


def the_only_spell(records, kind, start):
    """Its begin and end in seconds since the time stamp `start`."""
    (begin, end), = spells(records, kind)
    return (begin - start) / TICKS_PER_SECOND, (end - start) / TICKS_PER_SECOND


@pytest.mark.parametrize("pid", pids_of(QUIET))
def test_silence_is_told_where_it_was_put(heard, pid):
    mine = of_pid(heard, pid)
    begin, end = the_only_spell(mine, "sound_silence", heard.first_pts[pid])
    assert abs(begin - 2) <= PICTURE and abs(end - 5) <= PICTURE
    assert len(mine.events()) == 2
    assert any(record["silent"] for record in mine.sounds())


@pytest.mark.parametrize("pid", pids_of(CLIPPED))
def test_clipping_is_told_where_it_was_put(heard, pid):
    mine = of_pid(heard, pid)
    begin, end = the_only_spell(mine, "clipping", heard.first_pts[pid])
    assert abs(begin - 3) <= PICTURE and abs(end - 5) <= PICTURE
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


def seconds(text):
    """Of "01:02:03,456"."""
    hours, minutes, rest = text.replace(",", ".").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def srt(*arguments, folder):
    """(begin, end, lines) as FFmpeg writes them, in seconds."""
    said = subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", *arguments, "-map", "0:s", "-f", "srt", "-"],
                          cwd=folder, stdout=subprocess.PIPE, check=True, timeout=60, text=True).stdout
    found = []
    for block in said.strip().split("\n\n"):
        _, times, *lines = block.split("\n")
        begin, end = map(seconds, times.split(" --> "))
        found.append((begin, end, [re.sub(r"<[^>]*>|\{[^}]*\}", "", line).strip() for line in lines]))
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
    assert told[0]["pts"] in {picture["pts"] for picture in shown(path)}
    assert records.schema_errors() == []


# --- several programs, and packets of other sizes


PROGRAMS = {101: ("h264", 256, "aac_adts", 257), 102: ("hevc", 258, "ac3", 259),
            103: ("mpeg2_video", 260, "mpeg1_audio", 261)}


def test_each_program_has_its_pictures_and_its_sound(file_scene):
    path = shared_media("mpts3.ts")
    told = decode_file_by(file_scene, path, {"all": ["--decode", "all"], "one": ["--program", 102]})
    assert told["all"].schema_errors() == [] and told["one"].schema_errors() == []
    for number, (video, video_pid, sound, sound_pid) in PROGRAMS.items():
        frames = told["all"].frames(program=number)
        assert {(record["codec"], record["pid"]) for record in frames} == {(video, video_pid)}
        known = {picture["pts"]: picture for picture in shown(path, f"i:{video_pid}")}
        for record in frames[:-1]:  # the last one may be cut off, as the file is
            picture = known[record["pts"]]
            assert (record["packet"], record["key_frame"]) == (picture["packet"], picture["key_frame"])
        assert abs(len(frames) - len(known) / 25) < 1.5
        sounds = told["all"].sounds(sound_pid)
        assert {(record["program_number"], record["codec"]) for record in sounds} == {(number, sound)}
        assert abs(sum(record["duration_ns"] for record in sounds) / 1e9 - len(known) / 25) <= 0.5
    assert {record["program_number"] for record in told["one"]} == {102}
    assert len(told["one"].frames()) in (12, 13) and told["one"].sounds()
    # The first program that has a picture takes the name as it is.
    frames = told["all"].frames()
    rest = {f"-{number}" for number in PROGRAMS if number != frames[0]["program_number"]}
    names = {f"{kind}{ending}.jpg" for kind in ("latest", "filmstrip") for ending in {""} | rest}
    assert {file.name for file in (file_scene.folder / "all/images" / path.name).iterdir()} == names
    assert {file.name for file in (file_scene.folder / "one/images" / path.name).iterdir()} == {
        "latest.jpg", "filmstrip.jpg"}


# The first of them has AAC that its tables do not tell of.
@pytest.mark.parametrize("name, stride, video, sound", [
    ("h264_192.m2ts", 192, 0x1011, None), ("h264_204.ts", 204, 0x100, "aac_adts")])
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


@pytest.mark.parametrize("name, offset", [("avc", 1000), ("avc", 3), ("mpeg", 3), ("hevc", 95_440)])
def test_pictures_and_sound_go_on_over_a_jump_of_the_clock(file_scene, name, offset):
    first = short(name, file_scene.folder / "first.ts", range(100), "-output_ts_offset", 500)
    second = short(name, file_scene.folder / "second.ts", range(1000, 1100), "-output_ts_offset", offset)
    path = file_scene.folder / "both.ts"
    path.write_bytes(first.read_bytes() + second.read_bytes())
    records, pictures = pictures_of_file(file_scene, path, "--image-framerate", 0, "--freeze-hold", "1s",
                                         "--sound-silence-hold", "1s")
    before = first.stat().st_size // PACKET
    expected = [(number, picture["pts"], picture["packet"]) for number, picture in enumerate(shown(first))]
    # FFmpeg's time stamps do not wrap.
    expected += [(1000 + number, picture["pts"] % (1 << 33), before + picture["packet"])
                 for number, picture in enumerate(shown(second))]
    numbers, frames = numbers_of([image for _, image in pictures]), records.frames()
    told = [(number, frame["pts"], frame["packet"]) for number, frame in zip(numbers, frames)]
    assert differences(told, expected) == []
    assert [frame["frame"] for frame in frames] == list(range(200))
    # What the jump lasted nobody knows: about a picture.
    steps = [later["position_ns"] - earlier["position_ns"] for earlier, later in itertools.pairwise(frames)]
    assert 0 < min(steps) and max(steps) < 100_000_000
    heard_ns = sum(record["duration_ns"] for record in records.sounds())
    assert abs(heard_ns / 1e9 - 200 / rate_of(FILMS[name].rate)) <= 0.1
    assert records.events() == []
