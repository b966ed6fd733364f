#pragma once

#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "client/files/output_names.h"
#include "client/frames/records/frame_record.h"
#include "common/app/log.h"

namespace muxtap::frames {

/// The pattern that an option such as "latest" names. It always ends in .jpg, .jpeg or .png: one without an extension
/// gets .jpg. The error names the option and what is wrong.
[[nodiscard]] Result<client::PathPattern> parse_image_pattern(std::string_view option, std::string_view text);

/// Whether this is one of the extensions of images, dot included.
[[nodiscard]] bool is_image_extension(std::string_view extension) noexcept;

/// `path`, with the extension of its image's format where its own is another one's: .png instead of .jpg.
[[nodiscard]] std::string with_format_extension(std::string path, std::string_view media_type);

/// The files of the pictures of one option: each program of each stream has its own. Used by one thread.
class ImageNames {
public:
    /// Whose pictures go to the same files.
    struct Owner {
        std::string suffix;     ///< before the extension
        std::string key;        ///< the name of its files at time 0: no other owner has it
        std::string temporary;  ///< name of its temporary file, without folder
    };
    ImageNames(std::string option, client::PathPattern pattern, app::Log& log);
    ~ImageNames() = default;
    ImageNames(const ImageNames&) = delete;
    ImageNames& operator=(const ImageNames&) = delete;

    /// Stays where it is. The first call for an owner says so when the pattern does not tell it from another one.
    [[nodiscard]] const Owner& owner_of(const FrameRecord& record);
    /// The file of this picture.
    [[nodiscard]] std::string path(const FrameRecord& record, const Owner& owner, std::string_view media_type) const;

    [[nodiscard]] const std::string& option() const noexcept { return option_; }
    [[nodiscard]] const client::PathPattern& pattern() const noexcept { return pattern_; }

private:
    using Key = std::tuple<std::string, std::string, std::uint16_t>;  ///< stream, probe, program
    void tell(const FrameRecord& record, const Owner& owner) const;

    std::string option_;
    client::PathPattern pattern_;
    client::OutputNames names_;
    app::Log& log_;
    std::map<Key, Owner> owners_;
};

}  // namespace muxtap::frames
