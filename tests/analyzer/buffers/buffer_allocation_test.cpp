#include <catch2/catch.hpp>

#include "analyzer/buffers/buffer_model.h"
#include "analyzer/buffers/main_buffers.h"
#include "tests/support/allocation_counter.h"

namespace muxtap::analyzer {
namespace {

TEST_CASE("running packets through the buffers allocates nothing") {
    BufferModel model;
    MainBuffers main_buffers;
    std::vector<ts::Pid> pids;
    for (ts::Pid pid = 100; pid < 300; ++pid) {
        model.set_stream(pid, {512, 18'000'000});
        main_buffers.set_stream(pid, 300'000);
        pids.push_back(pid);
    }
    model.set_program_map(50);
    std::vector<BufferFinding> findings;
    CHECK(test::allocations_during([&] {
              std::int64_t now = 0;
              for (int round = 0; round < 1'000; ++round) {
                  model.run(pids, now, 500, findings);
                  for (const ts::Pid pid : pids)
                      main_buffers.access_unit(pid, now, now + 27'000'000, static_cast<std::uint64_t>(round) * 100,
                                               findings);
                  model.set_stream(100, {512, 18'000'000});
                  now += 100'000;
              }
          }) == 0);
    CHECK(findings.empty());
}

}  // namespace
}  // namespace muxtap::analyzer
