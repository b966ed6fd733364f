#include "probe/source/pcap_live_source.h"

#include <pcap/pcap.h>
#include <poll.h>

#include <array>

#include "probe/source/capture_errors.h"
#include "probe/source/devices.h"
#include "probe/source/frame_feeder.h"

namespace muxtap::probe {
namespace {

using Handle = std::unique_ptr<pcap_t, decltype(&pcap_close)>;

class LiveSource : public Source {
public:
    LiveSource(Handle handle, net::LinkType link_type, std::size_t mtu)
        : handle_(std::move(handle)), link_type_(link_type), feeder_(mtu) {}

    Result<Poll> poll(DatagramSink& sink, std::chrono::milliseconds wait) override {
        const std::uint64_t before = feeder_.frames();
        sink_ = &sink;
        if (auto read = dispatch(); !read) return tl::unexpected<Error>(read.error());
        if (feeder_.frames() == before) {
            pollfd item{.fd = pcap_get_selectable_fd(handle_.get()), .events = POLLIN, .revents = 0};
            ::poll(&item, 1, static_cast<int>(wait.count()));
            if (auto read = dispatch(); !read) return tl::unexpected<Error>(read.error());
        }
        return feeder_.frames() == before ? Poll::idle : Poll::datagrams;
    }

    SourceCounters counters() override {
        pcap_stat stats{};
        if (pcap_stats(handle_.get(), &stats) == 0) {
            // 32-bit counters that wrap.
            kernel_dropped_ += static_cast<std::uint32_t>(stats.ps_drop - last_drop_);
            last_drop_ = stats.ps_drop;
        }
        return {.frames = feeder_.frames(),
                .kernel_dropped = kernel_dropped_,
                .frames_rejected = feeder_.rejected(),
                .merged_frames = feeder_.merged()};
    }

private:
    Result<void> dispatch() {
        constexpr int most_frames_at_once = 8192;
        const int read = pcap_dispatch(handle_.get(), most_frames_at_once, on_frame, reinterpret_cast<u_char*>(this));
        if (read == PCAP_ERROR) return fail(std::string{"capturing failed: "} + pcap_geterr(handle_.get()));
        return {};
    }

    /// Called by libpcap; nothing that it calls throws.
    static void on_frame(u_char* self_address, const pcap_pkthdr* header, const u_char* bytes) noexcept {
        auto& self = *reinterpret_cast<LiveSource*>(self_address);
        // With nanosecond precision tv_usec holds nanoseconds.
        const auto time = std::chrono::seconds{header->ts.tv_sec} + std::chrono::nanoseconds{header->ts.tv_usec};
        self.feeder_.feed({.link_type = self.link_type_,
                           .bytes = {bytes, header->caplen},
                           .wire_length = header->len,
                           .time = UnixTime{time}},
                          *self.sink_);
    }

    Handle handle_;
    net::LinkType link_type_;
    FrameFeeder feeder_;
    DatagramSink* sink_ = nullptr;
    std::uint64_t kernel_dropped_ = 0;
    std::uint32_t last_drop_ = 0;
};

Result<void> activate(pcap_t* handle, const PcapLiveSource::Settings& settings) {
    pcap_set_snaplen(handle, settings.snap_length);
    pcap_set_promisc(handle, settings.promiscuous && settings.device != "any" ? 1 : 0);
    pcap_set_immediate_mode(handle, settings.immediate ? 1 : 0);
    pcap_set_timeout(handle, static_cast<int>(std::max<std::int64_t>(settings.read_time_out.count(), 1)));
    pcap_set_buffer_size(handle, static_cast<int>(std::min<std::size_t>(settings.buffer_bytes, 2047U << 20)));
    pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO);
    const int status = pcap_activate(handle);
    if (status == PCAP_ERROR_PERM_DENIED) return fail(no_permission_message(settings.device));
    if (status == PCAP_ERROR_NO_SUCH_DEVICE) return fail(unknown_device_message(settings.device));
    if (status < 0) {
        const std::string detail = pcap_geterr(handle);
        return fail("cannot capture on \"" + settings.device +
                    "\": " + (detail.empty() ? pcap_statustostr(status) : detail));
    }
    return {};
}

Result<void> set_filter(pcap_t* handle, const std::string& expression) {
    bpf_program program{};
    if (pcap_compile(handle, &program, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
        return fail("the filter \"" + expression + "\" is not valid: " + pcap_geterr(handle) + " (--pcap-filter)");
    }
    const int status = pcap_setfilter(handle, &program);
    pcap_freecode(&program);
    if (status != 0) return fail(std::string{"the kernel does not take the capture filter: "} + pcap_geterr(handle));
    return {};
}

}  // namespace

Result<std::unique_ptr<Source>> PcapLiveSource::open(const Settings& settings) {
    std::array<char, PCAP_ERRBUF_SIZE> message{};
    Handle handle(pcap_create(settings.device.c_str(), message.data()), pcap_close);
    if (!handle) return fail("cannot capture on \"" + settings.device + "\": " + message.data());
    auto ready = activate(handle.get(), settings);
    if (ready) ready = set_filter(handle.get(), settings.filter);
    if (!ready) return tl::unexpected<Error>(ready.error());
    // Loopback, and "any" with it, delivers each frame twice, leaving and arriving.
    if (settings.device == "any" || device_link(settings.device) == DeviceLink::loopback) {
        pcap_setdirection(handle.get(), PCAP_D_IN);
    }
    if (pcap_setnonblock(handle.get(), 1, message.data()) != 0) return fail(message.data());
    const int number = pcap_datalink(handle.get());
    const auto link_type = net::link_type_from_number(number);
    if (!link_type) {
        const char* name = pcap_datalink_val_to_name(number);
        return fail("cannot read the frames of \"" + settings.device + "\": link type " +
                    (name == nullptr ? std::to_string(number) : name) + " is not supported");
    }
    const std::size_t mtu = settings.device == "any" ? 0 : device_mtu(settings.device);
    return std::unique_ptr<Source>(std::make_unique<LiveSource>(std::move(handle), *link_type, mtu));
}

}  // namespace muxtap::probe
