#include "common/app/options.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

namespace muxtap::app {
namespace {

using namespace std::chrono_literals;

constexpr std::array<OptionSpec, 10> table = {{
    {.name = "source-port",
     .group = "Source",
     .kind = OptionKind::integer,
     .value_name = "PORT",
     .default_value = "10000",
     .help = "port",
     .minimum = 1,
     .maximum = 65535},
    {.name = "device", .group = "Source", .value_name = "NAME", .default_value = {}, .help = "interface"},
    {.name = "stream",
     .group = "Source",
     .value_name = "NAME",
     .default_value = {},
     .help = "stream",
     .repeatable = true},
    {.name = "joins",
     .group = "Source",
     .kind = OptionKind::boolean,
     .value_name = {},
     .default_value = "true",
     .help = "join"},
    {.name = "silent",
     .group = "Output",
     .kind = OptionKind::boolean,
     .value_name = {},
     .default_value = "false",
     .help = "say little"},
    {.name = "pace",
     .group = "Output",
     .kind = OptionKind::choice,
     .value_name = {},
     .default_value = "fast",
     .help = "pace",
     .choices = "fast|capture"},
    {.name = "age",
     .group = "Output",
     .kind = OptionKind::duration,
     .value_name = "TIME",
     .default_value = "20ms",
     .help = "age",
     .environment = "BATCH_AGE"},
    {.name = "buffer",
     .group = "Output",
     .kind = OptionKind::bytes,
     .value_name = "BYTES",
     .default_value = "64M",
     .help = "buffer"},
    {.name = "rate",
     .group = "Output",
     .kind = OptionKind::decimal,
     .value_name = "RATE",
     .default_value = {},
     .help = "rate",
     .maximum = 1},
    {.name = "output",
     .group = "Output",
     .value_name = "FILE",
     .default_value = "capture.ts",
     .help = "file",
     .environment = "OUTPUT_FILE",
     .alias = "output-file"},
}};

constexpr ProgramSpec program{.name = "tap", .summary = "taps", .usage = "[OPTIONS]", .examples = {}, .options = table};
constexpr ProgramSpec program_with_positional{
    .name = "tap", .summary = "taps", .usage = "FILE", .examples = {}, .options = table, .positional = "device"};

/// A file of this test's own, gone with it.
class EnvFile {
public:
    explicit EnvFile(std::string_view text)
        : path_(std::filesystem::temp_directory_path() / ("muxtap-env-" + std::to_string(::getpid()))) {
        std::ofstream(path_) << text;
    }
    EnvFile(const EnvFile&) = delete;
    EnvFile& operator=(const EnvFile&) = delete;
    ~EnvFile() { std::filesystem::remove(path_); }
    [[nodiscard]] std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

struct Given {
    std::vector<std::string> arguments{};
    std::vector<std::string> environment{};
};

Result<Options> load(const Given& given, const ProgramSpec& spec = program) {
    const KnownNames known = {"SOURCE_PORT", "DEVICE", "SILENT", "KAFKA_BROKER"};
    std::vector<const char*> argv{"tap"};
    // An absent default .env must not depend on where the tests run.
    argv.push_back("--env-file=/dev/null");
    bool names_file = false;
    for (const std::string& word : given.arguments) names_file |= word.starts_with("--env-file");
    if (names_file) argv.pop_back();
    for (const std::string& word : given.arguments) argv.push_back(word.c_str());
    std::vector<const char*> environment;
    for (const std::string& variable : given.environment) environment.push_back(variable.c_str());
    environment.push_back(nullptr);
    return load_options(spec, known, static_cast<int>(argv.size()), argv.data(), environment.data());
}

Options loaded(const Given& given, const ProgramSpec& spec = program) {
    auto options = load(given, spec);
    INFO((options ? std::string{} : options.error().message));
    REQUIRE(options.has_value());
    return std::move(*options);
}

std::string refused(const Given& given, const ProgramSpec& spec = program) {
    const auto options = load(given, spec);
    REQUIRE_FALSE(options.has_value());
    return options.error().message;
}

TEST_CASE("without anything given every option has its default") {
    const Options options = loaded({});
    CHECK(options.integer("source-port") == 10000);
    CHECK(options.origin("source-port") == Origin::default_value);
    CHECK(options.text("device").empty());
    CHECK_FALSE(options.is_set("device"));
    CHECK(options.list("stream").empty());
    CHECK(options.boolean("joins"));
    CHECK_FALSE(options.boolean("silent"));
    CHECK(options.text("pace") == "fast");
    CHECK(options.duration("age") == 20ms);
    CHECK(options.bytes("buffer") == std::uint64_t{64} << 20);
    CHECK_FALSE(options.is_set("rate"));
    CHECK(options.text("output") == "capture.ts");
}

TEST_CASE("the command line wins over the environment, that over the file, that over the default") {
    const EnvFile file("SOURCE_PORT=1001\n");
    const std::string from_file = "--env-file=" + file.path();
    struct Row {
        Given given;
        std::int64_t port;
        Origin origin;
    };
    const std::vector<Row> rows = {
        {{{}, {}}, 10000, Origin::default_value},
        {{{from_file}, {}}, 1001, Origin::env_file},
        {{{from_file}, {"SOURCE_PORT=1002"}}, 1002, Origin::environment},
        {{{from_file, "--source-port", "1003"}, {"SOURCE_PORT=1002"}}, 1003, Origin::command_line},
        {{{"--source-port=1003"}, {"SOURCE_PORT=1002"}}, 1003, Origin::command_line},
        {{{}, {"SOURCE_PORT=1002"}}, 1002, Origin::environment},
        {{{}, {"SOURCE_PORT="}}, 10000, Origin::default_value},
        {{{}, {"source_port=1002", "SOURCE_PORT"}}, 10000, Origin::default_value},
    };
    for (const Row& row : rows) {
        const Options options = loaded(row.given);
        CHECK(options.integer("source-port") == row.port);
        CHECK(name_of(options.origin("source-port")) == name_of(row.origin));
    }
}

TEST_CASE("a boolean is true as a bare flag and takes a value only behind an equals sign") {
    struct Row {
        std::vector<std::string> arguments;
        bool silent;
        bool joins;
    };
    for (const auto& [arguments, silent, joins] : std::vector<Row>{{{"--silent"}, true, true},
                                                                   {{"--silent=true"}, true, true},
                                                                   {{"--silent=false"}, false, true},
                                                                   {{"--joins=false"}, false, false},
                                                                   {{"--joins=no", "--silent=ON"}, true, false},
                                                                   {{"--silent", "--joins"}, true, true}}) {
        const Options options = loaded({arguments, {}});
        CHECK(options.boolean("silent") == silent);
        CHECK(options.boolean("joins") == joins);
    }
    CHECK(loaded({{"--silent=false"}, {"SILENT=true"}}).origin("silent") == Origin::command_line);
    CHECK_THAT(refused({{"--silent", "false"}, {}}),
               Catch::Contains("unexpected word") || Catch::Contains("every argument"));
    CHECK(refused({{"--silent=perhaps"}, {}}) == "--silent: \"perhaps\": expected true or false");
    CHECK(refused({{"--silent="}, {}}) == "--silent: \"\": expected true or false");
}

TEST_CASE("a boolean given twice on the command line is refused in either form") {
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--silent", "--silent"},
                                                      {"--silent=true", "--silent=false"},
                                                      {"--silent", "--silent=false"}}) {
        CHECK(refused({arguments, {}}) == "--silent was given more than once");
    }
}

TEST_CASE("a repeatable option keeps every value in order, separated by commas in the environment") {
    using Names = std::vector<std::string>;
    CHECK(loaded({{"--stream", "b", "--stream=a", "--stream", "c,d"}, {}}).list("stream") == Names{"b", "a", "c,d"});
    CHECK(loaded({{}, {"STREAM=b,a"}}).list("stream") == Names{"b", "a"});
    CHECK(loaded({{"--stream", "x"}, {"STREAM=b,a"}}).list("stream") == Names{"x"});
    CHECK(refused({{"--device", "a", "--device", "b"}, {}}) == "--device was given more than once");
}

TEST_CASE("an alias and another name in the environment mean the same option") {
    CHECK(loaded({{"--output-file", "a.ts"}, {}}).text("output") == "a.ts");
    CHECK(loaded({{"--output", "-"}, {}}).text("output") == "-");
    CHECK(loaded({{}, {"OUTPUT_FILE=b.ts", "OUTPUT=c.ts"}}).text("output") == "b.ts");
    CHECK(loaded({{}, {"BATCH_AGE=5", "AGE=7"}}).duration("age") == 5ms);
    CHECK(refused({{"--output=a", "--output-file=b"}, {}}) == "--output was given more than once");
}

TEST_CASE("an unknown flag is named, with the one that was probably meant") {
    CHECK(refused({{"--source-prot", "5"}, {}}) ==
          "unknown option --source-prot; did you mean --source-port?; see tap --help");
    CHECK(refused({{"--sorce-port=5"}, {}}) ==
          "unknown option --sorce-port; did you mean --source-port?; see tap --help");
    CHECK(refused({{"--versoin"}, {}}) == "unknown option --versoin; did you mean --version?; see tap --help");
    CHECK(refused({{"--kubernetes"}, {}}) == "unknown option --kubernetes; see tap --help");
    CHECK_THAT(refused({{"--source", "5"}, {}}), Catch::Contains("unknown option --source"));
    CHECK_THAT(refused({{"-x"}, {}}), Catch::Contains("unknown option"));
}

TEST_CASE("a value is needed where one is expected, and words without a flag are refused") {
    CHECK(refused({{"--device"}, {}}) == "option --device needs a value; see tap --help");
    CHECK_THAT(refused({{"news"}, {}}), Catch::Contains("see tap --help"));
    CHECK(loaded({{"film.ts"}, {}}, program_with_positional).text("device") == "film.ts");
    CHECK(loaded({{"--silent", "film.ts"}, {}}, program_with_positional).text("device") == "film.ts");
    CHECK(loaded({{"--", "--film.ts"}, {}}, program_with_positional).text("device") == "--film.ts");
    CHECK(loaded({{"--device", "-5s@100"}, {}}).text("device") == "-5s@100");
    CHECK(refused({{"a.ts", "b.ts"}, {}}, program_with_positional) == "--device was given more than once");
}

TEST_CASE("a bad value is named with the place it came from") {
    const EnvFile file("\nSOURCE_PORT=70000\n");
    struct Row {
        Given given;
        std::string message;
    };
    const std::vector<Row> rows = {
        {{{"--source-port", "0"}, {}}, "--source-port: \"0\": expected a whole number from 1 to 65535"},
        {{{}, {"SOURCE_PORT=http"}}, "environment SOURCE_PORT: \"http\": expected a whole number from 1 to 65535"},
        {{{"--env-file", file.path()}, {}},
         file.path() + ", line 2, SOURCE_PORT: \"70000\": expected a whole number from 1 to 65535"},
        {{{"--pace", "slow"}, {}}, "--pace: \"slow\": expected one of fast|capture"},
        {{{"--age", "soon"}, {}}, "--age: \"soon\": expected a duration such as 20ms, 1.5s, 10m, 2h or 7d"},
        {{{"--buffer", "big"}, {}}, "--buffer: \"big\": expected a size in bytes such as 4096, 64M or 1.5G"},
        {{{"--rate", "2"}, {}}, "--rate: \"2\": expected a number from 0.000000 to 1.000000"},
        {{{}, {"SILENT=maybe"}}, "environment SILENT: \"maybe\": expected true or false"},
    };
    for (const Row& row : rows) CHECK(refused(row.given) == row.message);
}

TEST_CASE("an unknown key in the env file is named, with the one that was probably meant") {
    const EnvFile near("SILENT=true\nSOURCE_PROT=5\n");
    CHECK(refused({{"--env-file", near.path()}, {}}) ==
          near.path() + ", line 2: unknown key SOURCE_PROT; did you mean SOURCE_PORT?");
}

TEST_CASE("a key of another program in the shared env file is accepted") {
    const EnvFile file("KAFKA_BROKER=localhost:9092\nDEVICE=eth7\n");
    CHECK(loaded({{"--env-file", file.path()}, {}}).text("device") == "eth7");
}

TEST_CASE("an env file that cannot be read or parsed is named") {
    CHECK(refused({{"--env-file", "/no/such/file"}, {}}) ==
          "cannot read the environment file \"/no/such/file\" (--env-file): No such file or directory");
    const EnvFile file("nonsense\n");
    CHECK(refused({{"--env-file", file.path()}, {}}) == file.path() + ", line 1: expected NAME=value");
}

TEST_CASE("asking for an option that a program does not have is a mistake in the program") {
    CHECK_THROWS_AS(loaded({}).text("no-such-option"), std::logic_error);
}

}  // namespace
}  // namespace muxtap::app
