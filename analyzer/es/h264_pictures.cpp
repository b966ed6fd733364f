#include "analyzer/es/h264_pictures.h"

#include "analyzer/es/sei.h"
#include "analyzer/es/user_data.h"
#include "common/base/bit_reader.h"

namespace muxtap::es {
namespace {

using analyzer::ScanType;

/// nal_unit_type (ITU-T H.264, table 7-1).
enum NalType : unsigned {
    slice = 1,
    partition_a = 2,
    idr_slice = 5,
    sei = 6,
    sps = 7,
    pps = 8,
};

constexpr std::size_t longest_unit = 4096;
/// Of a slice: header and the three numbers up to pic_parameter_set_id, with room for emulation prevention.
constexpr std::size_t slice_bytes = 12;

}  // namespace

Wants H264Pictures::look(ByteView bytes, bool last, PictureNotes& notes) {
    const auto use = [](ByteView header) {
        switch (header[0] & 0x1FU) {
            case slice:
            case partition_a:
            case idr_slice: return UnitUse::start;
            case sei:
            case sps:
            case pps: return UnitUse::whole;
            default: return UnitUse::skip;
        }
    };
    return walker_.walk(bytes, last, sizes_, use, [&](ByteView unit, std::size_t) { read(unit, notes); });
}

void H264Pictures::read(ByteView unit, PictureNotes& notes) {
    if (unit.empty()) return;
    const unsigned type = unit[0] & 0x1FU;
    const bool is_slice = type == slice || type == partition_a || type == idr_slice;
    // A slice whose first_mb_in_slice, coded as a single 1, is not 0 goes on with a picture of an earlier PES packet.
    const bool goes_on = is_slice && unit.size() > 1 && (unit[1] & 0x80U) == 0;
    if (!goes_on) notes.facts.started = true;
    switch (type) {
        case sps: read_sps(unit); break;
        case pps: read_pps(unit); break;
        case sei: read_sei(unit, notes); break;
        case idr_slice:
            notes.facts.random_access = true;
            read_slice(unit);
            break;
        case slice:
        case partition_a: read_slice(unit); break;
        default: break;
    }
}

void H264Pictures::read_sps(ByteView unit) {
    if (sets_.holds(unit)) return;
    std::array<std::uint8_t, longest_unit> buffer;
    std::optional<H264Sps> parsed = parse_h264_sps(unescaped(unit.subspan(1), buffer));
    if (!parsed) return;
    const H264Sps& set = sets_.keep(unit, *std::move(parsed));
    // With one there is nothing to learn from the slice but its type.
    if (sets_.count() > 1) sizes_.start = slice_bytes;
    if (!known_ || set.id == active_.id) activate(set);
}

void H264Pictures::read_pps(ByteView unit) noexcept {
    BitReader reader(unit.subspan(1));
    const std::uint32_t pps_id = reader.ue();
    const std::uint32_t sps_id = reader.ue();
    if (reader.exhausted() || pps_id >= sps_of_pps_.size() || sps_id > 31) return;
    sps_of_pps_[pps_id] = static_cast<std::uint8_t>(sps_id);
}

void H264Pictures::read_sei(ByteView unit, PictureNotes& notes) noexcept {
    std::array<std::uint8_t, longest_unit> buffer;
    for_each_sei_message(unescaped(unit.subspan(1), buffer), [&](unsigned type, ByteView payload) {
        switch (type) {
            case sei_pic_timing: read_pic_timing(payload, notes); break;
            case sei_user_data_registered_itu_t_t35: read_itu_t_t35(payload, notes); break;
            case sei_recovery_point: notes.facts.random_access = true; break;
            case sei_alternative_transfer_characteristics:
                if (!payload.empty()) notes.facts.alternative_transfer = payload[0];
                break;
            default: break;
        }
    });
}

void H264Pictures::read_pic_timing(ByteView payload, PictureNotes& notes) const noexcept {
    if (!known_ || !active_.pic_struct_present) return;
    BitReader reader(payload);
    if (active_.cpb_dpb_delays_present) {
        reader.skip(std::size_t{active_.cpb_removal_delay_length} + active_.dpb_output_delay_length);
    }
    const unsigned pic_struct = reader.u(4);
    if (reader.exhausted()) return;
    // ct_type of the first clock time stamp tells what the camera did, pic_struct what the encoder made of it.
    const bool clock_timestamp = reader.flag();
    const unsigned ct_type = reader.u(2);
    const bool told = clock_timestamp && !reader.exhausted() && ct_type < 2;
    if (told) {
        notes.facts.scan = ct_type == 0 ? ScanType::progressive : ScanType::interlaced;
        return;
    }
    // 0, 7 and 8 are frames; 1 to 6 are fields, alone or two or three of them (table D-1).
    const bool fields = pic_struct >= 1 && pic_struct <= 6;
    notes.facts.scan = fields ? ScanType::interlaced : ScanType::progressive;
}

void H264Pictures::read_slice(ByteView unit) {
    if (sets_.count() < 2 || unit.size() < 2) return;
    std::array<std::uint8_t, slice_bytes> buffer;
    BitReader reader(unescaped(unit.subspan(1), buffer));
    (void)reader.ue();  // first_mb_in_slice
    (void)reader.ue();  // slice_type
    const std::uint32_t pps_id = reader.ue();
    if (reader.exhausted() || pps_id >= sps_of_pps_.size()) return;
    const H264Sps* const set = sets_.find(sps_of_pps_[pps_id]);
    if (set != nullptr && set->id != active_.id) activate(*set);
}

void H264Pictures::activate(const H264Sps& sps) {
    active_ = sps;
    known_ = true;
    ++version_;
}

}  // namespace muxtap::es
