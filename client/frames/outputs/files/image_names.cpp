#include "client/frames/outputs/files/image_names.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "client/frames/outputs/files/whole_file.h"

namespace muxtap::frames {
namespace {

std::string lower(std::string_view text) {
    std::string result{text};
    for (char& letter : result) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    }
    return result;
}

client::PathSubject subject_of(const FrameRecord& record) {
    return {.stream = record.identity.stream, .probe = record.identity.probe, .program = record.program};
}

/// The same from run to run, so that a file that a crash has left is replaced by the next picture.
std::string temporary_name(std::string_view key) {
    std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
    for (const char letter : key) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
    std::array<char, 24> text{};
    std::snprintf(text.data(), text.size(), ".%016llx", static_cast<unsigned long long>(hash));
    return text.data() + std::string{temporary_ending};
}

}  // namespace

bool is_image_extension(std::string_view extension) noexcept {
    const std::string small = lower(extension);
    return small == ".jpg" || small == ".jpeg" || small == ".png";
}

Result<client::PathPattern> parse_image_pattern(std::string_view option, std::string_view text) {
    const auto error = [&](const Error& why) {
        return fail("--" + std::string{option} + " \"" + std::string{text} + "\": " + why.message);
    };
    constexpr auto placeholders = client::PathPattern::Placeholders::stream_probe_and_program;
    if (auto given = client::PathPattern::parse(text, placeholders); !given) return error(given.error());
    const std::size_t slash = text.rfind('/');
    const std::string_view name = text.substr(slash == std::string_view::npos ? 0 : slash + 1);
    const std::size_t dot = name.rfind('.');
    const bool known = dot != std::string_view::npos && dot > 0 && is_image_extension(name.substr(dot));
    auto pattern = client::PathPattern::parse(std::string{text} + (known ? "" : ".jpg"), placeholders);
    if (!pattern) return error(pattern.error());
    return pattern;
}

std::string with_format_extension(std::string path, std::string_view media_type) {
    const std::size_t at = client::extension_position(path);
    const bool png = lower(std::string_view{path}.substr(at)) == ".png";
    if (png != (media_type == "image/png")) path.replace(at, std::string::npos, png ? ".jpg" : ".png");
    return path;
}

ImageNames::ImageNames(std::string option, client::PathPattern pattern, app::Log& log)
    : option_(std::move(option)), pattern_(std::move(pattern)), names_(pattern_), log_(log) {}

const ImageNames::Owner& ImageNames::owner_of(const FrameRecord& record) {
    const Key key{record.identity.stream, record.identity.probe, record.program};
    if (const auto found = owners_.find(key); found != owners_.end()) return found->second;
    const client::PathSubject subject = subject_of(record);
    Owner owner{.suffix = names_.suffix_for(subject), .key = {}, .temporary = {}};
    owner.key = client::with_suffix(pattern_.format(subject, UnixTime{}), owner.suffix);
    owner.temporary = temporary_name(owner.key);
    tell(record, owner);
    return owners_.emplace(key, std::move(owner)).first->second;
}

void ImageNames::tell(const FrameRecord& record, const Owner& owner) const {
    if (owner.suffix.empty()) return;
    const std::string program = std::to_string(record.program);
    if (owner.suffix == "-" + program) return;  // As the option's help says.
    log_.warning("file_name_taken",
                 "--" + option_ + " \"" + pattern_.text() + "\" does not tell all pictures apart: those of stream \"" +
                     record.identity.stream + "\", probe \"" + record.identity.probe + "\", program " + program +
                     " get " + owner.suffix + " before the extension ({stream}, {probe}, {program} in the name help)",
                 {{"stream", std::string_view{record.identity.stream}},
                  {"probe", std::string_view{record.identity.probe}},
                  {"program_number", std::uint64_t{record.program}},
                  {"suffix", std::string_view{owner.suffix}}});
}

std::string ImageNames::path(const FrameRecord& record, const Owner& owner, std::string_view media_type) const {
    std::string path = client::with_suffix(pattern_.format(subject_of(record), record.time.captured), owner.suffix);
    return with_format_extension(std::move(path), media_type);
}

}  // namespace muxtap::frames
