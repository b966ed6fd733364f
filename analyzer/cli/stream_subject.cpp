#include "analyzer/cli/stream_subject.h"

namespace muxtap::analyze {
namespace {

analyzer::AnalyzerOptions with_clock(analyzer::AnalyzerOptions options, analyzer::ClockSource clock) {
    options.clock = clock;
    return options;
}

}  // namespace

StreamSubject::StreamSubject(std::string name, analyzer::ClockSource clock, const SubjectSettings& settings)
    : name_(std::move(name)), analyzer_(with_clock(settings.options, clock)), on_event_(settings.on_event) {
    if (settings.samples) samples_ = std::make_unique<StreamSamples>();
}

void StreamSubject::add(const analyzer::PacketBlock& block) {
    analyzer_.add(block);
    if (samples_) samples_->add(block);
}

void StreamSubject::tell() {
    // Fetched also when nobody wants them: else they would be counted as dropped.
    for (const analyzer::Event& event : analyzer_.events())
        if (on_event_) on_event_(name_, event);
}

}  // namespace muxtap::analyze
