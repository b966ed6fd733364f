#include "analyzer/scte35/splice_info.h"

#include "analyzer/scte35/segmentation.h"
#include "common/base/base64.h"
#include "common/base/bit_reader.h"
#include "common/ts/timestamp.h"

namespace muxtap::scte35 {

namespace {

using analyzer::Splice;
using analyzer::SpliceCommand;

constexpr std::size_t header_bytes = 14;  // table_id to splice_command_type
constexpr std::size_t crc_bytes = 4;
constexpr unsigned length_not_told = 0xFFF;  // splice_command_length of old senders
constexpr std::uint32_t identifier_cuei = 0x43554549;
constexpr std::uint8_t tag_segmentation = 0x02;

SpliceCommand command_of(std::uint8_t type) noexcept {
    switch (type) {
        case 0x00: return SpliceCommand::null;
        case 0x04: return SpliceCommand::schedule;
        case 0x05: return SpliceCommand::insert;
        case 0x06: return SpliceCommand::time_signal;
        case 0x07: return SpliceCommand::bandwidth_reservation;
        case 0xFF: return SpliceCommand::private_command;
        default: return SpliceCommand::unknown;
    }
}

/// splice_time(): 90 kHz without adjustment.
std::optional<std::uint64_t> read_splice_time(BitReader& reader) noexcept {
    const bool specified = reader.flag();
    if (!specified) {
        reader.skip(7);
        return std::nullopt;
    }
    reader.skip(6);
    return reader.read(33);
}

void read_break_duration(BitReader& reader, Splice& splice) noexcept {
    splice.auto_return = reader.flag();
    reader.skip(6);
    splice.duration = reader.read(33);
}

void read_avail(BitReader& reader, Splice& splice) noexcept {
    splice.unique_program_id = static_cast<std::uint16_t>(reader.u(16));
    splice.avail = static_cast<std::uint8_t>(reader.u(8));
    splice.avails_expected = static_cast<std::uint8_t>(reader.u(8));
}

void read_splice_insert(BitReader& reader, Splice& splice) {
    splice.event_id = reader.u(32);
    splice.cancel = reader.flag();
    reader.skip(7);
    if (splice.cancel) return;
    splice.out_of_network = reader.flag();
    const bool whole_program = reader.flag();
    const bool has_duration = reader.flag();
    splice.immediate = reader.flag();
    reader.skip(4);
    if (whole_program) {
        if (!splice.immediate) {
            splice.pts = read_splice_time(reader);
            splice.immediate = !splice.pts;
        }
    } else {
        const unsigned count = reader.u(8);
        for (unsigned i = 0; i < count && !reader.exhausted(); ++i) {
            splice.components.push_back(static_cast<std::uint8_t>(reader.u(8)));
            if (splice.immediate) continue;
            const auto time = read_splice_time(reader);
            if (!splice.pts) splice.pts = time;
        }
    }
    if (has_duration) read_break_duration(reader, splice);
    read_avail(reader, splice);
}

void read_splice_schedule(BitReader& reader, Splice& splice) {
    const unsigned count = reader.u(8);
    Splice other;
    for (unsigned i = 0; i < count && !reader.exhausted(); ++i) {
        Splice& event = i == 0 ? splice : other;
        event.event_id = reader.u(32);
        event.cancel = reader.flag();
        reader.skip(7);
        if (event.cancel) continue;
        event.out_of_network = reader.flag();
        const bool whole_program = reader.flag();
        const bool has_duration = reader.flag();
        reader.skip(5);
        if (whole_program) {
            reader.skip(32);  // utc_splice_time
        } else {
            const unsigned components = reader.u(8);
            for (unsigned c = 0; c < components && !reader.exhausted(); ++c) {
                const auto tag = static_cast<std::uint8_t>(reader.u(8));
                reader.skip(32);
                if (i == 0) event.components.push_back(tag);
            }
        }
        if (has_duration) read_break_duration(reader, event);
        read_avail(reader, event);
    }
}

/// Reads the command; the reader ends up behind it. False when its end cannot be told from its fields.
bool read_command(BitReader& reader, Splice& splice) {
    switch (splice.command) {
        case SpliceCommand::null:
        case SpliceCommand::bandwidth_reservation: return true;
        case SpliceCommand::insert: read_splice_insert(reader, splice); return true;
        case SpliceCommand::schedule: read_splice_schedule(reader, splice); return true;
        case SpliceCommand::time_signal:
            splice.pts = read_splice_time(reader);
            splice.immediate = !splice.pts;
            return true;
        default: return false;
    }
}

std::optional<SpliceDamage> read_descriptors(ByteView loop, Splice& splice) {
    std::size_t at = 0;
    while (at < loop.size()) {
        if (at + 2 > loop.size() || at + 2 + loop[at + 1] > loop.size()) return SpliceDamage::descriptor_length;
        const std::uint8_t tag = loop[at];
        const ByteView body = loop.subspan(at + 2, loop[at + 1]);
        at += 2 + body.size();
        if (tag != tag_segmentation || body.size() < 4 || read_u32(body, 0) != identifier_cuei) continue;
        auto segmentation = parse_segmentation(body.subspan(4));
        if (!segmentation) return SpliceDamage::segmentation_cut_off;
        splice.segmentations.push_back(std::move(*segmentation));
    }
    return std::nullopt;
}

/// Command and descriptors: `body` is what stands between splice_command_type and CRC_32.
std::optional<SpliceDamage> read_body(ByteView body, unsigned command_length, Splice& splice) {
    const bool told = command_length != length_not_told;
    if (told && command_length > body.size()) return SpliceDamage::command_length;
    BitReader reader(told ? body.first(command_length) : body);
    const bool has_end = read_command(reader, splice);
    if (!told && !has_end) return SpliceDamage::command_length;
    if (reader.exhausted()) return told ? SpliceDamage::command_length : SpliceDamage::command_cut_off;
    const std::size_t end = reader.bit_position() / 8;
    if (told && has_end && end != command_length) return SpliceDamage::command_length;
    const ByteView behind = body.subspan(told ? command_length : end);
    if (behind.size() < 2) return SpliceDamage::descriptor_length;
    const std::size_t loop_length = read_u16(behind, 0);
    if (loop_length + 2 > behind.size()) return SpliceDamage::descriptor_length;
    // Alignment stuffing may follow.
    return read_descriptors(behind.subspan(2, loop_length), splice);
}

}  // namespace

const char* display_name(SpliceDamage damage) noexcept {
    switch (damage) {
        case SpliceDamage::not_splice_info: return "not a splice_info_section";
        case SpliceDamage::section_length: return "section_length is wrong";
        case SpliceDamage::command_length: return "splice_command_length is wrong";
        case SpliceDamage::command_cut_off: return "the splice command is cut off";
        case SpliceDamage::descriptor_length: return "descriptor_loop_length or descriptor_length is wrong";
        case SpliceDamage::segmentation_cut_off: return "a segmentation_descriptor is cut off";
    }
    return "";
}

Result<Splice, SpliceDamage> parse_splice(ByteView section) {
    const auto damaged = [](SpliceDamage damage) { return tl::unexpected<SpliceDamage>(damage); };
    if (section.size() < 3) return damaged(SpliceDamage::section_length);
    // section_syntax_indicator and private_indicator are 0.
    if (section[0] != 0xFC || (section[1] & 0xC0U) != 0) return damaged(SpliceDamage::not_splice_info);
    const std::size_t length = read_u16(section, 1) & 0xFFFU;
    if (length + 3 != section.size() || section.size() < header_bytes + crc_bytes)
        return damaged(SpliceDamage::section_length);

    BitReader reader(section.subspan(4));
    Splice splice;
    const bool encrypted = reader.flag();
    reader.skip(6);
    splice.pts_adjustment = reader.read(33);
    reader.skip(8);  // cw_index
    splice.tier = static_cast<std::uint16_t>(reader.u(12));
    const unsigned command_length = reader.u(12);
    splice.section_base64 = to_base64(section);
    if (encrypted) {
        splice.command = SpliceCommand::encrypted;
        return splice;
    }
    splice.command_type = section[header_bytes - 1];
    splice.command = command_of(splice.command_type);
    const ByteView body = section.subspan(header_bytes, section.size() - header_bytes - crc_bytes);
    if (const auto damage = read_body(body, command_length, splice)) return damaged(*damage);
    if (splice.pts) splice.pts = (*splice.pts + splice.pts_adjustment) % ts::Timestamp::modulus;
    return splice;
}

std::optional<std::int64_t> preroll(const Splice& splice, ts::Pcr now) noexcept {
    if (!splice.pts) return std::nullopt;
    const auto ticks = ts::Pcr::from_ticks(*splice.pts * 300).ticks_since(now);
    return ticks * 1000 / 27;
}

}  // namespace muxtap::scte35
