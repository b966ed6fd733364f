#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "client/frames/text/teletext_page_content.h"

struct vbi_decoder;

namespace muxtap::frames {

/// The region of character sets (EN 300 706, table 32: the upper four bits) that pages in a language have where the
/// stream names none.
[[nodiscard]] int teletext_region(std::string_view language) noexcept;

/// Turns the packets of a page into text, at presentation level 1.5: libzvbi with its tables of national character sets
/// and of characters composed by X/26. Fixed size.
class TeletextCharacters {
public:
    explicit TeletextCharacters(int region);

    /// Rows 1 to 23 as UTF-8, lines separated by line feeds. `magazine_packets`: M/29 by designation code, which hold
    /// for pages of the magazine that have no X/28 of their own.
    [[nodiscard]] std::string text(const TeletextPageContent& content, unsigned magazine, unsigned national_option,
                                   const TeletextPageContent::Packets& magazine_packets);

private:
    struct Deleter {
        void operator()(vbi_decoder* decoder) const noexcept;
    };
    void decode(const TeletextPacket& packet);

    std::unique_ptr<vbi_decoder, Deleter> decoder_;
};

}  // namespace muxtap::frames
