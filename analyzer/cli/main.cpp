#include <cstdio>

#include "analyzer/cli/run_analysis.h"
#include "analyzer/cli/text/event_line.h"
#include "common/app/program.h"
#include "common/options/catalogue.h"
#include "common/service/service.h"

namespace muxtap::analyze {
namespace {

int run(const app::Options& options) {
    if (options.boolean("list-indicators")) {
        std::fputs(indicator_list(Painter(false)).c_str(), stdout);
        return app::exit_ok;
    }
    const auto config = read_config(options);
    if (!config) return app::print_failure(options::analyze_program(), config.error().message, app::exit_usage);
    service::Health health;
    const auto service = service::Service::start(options::analyze_program(), options, health, nullptr);
    if (!service) return app::print_failure(options::analyze_program(), service.error().message, app::exit_failure);
    (*service)->started();
    health.main_loop().rests();  // an input may be standard input, which comes when it comes
    return run_analysis(*config, [&](std::uint64_t bytes, std::uint64_t input) {
        (*service)->turn(steady_now(), [&](counters::Exposition& out) {
            out.put(counters::Family::analyzed_bytes, {}, static_cast<double>(bytes));
            if (input > 0) out.put(counters::Family::analyzed_input, {}, static_cast<double>(input));
        });
        health.main_loop().rests();
    });
}

}  // namespace
}  // namespace muxtap::analyze

int main(int argc, char** argv) {
    return muxtap::app::run_program(muxtap::options::analyze_program(), muxtap::options::known_names(), argc, argv,
                                    muxtap::analyze::run);
}
