#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>
#include <variant>
#include <vector>

#include "client/metrics/stream_watch.h"
#include "common/feed/feed_tracker.h"
#include "proto/feed_decoder.h"
#include "proto/feed_encoder.h"
#include "proto/topic.h"

// feed_watch_speed FILE BITS_PER_SECOND: what muxtap-metrics does with the messages of a stream, from their frames to
// the analyzer's report, without sockets: the packets of a 188-byte file in batches as a probe makes them, datagrams of
// 7 packets at a constant rate. Prints one line of JSON: bytes, CPU seconds.

namespace {

using namespace muxtap;

constexpr std::size_t batch_packets = 1400;
constexpr std::size_t datagram_packets = 7;

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct Message {
    std::string header;
    ByteView payload;
};

std::vector<Message> make_messages(const std::vector<std::uint8_t>& bytes, double bits_per_second) {
    const double packet_ns = 188.0 * 8 * 1e9 / bits_per_second;
    const std::size_t packets = bytes.size() / ts::packet_size;
    std::vector<Message> messages;
    std::vector<proto::DatagramEntry> datagrams;
    proto::FeedEncoder encoder;
    proto::Totals totals;
    constexpr std::int64_t start = 1'790'000'000'000'000'000;
    const auto time_of = [&](std::size_t packet) {
        return start + static_cast<std::int64_t>(packet_ns * static_cast<double>(packet));
    };
    for (std::size_t first = 0; first < packets; first += batch_packets) {
        const std::size_t count = std::min(batch_packets, packets - first);
        datagrams.clear();
        for (std::size_t at = first; at < first + count; at += datagram_packets) {
            const std::int64_t gap = at == first ? 0 : time_of(at) - time_of(at - datagram_packets);
            datagrams.push_back({static_cast<std::uint32_t>(std::min(datagram_packets, first + count - at)), gap});
        }
        proto::BatchHeader header;
        header.probe = "probe";
        header.stream = "stream";
        header.epoch = 1;
        header.seq = messages.size();
        header.first_packet = first;
        header.packets = static_cast<std::uint32_t>(count);
        header.time_ns = time_of(first);
        header.datagrams = datagrams;
        header.totals = totals;
        messages.push_back({std::string{encoder.encode(header)},
                            ByteView{bytes}.subspan(first * ts::packet_size, count * ts::packet_size)});
        totals.packets += count;
        totals.bytes += count * ts::packet_size;
        totals.datagrams += datagrams.size();
    }
    return messages;
}

ByteView bytes_of(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// CPU seconds of one pass; negative when something went wrong.
double pass(const std::vector<Message>& messages, const std::string& topic, std::size_t packets) {
    const double begin = cpu_seconds();
    metrics::StreamWatch watch({}, "probe", "stream");
    proto::FeedDecoder decoder;
    feed::FeedTracker tracker;
    for (const Message& message : messages) {
        const ByteView frames[] = {bytes_of(topic), bytes_of(message.header), message.payload};
        const auto decoded = decoder.decode(frames);
        if (!decoded) return -1;
        const auto& batch = std::get<proto::BatchMessage>(*decoded);
        watch.on_batch(batch, tracker.on_batch(batch.header), from_unix_ns(batch.header.time_ns));
        (void)watch.events();
    }
    metrics::IntervalRecord record;
    watch.describe(record);
    const double spent = cpu_seconds() - begin;
    return record.report->totals.packets == packets ? spent : -1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    std::ifstream file(argv[1], std::ios::binary);
    const std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
    const auto messages = make_messages(bytes, std::atof(argv[2]));
    const std::string topic = proto::make_topic(proto::Kind::ts, "stream");

    std::vector<double> passes;
    for (int i = 0; i < 5; ++i) {
        const double spent = pass(messages, topic, bytes.size() / ts::packet_size);
        if (spent < 0) return 1;
        passes.push_back(spent);
    }
    std::sort(passes.begin(), passes.end());
    std::printf("{\"bytes\":%zu,\"cpu_seconds\":%.4f}\n", bytes.size(), passes[passes.size() / 2]);
    return 0;
}
