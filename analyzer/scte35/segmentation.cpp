#include "analyzer/scte35/segmentation.h"

#include <algorithm>

#include "common/base/bit_reader.h"

namespace muxtap::scte35 {

namespace {

constexpr std::uint8_t upid_mid = 0x0D;

bool is_text_type(std::uint8_t upid_type) noexcept {
    switch (upid_type) {
        case 0x01:  // user defined, deprecated
        case 0x02:  // ISCI
        case 0x03:  // Ad-ID
        case 0x07:  // TID
        case 0x09:  // ADI
        case 0x0E:  // ADS Information
        case 0x0F:  // URI
        case 0x11:  // SCR
            return true;
        default: return false;
    }
}

std::string hexadecimal(ByteView bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15U];
    }
    return text;
}

std::string single_upid_text(std::uint8_t upid_type, ByteView upid) {
    const bool printable =
        std::all_of(upid.begin(), upid.end(), [](std::uint8_t byte) { return byte >= 0x20 && byte < 0x7F; });
    return is_text_type(upid_type) && printable ? std::string(as_text(upid)) : hexadecimal(upid);
}

}  // namespace

const char* segmentation_type_name(std::uint8_t type_id) noexcept {
    switch (type_id) {
        case 0x00: return "Not Indicated";
        case 0x01: return "Content Identification";
        case 0x02: return "Private";
        case 0x10: return "Program Start";
        case 0x11: return "Program End";
        case 0x12: return "Program Early Termination";
        case 0x13: return "Program Breakaway";
        case 0x14: return "Program Resumption";
        case 0x15: return "Program Runover Planned";
        case 0x16: return "Program Runover Unplanned";
        case 0x17: return "Program Overlap Start";
        case 0x18: return "Program Blackout Override";
        case 0x19: return "Program Join";
        case 0x1A: return "Program Immediate Resumption";
        case 0x20: return "Chapter Start";
        case 0x21: return "Chapter End";
        case 0x22: return "Break Start";
        case 0x23: return "Break End";
        case 0x24: return "Opening Credit Start";
        case 0x25: return "Opening Credit End";
        case 0x26: return "Closing Credit Start";
        case 0x27: return "Closing Credit End";
        case 0x30: return "Provider Advertisement Start";
        case 0x31: return "Provider Advertisement End";
        case 0x32: return "Distributor Advertisement Start";
        case 0x33: return "Distributor Advertisement End";
        case 0x34: return "Provider Placement Opportunity Start";
        case 0x35: return "Provider Placement Opportunity End";
        case 0x36: return "Distributor Placement Opportunity Start";
        case 0x37: return "Distributor Placement Opportunity End";
        case 0x38: return "Provider Overlay Placement Opportunity Start";
        case 0x39: return "Provider Overlay Placement Opportunity End";
        case 0x3A: return "Distributor Overlay Placement Opportunity Start";
        case 0x3B: return "Distributor Overlay Placement Opportunity End";
        case 0x3C: return "Provider Promo Start";
        case 0x3D: return "Provider Promo End";
        case 0x3E: return "Distributor Promo Start";
        case 0x3F: return "Distributor Promo End";
        case 0x40: return "Unscheduled Event Start";
        case 0x41: return "Unscheduled Event End";
        case 0x42: return "Alternate Content Opportunity Start";
        case 0x43: return "Alternate Content Opportunity End";
        case 0x44: return "Provider Ad Block Start";
        case 0x45: return "Provider Ad Block End";
        case 0x46: return "Distributor Ad Block Start";
        case 0x47: return "Distributor Ad Block End";
        case 0x50: return "Network Start";
        case 0x51: return "Network End";
        default: return "";
    }
}

const char* upid_type_name(std::uint8_t upid_type) noexcept {
    switch (upid_type) {
        case 0x01: return "user defined";
        case 0x02: return "ISCI";
        case 0x03: return "Ad-ID";
        case 0x04: return "UMID";
        case 0x05: return "ISAN (deprecated)";
        case 0x06: return "ISAN";
        case 0x07: return "TID";
        case 0x08: return "TI";
        case 0x09: return "ADI";
        case 0x0A: return "EIDR";
        case 0x0B: return "ATSC content identifier";
        case 0x0C: return "MPU";
        case 0x0D: return "MID";
        case 0x0E: return "ADS Information";
        case 0x0F: return "URI";
        case 0x10: return "UUID";
        case 0x11: return "SCR";
        default: return "";
    }
}

std::string upid_text(std::uint8_t upid_type, ByteView upid) {
    if (upid_type != upid_mid) return single_upid_text(upid_type, upid);
    // A MID() inside a MID() makes no sense: it is given in hexadecimal.
    std::string text;
    std::size_t at = 0;
    while (at < upid.size()) {
        if (at + 2 > upid.size() || at + 2 + upid[at + 1] > upid.size()) return hexadecimal(upid);
        const std::uint8_t type = upid[at];
        const ByteView part = upid.subspan(at + 2, upid[at + 1]);
        const char* const name = upid_type_name(type);
        if (!text.empty()) text += ", ";
        text += *name != '\0' ? name : "type " + std::to_string(type);
        text += ": ";
        text += single_upid_text(type, part);
        at += 2 + part.size();
    }
    return text;
}

std::optional<analyzer::Segmentation> parse_segmentation(ByteView body) {
    BitReader reader(body);
    analyzer::Segmentation segmentation;
    segmentation.event_id = reader.u(32);
    segmentation.cancel = reader.flag();
    reader.skip(7);
    if (reader.exhausted()) return std::nullopt;
    if (segmentation.cancel) return segmentation;
    const bool whole_program = reader.flag();
    const bool has_duration = reader.flag();
    reader.skip(6);  // delivery restrictions
    if (!whole_program) {
        const unsigned components = reader.u(8);
        reader.skip(std::size_t{components} * 48);  // component_tag, pts_offset
    }
    if (has_duration) segmentation.duration = reader.read(40);
    segmentation.upid_type = static_cast<std::uint8_t>(reader.u(8));
    const std::size_t upid_length = reader.u(8);
    if (reader.exhausted() || upid_length * 8 > reader.bits_left()) return std::nullopt;
    segmentation.upid = upid_text(segmentation.upid_type, body.subspan(reader.bit_position() / 8, upid_length));
    reader.skip(upid_length * 8);
    segmentation.type_id = static_cast<std::uint8_t>(reader.u(8));
    segmentation.segment_number = static_cast<std::uint8_t>(reader.u(8));
    segmentation.segments_expected = static_cast<std::uint8_t>(reader.u(8));
    if (reader.exhausted()) return std::nullopt;
    segmentation.type = segmentation_type_name(segmentation.type_id);
    return segmentation;
}

}  // namespace muxtap::scte35
