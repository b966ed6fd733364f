#pragma once

#include <memory>
#include <vector>

#include "analyzer/options.h"
#include "analyzer/packet_block.h"
#include "analyzer/report/report.h"

namespace muxtap::analyzer {

/// Watches one transport stream: packets and times in, report and events out. No I/O, no clock of its own, no threads.
/// Used by one thread. Allocates when a PID, table or stream is first seen, not per packet.
class Analyzer {
public:
    explicit Analyzer(const AnalyzerOptions& options);
    ~Analyzer();
    Analyzer(const Analyzer&) = delete;
    Analyzer& operator=(const Analyzer&) = delete;
    Analyzer(Analyzer&&) noexcept;
    Analyzer& operator=(Analyzer&&) noexcept;

    /// The next packets of the stream. Packets whose sync byte, adaptation_field_control or adaptation_field_length is
    /// wrong are counted as rejected and not looked into.
    void add(const PacketBlock& block);

    /// Lets time pass without packets, so that silence raises what it must. Earlier times than before are ignored.
    void advance(UnixTime now);

    /// RTP totals so far, where the stream came over RTP.
    void set_rtp(const RtpTotals& totals);

    /// All that is known by now.
    [[nodiscard]] Report report() const;

    /// What began, ended or happened since the last call, in order.
    [[nodiscard]] std::vector<Event> events();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace muxtap::analyzer
