#include "client/metrics/sinks/prometheus_sink.h"
#include "tests/client/metrics/sinks/sink_contract.h"

namespace muxtap::metrics::test {
namespace {

class PrometheusRig final : public SinkRig {
public:
    std::unique_ptr<Sink> open() override {
        auto sink = PrometheusSink::open({.address = "127.0.0.1:0"});
        REQUIRE(sink);
        return std::move(*sink);
    }
    std::optional<std::vector<client::RecordIdentity>> arrived() override { return std::nullopt; }
};

}  // namespace

TEST_CASE("Prometheus: the contract of sinks") {
    check_sink_contract([] { return std::make_unique<PrometheusRig>(); });
}

}  // namespace muxtap::metrics::test
