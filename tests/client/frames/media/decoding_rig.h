#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "client/frames/stream_decoding.h"
#include "tests/support/temp_folder.h"

namespace muxtap::test {

/// Reads the records of an NDJSON output from a named pipe and counts them by stream and codec.
class RecordCounter {
public:
    RecordCounter();
    ~RecordCounter();
    RecordCounter(const RecordCounter&) = delete;
    RecordCounter& operator=(const RecordCounter&) = delete;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    struct Count {
        std::uint64_t pictures = 0;
        std::uint64_t sounds = 0;
    };
    /// Pictures count by the codec of the video, reports of sound by that of the sound.
    [[nodiscard]] Count count(const std::string& stream, const std::string& codec) const;
    /// Waits until something more was counted, some milliseconds at most.
    void wait() const;
    void forget(const std::string& stream);

private:
    void read();
    void take(const std::string& line);

    TempFolder folder_;
    std::string path_;
    int pipe_ = -1;
    mutable std::mutex mutex_;
    mutable std::condition_variable more_;
    std::map<std::string, std::map<std::string, Count>> counts_;
    std::thread reader_;
};

/// Hands one stream to a StreamDecoding as a feed would: batches of whole packets, then the end.
class DecodingRig {
public:
    DecodingRig(const frames::FramesConfig& config, app::Log& log, frames::OutputSet& outputs, std::string stream);

    /// In batches that own their memory; each is followed by what is done some times a second.
    void feed(const ByteVector& packets);
    void check() { decoding_->check(steady_now()); }
    void end();
    [[nodiscard]] bool ended() const { return decoding_->ended(steady_now()); }
    /// Ends it, whatever waits.
    void stop() { decoding_.reset(); }

    [[nodiscard]] const std::string& stream() const noexcept { return stream_; }
    /// Batches that somebody still holds.
    [[nodiscard]] std::uint64_t batches_held() const noexcept { return *held_; }

private:
    std::string stream_;
    std::atomic<std::uint64_t> next_event_{0};
    std::shared_ptr<std::atomic<std::uint64_t>> held_ = std::make_shared<std::atomic<std::uint64_t>>(0);
    std::uint64_t batches_ = 0;
    std::uint64_t packets_ = 0;
    std::unique_ptr<frames::StreamDecoding> decoding_;
};

}  // namespace muxtap::test
