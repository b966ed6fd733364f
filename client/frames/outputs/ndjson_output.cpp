#include "client/frames/outputs/ndjson_output.h"

#include <utility>

namespace muxtap::frames {

Result<std::unique_ptr<Output>> NdjsonOutput::open(Settings settings, app::Log& log) {
    auto writer = delivery::NdjsonWriter::open(std::move(settings), log);
    if (!writer) return tl::unexpected<Error>(writer.error());
    return std::unique_ptr<Output>(new NdjsonOutput(std::move(*writer)));
}

void NdjsonOutput::write(std::span<const ItemPtr> items) {
    lines_.clear();
    for (const ItemPtr& item : items) lines_.push_back(std::make_shared<const std::string>(item->json()));
    writer_->write(lines_);
    lines_.clear();
}

}  // namespace muxtap::frames
