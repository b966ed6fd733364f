#include "tests/probe/source/source_subjects.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stdexcept>
#include <system_error>
#include <thread>

#include "probe/source/capture_filter.h"
#include "probe/source/file_source.h"
#include "probe/source/packet_ring_source.h"
#include "probe/source/pcap_live_source.h"
#include "probe/source/udp_socket_source.h"
#include "tests/support/capture_writer.h"
#include "tests/support/frame_builder.h"
#include "tests/support/network.h"
#include "tests/support/temp_folder.h"

namespace muxtap::probe {
namespace {

using namespace muxtap::test;
using Payloads = std::vector<ByteVector>;

std::unique_ptr<Source> opened(Result<OpenedFile> file) {
    if (!file) throw std::runtime_error(file.error().message);
    return std::move(file->source);
}

std::unique_ptr<Source> opened(Result<std::unique_ptr<Source>> source) {
    if (!source) throw std::runtime_error(source.error().message);
    return std::move(*source);
}

class CaptureFileSubject : public Subject {
public:
    explicit CaptureFileSubject(bool pcapng) : pcapng_(pcapng) {}
    std::unique_ptr<Source> start(const Payloads& payloads) override {
        PcapWriter pcap;
        PcapngWriter pcapng;
        pcapng.section();
        pcapng.interface();
        std::int64_t time = 1'763'600'000'000'000'000;
        for (const ByteVector& payload : payloads) {
            // A datagram too large for one frame stands in one all the same, as offloads make them.
            const ByteVector frame = plain_frame(payload);
            time += 1'000'000;
            pcap.add(frame, from_unix_ns(time));
            pcapng.enhanced(0, static_cast<std::uint64_t>(time / 1000), frame);
        }
        const std::string name = folder_.write("capture", pcapng_ ? pcapng.bytes() : pcap.bytes());
        return opened(open_file_source(name, FilePace::fast));
    }

private:
    bool pcapng_;
    TempFolder folder_;
};

class StreamFileSubject : public Subject {
public:
    explicit StreamFileSubject(std::size_t stride) : stride_(stride) {}
    std::unique_ptr<Source> start(const Payloads& payloads) override {
        return opened(open_file_source(folder_.write("stream.ts", file_of(payloads, stride_)), FilePace::fast));
    }
    /// Payloads that are whole packets are brought into the stride, others stand between as they are.
    static ByteVector file_of(const Payloads& payloads, std::size_t stride) {
        ByteVector bytes;
        for (const ByteVector& payload : payloads) {
            const bool packets = !payload.empty() && payload.size() % 188 == 0 && payload[0] == ts::sync_byte;
            append(bytes, packets ? in_strides(payload, stride) : payload);
        }
        return bytes;
    }

private:
    std::size_t stride_;
    TempFolder folder_;
};

/// A pipe whose writer gives away a few bytes at a time.
class PipeSubject : public Subject {
public:
    ~PipeSubject() override {
        if (writer_.joinable()) writer_.join();
    }
    std::unique_ptr<Source> start(const Payloads& payloads) override {
        const std::string name = folder_ / "pipe";
        if (::mkfifo(name.c_str(), 0600) != 0) throw std::runtime_error("mkfifo");
        writer_ = std::thread([name, bytes = StreamFileSubject::file_of(payloads, 188)] {
            const FileDescriptor file(::open(name.c_str(), O_WRONLY | O_CLOEXEC));
            std::size_t step = 1;
            for (std::size_t at = 0; at < bytes.size();) {
                const ssize_t written = ::write(file.get(), &bytes[at], std::min(step, bytes.size() - at));
                if (written <= 0) return;
                at += static_cast<std::size_t>(written);
                step = step * 7 % 997 + 1;
            }
        });
        return opened(open_file_source(name, FilePace::fast));
    }

private:
    TempFolder folder_;
    std::thread writer_;
};

class UdpSubject : public Subject {
public:
    UdpSubject(std::string_view destination, std::string device)
        : destination_(address(destination)), device_(std::move(device)) {}
    std::unique_ptr<Source> start(const Payloads& payloads) override {
        const std::uint16_t port = free_udp_port();
        StreamSelector selector;
        selector.destination = destination_;
        selector.port = port;
        std::string note;
        auto source = opened(UdpSocketSource::open({&selector, 1}, {.device = device_}, note));
        sender_ = std::make_unique<UdpSender>(destination_, port, device_);
        send(payloads);
        return source;
    }
    void send(const Payloads& payloads) override {
        for (const ByteVector& payload : payloads) sender_->send(payload);
    }

private:
    net::IpAddress destination_;
    std::string device_;
    std::unique_ptr<UdpSender> sender_;
};

enum class Capture { ring, pcap, pcap_immediate };

std::unique_ptr<Source> open_capture(Capture capture, const std::string& device) {
    const std::string filter = filter_expression({}, true);
    // In immediate mode each frame takes up the snap length; a ring's block is used up after a millisecond.
    constexpr std::size_t buffer = std::size_t{32} << 20;
    if (capture == Capture::ring) {
        return opened(PacketRingSource::open({.device = device,
                                              .filter = filter,
                                              .promiscuous = true,
                                              .buffer_bytes = buffer,
                                              .block_time_out = std::chrono::milliseconds{1}}));
    }
    return opened(PcapLiveSource::open({.device = device,
                                        .filter = filter,
                                        .promiscuous = true,
                                        .immediate = capture == Capture::pcap_immediate,
                                        .buffer_bytes = buffer,
                                        .snap_length = 65535,
                                        .read_time_out = std::chrono::milliseconds{1}}));
}

/// Frames put on one end of a veth pair and captured at the other, or datagrams sent over lo.
class CaptureSubject : public Subject {
public:
    CaptureSubject(Capture capture, bool loopback) : capture_(capture), loopback_(loopback) {}
    std::unique_ptr<Source> start(const Payloads& payloads) override {
        auto source = open_capture(capture_, loopback_ ? "lo" : "vb");
        if (loopback_) {
            datagrams_ = std::make_unique<UdpSender>(address("127.0.0.1"), std::uint16_t{5000});
        } else {
            frames_ = std::make_unique<FrameSender>("va");
        }
        send(payloads);
        return source;
    }
    void send(const Payloads& payloads) override {
        for (const ByteVector& payload : payloads) {
            if (frames_) {
                frames_->send(plain_frame(payload));
            } else {
                try {
                    datagrams_->send(payload);
                } catch (const std::system_error&) {
                    datagrams_->send(payload);  // nobody listens: it was the last one that was refused
                }
            }
        }
    }

private:
    OwnNetwork network_;
    Capture capture_;
    bool loopback_;
    std::unique_ptr<UdpSender> datagrams_;
    std::unique_ptr<FrameSender> frames_;
};

template <typename T, typename... Arguments>
std::function<std::unique_ptr<Subject>()> maker(Arguments... arguments) {
    return [=] { return std::make_unique<T>(arguments...); };
}

}  // namespace

std::vector<SubjectKind> all_subjects() {
    constexpr std::size_t any = 65507;
    constexpr std::size_t frame = 8900;
    std::vector<SubjectKind> subjects = {
        {"pcap file", true, true, any, false, maker<CaptureFileSubject>(false)},
        {"pcapng file", true, true, any, false, maker<CaptureFileSubject>(true)},
        {"stream file of 188-byte packets", true, false, any, false, maker<StreamFileSubject>(188)},
        {"stream file of 192-byte packets", true, false, any, false, maker<StreamFileSubject>(192)},
        {"stream file of 204-byte packets", true, false, any, false, maker<StreamFileSubject>(204)},
        {"pipe with small writes", true, false, any, false, maker<PipeSubject>()},
        {"UDP socket, IPv4", false, true, any, false, maker<UdpSubject>("127.0.0.1", "")},
        {"UDP socket, IPv6", false, true, any, false, maker<UdpSubject>("::1", "")},
        {"UDP socket, multicast", false, true, any, false, maker<UdpSubject>("239.255.71.88", "lo")},
        {"AF_PACKET ring on veth", false, true, frame, true, maker<CaptureSubject>(Capture::ring, false)},
        {"libpcap on veth", false, true, frame, true, maker<CaptureSubject>(Capture::pcap, false)},
        {"libpcap on veth, immediate", false, true, frame, true, maker<CaptureSubject>(Capture::pcap_immediate, false)},
        {"AF_PACKET ring on lo", false, true, frame, true, maker<CaptureSubject>(Capture::ring, true)},
        {"libpcap on lo", false, true, frame, true, maker<CaptureSubject>(Capture::pcap, true)},
    };
    return subjects;
}

}  // namespace muxtap::probe
