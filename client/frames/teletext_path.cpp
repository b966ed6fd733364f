#include "client/frames/teletext_path.h"

namespace muxtap::frames {
namespace {

/// The pages that a descriptor lists as subtitles.
std::vector<TeletextPage> subtitle_pages(const analyzer::ProgramStream& stream) {
    std::vector<TeletextPage> pages;
    for (const analyzer::SubtitleService& service : stream.subtitles) {
        if (service.page >= 100 && service.type.find("subtitle") != std::string::npos) {
            pages.push_back({.page = service.page, .language = service.language});
        }
    }
    return pages;
}

}  // namespace

TeletextPath::TeletextPath(const FramesConfig& config, StreamReporter& reporter, std::uint16_t program,
                           const analyzer::ProgramStream& stream)
    : presence_(config.captions_missing, "teletext subtitles", false, stream.pid,
                [&reporter, program](const Finding& finding) { reporter.tell(finding, program); }),
      decoder_(stream.pid, subtitle_pages(stream),
               [&reporter, program](const Finding& finding) { reporter.tell(finding, program); }) {}

void TeletextPath::on_packet(ByteView pes_payload, const MediaTime& time) {
    presence_.passed(time);
    if (decoder_.add(pes_payload, time)) presence_.seen(time);
}

void TeletextPath::interrupt() {
    decoder_.interrupt();
}

void TeletextPath::finish() {
    decoder_.finish();
}

}  // namespace muxtap::frames
