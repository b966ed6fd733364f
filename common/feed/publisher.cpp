#include "common/feed/publisher.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <unordered_map>
#include <utility>
#include <zmq.hpp>

#include "common/feed/high_water_mark.h"
#include "proto/feed_encoder.h"

namespace muxtap::feed {
namespace {

constexpr std::chrono::seconds status_interval{1};
constexpr const char* queue_address = "inproc://batches";
/// Memory for batches that are being filled or wait for the publisher, beside what subscribers hold.
constexpr std::size_t own_batch_bytes = std::size_t{48} << 20;
/// FFmpeg's zmq: protocol reads messages of up to 131,072 bytes and cuts longer ones: 697 packets fit.
constexpr std::size_t raw_message_bytes = 697 * ts::packet_size;

void give_back(void* /*data*/, void* reference) {
    (void)SharedBatch::from_c(reference);
}

/// A message that refers to a part of the batch's memory.
zmq::message_t message_of(const SharedBatch& batch, ByteView part) {
    // ZeroMQ's interface takes a mutable pointer; nothing writes through it.
    void* data = const_cast<std::uint8_t*>(part.data());
    return {data, part.size(), give_back, SharedBatch(batch).to_c()};
}

zmq::message_t message_of(std::string_view text) {
    return {text.data(), text.size()};
}

/// One bound XPUB socket with its subscriptions and connections.
class Endpoint {
public:
    Endpoint(zmq::context_t& context, bool bare, int mark, bool lossless)
        : socket_(context, zmq::socket_type::xpub), bare_(bare) {
        socket_.set(zmq::sockopt::linger, 0);
        socket_.set(zmq::sockopt::sndhwm, mark);
        socket_.set(zmq::sockopt::tcp_keepalive, 1);
        socket_.set(zmq::sockopt::tcp_keepalive_idle, 15);
        socket_.set(zmq::sockopt::xpub_verboser, true);
        set_lossless(lossless);
    }

    Result<std::string> bind(zmq::context_t& context, const std::string& endpoint) {
        try {
            if (!monitor_) start_monitor(context);
            // Names like tcp://*:5556 mean both; with an IPv4 address alone the endpoint is told as it was given.
            socket_.set(zmq::sockopt::ipv6, endpoint.find_first_of("[*") != std::string::npos);
            socket_.bind(endpoint);
        } catch (const zmq::error_t& error) {
            return fail("cannot publish on " + endpoint + ": " + error.what() + " (--target-ip, --target-port, " +
                        "--ipc-path and --raw-endpoint choose another address)");
        }
        return socket_.get(zmq::sockopt::last_endpoint);
    }

    void set_lossless(bool lossless) {
        lossless_ = lossless;
        socket_.set(zmq::sockopt::xpub_nodrop, lossless);
    }

    [[nodiscard]] zmq::socket_t& socket() noexcept { return socket_; }
    [[nodiscard]] zmq::socket_t& monitor() noexcept { return *monitor_; }
    [[nodiscard]] bool bare() const noexcept { return bare_; }
    [[nodiscard]] std::size_t connections() const noexcept { return connections_; }

    /// Whether somebody has subscribed to a prefix of this topic. Bare messages have no topic: any subscriber counts.
    [[nodiscard]] bool wanted(std::string_view topic) const {
        if (bare_) return !prefixes_.empty();
        return std::any_of(prefixes_.begin(), prefixes_.end(),
                           [&](const std::string& prefix) { return topic.starts_with(prefix); });
    }

    /// Whether somebody has subscribed to packets of any stream.
    [[nodiscard]] bool wants_packets() const {
        constexpr std::string_view packets = "ts/";
        return std::any_of(prefixes_.begin(), prefixes_.end(), [&](const std::string& prefix) {
            return bare_ || prefix.starts_with(packets) || packets.starts_with(prefix);
        });
    }

    void read_subscriptions() {
        zmq::message_t message;
        while (socket_.recv(message, zmq::recv_flags::dontwait)) {
            const std::string_view text = message.to_string_view();
            if (text.empty()) continue;
            const std::string prefix{text.substr(1)};
            if (text.front() == 1) {
                prefixes_.insert(prefix);
            } else if (const auto found = prefixes_.find(prefix); text.front() == 0 && found != prefixes_.end()) {
                prefixes_.erase(found);
            }
        }
    }

    /// True when the number of connections has changed.
    bool read_monitor() {
        const std::size_t before = connections_;
        zmq::message_t event;
        while (monitor_->recv(event, zmq::recv_flags::dontwait)) {
            const ByteView bytes{event.data<std::uint8_t>(), event.size()};
            if (bytes.size() >= sizeof(std::uint16_t)) count_event(load<std::uint16_t>(bytes, 0));
            while (event.more() && monitor_->recv(event, zmq::recv_flags::dontwait)) {
            }
        }
        return connections_ != before;
    }

    /// Sends one part; in lossless mode waits for room before the first part of a message while `waiting` is true.
    void send(zmq::message_t& part, bool more, const std::atomic<bool>& waiting) {
        const auto flags = more ? zmq::send_flags::dontwait | zmq::send_flags::sndmore : zmq::send_flags::dontwait;
        while (!socket_.send(part, flags)) {
            // Only a lossless socket says that it is full.
            if (!waiting.load(std::memory_order_relaxed)) set_lossless(false);
            zmq::pollitem_t item{socket_.handle(), 0, ZMQ_POLLOUT, 0};
            zmq::poll(&item, 1, std::chrono::milliseconds{20});
        }
    }

private:
    static constexpr int handshake_failures =
        ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;

    /// A finished handshake's event does not say of which connection, so they are counted. A connection that ends
    /// without one, a port scanner's say, tells of the failure right before its end.
    void count_event(int event) {
        if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
            ++connections_;
        } else if ((event & handshake_failures) != 0) {
            handshake_failed_ = true;
        } else if (event == ZMQ_EVENT_DISCONNECTED && !std::exchange(handshake_failed_, false) && connections_ > 0) {
            --connections_;
        }
    }

    void start_monitor(zmq::context_t& context) {
        const std::string address = "inproc://monitor-" + std::to_string(reinterpret_cast<std::uintptr_t>(this));
        if (zmq_socket_monitor(socket_.handle(), address.c_str(),
                               ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED | handshake_failures) != 0) {
            throw zmq::error_t();
        }
        monitor_.emplace(context, zmq::socket_type::pair);
        monitor_->set(zmq::sockopt::linger, 0);
        monitor_->connect(address);
    }

    zmq::socket_t socket_;
    std::optional<zmq::socket_t> monitor_;
    bool bare_;
    bool lossless_ = false;
    std::multiset<std::string> prefixes_;
    std::size_t connections_ = 0;
    bool handshake_failed_ = false;
};

/// The bounded queue between the writers and the publisher. ZeroMQ carries it, the bound is kept here.
struct QueueState {
    PublisherCounters counters;
    /// Whether somebody has subscribed to packets. While nobody has, batches end at the writers, which count them.
    std::atomic<bool> wanted{false};
    std::size_t limit = 0;
    std::atomic<std::size_t> queued{0};
    std::atomic<bool> waiting_allowed{false};  ///< lossless: writers wait for room, the publisher for subscribers

    /// Notes a batch that nobody wants.
    void skip(const std::string& stream) {
        const std::scoped_lock lock(mutex_);
        ++skipped_[stream];
        counters.batches.fetch_add(1, std::memory_order_relaxed);
    }
    /// Batches of the stream that nobody wanted; `forget` when the caller accounts for them from now on.
    [[nodiscard]] std::uint64_t skipped(const std::string& stream, bool forget) {
        const std::scoped_lock lock(mutex_);
        const auto found = skipped_.find(stream);
        if (found == skipped_.end()) return 0;
        return forget ? std::exchange(found->second, 0) : found->second;
    }

private:
    std::mutex mutex_;
    std::unordered_map<std::string, std::uint64_t> skipped_;
};

/// What the publisher knows of a stream.
struct StreamState {
    std::uint64_t next_seq = 0;
    std::uint64_t packets_at_last_status = 0;
    std::uint64_t bytes_at_last_status = 0;
};

}  // namespace

struct Publisher::Implementation {
    Implementation(const Settings& given, BatchPool& pool, const StatusBoard& status_board)
        : settings(given), batch_pool(pool), board(status_board), queue(context, zmq::socket_type::pull) {
        queue.set(zmq::sockopt::rcvhwm, 0);
        queue.set(zmq::sockopt::linger, 0);
        queue.bind(queue_address);
        queue_state.limit = std::max<std::size_t>(given.queue_batches, 1);
        queue_state.waiting_allowed = given.lossless;
        update_pool_limit();
    }

    Implementation(const Implementation&) = delete;
    Implementation& operator=(const Implementation&) = delete;
    ~Implementation() {
        // Batches still queued go back to their pool.
        zmq::message_t message;
        while (queue.handle() != nullptr && queue.recv(message, zmq::recv_flags::dontwait)) (void)batch_in(message);
    }

    /// The batch that a writer has pushed; empty when it says that it has finished.
    static BatchPtr batch_in(const zmq::message_t& message) {
        BatchPtr batch(*message.data<Batch*>());
        if (batch) batch->take_over();
        return batch;
    }

    void update_pool_limit() {
        const std::size_t connections = queue_state.counters.subscribers.load(std::memory_order_relaxed);
        batch_pool.set_limit(own_batch_bytes + (connections + 1) * settings.subscriber_buffer_bytes);
    }

    void update_subscribers() {
        std::size_t connections = 0;
        for (const auto& endpoint : endpoints) connections += endpoint->connections();
        queue_state.counters.subscribers = static_cast<std::uint32_t>(connections);
        update_pool_limit();
    }

    Result<void> bind(const std::string& address, bool bare) {
        auto endpoint = std::make_unique<Endpoint>(
            context, bare, high_water_mark(settings.subscriber_buffer_bytes, batch_pool.full_packets()),
            settings.lossless);
        auto bound = endpoint->bind(context, address);
        if (!bound) return tl::unexpected<Error>(bound.error());
        bound_endpoints.push_back(std::move(*bound));
        endpoints.push_back(std::move(endpoint));
        return {};
    }

    void publish(BatchPtr batch) {
        StreamState& state = streams[batch->stream->name];
        const std::uint64_t seq = state.next_seq + batch->skipped_before;
        state.next_seq = seq + 1;
        queue_state.counters.batches.fetch_add(1, std::memory_order_relaxed);
        const SharedBatch shared(std::move(batch));
        std::string_view header;
        for (const auto& endpoint : endpoints) {
            if (!endpoint->wanted(shared->stream->ts_topic)) continue;
            if (endpoint->bare()) {
                send_bare(*endpoint, shared);
                continue;
            }
            if (header.empty()) header = encode(*shared, seq);
            send_parts(*endpoint, shared->stream->ts_topic, header, message_of(shared, shared->payload()));
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

    void send_parts(Endpoint& endpoint, std::string_view topic, std::string_view header,
                    std::optional<zmq::message_t> payload) {
        zmq::message_t topic_part = message_of(topic);
        zmq::message_t header_part = message_of(header);
        endpoint.send(topic_part, true, queue_state.waiting_allowed);
        endpoint.send(header_part, payload.has_value(), queue_state.waiting_allowed);
        if (payload) endpoint.send(*payload, false, queue_state.waiting_allowed);
    }

    void send_bare(Endpoint& endpoint, const SharedBatch& batch) {
        const ByteView payload = batch->payload();
        for (std::size_t at = 0; at < payload.size(); at += raw_message_bytes) {
            const ByteView part = payload.subspan(at, std::min(raw_message_bytes, payload.size() - at));
            zmq::message_t message = message_of(batch, part);
            endpoint.send(message, false, queue_state.waiting_allowed);
        }
    }

    void publish_statuses() {
        const UnixTime now = unix_now();
        const SteadyTime steady = steady_now();
        const double seconds = std::chrono::duration<double>(steady - last_status).count();
        last_status = steady;
        for (const StreamStatus& status : board.read()) {
            StreamState& state = streams[status.stream->name];
            const proto::Totals& totals = status.totals;
            proto::InfoHeader info{.probe = settings.probe,
                                   .stream = status.stream->name,
                                   .epoch = settings.epoch,
                                   .next_seq = state.next_seq + queue_state.skipped(status.stream->name, false),
                                   .time_ns = to_unix_ns(now)};
            info.last_packet_ns = to_unix_ns(status.last_packet);
            info.source = status.stream->source();
            info.totals = totals;
            const std::uint64_t bytes_before = std::min(totals.bytes, state.bytes_at_last_status);
            const auto new_bytes = static_cast<double>(totals.bytes - bytes_before);
            info.rate_bps = seconds > 0 ? static_cast<std::uint64_t>(new_bytes * 8 / seconds) : 0;
            info.state = status.ended                                     ? proto::StreamState::ended
                         : totals.packets != state.packets_at_last_status ? proto::StreamState::live
                         : totals.packets == 0                            ? proto::StreamState::waiting
                                                                          : proto::StreamState::silent;
            state.packets_at_last_status = totals.packets;
            state.bytes_at_last_status = totals.bytes;
            for (const auto& endpoint : endpoints) {
                if (endpoint->bare() || !endpoint->wanted(status.stream->info_topic)) continue;
                send_parts(*endpoint, status.stream->info_topic, encoder.encode(info), std::nullopt);
            }
        }
    }

    void wait_for_work(std::chrono::milliseconds longest) {
        poll_items.clear();
        poll_items.push_back({queue.handle(), 0, ZMQ_POLLIN, 0});
        for (const auto& endpoint : endpoints) {
            poll_items.push_back({endpoint->socket().handle(), 0, ZMQ_POLLIN, 0});
            poll_items.push_back({endpoint->monitor().handle(), 0, ZMQ_POLLIN, 0});
        }
        zmq::poll(poll_items, longest);
        bool connections_changed = false;
        for (std::size_t i = 0; i < endpoints.size(); ++i) {
            if ((poll_items[1 + 2 * i].revents & ZMQ_POLLIN) != 0) endpoints[i]->read_subscriptions();
            if ((poll_items[2 + 2 * i].revents & ZMQ_POLLIN) != 0) connections_changed |= endpoints[i]->read_monitor();
        }
        if (connections_changed) update_subscribers();
        const bool wanted = std::any_of(endpoints.begin(), endpoints.end(),
                                        [](const auto& endpoint) { return endpoint->wants_packets(); });
        queue_state.wanted.store(wanted, std::memory_order_relaxed);
    }

    Settings settings;
    BatchPool& batch_pool;
    const StatusBoard& board;
    zmq::context_t context{1};
    zmq::socket_t queue;
    std::vector<std::unique_ptr<Endpoint>> endpoints;
    std::vector<std::string> bound_endpoints;
    std::unordered_map<std::string, StreamState> streams;
    proto::FeedEncoder encoder;
    std::vector<zmq::pollitem_t> poll_items;
    SteadyTime last_status = steady_now();
    std::size_t finished_writers = 0;
    bool ended = false;
    QueueState queue_state;
};

namespace {

/// PUSH end of the queue: what travels is the batch's address, and with it the ownership.
class InprocWriter : public BatchQueueWriter {
public:
    InprocWriter(zmq::context_t& context, BatchPool& pool, QueueState& state)
        : socket_(context, zmq::socket_type::push), pool_(pool), state_(state) {
        socket_.set(zmq::sockopt::sndhwm, 0);
        socket_.set(zmq::sockopt::linger, 0);
        socket_.connect(queue_address);
        pending_.reserve(most_pending);
    }

    ~InprocWriter() override { deliver(); }

    BatchPtr acquire(std::size_t packets) override {
        BatchPtr batch = pool_.acquire(packets);
        while (!batch && may_wait()) batch = pool_.acquire(packets);
        return batch;
    }

    bool push(BatchPtr& batch) override {
        if (!state_.wanted.load(std::memory_order_relaxed)) {
            state_.skip(batch->stream->name);
            batch.reset();
            return true;
        }
        while (state_.queued.load(std::memory_order_relaxed) >= state_.limit) {
            if (!may_wait()) return false;
        }
        state_.queued.fetch_add(1, std::memory_order_relaxed);
        batch->skipped_before = state_.skipped(batch->stream->name, true);
        pending_.push_back(std::move(batch));
        if (pending_.size() == most_pending) deliver();
        return true;
    }

    void deliver() override {
        for (BatchPtr& batch : pending_) {
            batch->hand_over();
            send(batch.release());
        }
        pending_.clear();
    }

    void finish() override {
        deliver();
        send(nullptr);
        // What is queued still arrives; a publisher cannot go while a writer's socket is open.
        socket_.close();
    }

private:
    static constexpr std::size_t most_pending = 64;

    /// In lossless mode: gives the publisher something to do and a moment to do it.
    bool may_wait() {
        deliver();
        if (!state_.waiting_allowed.load(std::memory_order_relaxed)) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
        return true;
    }

    void send(Batch* address) {
        // What travels is the address itself. NOLINTNEXTLINE(bugprone-sizeof-expression)
        zmq::message_t message(&address, sizeof address);
        socket_.send(message, zmq::send_flags::none);
    }

    zmq::socket_t socket_;
    BatchPool& pool_;
    QueueState& state_;
    std::vector<BatchPtr> pending_;
};

}  // namespace

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
    return implementation_->queue_state.counters;
}

std::unique_ptr<BatchQueueWriter> Publisher::make_writer() {
    return std::make_unique<InprocWriter>(implementation_->context, implementation_->batch_pool,
                                          implementation_->queue_state);
}

bool Publisher::do_work(std::chrono::milliseconds wait) {
    Implementation& self = *implementation_;
    const auto until_status =
        std::chrono::duration_cast<std::chrono::milliseconds>(self.last_status + status_interval - steady_now());
    self.wait_for_work(std::clamp(until_status, std::chrono::milliseconds{0}, wait));

    constexpr int most_batches_at_once = 256;
    zmq::message_t message;
    for (int i = 0; i < most_batches_at_once && self.queue.recv(message, zmq::recv_flags::dontwait); ++i) {
        if (BatchPtr batch = Implementation::batch_in(message)) {
            self.queue_state.queued.fetch_sub(1, std::memory_order_relaxed);
            self.publish(std::move(batch));
        } else {
            ++self.finished_writers;
        }
    }
    self.ended = self.finished_writers >= self.settings.writers;
    if (self.ended || steady_now() >= self.last_status + status_interval) self.publish_statuses();
    return !self.ended;
}

void Publisher::stop_waiting() noexcept {
    implementation_->queue_state.waiting_allowed = false;
}

void Publisher::close(std::chrono::milliseconds linger) {
    for (const auto& endpoint : implementation_->endpoints) {
        endpoint->socket().set(zmq::sockopt::linger, static_cast<int>(linger.count()));
    }
    implementation_->endpoints.clear();
}

}  // namespace muxtap::feed
