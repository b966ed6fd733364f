#pragma once

#include <chrono>

#include "common/app/signals.h"
#include "common/service/service.h"

namespace muxtap::client {

/// The main loop of a worker: until it is over or a signal ends it. `worker` has do_work(wait) and put_counters(out);
/// `each_turn` is called once a turn.
template <typename Worker, typename EachTurn>
void run_worker(Worker& worker, service::Service& service, app::Signals& signals, EachTurn each_turn) {
    /// Longest time between a signal and the answer to it.
    constexpr std::chrono::milliseconds longest_wait{50};
    const service::Service::Counters counters = [&worker](counters::Exposition& out) { worker.put_counters(out); };
    service.started();
    while (worker.do_work(longest_wait)) {
        service.turn(steady_now(), counters);
        if (signals.wait(std::chrono::milliseconds{0}) == app::Signals::Event::stop) break;
        each_turn();
    }
    service.stopping(counters);
}

template <typename Worker>
void run_worker(Worker& worker, service::Service& service, app::Signals& signals) {
    run_worker(worker, service, signals, [] {});
}

}  // namespace muxtap::client
