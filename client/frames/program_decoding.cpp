#include "client/frames/program_decoding.h"

#include <algorithm>
#include <thread>

namespace muxtap::frames {

using analyzer::Codec;
using analyzer::MediaKind;
using client::WorkerEvent;

namespace {

constexpr std::chrono::seconds longest_end{10};
/// So many PES packets must have gone in before it counts that nothing came out.
constexpr std::uint64_t pes_without_progress = 20;

/// Formats of video and sound for which GStreamer 1.22 has neither a place in its demultiplexer nor a decoder.
[[nodiscard]] bool beyond_gstreamer(Codec codec) {
    switch (codec) {
        case Codec::vvc:
        case Codec::evc:
        case Codec::avs:
        case Codec::avs2:
        case Codec::avs3:
        case Codec::jpeg_xs:
        case Codec::ac4:
        case Codec::dts_uhd:
        case Codec::mpegh_3d_audio:
        case Codec::unknown: return true;
        default: return false;
    }
}

}  // namespace

ProgramDecoding::ProgramDecoding(const FramesConfig& config, bool lossless, StreamReporter& reporter, app::Log& log,
                                 const ProgramMap& map)
    : config_(config), lossless_(lossless), reporter_(reporter), log_(log), map_(map) {
    set_map(map);
}

ProgramDecoding::~ProgramDecoding() {
    stop_pipeline();
    finish_paths();
}

void ProgramDecoding::set_map(const ProgramMap& map) {
    const std::scoped_lock lock(mutex_);
    // The number stays: the pipeline's threads read it.
    map_.pmt_pid = map.pmt_pid;
    map_.streams = map.streams;
    wanted_.clear();
    streams_.clear();
    for (const analyzer::ProgramStream& stream : map.streams) {
        streams_[stream.pid] = stream;
        const bool media = stream.kind == MediaKind::video || stream.kind == MediaKind::audio;
        if (media || stream.kind == MediaKind::teletext) wanted_.insert(stream.pid);
    }
    describe();
}

void ProgramDecoding::describe() const {
    std::string text;
    bool video = false;
    for (const analyzer::ProgramStream& stream : map_.streams) {
        if (!wanted_.contains(stream.pid)) continue;
        video = video || stream.kind == MediaKind::video;
        text += (text.empty() ? "" : ", ") + std::string{display_name(stream.codec)} + " on PID " +
                std::to_string(stream.pid);
        if (!stream.language.empty()) text += " (" + stream.language + ")";
    }
    if (text.empty()) text = "neither video nor sound";
    if (!video && !wanted_.empty()) text += ", no video";
    log_.info("program", "program " + std::to_string(map_.program_number) + ": " + text,
              {{"stream", std::string_view{reporter_.stream()}}, {"program", std::uint64_t{map_.program_number}}});
}

void ProgramDecoding::tell(WorkerEvent kind, std::optional<ts::Pid> pid, std::string text) {
    const std::string where = "program " + std::to_string(map_.program_number);
    log_.warning(key_name(kind), where + ": " + text,
                 {{"stream", std::string_view{reporter_.stream()}}, {"program", std::uint64_t{map_.program_number}}});
    Finding finding;
    finding.kind = kind;
    finding.pid = pid;
    finding.text = std::move(text);
    reporter_.tell(finding, map_.program_number);
}

VideoReceiver* ProgramDecoding::video(ts::Pid pid) {
    const std::scoped_lock lock(mutex_);
    const auto stream = streams_.find(pid);
    if (stream == streams_.end()) return nullptr;
    std::unique_ptr<VideoPath>& path = videos_[pid];
    if (!path) {
        path = std::make_unique<VideoPath>(config_, reporter_, map_.program_number, stream->second, losses_);
    } else {
        path->set_stream(stream->second);
    }
    return path.get();
}

SoundReceiver* ProgramDecoding::sound(ts::Pid pid) {
    const std::scoped_lock lock(mutex_);
    const auto stream = streams_.find(pid);
    const bool wanted = config_.decoding.sound || reporter_.wants_access_units();
    if (stream == streams_.end() || !wanted) return nullptr;
    std::unique_ptr<SoundPath>& path = sounds_[pid];
    if (!path) {
        path = std::make_unique<SoundPath>(config_, reporter_, map_.program_number, stream->second);
    } else {
        path->set_stream(stream->second);
    }
    return path.get();
}

TeletextReceiver* ProgramDecoding::teletext(ts::Pid pid) {
    const std::scoped_lock lock(mutex_);
    const auto stream = streams_.find(pid);
    if (stream == streams_.end() || !config_.decoding.captions) return nullptr;
    std::unique_ptr<TeletextPath>& path = teletexts_[pid];
    if (!path) path = std::make_unique<TeletextPath>(config_, reporter_, map_.program_number, stream->second);
    return path.get();
}

void ProgramDecoding::on_not_decodable(ts::Pid pid, std::string reason) {
    {
        const std::scoped_lock lock(mutex_);
        if (!told_not_decodable_.insert({pid, reason}).second) return;
    }
    tell(WorkerEvent::not_decodable, pid, "PID " + std::to_string(pid) + ": " + reason);
}

void ProgramDecoding::on_pes_start(ts::Pid pid, ts::Timestamp pts, UnixTime captured, std::uint64_t packet) {
    times_.add(pid, pts, captured, packet);
    ++pes_since_progress_;
}

bool ProgramDecoding::all_scrambled(const ProgramDirectory& directory) {
    bool any = false;
    for (const analyzer::ProgramStream& stream : map_.streams) {
        if (stream.kind != MediaKind::video && stream.kind != MediaKind::audio) continue;
        if (!directory.scrambled(stream.pid)) return false;
        any = true;
    }
    return any;
}

void ProgramDecoding::push(const std::shared_ptr<const void>& owner, ByteView packets, bool discontinuity,
                           const ProgramDirectory& directory, SteadyTime now) {
    if (end_asked_) return;
    discontinuity_ = discontinuity_ || discontinuity;
    const bool scrambled = all_scrambled(directory);
    if (scrambled != scrambled_) {
        scrambled_ = scrambled;
        if (scrambled) {
            tell(
                WorkerEvent::not_decodable, std::nullopt,
                "it is scrambled: only a descrambled stream can be decoded; it is taken up when it comes in the clear");
            stop_pipeline();
        } else {
            tell(WorkerEvent::decoding_resumed, std::nullopt, "it is not scrambled any more");
        }
    }
    if (scrambled_ || wanted_.empty()) return;
    if (!pipeline_) {
        if (now < next_start_) return;
        start_pipeline(directory, now);
        if (!pipeline_) return;
    }
    if (!give(owner, packets)) {
        losses_.packets_skipped += packets.size() / ts::packet_size;
        discontinuity_ = true;
        if (left_out_.note(now)) {
            log_.warning(
                "packets_skipped",
                "program " + std::to_string(map_.program_number) +
                    ": decoding is slower than the stream, packets are left out",
                {{"stream", std::string_view{reporter_.stream()}}, {"packets", losses_.packets_skipped.load()}});
        }
        return;
    }
    discontinuity_ = false;
}

bool ProgramDecoding::give(const std::shared_ptr<const void>& owner, ByteView packets) {
    const SteadyTime give_up = steady_now() + stuck_after;
    while (!pipeline_->push(owner, packets, discontinuity_)) {
        if (!lossless_ || steady_now() >= give_up) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    return true;
}

void ProgramDecoding::start_pipeline(const ProgramDirectory& directory, SteadyTime now) {
    for (const analyzer::ProgramStream& stream : map_.streams) {
        if (wanted_.contains(stream.pid) && beyond_gstreamer(stream.codec)) {
            on_not_decodable(stream.pid, std::string{"GStreamer cannot decode "} + display_name(stream.codec) +
                                             "; the other streams of the program go on");
        }
    }
    auto started = ProgramPipeline::start(map_.program_number, config_.decoding, lossless_, *this, times_);
    if (!started) {
        fail_pipeline(started.error().message, now);
        return;
    }
    pipeline_ = std::move(*started);
    produced_ = 0;
    progress_ = now;
    pes_since_progress_ = 0;
    // It begins in the middle of the stream: the tables come again only some time later.
    const auto tables = std::make_shared<const std::vector<std::uint8_t>>(directory.tables(map_.program_number));
    if (!tables->empty()) (void)pipeline_->push(tables, *tables, false);
    discontinuity_ = false;
}

void ProgramDecoding::fail_pipeline(const std::string& reason, SteadyTime now) {
    stop_pipeline();
    ++losses_.restarts;
    next_start_ = now + pause_;
    tell(WorkerEvent::decoding_failed, std::nullopt,
         "decoding stopped (" + reason + "), it is started again in " +
             std::to_string(std::chrono::ceil<std::chrono::seconds>(pause_).count()) + " s");
    failed_ = true;
    pause_ = std::min<std::chrono::nanoseconds>(pause_ * 2, longest_pause);
}

void ProgramDecoding::stop_pipeline() {
    pipeline_.reset();
    for (const auto& [pid, path] : videos_) path->interrupt();
    for (const auto& [pid, path] : teletexts_) path->interrupt();
}

void ProgramDecoding::finish_paths() {
    for (const auto& [pid, path] : videos_) path->finish();
    for (const auto& [pid, path] : sounds_) path->finish();
    for (const auto& [pid, path] : teletexts_) path->finish();
}

void ProgramDecoding::check(SteadyTime now) {
    if (!pipeline_) return;
    if (const auto error = pipeline_->poll()) return fail_pipeline(*error, now);
    const std::uint64_t produced = pipeline_->produced();
    if (produced != produced_ || pes_since_progress_ < pes_without_progress) {
        if (produced != produced_) {
            if (failed_) tell(WorkerEvent::decoding_resumed, std::nullopt, "decoding goes on");
            failed_ = false;
            pes_since_progress_ = 0;
            if (now - next_start_ > longest_pause) pause_ = shortest_pause;
        }
        produced_ = produced;
        progress_ = now;
    } else if (now - progress_ > stuck_after && !end_asked_) {
        fail_pipeline("data goes in and nothing comes out", now);
    }
}

void ProgramDecoding::end(SteadyTime now) {
    if (end_asked_) return;
    end_asked_ = now;
    if (pipeline_) pipeline_->end();
}

bool ProgramDecoding::ended(SteadyTime now) const {
    return end_asked_ && (!pipeline_ || pipeline_->ended() || now - *end_asked_ > longest_end);
}

void ProgramDecoding::restart() {
    stop_pipeline();
    end_asked_.reset();
    next_start_ = {};
}

}  // namespace muxtap::frames
