#include "client/frames/outputs/output_choice.h"

#include <string_view>

namespace muxtap::frames {
namespace {

/// The pattern of an option. Its default ends as pictures of the chosen format do.
std::string pattern_of(const app::Options& options, std::string_view name) {
    constexpr std::string_view ending = ".jpg";
    std::string pattern = options.text(name);
    const bool by_default = options.origin(name) == app::Origin::default_value;
    if (by_default && options.text("image-format") == "png" && pattern.ends_with(ending)) {
        pattern.replace(pattern.size() - ending.size(), ending.size(), ".png");
    }
    return pattern;
}

void read_files(const app::Options& options, OutputChoice& choice) {
    choice.images_max_bytes = options.bytes("images-max-bytes");
    choice.images_max_age = options.duration("images-max-age");
    choice.images_min_free = options.bytes("images-min-free");
    if (!options.boolean("save-images") || !options.boolean("extract-images")) return;
    choice.latest = pattern_of(options, "latest");
    if (options.integer("filmstrip-length") > 0) choice.filmstrip = pattern_of(options, "filmstrip");
    choice.images = options.text("images");
}

}  // namespace

Result<OutputChoice> read_output_choice(const app::Options& options) {
    OutputChoice choice;
    read_files(options, choice);
    choice.ndjson = options.text("ndjson");
    choice.publish = options.text("publish");
    choice.publish_access_units = options.text("every") == "frame";
    if (choice.publish_access_units && choice.publish.empty()) {
        return fail("--every frame: needs --publish ENDPOINT, such as --publish 'tcp://*:5557'");
    }
    choice.publish_buffer_bytes = options.bytes("publish-buffer");
    if (choice.publish_buffer_bytes < std::uint64_t{1} << 20) return fail("--publish-buffer: expected at least 1M");
    return choice;
}

}  // namespace muxtap::frames
