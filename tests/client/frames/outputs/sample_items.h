#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/frames/outputs/item.h"

/// Items of a stream that never was.
namespace muxtap::frames::test {

inline client::RecordIdentity identity(std::uint64_t seq, std::string stream = "239.1.1.1:5000") {
    return {.probe = "cap-a", .stream = std::move(stream), .epoch = 1'763'600'000'123'456'789, .seq = seq};
}

inline client::WorkerIdentity worker() {
    return {.name = "worker-1", .epoch = 1'763'600'050'000'000'000};
}

inline MediaTime media_time() {
    return {.position = std::chrono::milliseconds{12'040},
            .pts = ts::Timestamp::from_ticks(8'589'000'000),
            .captured = from_unix_ns(1'763'600'102'345'678'901),
            .packet = 180'123};
}

/// Every member is told.
inline FrameRecord full_frame(std::uint64_t seq = 7) {
    FrameRecord record;
    record.identity = identity(seq);
    record.worker = worker();
    record.program = 101;
    record.pid = 257;
    record.video = {.codec = analyzer::Codec::h264,
                    .width = 1920,
                    .height = 1080,
                    .interlaced = true,
                    .frame_rate_numerator = 30'000,
                    .frame_rate_denominator = 1001,
                    .sample_aspect_width = 4,
                    .sample_aspect_height = 3};
    record.time = media_time();
    record.frame = 301;
    record.key_frame = true;
    record.facts = {.mean_luma = 117.123456,
                    .black_share = 0.0123456,
                    .black = false,
                    .frozen = true,
                    .hash = 0x00ab'cdef'0123'4567,
                    .distance = 3,
                    .duplicates = 4};
    record.image = ImageForm{.media_type = "image/jpeg", .width = 170, .height = 96, .bytes = 5};
    record.filmstrip = ImageForm{.media_type = "image/jpeg", .width = 1360, .height = 96, .bytes = 6};
    record.losses = {.feed_batches_lost = 1, .packets_skipped = 2, .pictures_skipped = 3, .restarts = 5};
    return record;
}

/// Whatever may be unknown is.
inline FrameRecord bare_frame() {
    FrameRecord record;
    record.identity = identity(1);
    record.worker = worker();
    return record;
}

inline AccessUnitRecord full_unit(std::uint64_t seq = 9) {
    AccessUnitRecord record;
    record.identity = identity(seq);
    record.worker = worker();
    record.program = 101;
    record.pid = 258;
    record.codec = analyzer::Codec::aac_adts;
    record.time = media_time();
    record.dts = ts::Timestamp::from_ticks(8'588'996'400);
    record.key_frame = true;
    record.discontinuity = true;
    record.bytes = 4;
    return record;
}

inline std::shared_ptr<const Image> bytes_of(std::string_view text) {
    return std::make_shared<const Image>(text.begin(), text.end());
}

inline ItemPtr picture(std::uint64_t seq = 7, std::shared_ptr<const Image> image = bytes_of({"\xFF\xD8\0jp", 5}),
                       std::string stream = "239.1.1.1:5000") {
    PictureItem item;
    item.record = full_frame(seq);
    item.record.identity.stream = std::move(stream);
    item.record.image->bytes = image->size();
    item.image = std::move(image);
    item.filmstrip = bytes_of("strip!");
    return std::make_shared<const Item>(std::move(item));
}

inline ItemPtr access_unit(std::uint64_t seq = 9) {
    AccessUnitItem item;
    item.record = full_unit(seq);
    item.bytes = bytes_of({"\0\0\1\x65", 4});
    return std::make_shared<const Item>(std::move(item));
}

inline ItemPtr sound(std::uint64_t seq = 3) {
    SoundRecord record;
    record.identity = identity(seq);
    record.worker = worker();
    record.facts.time = media_time();
    return std::make_shared<const Item>(std::move(record));
}

inline ItemPtr event(std::string text, std::string stream = "239.1.1.1:5000") {
    client::EventRecord record;
    record.identity = identity(5, std::move(stream));
    record.worker = worker();
    record.worker_event = client::WorkerEvent::black_began;
    record.event.time = from_unix_ns(1'763'600'103'000'000'000);
    record.event.text = std::move(text);
    return std::make_shared<const Item>(std::move(record));
}

}  // namespace muxtap::frames::test
