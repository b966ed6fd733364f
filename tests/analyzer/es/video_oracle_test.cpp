// What FFmpeg's ffprobe says of the same streams.
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <sstream>

#include "tests/analyzer/es/stream_file.h"
#include "tests/support/skipping.h"

namespace muxtap::test {
namespace {

using analyzer::Codec;
using analyzer::ScanType;
using analyzer::VideoInfo;

std::filesystem::path shared_folder() {
    const char* const chosen = std::getenv("MUXTAP_SHARED");
    return chosen != nullptr ? chosen : MUXTAP_SHARED_DEFAULT;
}

/// What a program prints; empty when it does not run.
std::string output_of(const std::string& command) {
    std::FILE* const pipe = ::popen((command + " 2>/dev/null </dev/null").c_str(), "r");
    if (pipe == nullptr) return {};
    std::string text;
    char buffer[4096];
    for (std::size_t size = 0; (size = std::fread(buffer, 1, sizeof(buffer), pipe)) > 0;) text.append(buffer, size);
    return ::pclose(pipe) == 0 ? text : std::string{};
}

bool can_test() {
    if (output_of("ffprobe -version").empty()) {
        say_skipped("video against ffprobe", "there is no ffprobe");
        return false;
    }
    if (!std::filesystem::exists(shared_folder() / "media")) {
        say_skipped("video against ffprobe", shared_folder().string() + " has no media (MUXTAP_SHARED names another)");
        return false;
    }
    return true;
}

using Fields = std::map<std::string, std::string>;

/// The sections that ffprobe prints of a file, as key and value.
std::vector<Fields> probe(const std::string& path, const std::string& section, const std::string& what) {
    std::istringstream text(output_of("ffprobe -v error " + what + " '" + path + "'"));
    std::vector<Fields> sections;
    bool inside = false;
    for (std::string line; std::getline(text, line);) {
        if (line == "[" + section + "]") {
            sections.emplace_back();
            inside = true;
        } else if (line == "[/" + section + "]") {
            inside = false;
        } else if (const std::size_t equal = line.find('='); inside && equal != std::string::npos) {
            sections.back()[line.substr(0, equal)] = line.substr(equal + 1);
        }
    }
    return sections;
}

/// Video streams whose format ffprobe knows, by PID.
std::map<ts::Pid, Fields> video_streams(const std::string& path) {
    std::map<ts::Pid, Fields> streams;
    for (Fields& fields : probe(path, "STREAM", "-select_streams v -show_streams")) {
        if (fields["width"] == "0" || fields["width"].empty()) continue;
        streams[static_cast<ts::Pid>(std::stoul(fields["id"], nullptr, 16))] = fields;
    }
    return streams;
}

Codec codec_of(const std::string& name) {
    if (name == "h264") return Codec::h264;
    if (name == "hevc") return Codec::hevc;
    if (name == "mpeg1video") return Codec::mpeg1_video;
    return name == "mpeg2video" ? Codec::mpeg2_video : Codec::unknown;
}

std::string level_name(Codec codec, const Fields& fields) {
    const int level = std::stoi(fields.at("level"));
    const auto dotted = [](int major, int minor) {
        return std::to_string(major) + (minor == 0 ? "" : "." + std::to_string(minor));
    };
    if (level < 0) return {};
    if (codec == Codec::h264) return level == 9 ? "1b" : dotted(level / 10, level % 10);
    if (codec == Codec::hevc) return dotted(level / 30, level % 30 / 3);
    if (fields.at("profile") == "4:2:2") return level == 2 ? "High" : "Main";
    static const std::map<int, std::string> names = {{4, "High"}, {6, "High 1440"}, {8, "Main"}, {10, "Low"}};
    return names.at(level);
}

/// Our name for a colour of ffprobe's; empty for unknown.
std::string colour_name(const std::string& name) {
    static const std::map<std::string, std::string> names = {
        {"bt709", "BT.709"},         {"bt470m", "BT.470 M"},
        {"bt470bg", "BT.470 BG"},    {"smpte170m", "SMPTE 170M"},
        {"smpte240m", "SMPTE 240M"}, {"bt2020", "BT.2020"},
        {"smpte2084", "PQ"},         {"arib-std-b67", "HLG"},
        {"bt2020nc", "BT.2020 NCL"}, {"bt2020-10", "BT.2020 10 bit"}};
    const auto found = names.find(name);
    return found == names.end() ? std::string{} : found->second;
}

std::string ratio(unsigned numerator, unsigned denominator, char between) {
    return numerator == 0 ? "N/A" : std::to_string(numerator) + between + std::to_string(denominator);
}

std::string pixel_format(const VideoInfo& info) {
    if (info.chroma == "4:0:0") return "gray";
    const std::string family = info.full_range && info.bit_depth == 8 ? "yuvj" : "yuv";
    const std::string name =
        family + info.chroma.substr(0, 1) + info.chroma.substr(2, 1) + info.chroma.substr(4, 1) + "p";
    return info.bit_depth == 8 ? name : name + std::to_string(info.bit_depth) + "le";
}

/// ffprobe knows fewer names.
void check_profile(const VideoInfo& info, const std::string& name) {
    if (name == "Rext") {
        CHECK((info.profile.find(":") != std::string::npos || info.profile.find("Main 1") == 0 ||
               info.profile.find("Mono") == 0));
    } else {
        CHECK(info.profile == (name == "unknown" ? "" : name));
    }
}

void compare(Codec codec, const VideoInfo& info, const Fields& fields) {
    check_profile(info, fields.at("profile"));
    CHECK(info.level == level_name(codec, fields));
    CHECK(std::to_string(info.width) == fields.at("width"));
    CHECK(std::to_string(info.height) == fields.at("height"));
    CHECK(ratio(info.frame_rate_numerator, info.frame_rate_denominator, '/') == fields.at("r_frame_rate"));
    CHECK(ratio(info.sample_aspect_width, info.sample_aspect_height, ':') == fields.at("sample_aspect_ratio"));
    CHECK(ratio(info.display_aspect_width, info.display_aspect_height, ':') == fields.at("display_aspect_ratio"));
    CHECK(pixel_format(info) == fields.at("pix_fmt"));
    const std::string& order = fields.at("field_order");
    if (order != "unknown") CHECK((info.scan == ScanType::progressive) == (order == "progressive"));
    CHECK(info.colour_primaries == colour_name(fields.at("color_primaries")));
    CHECK(info.transfer_characteristics == colour_name(fields.at("color_transfer")));
    CHECK(info.matrix_coefficients == colour_name(fields.at("color_space")));
    CHECK(info.full_range == (fields.at("color_range") == "pc"));
}

/// Compares every video stream of a file; how many there were.
std::size_t compare_file(const std::string& path) {
    std::size_t compared = 0;
    const auto streams = video_streams(path);
    if (streams.empty()) return 0;
    const ByteVector file = read_bytes(path);
    for (const auto& [pid, fields] : streams) {
        INFO(path << " PID " << pid << " " << fields.at("codec_name"));
        const Codec codec = codec_of(fields.at("codec_name"));
        REQUIRE(codec != Codec::unknown);
        const es::VideoStream stream = watch_video(file, pid, codec);
        REQUIRE(stream.headers_seen());
        compare(codec, stream.info(), fields);
        ++compared;
    }
    return compared;
}

std::vector<std::filesystem::path> stream_files() {
    std::vector<std::filesystem::path> files;
    for (const char* const folder : {"media", "streams"}) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(shared_folder() / folder)) {
            const auto extension = entry.path().extension();
            if (extension == ".ts" || extension == ".m2ts") files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

TEST_CASE("the format of every shared video stream is what ffprobe says") {
    if (!can_test()) return;
    std::size_t compared = 0;
    for (const auto& path : stream_files()) compared += compare_file(path.string());
    CHECK(compared >= 20);
}

TEST_CASE("the format of streams made for the purpose is what ffprobe says") {
    if (output_of("ffmpeg -version").empty() || output_of("ffprobe -version").empty()) {
        say_skipped("made video against ffprobe", "there is no ffmpeg or ffprobe");
        return;
    }
    struct Row {
        const char* size;
        const char* rate;
        const char* encoder;
    };
    const std::vector<Row> rows = {
        {"352x288", "25", "libx264 -profile:v baseline -level 3.0"},
        {"720x576", "25",
         "libx264 -flags +ilme+ildct -x264-params tff=1:nal-hrd=vbr:vbv-maxrate=4000:vbv-bufsize=2000 "
         "-aspect 16:9 -colorspace bt470bg -color_primaries bt470bg -color_trc gamma28"},
        {"720x480", "30000/1001", "libx264 -pix_fmt yuv420p10le -aspect 4:3 -colorspace smpte170m"},
        {"640x360", "60000/1001",
         "libx264 -pix_fmt yuv422p10le -colorspace bt2020nc -color_primaries bt2020 "
         "-color_trc arib-std-b67"},
        {"630x350", "24", "libx264 -x264-params intra-refresh=1 -aspect 2.35"},
        {"320x240", "50", "libx264 -pix_fmt yuv444p -color_range pc"},
        {"416x240", "50",
         "libx265 -pix_fmt yuv420p10le -x265-params log-level=0:colorprim=bt2020:transfer=smpte2084:"
         "colormatrix=bt2020nc:hrd=1:vbv-maxrate=5000:vbv-bufsize=5000:repeat-headers=1:aud=1"},
        {"416x240", "50",
         "libx265 -pix_fmt yuv420p10le -x265-params log-level=0:colorprim=bt2020:transfer=bt2020-10:"
         "colormatrix=bt2020nc:atc-sei=18"},
        {"634x358", "24000/1001", "libx265 -pix_fmt yuv422p10le -x265-params log-level=0"},
        {"320x240", "25", "libx265 -pix_fmt yuv420p12le -x265-params log-level=0:range=full"},
        {"720x576", "25",
         "mpeg2video -flags +ilme+ildct -aspect 16:9 -b:v 4M -maxrate 8M -bufsize 1835k "
         "-colorspace bt470bg -color_primaries bt470bg -color_trc gamma28"},
        {"720x576", "25",
         "mpeg2video -pix_fmt yuv422p -b:v 30M -minrate 30M -maxrate 30M -bufsize 9M -g 1 -aspect 4:3"},
        {"352x288", "25", "mpeg1video"},
        {"352x240", "30000/1001", "mpeg1video -aspect 4:3"},
    };
    const TempFolder folder;
    const std::string path = folder / "made.ts";
    for (const Row& row : rows) {
        INFO(row.encoder);
        const std::string source = std::string("-f lavfi -i testsrc2=size=") + row.size + ":rate=" + row.rate;
        (void)output_of("ffmpeg -v error -y " + source + " -frames:v 6 -preset ultrafast -c:v " + row.encoder +
                        " -f mpegts '" + path + "'");
        if (!std::filesystem::exists(path)) {
            say_skipped(std::string("video of ") + row.encoder, "this ffmpeg does not make it");
            continue;
        }
        CHECK(compare_file(path) == 1);
        std::filesystem::remove(path);
    }
}

TEST_CASE("captions are found where ffprobe finds them, and nowhere else") {
    if (!can_test()) return;
    for (const char* const name :
         {"cc608_scte35.ts", "dvbsub.ts", "teletext888.ts", "h264_aac_cbr2M.ts", "hevc_ac3.ts", "mpeg2_mp2_vbr.ts"}) {
        INFO(name);
        const std::string path = (shared_folder() / "media" / name).string();
        const bool expected =
            output_of("ffprobe -v error -select_streams v -show_frames -read_intervals %+#300 '" + path + "'")
                .find("Closed Captions") != std::string::npos;
        const auto streams = video_streams(path);
        REQUIRE(streams.size() == 1);
        const auto& [pid, fields] = *streams.begin();
        const es::VideoStream stream = watch_video(read_bytes(path), pid, codec_of(fields.at("codec_name")));
        const analyzer::CaptionInfo& captions = stream.info().captions;
        CHECK((captions.pictures_with_captions > 0) == expected);
        CHECK(captions.cea608 == expected);
        CHECK(captions.cea608_channels == (expected ? std::vector<std::uint8_t>{1} : std::vector<std::uint8_t>{}));
        CHECK((std::string(name) == "cc608_scte35.ts") == expected);
    }
}

TEST_CASE("groups of pictures are as long as ffprobe's key frames are apart") {
    if (!can_test()) return;
    for (const auto& path : stream_files()) {
        if (path.filename() == "test-147.ts") continue;  // bytes changed at random, headers of PES packets among them
        const ByteVector file = read_bytes(path.string());
        for (const auto& [pid, fields] : video_streams(path.string())) {
            const auto packets =
                probe(path.string(), "PACKET", "-select_streams i:" + fields.at("id") + " -show_packets");
            std::uint64_t pictures = 0;
            std::uint64_t keys = 0;
            std::uint32_t in_group = 0;
            std::uint32_t shortest = UINT32_MAX;
            std::uint32_t longest = 0;
            std::uint32_t newest = 0;
            for (const Fields& packet : packets) {
                if (packet.at("pos") == "N/A") continue;  // the second field of a picture, in the same PES packet
                ++pictures;
                if (packet.at("flags").front() == 'K') {
                    if (keys++ > 0) {
                        newest = in_group;
                        shortest = std::min(shortest, in_group);
                        longest = std::max(longest, in_group);
                    }
                    in_group = 0;
                }
                ++in_group;
            }
            INFO(path.filename().string() << " PID " << pid << " " << fields.at("codec_name"));
            const es::VideoStream stream = watch_video(file, pid, codec_of(fields.at("codec_name")));
            const VideoInfo& info = stream.info();
            CHECK(info.pictures == pictures);
            CHECK(info.random_access_points == keys);
            if (keys < 2) continue;
            CHECK(info.gop_last == newest);
            CHECK(info.gop_min == shortest);
            CHECK(info.gop_max == longest);
        }
    }
}

}  // namespace
}  // namespace muxtap::test
