#include "analyzer/psi/bat.h"

#include "analyzer/psi/descriptors.h"

namespace muxtap::psi {

Bat parse_bat(const Section& section) {
    constexpr std::uint8_t bouquet_name_descriptor = 0x47;
    Bat bat;
    bat.bouquet_id = section.table_id_extension();
    const ByteView body = section.body();
    const std::size_t length = body.size() < 2 ? 0 : read_u16(body, 0) & 0x0FFFU;
    if (body.size() < 2 + length) {
        bat.sound = false;
        return bat;
    }
    const DescriptorLoop loop(body.subspan(2, length));
    bat.sound = loop.is_sound();
    if (const auto name = loop.find(bouquet_name_descriptor)) bat.bouquet_name = name->data;
    return bat;
}

}  // namespace muxtap::psi
