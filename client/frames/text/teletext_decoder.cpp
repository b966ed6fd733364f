#include "client/frames/text/teletext_decoder.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "client/frames/text/caption_text.h"
#include "client/frames/text/teletext_characters.h"
#include "client/frames/text/teletext_packet.h"
#include "client/frames/text/teletext_page_content.h"

namespace muxtap::frames {
namespace {

constexpr unsigned magazine_packet = 29;  // M/29

}  // namespace

/// Puts pages together itself and asks libzvbi only for their characters. libzvbi's own events come with the header
/// that ends a page, do not say when the page's header came, and do not come at all for a page that is followed by its
/// own next transmission.
class TeletextDecoder::Implementation {
public:
    Implementation(ts::Pid pid, std::vector<TeletextPage> pages, FindingHandler found)
        : pid_(pid), followed_(std::move(pages)), found_(std::move(found)) {
        characters_.try_emplace(0, 0);
        for (const TeletextPage& page : followed_) {
            const int region = teletext_region(page.language);
            characters_.try_emplace(region, region);
        }
    }

    bool add(ByteView pes_payload, const MediaTime& time) {
        time_ = time;
        subtitles_ = false;
        for_each_teletext_packet(pes_payload, [this](const TeletextPacket& packet) { take(packet); });
        return subtitles_;
    }

    void interrupt() {
        for (std::optional<Transmission>& transmission : transmissions_) {
            if (transmission) transmission->page->content.erase();
            transmission.reset();
        }
        for (auto& [number, page] : pages_) {
            if (!page.last_before_gap) page.last_before_gap = time_;
        }
    }

    void finish() {
        for (unsigned magazine = 1; magazine <= transmissions_.size(); ++magazine) end_transmission(magazine);
        for (auto& [number, page] : pages_) replace(page, {}, time_);
    }

private:
    struct Page {
        CaptionTeller teller;
        TeletextCharacters* characters;
        TeletextPageContent content{};
        std::optional<ShownText> shown{};
        /// Data was missing since the page was last seen: until then its text was shown for certain.
        std::optional<MediaTime> last_before_gap{};
    };
    /// A page of which packets are coming.
    struct Transmission {
        Page* page;
        TeletextHeader header;
        MediaTime time;  ///< of the header: from there on the page is shown as it comes
    };

    void take(const TeletextPacket& packet) {
        if (packet.number == 0) {
            take_header(packet);
        } else if (packet.number == magazine_packet) {
            const auto designation = designation_code(packet);
            if (designation) magazine_packets_[packet.magazine - 1][*designation] = packet;
        } else if (auto& transmission = transmissions_[packet.magazine - 1]) {
            transmission->page->content.add(packet);
        }
    }

    void take_header(const TeletextPacket& packet) {
        const auto header = TeletextHeader::parse(packet);
        if (header && header->serial) {
            for (unsigned magazine = 1; magazine <= transmissions_.size(); ++magazine) end_transmission(magazine);
        } else {
            end_transmission(packet.magazine);
        }
        if (!header || header->page == 0) return;
        Page* const page = find_page(*header);
        if (page == nullptr) return;
        subtitles_ = true;
        if (header->erase) page->content.erase();
        transmissions_[packet.magazine - 1] = Transmission{page, *header, time_};
    }

    /// The page of a header; nullptr where it is not followed.
    Page* find_page(const TeletextHeader& header) {
        const auto described = std::find_if(followed_.begin(), followed_.end(),
                                            [&](const TeletextPage& page) { return page.page == header.page; });
        if (described == followed_.end() && !(followed_.empty() && header.subtitle)) return nullptr;
        const auto known = pages_.find(header.page);
        if (known != pages_.end()) return &known->second;
        const std::string language = described == followed_.end() ? std::string{} : described->language;
        Page page{.teller = {pid_, std::to_string(header.page), language, found_},
                  .characters = &characters_.at(teletext_region(language))};
        return &pages_.emplace(header.page, std::move(page)).first->second;
    }

    void end_transmission(unsigned magazine) {
        const auto transmission = std::exchange(transmissions_[magazine - 1], std::nullopt);
        if (!transmission) return;
        Page& page = *transmission->page;
        const TeletextHeader& header = transmission->header;
        std::string content;
        if (!header.inhibit_display) {
            content =
                page.characters->text(page.content, magazine, header.national_option, magazine_packets_[magazine - 1]);
        }
        replace(page, std::move(content), transmission->time);
    }

    /// From `time` on the page shows `content`.
    static void replace(Page& page, std::string content, const MediaTime& time) {
        const auto gap = std::exchange(page.last_before_gap, std::nullopt);
        if (page.shown && page.shown->content == content) return;
        if (page.shown) page.teller.tell(*page.shown, gap.value_or(time));
        page.shown.reset();
        if (!content.empty()) page.shown = ShownText{std::move(content), time};
    }

    ts::Pid pid_;
    std::vector<TeletextPage> followed_;
    FindingHandler found_;
    std::map<int, TeletextCharacters> characters_;  ///< by region
    std::map<unsigned, Page> pages_;
    std::array<TeletextPageContent::Packets, 8> magazine_packets_;  ///< M/29 by magazine
    std::array<std::optional<Transmission>, 8> transmissions_;      ///< by magazine
    MediaTime time_;                                                ///< of the packet at hand, or of the last one
    bool subtitles_ = false;
};

TeletextDecoder::TeletextDecoder(ts::Pid pid, std::vector<TeletextPage> pages, FindingHandler found)
    : implementation_(std::make_unique<Implementation>(pid, std::move(pages), std::move(found))) {}

TeletextDecoder::~TeletextDecoder() = default;

bool TeletextDecoder::add(ByteView pes_payload, const MediaTime& time) {
    return implementation_->add(pes_payload, time);
}

void TeletextDecoder::interrupt() {
    implementation_->interrupt();
}

void TeletextDecoder::finish() {
    implementation_->finish();
}

}  // namespace muxtap::frames
