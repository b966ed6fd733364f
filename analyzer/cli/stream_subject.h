#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "analyzer/analyzer.h"
#include "analyzer/cli/plot/stream_samples.h"

namespace muxtap::analyze {

using EventHandler = std::function<void(const std::string& stream, const analyzer::Event& event)>;

/// What the streams of all inputs share.
struct SubjectSettings {
    analyzer::AnalyzerOptions options;
    EventHandler on_event;  ///< empty: events are not wanted
    bool samples = false;   ///< collect what plots show
};

/// One stream under analysis: its analyzer, those who listen to its events, samples for plots. Used by one thread.
class StreamSubject {
public:
    StreamSubject(std::string name, analyzer::ClockSource clock, const SubjectSettings& settings);

    void add(const analyzer::PacketBlock& block);
    void advance(UnixTime now) { analyzer_.advance(now); }
    void set_rtp(const analyzer::RtpTotals& totals) { analyzer_.set_rtp(totals); }
    /// Hands events on; once in a while, not per block.
    void tell();

    [[nodiscard]] analyzer::Report report() const { return analyzer_.report(); }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    /// What was collected for plots; null when it was not wanted.
    [[nodiscard]] StreamSamples* samples() const noexcept { return samples_.get(); }

private:
    std::string name_;
    analyzer::Analyzer analyzer_;
    const EventHandler& on_event_;
    std::unique_ptr<StreamSamples> samples_;
};

}  // namespace muxtap::analyze
