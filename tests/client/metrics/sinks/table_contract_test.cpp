#include <fcntl.h>

#include "client/metrics/sinks/table_sink.h"
#include "common/base/file_descriptor.h"
#include "tests/client/metrics/sinks/sink_contract.h"

namespace muxtap::metrics::test {
namespace {

class TableRig final : public SinkRig {
public:
    std::unique_ptr<Sink> open() override {
        return std::make_unique<TableSink>(TableSink::Settings{.terminal = nowhere_.get()});
    }
    std::optional<std::vector<client::RecordIdentity>> arrived() override { return std::nullopt; }

private:
    FileDescriptor nowhere_{::open("/dev/null", O_WRONLY | O_CLOEXEC)};
};

}  // namespace

TEST_CASE("table: the contract of sinks") {
    check_sink_contract([] { return std::make_unique<TableRig>(); });
}

}  // namespace muxtap::metrics::test
