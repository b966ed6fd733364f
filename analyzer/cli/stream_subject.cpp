#include "analyzer/cli/stream_subject.h"

#include <algorithm>

namespace muxtap::analyze {
namespace {

analyzer::AnalyzerOptions with_clock(analyzer::AnalyzerOptions options, analyzer::ClockSource clock) {
    options.clock = clock;
    return options;
}

}  // namespace

StreamSubject::StreamSubject(std::string name, analyzer::ClockSource clock, const SubjectSettings& settings)
    : name_(std::move(name)),
      analyzer_(with_clock(settings.options, clock)),
      on_event_(settings.on_event),
      observer_(settings.make_observer ? settings.make_observer(name_) : nullptr) {}

void StreamSubject::add(const analyzer::PacketBlock& block) {
    analyzer_.add(block);
    if (block.timed) now_ = std::max(now_, block.datagrams.empty() ? block.end : block.datagrams.back().time);
    if (observer_) observer_->on_block(block);
}

void StreamSubject::advance(UnixTime now) {
    now_ = std::max(now_, now);
    analyzer_.advance(now);
}

void StreamSubject::tell() {
    // Fetched also when nobody wants them: else they would be counted as dropped.
    for (const analyzer::Event& event : analyzer_.events())
        if (on_event_) on_event_(name_, event);
    if (observer_) observer_->on_progress(analyzer_, now_);
}

}  // namespace muxtap::analyze
