#pragma once

#include <memory>
#include <string>
#include <vector>

#include "client/delivery/ndjson_writer.h"
#include "client/frames/outputs/output.h"

namespace muxtap::frames {

/// Writes the record of each item as a line of JSON into a file, or to standard output. Of items that wait only the
/// lines are kept.
class NdjsonOutput final : public Output {
public:
    using Settings = delivery::NdjsonWriter::Settings;
    [[nodiscard]] static Result<std::unique_ptr<Output>> open(Settings settings, app::Log& log);

    void write(std::span<const ItemPtr> items) override;
    void tick() override { writer_->tick(); }
    void finish(std::chrono::milliseconds patience) override { writer_->finish(patience); }
    [[nodiscard]] delivery::SinkFigures figures() const override { return writer_->figures(); }
    [[nodiscard]] bool closed() const noexcept override { return writer_->closed(); }

private:
    explicit NdjsonOutput(std::unique_ptr<delivery::NdjsonWriter> writer) : writer_(std::move(writer)) {}

    std::unique_ptr<delivery::NdjsonWriter> writer_;
    std::vector<delivery::Line> lines_;
};

}  // namespace muxtap::frames
