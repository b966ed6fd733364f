#include <cstdio>

#include "analyzer/cli/run_analysis.h"
#include "analyzer/cli/text/event_line.h"
#include "common/app/program.h"
#include "common/options/catalogue.h"

namespace muxtap::analyze {
namespace {

int run(const app::Options& options) {
    if (options.boolean("list-indicators")) {
        std::fputs(indicator_list(Painter(false)).c_str(), stdout);
        return app::exit_ok;
    }
    const auto config = read_config(options);
    if (!config) return app::print_failure(options::analyze_program(), config.error().message, app::exit_usage);
    return run_analysis(*config);
}

}  // namespace
}  // namespace muxtap::analyze

int main(int argc, char** argv) {
    return muxtap::app::run_program(muxtap::options::analyze_program(), muxtap::options::known_names(), argc, argv,
                                    muxtap::analyze::run);
}
