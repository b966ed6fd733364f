#include "analyzer/psi/tdt.h"

#include "analyzer/psi/dvb_time.h"

namespace muxtap::psi {

std::optional<UnixTime> parse_tdt_tot(const Section& section) noexcept {
    return dvb_time(section.bytes().subspan(Section::short_header));
}

}  // namespace muxtap::psi
