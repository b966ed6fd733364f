#include "analyzer/es/vvc_pictures.h"

#include <array>

#include "analyzer/es/sei.h"
#include "analyzer/es/user_data.h"

namespace muxtap::es {
namespace {

/// nal_unit_type (ITU-T H.266, table 5).
enum NalType : unsigned {
    first_irap = 7,
    last_irap = 9,
    last_vcl = 11,
    sps = 15,
    prefix_sei = 23,
};

constexpr std::size_t header_size = 2;
constexpr std::size_t longest_unit = 4096;

}  // namespace

Wants VvcPictures::look(ByteView bytes, bool last, PictureNotes& notes) {
    const auto use = [](ByteView header) {
        if ((header[0] & 0x3FU) != 0) return UnitUse::skip;  // nuh_layer_id
        const unsigned type = header[1] >> 3;
        if (type <= last_vcl) return UnitUse::start;
        return type == sps || type == prefix_sei ? UnitUse::whole : UnitUse::skip;
    };
    return walker_.walk(bytes, last, {.header = header_size, .start = header_size}, use,
                        [&](ByteView unit, std::size_t) { read(unit, notes); });
}

void VvcPictures::read(ByteView unit, PictureNotes& notes) {
    if (unit.size() < header_size) return;
    notes.facts.started = true;
    const unsigned type = unit[1] >> 3;
    std::array<std::uint8_t, longest_unit> buffer;
    if (type == sps) {
        if (sets_.holds(unit)) return;
        std::optional<VvcSps> parsed = parse_vvc_sps(unescaped(unit.subspan(header_size), buffer));
        if (!parsed) return;
        active_ = sets_.keep(unit, *std::move(parsed)).format;
        known_ = true;
        ++version_;
    } else if (type == prefix_sei) {
        for_each_sei_message(unescaped(unit.subspan(header_size), buffer),
                             [&](unsigned payload_type, ByteView payload) {
                                 if (payload_type == sei_user_data_registered_itu_t_t35) read_itu_t_t35(payload, notes);
                             });
    } else {
        notes.facts.random_access = type >= first_irap && type <= last_irap;
    }
}

}  // namespace muxtap::es
