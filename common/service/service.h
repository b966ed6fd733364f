#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/app/log.h"
#include "common/app/options.h"
#include "common/app/program.h"
#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/counters/exposition.h"
#include "common/service/health.h"

namespace muxtap::service {

/// What a program is to the host that runs it: `/metrics`, `/livez` and `/readyz` at --metrics-port, signs of life for
/// the service manager, and the collapsing of repeated log lines. Used by the main thread; its health by any.
class Service {
public:
    /// Puts the program's own counters; those of the process are there already.
    using Counters = std::function<void(counters::Exposition&)>;

    /// Listens where --metrics-port says. The error names the address and the reason. `log` may be null; it and
    /// `health` outlive the service.
    [[nodiscard]] static Result<std::unique_ptr<Service>> start(const app::ProgramSpec& program,
                                                                const app::Options& options, Health& health,
                                                                app::Log* log);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    /// The program does its work from now on.
    void started();
    /// To be called by the main loop, some times a second. Asks for the counters once a second when somebody may want
    /// them, so that a scrape never waits for the program.
    void turn(SteadyTime now, const Counters& counters);
    /// The main loop is over: the last counters, for who asks while the program ends.
    void stopping(const Counters& counters);

private:
    struct Implementation;
    explicit Service(std::unique_ptr<Implementation> implementation);
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace muxtap::service
