#include "common/options/catalogue.h"

namespace muxtap::options {
namespace {

/// Names that existing set-ups have in their `.env` files and that no program has an option for. They are accepted
/// there and have no effect.
constexpr std::array<std::string_view, 1> names_without_program = {"SHOW_TR101290"};

}  // namespace

std::array<const app::ProgramSpec*, 6> programs() noexcept {
    return {&probe_program(),   &record_program(), &frames_program(),
            &metrics_program(), &send_program(),   &analyze_program()};
}

const app::KnownNames& known_names() {
    static const app::KnownNames names = [] {
        app::KnownNames all(names_without_program.begin(), names_without_program.end());
        for (const app::OptionSpec& spec : app::general_options()) {
            if (std::string name = app::environment_name(spec); !name.empty()) all.push_back(std::move(name));
        }
        for (const app::ProgramSpec* program : programs()) {
            for (const app::OptionSpec& spec : program->options) {
                if (std::string name = app::environment_name(spec); !name.empty()) all.push_back(std::move(name));
            }
        }
        return all;
    }();
    return names;
}

std::string env_example() {
    std::string text =
        "# Settings of the muxtap programs. Copy to .env and take the # away where a value shall differ.\n"
        "# Precedence: command line > environment > .env file > the default shown here.\n"
        "# A name that no program knows is an error, so that a typing mistake is noticed.\n";
    text += app::format_general_env_example();
    for (const app::ProgramSpec* program : programs()) text += app::format_env_example(*program);
    text +=
        "\n# --- kept for existing set-ups: accepted, without effect\n"
        "# muxtap-analyze and muxtap-metrics always tell of the indicators of TR 101 290\n";
    for (const std::string_view name : names_without_program) text.append("#").append(name).append("=\n");
    return text;
}

}  // namespace muxtap::options
