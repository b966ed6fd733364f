#include "analyzer/scte35/segmentation.h"
#include "analyzer/scte35/splice_info.h"

namespace muxtap::scte35 {

namespace {

using analyzer::Segmentation;
using analyzer::Splice;
using analyzer::SpliceCommand;

const char* command_name(SpliceCommand command) noexcept {
    switch (command) {
        case SpliceCommand::null: return "splice_null";
        case SpliceCommand::schedule: return "splice_schedule";
        case SpliceCommand::insert: return "splice_insert";
        case SpliceCommand::time_signal: return "time_signal";
        case SpliceCommand::bandwidth_reservation: return "bandwidth_reservation";
        case SpliceCommand::private_command: return "private_command";
        case SpliceCommand::encrypted: return "encrypted";
        case SpliceCommand::unknown: break;
    }
    return "reserved command";
}

/// "60.294 s" from 90 kHz.
std::string seconds(std::uint64_t ticks) {
    const std::uint64_t milliseconds = (ticks + 45) / 90;
    std::string thousandths = std::to_string(milliseconds % 1000);
    thousandths.insert(0, 3 - thousandths.size(), '0');
    return std::to_string(milliseconds / 1000) + '.' + thousandths + " s";
}

void add_time(std::string& text, const Splice& splice) {
    if (splice.pts) {
        text += " at PTS " + std::to_string(*splice.pts);
    } else if (splice.immediate) {
        text += " immediately";
    }
}

void add_segmentation(std::string& text, const Segmentation& segmentation) {
    if (segmentation.cancel) {
        text += "cancel";
    } else if (!segmentation.type.empty()) {
        text += segmentation.type;
    } else {
        text += "segmentation type " + std::to_string(segmentation.type_id);
    }
    if (segmentation.duration) text += " for " + seconds(*segmentation.duration);
    text += ", event " + std::to_string(segmentation.event_id);
    if (segmentation.segments_expected != 0)
        text += ", segment " + std::to_string(segmentation.segment_number) + " of " +
                std::to_string(segmentation.segments_expected);
    if (segmentation.upid.empty()) return;
    const char* const name = upid_type_name(segmentation.upid_type);
    text += ", ";
    text += *name != '\0' ? name : "UPID";
    text += ' ';
    text += segmentation.upid;
}

}  // namespace

std::string describe(const Splice& splice) {
    std::string text = command_name(splice.command);
    if (splice.command == SpliceCommand::unknown) text += ' ' + std::to_string(splice.command_type);
    if (splice.command == SpliceCommand::insert || splice.command == SpliceCommand::schedule) {
        if (splice.event_id) text += ':';
        if (splice.cancel) text += " cancel";
        if (splice.out_of_network) text += *splice.out_of_network ? " out" : " in";
    }
    add_time(text, splice);
    if (splice.duration) text += " for " + seconds(*splice.duration);
    if (splice.auto_return) text += " with return";
    if (splice.event_id) text += ", event " + std::to_string(*splice.event_id);
    for (std::size_t i = 0; i < splice.segmentations.size(); ++i) {
        text += i == 0 ? ": " : "; ";
        add_segmentation(text, splice.segmentations[i]);
    }
    return text;
}

}  // namespace muxtap::scte35
