#include "tests/client/frames/media/decoding_rig.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace muxtap::test {
namespace {

constexpr std::size_t batch_packets = 350;
constexpr std::size_t datagram_packets = 7;
/// 8 Mb/s.
constexpr std::int64_t datagram_gap_ns = 1'316'000;
constexpr char quit[] = "quit\n";

/// The text of a field that is not escaped.
std::string text_of(const std::string& line, const std::string& field) {
    const std::string begin = "\"" + field + "\":\"";
    const std::size_t at = line.find(begin);
    if (at == std::string::npos) return {};
    const std::size_t from = at + begin.size();
    return line.substr(from, line.find('"', from) - from);
}

}  // namespace

RecordCounter::RecordCounter() : path_(folder_ / "records") {
    (void)::mkfifo(path_.c_str(), 0600);
    // For writing too: it is open from the first moment to the last, whoever else writes.
    pipe_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
    reader_ = std::thread([this] { read(); });
}

RecordCounter::~RecordCounter() {
    (void)!::write(pipe_, quit, sizeof(quit) - 1);
    reader_.join();
    ::close(pipe_);
}

void RecordCounter::read() {
    std::string waiting;
    std::array<char, 65'536> bytes{};
    for (;;) {
        const ssize_t size = ::read(pipe_, bytes.data(), bytes.size());
        if (size <= 0) return;
        waiting.append(bytes.data(), static_cast<std::size_t>(size));
        std::size_t begin = 0;
        for (std::size_t end = waiting.find('\n'); end != std::string::npos; end = waiting.find('\n', begin)) {
            const std::string line = waiting.substr(begin, end - begin + 1);
            if (line == quit) return;
            take(line);
            begin = end + 1;
        }
        waiting.erase(0, begin);
    }
}

void RecordCounter::take(const std::string& line) {
    const std::string record = text_of(line, "record");
    const std::scoped_lock lock(mutex_);
    Count& count = counts_[text_of(line, "stream")][text_of(line, "codec")];
    if (record == "muxtap.frame/1") ++count.pictures;
    if (record == "muxtap.sound/1") ++count.sounds;
    more_.notify_all();
}

RecordCounter::Count RecordCounter::count(const std::string& stream, const std::string& codec) const {
    const std::scoped_lock lock(mutex_);
    const auto codecs = counts_.find(stream);
    if (codecs == counts_.end()) return {};
    const auto found = codecs->second.find(codec);
    return found == codecs->second.end() ? Count{} : found->second;
}

void RecordCounter::wait() const {
    std::unique_lock lock(mutex_);
    more_.wait_for(lock, std::chrono::milliseconds{5});
}

void RecordCounter::forget(const std::string& stream) {
    const std::scoped_lock lock(mutex_);
    counts_.erase(stream);
}

DecodingRig::DecodingRig(const frames::FramesConfig& config, app::Log& log, frames::OutputSet& outputs,
                         std::string stream)
    : stream_(std::move(stream)) {
    auto reporter = std::make_unique<frames::StreamReporter>("probe", stream_, client::WorkerIdentity{"soak", 1},
                                                             outputs, next_event_);
    decoding_ = std::make_unique<frames::StreamDecoding>(config, log, std::move(reporter));
}

void DecodingRig::feed(const ByteVector& packets) {
    struct Held {
        feed::ReceivedMessage message;
        ByteVector bytes;
        std::shared_ptr<std::atomic<std::uint64_t>> held;
        ~Held() { --*held; }
    };
    for (std::size_t at = 0; at < packets.size();) {
        const std::size_t size = std::min(batch_packets * ts::packet_size, packets.size() - at);
        const auto from = packets.begin() + static_cast<std::ptrdiff_t>(at);
        ++*held_;
        const std::shared_ptr<Held> held{
            new Held{{}, ByteVector(from, from + static_cast<std::ptrdiff_t>(size)), held_}};
        const std::size_t count = size / ts::packet_size;
        std::vector<proto::DatagramEntry> datagrams;
        for (std::size_t done = 0; done < count; done += datagram_packets) {
            const std::size_t in_datagram = std::min(datagram_packets, count - done);
            datagrams.push_back({static_cast<std::uint32_t>(in_datagram), done == 0 ? 0 : datagram_gap_ns});
        }
        proto::BatchMessage batch;
        batch.header.probe = "probe";
        batch.header.stream = stream_;
        batch.header.epoch = 1;
        batch.header.seq = batches_++;
        batch.header.first_packet = packets_;
        batch.header.packets = static_cast<std::uint32_t>(count);
        batch.header.time_ns = static_cast<std::int64_t>(packets_ / datagram_packets) * datagram_gap_ns + 1;
        batch.header.datagrams = datagrams;
        batch.header.source.encapsulation = proto::Encapsulation::file;
        batch.payload = held->bytes;
        packets_ += count;
        decoding_->on_batch(batch, std::shared_ptr<feed::ReceivedMessage>(held, &held->message), {}, steady_now());
        check();
        at += size;
    }
}

void DecodingRig::end() {
    proto::InfoHeader info;
    info.probe = "probe";
    info.stream = stream_;
    info.epoch = 1;
    info.next_seq = batches_;
    info.state = proto::StreamState::ended;
    decoding_->on_info(info, {}, steady_now());
}

}  // namespace muxtap::test
