#include "client/frames/outputs/item.h"

#include "analyzer/json/report_json.h"

namespace muxtap::frames {
namespace {

/// What a record takes beside its images and texts: itself and its JSON.
constexpr std::size_t record_weight = 2048;
constexpr std::size_t channel_weight = 512;

std::size_t size_of(const std::shared_ptr<const std::vector<std::uint8_t>>& bytes) noexcept {
    return bytes ? bytes->size() : 0;
}

}  // namespace

const client::RecordIdentity& Item::identity() const noexcept {
    if (const PictureItem* const item = picture()) return item->record.identity;
    if (const AccessUnitItem* const item = access_unit()) return item->record.identity;
    if (const SoundRecord* const record = sound()) return record->identity;
    return event()->identity;
}

UnixTime Item::time() const noexcept {
    if (const PictureItem* const item = picture()) return item->record.time.captured;
    if (const AccessUnitItem* const item = access_unit()) return item->record.time.captured;
    if (const SoundRecord* const record = sound()) return record->facts.time.captured;
    return event()->event.time;
}

const char* Item::schema() const noexcept {
    if (picture() != nullptr) return frame_record_name;
    if (access_unit() != nullptr) return access_unit_record_name;
    return sound() != nullptr ? "muxtap.sound/1" : analyzer::event_record_name;
}

std::size_t Item::weight() const noexcept {
    if (const PictureItem* const item = picture()) {
        return record_weight + size_of(item->image) + size_of(item->filmstrip);
    }
    if (const AccessUnitItem* const item = access_unit()) return record_weight + size_of(item->bytes);
    if (const SoundRecord* const record = sound()) {
        return record_weight + record->facts.channels.size() * channel_weight;
    }
    return record_weight + 2 * (event()->event.text.size() + event()->media.content.size());
}

const std::string& Item::json() const {
    std::call_once(made_, [this] {
        if (const PictureItem* const item = picture()) {
            json_ = to_json(item->record);
        } else if (const AccessUnitItem* const unit = access_unit()) {
            json_ = to_json(unit->record);
        } else if (const SoundRecord* const record = sound()) {
            json_ = to_json(*record);
        } else {
            json_ = client::to_json(*event());
        }
    });
    return json_;
}

}  // namespace muxtap::frames
