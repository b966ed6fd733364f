#pragma once

#include <string>

#include "analyzer/cli/analysis_result.h"
#include "analyzer/cli/stream_subject.h"

/// An analyzer that only writes down what it is given: each block is an event, whose text tells the block, and the
/// packets, rejected packets and skipped bytes are in the report's totals. Linked instead of the real one.
namespace muxtap::test {

/// "<n packets, b bytes apart> <time> <loss before>" as the fake analyzer writes it.
[[nodiscard]] std::string block_text(const analyzer::PacketBlock& block);

}  // namespace muxtap::test
