#pragma once

#include "analyzer/cli/analysis_result.h"
#include "analyzer/cli/input.h"
#include "analyzer/cli/progress.h"
#include "analyzer/cli/stream_subject.h"

namespace muxtap::analyze {

struct CaptureSettings {
    SubjectSettings subject;
    std::vector<std::string> streams;  ///< only these, by name with or without VLAN; empty: all
    std::size_t most_streams = 100;
};

/// Analyses every transport stream of a .pcap or .pcapng file. The error says what could not be read, or that the
/// capture holds no transport stream, or not the ones asked for, and what it holds.
[[nodiscard]] Result<InputResult> analyze_capture(Input input, const CaptureSettings& settings, Progress& progress,
                                                  const std::function<void(StreamSubject&)>& on_end);

}  // namespace muxtap::analyze
