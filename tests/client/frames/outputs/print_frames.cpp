// Prints records of pictures and access units, one a line, for validate_frames.py.
#include <cstdio>

#include "client/frames/outputs/frame_messages.h"
#include "tests/client/frames/outputs/sample_items.h"

using namespace muxtap;
using namespace muxtap::frames;

namespace {

/// What is left of a picture's record when the broker did not take the image.
std::string trimmed_record(FrameEncoding encoding) {
    KafkaChoice choice;
    choice.encoding = encoding;
    std::string record;
    make_messages(*frames::test::picture(), choice, [&](kafka::Message message) {
        if (!trim_message(message, 10'000)) return;
        record = encoding == FrameEncoding::base64 ? message.payload : message.headers.back().value;
    });
    return record;
}

}  // namespace

int main() {
    FrameRecord png = frames::test::full_frame();
    png.image->media_type = "image/png";
    png.video.sample_aspect_width = 0;
    FrameRecord untimed = frames::test::full_frame();
    untimed.time = {.position = std::chrono::seconds{-1}, .pts = {}, .captured = {}, .packet = 0};
    AccessUnitRecord unit;
    for (const std::string& json :
         {to_json(frames::test::full_frame()), to_json(frames::test::full_frame(), "data:image/jpeg;base64,/9g="),
          to_json(frames::test::bare_frame()), to_json(png, "data:image/png;base64,iVBORw=="), to_json(untimed),
          trimmed_record(FrameEncoding::binary), trimmed_record(FrameEncoding::base64),
          to_json(frames::test::full_unit()), to_json(unit)}) {
        std::puts(json.c_str());
    }
}
