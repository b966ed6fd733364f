#include "analyzer/cli/capture_analysis.h"

#include <algorithm>
#include <unordered_map>

#include "analyzer/cli/capture_flow.h"
#include "common/net/frame_decoder.h"

namespace muxtap::analyze {
namespace {

/// Flows that are told apart; those beyond are counted together.
constexpr std::size_t most_flows = 100'000;
/// Datagrams of a flow that are looked at before it counts as something else.
constexpr std::uint64_t datagrams_to_judge = 100;

std::string plural(std::uint64_t count, const char* what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

/// The flows of a capture, each with its stream if it is one.
class FlowSet {
public:
    explicit FlowSet(const CaptureSettings& settings) : settings_(settings) {}

    void on_datagram(const net::Datagram& datagram) {
        tell_time(datagram.time);
        CaptureFlow* const flow = find(datagram);
        if (flow == nullptr) return;
        if (flow->subject() == nullptr) begin(*flow, datagram);
        flow->on_datagram(datagram);
    }

    void finish() {
        for (const auto& flow : flows_) flow->finish(newest_);
    }

    [[nodiscard]] const std::vector<std::unique_ptr<CaptureFlow>>& flows() const noexcept { return flows_; }
    [[nodiscard]] std::uint64_t uncounted_datagrams() const noexcept { return beyond_; }
    [[nodiscard]] const std::vector<std::string>& left_out() const noexcept { return left_out_; }

private:
    CaptureFlow* find(const net::Datagram& datagram) {
        const flow::FlowKey key = flow::key_of(datagram);
        if (last_ != nullptr && last_->key() == key) return last_;
        const auto found = by_key_.find(key);
        if (found != by_key_.end()) return last_ = found->second;
        if (flows_.size() >= most_flows) {
            ++beyond_;
            return nullptr;
        }
        flows_.push_back(std::make_unique<CaptureFlow>(key, locator_));
        by_key_.emplace(key, flows_.back().get());
        return last_ = flows_.back().get();
    }

    void begin(CaptureFlow& flow, const net::Datagram& datagram) {
        if (flow.datagrams() >= datagrams_to_judge || !flow::looks_like_ts(datagram, locator_)) return;
        if (!is_wanted(flow)) return;
        if (streams_ >= settings_.most_streams) {
            const std::string name = flow.name();
            if (std::find(left_out_.begin(), left_out_.end(), name) == left_out_.end()) left_out_.push_back(name);
            return;
        }
        ++streams_;
        flow.start(settings_.subject);
    }

    [[nodiscard]] bool is_wanted(const CaptureFlow& flow) const {
        if (settings_.streams.empty()) return true;
        flow::FlowKey untagged = flow.key();
        untagged.vlan = 0;
        const auto is_it = [&](const std::string& name) {
            return name == flow.name() || name == flow::name_of(untagged);
        };
        return std::any_of(settings_.streams.begin(), settings_.streams.end(), is_it);
    }

    /// Once a second of the capture every stream hears what time it is, so that its silence is noticed.
    void tell_time(UnixTime time) {
        newest_ = std::max(newest_, time);
        if (newest_ < next_) return;
        if (next_ != UnixTime{}) {
            for (const auto& flow : flows_) flow->advance(newest_);
        }
        next_ = newest_ + std::chrono::seconds{1};
    }

    const CaptureSettings& settings_;
    ts::PacketLocator locator_;
    std::vector<std::unique_ptr<CaptureFlow>> flows_;
    std::unordered_map<flow::FlowKey, CaptureFlow*, flow::FlowKeyHash> by_key_;
    CaptureFlow* last_ = nullptr;
    std::size_t streams_ = 0;
    std::uint64_t beyond_ = 0;
    std::vector<std::string> left_out_;
    UnixTime newest_{};
    UnixTime next_{};
};

Result<void> read_frames(net::CaptureFile& file, FlowSet& flows, net::FrameDecoder& decoder, std::uint64_t& frames,
                         std::uint64_t& bytes, Progress& progress) {
    constexpr std::size_t record_header = 16;
    net::Datagram datagram;
    for (;;) {
        const auto frame = file.next();
        if (!frame) return tl::unexpected<Error>(frame.error());
        if (!*frame) return {};
        bytes += (*frame)->bytes.size() + record_header;
        if ((++frames & 0x3FFU) == 0) progress.update(bytes);
        if (decoder.decode(**frame, datagram) == net::FrameVerdict::datagram) flows.on_datagram(datagram);
    }
}

/// What in the capture is no transport stream, one line each.
std::vector<std::string> remarks(const FlowSet& flows, const net::CaptureFile& file, const net::FrameDecoder& decoder,
                                 bool all_streams) {
    std::vector<std::string> lines;
    std::uint64_t others = 0;
    std::uint64_t datagrams = flows.uncounted_datagrams();
    for (const auto& flow : flows.flows()) {
        if (flow->is_ts()) continue;
        ++others;
        datagrams += flow->datagrams();
    }
    if (others > 0 && all_streams) {
        lines.push_back("no transport stream: " + plural(others, "UDP flow") + ", " + plural(datagrams, "datagram"));
    }
    const net::FrameCounts& counts = decoder.counts();
    const std::uint64_t other_frames = counts.of(net::FrameVerdict::not_ip) + counts.of(net::FrameVerdict::not_udp);
    if (other_frames > 0) lines.push_back("not UDP: " + plural(other_frames, "frame"));
    const std::uint64_t broken = counts.of(net::FrameVerdict::truncated_header) +
                                 counts.of(net::FrameVerdict::bad_header) +
                                 counts.of(net::FrameVerdict::fragment_refused);
    if (broken > 0) lines.push_back("broken headers: " + plural(broken, "frame"));
    if (decoder.incomplete_datagrams() > 0) {
        lines.push_back("fragments missing: " + plural(decoder.incomplete_datagrams(), "datagram"));
    }
    if (file.frames_of_unknown_link_type() > 0) {
        lines.push_back("of a link type that is not read here: " + plural(file.frames_of_unknown_link_type(), "frame"));
    }
    if (!flows.left_out().empty()) {
        lines.push_back("transport streams that were left out: " + std::to_string(flows.left_out().size()) +
                        " (choose with --stream " + flows.left_out().front() + ")");
    }
    if (!file.damage().empty()) lines.push_back("the capture file is damaged: " + file.damage());
    return lines;
}

std::string complaint(const InputResult& result, std::uint64_t frames, const CaptureSettings& settings) {
    std::string text = "cannot analyse " + shown_path(result.path) + ": ";
    if (settings.streams.empty()) {
        text += "no transport stream in " + plural(frames, "frame");
    } else {
        text += "no transport stream " + settings.streams.front() + " (--stream) in it; without --stream all are shown";
    }
    for (const std::string& line : result.remarks) text += "; " + line;
    return text;
}

}  // namespace

Result<InputResult> analyze_capture(Input input, const CaptureSettings& settings, Progress& progress,
                                    const std::function<void(StreamSubject&)>& on_end) {
    InputResult result;
    result.path = input.path;
    result.bytes = input.size;
    result.is_capture = true;
    auto file = net::open_capture_file(input.kind, net::ByteReader(std::move(input.file), input.first_bytes));
    if (!file) return fail("cannot analyse " + shown_path(result.path) + ": " + file.error().message);

    FlowSet flows(settings);
    net::FrameDecoder decoder;
    std::uint64_t frames = 0;
    std::uint64_t bytes = 0;
    if (auto read = read_frames(**file, flows, decoder, frames, bytes, progress); !read) {
        return fail("cannot analyse " + shown_path(result.path) + ": " + read.error().message);
    }
    flows.finish();
    if (result.bytes == 0) result.bytes = bytes;
    result.remarks = remarks(flows, **file, decoder, settings.streams.empty());
    for (const auto& flow : flows.flows()) {
        if (!flow->is_ts()) continue;
        if (on_end) on_end(*flow->subject());
        StreamResult stream;
        stream.name = flow->name();
        stream.report = flow->subject()->report();
        stream.over_rtp = flow->over_rtp();
        result.streams.push_back(std::move(stream));
    }
    if (result.streams.empty()) return fail(complaint(result, frames, settings));
    return result;
}

}  // namespace muxtap::analyze
