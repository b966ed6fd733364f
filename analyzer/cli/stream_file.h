#pragma once

#include "analyzer/cli/analysis_result.h"
#include "analyzer/cli/input.h"
#include "analyzer/cli/progress.h"
#include "analyzer/cli/stream_subject.h"

namespace muxtap::analyze {

struct StreamFileSettings {
    SubjectSettings subject;
    std::optional<std::uint64_t> bitrate{};          ///< bits per second, instead of the PCRs
    std::size_t piece_bytes = std::size_t{1} << 20;  ///< of one read
};

/// Analyses a bare transport stream, timed by its PCRs. The error is one of the operating system's, or says that the
/// input is no transport stream and why. `on_end` sees the stream when all of it has been
/// analysed.
[[nodiscard]] Result<InputResult> analyze_stream_file(Input input, const StreamFileSettings& settings,
                                                      Progress& progress,
                                                      const std::function<void(StreamSubject&)>& on_end);

}  // namespace muxtap::analyze
