#include "probe/send/loop_continuity.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "common/ts/clock_fields.h"
#include "common/ts/pes_header.h"

namespace muxtap::send {
namespace {

/// The shift of a late round, before it is wrapped, does not fit 64 bits.
__extension__ using Wide = unsigned __int128;

std::uint64_t wrapped_step(ts::PcrTicks advance) {
    const auto modulus = static_cast<std::int64_t>(ts::Pcr::modulus);
    return static_cast<std::uint64_t>((advance.count() % modulus + modulus) % modulus);
}

}  // namespace

/// Reads the file once and finds all that has to change.
class LoopContinuity::Scanner {
public:
    explicit Scanner(LoopContinuity& result) : result_(result) {}

    void scan(const TsFile& file) {
        for (std::size_t i = 0; i < file.packet_count(); ++i) {
            const auto view = ts::PacketView::parse(file.packet(i));
            if (!view || view->transport_error_indicator() || view->pid() == ts::null_pid) continue;
            count(*view);
            find_clocks(*view, i);
            find_timestamps(*view, i);
        }
        for (ts::Pid pid = 0; pid < ts::null_pid; ++pid) {
            if (!counters_[pid].seen) continue;
            result_.counter_step_[pid] =
                static_cast<std::uint8_t>((counters_[pid].last - counters_[pid].before_first) & 15U);
        }
        // A time stamp cut in two is noticed only with its second half.
        std::stable_sort(result_.patches_.begin(), result_.patches_.end(),
                         [](const Patch& a, const Patch& b) { return a.packet < b.packet; });
    }

private:
    struct Counters {
        bool seen = false;
        unsigned before_first = 0;  ///< the counter that the first packet goes on from
        unsigned last = 0;
    };
    /// The first bytes of a PES packet and where each of them lies.
    struct PesStart {
        struct Place {
            std::size_t packet;
            std::size_t offset;
        };
        std::array<std::uint8_t, ts::PesHeader::longest> bytes{};
        std::array<Place, ts::PesHeader::longest> places{};
        std::size_t size = 0;
        bool open = false;
    };

    void count(const ts::PacketView& view) {
        Counters& counters = counters_[view.pid()];
        const unsigned counter = view.continuity_counter();
        // A packet without payload repeats the counter of the one before (2.4.3.3).
        if (!counters.seen) counters.before_first = view.has_payload() ? counter - 1 : counter;
        counters.seen = true;
        counters.last = counter;
    }

    void find_clocks(const ts::PacketView& view, std::size_t index) {
        const ts::ClockFields clocks = ts::ClockFields::find(view);
        for (const auto& offset : {clocks.pcr, clocks.opcr}) {
            if (!offset) continue;
            const auto bytes = view.bytes().subspan(*offset).first<ts::ClockFields::size>();
            result_.patches_.push_back({index, ts::Pcr::decode(bytes).ticks(), Field::clock, 0,
                                        static_cast<std::uint8_t>(*offset), 0, ts::ClockFields::size});
        }
    }

    void find_timestamps(const ts::PacketView& view, std::size_t index) {
        const ByteView payload = view.payload();
        PesStart& start = starts_[view.pid()];
        if (view.payload_unit_start_indicator()) {
            start.size = 0;
            start.open = true;
        }
        if (!start.open || payload.empty()) return;
        if (view.transport_scrambling_control() != 0) {
            start.open = false;
            return;
        }
        const std::size_t payload_offset = ts::packet_size - payload.size();
        for (std::size_t i = 0; i < payload.size() && start.size < start.bytes.size(); ++i) {
            start.bytes[start.size] = payload[i];
            start.places[start.size++] = {index, payload_offset + i};
        }
        const auto header = ts::PesHeader::parse(ByteView(start.bytes).first(start.size));
        if (!header && header.error() == ts::PesVerdict::incomplete) return;
        start.open = false;
        if (header && header->pts) add_timestamp(start, ts::PesHeader::pts_offset, *header->pts);
        if (header && header->dts) add_timestamp(start, ts::PesHeader::dts_offset, *header->dts);
    }

    /// Adds a patch for each packet that holds bytes of the time stamp.
    void add_timestamp(const PesStart& start, std::size_t at, ts::Timestamp value) {
        for (std::size_t i = 0; i < ts::Timestamp::encoded_size; ++i) {
            const auto [packet, offset] = start.places[at + i];
            const bool joins = i != 0 && result_.patches_.back().packet == packet;
            if (joins) {
                ++result_.patches_.back().byte_count;
            } else {
                result_.patches_.push_back({packet, value.ticks(), Field::timestamp, start.bytes[at],
                                            static_cast<std::uint8_t>(offset), static_cast<std::uint8_t>(i), 1});
            }
        }
    }

    LoopContinuity& result_;
    std::array<Counters, ts::pid_count> counters_{};
    std::map<ts::Pid, PesStart> starts_;
};

LoopContinuity::LoopContinuity(const TsFile& file, ts::PcrTicks clock_advance)
    : clock_step_(wrapped_step(clock_advance)) {
    Scanner(*this).scan(file);
}

void LoopContinuity::carry_on(std::uint64_t loop, std::size_t index,
                              std::span<std::uint8_t, ts::packet_size> packet) noexcept {
    if (loop == 0) return;
    if (index == 0) next_patch_ = 0;
    if (packet[0] == ts::sync_byte) {
        const unsigned pid = (packet[1] & 0x1FU) << 8 | packet[2];
        const auto counter = static_cast<unsigned>(packet[3] + loop * counter_step_[pid]) & 0x0FU;
        packet[3] = static_cast<std::uint8_t>((packet[3] & 0xF0U) | counter);
    }
    while (next_patch_ < patches_.size() && patches_[next_patch_].packet < index) ++next_patch_;
    for (; next_patch_ < patches_.size() && patches_[next_patch_].packet == index; ++next_patch_) {
        apply(patches_[next_patch_], loop, packet);
    }
}

void LoopContinuity::apply(const Patch& patch, std::uint64_t loop,
                           std::span<std::uint8_t, ts::packet_size> packet) const noexcept {
    const auto shift = static_cast<std::uint64_t>(static_cast<Wide>(loop) * clock_step_ % ts::Pcr::modulus);
    std::array<std::uint8_t, ts::ClockFields::size> bytes{};
    if (patch.field == Field::clock) {
        ts::Pcr::from_ticks(patch.value + shift).encode(bytes);
    } else {
        bytes[0] = patch.prefix;
        // 2^33 * 300 ticks of the clock are 2^33 of 90 kHz: both wrap together.
        ts::Timestamp::from_ticks(patch.value + shift / 300)
            .encode(std::span(bytes).first<ts::Timestamp::encoded_size>());
    }
    std::memcpy(packet.data() + patch.offset, bytes.data() + patch.first_byte, patch.byte_count);
}

}  // namespace muxtap::send
