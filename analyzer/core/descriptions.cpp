#include "analyzer/core/descriptions.h"

#include <cstdint>

#include "analyzer/report/figures.h"

namespace muxtap::analyzer {

namespace {

std::string table_name(std::uint8_t table_id) {
    namespace table = psi::table;
    switch (table_id) {
        case table::pat: return "PAT";
        case table::cat: return "CAT";
        case table::pmt: return "PMT";
        case table::nit_actual: return "NIT actual";
        case table::nit_other: return "NIT other";
        case table::sdt_actual: return "SDT actual";
        case table::sdt_other: return "SDT other";
        case table::bat: return "BAT";
        case table::tdt: return "TDT";
        case table::rst: return "RST";
        case table::tot: return "TOT";
        case table::mgt: return "MGT";
        case table::tvct: return "TVCT";
        case table::cvct: return "CVCT";
        case table::rrt: return "RRT";
        case table::stt: return "STT";
        default: return "table " + hexadecimal(table_id, 2);
    }
}

std::string frame_rate(const VideoInfo& video) {
    if (video.frame_rate_denominator == 0) return {};
    const std::uint64_t hundredths =
        (std::uint64_t{video.frame_rate_numerator} * 100 + video.frame_rate_denominator / 2) /
        video.frame_rate_denominator;
    std::string text = std::to_string(hundredths / 100);
    if (hundredths % 100 != 0) text += "." + std::to_string(hundredths % 100 + 100).substr(1);
    return text + " fps";
}

void add_word(std::string& line, const std::string& word) {
    if (!word.empty()) line += " " + word;
}

}  // namespace

std::string describe_format(const ElementaryPath& elementary) {
    std::string line = display_name(elementary.codec());
    if (const VideoInfo* video = elementary.video()) {
        if (!video->profile.empty())
            add_word(line, video->level.empty() ? video->profile : video->profile + "@" + video->level);
        if (video->width != 0) add_word(line, std::to_string(video->width) + "x" + std::to_string(video->height));
        add_word(line, frame_rate(*video));
        if (video->scan != ScanType::unknown) add_word(line, key_name(video->scan));
    }
    if (const AudioInfo* audio = elementary.audio()) {
        add_word(line, audio->profile);
        if (audio->sample_rate != 0) add_word(line, std::to_string(audio->sample_rate) + " Hz");
        add_word(line, audio->channel_layout);
    }
    return line;
}

std::string describe_change(const psi::SiChange& change) {
    const std::string program = change.program ? "program " + std::to_string(*change.program) : std::string("program");
    switch (change.kind) {
        case psi::SiChangeKind::program_added: return program + " is in the PAT";
        case psi::SiChangeKind::program_removed: return program + " is no longer in the PAT";
        case psi::SiChangeKind::streams_changed: return "the streams of " + program + " have changed";
        case psi::SiChangeKind::table_changed: break;
    }
    std::string line = table_name(change.table_id);
    if (change.program) {
        line += " of " + program;
    } else if (change.table_id_extension) {
        line += " " + std::to_string(*change.table_id_extension);
    }
    if (!change.old_version) return line + ": first seen";
    if (!change.new_version || change.old_version == change.new_version) return line + ": new content, same version";
    return line + ": version " + std::to_string(*change.old_version) + " -> " + std::to_string(*change.new_version);
}

std::string describe_pid(ts::Pid pid) {
    return "PID " + hexadecimal(pid, 4) + " (" + std::to_string(pid) + ")";
}

}  // namespace muxtap::analyzer
