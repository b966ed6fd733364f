#include "tests/client/frames/text/media_file.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

#include "analyzer/es/nal_units.h"
#include "analyzer/es/sei.h"
#include "common/ts/pes_header.h"
#include "tests/support/skipping.h"
#include "tests/support/temp_folder.h"

namespace muxtap::test {
namespace {

using Bytes = std::vector<std::uint8_t>;
using PacketBytes = std::array<std::uint8_t, ts::packet_size>;

constexpr std::size_t pes_header_data_length = 8;
constexpr std::size_t pes_header_size = 9;

bool read_packet(std::ifstream& file, PacketBytes& bytes) {
    return bool{file.read(reinterpret_cast<char*>(bytes.data()), bytes.size())};
}

/// A packet without payload that has a PCR of so many ticks of 90 kHz.
PacketBytes pcr_packet(ts::Pid pid, std::uint64_t ticks) {
    PacketBytes packet;
    packet.fill(0xFF);
    const std::uint64_t field = ticks << 15 | 0x7E00;
    const std::uint8_t head[] = {
        ts::sync_byte, static_cast<std::uint8_t>(pid >> 8), static_cast<std::uint8_t>(pid), 0x20, 183, 0x10};
    std::copy(std::begin(head), std::end(head), packet.begin());
    for (unsigned i = 0; i < 6; ++i) packet[6 + i] = static_cast<std::uint8_t>(field >> (40 - 8 * i));
    return packet;
}

void finish_pes(std::vector<FilePes>& all, const Bytes& bytes, std::uint64_t packet) {
    const auto header = ts::PesHeader::parse(bytes);
    if (!header || !header->pts) return;
    const std::size_t begin = pes_header_size + bytes[pes_header_data_length];
    if (begin > bytes.size()) return;
    all.push_back({*header->pts, packet, Bytes(bytes.begin() + static_cast<std::ptrdiff_t>(begin), bytes.end())});
}

/// Appends the triplets of an SEI message with ATSC captions (ATSC A/72 part 1, 6.4.2).
void append_triplets(ByteView message, Bytes& triplets) {
    constexpr std::uint8_t atsc_captions[] = {0xB5, 0x00, 0x31, 'G', 'A', '9', '4', 0x03};
    constexpr std::size_t before_triplets = std::size(atsc_captions) + 2;
    if (message.size() < before_triplets) return;
    if (!std::equal(std::begin(atsc_captions), std::end(atsc_captions), message.begin())) return;
    const std::size_t size = (message[std::size(atsc_captions)] & 0x1FU) * std::size_t{3};
    if (message.size() - before_triplets < size) return;
    const ByteView found = message.subspan(before_triplets, size);
    triplets.insert(triplets.end(), found.begin(), found.end());
}

Bytes triplets_of(ByteView picture) {
    constexpr unsigned sei_unit = 6;
    Bytes triplets;
    for (std::size_t at = es::find_start_code(picture, 0); at < picture.size();) {
        const std::size_t begin = at + 3;
        at = es::find_start_code(picture, begin);
        const ByteView unit = picture.subspan(begin, at - begin);
        if (unit.empty() || (unit[0] & 0x1FU) != sei_unit) continue;
        Bytes buffer(unit.size());
        es::for_each_sei_message(es::unescaped(unit.subspan(1), buffer), [&](unsigned type, ByteView message) {
            if (type == es::sei_user_data_registered_itu_t_t35) append_triplets(message, triplets);
        });
    }
    return triplets;
}

std::int64_t milliseconds(const std::smatch& match, std::size_t group) {
    const auto number = [&](std::size_t offset) { return std::stoll(match[group + offset]); };
    return ((number(0) * 60 + number(1)) * 60 + number(2)) * 1000 + number(3);
}

}  // namespace

std::vector<FilePes> read_pes(const std::string& path, ts::Pid pid) {
    std::ifstream file(path, std::ios::binary);
    PacketBytes bytes;
    std::vector<FilePes> all;
    Bytes pes;
    std::uint64_t begin = 0;
    for (std::uint64_t number = 0; read_packet(file, bytes); ++number) {
        const auto packet = ts::PacketView::parse(bytes);
        if (!packet || packet->pid() != pid) continue;
        if (packet->payload_unit_start_indicator()) {
            finish_pes(all, pes, begin);
            pes.clear();
            begin = number;
        }
        const ByteView payload = packet->payload();
        pes.insert(pes.end(), payload.begin(), payload.end());
    }
    finish_pes(all, pes, begin);
    return all;
}

std::vector<FilePes> closed_captions(const std::vector<FilePes>& h264) {
    std::vector<FilePes> pictures;
    for (const FilePes& pes : h264) pictures.push_back({pes.pts, pes.packet, triplets_of(pes.payload)});
    std::sort(pictures.begin(), pictures.end(),
              [](const FilePes& one, const FilePes& other) { return one.pts.ticks_since(other.pts) < 0; });
    return pictures;
}

std::vector<SrtText> ffmpeg_texts(const std::string& folder, const std::string& arguments) {
    const TempFolder output;
    const std::string srt = output / "out.srt";
    const std::string command =
        "cd '" + folder + "' && ffmpeg -nostdin -v error -y " + arguments + " '" + srt + "' </dev/null";
    if (std::system(command.c_str()) != 0) return {};
    static const std::regex times(R"((\d+):(\d+):(\d+),(\d+) --> (\d+):(\d+):(\d+),(\d+)\r?)");
    static const std::regex style(R"(<[^>]*>|\{[^}]*\}|\\h|\r)");
    static const std::regex spaces_at_ends(R"(^ +| +$)");
    std::vector<SrtText> texts;
    std::ifstream file(srt);
    bool in_text = false;
    for (std::string line; std::getline(file, line);) {
        std::smatch match;
        if (std::regex_match(line, match, times)) {
            texts.push_back({milliseconds(match, 1), milliseconds(match, 5), {}});
            in_text = true;
        } else if (in_text) {
            line = std::regex_replace(std::regex_replace(line, style, ""), spaces_at_ends, "");
            in_text = !line.empty();
            std::string& content = texts.back().content;
            if (!content.empty() && !line.empty()) content += '\n';
            content += line;
        }
    }
    return texts;
}

std::vector<std::uint8_t> with_pcrs(const std::string& path, ts::Pid pid, ts::Pid pcr_pid) {
    std::ifstream file(path, std::ios::binary);
    PacketBytes bytes;
    Bytes all;
    while (read_packet(file, bytes)) {
        const auto packet = ts::PacketView::parse(bytes);
        if (packet && packet->pid() == pid && packet->payload_unit_start_indicator()) {
            const auto header = ts::PesHeader::parse(packet->payload());
            if (header && header->pts) {
                const PacketBytes clock = pcr_packet(pcr_pid, header->pts->ticks());
                all.insert(all.end(), clock.begin(), clock.end());
            }
        }
        all.insert(all.end(), bytes.begin(), bytes.end());
    }
    return all;
}

std::string shared_stream(const std::string& name) {
    const char* const set = std::getenv("MUXTAP_SHARED");
    const std::string path = std::string{set != nullptr ? set : MUXTAP_SHARED_DEFAULT} + "/" + name;
    if (std::filesystem::exists(path)) return path;
    say_skipped("texts of " + name, path + " is not there (MUXTAP_SHARED names the folder)");
    return {};
}

}  // namespace muxtap::test
