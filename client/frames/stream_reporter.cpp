#include "client/frames/stream_reporter.h"

namespace muxtap::frames {

StreamReporter::StreamReporter(std::string probe, std::string stream, client::WorkerIdentity worker, OutputSet& outputs,
                               std::atomic<std::uint64_t>& next_event)
    : probe_(std::move(probe)),
      stream_(std::move(stream)),
      worker_(std::move(worker)),
      outputs_(outputs),
      next_event_(next_event),
      next_picture_(worker_.epoch / 1000),
      next_unit_(worker_.epoch / 1000),
      next_sound_(worker_.epoch / 1000) {}

client::RecordIdentity StreamReporter::identity(std::atomic<std::uint64_t>& next) {
    return {.probe = probe_, .stream = stream_, .epoch = epoch_, .seq = next++};
}

void StreamReporter::tell(const Finding& finding, std::uint16_t program) {
    client::EventRecord record;
    record.identity = identity(next_event_);
    record.worker = worker_;
    record.worker_event = finding.kind;
    record.event.time = finding.time.captured == UnixTime{} ? unix_now() : finding.time.captured;
    record.event.pid = finding.pid;
    record.event.program = program;
    record.event.text = finding.text;
    record.media = {.pts = finding.time.pts,
                    .duration = finding.duration,
                    .channel = finding.channel,
                    .language = finding.language,
                    .content = finding.content};
    outputs_.offer(std::make_shared<const Item>(std::move(record)));
}

void StreamReporter::offer(PictureItem picture) {
    picture.record.identity = identity(next_picture_);
    picture.record.worker = worker_;
    ++counts_.pictures;
    outputs_.offer(std::make_shared<const Item>(std::move(picture)));
}

void StreamReporter::offer(const AccessUnit& unit, std::uint16_t program, ts::Pid pid, analyzer::Codec codec) {
    if (!wants_access_units()) return;
    AccessUnitItem item;
    item.record.identity = identity(next_unit_);
    item.record.worker = worker_;
    item.record.program = program;
    item.record.pid = pid;
    item.record.codec = codec;
    item.record.time = unit.time;
    item.record.dts = unit.dts;
    item.record.key_frame = unit.key_frame;
    item.record.discontinuity = unit.discontinuity;
    item.record.bytes = unit.bytes.size();
    item.bytes = std::make_shared<const std::vector<std::uint8_t>>(unit.bytes.begin(), unit.bytes.end());
    outputs_.offer(std::make_shared<const Item>(std::move(item)));
}

void StreamReporter::offer(SoundRecord record) {
    record.identity = identity(next_sound_);
    record.worker = worker_;
    outputs_.offer(std::make_shared<const Item>(std::move(record)));
}

}  // namespace muxtap::frames
