// What ffprobe, an independent reader, says of the audio in the shared streams.
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>

#include "analyzer/es_audio/audio_stream.h"
#include "common/ts/packet_view.h"
#include "common/ts/pes_header.h"
#include "tests/support/skipping.h"

namespace muxtap::es {
namespace {

using analyzer::Codec;

std::filesystem::path shared_folder() {
    const char* const chosen = std::getenv("MUXTAP_SHARED");
    return chosen != nullptr ? chosen : MUXTAP_SHARED_DEFAULT;
}

std::string output_of(const std::string& command) {
    std::string output;
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
    if (pipe == nullptr) return output;
    char buffer[4096];
    while (const std::size_t read = std::fread(buffer, 1, sizeof(buffer), pipe.get())) output.append(buffer, read);
    return output;
}

/// PES packets' first bytes of one PID, without their headers.
std::vector<std::vector<std::uint8_t>> pes_heads(const std::vector<std::uint8_t>& file, ts::Pid pid, std::size_t stride,
                                                 std::size_t lead) {
    std::vector<std::vector<std::uint8_t>> heads;
    for (std::size_t at = lead; at + ts::packet_size <= file.size(); at += stride) {
        const auto bytes = ByteView(file).subspan(at).first<ts::packet_size>();
        const auto packet = ts::PacketView::parse(bytes);
        if (!packet || packet->pid() != pid) continue;
        const ByteView payload = packet->payload();
        if (packet->payload_unit_start_indicator()) heads.emplace_back();
        if (!heads.empty() && heads.back().size() < 4096)
            heads.back().insert(heads.back().end(), payload.begin(), payload.end());
    }
    for (auto& head : heads) {
        const std::size_t header = head.size() > 8 ? 9U + head[8] : head.size();
        head.erase(head.begin(), head.begin() + static_cast<std::ptrdiff_t>(std::min(header, head.size())));
    }
    return heads;
}

const std::map<std::string, Codec>& codecs() {
    static const std::map<std::string, Codec> table = {{"mp2", Codec::mpeg1_audio}, {"mp3", Codec::mpeg1_audio},
                                                       {"aac", Codec::aac_adts},    {"aac_latm", Codec::aac_latm},
                                                       {"ac3", Codec::ac3},         {"eac3", Codec::eac3},
                                                       {"dts", Codec::dts},         {"s302m", Codec::s302m}};
    return table;
}

using Fields = std::map<std::string, std::string>;

/// The audio streams that ffprobe names in a file, each once.
std::map<ts::Pid, Fields> audio_streams(const std::string& path) {
    std::map<ts::Pid, Fields> found;
    std::istringstream lines(
        output_of("ffprobe -v quiet -probesize 20M -analyzeduration 20M -select_streams a -show_entries "
                  "stream=id,codec_name,profile,sample_rate,channels,channel_layout,bit_rate -of compact=p=0 '" +
                  path + "' 2>/dev/null"));
    for (std::string line; std::getline(lines, line);) {
        Fields fields;
        std::istringstream parts(line);
        for (std::string part; std::getline(parts, part, '|');) {
            const auto equals = part.find('=');
            if (equals != std::string::npos) fields[part.substr(0, equals)] = part.substr(equals + 1);
        }
        if (fields.count("id") == 0) continue;
        found[static_cast<ts::Pid>(std::stoul(fields["id"], nullptr, 0))] = fields;
    }
    return found;
}

/// ffprobe tells where the surround channels stand; we do not.
std::string plain_layout(std::string layout) {
    const auto bracket = layout.find("(side)");
    return bracket == std::string::npos ? layout : layout.substr(0, bracket);
}

TEST_CASE("codec, rate, channels and bit rate are those that ffprobe finds") {
    if (output_of("command -v ffprobe").empty()) {
        test::say_skipped("audio oracle", "ffprobe is not installed");
        return;
    }
    if (!std::filesystem::exists(shared_folder())) {
        test::say_skipped("audio oracle", "no folder " + shared_folder().string());
        return;
    }
    std::size_t compared = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(shared_folder())) {
        const auto extension = entry.path().extension();
        if (extension != ".ts" && extension != ".m2ts") continue;
        std::ifstream stream(entry.path(), std::ios::binary);
        const std::vector<std::uint8_t> file((std::istreambuf_iterator<char>(stream)), {});
        if (file.size() < 1000 || (file[0] != 0x47 && extension != ".m2ts")) continue;
        const std::size_t lead = file[0] == 0x47 ? 0 : 4;
        const std::size_t stride = lead == 4 ? 192 : file[188] == 0x47 ? 188 : 204;
        for (auto& [pid, fields] : audio_streams(entry.path().string())) {
            const auto codec = codecs().find(fields["codec_name"]);
            if (codec == codecs().end() || fields["sample_rate"] == "0") continue;
            INFO(entry.path().string() << " PID " << pid);
            AudioStream audio(codec->second);
            for (const auto& head : pes_heads(file, pid, stride, lead)) (void)audio.look(head, true);
            const analyzer::AudioInfo& info = audio.info();
            CHECK(info.frame_headers_seen);
            CHECK(info.sample_rate == std::stoul(fields["sample_rate"]));
            CHECK(unsigned{info.channels} == std::stoul(fields["channels"]));
            CHECK(info.channel_layout == plain_layout(fields["channel_layout"]));
            // AAC does not signal its rate: ffprobe measures it. Of 302M it counts the headers in.
            const bool signalled = fields["bit_rate"] != "N/A" && codec->second != Codec::aac_adts &&
                                   codec->second != Codec::aac_latm && codec->second != Codec::s302m;
            if (signalled) CHECK(info.bitrate == std::stoul(fields["bit_rate"]));
            if (fields["codec_name"] == "aac") CHECK(info.profile == fields["profile"]);
            if (fields["codec_name"] == "mp2") CHECK(info.profile == "Layer II");
            if (fields["codec_name"] == "mp3") CHECK(info.profile == "Layer III");
            ++compared;
        }
    }
    CHECK(compared >= 20);
}

}  // namespace
}  // namespace muxtap::es
