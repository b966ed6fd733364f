#include <catch2/catch.hpp>
#include <set>

#include "tests/proto/samples.h"

namespace muxtap::test {
namespace {

using proto::FeedDecoder;
using proto::FeedReject;

/// The first `from` in the header replaced.
Frames with(Frames frames, std::string_view from, std::string_view to) {
    const std::size_t at = frames.texts[1].find(from);
    REQUIRE(at != std::string::npos);
    frames.texts[1].replace(at, from.size(), to);
    return frames;
}

Frames with_topic(Frames frames, std::string_view topic) {
    frames.texts[0] = topic;
    return frames;
}

Frames with_header(Frames frames, std::string header) {
    frames.texts[1] = std::move(header);
    return frames;
}

Frames with_payload(Frames frames, std::string payload) {
    frames.texts[2] = std::move(payload);
    return frames;
}

/// `count` more at the front of one of the host's lists.
Frames with_items(Frames frames, const std::string& list, std::string_view item, std::size_t count) {
    std::string items;
    for (std::size_t i = 0; i < count; ++i) items.append(item).append(",");
    return with(std::move(frames), "\"" + list + "\":[", "\"" + list + "\":[" + items);
}

std::string spoiled_payload() {
    std::string payload = sample_batch().texts[2];
    payload[0] = 0x46;
    return payload;
}

struct Row {
    std::string_view claim;
    Frames frames;
    FeedReject reason;
};

std::vector<Row> rows() {
    const Frames batch = sample_batch();
    const Frames info = sample_info();
    const Frames host = sample_info_with_host();
    return {
        {"no frame", {}, FeedReject::frame_count},
        {"one frame, as on a raw endpoint", {{batch.texts[2]}}, FeedReject::frame_count},
        {"packets without payload frame", {{batch.texts[0], batch.texts[1]}}, FeedReject::frame_count},
        {"status with payload frame", {{info.texts[0], info.texts[1], ""}}, FeedReject::frame_count},
        {"four frames", {{batch.texts[0], batch.texts[1], batch.texts[2], ""}}, FeedReject::frame_count},

        {"other topic", with_topic(batch, "weather/"), FeedReject::topic},
        {"empty topic", with_topic(batch, ""), FeedReject::topic},
        {"topic without trailing slash", with_topic(batch, "ts/news"), FeedReject::topic},
        {"topic of another stream", with_topic(batch, "ts/sport/"), FeedReject::topic},
        {"topic of a longer name", with_topic(batch, "ts/news2/"), FeedReject::topic},
        {"topic with more behind the slash", with_topic(batch, "ts/news//"), FeedReject::topic},
        {"status under another stream's topic", with_topic(info, "info/sport/"), FeedReject::topic},

        {"header a byte too long", with_header(batch, std::string(FeedDecoder::max_header_bytes + 1, ' ')),
         FeedReject::header_size},

        {"empty header", with_header(batch, ""), FeedReject::not_json},
        {"array", with_header(batch, "[]"), FeedReject::not_json},
        {"number", with_header(batch, "1"), FeedReject::not_json},
        {"two objects", with_header(batch, batch.texts[1] + "{}"), FeedReject::not_json},
        {"not a number", with(batch, "\"seq\":1234", "\"seq\":NaN"), FeedReject::not_json},
        {"infinite number", with(batch, "\"seq\":1234", "\"seq\":1e999"), FeedReject::not_json},
        {"half a character", with(batch, "cap-a", "\xC3"), FeedReject::not_json},
        {"raw control character", with(batch, "cap-a", "\n"), FeedReject::not_json},
        {"packets in place of the header", with_header(batch, batch.texts[2]), FeedReject::not_json},

        {"version of tomorrow", with(batch, "\"v\":1", "\"v\":2"), FeedReject::newer_version},
        {"version of the far future with other keys", with_header(batch, R"({"v":18446744073709551615})"),
         FeedReject::newer_version},

        {"empty object", with_header(batch, "{}"), FeedReject::key},
        {"no version", with(batch, "\"v\":1,", ""), FeedReject::key},
        {"version 0", with(batch, "\"v\":1", "\"v\":0"), FeedReject::key},
        {"version as text", with(batch, "\"v\":1", "\"v\":\"1\""), FeedReject::key},
        {"kind of the other topic", with(batch, "\"kind\":\"ts\"", "\"kind\":\"info\""), FeedReject::key},
        {"unknown kind", with(batch, "\"kind\":\"ts\"", "\"kind\":\"tomorrow\""), FeedReject::key},
        {"negative sequence number", with(batch, "\"seq\":1234", "\"seq\":-1"), FeedReject::key},
        {"fractional sequence number", with(batch, "\"seq\":1234", "\"seq\":1234.0"), FeedReject::key},
        {"sequence number beyond 64 bits", with(batch, "\"seq\":1234", "\"seq\":18446744073709551616"),
         FeedReject::key},
        {"time as text", with(batch, "1763600012345678901", "\"now\""), FeedReject::key},
        {"no packets", with_payload(with(with(batch, "\"packets\":1", "\"packets\":0"), "[1,0]", ""), ""),
         FeedReject::key},
        {"packets beyond 32 bits", with(batch, "\"packets\":1", "\"packets\":4294967297"), FeedReject::key},
        {"datagrams as object", with(batch, "[[1,0]]", "{}"), FeedReject::key},
        {"no source", with(batch, "\"source\"", "\"sauce\""), FeedReject::key},
        {"source as text", with(batch, "\"totals\":{", "\"totals\":7,\"t\":{"), FeedReject::key},
        {"port out of range", with(batch, "41000", "65536"), FeedReject::key},
        {"VLAN out of range", with(batch, "\"vlan\":0", "\"vlan\":4096"), FeedReject::key},
        {"unknown encapsulation", with(batch, "\"rtp\"", "\"pigeon\""), FeedReject::key},
        {"counter missing", with(batch, ",\"queue_dropped\":0", ""), FeedReject::key},
        {"rejected as number", with(batch, "\"rejected\":{", "\"rejected\":0,\"r\":{"), FeedReject::key},
        {"reason as text", with(batch, "\"not_ts\":0", "\"not_ts\":\"0\""), FeedReject::key},
        {"stream name that is none", with(batch, "\"news\"", "\"a/b\""), FeedReject::key},
        {"unknown state", with(info, "\"live\"", "\"undead\""), FeedReject::key},
        {"status without next_seq", with(info, "\"next_seq\":1235,", ""), FeedReject::key},
        {"negative rate", with(info, "3808000", "-1"), FeedReject::key},

        {"host as text", with(info, "\"totals\"", "\"host\":\"cap-a\",\"totals\""), FeedReject::key},
        {"host as null", with(info, "\"totals\"", "\"host\":null,\"totals\""), FeedReject::key},
        {"host without its time", with(host, "\"host\":{\"time_ns\"", "\"host\":{\"t\""), FeedReject::key},
        {"host's time as fraction", with(host, "1763600012900000000", "0.5"), FeedReject::key},
        {"host's name as number", with(host, "\"capture-1\"", "1"), FeedReject::key},
        {"negative uptime", with(host, "\"uptime_ns\":", "\"uptime_ns\":-"), FeedReject::key},
        {"uptime beyond 63 bits", with(host, "100012900000000", "9223372036854775808"), FeedReject::key},
        {"cores beyond 32 bits", with(host, "\"core_count\":8", "\"core_count\":4294967296"), FeedReject::key},
        {"busier than all processors", with(host, "0.1875", "1.01"), FeedReject::key},
        {"negative share", with(host, "0.1875", "-0.5"), FeedReject::key},
        {"share as text", with(host, "0.1875", "\"much\""), FeedReject::key},
        {"load without end", with(host, "1.62", "1e10"), FeedReject::key},
        {"memory as fraction", with(host, "16000000000", "1.5"), FeedReject::key},
        {"disks as object", with(host, "\"disks\":[", "\"disks\":{},\"d\":["), FeedReject::key},
        {"disk as text", with(host, "\"disks\":[", "\"disks\":[\"sda\","), FeedReject::key},
        {"disk without device", with(host, "\"device\":\"/dev/sdb1\",", ""), FeedReject::key},
        {"removable as number", with(host, "\"removable\":true", "\"removable\":1"), FeedReject::key},
        {"interface without name", with(host, "\"name\":\"eth0\",", ""), FeedReject::key},
        {"interface's counter as text", with(host, "70000000", "\"70000000\""), FeedReject::key},
        {"process without pid", with(host, "\"pid\":4711,", ""), FeedReject::key},
        {"pid beyond 32 bits", with(host, "4711", "4294967296"), FeedReject::key},
        {"more disks than a host may have", with_items(host, "disks", R"({"device":"d","mount_point":"m"})", 64),
         FeedReject::key},
        {"more interfaces than a host may have", with_items(host, "interfaces", R"({"name":"i"})", 64),
         FeedReject::key},
        {"more processes than a host may have", with_items(host, "processes", R"({"pid":1,"name":"p"})", 10),
         FeedReject::key},

        {"payload a byte short", with_payload(batch, batch.texts[2].substr(1)), FeedReject::payload_size},
        {"payload a packet long", with_payload(batch, batch.texts[2] + batch.texts[2]), FeedReject::payload_size},
        {"empty payload", with_payload(batch, ""), FeedReject::payload_size},
        {"lie about packets", with(batch, "\"packets\":1", "\"packets\":4294967295"), FeedReject::payload_size},

        {"no datagrams", with(batch, "[[1,0]]", "[]"), FeedReject::datagram_list},
        {"datagrams hold more packets", with(batch, "[[1,0]]", "[[1,0],[7,5]]"), FeedReject::datagram_list},
        {"datagram without packets", with(batch, "[[1,0]]", "[[1,0],[0,5]]"), FeedReject::datagram_list},
        {"datagram without gap", with(batch, "[[1,0]]", "[[1]]"), FeedReject::datagram_list},
        {"datagram as number", with(batch, "[[1,0]]", "[1]"), FeedReject::datagram_list},
        {"negative packets", with(batch, "[[1,0]]", "[[-1,0]]"), FeedReject::datagram_list},
        {"sum that wraps in 32 bits", with(batch, "[[1,0]]", "[[4294967295,0],[2,0]]"), FeedReject::datagram_list},

        {"packet without sync byte", with_payload(batch, spoiled_payload()), FeedReject::payload_sync_byte},
    };
}

TEST_CASE("what is not a message of the feed is refused by name") {
    FeedDecoder decoder;
    for (const Row& row : rows()) {
        INFO(row.claim);
        const auto views = row.frames.views();
        const auto message = decoder.decode(views);
        REQUIRE_FALSE(message.has_value());
        CHECK(proto::name_of(message.error()) == proto::name_of(row.reason));
    }
}

TEST_CASE("each reason has a message that fires it and a name of its own") {
    std::set<FeedReject> fired;
    std::set<std::string_view> names;
    for (const Row& row : rows()) {
        fired.insert(row.reason);
        names.insert(proto::name_of(row.reason));
    }
    CHECK(fired.size() == proto::feed_reject_count);
    CHECK(names.size() == proto::feed_reject_count);
}

TEST_CASE("a good message keeps every reason silent") {
    FeedDecoder decoder;
    for (const Frames& sample : all_samples()) {
        INFO(sample.texts[1]);
        const auto views = sample.views();
        CHECK(decoder.decode(views).has_value());
    }
}

TEST_CASE("what a later version of the same major format may add is ignored") {
    const Frames batch = sample_batch();
    const Frames host = sample_info_with_host();
    const std::vector<std::pair<std::string_view, Frames>> accepted = {
        {"unknown key", with(batch, "{\"v\":1", "{\"tomorrow\":{\"a\":[1,null,true]},\"v\":1")},
        {"unknown reason", with(batch, "\"not_ts\":0", "\"not_ts\":0,\"too_late\":5")},
        {"reason left out", with(batch, ",\"not_ts\":0", "")},
        {"dropped left out", with(batch, "\"dropped\":0,", "")},
        {"third element of a datagram", with(batch, "[1,0]", "[1,0,\"marked\"]")},
        {"white space", with(batch, "{\"v\":1", " {\n\t\"v\" : 1")},
        {"unknown key of the host", with(host, "\"host\":{", "\"host\":{\"temperature\":40.5,")},
        {"unknown key of a disk", with(host, "\"device\"", "\"smell\":\"burnt\",\"device\"")},
        {"counter of an interface left out", with(host, ",\"receive_errors\":3", "")},
        {"load left out", with(host, "\"load_1m\":1.62,", "")},
        {"list left out", with(host, "\"disks\"", "\"discs\"")},
        {"share without fraction", with(host, "0.1875", "1")},
        {"as many disks as a host may have",
         with_items(host, "disks", R"({"device":"d","mount_point":"m"})", proto::most_host_disks - 2)},
        {"host of a batch", with(batch, "\"totals\"", "\"host\":7,\"totals\"")},
        {"keys in another order", with(with(batch, "\"v\":1,", ""), "\"seq\"", "\"v\":1,\"seq\"")},
    };
    FeedDecoder decoder;
    for (const auto& [claim, frames] : accepted) {
        INFO(claim);
        const auto views = frames.views();
        CHECK(decoder.decode(views).has_value());
    }
}

TEST_CASE("a refused message does not disturb the next one") {
    FeedDecoder decoder;
    const Frames good = sample_batch();
    const auto good_views = good.views();
    for (const Row& row : rows()) {
        INFO(row.claim);
        const auto views = row.frames.views();
        REQUIRE_FALSE(decoder.decode(views).has_value());
        REQUIRE(decoder.decode(good_views).has_value());
    }
}

}  // namespace
}  // namespace muxtap::test
