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

    /// A packet M/29: character sets of a whole magazine.
    void add_magazine_packet(const TeletextPacket& packet);

    /// Rows 1 to 23 as UTF-8, lines separated by line feeds.
    [[nodiscard]] std::string text(const TeletextPageContent& content, unsigned magazine, unsigned national_option);

private:
    struct Deleter {
        void operator()(vbi_decoder* decoder) const noexcept;
    };
    void decode(const TeletextPacket& packet);

    std::unique_ptr<vbi_decoder, Deleter> decoder_;
};

}  // namespace muxtap::frames
