#include "client/frames/video_path.h"

#include <cinttypes>
#include <cstdio>
#include <ctime>

#include "client/frames/streams/time_line.h"

namespace muxtap::frames {
namespace {

/// Access units that may wait for those shown before them; H.264 allows 16.
constexpr std::size_t most_waiting = 64;

/// "12:03:04.120 UTC"
std::string clock_text(UnixTime time) {
    const std::int64_t milliseconds = to_unix_ns(time) / 1'000'000;
    const auto seconds = static_cast<std::time_t>(milliseconds / 1000);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[64];
    std::snprintf(text, sizeof(text), "%04d-%02d-%02d %02d:%02d:%02d.%03d UTC", parts.tm_year + 1900, parts.tm_mon + 1,
                  parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, static_cast<int>(milliseconds % 1000));
    return text;
}

FindingHandler to_reporter(StreamReporter& reporter, std::uint16_t program, ts::Pid pid) {
    return [&reporter, program, pid](Finding finding) {
        if (!finding.pid) finding.pid = pid;
        reporter.tell(finding, program);
    };
}

}  // namespace

VideoPath::VideoPath(const FramesConfig& config, StreamReporter& reporter, std::uint16_t program,
                     const analyzer::ProgramStream& stream, ProgramLosses& losses)
    : config_(config),
      reporter_(reporter),
      program_(program),
      pid_(stream.pid),
      codec_(stream.codec),
      losses_(losses),
      judge_(config.picture_limits, to_reporter(reporter, program, stream.pid)),
      filmstrip_(config.filmstrip_length == 0 ? 1 : config.filmstrip_length),
      encoder_(config.format, config.quality),
      captions_(stream.pid, to_reporter(reporter, program, stream.pid)),
      presence_(config.captions_missing, "closed captions", false, stream.pid,
                to_reporter(reporter, program, stream.pid)) {}

void VideoPath::on_access_unit(const AccessUnit& unit) {
    std::chrono::nanoseconds decoded = unit.time.position;
    if (unit.dts && unit.time.pts) decoded -= ticks_to_time(unit.time.pts->ticks_since(*unit.dts));
    // What is shown before this one is decoded has all been read.
    release_captions(decoded);
    presence_.passed(unit.time);
    reporter_.offer(unit, program_, pid_, codec_);
}

void VideoPath::on_captions(ByteView cc_data, const MediaTime& time) {
    waiting_captions_.emplace(time.position, Waiting{.cc_data = {cc_data.begin(), cc_data.end()}, .time = time});
    while (waiting_captions_.size() > most_waiting) release_captions(waiting_captions_.begin()->first);
}

void VideoPath::release_captions(std::chrono::nanoseconds before) {
    while (!waiting_captions_.empty() && waiting_captions_.begin()->first <= before) {
        const auto first = waiting_captions_.begin();
        if (captions_.add(first->second.cc_data, first->second.time)) presence_.seen(first->second.time);
        waiting_captions_.erase(first);
    }
}

void VideoPath::on_skipped() {
    const std::uint64_t skipped = ++losses_.pictures_skipped;
    ++reporter_.counts().pictures_skipped;
    const auto more = skips_.note(steady_now());
    if (!more) return;
    Finding finding;
    finding.kind = client::WorkerEvent::pictures_skipped;
    finding.pid = pid_;
    finding.text = "decoding is slower than the stream: " + std::to_string(*more) + " more pictures were skipped, " +
                   std::to_string(skipped) + " in all; --decode keyframes or more --decode-threads help";
    reporter_.tell(finding, program_);
}

std::shared_ptr<const Image> VideoPath::encoded(const Picture& picture, std::optional<ImageForm>& form) {
    auto image = encoder_.encode(picture);
    if (!image) return nullptr;
    form = ImageForm{.media_type = media_type(encoder_.format()),
                     .width = picture.width(),
                     .height = picture.height(),
                     .bytes = image->size()};
    return std::make_shared<const Image>(std::move(*image));
}

std::vector<std::string> VideoPath::overlay_lines(const FrameRecord& record) const {
    StreamFigures& figures = reporter_.figures();
    char numbers[160];
    std::snprintf(numbers, sizeof(numbers), "%.2f Mb/s  CC %" PRIu64 "  TEI %" PRIu64 "  lost %" PRIu64,
                  static_cast<double>(figures.rate_bps.load()) / 1e6, figures.continuity_errors.load(),
                  figures.transport_errors.load(), figures.lost_packets.load());
    return {reporter_.stream() + "  program " + std::to_string(program_), clock_text(record.time.captured), numbers};
}

void VideoPath::on_picture(DecodedPicture decoded) {
    PictureItem item;
    FrameRecord& record = item.record;
    record.program = program_;
    record.pid = pid_;
    record.video = decoded.form;
    record.video.codec = codec_;
    record.time = decoded.time;
    record.key_frame = decoded.key_frame;
    record.frame =
        counter_.number(decoded.time.position, decoded.form.frame_rate_numerator, decoded.form.frame_rate_denominator);
    record.facts = judge_.judge(decoded.picture, decoded.time);
    record.losses = {.feed_batches_lost = reporter_.figures().batches_lost,
                     .packets_skipped = losses_.packets_skipped,
                     .pictures_skipped = losses_.pictures_skipped,
                     .restarts = losses_.restarts};
    if (config_.overlay) overlay_.draw(decoded.picture, overlay_lines(record));
    item.image = encoded(decoded.picture, record.image);
    if (config_.filmstrip_length > 0) {
        filmstrip_.add(decoded.picture);
        item.filmstrip = encoded(filmstrip_.picture(), record.filmstrip);
    }
    reporter_.offer(std::move(item));
}

void VideoPath::interrupt() {
    judge_.interrupt();
    captions_.interrupt();
    waiting_captions_.clear();
}

void VideoPath::finish() {
    release_captions(std::chrono::nanoseconds::max());
    judge_.finish();
    captions_.finish();
}

}  // namespace muxtap::frames
