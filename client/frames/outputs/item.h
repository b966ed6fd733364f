#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include "client/frames/pictures/image_encoder.h"
#include "client/frames/records/frame_record.h"
#include "client/frames/records/sound_record.h"
#include "client/records/event_record.h"

namespace muxtap::frames {

/// A picture with its record.
struct PictureItem {
    FrameRecord record;
    std::shared_ptr<const Image> image;
    std::shared_ptr<const Image> filmstrip;  ///< null where none is made
};

/// An encoded access unit with its record. The bytes: of H.264 and HEVC with start codes (annex B), of AAC in ADTS.
struct AccessUnitItem {
    AccessUnitRecord record;
    std::shared_ptr<const std::vector<std::uint8_t>> bytes;
};

/// What goes to the outputs, shared by them, immutable. Its JSON is made once, by whoever asks first.
class Item {
public:
    using Content = std::variant<PictureItem, AccessUnitItem, SoundRecord, client::EventRecord>;
    explicit Item(Content content) : content_(std::move(content)) {}

    [[nodiscard]] const PictureItem* picture() const noexcept { return std::get_if<PictureItem>(&content_); }
    [[nodiscard]] const AccessUnitItem* access_unit() const noexcept { return std::get_if<AccessUnitItem>(&content_); }
    [[nodiscard]] const SoundRecord* sound() const noexcept { return std::get_if<SoundRecord>(&content_); }
    [[nodiscard]] const client::EventRecord* event() const noexcept {
        return std::get_if<client::EventRecord>(&content_);
    }
    [[nodiscard]] const client::RecordIdentity& identity() const noexcept;
    [[nodiscard]] UnixTime time() const noexcept;
    /// "muxtap.frame/1", "muxtap.access_unit/1", "muxtap.sound/1" or "muxtap.event/1".
    [[nodiscard]] const char* schema() const noexcept;
    /// About what it takes in memory, in bytes.
    [[nodiscard]] std::size_t weight() const noexcept;

    /// One line without line feed. Any thread.
    [[nodiscard]] const std::string& json() const;

private:
    Content content_;
    mutable std::once_flag made_;
    mutable std::string json_;
};

using ItemPtr = std::shared_ptr<const Item>;

}  // namespace muxtap::frames
