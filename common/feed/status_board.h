#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/feed/stream_description.h"
#include "proto/feed_header.h"

namespace muxtap::feed {

/// What one stream was doing when its capture thread last looked.
struct StreamStatus {
    StreamDescriptionPtr stream;
    proto::Totals totals;
    UnixTime last_packet{};  ///< capture time of the newest datagram, 1970 when there was none
    bool ended = false;
};

/// Newest status of every stream, handed from the capture threads to whoever reports, and what their host is doing.
/// Each writer has its own slot.
class StatusBoard {
public:
    explicit StatusBoard(std::size_t writers) : slots_(writers) {}

    /// Replaces what `writer` last said. Swaps, so that the vectors' memory goes round.
    void publish(std::size_t writer, std::vector<StreamStatus>& statuses) {
        const std::scoped_lock lock(mutex_);
        slots_[writer].swap(statuses);
    }

    /// All streams of all writers, each once: a stream that was asked for is on the list of every capture thread, but
    /// arrives on one.
    [[nodiscard]] std::vector<StreamStatus> read() const {
        const std::scoped_lock lock(mutex_);
        std::vector<StreamStatus> all;
        std::unordered_map<std::string_view, std::size_t> places;
        for (const auto& slot : slots_) {
            for (const StreamStatus& status : slot) {
                const auto [place, added] = places.emplace(status.stream->name, all.size());
                if (added) {
                    all.push_back(status);
                } else if (all[place->second].last_packet < status.last_packet) {
                    all[place->second] = status;
                }
            }
        }
        return all;
    }

    /// Replaces the figures of this host; null: nothing is told of it any more. Never holds up the writers.
    void set_host(std::shared_ptr<const proto::HostFigures> figures) {
        const std::scoped_lock lock(host_mutex_);
        host_.swap(figures);
    }

    /// The newest figures of this host, null when there are none.
    [[nodiscard]] std::shared_ptr<const proto::HostFigures> host() const {
        const std::scoped_lock lock(host_mutex_);
        return host_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::vector<StreamStatus>> slots_;
    mutable std::mutex host_mutex_;
    std::shared_ptr<const proto::HostFigures> host_;
};

}  // namespace muxtap::feed
