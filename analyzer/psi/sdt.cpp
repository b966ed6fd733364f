#include "analyzer/psi/sdt.h"

namespace muxtap::psi {

Sdt parse_sdt(const Section& section) {
    Sdt sdt;
    sdt.transport_stream_id = section.table_id_extension();
    ByteView rest = section.body();
    if (rest.size() < 3) {
        sdt.sound = false;
        return sdt;
    }
    sdt.original_network_id = read_u16(rest, 0);
    rest = rest.subspan(3);
    while (rest.size() >= 5) {
        SdtService service;
        service.service_id = read_u16(rest, 0);
        service.eit_present_following = (rest[2] & 0x01U) != 0;
        service.running_status = static_cast<std::uint8_t>(rest[3] >> 5);
        service.free_ca_mode = (rest[3] & 0x10U) != 0;
        std::size_t length = read_u16(rest, 3) & 0x0FFFU;
        rest = rest.subspan(5);
        if (length > rest.size()) {
            sdt.sound = false;
            length = rest.size();
        }
        const DescriptorLoop loop(rest.first(length));
        sdt.sound = sdt.sound && loop.is_sound();
        if (const auto one = loop.find(descriptor::service))
            if (const auto names = service_names(*one)) service.names = *names;
        sdt.services.push_back(service);
        rest = rest.subspan(length);
    }
    sdt.sound = sdt.sound && rest.empty();
    return sdt;
}

}  // namespace muxtap::psi
