#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "common/app/signals.h"
#include "common/base/clock.h"
#include "common/feed/feed_tracker.h"
#include "common/feed/subscriber.h"
#include "proto/feed_decoder.h"

// A subscriber that only counts: what a benchmark needs to know of a feed. Ends on SIGINT or SIGTERM and prints one
// JSON object: batches, packets, lost batches, and the age of each batch's oldest packet on arrival in microseconds.

namespace muxtap {
namespace {

struct Counts {
    std::uint64_t batches = 0;
    std::uint64_t packets = 0;
    std::uint64_t lost_batches = 0;
    std::uint64_t refused = 0;
    std::vector<std::int64_t> ages_us;
};

std::int64_t percentile(const std::vector<std::int64_t>& sorted, double share) {
    if (sorted.empty()) return 0;
    const auto index = static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1));
    return sorted[index];
}

void print(Counts counts) {
    std::sort(counts.ages_us.begin(), counts.ages_us.end());
    std::printf(
        "{\"batches\":%llu,\"packets\":%llu,\"lost_batches\":%llu,\"refused\":%llu,"
        "\"p50_us\":%lld,\"p99_us\":%lld,\"max_us\":%lld}\n",
        static_cast<unsigned long long>(counts.batches), static_cast<unsigned long long>(counts.packets),
        static_cast<unsigned long long>(counts.lost_batches), static_cast<unsigned long long>(counts.refused),
        static_cast<long long>(percentile(counts.ages_us, 0.5)),
        static_cast<long long>(percentile(counts.ages_us, 0.99)),
        static_cast<long long>(percentile(counts.ages_us, 1)));
}

int run(const std::string& endpoint) {
    app::Signals signals;
    auto subscriber = feed::Subscriber::connect({.endpoints = {endpoint}, .prefixes = {"ts/", "info/"}});
    if (!subscriber) {
        std::fprintf(stderr, "feed_sink: %s\n", subscriber.error().message.c_str());
        return EXIT_FAILURE;
    }
    proto::FeedDecoder decoder;
    feed::FeedTracker tracker;
    feed::ReceivedMessage message;
    Counts counts;
    constexpr std::size_t most_ages = 1'000'000;
    counts.ages_us.reserve(most_ages);
    SteadyTime next_look{};
    for (;;) {
        if (steady_now() >= next_look) {
            if (signals.wait(std::chrono::milliseconds{0}) == app::Signals::Event::stop) break;
            next_look = steady_now() + std::chrono::milliseconds{50};
        }
        if (!(*subscriber)->receive(message, std::chrono::milliseconds{50})) continue;
        const auto decoded = decoder.decode(message.frames());
        if (!decoded) {
            ++counts.refused;
        } else if (const auto* batch = std::get_if<proto::BatchMessage>(&*decoded)) {
            ++counts.batches;
            counts.packets += batch->header.packets;
            counts.lost_batches += tracker.on_batch(batch->header).missing_batches;
            const auto age = unix_now() - from_unix_ns(batch->header.time_ns);
            if (counts.ages_us.size() < most_ages) counts.ages_us.push_back(age.count() / 1000);
        } else {
            counts.lost_batches += tracker.on_info(std::get<proto::InfoHeader>(*decoded)).missing_batches;
        }
    }
    print(std::move(counts));
    return EXIT_SUCCESS;
}

}  // namespace
}  // namespace muxtap

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: feed_sink ENDPOINT\n");
        return 2;
    }
    return muxtap::run(argv[1]);
}
