#pragma once

#include <memory>
#include <utility>

#include "client/frames/outputs/files/file_output.h"
#include "client/frames/outputs/output.h"

namespace muxtap::frames {

/// Files of pictures as one of the outputs. Its figures count files.
class FileSink final : public Output {
public:
    explicit FileSink(std::unique_ptr<FileOutput> files) : files_(std::move(files)) {}

    void write(std::span<const ItemPtr> items) override { files_->write(items); }
    void tick() override { files_->tick(); }
    void finish(std::chrono::milliseconds patience) override { files_->finish(patience); }
    [[nodiscard]] delivery::SinkFigures figures() const override {
        const FileFigures figures = files_->figures();
        return {.name = "files",
                .delivered = figures.written,
                .dropped = figures.dropped,
                .healthy = figures.healthy,
                .problem = figures.problem};
    }

private:
    std::unique_ptr<FileOutput> files_;
};

}  // namespace muxtap::frames
