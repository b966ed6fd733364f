#include "analyzer/psi/eit.h"

#include "analyzer/psi/descriptors.h"
#include "analyzer/psi/dvb_text.h"
#include "analyzer/psi/dvb_time.h"

namespace muxtap::psi {

Eit parse_eit(const Section& section) {
    constexpr std::size_t header = 6;
    constexpr std::size_t event_header = 12;
    Eit eit;
    if (!has_eit_header(section)) {
        eit.sound = false;
        return eit;
    }
    ByteView rest = section.body().subspan(header);
    if (rest.empty()) return eit;
    if (rest.size() < event_header) {
        eit.sound = false;
        return eit;
    }
    analyzer::EventInfo& event = eit.event.emplace();
    event.event_id = read_u16(rest, 0);
    event.start = dvb_time(rest.subspan(2, 5));
    event.duration_seconds = dvb_duration(rest.subspan(7, 3)).value_or(0);
    event.running_status = static_cast<std::uint8_t>(rest[10] >> 5);
    std::size_t length = read_u16(rest, 10) & 0x0FFFU;
    rest = rest.subspan(event_header);
    if (length > rest.size()) {
        eit.sound = false;
        length = rest.size();
    }
    const DescriptorLoop loop(rest.first(length));
    eit.sound = eit.sound && loop.is_sound();
    if (const auto one = loop.find(descriptor::short_event))
        if (const auto text = short_event(*one)) {
            event.language = language_text(text->language);
            event.name = dvb_text(text->name);
            event.text = dvb_text(text->text);
        }
    return eit;
}

}  // namespace muxtap::psi
