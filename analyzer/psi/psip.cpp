#include "analyzer/psi/psip.h"

#include "analyzer/psi/dvb_text.h"

namespace muxtap::psi {

namespace {

constexpr std::size_t mgt_entry = 11;
constexpr std::size_t vct_entry = 32;

/// Two numbers of 10 bits; 111111 at the front of the first says that the rest is one number (A/65, 6.3.2).
std::string channel_number(unsigned major, unsigned minor) {
    if ((major & 0x3F0U) == 0x3F0U) return std::to_string((major & 0x00FU) << 10 | minor);
    return std::to_string(major) + "." + std::to_string(minor);
}

}  // namespace

Mgt parse_mgt(const Section& section) {
    Mgt mgt;
    const ByteView body = section.body();
    if (body.size() < 3) {
        mgt.sound = false;
        return mgt;
    }
    unsigned left = read_u16(body, 1);
    ByteView rest = body.subspan(3);
    for (; left > 0 && rest.size() >= mgt_entry; --left) {
        const std::size_t size = mgt_entry + (read_u16(rest, 9) & 0x0FFFU);
        mgt.tables.push_back({read_u16(rest, 0), static_cast<ts::Pid>(read_u16(rest, 2) & 0x1FFFU)});
        if (size > rest.size()) break;
        rest = rest.subspan(size);
    }
    mgt.sound = left == 0;
    return mgt;
}

Vct parse_vct(const Section& section) {
    constexpr std::uint16_t analogue = 0xFFFF;
    Vct vct;
    vct.transport_stream_id = section.table_id_extension();
    const ByteView body = section.body();
    if (body.size() < 2) {
        vct.sound = false;
        return vct;
    }
    unsigned left = body[1];
    ByteView rest = body.subspan(2);
    for (; left > 0 && rest.size() >= vct_entry; --left) {
        const unsigned numbers = read_u32(rest, 14) >> 8;
        VirtualChannel channel;
        channel.channel_tsid = read_u16(rest, 22);
        channel.program_number = read_u16(rest, 24);
        channel.access_controlled = (rest[26] & 0x20U) != 0;
        channel.service_type = rest[27] & 0x3FU;
        if (channel.program_number != 0 && channel.program_number != analogue) {
            channel.short_name = utf16_text(rest.first(14));
            channel.channel_number = channel_number(numbers >> 10 & 0x3FFU, numbers & 0x3FFU);
            vct.channels.push_back(std::move(channel));
        }
        const std::size_t size = vct_entry + (read_u16(rest, 30) & 0x03FFU);
        if (size > rest.size()) break;
        rest = rest.subspan(size);
    }
    vct.sound = left == 0;
    return vct;
}

std::optional<UnixTime> parse_stt(const Section& section) noexcept {
    constexpr std::int64_t gps_epoch = 315'964'800;  // 1980-01-06
    const ByteView body = section.body();
    if (body.size() < 6) return std::nullopt;
    return UnixTime{std::chrono::seconds{gps_epoch + read_u32(body, 1) - body[5]}};
}

}  // namespace muxtap::psi
