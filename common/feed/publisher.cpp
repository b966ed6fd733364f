#include "common/feed/publisher.h"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <zmq.hpp>

#include "common/feed/feed_endpoint.h"
#include "common/feed/high_water_mark.h"
#include "proto/feed_encoder.h"

namespace muxtap::feed {
namespace {

constexpr std::chrono::seconds status_interval{1};
/// Memory for batches that are being filled or wait for the publisher, beside what subscribers hold.
constexpr std::size_t own_batch_bytes = std::size_t{48} << 20;

/// What the publisher knows of a stream.
struct PublishedStream {
    std::uint64_t next_seq = 0;
    std::uint64_t packets_at_last_status = 0;
    std::uint64_t bytes_at_last_status = 0;
};

}  // namespace

struct Publisher::Implementation {
    Implementation(const Settings& given, BatchPool& pool, const StatusBoard& status_board)
        : settings(given),
          batch_pool(pool),
          board(status_board),
          queue(context, pool, given.queue_batches, given.lossless) {
        update_subscribers();
    }

    Result<void> bind(const std::string& address, bool bare) {
        const int mark = high_water_mark(settings.subscriber_buffer_bytes, batch_pool.full_packets());
        auto endpoint = FeedEndpoint::bind(
            context, address, {.bare = bare, .high_water_mark = mark, .lossless = settings.lossless}, queue.may_wait());
        if (!endpoint) return tl::unexpected<Error>(endpoint.error());
        bound_endpoints.push_back((*endpoint)->address());
        endpoints.push_back(std::move(*endpoint));
        return {};
    }

    void update_subscribers() {
        std::size_t connections = 0;
        for (const auto& endpoint : endpoints) connections += endpoint->connections();
        counters.subscribers = static_cast<std::uint32_t>(connections);
        batch_pool.set_limit(own_batch_bytes + (connections + 1) * settings.subscriber_buffer_bytes);
    }

    void publish(BatchPtr batch) {
        PublishedStream& stream = streams[batch->stream->name];
        const std::uint64_t seq = stream.next_seq + batch->skipped_before;
        stream.next_seq = seq + 1;
        const SharedBatch shared(std::move(batch));
        const std::string& topic = shared->stream->ts_topic;
        std::string_view header;
        for (const auto& endpoint : endpoints) {
            if (!endpoint->wanted(topic)) continue;
            if (endpoint->bare()) {
                endpoint->send_bare(shared);
                continue;
            }
            if (header.empty()) header = encode(*shared, seq);
            endpoint->send(topic, header, shared);
        }
    }

    std::string_view encode(const Batch& batch, std::uint64_t seq) {
        return encoder.encode(proto::BatchHeader{.probe = settings.probe,
                                                 .stream = batch.stream->name,
                                                 .epoch = settings.epoch,
                                                 .seq = seq,
                                                 .first_packet = batch.first_packet,
                                                 .packets = static_cast<std::uint32_t>(batch.packets()),
                                                 .time_ns = to_unix_ns(batch.time),
                                                 .datagrams = batch.datagrams,
                                                 .source = batch.stream->source(),
                                                 .totals = batch.totals});
    }

    void publish_statuses() {
        const UnixTime now = unix_now();
        const SteadyTime steady = steady_now();
        const double seconds = std::chrono::duration<double>(steady - last_status).count();
        last_status = steady;
        const std::shared_ptr<const proto::HostFigures> host = board.host();
        for (const StreamStatus& status : board.read()) {
            proto::InfoHeader info = make_info(status, now, seconds);
            info.host = host.get();
            for (const auto& endpoint : endpoints) {
                if (endpoint->bare() || !endpoint->wanted(status.stream->info_topic)) continue;
                endpoint->send(status.stream->info_topic, encoder.encode(info));
            }
        }
    }

    /// A stream's status `seconds` after its last one. Borrows from `status`.
    proto::InfoHeader make_info(const StreamStatus& status, UnixTime now, double seconds) {
        PublishedStream& stream = streams[status.stream->name];
        const proto::Totals& totals = status.totals;
        proto::InfoHeader info{.probe = settings.probe,
                               .stream = status.stream->name,
                               .epoch = settings.epoch,
                               .next_seq = stream.next_seq + queue.skipped(status.stream->name, false),
                               .time_ns = to_unix_ns(now)};
        info.last_packet_ns = to_unix_ns(status.last_packet);
        info.source = status.stream->source();
        info.totals = totals;
        const std::uint64_t new_bytes = totals.bytes - std::min(totals.bytes, stream.bytes_at_last_status);
        info.rate_bps = seconds > 0 ? static_cast<std::uint64_t>(static_cast<double>(new_bytes) * 8 / seconds) : 0;
        info.state = status.ended                                      ? proto::StreamState::ended
                     : totals.packets != stream.packets_at_last_status ? proto::StreamState::live
                     : totals.packets == 0                             ? proto::StreamState::waiting
                                                                       : proto::StreamState::silent;
        stream.packets_at_last_status = totals.packets;
        stream.bytes_at_last_status = totals.bytes;
        return info;
    }

    void wait_for_work(std::chrono::milliseconds longest) {
        poll_items.clear();
        poll_items.push_back({queue.poll_handle(), 0, ZMQ_POLLIN, 0});
        for (const auto& endpoint : endpoints) {
            poll_items.push_back({endpoint->subscriptions_handle(), 0, ZMQ_POLLIN, 0});
            poll_items.push_back({endpoint->connections_handle(), 0, ZMQ_POLLIN, 0});
        }
        zmq::poll(poll_items, longest);
        bool changed = false;
        for (std::size_t i = 0; i < endpoints.size(); ++i) {
            if ((poll_items[1 + 2 * i].revents & ZMQ_POLLIN) != 0) endpoints[i]->read_subscriptions();
            if ((poll_items[2 + 2 * i].revents & ZMQ_POLLIN) != 0) changed |= endpoints[i]->read_connections();
        }
        if (changed) update_subscribers();
        queue.set_wanted(std::any_of(endpoints.begin(), endpoints.end(),
                                     [](const auto& endpoint) { return endpoint->wants_packets(); }));
    }

    void publish_queued() {
        constexpr int most_batches_at_once = 256;
        BatchPtr batch;
        for (int i = 0; i < most_batches_at_once; ++i) {
            const BatchQueue::Item item = queue.take(batch);
            if (item == BatchQueue::Item::none) return;
            if (item == BatchQueue::Item::writer_finished) {
                ++finished_writers;
            } else {
                publish(std::move(batch));
            }
        }
    }

    Settings settings;
    BatchPool& batch_pool;
    const StatusBoard& board;
    zmq::context_t context{1};
    BatchQueue queue;
    std::vector<std::unique_ptr<FeedEndpoint>> endpoints;
    std::vector<std::string> bound_endpoints;
    PublisherCounters counters;
    std::unordered_map<std::string, PublishedStream> streams;
    proto::FeedEncoder encoder;
    std::vector<zmq::pollitem_t> poll_items;
    SteadyTime last_status = steady_now();
    std::size_t finished_writers = 0;
};

Publisher::Publisher(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
Publisher::~Publisher() = default;

Result<std::unique_ptr<Publisher>> Publisher::bind(const Settings& settings, BatchPool& pool,
                                                   const StatusBoard& board) {
    auto implementation = std::make_unique<Implementation>(settings, pool, board);
    for (const auto& [addresses, bare] :
         {std::pair{&settings.feed_endpoints, false}, std::pair{&settings.raw_endpoints, true}}) {
        for (const std::string& address : *addresses) {
            if (auto bound = implementation->bind(address, bare); !bound) return tl::unexpected<Error>(bound.error());
        }
    }
    return std::unique_ptr<Publisher>(new Publisher(std::move(implementation)));
}

const std::vector<std::string>& Publisher::bound_endpoints() const {
    return implementation_->bound_endpoints;
}

const PublisherCounters& Publisher::counters() const {
    return implementation_->counters;
}

std::unique_ptr<BatchQueueWriter> Publisher::make_writer() {
    return implementation_->queue.make_writer();
}

bool Publisher::do_work(std::chrono::milliseconds wait) {
    Implementation& self = *implementation_;
    const auto until_status =
        std::chrono::duration_cast<std::chrono::milliseconds>(self.last_status + status_interval - steady_now());
    self.wait_for_work(std::clamp(until_status, std::chrono::milliseconds{0}, wait));
    self.publish_queued();
    const bool ended = self.finished_writers >= self.settings.writers;
    if (ended || steady_now() >= self.last_status + status_interval) self.publish_statuses();
    return !ended;
}

void Publisher::stop_waiting() noexcept {
    implementation_->queue.stop_waiting();
}

void Publisher::close(std::chrono::milliseconds linger) {
    for (const auto& endpoint : implementation_->endpoints) endpoint->set_linger(linger);
    implementation_->endpoints.clear();
}

}  // namespace muxtap::feed
