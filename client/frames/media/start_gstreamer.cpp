#include <cstdlib>
#include <string_view>

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

[[nodiscard]] bool is_set(const char* variable) {
    const char* const value = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): before other threads
    return value != nullptr && *value != '\0';
}

/// Without a desktop autovideosink ends up with sinks that show nothing or crash.
[[nodiscard]] Result<void> check_window() {
    if (!is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY")) {
        return fail("--play needs a desktop to show its window on: neither DISPLAY nor WAYLAND_DISPLAY is set");
    }
    const Owned<GstPluginFeature> direct_frame_buffer{
        gst_registry_find_feature(gst_registry_get(), "dfbvideosink", GST_TYPE_ELEMENT_FACTORY)};
    if (direct_frame_buffer) gst_plugin_feature_set_rank(direct_frame_buffer.get(), GST_RANK_NONE);
    const Element window = make_element("autovideosink");
    bool opened = gst_element_set_state(window.get(), GST_STATE_READY) != GST_STATE_CHANGE_FAILURE;
    if (opened) {
        // What it takes when nothing else works.
        const Element chosen{GST_ELEMENT(gst_child_proxy_get_child_by_index(GST_CHILD_PROXY(window.get()), 0))};
        GstElementFactory* const factory = chosen ? gst_element_get_factory(chosen.get()) : nullptr;
        opened = factory != nullptr && std::string_view{GST_OBJECT_NAME(factory)} != "fakesink";
    }
    gst_element_set_state(window.get(), GST_STATE_NULL);
    if (opened) return {};
    return fail("--play cannot open a window on the desktop that DISPLAY or WAYLAND_DISPLAY names");
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
    if (checked && options.play) checked = check_window();
    return checked;
}

}  // namespace muxtap::frames
