#include "client/frames/media/element_choice.h"

#include <algorithm>
#include <string_view>

namespace muxtap::frames::gst {
namespace {

struct FreeList {
    void operator()(GList* list) const noexcept { gst_plugin_feature_list_free(list); }
};
using FactoryList = std::unique_ptr<GList, FreeList>;

[[nodiscard]] std::vector<GstElementFactory*> taking(GList* factories, const GstCaps* caps) {
    std::vector<GstElementFactory*> found;
    for (const GList* item = factories; item != nullptr; item = item->next) {
        auto* const factory = GST_ELEMENT_FACTORY(item->data);
        if (gst_element_factory_can_sink_any_caps(factory, caps) != FALSE) found.push_back(factory);
    }
    return found;
}

[[nodiscard]] bool is_hardware(GstElementFactory* factory) {
    const char* const classes = gst_element_factory_get_metadata(factory, GST_ELEMENT_METADATA_KLASS);
    return classes != nullptr && std::string_view{classes}.find("Hardware") != std::string_view::npos;
}

[[nodiscard]] guint rank_of(GstElementFactory* factory) {
    return gst_plugin_feature_get_rank(GST_PLUGIN_FEATURE(factory));
}

/// An element taken into our ownership.
[[nodiscard]] Element sunk(GstElement* element) {
    return Element{element == nullptr ? nullptr : GST_ELEMENT(gst_object_ref_sink(element))};
}

/// Whether it finds its device and libraries.
[[nodiscard]] bool can_start(GstElement* element) {
    const bool ready = gst_element_set_state(element, GST_STATE_READY) != GST_STATE_CHANGE_FAILURE;
    gst_element_set_state(element, GST_STATE_NULL);
    return ready;
}

}  // namespace

Element make_element(const char* factory) {
    return sunk(gst_element_factory_make(factory, nullptr));
}

Element make_parser(const GstCaps* caps) {
    const FactoryList all{gst_element_factory_list_get_elements(GST_ELEMENT_FACTORY_TYPE_PARSER, GST_RANK_MARGINAL)};
    std::vector<GstElementFactory*> found = taking(all.get(), caps);
    std::stable_sort(found.begin(), found.end(),
                     [](GstElementFactory* left, GstElementFactory* right) { return rank_of(left) > rank_of(right); });
    for (GstElementFactory* const factory : found) {
        if (Element element = sunk(gst_element_factory_create(factory, nullptr))) return element;
    }
    return nullptr;
}

Element make_decoder(const GstCaps* caps, DecoderKind kind, bool hardware) {
    const GstElementFactoryListType media =
        kind == DecoderKind::video ? GST_ELEMENT_FACTORY_TYPE_MEDIA_VIDEO : GST_ELEMENT_FACTORY_TYPE_MEDIA_AUDIO;
    // The decoders of the plugin "va" have no rank in GStreamer 1.22.
    const FactoryList all{
        gst_element_factory_list_get_elements(GST_ELEMENT_FACTORY_TYPE_DECODER | media, GST_RANK_NONE)};
    std::vector<GstElementFactory*> found = taking(all.get(), caps);
    std::erase_if(found, [&](GstElementFactory* factory) {
        return is_hardware(factory) ? !hardware : rank_of(factory) < GST_RANK_MARGINAL;
    });
    std::stable_sort(found.begin(), found.end(), [](GstElementFactory* left, GstElementFactory* right) {
        if (is_hardware(left) != is_hardware(right)) return is_hardware(left);
        return rank_of(left) > rank_of(right);
    });
    for (GstElementFactory* const factory : found) {
        Element element = sunk(gst_element_factory_create(factory, nullptr));
        if (element && can_start(element.get())) return element;
    }
    return nullptr;
}

std::string name_of(const GstCaps* caps) {
    if (caps == nullptr || gst_caps_get_size(caps) == 0) return "data of unknown form";
    return gst_structure_get_name(gst_caps_get_structure(caps, 0));
}

analyzer::Codec codec_of(const GstCaps* caps) {
    using analyzer::Codec;
    const std::string name = name_of(caps);
    if (name == "video/x-h264") return Codec::h264;
    if (name == "video/x-h265") return Codec::hevc;
    if (name == "audio/x-ac3") return Codec::ac3;
    if (name == "audio/x-eac3") return Codec::eac3;
    if (name != "video/mpeg" && name != "audio/mpeg") return Codec::unknown;
    gint version = 0;
    const GstStructure* const structure = gst_caps_get_structure(caps, 0);
    gst_structure_get_int(structure, "mpegversion", &version);
    if (name == "video/mpeg") {
        return version == 1 ? Codec::mpeg1_video : version == 2 ? Codec::mpeg2_video : Codec::mpeg4_visual;
    }
    if (version == 1) return Codec::mpeg1_audio;
    const char* const form = gst_structure_get_string(structure, "stream-format");
    if (form == nullptr) return Codec::unknown;
    return std::string_view{form} == "loas" ? Codec::aac_latm : Codec::aac_adts;
}

std::string package_for(const GstCaps* caps) {
    const std::string name = name_of(caps);
    if (name == "audio/x-dts") return "gstreamer1.0-plugins-bad";
    return "gstreamer1.0-libav";
}

}  // namespace muxtap::frames::gst
