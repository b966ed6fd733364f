#include <catch2/catch.hpp>
#include <set>

#include "common/app/env_file.h"
#include "common/app/options.h"
#include "common/options/catalogue.h"

namespace muxtap::options {
namespace {

using app::OptionKind;
using app::OptionSpec;
using app::ProgramSpec;

app::Options load(const ProgramSpec& program, std::vector<const char*> arguments,
                  std::vector<const char*> environment = {}) {
    arguments.insert(arguments.begin(), {program.name.data(), "--env-file=/dev/null"});
    environment.push_back(nullptr);
    auto options = app::load_options(program, known_names(), static_cast<int>(arguments.size()), arguments.data(),
                                     environment.data());
    INFO((options ? std::string{} : options.error().message));
    REQUIRE(options.has_value());
    return std::move(*options);
}

TEST_CASE("help mentions every option, with its default and its name in the environment") {
    for (const ProgramSpec* program : programs()) {
        const std::string help = format_help(*program);
        CHECK_THAT(help, Catch::StartsWith(std::string{program->name} + ": "));
        for (const OptionSpec& spec : program->options) {
            INFO(program->name << " --" << spec.name);
            CHECK_THAT(help, Catch::Contains("\n  --" + std::string{spec.name}));
            CHECK_THAT(help, Catch::Contains("{" + environment_name(spec) + "}"));
            CHECK_THAT(help, Catch::Contains(std::string{spec.group} + ":\n"));
            if (!spec.default_value.empty()) {
                CHECK_THAT(help, Catch::Contains("[default: " + std::string{spec.default_value} + "]"));
            }
        }
        for (const OptionSpec& spec : app::general_options()) {
            CHECK_THAT(help, Catch::Contains("\n  --" + std::string{spec.name}));
        }
    }
}

TEST_CASE("help keeps its lines within a hundred columns") {
    for (const ProgramSpec* program : programs()) {
        std::istringstream lines(format_help(*program));
        for (std::string line; std::getline(lines, line);) {
            INFO(line);
            const bool is_example = line.starts_with("  muxtap-") || line.starts_with("  sudo ");
            if (!is_example) CHECK(line.size() <= 100);
        }
    }
}

TEST_CASE("the printed configuration tells every value and where it came from") {
    const app::Options options =
        load(probe_program(), {"--source-port=5000", "--stream=a=udp://1.2.3.4:5", "--stream", "b=rtp://1.2.3.4:6"},
             {"TARGET_PORT=7000"});
    const std::string config = format_config(probe_program(), options);
    std::istringstream lines(config);
    std::set<std::string> names;
    const auto squeezed = [](const std::string& line) {
        std::istringstream words(line);
        std::string out;
        for (std::string word; words >> word;) out += (out.empty() ? "" : " ") + word;
        return out;
    };
    std::set<std::string> text;
    for (std::string line; std::getline(lines, line);) {
        names.insert(line.substr(0, line.find('=')));
        text.insert(squeezed(line));
    }
    for (const OptionSpec& spec : probe_program().options) CHECK(names.count(environment_name(spec)) == 1);
    CHECK(text.count("SOURCE_PORT=5000 # command line") == 1);
    CHECK(text.count("TARGET_PORT=7000 # environment") == 1);
    CHECK(text.count("SOURCE_IP=224.0.0.200 # default") == 1);
    CHECK(text.count("SOURCE_DEVICE= # not set") == 1);
    CHECK(text.count("STREAM=a=udp://1.2.3.4:5,b=rtp://1.2.3.4:6 # command line") == 1);
}

TEST_CASE("the example of the env file holds every option as a comment and changes nothing when all are taken in") {
    const std::string example = env_example();
    std::string taken_in;
    std::istringstream lines(example);
    for (std::string line; std::getline(lines, line);) {
        const bool is_assignment = line.size() > 1 && line[0] == '#' && line[1] != ' ';
        CHECK((line.empty() || line[0] == '#'));
        if (is_assignment) taken_in += line.substr(1) + "\n";
    }
    const auto assignments = app::parse_env_file(taken_in);
    REQUIRE(assignments.has_value());
    for (const ProgramSpec* program : programs()) {
        for (const OptionSpec& spec : program->options) {
            INFO(program->name << " --" << spec.name);
            const std::string line = environment_name(spec) + "=" + std::string{spec.default_value};
            CHECK_THAT(example, Catch::Contains("\n#" + line + "\n"));
        }
    }
    for (const app::EnvAssignment& assignment : *assignments) {
        INFO(assignment.name);
        CHECK(std::count(known_names().begin(), known_names().end(), assignment.name) >= 1);
    }
}

TEST_CASE("every default passes its own option's check") {
    for (const ProgramSpec* program : programs()) {
        const app::Options options = load(*program, {});
        for (const OptionSpec& spec : program->options) {
            if (spec.default_value.empty()) continue;
            INFO(program->name << " --" << spec.name);
            const std::string word = "--" + std::string{spec.name} + "=" + std::string{spec.default_value};
            const app::Options given = load(*program, {word.c_str()});
            CHECK(given.text(spec.name) == options.text(spec.name));
        }
    }
}

TEST_CASE("within a program every flag and every environment name stands once") {
    for (const ProgramSpec* program : programs()) {
        std::set<std::string> flags;
        std::set<std::string> variables;
        for (const auto& table : {program->options, app::general_options()}) {
            for (const OptionSpec& spec : table) {
                INFO(program->name << " --" << spec.name);
                CHECK(flags.insert(std::string{spec.name}).second);
                if (!spec.alias.empty()) CHECK(flags.insert(std::string{spec.alias}).second);
                if (const std::string name = environment_name(spec); !name.empty()) {
                    CHECK(variables.insert(name).second);
                }
                CHECK_FALSE(spec.help.empty());
                CHECK(spec.choices.empty() == (spec.kind != OptionKind::choice));
            }
        }
    }
}

TEST_CASE("the names and defaults that existing set-ups rely on are there") {
    for (const std::string name :
         {"TARGET_IP",        "TARGET_PORT",    "SOURCE_DEVICE", "SOURCE_IP",     "SOURCE_PORT",     "SOURCE_PROTOCOL",
          "SEND_JSON_HEADER", "USE_WIRELESS",   "OUTPUT_FILE",   "DEBUG",         "SILENT",          "PACKET_COUNT",
          "NO_PROGRESS",      "PROMISCUOUS",    "BUFFER_SIZE",   "READ_TIME_OUT", "IMMEDIATE_MODE",  "PCAP_STATS",
          "PROBE_ID",         "KAFKA_BROKER",   "KAFKA_TOPIC",   "KAFKA_KEY",     "KAFKA_INTERVAL",  "KAFKA_TIMEOUT",
          "SEND_TO_KAFKA",    "EXTRACT_IMAGES", "SAVE_IMAGES",   "IMAGE_HEIGHT",  "IMAGE_FRAMERATE", "JPEG_QUALITY",
          "FILMSTRIP_LENGTH", "WATCH_FILE",     "SHOW_TR101290", "DUMP_PACKETS",  "IPC_PATH"}) {
        INFO(name);
        CHECK(std::count(known_names().begin(), known_names().end(), name) >= 1);
    }
    const app::Options probe = load(probe_program(), {});
    CHECK(probe.text("source-ip") == "224.0.0.200");
    CHECK(probe.integer("source-port") == 10000);
    CHECK(probe.text("target-ip") == "127.0.0.1");
    CHECK(probe.integer("target-port") == 5556);
    CHECK(probe.boolean("send-json-header"));
    const app::Options record = load(record_program(), {});
    CHECK(record.text("output") == "capture.ts");
    CHECK(record.text("target-ip") == probe.text("target-ip"));
    CHECK(record.integer("target-port") == probe.integer("target-port"));
}

}  // namespace
}  // namespace muxtap::options
