#include "probe/send/send_settings.h"

#include <array>
#include <string>
#include <utility>

#include "common/app/value_parsers.h"

namespace muxtap::send {
namespace {

tl::unexpected<Error> bad_option(std::string_view name, const Error& error) {
    return fail("--" + std::string{name} + ": " + error.message);
}

Result<FaultPlan> read_faults(const app::Options& options) {
    FaultPlan plan;
    plan.seed = static_cast<std::uint64_t>(options.integer("seed"));
    constexpr std::array<FaultKind, 6> selected = {FaultKind::drop, FaultKind::duplicate, FaultKind::corrupt_sync,
                                                   FaultKind::tei,  FaultKind::reorder,   FaultKind::drop_datagram};
    for (const FaultKind kind : selected) {
        if (!options.is_set(name_of(kind))) continue;
        auto spec = FaultSpec::parse(options.text(name_of(kind)));
        if (!spec) return bad_option(name_of(kind), spec.error());
        const bool of_datagrams = kind == FaultKind::reorder || kind == FaultKind::drop_datagram;
        if (of_datagrams && spec->pid) return bad_option(name_of(kind), {"datagrams have no PID: leave out ;pid="});
        plan.specs[static_cast<std::size_t>(kind)] = std::move(*spec);
    }
    if (options.is_set("pcr-jump")) {
        const auto jump = PcrJump::parse(options.text("pcr-jump"));
        if (!jump) return bad_option("pcr-jump", jump.error());
        plan.pcr_jump = *jump;
    }
    if (options.is_set("jitter")) plan.jitter = options.duration("jitter");
    return plan;
}

Transmitter::Settings read_transmitter(const app::Options& options) {
    Transmitter::Settings settings;
    settings.burst = options.boolean("burst");
    settings.datagrams_per_message = static_cast<std::size_t>(options.integer("gso"));
    if (options.is_set("duration")) settings.longest = options.duration("duration");
    settings.socket.multicast_hops = static_cast<int>(options.integer("ttl"));
    if (options.origin("ttl") != app::Origin::default_value && options.integer("ttl") > 0) {
        settings.socket.hops = settings.socket.multicast_hops;
    }
    return settings;
}

}  // namespace

Result<SendSettings> read_settings(const app::Options& options) {
    SendSettings settings;
    settings.input = options.text("input");
    if (settings.input.empty()) return fail("no file to send: name one");
    settings.destinations = options.list("to");
    settings.interface_name = options.text("interface");
    if (options.is_set("bitrate")) {
        const auto bitrate = app::parse_bit_rate(options.text("bitrate"));
        if (!bitrate) return bad_option("bitrate", bitrate.error());
        settings.bitrate = *bitrate;
    }
    if (options.is_set("pcr-pid")) settings.pcr_pid = static_cast<ts::Pid>(options.integer("pcr-pid"));
    settings.transmitter = read_transmitter(options);
    auto faults = read_faults(options);
    if (!faults) return tl::unexpected<Error>(faults.error());

    settings.playout.loops = static_cast<std::uint64_t>(options.integer("loop"));
    settings.playout.packets_per_datagram = static_cast<std::size_t>(options.integer("packets-per-datagram"));
    // A burst ends by the clock on the wall, a paced play by that of the stream.
    if (!settings.transmitter.burst) settings.playout.longest = settings.transmitter.longest;
    settings.playout.faults = std::move(*faults);
    settings.sent_log.save_path = options.text("save");
    if (settings.playout.faults.any()) settings.sent_log.fault_list_path = options.text("fault-list");
    settings.sent_log.seed = settings.playout.faults.seed;
    return settings;
}

}  // namespace muxtap::send
