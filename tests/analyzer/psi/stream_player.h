#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "analyzer/psi/section_assembler.h"
#include "analyzer/psi/service_information.h"
#include "common/ts/packet_view.h"
#include "tests/support/temp_folder.h"

namespace muxtap::psi::test {

/// Plays a stream packet by packet into assemblers and service information: the least that it takes.
class StreamPlayer {
public:
    explicit StreamPlayer(const analyzer::Caps& caps = {}) : information_(caps) { counters_.fill(no_counter); }

    void play(ByteView bytes) {
        for (std::size_t at = 0; at + ts::packet_size <= bytes.size(); at += ts::packet_size)
            if (const auto packet = ts::PacketView::parse(bytes.subspan(at).first<ts::packet_size>())) play(*packet);
    }

    [[nodiscard]] ServiceInformation& information() noexcept { return information_; }
    /// Undamaged sections handed on, by PID and table_id.
    [[nodiscard]] std::uint64_t sections(ts::Pid pid, std::uint8_t table_id) const {
        const auto found = sections_.find({pid, table_id});
        return found == sections_.end() ? 0 : found->second;
    }
    [[nodiscard]] analyzer::SectionDamage damage(ts::Pid pid) const {
        const auto found = assemblers_.find(pid);
        return found == assemblers_.end() ? analyzer::SectionDamage{} : found->second->damage();
    }
    [[nodiscard]] const std::vector<UnixTime>& clock() const noexcept { return clock_; }

private:
    static constexpr std::uint8_t no_counter = 0xFF;

    void play(const ts::PacketView& packet) {
        const SectionTiming now{UnixTime{std::chrono::milliseconds(packets_)}, packets_};
        ++packets_;
        const ts::Pid pid = packet.pid();
        if (packet.transport_error_indicator() || !packet.has_payload() || !information_.is_psi_pid(pid)) return;
        if (packet.transport_scrambling_control() != 0) return;
        auto& assembler = assemblers_[pid];
        if (!assembler) assembler = std::make_unique<SectionAssembler>();
        const auto counter = static_cast<std::uint8_t>(packet.continuity_counter());
        const std::uint8_t last = counters_[pid];
        counters_[pid] = counter;
        if (last == counter) return;
        if (last != no_counter && counter != ((last + 1U) & 15U)) assembler->interrupt();
        assembler->add(packet.payload(), packet.payload_unit_start_indicator(), now, [&](const Section& section) {
            if (section.verdict() == SectionVerdict::ok) ++sections_[{pid, section.table_id()}];
            if (information_.add(pid, section) == SectionOutcome::malformed) assembler->count_malformed();
            const auto utc = information_.network().utc_time;
            if (utc && (clock_.empty() || clock_.back() != *utc)) clock_.push_back(*utc);
        });
    }

    ServiceInformation information_;
    std::map<ts::Pid, std::unique_ptr<SectionAssembler>> assemblers_;
    std::map<std::pair<ts::Pid, std::uint8_t>, std::uint64_t> sections_;
    std::array<std::uint8_t, ts::pid_count> counters_{};
    std::vector<UnixTime> clock_;
    std::uint64_t packets_ = 0;
};

}  // namespace muxtap::psi::test
