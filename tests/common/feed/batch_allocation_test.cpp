#include <catch2/catch.hpp>

#include "common/feed/batch_pool.h"
#include "tests/support/allocation_counter.h"

namespace muxtap::feed {
namespace {

TEST_CASE("batches go round without an allocation once there are enough of them") {
    BatchPool pool(1400, std::size_t{1} << 30);
    const auto stream = std::make_shared<const StreamDescription>();
    const auto go_round = [&] {
        for (const std::size_t packets : {1400, 350, 87, 7}) {
            BatchPtr batch = pool.acquire(packets);
            batch->stream = stream;
            for (std::size_t i = 0; i < packets; ++i) batch->datagrams.push_back({1, 0});
            batch->commit(packets);
            const SharedBatch shared(std::move(batch));
            const SharedBatch second = shared;
        }
    };
    go_round();
    CHECK(test::allocations_during([&] {
              for (int i = 0; i < 1000; ++i) go_round();
          }) == 0);
}

}  // namespace
}  // namespace muxtap::feed
