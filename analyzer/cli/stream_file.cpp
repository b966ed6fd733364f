#include "analyzer/cli/stream_file.h"

#include <algorithm>
#include <cstring>
#include <deque>

#include "analyzer/cli/packet_framer.h"
#include "analyzer/clock/file_clock.h"

namespace muxtap::analyze {
namespace {

using analyzer::LossBefore;
using analyzer::PacketBlock;

/// A file that has nothing like packets in so many bytes has none.
constexpr std::uint64_t longest_search = std::uint64_t{64} << 20;
/// How much of the start is kept while no PCR shows what time it is.
constexpr std::size_t longest_wait_for_clock = std::size_t{16} << 20;

/// The way of a file's bytes to the analyzer. One buffer holds, one behind the other: packets that have no time yet,
/// and bytes in which no packets have been found yet.
class StreamFileReader {
public:
    StreamFileReader(Input input, const StreamFileSettings& settings, Progress& progress)
        : input_(std::move(input)),
          piece_bytes_(settings.piece_bytes),
          progress_(progress),
          clock_({.bitrate = settings.bitrate,
                  .start_bytes = longest_wait_for_clock,
                  .hold_bytes = std::min<std::size_t>(settings.piece_bytes / 2, 400'000)}),
          subject_({}, analyzer::ClockSource::pcr, settings.subject) {
        buffer_.assign(input_.first_bytes.begin(), input_.first_bytes.end());
        end_ = buffer_.size();
        bytes_read_ = end_;
    }

    Result<void> run() {
        bool last = false;
        while (!last) {
            const auto more = read();
            if (!more) return tl::unexpected<Error>(more.error());
            last = !*more;
            find_packets(last);
            give_times(last);
            subject_.tell();
            progress_.update(bytes_read_);
            if (framer_.stride() == 0 && searched_ > longest_search) break;
        }
        return {};
    }

    /// The report as of now.
    [[nodiscard]] analyzer::Report report() const {
        analyzer::Report report = subject_.report();
        if (!timed_) report.clock = analyzer::ClockSource::none;
        return report;
    }
    [[nodiscard]] std::size_t stride() const noexcept { return framer_.stride(); }
    [[nodiscard]] std::uint64_t bytes_read() const noexcept { return bytes_read_; }
    [[nodiscard]] const std::string& path() const noexcept { return input_.path; }
    [[nodiscard]] StreamSubject& subject() noexcept { return subject_; }

private:
    /// Bytes between packets, before the packet of this number in the buffer.
    struct Gap {
        std::size_t packet = 0;
        LossBefore loss;
    };

    /// False at the end of the file.
    Result<bool> read() {
        // Moved to the front only when there is little left to move, or no room.
        if (begin_ > 0) {
            std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
            packets_end_ -= begin_;
            end_ -= begin_;
            begin_ = 0;
        }
        if (buffer_.size() < end_ + piece_bytes_) buffer_.resize(std::max(end_ + piece_bytes_, buffer_.size() * 2));
        const auto got = read_fully(input_.file, input_.path, std::span(buffer_).subspan(end_, piece_bytes_));
        if (!got) return tl::unexpected<Error>(got.error());
        end_ += *got;
        bytes_read_ += *got;
        return *got == piece_bytes_;
    }

    void find_packets(bool last) {
        while (packets_end_ < end_) {
            const auto step = framer_.next(ByteView(buffer_).subspan(packets_end_, end_ - packets_end_), last);
            if (step.verdict == PacketFramer::Verdict::need_more) return;
            if (step.verdict == PacketFramer::Verdict::packets) {
                packets_end_ += step.bytes;
            } else {
                skip(step);
            }
        }
    }

    /// Takes bytes out, so that the packets around them stand at the stride.
    void skip(const PacketFramer::Step& step) {
        if (framer_.stride() == 0) searched_ += step.bytes;
        const bool lead = !started_ && framer_.stride() == 192 && step.bytes == 4;
        if (framer_.stride() != 0) started_ = true;
        if (!lead) {
            Gap gap{.packet = packets(), .loss = {}};
            if (!gaps_.empty() && gaps_.back().packet == gap.packet) {
                gap = gaps_.back();
                gaps_.pop_back();
            }
            gap.loss.skipped_bytes += step.bytes;
            if (step.truncated) gap.loss.rejected.add(ts::RejectReason::truncated);
            gaps_.push_back(gap);
        }
        std::memmove(buffer_.data() + packets_end_, buffer_.data() + packets_end_ + step.bytes,
                     end_ - packets_end_ - step.bytes);
        end_ -= step.bytes;
    }

    /// Packets in the buffer.
    [[nodiscard]] std::size_t packets() const noexcept {
        const std::size_t size = packets_end_ - begin_;
        return size < ts::packet_size ? 0 : (size - ts::packet_size) / framer_.stride() + 1;
    }

    void give_times(bool last) {
        const std::size_t stride = framer_.stride();
        if (stride == 0) return;
        segments_.clear();
        const ByteView bytes = ByteView(buffer_).subspan(begin_, packets_end_ - begin_);
        const std::size_t taken = packets() == 0 ? 0 : clock_.time(bytes, stride, last, segments_);
        for (const analyzer::FileSegment& segment : segments_) add(bytes, segment);
        begin_ = std::min(begin_ + taken * stride, packets_end_);
        for (Gap& gap : gaps_) gap.packet -= std::min(gap.packet, taken);
        if (!last || gaps_.empty()) return;
        // What was left over behind the last packet.
        PacketBlock block;
        block.timed = false;
        for (const Gap& gap : gaps_) merge(block.before, gap.loss);
        gaps_.clear();
        subject_.add(block);
    }

    static void merge(LossBefore& into, const LossBefore& loss) {
        into.rejected.add(loss.rejected);
        into.skipped_bytes += loss.skipped_bytes;
    }

    /// Gives a segment to the analyzer, in parts where there are gaps in it.
    void add(ByteView bytes, const analyzer::FileSegment& segment) {
        const auto time_at = [&](std::size_t packet) {
            if (packet == segment.packets) return segment.end;
            const double share = static_cast<double>(packet) / static_cast<double>(segment.packets);
            const double offset = static_cast<double>((segment.end - segment.begin).count()) * share;
            return segment.begin + std::chrono::nanoseconds{static_cast<std::int64_t>(offset)};
        };
        std::size_t from = 0;
        while (from < segment.packets) {
            PacketBlock block;
            while (!gaps_.empty() && gaps_.front().packet <= segment.first + from) {
                merge(block.before, gaps_.front().loss);
                gaps_.pop_front();
            }
            std::size_t until = segment.packets;
            if (!gaps_.empty()) until = std::min(until, gaps_.front().packet - segment.first);
            const std::size_t stride = framer_.stride();
            block.stride = stride;
            block.bytes = bytes.subspan((segment.first + from) * stride, (until - from - 1) * stride + ts::packet_size);
            block.timed = segment.timed;
            if (segment.timed) {
                timed_ = true;
                block.begin = from == 0 ? segment.begin : time_at(from);
                block.end = time_at(until);
            }
            subject_.add(block);
            from = until;
        }
    }

    Input input_;
    std::size_t piece_bytes_;
    Progress& progress_;
    PacketFramer framer_;
    analyzer::FileClock clock_;
    StreamSubject subject_;
    std::vector<std::uint8_t> buffer_;
    std::size_t begin_ = 0;        ///< first packet that has no time yet
    std::size_t packets_end_ = 0;  ///< behind the packets found so far
    std::size_t end_ = 0;
    std::deque<Gap> gaps_;
    std::vector<analyzer::FileSegment> segments_;
    std::uint64_t bytes_read_ = 0;
    std::uint64_t searched_ = 0;  ///< bytes before the first packet
    bool started_ = false;
    bool timed_ = false;  ///< some packet had a time
};

/// Why a file in which nothing counts as a packet is no transport stream; empty when it is one.
std::string complaint(const StreamFileReader& reader, const analyzer::Report& report) {
    const std::string what = "cannot analyse " + shown_path(reader.path()) + ": ";
    if (reader.stride() == 0) {
        return what + "it is no transport stream: there are no sync bytes (0x47) every 188, 192 or 204 bytes";
    }
    if (report.totals.packets != 0) return {};
    std::string reasons;
    for (std::size_t i = 0; i < ts::reject_reason_count; ++i) {
        const auto reason = static_cast<ts::RejectReason>(i);
        const std::uint64_t count = report.totals.rejected.of(reason);
        if (count == 0) continue;
        reasons += (reasons.empty() ? "" : ", ") + std::string{ts::name_of(reason)} + " " + std::to_string(count);
    }
    return what + "it has sync bytes but not one valid packet (" + reasons + "): it is no transport stream";
}

}  // namespace

Result<InputResult> analyze_stream_file(Input input, const StreamFileSettings& settings, Progress& progress,
                                        const std::function<void(StreamSubject&)>& on_end) {
    InputResult result;
    result.path = input.path;
    StreamFileReader reader(std::move(input), settings, progress);
    if (auto run = reader.run(); !run) return tl::unexpected<Error>(run.error());
    StreamResult stream;
    stream.report = reader.report();
    if (std::string why = complaint(reader, stream.report); !why.empty()) return fail(std::move(why));
    reader.subject().tell();
    if (on_end) on_end(reader.subject());
    stream.stride = reader.stride();
    result.bytes = reader.bytes_read();
    result.streams.push_back(std::move(stream));
    return result;
}

}  // namespace muxtap::analyze
