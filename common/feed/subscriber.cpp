#include "common/feed/subscriber.h"

#include <array>
#include <cerrno>
#include <zmq.hpp>

#include "common/feed/batch.h"
#include "common/feed/high_water_mark.h"

namespace muxtap::feed {

struct ReceivedMessage::Parts {
    // One more than a message of the feed has, so that a longer one can be told from it.
    static constexpr std::size_t most = 4;
    std::array<zmq::message_t, most> messages;
    std::array<ByteView, most> views;
    std::size_t count = 0;
};

ReceivedMessage::ReceivedMessage() : parts_(std::make_unique<Parts>()) {}
ReceivedMessage::~ReceivedMessage() = default;
ReceivedMessage::ReceivedMessage(ReceivedMessage&&) noexcept = default;
ReceivedMessage& ReceivedMessage::operator=(ReceivedMessage&&) noexcept = default;

std::span<const ByteView> ReceivedMessage::frames() const noexcept {
    return {parts_->views.data(), parts_->count};
}

namespace {

/// Longest part of a message that is taken in, in bytes.
constexpr std::int64_t largest_part = std::int64_t{16} << 20;

}  // namespace

struct Subscriber::Implementation {
    explicit Implementation(std::uint64_t buffer_bytes) : socket(context, zmq::socket_type::sub) {
        socket.set(zmq::sockopt::ipv6, true);
        socket.set(zmq::sockopt::linger, 0);
        // The largest batch is 1.9 MB: a stranger's bytes, read as a length, must not make room for gigabytes.
        socket.set(zmq::sockopt::maxmsgsize, largest_part);
        socket.set(zmq::sockopt::rcvhwm, high_water_mark(buffer_bytes, default_batch_packets));
        socket.set(zmq::sockopt::tcp_keepalive, 1);
        socket.set(zmq::sockopt::tcp_keepalive_idle, 15);
        // A probe that comes back is found again within a second.
        socket.set(zmq::sockopt::reconnect_ivl, 50);
        socket.set(zmq::sockopt::reconnect_ivl_max, 1000);
    }

    zmq::context_t context{1};
    zmq::socket_t socket;
};

Subscriber::Subscriber(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
Subscriber::~Subscriber() = default;

Result<std::unique_ptr<Subscriber>> Subscriber::connect(const Settings& settings) {
    auto implementation = std::make_unique<Implementation>(settings.buffer_bytes);
    for (const std::string& prefix : settings.prefixes) implementation->socket.set(zmq::sockopt::subscribe, prefix);
    for (const std::string& endpoint : settings.endpoints) {
        try {
            implementation->socket.connect(endpoint);
        } catch (const zmq::error_t& error) {
            return fail("cannot connect to \"" + endpoint + "\": " + error.what() +
                        " (expected tcp://host:port or ipc:///path)");
        }
    }
    return std::unique_ptr<Subscriber>(new Subscriber(std::move(implementation)));
}

namespace {

/// Waits for the first part of a message. False when none came, also when the wait was interrupted: SIGSTOP followed by
/// SIGCONT does that without a handler.
bool receive_first(zmq::socket_t& socket, zmq::message_t& part, std::chrono::milliseconds wait) {
    try {
        if (socket.recv(part, zmq::recv_flags::dontwait)) return true;
        zmq::pollitem_t item{socket.handle(), 0, ZMQ_POLLIN, 0};
        return zmq::poll(&item, 1, wait) > 0 && socket.recv(part, zmq::recv_flags::dontwait).has_value();
    } catch (const zmq::error_t& error) {
        if (error.num() != EINTR) throw;
        return false;
    }
}

}  // namespace

bool Subscriber::receive(ReceivedMessage& message, std::chrono::milliseconds wait) {
    zmq::socket_t& socket = implementation_->socket;
    ReceivedMessage::Parts& parts = *message.parts_;
    parts.count = 0;
    if (!receive_first(socket, parts.messages[0], wait)) return false;
    for (bool more = true; more;) {
        zmq::message_t& part = parts.messages[parts.count];
        parts.views[parts.count] = {part.data<std::uint8_t>(), part.size()};
        more = part.more();
        if (more && parts.count + 1 < ReceivedMessage::Parts::most) {
            ++parts.count;
            // All parts of a message arrive together.
            (void)socket.recv(parts.messages[parts.count], zmq::recv_flags::none);
        } else if (more) {
            zmq::message_t rest;
            do {
                (void)socket.recv(rest, zmq::recv_flags::none);
            } while (rest.more());
            more = false;
        }
    }
    ++parts.count;
    return true;
}

}  // namespace muxtap::feed
