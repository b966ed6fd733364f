#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/result.h"

namespace muxtap::feed {

/// The frames of one received message. Owns them: views into it live as long as it is neither reused nor destroyed.
class ReceivedMessage {
public:
    ReceivedMessage();
    ~ReceivedMessage();
    ReceivedMessage(ReceivedMessage&&) noexcept;
    ReceivedMessage& operator=(ReceivedMessage&&) noexcept;
    ReceivedMessage(const ReceivedMessage&) = delete;
    ReceivedMessage& operator=(const ReceivedMessage&) = delete;

    /// Views of the frames; of a message with more frames than the feed has, the first four.
    [[nodiscard]] std::span<const ByteView> frames() const noexcept;

private:
    friend class Subscriber;
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// Receives a feed from one or more probes, which need not be there yet. Reconnects by itself. Used by one thread.
class Subscriber {
public:
    struct Settings {
        std::vector<std::string> endpoints;  ///< tcp://host:port or ipc:///path
        std::vector<std::string> prefixes;   ///< topic prefixes; empty text: everything
        std::uint64_t buffer_bytes = std::uint64_t{64} << 20;
    };
    [[nodiscard]] static Result<std::unique_ptr<Subscriber>> connect(const Settings& settings);
    ~Subscriber();
    Subscriber(const Subscriber&) = delete;
    Subscriber& operator=(const Subscriber&) = delete;

    /// Waits for a message, at most this long, and puts it into `message`. False when none came.
    [[nodiscard]] bool receive(ReceivedMessage& message, std::chrono::milliseconds wait);

private:
    struct Implementation;
    explicit Subscriber(std::unique_ptr<Implementation> implementation);
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace muxtap::feed
