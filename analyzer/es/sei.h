#pragma once

#include <cstddef>

#include "common/base/bytes.h"

namespace muxtap::es {

/// payloadType of the messages that are read (ITU-T H.264 and H.265, annex D).
enum SeiPayload : unsigned {
    sei_pic_timing = 1,
    sei_user_data_registered_itu_t_t35 = 4,
    sei_recovery_point = 6,
    sei_alternative_transfer_characteristics = 147,
};

/// Hands each message of a supplemental enhancement information RBSP to `read(payload_type, payload)` (ITU-T H.264,
/// 7.3.2.3). Stops at the first that runs past the end.
template <typename Read>
void for_each_sei_message(ByteView rbsp, Read&& read) {
    std::size_t at = 0;
    // A number is as many bytes of 255 as it takes and the rest.
    const auto number = [&](std::size_t& value) {
        value = 0;
        while (at < rbsp.size() && rbsp[at] == 0xFF) {
            value += 0xFF;
            ++at;
        }
        if (at == rbsp.size()) return false;
        value += rbsp[at++];
        return true;
    };
    // The last byte is rbsp_trailing_bits.
    while (at + 2 < rbsp.size()) {
        std::size_t type = 0;
        std::size_t size = 0;
        if (!number(type) || !number(size) || size > rbsp.size() - at) return;
        read(static_cast<unsigned>(type), rbsp.subspan(at, size));
        at += size;
    }
}

}  // namespace muxtap::es
