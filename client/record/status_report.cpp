#include "client/record/status_report.h"

#include <array>
#include <cstdio>

#include "common/ts/packet_view.h"

namespace muxtap::record {
namespace {

std::string scaled(double value, std::string_view unit) {
    constexpr std::array<std::string_view, 5> prefixes = {"", "k", "M", "G", "T"};
    std::size_t prefix = 0;
    for (; value >= 1000 && prefix + 1 < prefixes.size(); ++prefix) value /= 1000;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), prefix == 0 ? "%.0f" : "%.1f", value);
    return std::string{text.data()}.append(" ").append(prefixes[prefix]).append(unit);
}

std::uint64_t gaps_of(const StreamReport& report) {
    std::uint64_t count = 0;
    for (const FileAccount::CauseTotal& total : report.lost.gaps) count += total.count;
    return count;
}

std::uint64_t lost_of(const StreamReport& report, GapCause cause) {
    return report.lost.of(cause).lost;
}

struct Sum {
    std::uint64_t packets = 0;
    std::uint64_t files = 0;
    std::uint64_t gaps = 0;
    std::uint64_t restarts = 0;
    std::uint64_t disk_dropped = 0;
    double bits_per_second = 0;
};

Sum sum_of(const std::vector<StreamReport>& streams) {
    Sum sum;
    for (const StreamReport& stream : streams) {
        sum.packets += stream.totals.packets;
        sum.files += stream.totals.files;
        sum.gaps += gaps_of(stream);
        sum.restarts += stream.lost.probe_restarts;
        sum.disk_dropped += stream.totals.disk_dropped;
        sum.bits_per_second += stream.bits_per_second;
    }
    return sum;
}

std::string count_text(std::uint64_t count, std::string_view what) {
    return std::to_string(count).append(" ").append(what).append(count == 1 ? "" : "s");
}

}  // namespace

std::string bit_rate_text(double bits_per_second) {
    return scaled(bits_per_second, "b/s");
}

std::string bytes_text(std::uint64_t bytes) {
    return scaled(static_cast<double>(bytes), "B");
}

std::string status_line(const std::vector<StreamReport>& streams, bool disk_alarm) {
    if (streams.empty()) return "waiting for a stream";
    const Sum sum = sum_of(streams);
    std::string line = streams.size() == 1 ? std::string{streams[0].stream} + " " + std::string{streams[0].state}
                                           : count_text(streams.size(), "stream");
    line += "  " + bit_rate_text(sum.bits_per_second) + "  " + count_text(sum.packets, "packet") + "  " +
            bytes_text(sum.packets * ts::packet_size) + "  " + count_text(sum.gaps, "gap");
    if (sum.disk_dropped > 0) line += "  disk dropped " + count_text(sum.disk_dropped, "packet");
    if (disk_alarm) line += "  DISK FULL";
    if (streams.size() == 1) line += "  " + streams[0].path;
    return line;
}

void log_status(app::Log& log, const std::vector<StreamReport>& streams) {
    for (const StreamReport& stream : streams) {
        const FileAccount::CauseTotal& feed = stream.lost.of(GapCause::subscriber);
        log.info("status", "recording",
                 {{"probe", stream.probe},
                  {"stream", stream.stream},
                  {"state", stream.state},
                  {"path", std::string_view{stream.path}},
                  {"rate_bps", static_cast<std::uint64_t>(stream.bits_per_second)},
                  {"packets", stream.totals.packets},
                  {"bytes", stream.totals.packets * ts::packet_size},
                  {"files", stream.totals.files},
                  {"probe_restarts", stream.lost.probe_restarts},
                  {"network_lost_rtp_packets", lost_of(stream, GapCause::network)},
                  {"kernel_dropped_frames", lost_of(stream, GapCause::kernel)},
                  {"probe_queue_dropped_packets", lost_of(stream, GapCause::probe_queue)},
                  {"subscriber_lost_batches", feed.batches},
                  {"subscriber_lost_packets", feed.lost},
                  {"disk_dropped_packets", stream.totals.disk_dropped}});
    }
}

void log_totals(app::Log& log, const std::vector<StreamReport>& streams, std::uint64_t refused,
                std::string_view end_reason) {
    const Sum sum = sum_of(streams);
    const std::uint64_t bytes = sum.packets * ts::packet_size;
    log.info("totals",
             "recorded " + count_text(sum.packets, "packet") + " (" + bytes_text(bytes) + ") of " +
                 count_text(streams.size(), "stream") + " in " + count_text(sum.files, "file"),
             {{"packets", sum.packets},
              {"bytes", bytes},
              {"files", sum.files},
              {"gaps", sum.gaps},
              {"probe_restarts", sum.restarts},
              {"disk_dropped_packets", sum.disk_dropped},
              {"refused_messages", refused},
              {"end_reason", end_reason}});
}

}  // namespace muxtap::record
