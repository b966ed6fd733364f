#include "client/frames/text/caption_decoder.h"
#include "client/frames/text/teletext_decoder.h"
#include "client/frames/text/caption_presence.h"
namespace muxtap::frames {
struct CaptionDecoder::Implementation {};
CaptionDecoder::CaptionDecoder(ts::Pid, FindingHandler) {}
CaptionDecoder::~CaptionDecoder() {}
void CaptionDecoder::add(ByteView, const MediaTime&) {}
void CaptionDecoder::interrupt() {}
void CaptionDecoder::finish() {}
struct TeletextDecoder::Implementation {};
TeletextDecoder::TeletextDecoder(ts::Pid, std::vector<TeletextPage>, FindingHandler) {}
TeletextDecoder::~TeletextDecoder() {}
void TeletextDecoder::add(ByteView, const MediaTime&) {}
void TeletextDecoder::interrupt() {}
void TeletextDecoder::finish() {}
CaptionPresence::CaptionPresence(std::chrono::nanoseconds, std::string, bool, std::optional<ts::Pid>, FindingHandler) {}
void CaptionPresence::passed(const MediaTime&) {}
void CaptionPresence::seen(const MediaTime&) {}
}
namespace muxtap::frames { bool has_caption_data(ByteView) noexcept { return true; } }
