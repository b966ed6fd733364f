#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <string_view>

#include "proto/feed_header.h"
#include "proto/host_figures_writer.h"

namespace muxtap::proto {

/// Writes feed headers as JSON (proto/README.md, "Header of a batch" and "Status"). Keeps its buffer between calls,
/// so that after the largest header nothing is allocated. A byte of a text that is not UTF-8 becomes a question mark
/// (file names can be anything), so that every header is JSON. Used by one thread.
class FeedEncoder {
public:
    /// The header as UTF-8 JSON; borrowed, valid until the next call.
    [[nodiscard]] std::string_view encode(const BatchHeader& header);
    [[nodiscard]] std::string_view encode(const InfoHeader& header);

private:
    using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

    rapidjson::StringBuffer buffer_;
    Writer writer_{buffer_};
    HostFiguresWriter host_;
};

}  // namespace muxtap::proto
