#include "common/app/log.h"
#include "common/app/program.h"
#include "common/app/signals.h"
#include "common/options/catalogue.h"
#include "common/service/service.h"
#include "probe/send/datagram_faults.h"
#include "probe/send/destination.h"
#include "probe/send/send_settings.h"

namespace muxtap::send {
namespace {

/// How a play is paced and what its clocks do.
struct Pace {
    PcrSchedule schedule;
    Playout::Clock clock;
};

Result<Pace> choose_pace(const TsFile& file, const SendSettings& settings) {
    constexpr std::uint64_t nominal_bitrate = 1'000'000'000;  // of a burst without PCRs: nobody waits for it
    const auto natural = PcrSchedule::from_pcrs(file, settings.pcr_pid);
    Playout::Clock clock;
    if (natural) clock = {natural->first_clock(), natural->clock_advance()};
    if (settings.bitrate) return Pace{PcrSchedule::constant(file.packet_count(), *settings.bitrate), clock};
    if (natural) return Pace{*natural, clock};
    if (settings.transmitter.burst) return Pace{PcrSchedule::constant(file.packet_count(), nominal_bitrate), clock};
    return fail("\"" + settings.input + "\": " + natural.error().message + ": give --bitrate");
}

void log_summary(app::Log& log, const TransmitTotals& totals, const SentLog& sent, bool with_faults) {
    const double seconds = std::chrono::duration<double>(totals.elapsed).count();
    const double bitrate = seconds > 0 ? static_cast<double>(totals.bytes) * 8 / seconds : 0;
    const double lateness = std::chrono::duration<double, std::milli>(totals.max_lateness).count();
    const std::string_view message = totals.interrupted ? "interrupted" : "finished";
    if (!with_faults) {
        log.info("summary", message,
                 {{"packets", totals.packets},
                  {"datagrams", totals.datagrams},
                  {"bytes", totals.bytes},
                  {"seconds", seconds},
                  {"bitrate_bps", bitrate},
                  {"max_lateness_ms", lateness},
                  {"retries", totals.retries},
                  {"undelivered", totals.undelivered}});
        return;
    }
    log.info("summary", message,
             {{"packets", totals.packets},
              {"datagrams", totals.datagrams},
              {"bytes", totals.bytes},
              {"seconds", seconds},
              {"bitrate_bps", bitrate},
              {"max_lateness_ms", lateness},
              {"retries", totals.retries},
              {"undelivered", totals.undelivered},
              {"drop", sent.faults(FaultKind::drop)},
              {"duplicate", sent.faults(FaultKind::duplicate)},
              {"reorder", sent.faults(FaultKind::reorder)},
              {"drop_datagram", sent.faults(FaultKind::drop_datagram)},
              {"corrupt_sync", sent.faults(FaultKind::corrupt_sync)},
              {"tei", sent.faults(FaultKind::tei)},
              {"jitter", sent.faults(FaultKind::jitter)},
              {"pcr_jump", sent.faults(FaultKind::pcr_jump)}});
}

Result<Transmitter> open_transmitter(const SendSettings& settings, std::vector<Destination> destinations) {
    Transmitter::Settings transmitter = settings.transmitter;
    if (!settings.interface_name.empty()) {
        const auto index = find_interface(settings.interface_name);
        if (!index) return fail("--interface: " + index.error().message);
        transmitter.socket.interface_index = *index;
    }
    return Transmitter::open(std::move(destinations), transmitter);
}

void put_counters(const TransmitTotals& totals, const SentLog& sent, counters::Exposition& out) {
    using counters::Family;
    const auto number = [](std::uint64_t count) { return static_cast<double>(count); };
    out.put(Family::sent_packets, {}, number(totals.packets));
    out.put(Family::sent_datagrams, {}, number(totals.datagrams));
    out.put(Family::sent_bytes, {}, number(totals.bytes));
    out.put(Family::sent_undelivered, {}, number(totals.undelivered));
    out.put(Family::sent_retries, {}, number(totals.retries));
    out.put(Family::sent_lateness_max, {}, std::chrono::duration<double>(totals.max_lateness).count());
    for (std::size_t i = 0; i < fault_kind_count; ++i) {
        const auto kind = static_cast<FaultKind>(i);
        out.put(Family::sent_faults, {name_of(kind)}, number(sent.faults(kind)));
    }
}

/// Everything up to the end of the play.
Result<void> play(const SendSettings& settings, app::Log& log, app::Signals& signals, service::Service& service) {
    const auto file = TsFile::read(settings.input);
    if (!file) return tl::unexpected<Error>(file.error());
    for (const std::string& remark : file->remarks()) log.warning("input", settings.input + ": " + remark);
    const auto pace = choose_pace(*file, settings);
    if (!pace) return tl::unexpected<Error>(pace.error());
    auto destinations = parse_destinations(settings.destinations);
    if (!destinations) return tl::unexpected<Error>(destinations.error());
    Playout::Settings playing = settings.playout;
    playing.rtp = destinations->front().encapsulation == Encapsulation::rtp;
    auto transmitter = open_transmitter(settings, std::move(*destinations));
    if (!transmitter) return tl::unexpected<Error>(transmitter.error());
    auto sent = SentLog::open(settings.sent_log);
    if (!sent) return tl::unexpected<Error>(sent.error());

    Playout playout(*file, pace->schedule, pace->clock, playing);
    DatagramFaults faults(playout, playing.faults);
    service.started();
    const auto totals = transmitter->run(faults, *sent, signals, [&](const TransmitTotals& so_far) {
        service.turn(steady_now(), [&](counters::Exposition& out) { put_counters(so_far, *sent, out); });
    });
    const TransmitTotals all = totals.value_or(TransmitTotals{});
    service.stopping([&](counters::Exposition& out) { put_counters(all, *sent, out); });
    // What was sent before a failure is written down too.
    const auto rest = totals && !totals->interrupted ? faults.rest() : std::span<const FaultRecord>{};
    auto written = sent->finish(rest);
    if (!totals) return tl::unexpected<Error>(totals.error());
    if (!written) return written;
    log_summary(log, *totals, *sent, playing.faults.any());
    return {};
}

int run(const app::Options& options) {
    app::Signals signals;
    app::Log log({.program = "muxtap-send",
                  .format = options.text("log-format") == "json" ? app::LogFormat::json : app::LogFormat::text,
                  .silent = options.boolean("silent")});
    const auto settings = read_settings(options);
    if (!settings) return app::print_failure(options::send_program(), settings.error().message, app::exit_usage);
    service::Health health;
    const auto service = service::Service::start(options::send_program(), options, health, &log);
    if (!service) return app::print_failure(options::send_program(), service.error().message, app::exit_failure);
    const auto done = play(*settings, log, signals, **service);
    if (done) return app::exit_ok;
    return app::print_failure(options::send_program(), done.error().message, app::exit_failure);
}

}  // namespace
}  // namespace muxtap::send

int main(int argc, char** argv) {
    return muxtap::app::run_program(muxtap::options::send_program(), muxtap::options::known_names(), argc, argv,
                                    muxtap::send::run);
}
