#include "client/metrics/sinks/ndjson_sink.h"

#include <utility>

namespace muxtap::metrics {

Result<std::unique_ptr<NdjsonSink>> NdjsonSink::open(Settings settings, app::Log& log) {
    auto writer = delivery::NdjsonWriter::open(std::move(settings), log);
    if (!writer) return tl::unexpected<Error>(writer.error());
    return std::unique_ptr<NdjsonSink>(new NdjsonSink(std::move(*writer)));
}

void NdjsonSink::write(std::span<const RecordPtr> records) {
    lines_.clear();
    // The line lives in its record.
    for (const RecordPtr& record : records) lines_.emplace_back(record, &record->json());
    writer_->write(lines_);
    lines_.clear();
}

}  // namespace muxtap::metrics
