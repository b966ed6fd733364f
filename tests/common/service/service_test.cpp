#include "common/service/service.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>

#include "common/base/file_descriptor.h"
#include "common/options/catalogue.h"
#include "tests/support/temp_folder.h"

namespace muxtap::service {
namespace {

using namespace std::chrono_literals;
using counters::Exposition;
using counters::Family;

app::Options options_with(std::vector<const char*> words) {
    words.insert(words.begin(), "muxtap-send");
    const char* const environment[] = {nullptr};
    return app::load_options(options::send_program(), options::known_names(), static_cast<int>(words.size()),
                             words.data(), environment)
        .value();
}

/// A port that nobody listens on, as far as one can know.
std::string free_port() {
    const FileDescriptor socket(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(socket.get(), generic, size) == 0);
    REQUIRE(::getsockname(socket.get(), generic, &size) == 0);
    return std::to_string(ntohs(address.sin_port));
}

/// The whole answer, head and body.
std::string get(const std::string& port, const std::string& path) {
    const FileDescriptor socket(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoul(port)));
    REQUIRE(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
    const std::string request = "GET " + path + " HTTP/1.0\r\n\r\n";
    REQUIRE(::send(socket.get(), request.data(), request.size(), 0) == static_cast<ssize_t>(request.size()));
    std::string answer;
    char bytes[4096];
    for (ssize_t got = 0; (got = ::recv(socket.get(), bytes, sizeof(bytes), 0)) > 0;) {
        answer.append(bytes, static_cast<std::size_t>(got));
    }
    return answer;
}

/// Plays the service manager: what a program tells it.
class Manager {
public:
    explicit Manager(const char* watchdog_microseconds) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
        const std::string path = folder_ / "notify";
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof(address.sun_path) - 1);
        REQUIRE(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
        ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
        ::setenv("WATCHDOG_USEC", watchdog_microseconds, 1);
        ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    }
    ~Manager() {
        for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
    }
    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;

    /// Everything since the last call.
    [[nodiscard]] std::vector<std::string> heard() const {
        std::vector<std::string> messages;
        char bytes[512];
        for (ssize_t got = 0; (got = ::recv(socket_.get(), bytes, sizeof(bytes), 0)) >= 0;) {
            messages.emplace_back(bytes, static_cast<std::size_t>(got));
        }
        return messages;
    }

private:
    test::TempFolder folder_;
    FileDescriptor socket_;
};

bool has(const std::vector<std::string>& messages, const std::string& message) {
    return std::find(messages.begin(), messages.end(), message) != messages.end();
}

struct Rig {
    explicit Rig(const std::vector<const char*>& words) : options(options_with(words)) {
        service = Service::start(options::send_program(), options, health, &log).value();
    }
    app::Options options;
    app::Log log{{.program = "test", .silent = true}};
    Health health;
    std::unique_ptr<Service> service;
};

void put_nothing(Exposition&) {}

}  // namespace

TEST_CASE("A program tells its counters, that it lives and whether it works") {
    const std::string port = free_port();
    const std::string address = "--metrics-port=127.0.0.1:" + port;
    Rig rig({address.c_str()});
    CHECK_THAT(get(port, "/livez"), Catch::Contains("200 OK"));
    CHECK_THAT(get(port, "/readyz"), Catch::Contains("503") && Catch::Contains("the program is starting"));
    CHECK_THAT(get(port, "/metrics"), Catch::Contains("muxtap_process_ready 0\n") &&
                                          Catch::Contains("muxtap_process_info{program=\"muxtap-send\""));
    rig.service->started();
    rig.service->turn(steady_now(), [](Exposition& out) { out.put(Family::sent_packets, {}, 17); });
    CHECK_THAT(get(port, "/readyz"), Catch::Contains("200 OK"));
    CHECK_THAT(get(port, "/metrics"), Catch::Contains("\nmuxtap_send_packets_total 17\n") &&
                                          Catch::Contains("muxtap_process_ready 1\n") &&
                                          Catch::Contains("muxtap_log_lines_total{level=\"warning\"} 0\n"));
    Loop& loop = rig.health.add_loop("capture 1");
    loop.turned(steady_now() - 11s);
    CHECK_THAT(get(port, "/livez"), Catch::Contains("503") && Catch::Contains("hangs: capture 1"));
    loop.rests();
    rig.service->stopping([](Exposition& out) { out.put(Family::sent_packets, {}, 18); });
    CHECK_THAT(get(port, "/livez"), Catch::Contains("200 OK"));
    CHECK_THAT(get(port, "/readyz"), Catch::Contains("the program is ending"));
    CHECK_THAT(get(port, "/metrics"), Catch::Contains("\nmuxtap_send_packets_total 18\n"));
}

TEST_CASE("Counters are asked for once a second, and not at all when nobody can ask") {
    const std::string port = free_port();
    const std::string address = "--metrics-port=127.0.0.1:" + port;
    int asked = 0;
    const auto count = [&](Exposition&) { ++asked; };
    const SteadyTime start = steady_now();
    Rig rig({address.c_str()});
    for (int i = 0; i < 25; ++i) rig.service->turn(start + i * 100ms, count);
    CHECK(asked == 3);
    const Rig unasked({});
    for (int i = 0; i < 25; ++i) unasked.service->turn(start + i * 100ms, count);
    CHECK(asked == 3);
}

TEST_CASE("A port that is taken is named") {
    const std::string port = free_port();
    const std::string address = "--metrics-port=127.0.0.1:" + port;
    const Rig first({address.c_str()});
    Health health;
    const auto second = Service::start(options::send_program(), first.options, health, nullptr);
    REQUIRE_FALSE(second.has_value());
    CHECK_THAT(second.error().message, Catch::StartsWith("--metrics-port: ") && Catch::Contains("127.0.0.1:" + port));
}

TEST_CASE("The service manager hears of the start, of signs of life and of the end") {
    const Manager manager("3000000");
    Rig rig({});
    const SteadyTime start = steady_now();
    CHECK(manager.heard().empty());
    rig.service->started();
    CHECK(has(manager.heard(), "READY=1"));
    for (int i = 0; i < 30; ++i) rig.service->turn(start + i * 100ms, put_nothing);
    const auto messages = manager.heard();
    CHECK(std::count(messages.begin(), messages.end(), "WATCHDOG=1") == 3);
    CHECK(std::count(messages.begin(), messages.end(), "STATUS=working") == 1);
    rig.service->stopping(put_nothing);
    CHECK(has(manager.heard(), "STOPPING=1"));
}

TEST_CASE("A program of which a loop hangs gives no sign of life") {
    const Manager manager("3000000");
    Rig rig({});
    rig.service->started();
    Loop& loop = rig.health.add_loop("capture 1");
    const SteadyTime start = steady_now();
    loop.turned(start);
    rig.service->turn(start, put_nothing);
    CHECK(has(manager.heard(), "WATCHDOG=1"));
    rig.service->turn(start + 11s, put_nothing);
    const auto messages = manager.heard();
    CHECK_FALSE(has(messages, "WATCHDOG=1"));
    CHECK(has(messages, "STATUS=hangs: capture 1"));
}

}  // namespace muxtap::service
