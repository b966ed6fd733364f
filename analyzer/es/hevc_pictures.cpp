#include "analyzer/es/hevc_pictures.h"

#include "analyzer/es/sei.h"
#include "analyzer/es/user_data.h"
#include "common/base/bit_reader.h"

namespace muxtap::es {
namespace {

using analyzer::ScanType;

/// nal_unit_type (ITU-T H.265, table 7-1).
enum NalType : unsigned {
    first_irap = 16,
    last_irap = 23,
    last_vcl = 31,
    vps = 32,
    sps = 33,
    pps = 34,
    prefix_sei = 39,
};

constexpr std::size_t header_size = 2;
constexpr std::size_t longest_unit = 4096;
/// Of a slice segment: header, the flags and slice_pic_parameter_set_id, with room for emulation prevention.
constexpr std::size_t slice_bytes = 8;

unsigned type_of(std::uint8_t header) noexcept {
    return header >> 1 & 0x3FU;
}

bool of_base_layer(ByteView unit) noexcept {
    return (unit[0] & 1U) == 0 && unit[1] >> 3 == 0;  // nuh_layer_id
}

}  // namespace

Wants HevcPictures::look(ByteView bytes, bool last, PictureNotes& notes) {
    const auto use = [](ByteView header) {
        if (!of_base_layer(header)) return UnitUse::skip;
        const unsigned type = type_of(header[0]);
        if (type <= last_vcl) return UnitUse::start;
        const bool of_use = type == vps || type == sps || type == pps || type == prefix_sei;
        return of_use ? UnitUse::whole : UnitUse::skip;
    };
    return walker_.walk(bytes, last, sizes_, use, [&](ByteView unit, std::size_t) { read(unit, notes); });
}

void HevcPictures::read(ByteView unit, PictureNotes& notes) {
    if (unit.size() < header_size) return;
    const unsigned type = type_of(unit[0]);
    // A slice segment without first_slice_segment_in_pic_flag goes on with a picture of an earlier PES packet.
    const bool goes_on = type <= last_vcl && unit.size() > header_size && (unit[header_size] & 0x80U) == 0;
    if (!goes_on) notes.facts.started = true;
    switch (type) {
        case vps: read_vps(unit); break;
        case sps: read_sps(unit); break;
        case pps: read_pps(unit); break;
        case prefix_sei: read_sei(unit, notes); break;
        default:
            notes.facts.random_access = type >= first_irap && type <= last_irap;
            read_slice(unit);
            break;
    }
}

void HevcPictures::read_vps(ByteView unit) {
    if (video_sets_.holds(unit)) return;
    std::array<std::uint8_t, longest_unit> buffer;
    const auto parsed = parse_hevc_vps(unescaped(unit.subspan(header_size), buffer));
    if (parsed) video_sets_.keep(unit, *parsed);
}

void HevcPictures::read_sps(ByteView unit) {
    if (sets_.holds(unit)) return;
    std::array<std::uint8_t, longest_unit> buffer;
    std::optional<HevcSps> parsed = parse_hevc_sps(unescaped(unit.subspan(header_size), buffer));
    if (!parsed) return;
    const HevcSps& set = sets_.keep(unit, *std::move(parsed));
    // With one there is nothing to learn from the slice but its type.
    if (sets_.count() > 1) sizes_.start = slice_bytes;
    if (!known_ || set.id == active_.id) activate(set);
}

void HevcPictures::read_pps(ByteView unit) noexcept {
    BitReader reader(unit.subspan(header_size));
    const std::uint32_t pps_id = reader.ue();
    const std::uint32_t sps_id = reader.ue();
    if (reader.exhausted() || pps_id >= sps_of_pps_.size() || sps_id > 15) return;
    sps_of_pps_[pps_id] = static_cast<std::uint8_t>(sps_id);
}

void HevcPictures::read_sei(ByteView unit, PictureNotes& notes) noexcept {
    std::array<std::uint8_t, longest_unit> buffer;
    for_each_sei_message(unescaped(unit.subspan(header_size), buffer), [&](unsigned type, ByteView payload) {
        switch (type) {
            case sei_pic_timing: read_pic_timing(payload, notes); break;
            case sei_user_data_registered_itu_t_t35: read_itu_t_t35(payload, notes); break;
            case sei_alternative_transfer_characteristics:
                if (!payload.empty()) notes.facts.alternative_transfer = payload[0];
                break;
            default: break;
        }
    });
}

void HevcPictures::read_pic_timing(ByteView payload, PictureNotes& notes) const noexcept {
    if (!known_ || !active_.frame_field_info_present || payload.empty()) return;
    const unsigned pic_struct = payload[0] >> 4;
    const unsigned source_scan_type = payload[0] >> 2 & 3U;
    // 0, 7 and 8 are frames, which may have been made of fields (table D.2).
    const bool fields = (pic_struct >= 1 && pic_struct <= 6) || (pic_struct >= 9 && pic_struct <= 12);
    if (source_scan_type == 0 || (source_scan_type != 1 && fields)) {
        notes.facts.scan = ScanType::interlaced;
    } else if (source_scan_type == 1) {
        notes.facts.scan = ScanType::progressive;
    }
}

void HevcPictures::read_slice(ByteView unit) {
    if (sets_.count() < 2) return;
    std::array<std::uint8_t, slice_bytes> buffer;
    BitReader reader(unescaped(unit.subspan(header_size), buffer));
    reader.skip(1);  // first_slice_segment_in_pic_flag
    const unsigned type = type_of(unit[0]);
    if (type >= first_irap && type <= last_irap) reader.skip(1);  // no_output_of_prior_pics_flag
    const std::uint32_t pps_id = reader.ue();
    if (reader.exhausted() || pps_id >= sps_of_pps_.size()) return;
    const HevcSps* const set = sets_.find(sps_of_pps_[pps_id]);
    if (set != nullptr && set->id != active_.id) activate(*set);
}

void HevcPictures::activate(const HevcSps& sps) {
    active_ = sps;
    known_ = true;
    ++version_;
    const HevcVps* const set = video_sets_.find(sps.vps_id);
    if (active_.format.frame_rate.known() || set == nullptr) return;
    const Ratio rate = set->picture_rate;
    active_.format.frame_rate = reduced(rate.numerator, std::uint64_t{rate.denominator} * (sps.field_seq ? 2 : 1));
}

}  // namespace muxtap::es
