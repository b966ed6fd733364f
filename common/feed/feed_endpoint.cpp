#include "common/feed/feed_endpoint.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>
#include <zmq.hpp>

namespace muxtap::feed {
namespace {

/// FFmpeg's zmq: protocol reads messages of up to 131,072 bytes and cuts longer ones: 697 packets fit.
constexpr std::size_t raw_message_bytes = 697 * ts::packet_size;

/// Longest message taken from a subscriber, in bytes.
constexpr std::int64_t largest_subscription = 4096;

constexpr int handshake_failures =
    ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;

void give_back(void* /*data*/, void* reference) {
    (void)SharedBatch::from_c(reference);
}

/// A message that refers to a part of the batch's memory.
zmq::message_t message_of(const SharedBatch& batch, ByteView part) {
    // ZeroMQ's interface takes a mutable pointer; nothing writes through it.
    void* data = const_cast<std::uint8_t*>(part.data());
    return {data, part.size(), give_back, SharedBatch(batch).to_c()};
}

void let_go(void* /*data*/, void* reference) {
    const std::unique_ptr<SharedBytes> held(static_cast<SharedBytes*>(reference));
}

/// A message that refers to the payload.
zmq::message_t message_of(const SharedBytes& payload) {
    auto held = std::make_unique<SharedBytes>(payload);
    // As above: nothing writes through it.
    zmq::message_t message(const_cast<std::uint8_t*>(payload->data()), payload->size(), let_go, held.get());
    (void)held.release();
    return message;
}

zmq::message_t message_of(std::string_view text) {
    return {text.data(), text.size()};
}

/// A local socket made by root, who becomes another user then, is for all users of the machine, as its TCP port is.
void admit_everybody(const std::string& address) {
    constexpr std::string_view scheme = "ipc://";
    if (!address.starts_with(scheme) || address.starts_with("ipc://@")) return;
    constexpr mode_t for_all = 0666;
    (void)::chmod(address.c_str() + scheme.size(), for_all);
}

}  // namespace

FeedEndpoint::FeedEndpoint(zmq::context_t& context, const Settings& settings, const std::atomic<bool>& may_wait)
    : socket_(std::make_unique<zmq::socket_t>(context, zmq::socket_type::xpub)),
      bare_(settings.bare),
      may_wait_(may_wait) {
    socket_->set(zmq::sockopt::linger, 0);
    // Subscriptions are all that comes in: a stranger's bytes, read as a length, must not make room for gigabytes.
    socket_->set(zmq::sockopt::maxmsgsize, largest_subscription);
    socket_->set(zmq::sockopt::sndhwm, settings.high_water_mark);
    socket_->set(zmq::sockopt::tcp_keepalive, 1);
    socket_->set(zmq::sockopt::tcp_keepalive_idle, 15);
    socket_->set(zmq::sockopt::xpub_verboser, true);
    set_lossless(settings.lossless);
}

FeedEndpoint::~FeedEndpoint() = default;

Result<std::unique_ptr<FeedEndpoint>> FeedEndpoint::bind(zmq::context_t& context, const std::string& address,
                                                         const Settings& settings, const std::atomic<bool>& may_wait) {
    std::unique_ptr<FeedEndpoint> endpoint(new FeedEndpoint(context, settings, may_wait));
    try {
        endpoint->start_monitor(context);
        // Names like tcp://*:5556 mean both; with an IPv4 address alone the endpoint is told as it was given.
        endpoint->socket_->set(zmq::sockopt::ipv6, address.find_first_of("[*") != std::string::npos);
        endpoint->socket_->bind(address);
        admit_everybody(address);
    } catch (const zmq::error_t& error) {
        return fail("cannot publish on " + address + ": " + error.what() + " (" + std::string{settings.other_address} +
                    " another address)");
    }
    return endpoint;
}

void FeedEndpoint::start_monitor(zmq::context_t& context) {
    const std::string address = "inproc://monitor-" + std::to_string(reinterpret_cast<std::uintptr_t>(this));
    if (zmq_socket_monitor(socket_->handle(), address.c_str(),
                           ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED | handshake_failures) != 0) {
        throw zmq::error_t();
    }
    monitor_ = std::make_unique<zmq::socket_t>(context, zmq::socket_type::pair);
    monitor_->set(zmq::sockopt::linger, 0);
    monitor_->connect(address);
}

std::string FeedEndpoint::address() const {
    return socket_->get(zmq::sockopt::last_endpoint);
}

void* FeedEndpoint::subscriptions_handle() noexcept {
    return socket_->handle();
}

void* FeedEndpoint::connections_handle() noexcept {
    return monitor_->handle();
}

bool FeedEndpoint::wanted(std::string_view topic) const {
    if (bare_) return !prefixes_.empty();
    return std::any_of(prefixes_.begin(), prefixes_.end(),
                       [&](const std::string& prefix) { return topic.starts_with(prefix); });
}

bool FeedEndpoint::wants_packets() const {
    constexpr std::string_view packets = "ts/";
    return std::any_of(prefixes_.begin(), prefixes_.end(), [&](const std::string& prefix) {
        return bare_ || prefix.starts_with(packets) || packets.starts_with(prefix);
    });
}

void FeedEndpoint::read_subscriptions() {
    zmq::message_t message;
    while (socket_->recv(message, zmq::recv_flags::dontwait)) {
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

bool FeedEndpoint::read_connections() {
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

/// A finished handshake's event does not say of which connection, so they are counted. A connection that ends without
/// one, a port scanner's say, tells of the failure right before its end.
void FeedEndpoint::count_event(int event) {
    if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
        ++connections_;
    } else if ((event & handshake_failures) != 0) {
        handshake_failed_ = true;
    } else if (event == ZMQ_EVENT_DISCONNECTED && !std::exchange(handshake_failed_, false) && connections_ > 0) {
        --connections_;
    }
}

void FeedEndpoint::set_lossless(bool lossless) {
    socket_->set(zmq::sockopt::xpub_nodrop, lossless);
}

/// In lossless mode waits for room before the first part of a message, while that is allowed.
void FeedEndpoint::send_part(zmq::message_t part, bool more) {
    const auto flags = more ? zmq::send_flags::dontwait | zmq::send_flags::sndmore : zmq::send_flags::dontwait;
    while (!socket_->send(part, flags)) {
        // Only a lossless socket says that it is full.
        if (!may_wait_.load(std::memory_order_relaxed)) set_lossless(false);
        zmq::pollitem_t item{socket_->handle(), 0, ZMQ_POLLOUT, 0};
        zmq::poll(&item, 1, std::chrono::milliseconds{20});
    }
}

void FeedEndpoint::send(std::string_view topic, std::string_view header) {
    send_part(message_of(topic), true);
    send_part(message_of(header), false);
}

void FeedEndpoint::send(std::string_view topic, std::string_view header, const SharedBatch& batch) {
    send_part(message_of(topic), true);
    send_part(message_of(header), true);
    send_part(message_of(batch, batch->payload()), false);
}

void FeedEndpoint::send(std::string_view topic, std::string_view header, const SharedBytes& payload) {
    send_part(message_of(topic), true);
    send_part(message_of(header), true);
    send_part(message_of(payload), false);
}

void FeedEndpoint::send_bare(const SharedBatch& batch) {
    const ByteView payload = batch->payload();
    for (std::size_t at = 0; at < payload.size(); at += raw_message_bytes) {
        const ByteView part = payload.subspan(at, std::min(raw_message_bytes, payload.size() - at));
        send_part(message_of(batch, part), false);
    }
}

void FeedEndpoint::set_linger(std::chrono::milliseconds linger) {
    socket_->set(zmq::sockopt::linger, static_cast<int>(linger.count()));
}

}  // namespace muxtap::feed
