"""Streams made on the spot in many shapes: what ffprobe says of them muxtap-analyze says, too, and the slow reader
counts the same."""

import json
import shutil
import subprocess

import pytest

from analyze_slow_reader_test import same_counters
from conftest import pids_of, programs_of, report_of
from slow_reader import PCR_WRAP, SlowReader, packets_of

if not shutil.which("ffmpeg"):
    pytest.skip("NOT TESTED: ffmpeg is not installed", allow_module_level=True)

SMALL, FULL, WIDE = "320x240", "720x576", "1280x720"


def video(size=SMALL, rate="25"):
    return ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}"]


TONE = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"]
NOISE = ["-f", "lavfi", "-i", "anoisesrc=r=48000", "-filter_complex",
         "[1:a]pan=5.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0[a]", "-map", "0:v", "-map", "[a]"]
MPEG2 = ["-c:v", "mpeg2video"]


def h264(*more):
    return [*video(FULL), *TONE, "-c:v", "libx264", "-preset", "ultrafast", *more, "-c:a", "mp2"]


def hevc(pixels, parameters, size="640x360", rate="50"):
    return [*video(size, rate), *TONE, "-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", pixels, "-x265-params",
            "log-level=error:" + parameters, "-c:a", "aac"]


def sound(*codec, source=TONE):
    return [*video(), *source, *MPEG2, "-c:a", *codec]


MADE = {
    "H.264 Baseline, GOP of 10": h264("-profile:v", "baseline", "-pix_fmt", "yuv420p", "-g", "10"),
    "H.264 High, HRD": h264("-profile:v", "high", "-pix_fmt", "yuv420p", "-preset", "fast", "-b:v", "2M", "-maxrate", "2M",
                            "-bufsize", "1M", "-x264opts", "nal-hrd=cbr", "-muxrate", "4M"),
    "H.264 High 10": h264("-profile:v", "high10", "-pix_fmt", "yuv420p10le"),
    "H.264 4:2:2": h264("-profile:v", "high422", "-pix_fmt", "yuv422p10le"),
    "H.264 interlaced": h264("-pix_fmt", "yuv420p", "-flags", "+ildct+ilme", "-x264opts", "tff=1"),
    "H.264 open GOP": h264("-pix_fmt", "yuv420p", "-preset", "fast", "-x264opts", "open-gop=1:keyint=10:bframes=3"),
    "H.264 intra refresh": h264("-pix_fmt", "yuv420p", "-preset", "fast", "-x264opts", "intra-refresh=1:keyint=12:bframes=0"),
    "H.264 anamorphic, BT.470": h264("-pix_fmt", "yuv420p", "-vf", "setsar=64/45", "-color_primaries", "bt470bg",
                                     "-color_trc", "gamma28", "-colorspace", "bt470bg"),
    "H.264 full range": h264("-pix_fmt", "yuvj420p", "-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace",
                             "bt709", "-color_range", "pc"),
    "H.264 cropped, 29.97": [*video("1278x718", "30000/1001"), *TONE, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt",
                             "yuv420p", "-c:a", "aac"],
    "HEVC Main": hevc("yuv420p", "keyint=25", rate="25"),
    "HEVC HDR10": hevc("yuv420p10le", "hdr10=1:repeat-headers=1:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"),
    "HEVC HLG": hevc("yuv420p10le", "colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc"),
    "HEVC High tier": hevc("yuv420p", "level-idc=51:high-tier=1:vbv-maxrate=50000:vbv-bufsize=50000", WIDE),
    "MPEG-1 under the stream_type of MPEG-2": [*video("352x288"), *TONE, "-c:v", "mpeg1video", "-c:a", "mp2"],
    "MPEG-2 interlaced 16:9": [*video(FULL), *TONE, *MPEG2, "-flags", "+ildct+ilme", "-top", "1", "-aspect", "16:9", "-b:v",
                               "4M", "-bf", "2", "-g", "12", "-c:a", "mp2", "-muxrate", "6M"],
    "MPEG-2 4:2:2, I pictures": [*video(FULL), *TONE, *MPEG2, "-pix_fmt", "yuv422p", "-g", "1", "-b:v", "20M", "-c:a", "mp2"],
    "MPEG-2 23.976": [*video("720x480", "24000/1001"), *TONE, *MPEG2, "-c:a", "ac3"],
    "AAC 5.1": sound("aac", "-b:a", "256k", source=NOISE),
    "AC-3 5.1": sound("ac3", "-b:a", "448k", source=NOISE),
    "E-AC-3 5.1": sound("eac3", "-b:a", "384k", source=NOISE),
    "DTS 5.1 without a registration": sound("dca", "-strict", "-2", source=NOISE),
    "Opus 5.1": sound("libopus", "-mapping_family", "1", source=NOISE),
    "AAC in LATM": sound("aac", "-ac", "2", "-mpegts_flags", "+latm"),
    "AAC mono 44.1": sound("aac", "-ar", "44100", "-ac", "1"),
    "MP3 22.05": sound("libmp3lame", "-ar", "22050", "-ac", "1", "-b:a", "64k"),
    "MP2 32 mono": sound("mp2", "-ar", "32000", "-ac", "1", "-b:a", "96k"),
    "SMPTE 302M": sound("s302m", "-ac", "2", "-strict", "-2"),
    "AC-3 of DVB": sound("ac3", "-mpegts_flags", "+system_b"),
    "E-AC-3 of DVB": sound("eac3", "-mpegts_flags", "+system_b+resend_headers"),
    "two programs, accents": [*video(), *video("352x288", "30"), *TONE, *TONE, "-map", "0:v", "-map", "2:a", "-map", "1:v",
                              "-map", "3:a", *MPEG2, "-c:a", "mp2", "-program", "title=Éins:st=0:st=1", "-program",
                              "title=Zwölf:program_num=12:st=2:st=3", "-metadata", "service_provider=Prövider", "-muxrate",
                              "4M", "-mpegts_original_network_id", "0x1122", "-mpegts_transport_stream_id", "0x3344"],
    "a PMT of several packets": [*video(), *TONE, "-map", "0:v", *["-map", "1:a"] * 45, *MPEG2, "-c:a", "mp2",
                                 *[part for number in range(45) for part in (f"-metadata:s:a:{number}",
                                                                             f"language={'abc'[number % 3] * 3}")]],
    "bounded video PES": sound("mp2", "-omit_video_pes_length", "0", "-pes_payload_size", "4000"),
    "192-byte packets": sound("ac3", "-mpegts_m2ts_mode", "1"),
    "NIT": sound("mp2", "-mpegts_flags", "+nit", "-muxrate", "3M"),
    "sound only": [*TONE, "-c:a", "aac"],
}

CODECS = {"mpeg1video": "mpeg1_video", "mpeg2video": "mpeg2_video", "h264": "h264", "hevc": "hevc", "aac": "aac_adts",
          "aac_latm": "aac_latm", "ac3": "ac3", "eac3": "eac3", "dts": "dts", "opus": "opus", "s302m": "s302m"}


def make(folder, arguments, seconds=1):
    path = folder / "made.ts"
    subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", *arguments, "-t", str(seconds), "-f", "mpegts", path],
                   check=True, timeout=60, stdin=subprocess.DEVNULL)
    return path


def probe(path):
    ended = subprocess.run(["ffprobe", "-v", "error", "-show_streams", "-show_programs", "-count_packets", "-of", "json",
                            path], check=True, timeout=60, capture_output=True)
    return json.loads(ended.stdout)


@pytest.mark.parametrize("name", MADE)
def test_streams_are_what_ffprobe_says(name, tmp_path):
    path = make(tmp_path, MADE[name])
    report, theirs = report_of(path), probe(path)
    same_programs(report, theirs)
    for stream in theirs["streams"]:
        ours = pids_of(report)[int(stream["id"], 16)]["stream"]
        assert ours["headers_seen"]
        if stream["codec_name"] in ("mp2", "mp3"):  # half the sampling rates are MPEG-2's (ISO/IEC 13818-3)
            assert ours["codec"] == ("mpeg1_audio" if int(stream["sample_rate"]) >= 32000 else "mpeg2_audio")
            assert ours["audio"]["profile"] == {"mp2": "Layer II", "mp3": "Layer III"}[stream["codec_name"]]
        else:
            assert ours["codec"] == CODECS[stream["codec_name"]]
        if stream["codec_type"] == "video":
            same_video(ours["video"], stream)
        else:
            same_audio(ours["audio"], stream)
    packets = packets_of(path)
    reader = SlowReader(packets, [number for number, pid in pids_of(report).items() if "sections" in pid])
    same_counters(report, reader)
    assert report["totals"]["packets"] == len(packets)
    assert sum(report["totals"]["rejected"].values()) == 0


def same_programs(report, theirs):
    ours = programs_of(report)
    assert ours.keys() == {program["program_num"] for program in theirs["programs"]}
    for program in theirs["programs"]:
        mine, tags = ours[program["program_num"]], program.get("tags", {})
        assert mine["pmt_pid"] == program["pmt_pid"]
        assert mine.get("pcr_pid", 0x1FFF) == program["pcr_pid"]
        assert mine.get("service_name") == tags.get("service_name")
        assert mine.get("provider_name") == tags.get("service_provider")
        assert [part["pid"] for part in mine["streams"]] == [int(part["id"], 16) for part in program["streams"]]
        for part, stream in zip(mine["streams"], program["streams"]):
            assert part.get("language") == stream.get("tags", {}).get("language")


def same_video(ours, theirs):
    assert (ours["width"], ours["height"]) == (theirs["width"], theirs["height"])
    if theirs["codec_name"] != "mpeg1video":  # which has neither
        assert ours["profile"] == theirs["profile"]
        level = theirs["level"]
        assert ours["level"] == {"h264": f"{level / 10:g}", "hevc": f"{level / 30:g}",
                                 "mpeg2video": {8: "Main", 6: "High 1440", 4: "High", 10: "Low", 5: "Main", 2: "High"}.get(level)
                                 }[theirs["codec_name"]]
    numerator, denominator = map(int, theirs["r_frame_rate"].split("/"))
    assert ours["frame_rate"]["numerator"] * denominator == numerator * ours["frame_rate"]["denominator"]
    pixels = theirs["pix_fmt"]
    assert ours["bit_depth"] == (10 if "10" in pixels else 8)
    assert ours["chroma"] == ("4:2:2" if "422" in pixels else "4:2:0")
    assert ours["scan"] == {"progressive": "progressive"}.get(theirs.get("field_order", "progressive"), "interlaced")
    shape = ours["display_aspect_ratio"]
    assert f"{shape['width']}:{shape['height']}" == theirs["display_aspect_ratio"]
    assert ours["full_range"] == (theirs.get("color_range") == "pc")
    names = {"bt709": "BT.709", "bt2020": "BT.2020", "bt470bg": "BT.470 BG"}
    assert ours.get("colour_primaries") == names.get(theirs.get("color_primaries"))
    transfers = {**names, "smpte2084": "PQ", "arib-std-b67": "HLG"}
    assert ours.get("transfer_characteristics") == transfers.get(theirs.get("color_transfer"))
    assert ours["pictures"] == int(theirs["nb_read_packets"])


def same_audio(ours, theirs):
    assert ours["sample_rate_hz"] == int(theirs["sample_rate"])
    assert ours["channels"] == theirs["channels"]
    layout = theirs.get("channel_layout", "").replace("(side)", "")
    if layout:
        assert ours["channel_layout"] == layout
    if theirs["codec_name"] in ("mp2", "mp3", "ac3", "eac3", "dts"):
        assert ours["bitrate_bps"] == int(theirs["bit_rate"])


@pytest.mark.parametrize("more", [["-muxrate", "3M"], ["-c:v", "libx264", "-preset", "fast", "-pix_fmt", "yuv420p"]],
                         ids=["constant rate", "variable rate"])
def test_clocks_that_begin_anew_at_2_to_the_33rd_go_on(more, tmp_path):
    """33 bits of 90 kHz last for 95,443.7 s."""
    path = make(tmp_path, [*video(), *TONE, *MPEG2, *more, "-c:a", "mp2", "-output_ts_offset", "95441.5"], 4)
    report = report_of(path)
    clock = pids_of(report)[256]["pcr"]
    assert clock["last_27mhz"] < clock["first_27mhz"]
    assert 3.5 < (clock["last_27mhz"] - clock["first_27mhz"]) % PCR_WRAP / 27e6 < 4.2
    assert clock["discontinuity_errors"] == 0
    for number in (256, 257):
        times = pids_of(report)[number]["timestamps"]
        assert times["last_pts_90khz"] < times["first_pts_90khz"]
        assert times["pts_jumps"] == times["dts_jumps"] == 0
        assert 0 < times["presentation_margin_ms"]["min"] < times["presentation_margin_ms"]["max"] < 1500
    assert report["tr101290"]["pcr_error"]["count"] == report["tr101290"]["pts_error"]["count"] == 0
    if "-muxrate" in more:
        assert report["rate"]["constant_rate"]
        assert abs(report["rate"]["pcr_bps"] - 3_000_000) < 100


def test_sound_that_is_sent_late_has_a_negative_offset(tmp_path):
    """The same PTS, other places in the file: packets of sound that are moved back by half a second."""
    path = make(tmp_path, [*video(), *TONE, *MPEG2, "-c:a", "mp2", "-muxrate", "3M"], 4)
    before = report_of(path)["programs"][0]["audio_video_offset_ms"]
    packets = packets_of(path)
    places = [index for index, packet in enumerate(packets) if packet[1] & 31 == 1 and packet[2] == 1]
    late = round(3_000_000 / 2 / 1504)
    sound_packets = {index: packets[index] for index in places}
    rest = [packet for index, packet in enumerate(packets) if index not in sound_packets]
    null = b"\x47\x1f\xff\x10" + bytes(184)
    moved = [null if index in sound_packets else packet for index, packet in enumerate(packets)]
    moved += [null] * late
    for index in places:
        at = index + late
        while moved[at] is not null and moved[at][1:3] != b"\x1f\xff":
            at += 1
        moved[at] = sound_packets[index]
    assert len(rest) + len(sound_packets) == len(packets)
    path.write_bytes(b"".join(moved[:len(packets)]))
    report = report_of(path)
    assert report["programs"][0]["audio_video_offset_ms"] == pytest.approx(before - 500, abs=60)
    assert report["rate"]["pcr_bps"] == pytest.approx(3_000_000, abs=100)
