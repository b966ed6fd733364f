#include "client/frames/outputs/frame_messages.h"

#include <algorithm>
#include <utility>

#include "client/kafka/record_message.h"
#include "common/base/base64.h"

namespace muxtap::frames {
namespace {

constexpr const char* json_type = "application/json";
constexpr const char* record_header = "record";
/// As the writer of records writes it; no text of a record holds a quote that is not escaped.
constexpr std::string_view image_member = ",\"base64_image\":\"";

kafka::Message message_for(const Item& item, const std::string& topic, const KafkaChoice& choice) {
    return kafka::record_message(topic, choice.kafka.key, item.identity(), item.schema(), item.time());
}

std::string data_uri(std::string_view media_type, const Image& image) {
    std::string uri = "data:";
    uri.append(media_type).append(";base64,");
    append_base64(uri, image);
    return uri;
}

/// One image of a picture: itself or its filmstrip.
kafka::Message image_message(const Item& item, const KafkaChoice& choice, const char* content, const Image& image,
                             const ImageForm& form) {
    const FrameRecord& record = item.picture()->record;
    kafka::Message message = message_for(item, choice.frames_topic, choice);
    message.headers.push_back({"program", std::to_string(record.program)});
    if (record.time.pts) message.headers.push_back({"pts", std::to_string(record.time.pts->ticks())});
    message.headers.push_back({"content", content});
    const bool inside = choice.encoding == FrameEncoding::base64;
    message.headers.push_back({"content-type", inside ? json_type : std::string{form.media_type}});
    if (inside) {
        message.payload = to_json(record, data_uri(form.media_type, image));
    } else {
        message.headers.push_back({record_header, item.json()});
        message.payload.assign(image.begin(), image.end());
    }
    return message;
}

/// Names what was taken out in a record.
void note_trimmed(std::string& json, std::string_view name) {
    json.pop_back();
    json.append(",\"trimmed\":[\"").append(name).append("\"]}");
}

/// The record without its image. Unchanged when it has none.
bool trim_inside(std::string& json) {
    const std::size_t begin = json.find(image_member);
    if (begin == std::string::npos) return false;
    const std::size_t end = json.find('"', begin + image_member.size());
    if (end == std::string::npos) return false;
    json.erase(begin, end + 1 - begin);
    note_trimmed(json, "base64_image");
    return true;
}

}  // namespace

void make_messages(const Item& item, const KafkaChoice& choice, const std::function<void(kafka::Message)>& take) {
    if (item.access_unit() != nullptr) return;
    if (const PictureItem* const picture = item.picture()) {
        const FrameRecord& record = picture->record;
        if (picture->image && record.image) {
            take(image_message(item, choice, "picture", *picture->image, *record.image));
        }
        if (choice.filmstrip && picture->filmstrip && record.filmstrip) {
            take(image_message(item, choice, "filmstrip", *picture->filmstrip, *record.filmstrip));
        }
        return;
    }
    const std::string& topic = item.sound() != nullptr ? choice.sound_topic : choice.kafka.events_topic;
    kafka::Message message = message_for(item, topic, choice);
    message.headers.push_back({"content-type", json_type});
    message.payload = item.json();
    take(std::move(message));
}

bool trim_message(kafka::Message& message, std::size_t limit) {
    const auto record = std::find_if(message.headers.begin(), message.headers.end(),
                                     [](const kafka::MessageHeader& header) { return header.name == record_header; });
    // Without looking at the image: it is the rest that must fit.
    kafka::Message smaller{
        .topic = message.topic, .key = message.key, .headers = message.headers, .time = message.time};
    if (record != message.headers.end()) {
        if (message.payload.empty()) return false;
        note_trimmed(smaller.headers[static_cast<std::size_t>(record - message.headers.begin())].value, "image");
    } else {
        smaller.payload = message.payload;
        if (!trim_inside(smaller.payload)) return false;
    }
    if (smaller.size() > limit) return false;
    message = std::move(smaller);
    return true;
}

}  // namespace muxtap::frames
