#include "client/frames/program_decoding.h"

#include <algorithm>
#include <cstdio>
#include <thread>

namespace muxtap::frames {

using analyzer::Codec;
using analyzer::MediaKind;
using client::WorkerEvent;

namespace {

/// Without anything coming out, after the end of the stream.
constexpr std::chrono::seconds longest_end{10};
/// So many PES packets must have gone in before it counts that nothing came out.
constexpr std::uint64_t pes_without_progress = 20;
/// So many PES packets one after another must come scrambled: a damaged header alone says nothing.
constexpr std::uint64_t enough_scrambled = 3;
/// And no other stream of the program is waited for after so many.
constexpr std::uint64_t long_scrambled = 100;

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

/// What the map says, unless the data says otherwise. GStreamer does not tell the audio of MPEG-1 and MPEG-2 apart.
[[nodiscard]] analyzer::ProgramStream real_stream(analyzer::ProgramStream stream, Codec of_data) {
    const bool same = of_data == Codec::mpeg1_audio && stream.codec == Codec::mpeg2_audio;
    if (of_data != Codec::unknown && !same) stream.codec = of_data;
    return stream;
}

}  // namespace

ProgramDecoding::ProgramDecoding(const FramesConfig& config, bool lossless, StreamReporter& reporter, app::Log& log,
                                 const ProgramMap& map)
    : config_(config), lossless_(lossless), reporter_(reporter), log_(log), number_(map.program_number) {
    set_map(map);
}

ProgramDecoding::~ProgramDecoding() {
    stop_pipeline();
    finish_paths();
}

void ProgramDecoding::set_map(const ProgramMap& map) {
    map_ = map;
    wanted_.clear();
    expected_.clear();
    {
        const std::scoped_lock lock(mutex_);
        for (const analyzer::ProgramStream& stream : map.streams) streams_[stream.pid] = stream;
    }
    for (const analyzer::ProgramStream& stream : map.streams) {
        const bool media = stream.kind == MediaKind::video || stream.kind == MediaKind::audio;
        if (media || stream.kind == MediaKind::teletext) wanted_.insert(stream.pid);
        const bool used = stream.kind == MediaKind::audio ? config_.decoding.sound || reporter_.wants_access_units()
                          : stream.kind == MediaKind::teletext ? config_.decoding.captions
                                                               : stream.kind == MediaKind::video;
        if (used && !beyond_gstreamer(stream.codec)) expected_.insert(stream.pid);
    }
    std::erase_if(scrambled_pids_, [this](ts::Pid pid) { return !wanted_.contains(pid); });
    describe();
    name_what_cannot_be_decoded();
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
    log_.info("program", "program " + std::to_string(number_) + ": " + text,
              {{"stream", std::string_view{reporter_.stream()}}, {"program", std::uint64_t{number_}}});
}

void ProgramDecoding::tell(WorkerEvent kind, std::optional<ts::Pid> pid, std::string text) {
    const std::string where = "program " + std::to_string(number_);
    log_.warning(key_name(kind), where + ": " + text,
                 {{"stream", std::string_view{reporter_.stream()}}, {"program", std::uint64_t{number_}}});
    Finding finding;
    finding.kind = kind;
    finding.pid = pid;
    finding.text = std::move(text);
    reporter_.tell(finding, number_);
}

VideoReceiver* ProgramDecoding::video(ts::Pid pid, Codec codec) {
    const std::scoped_lock lock(mutex_);
    const auto stream = streams_.find(pid);
    if (stream == streams_.end()) return nullptr;
    std::unique_ptr<VideoPath>& path = videos_[pid];
    if (!path) {
        path = std::make_unique<VideoPath>(config_, reporter_, number_, stream->second, losses_);
    }
    path->set_stream(real_stream(stream->second, codec));
    return path.get();
}

SoundReceiver* ProgramDecoding::sound(ts::Pid pid, Codec codec) {
    const std::scoped_lock lock(mutex_);
    const auto stream = streams_.find(pid);
    const bool wanted = config_.decoding.sound || reporter_.wants_access_units();
    if (stream == streams_.end() || !wanted) return nullptr;
    std::unique_ptr<SoundPath>& path = sounds_[pid];
    if (!path) path = std::make_unique<SoundPath>(config_, reporter_, number_, stream->second);
    path->set_stream(real_stream(stream->second, codec));
    return path.get();
}

TeletextReceiver* ProgramDecoding::teletext(ts::Pid pid) {
    const std::scoped_lock lock(mutex_);
    const auto stream = streams_.find(pid);
    if (stream == streams_.end() || !config_.decoding.captions) return nullptr;
    std::unique_ptr<TeletextPath>& path = teletexts_[pid];
    if (!path) path = std::make_unique<TeletextPath>(config_, reporter_, number_, stream->second);
    return path.get();
}

void ProgramDecoding::on_not_decodable(ts::Pid pid, std::string reason) {
    {
        const std::scoped_lock lock(mutex_);
        if (!told_not_decodable_.insert({pid, reason}).second) return;
    }
    tell(WorkerEvent::not_decodable, pid, "PID " + std::to_string(pid) + ": " + reason);
}

void ProgramDecoding::on_pes_start(ts::Pid pid, const ts::PesHeader& header, UnixTime captured, std::uint64_t packet) {
    times_.add(pid, *header.pts, captured, packet, header.dts);
    if (expected_.contains(pid)) ++pes_since_progress_;
}

void ProgramDecoding::note_scrambling(const ProgramDirectory& directory) {
    std::set<ts::Pid> pids;
    bool clear = false;
    bool undecided = false;
    std::uint64_t most = 0;
    for (const analyzer::ProgramStream& stream : map_.streams) {
        if (stream.kind != MediaKind::video && stream.kind != MediaKind::audio) continue;
        const auto in_a_row = directory.scrambled_in_a_row(stream.pid);
        clear = clear || in_a_row == 0;
        undecided = undecided || !in_a_row || (*in_a_row > 0 && *in_a_row < enough_scrambled);
        if (in_a_row.value_or(0) >= enough_scrambled) pids.insert(stream.pid);
        most = std::max(most, in_a_row.value_or(0));
    }
    // The others will soon say whether it is the whole program.
    if (undecided && most < long_scrambled) return;
    const bool all = !pids.empty() && !clear;
    if (pids == scrambled_pids_ && all == scrambled_) return;
    if (all) {
        tell(WorkerEvent::not_decodable, std::nullopt,
             "it is scrambled: only a descrambled stream can be decoded; it is taken up when it comes in the clear");
        stop_pipeline();
    } else if (scrambled_) {
        tell(WorkerEvent::decoding_resumed, std::nullopt, "it is not scrambled any more");
    }
    for (const analyzer::ProgramStream& stream : map_.streams) {
        if (all || pids.contains(stream.pid) == scrambled_pids_.contains(stream.pid)) continue;
        const std::string name = "PID " + std::to_string(stream.pid) + ": " + display_name(stream.codec);
        if (pids.contains(stream.pid)) {
            tell(
                WorkerEvent::not_decodable, stream.pid,
                name +
                    " is scrambled: it is taken up when it comes in the clear; the other streams of the program go on");
        } else if (!scrambled_) {
            tell(WorkerEvent::decoding_resumed, stream.pid, name + " is not scrambled any more");
        }
    }
    scrambled_pids_ = std::move(pids);
    scrambled_ = all;
}

void ProgramDecoding::name_what_cannot_be_decoded() {
    for (const analyzer::ProgramStream& stream : map_.streams) {
        const bool media = stream.kind == MediaKind::video || stream.kind == MediaKind::audio;
        if (stream.kind != MediaKind::unknown && !(media && beyond_gstreamer(stream.codec))) continue;
        char name[64];
        std::snprintf(name, sizeof(name), "stream_type 0x%02X", stream.stream_type);
        if (stream.kind != MediaKind::unknown) std::snprintf(name, sizeof(name), "%s", display_name(stream.codec));
        on_not_decodable(stream.pid,
                         std::string{"GStreamer cannot decode "} + name + "; the other streams of the program go on");
    }
}

void ProgramDecoding::prepare(const ProgramDirectory& directory) {
    if (!pipeline_ && !wanted_.empty() && !end_asked_) tables_ = directory.tables(number_);
}

void ProgramDecoding::push(const std::shared_ptr<const void>& owner, ByteView packets, std::uint64_t first_packet,
                           bool discontinuity, const ProgramDirectory& directory, SteadyTime now) {
    if (end_asked_ || packets.empty()) return;
    discontinuity_ = discontinuity_ || discontinuity;
    note_scrambling(directory);
    if (scrambled_ || wanted_.empty()) return;
    if (!pipeline_) {
        if (now < next_start_) return;
        start_pipeline(now);
        if (!pipeline_) return;
    }
    if (discontinuity_) times_.add_gap(first_packet);
    if (!give(owner, packets)) {
        losses_.packets_skipped += packets.size() / ts::packet_size;
        reporter_.counts().packets_skipped += packets.size() / ts::packet_size;
        discontinuity_ = true;
        if (left_out_.note(now)) {
            log_.warning(
                "packets_skipped",
                "program " + std::to_string(number_) + ": decoding is slower than the stream, packets are left out",
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

void ProgramDecoding::start_pipeline(SteadyTime now) {
    auto started = ProgramPipeline::start(number_, config_.decoding, lossless_, *this, times_);
    if (!started) {
        fail_pipeline(started.error().message, now);
        return;
    }
    pipeline_ = std::move(*started);
    produced_ = 0;
    progress_ = now;
    pes_since_progress_ = 0;
    // Where it begins in the middle of the stream the tables come again only some time later.
    const auto tables = std::make_shared<const std::vector<std::uint8_t>>(std::move(tables_));
    tables_.clear();
    if (!tables->empty()) (void)pipeline_->push(tables, *tables, false);
    discontinuity_ = false;
}

void ProgramDecoding::fail_pipeline(const std::string& reason, SteadyTime now) {
    stop_pipeline();
    ++losses_.restarts;
    ++reporter_.counts().restarts;
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
            if (end_asked_) end_asked_ = now;
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
