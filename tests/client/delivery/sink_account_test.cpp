#include "client/delivery/sink_account.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "common/base/file_descriptor.h"
#include "tests/support/temp_folder.h"

namespace muxtap::delivery {
namespace {

/// An account and what it logged.
class AccountRig {
public:
    AccountRig() : before_(::dup(STDERR_FILENO)) {
        const FileDescriptor file(::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
        ::dup2(file.get(), STDERR_FILENO);
    }
    ~AccountRig() { ::dup2(before_.get(), STDERR_FILENO); }
    AccountRig(const AccountRig&) = delete;
    AccountRig& operator=(const AccountRig&) = delete;

    /// Log lines so far.
    [[nodiscard]] long lines() const {
        const auto bytes = muxtap::test::read_bytes(path_);
        return std::count(bytes.begin(), bytes.end(), std::uint8_t{'\n'});
    }
    [[nodiscard]] std::string text() const {
        const auto bytes = muxtap::test::read_bytes(path_);
        return {bytes.begin(), bytes.end()};
    }

private:
    muxtap::test::TempFolder folder_;
    std::string path_ = folder_ / "log";
    FileDescriptor before_;
    app::Log log_{{.program = "test", .repeat_interval = {}}};

public:
    SinkAccount account{"sink", log_};
    SteadyTime now = steady_now();
};

TEST_CASE("trouble is said once, then once a minute, and when it is over") {
    AccountRig rig;
    rig.account.taken(10);
    for (int i = 0; i < 59; ++i) {
        rig.account.failed("disk full", rig.now);
        rig.now += std::chrono::seconds{1};
    }
    CHECK(rig.lines() == 1);
    rig.account.dropped(4);
    rig.now += std::chrono::seconds{1};
    rig.account.failed("disk full", rig.now);
    CHECK(rig.lines() == 2);
    CHECK_THAT(rig.text(), Catch::Contains("attempts=60") && Catch::Contains("dropped=4"));
    CHECK(rig.account.figures().problem == "disk full");
    rig.account.succeeded();
    rig.account.succeeded();
    CHECK(rig.lines() == 3);
    CHECK(rig.account.figures().healthy);
    CHECK(rig.account.figures().problem.empty());
}

TEST_CASE("other trouble is said at once") {
    AccountRig rig;
    rig.account.failed("disk full", rig.now);
    rig.account.failed("read-only", rig.now);
    CHECK(rig.lines() == 2);
}

TEST_CASE("trouble that goes and comes does not fill the log") {
    AccountRig rig;
    for (int i = 0; i < 30; ++i) {
        rig.account.failed("its reader is too slow", rig.now);
        rig.account.succeeded();
        rig.now += std::chrono::seconds{1};
    }
    CHECK(rig.lines() == 2);
}

TEST_CASE("a sink that has ended without fault says so in its figures only") {
    AccountRig rig;
    rig.account.ended("nobody reads");
    CHECK(rig.lines() == 0);
    CHECK(rig.account.figures().problem == "nobody reads");
}

}  // namespace
}  // namespace muxtap::delivery
