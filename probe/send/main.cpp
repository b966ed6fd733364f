#include <charconv>
#include <cmath>

#include "common/app/log.h"
#include "common/app/program.h"
#include "common/options/catalogue.h"
#include "probe/send/playout.h"
#include "probe/send/transmitter.h"

namespace muxtap::send {
namespace {

Result<std::uint64_t> parse_bitrate(std::string_view text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    double factor = 0;
    if (unit.empty()) factor = 1;
    if (unit == "k" || unit == "K") factor = 1e3;
    if (unit == "M") factor = 1e6;
    if (unit == "G") factor = 1e9;
    if (error != std::errc{} || factor == 0 || number * factor < 1 || number * factor > 1e12) {
        return fail("--bitrate: \"" + std::string{text} + "\": expected bits per second such as 2000000, 20M or 1.5G");
    }
    return static_cast<std::uint64_t>(std::llround(number * factor));
}

int run(const app::Options& options) {
    app::Signals signals;
    app::Log log({.program = "muxtap-send", .silent = options.boolean("silent")});
    const auto failed = [](const Error& error) {
        return app::print_failure(options::send_program(), error.message, app::exit_failure);
    };
    const auto file = TsFile::read(options.text("input"));
    if (!file) return failed(file.error());
    auto destinations = parse_destinations(options.list("to"));
    if (!destinations) return failed(destinations.error());
    Result<PcrSchedule> schedule = PcrSchedule::constant(file->packet_count(), 1'000'000'000);
    if (options.is_set("bitrate")) {
        const auto rate = parse_bitrate(options.text("bitrate"));
        if (!rate) return failed(rate.error());
        schedule = PcrSchedule::constant(file->packet_count(), *rate);
    } else if (!options.boolean("burst")) {
        schedule = PcrSchedule::from_pcrs(*file, std::nullopt);
    }
    if (!schedule) return failed({schedule.error().message + ": give --bitrate"});
    Transmitter::Settings settings;
    settings.burst = options.boolean("burst");
    settings.socket.multicast_hops = static_cast<int>(options.integer("ttl"));
    if (options.is_set("duration")) settings.longest = options.duration("duration");
    if (options.is_set("interface")) {
        const auto index = find_interface(options.text("interface"));
        if (!index) return failed(index.error());
        settings.socket.interface_index = *index;
    }
    auto transmitter = Transmitter::open(std::move(*destinations), settings);
    if (!transmitter) return failed(transmitter.error());
    Playout playout(*file, *schedule,
                    {.loops = static_cast<std::uint64_t>(options.integer("loop")),
                     .packets_per_datagram = static_cast<std::size_t>(options.integer("packets-per-datagram"))});
    const auto totals = transmitter->run(playout, signals);
    if (!totals) return failed(totals.error());
    const double seconds = std::chrono::duration<double>(totals->elapsed).count();
    log.info("summary", "sent",
             {{"packets", totals->packets},
              {"datagrams", totals->datagrams},
              {"bytes", totals->bytes},
              {"seconds", seconds},
              {"bitrate_bps", static_cast<double>(totals->bytes) * 8 / seconds},
              {"max_lateness_us", std::chrono::duration<double, std::micro>(totals->max_lateness).count()},
              {"retries", totals->retries},
              {"undelivered", totals->undelivered}});
    return app::exit_ok;
}

}  // namespace
}  // namespace muxtap::send

int main(int argc, char** argv) {
    return muxtap::app::run_program(muxtap::options::send_program(), muxtap::options::known_names(), argc, argv,
                                    muxtap::send::run);
}
