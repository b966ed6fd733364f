#pragma once

#include <memory>
#include <vector>

#include "client/delivery/ndjson_writer.h"
#include "client/metrics/sinks/sink.h"

namespace muxtap::metrics {

/// Writes each record as a line of JSON into a file, or to standard output.
class NdjsonSink : public Sink {
public:
    using Settings = delivery::NdjsonWriter::Settings;
    [[nodiscard]] static Result<std::unique_ptr<NdjsonSink>> open(Settings settings, app::Log& log);

    void write(std::span<const RecordPtr> records) override;
    void tick() override { writer_->tick(); }
    void finish(std::chrono::milliseconds patience) override { writer_->finish(patience); }
    [[nodiscard]] SinkFigures figures() const override { return writer_->figures(); }
    [[nodiscard]] bool closed() const noexcept override { return writer_->closed(); }

private:
    explicit NdjsonSink(std::unique_ptr<delivery::NdjsonWriter> writer) : writer_(std::move(writer)) {}

    std::unique_ptr<delivery::NdjsonWriter> writer_;
    std::vector<delivery::Line> lines_;
};

}  // namespace muxtap::metrics
