#include "probe/source/packet_ring_source.h"

#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <thread>
#include <vector>

#include "common/base/file_descriptor.h"
#include "probe/source/capture_errors.h"
#include "probe/source/capture_filter.h"
#include "probe/source/devices.h"
#include "probe/source/frame_feeder.h"

namespace muxtap::probe {
namespace {

/// A third of the CPU per packet of blocks of 128 KB.
constexpr std::size_t block_bytes = std::size_t{1} << 20;
/// The kernel closes a block at each time-out, full or not: fewer are used up while the capture thread waits its turn.
constexpr std::size_t fewest_blocks = 16;
constexpr unsigned snap_length = 65535 + 64;

/// What the kernel puts before each frame with PACKET_VNET_HDR: struct virtio_net_hdr, whose header is not C++.
struct OffloadHeader {
    std::uint8_t flags = 0;
    std::uint8_t gso_type = 0;
    std::uint16_t header_length = 0;
    std::uint16_t gso_size = 0;
    std::uint16_t checksum_start = 0;
    std::uint16_t checksum_offset = 0;
};
static_assert(sizeof(OffloadHeader) == 10);

/// Owns a memory mapping.
class Mapping {
public:
    Mapping() noexcept = default;
    Mapping(void* address, std::size_t size) noexcept : address_(address), size_(size) {}
    Mapping(Mapping&& other) noexcept
        : address_(std::exchange(other.address_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    Mapping& operator=(Mapping&& other) noexcept {
        std::swap(address_, other.address_);
        std::swap(size_, other.size_);
        return *this;
    }
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    ~Mapping() {
        if (address_ != nullptr) ::munmap(address_, size_);
    }
    [[nodiscard]] std::uint8_t* at(std::size_t offset) const noexcept {
        return static_cast<std::uint8_t*>(address_) + offset;
    }

private:
    void* address_ = nullptr;
    std::size_t size_ = 0;
};

template <typename T>
Result<void> set_option(int socket, int option, const T& value, const char* what) {
    if (::setsockopt(socket, SOL_PACKET, option, &value, sizeof(value)) == 0) return {};
    return fail_os(std::string{"cannot set up the capture ring ("} + what + ")", errno);
}

/// What is read out of a frame in the ring.
struct RingFrame {
    net::Frame frame;
    std::size_t segment_size = 0;
    std::uint32_t next = 0;
};

UnixTime time_of_stamp(std::uint32_t seconds, std::uint32_t nanoseconds) {
    return UnixTime{std::chrono::seconds{seconds} + std::chrono::nanoseconds{nanoseconds}};
}

RingFrame read_frame(const std::uint8_t* at) {
    const auto* header = reinterpret_cast<const tpacket3_hdr*>(at);
    RingFrame ring_frame;
    ring_frame.next = header->tp_next_offset;
    net::Frame& frame = ring_frame.frame;
    frame.link_type = net::LinkType::ethernet;
    frame.bytes = {at + header->tp_mac, header->tp_snaplen};
    frame.wire_length = header->tp_len;
    frame.time = time_of_stamp(header->tp_sec, header->tp_nsec);
    if ((header->tp_status & TP_STATUS_VLAN_VALID) != 0) {
        frame.stripped_vlan = static_cast<std::uint16_t>(header->hv1.tp_vlan_tci & 0x0FFFU);
    }
    OffloadHeader offload;
    std::memcpy(&offload, at + header->tp_mac - sizeof(offload), sizeof(offload));
    constexpr std::uint8_t gso_udp_l4 = 5;
    constexpr std::uint8_t gso_type_mask = 0x7F;
    if ((offload.gso_type & gso_type_mask) == gso_udp_l4) ring_frame.segment_size = offload.gso_size;
    return ring_frame;
}

/// Asks the memory for a frame that is looked at soon: its headers and those of its transport packets would each be
/// waited for. Where it reaches past the ring nothing happens.
void prefetch_frame(const std::uint8_t* at) {
    constexpr std::size_t line = 64;
    constexpr std::size_t reach = 1408;  // a frame with seven packets
    for (std::size_t offset = 0; offset < reach; offset += line) __builtin_prefetch(at + offset);
}

class RingSource : public Source {
public:
    RingSource(FileDescriptor socket, Mapping ring, std::size_t blocks, const PacketRingSource::Settings& settings)
        : socket_(std::move(socket)),
          ring_(std::move(ring)),
          blocks_(blocks),
          rest_(settings.block_time_out),
          device_(settings.device),
          feeder_(device_mtu(device_)),
          given_back_(blocks) {}

    Result<Poll> poll(DatagramSink& sink, std::chrono::milliseconds wait) override {
        rest_a_moment();
        if (!block_ready()) {
            pollfd item{.fd = socket_.get(), .events = POLLIN | POLLERR, .revents = 0};
            const int ready = ::poll(&item, 1, static_cast<int>(wait.count()));
            if (ready > 0 && (item.revents & POLLERR) != 0) return socket_error();
            if (!block_ready()) return Poll::idle;
        }
        constexpr int most_blocks_at_once = 16;
        int blocks = 0;
        for (; blocks < most_blocks_at_once && block_ready(); ++blocks) read_block(sink);
        // Nothing is left to be read from before whatever was dropped.
        if (!block_ready()) tell_losses(sink, true);
        const SteadyTime now = steady_now();
        time_per_block_ = (now - last_read_) / blocks;
        last_read_ = now;
        return Poll::datagrams;
    }

    SourceCounters counters() override {
        return {.frames = feeder_.frames(),
                .kernel_dropped = told_dropped_,
                .frames_rejected = feeder_.rejected(),
                .merged_frames = feeder_.merged()};
    }

private:
    /// Wake-ups are what costs: at high rates, where a block is full every millisecond or two, several are read at
    /// once.
    void rest_a_moment() {
        const bool filling = is_ready((current_ + blocks_ / 4) % blocks_);
        if (time_per_block_ < rest_ && !filling) std::this_thread::sleep_until(last_read_ + rest_);
    }

    [[nodiscard]] tpacket_block_desc* block(std::size_t number) const noexcept {
        return reinterpret_cast<tpacket_block_desc*>(ring_.at(number * block_bytes));
    }

    [[nodiscard]] bool is_ready(std::size_t number) const noexcept {
        const std::uint32_t status = __atomic_load_n(&block(number)->hdr.bh1.block_status, __ATOMIC_ACQUIRE);
        return (status & TP_STATUS_USER) != 0;
    }

    [[nodiscard]] bool block_ready() const noexcept { return is_ready(current_); }

    [[nodiscard]] std::size_t block_behind(std::size_t number) const noexcept { return (number + 1) % blocks_; }

    /// Of a block that is read or to be read.
    [[nodiscard]] UnixTime last_frame_of(std::size_t number) const noexcept {
        const tpacket_bd_ts& stamp = block(number)->hdr.bh1.ts_last_pkt;
        return time_of_stamp(stamp.ts_sec, stamp.ts_nsec);
    }

    /// Whether the kernel, done with the block before, found this one not yet given back: what it could not place was
    /// dropped between the two.
    [[nodiscard]] bool is_behind_loss(std::size_t number, UnixTime last_frame_before) const noexcept {
        return given_back_[number] > last_frame_before;
    }

    /// Places behind the block to be read next where the kernel has dropped something, or does so now.
    [[nodiscard]] std::uint64_t losses_ahead() const noexcept {
        std::uint64_t losses = 0;
        for (std::size_t number = current_; is_ready(number);) {
            const std::size_t next = block_behind(number);
            // All are full: the kernel waits for the one that is being read.
            if (next == current_) return losses + 1;
            losses += is_behind_loss(next, last_frame_of(number)) ? 1 : 0;
            number = next;
        }
        return losses;
    }

    /// Tells of what the kernel dropped before the block to be read next, so that the count grows where the frames are
    /// missing. The kernel has one number for all: each loss ahead keeps one frame of it for itself. `here`: some
    /// certainly were, so that it grows by one at least.
    void tell_losses(DatagramSink& sink, bool here) {
        tpacket_stats_v3 stats{};
        socklen_t size = sizeof(stats);
        // Reading resets the kernel's counters.
        if (::getsockopt(socket_.get(), SOL_PACKET, PACKET_STATISTICS, &stats, &size) == 0) dropped_ += stats.tp_drops;
        if (dropped_ == told_dropped_) return;
        const std::uint64_t before = told_dropped_ + (here ? 1 : 0);
        const std::uint64_t told = std::max(before, dropped_ - std::min(losses_ahead(), dropped_));
        if (told == told_dropped_) return;
        told_dropped_ = told;
        sink.on_kernel_loss(told_dropped_);
    }

    void read_block(DatagramSink& sink) {
        tpacket_block_desc* const descriptor = block(current_);
        const bool behind_loss = is_behind_loss(current_, last_frame_);
        // Marked: something was dropped since the count was read, if nowhere else then here.
        const bool marked = (descriptor->hdr.bh1.block_status & TP_STATUS_LOSING) != 0;
        if (behind_loss || marked) tell_losses(sink, behind_loss);
        const std::uint8_t* at =
            reinterpret_cast<const std::uint8_t*>(descriptor) + descriptor->hdr.bh1.offset_to_first_pkt;
        for (std::uint32_t left = descriptor->hdr.bh1.num_pkts; left > 0; --left) {
            const RingFrame ring_frame = read_frame(at);
            // Two frames ahead, where it will be if the next one is as long as this.
            prefetch_frame(at + 2 * std::size_t{ring_frame.next});
            feeder_.feed(ring_frame.frame, sink, ring_frame.segment_size);
            at += ring_frame.next;
        }
        last_frame_ = last_frame_of(current_);
        __atomic_store_n(&descriptor->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
        given_back_[current_] = unix_now();
        current_ = block_behind(current_);
    }

    Result<Poll> socket_error() {
        int error = 0;
        socklen_t size = sizeof(error);
        ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
        // An interface that is down may come up again; one that is gone never does.
        if (::if_nametoindex(device_.c_str()) == 0) return fail("the interface \"" + device_ + "\" is gone");
        if (error == 0 || error == ENETDOWN) return Poll::idle;
        return fail_os("capturing on \"" + device_ + "\" failed", error);
    }

    FileDescriptor socket_;
    Mapping ring_;
    std::size_t blocks_;
    std::size_t current_ = 0;
    std::chrono::nanoseconds rest_;
    SteadyTime last_read_{};
    std::chrono::nanoseconds time_per_block_{std::chrono::seconds{1}};
    std::string device_;
    FrameFeeder feeder_;
    std::uint64_t dropped_ = 0;
    std::uint64_t told_dropped_ = 0;
    std::vector<UnixTime> given_back_;  ///< when each block was last given back to the kernel
    UnixTime last_frame_{};             ///< of the block read last
};

Result<FileDescriptor> open_socket(const PacketRingSource::Settings& settings) {
    // Protocol 0: nothing is delivered before the ring, the filter and the interface are set.
    FileDescriptor socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    if (socket.valid()) return socket;
    if (errno == EPERM || errno == EACCES) return fail(no_permission_message(settings.device));
    return fail_os("cannot open a capture socket", errno);
}

Result<Mapping> map_ring(int socket, const PacketRingSource::Settings& settings, std::size_t blocks) {
    auto set = set_option(socket, PACKET_VERSION, int{TPACKET_V3}, "TPACKET_V3");
    if (set) set = set_option(socket, PACKET_VNET_HDR, 1, "PACKET_VNET_HDR");
    tpacket_req3 request{};
    request.tp_block_size = block_bytes;
    request.tp_block_nr = static_cast<unsigned>(blocks);
    request.tp_frame_size = 2048;
    request.tp_frame_nr = request.tp_block_size / request.tp_frame_size * request.tp_block_nr;
    request.tp_retire_blk_tov = static_cast<unsigned>(std::max<std::int64_t>(settings.block_time_out.count(), 1));
    if (set) set = set_option(socket, PACKET_RX_RING, request, "buffer size, --buffer-size");
    if (!set) return tl::unexpected<Error>(set.error());
    const std::size_t size = blocks * block_bytes;
    void* const address = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, socket, 0);
    if (address == MAP_FAILED) return fail_os("cannot map the capture ring (--buffer-size)", errno);
    return Mapping(address, size);
}

Result<void> attach_filter(int socket, const std::string& expression) {
    auto program = compile_filter(expression, static_cast<int>(snap_length));
    if (!program) return tl::unexpected<Error>(program.error());
    const sock_fprog filter{static_cast<unsigned short>(program->size()), program->data()};
    if (::setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) == 0) return {};
    return fail_os("the kernel does not take the capture filter", errno);
}

/// All datagrams to one destination go to the same member, whoever sends them: a stream stays on one thread.
Result<void> join_fanout(int socket, const PacketRingSource::Settings& settings) {
    if (settings.fanout_group == 0) return {};
    const auto net = static_cast<unsigned>(SKF_NET_OFF);
    // A = version; IPv6 mixes the end of its destination with the port behind the fixed header. IPv4 mixes destination
    // and port, and leaves the port out where fragments do not carry it.
    std::array<sock_filter, 17> program = {{
        {BPF_LD | BPF_B | BPF_ABS, 0, 0, net},
        {BPF_ALU | BPF_RSH | BPF_K, 0, 0, 4},
        {BPF_JMP | BPF_JEQ | BPF_K, 0, 5, 6},
        {BPF_LD | BPF_H | BPF_ABS, 0, 0, net + 42},
        {BPF_MISC | BPF_TAX, 0, 0, 0},
        {BPF_LD | BPF_W | BPF_ABS, 0, 0, net + 36},
        {BPF_ALU | BPF_ADD | BPF_X, 0, 0, 0},
        {BPF_RET | BPF_A, 0, 0, 0},
        {BPF_LD | BPF_H | BPF_ABS, 0, 0, net + 6},
        {BPF_JMP | BPF_JSET | BPF_K, 5, 0, 0x3FFF},
        {BPF_LD | BPF_H | BPF_ABS, 0, 0, net + 22},
        {BPF_MISC | BPF_TAX, 0, 0, 0},
        {BPF_LD | BPF_W | BPF_ABS, 0, 0, net + 16},
        {BPF_ALU | BPF_ADD | BPF_X, 0, 0, 0},
        {BPF_RET | BPF_A, 0, 0, 0},
        {BPF_LD | BPF_W | BPF_ABS, 0, 0, net + 16},
        {BPF_RET | BPF_A, 0, 0, 0},
    }};
    const unsigned argument = (settings.fanout_group & 0xFFFFU) | unsigned{PACKET_FANOUT_CBPF} << 16;
    auto set = set_option(socket, PACKET_FANOUT, argument, "PACKET_FANOUT, --capture-threads");
    const sock_fprog demultiplexer{static_cast<unsigned short>(program.size()), program.data()};
    if (set) set = set_option(socket, PACKET_FANOUT_DATA, demultiplexer, "PACKET_FANOUT_DATA");
    return set;
}

Result<void> bind_to_device(int socket, const PacketRingSource::Settings& settings) {
    const unsigned index = ::if_nametoindex(settings.device.c_str());
    if (index == 0) return fail(unknown_device_message(settings.device));
    const DeviceLink link = device_link(settings.device);
    if (link == DeviceLink::other) {
        return fail("\"" + settings.device + "\" has no Ethernet frames: use --capture pcap");
    }
    // Loopback delivers each frame twice, leaving and arriving.
    const bool loopback = link == DeviceLink::loopback;
    if (loopback) {
        if (auto set = set_option(socket, PACKET_IGNORE_OUTGOING, 1, "PACKET_IGNORE_OUTGOING"); !set) return set;
    }
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_ALL);
    address.sll_ifindex = static_cast<int>(index);
    if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
        return fail_os("cannot capture on \"" + settings.device + "\"", errno);
    }
    if (settings.promiscuous && !loopback) {
        packet_mreq membership{};
        membership.mr_ifindex = static_cast<int>(index);
        membership.mr_type = PACKET_MR_PROMISC;
        return set_option(socket, PACKET_ADD_MEMBERSHIP, membership, "promiscuous mode, --promiscuous=false");
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<Source>> PacketRingSource::open(const Settings& settings) {
    auto socket = open_socket(settings);
    if (!socket) return tl::unexpected<Error>(socket.error());
    const std::size_t blocks = std::max<std::size_t>(settings.buffer_bytes / block_bytes, fewest_blocks);
    auto ring = map_ring(socket->get(), settings, blocks);
    if (!ring) return tl::unexpected<Error>(ring.error());
    auto ready = attach_filter(socket->get(), settings.filter);
    if (ready) ready = bind_to_device(socket->get(), settings);
    if (ready) ready = join_fanout(socket->get(), settings);
    if (!ready) return tl::unexpected<Error>(ready.error());
    return std::unique_ptr<Source>(
        std::make_unique<RingSource>(std::move(*socket), std::move(*ring), blocks, settings));
}

}  // namespace muxtap::probe
