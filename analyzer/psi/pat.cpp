#include "analyzer/psi/pat.h"

namespace muxtap::psi {

Pat parse_pat(const Section& section) {
    Pat pat;
    pat.transport_stream_id = section.table_id_extension();
    const ByteView body = section.body();
    pat.sound = body.size() % 4 == 0;
    pat.entries.reserve(body.size() / 4);
    for (std::size_t at = 0; at + 4 <= body.size(); at += 4) {
        const auto pid = static_cast<ts::Pid>(read_u16(body, at + 2) & 0x1FFFU);
        // Table 2-3: 0x0000..0x000F have fixed meanings.
        if (pid < 0x10 || pid == ts::null_pid) {
            pat.sound = false;
            continue;
        }
        pat.entries.push_back({read_u16(body, at), pid});
    }
    return pat;
}

}  // namespace muxtap::psi
