#include "probe/send/playout.h"

namespace muxtap::send {

Playout::Playout(const TsFile& file, const PcrSchedule& schedule, const Settings& settings)
    : file_(file), schedule_(schedule), cursor_(schedule), settings_(settings) {}

bool Playout::next(Datagram& datagram) {
    datagram.bytes.clear();
    for (std::size_t count = 0; count < settings_.packets_per_datagram; ++count) {
        if (index_ == file_.packet_count()) {
            index_ = 0;
            ++loop_;
        }
        if (settings_.loops != 0 && loop_ == settings_.loops) break;
        if (count == 0) {
            const ts::PcrTicks due = schedule_.duration() * static_cast<std::int64_t>(loop_) + cursor_.due(index_);
            datagram.due = std::chrono::duration_cast<std::chrono::nanoseconds>(due);
        }
        const TsFile::Packet packet = file_.packet(index_++);
        datagram.bytes.insert(datagram.bytes.end(), packet.begin(), packet.end());
    }
    if (datagram.bytes.empty()) return false;
    datagram.number = datagrams_++;
    return true;
}

void Playout::sent(const Datagram&) {}

}  // namespace muxtap::send
