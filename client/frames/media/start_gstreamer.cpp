#include "client/frames/media/element_choice.h"
#include "client/frames/media/program_pipeline.h"

namespace muxtap::frames {

using namespace gst;

namespace {

struct Needed {
    const char* element;
    const char* package;
};

[[nodiscard]] Result<void> require(const Needed& needed) {
    const Element element = make_element(needed.element);
    if (element) return {};
    return fail(std::string{"GStreamer's element "} + needed.element + " is not installed: install " + needed.package);
}

}  // namespace

Result<void> start_gstreamer(const DecodingOptions& options) {
    GError* error = nullptr;
    if (gst_init_check(nullptr, nullptr, &error) == FALSE) {
        const Owned<GError> owned{error};
        return fail(std::string{"cannot start GStreamer: "} + (error != nullptr ? error->message : "no reason given"));
    }
    // Reads what a transport stream needs before any stream comes.
    constexpr Needed always[] = {{"appsrc", "gstreamer1.0-plugins-base"},
                                 {"appsink", "gstreamer1.0-plugins-base"},
                                 {"queue", "libgstreamer1.0-0"},
                                 {"tsdemux", "gstreamer1.0-plugins-bad"}};
    constexpr Needed for_pictures[] = {{"videoconvertscale", "gstreamer1.0-plugins-base"},
                                       {"deinterlace", "gstreamer1.0-plugins-good"}};
    constexpr Needed for_sound[] = {{"audioconvert", "gstreamer1.0-plugins-base"}};
    constexpr Needed for_window[] = {{"autovideosink", "gstreamer1.0-plugins-good"}};
    const auto check = [](const auto& list) -> Result<void> {
        for (const Needed& needed : list) {
            if (auto found = require(needed); !found) return found;
        }
        return {};
    };
    auto checked = check(always);
    if (checked && options.pictures) checked = check(for_pictures);
    if (checked && options.sound) checked = check(for_sound);
    if (checked && options.play) checked = check(for_window);
    return checked;
}

}  // namespace muxtap::frames
