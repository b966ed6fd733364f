#include "analyzer/psi/nit.h"

#include "analyzer/psi/descriptors.h"

namespace muxtap::psi {

namespace {

/// private_data_specifier of NorDig, whose logical channel numbers have 14 bits.
constexpr std::uint32_t nordig = 0x00000029;

/// The logical_channel_descriptor is private: same shape for EACEM, the UK and others, with numbers of 10 bits.
void add_channels(std::vector<LogicalChannel>& channels, ByteView data, std::uint32_t specifier) {
    for (; data.size() >= 4; data = data.subspan(4)) {
        const unsigned number = read_u16(data, 2) & (specifier == nordig ? 0x3FFFU : 0x03FFU);
        if (number != 0) channels.push_back({read_u16(data, 0), static_cast<std::uint16_t>(number)});
    }
}

/// A loop behind its 12-bit length, taken off the front of `rest`.
ByteView take_loop(ByteView& rest, bool& sound) noexcept {
    if (rest.size() < 2) {
        sound = false;
        rest = {};
        return {};
    }
    std::size_t length = read_u16(rest, 0) & 0x0FFFU;
    rest = rest.subspan(2);
    if (length > rest.size()) {
        sound = false;
        length = rest.size();
    }
    const ByteView loop = rest.first(length);
    rest = rest.subspan(length);
    return loop;
}

}  // namespace

Nit parse_nit(const Section& section) {
    Nit nit;
    nit.network_id = section.table_id_extension();
    ByteView rest = section.body();
    const DescriptorLoop network(take_loop(rest, nit.sound));
    if (const auto name = network.find(descriptor::network_name)) nit.network_name = name->data;
    nit.sound = nit.sound && network.is_sound();
    ByteView streams = take_loop(rest, nit.sound);
    while (streams.size() >= 6) {
        NitTransportStream stream{read_u16(streams, 0), read_u16(streams, 2), {}};
        streams = streams.subspan(4);
        const DescriptorLoop loop(take_loop(streams, nit.sound));
        nit.sound = nit.sound && loop.is_sound();
        std::uint32_t specifier = 0;
        for (const Descriptor one : loop) {
            if (one.tag == descriptor::private_data_specifier && one.data.size() >= 4)
                specifier = read_u32(one.data, 0);
            if (one.tag == descriptor::logical_channel) add_channels(stream.channels, one.data, specifier);
        }
        nit.transport_streams.push_back(std::move(stream));
    }
    nit.sound = nit.sound && streams.empty() && rest.empty();
    return nit;
}

}  // namespace muxtap::psi
