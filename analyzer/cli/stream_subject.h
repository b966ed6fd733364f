#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "analyzer/analyzer.h"

namespace muxtap::analyze {

/// Sees the packets of a stream and its report as they come along; for plots.
class StreamObserver {
public:
    virtual ~StreamObserver() = default;
    /// A block that the analyzer has taken in. Borrowed.
    virtual void on_block(const analyzer::PacketBlock& block) = 0;
    /// `analyzer` may be asked for a report.
    virtual void on_progress(const analyzer::Analyzer& analyzer, UnixTime now) = 0;
};

using EventHandler = std::function<void(const std::string& stream, const analyzer::Event& event)>;
using ObserverMaker = std::function<std::unique_ptr<StreamObserver>(const std::string& stream)>;

/// What the streams of all inputs share.
struct SubjectSettings {
    analyzer::AnalyzerOptions options;
    EventHandler on_event;       ///< empty: events are not wanted
    ObserverMaker make_observer; ///< empty: nobody looks on
};

/// One stream under analysis: its analyzer, and those who listen to it. Used by one thread.
class StreamSubject {
public:
    StreamSubject(std::string name, analyzer::ClockSource clock, const SubjectSettings& settings);

    void add(const analyzer::PacketBlock& block);
    void advance(UnixTime now);
    void set_rtp(const analyzer::RtpTotals& totals) { analyzer_.set_rtp(totals); }
    /// Hands events on and lets the observer look; once in a while, not per block.
    void tell();

    [[nodiscard]] analyzer::Report report() const { return analyzer_.report(); }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    /// The observer, null where there is none.
    [[nodiscard]] StreamObserver* observer() const noexcept { return observer_.get(); }

private:
    std::string name_;
    analyzer::Analyzer analyzer_;
    const EventHandler& on_event_;
    std::unique_ptr<StreamObserver> observer_;
    UnixTime now_{};
};

}  // namespace muxtap::analyze
