#include "probe/source/devices.h"

#include <catch2/catch.hpp>

namespace muxtap::probe {
namespace {

Device device(const char* name, bool has_address = true) {
    return {
        .name = name, .up = true, .running = true, .loopback = false, .wireless = false, .has_address = has_address};
}

TEST_CASE("the interface to capture from is the first that can be meant") {
    Device loopback = device("lo");
    loopback.loopback = true;
    Device wireless = device("wlan0");
    wireless.wireless = true;
    Device down = device("eth8");
    down.up = false;
    Device unplugged = device("eth9");
    unplugged.running = false;
    struct Row {
        const char* name;
        std::vector<Device> devices;
        bool use_wireless;
        const char* chosen;  ///< null: none
    };
    const std::vector<Row> rows = {
        {"the only one", {loopback, device("eth0")}, false, "eth0"},
        {"the first of two", {device("eth0"), device("eth1")}, false, "eth0"},
        {"one with an address before one without", {device("eth0", false), device("eth1")}, false, "eth1"},
        {"a span port has no address", {loopback, device("eth0", false)}, false, "eth0"},
        {"not what is down", {down, unplugged, device("eth1")}, false, "eth1"},
        {"not what is wireless", {wireless, device("eth1")}, false, "eth1"},
        {"wireless when told so", {wireless, device("eth1")}, true, "wlan0"},
        {"only wireless", {loopback, wireless}, false, nullptr},
        {"only loopback", {loopback}, true, nullptr},
        {"nothing", {}, false, nullptr},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        const auto chosen = choose_device(row.devices, row.use_wireless);
        REQUIRE(chosen.has_value() == (row.chosen != nullptr));
        if (chosen) CHECK(*chosen == row.chosen);
        if (chosen) continue;
        CHECK_THAT(chosen.error().message,
                   Catch::Contains("--source-device") && Catch::Contains(device_names(row.devices)));
        CHECK((chosen.error().message.find("--use-wireless") != std::string::npos) == !row.use_wireless);
    }
}

TEST_CASE("this host's interfaces are listed once each, the loopback among them") {
    const auto devices = list_devices();
    REQUIRE(devices.has_value());
    int loopbacks = 0;
    for (const Device& each : *devices) {
        loopbacks += each.name == "lo" ? 1 : 0;
        if (each.name == "lo") CHECK(each.loopback);
    }
    CHECK(loopbacks == 1);
    CHECK(device_link("lo") == DeviceLink::loopback);
    CHECK(device_mtu("lo") > 1500);
    CHECK(device_link("no-such-device") == DeviceLink::other);
    CHECK(device_mtu("no-such-device") == 0);
}

}  // namespace
}  // namespace muxtap::probe
