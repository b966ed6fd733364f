#include "client/metrics/pid_arrivals.h"

#include <algorithm>

namespace muxtap::metrics {

PidArrivals::PidArrivals() : slots_(ts::pid_count) {
    for (std::size_t pid = 0; pid < slots_.size(); ++pid) slots_[pid].arrival.pid = static_cast<ts::Pid>(pid);
}

void PidArrivals::note(ByteView packets, std::span<const analyzer::DatagramMark> datagrams) {
    const std::uint8_t* packet = packets.data();
    for (const analyzer::DatagramMark& datagram : datagrams) {
        for (std::uint32_t i = 0; i < datagram.packets; ++i, packet += ts::packet_size) {
            Slot& slot = slots_[(static_cast<std::size_t>(packet[1] & 0x1FU) << 8U) | packet[2]];
            const bool follows = slot.generation == generation_;
            const std::chrono::nanoseconds gap = datagram.time - slot.last;
            slot.last = datagram.time;
            slot.generation = generation_;
            // Of merged datagrams it is not known when they came.
            if (!follows || (datagram.merged && gap.count() == 0)) continue;
            PidArrival& arrival = slot.arrival;
            arrival.newest = gap;
            arrival.smallest = arrival.count == 0 ? gap : std::min(arrival.smallest, gap);
            arrival.largest = std::max(arrival.largest, gap);
            arrival.largest_of_interval = std::max(arrival.largest_of_interval, gap);
            arrival.sum += gap;
            ++arrival.count;
        }
    }
}

std::vector<PidArrival> PidArrivals::take() {
    std::vector<PidArrival> all;
    for (Slot& slot : slots_) {
        if (slot.arrival.count == 0) continue;
        all.push_back(slot.arrival);
        slot.arrival.largest_of_interval = {};
    }
    return all;
}

}  // namespace muxtap::metrics
