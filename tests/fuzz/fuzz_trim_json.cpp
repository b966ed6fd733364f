// Input: two bytes, high byte first: 2 bits say what follows (JSON, or the texts of a record of one of three kinds,
// between line feeds), 14 bits are a limit. Property: what is trimmed is a JSON object within the limit that says that
// it was trimmed, and UTF-8 when it was UTF-8; what is not stays as it was. A record with whatever texts is JSON in one
// line, and can be trimmed like any.
#include <rapidjson/document.h>

#include <algorithm>
#include <string>
#include <vector>

#include "client/metrics/records/record.h"
#include "common/base/bytes.h"
#include "common/base/utf8.h"
#include "tests/fuzz/require.h"

namespace {

using namespace muxtap;
using fuzz::require;

bool says_trimmed(const std::string& json, bool utf8) {
    rapidjson::Document document;
    if (utf8) {
        document.Parse<rapidjson::kParseValidateEncodingFlag | rapidjson::kParseIterativeFlag>(json.data(),
                                                                                               json.size());
    } else {
        document.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
    }
    require(!document.HasParseError() && document.IsObject(), "a trimmed record is a JSON object");
    return document.HasMember("trimmed");
}

void check_trimmed(const std::string& whole, std::size_t limit) {
    std::string json = whole;
    if (!metrics::trim_json(json, limit)) {
        require(whole.size() > limit, "what is within the limit needs no trimming");
        require(json == whole, "what cannot be trimmed stays as it was");
        return;
    }
    require(json.size() <= limit, "a trimmed record is within the limit");
    if (whole.size() <= limit) {
        require(json == whole, "what is within the limit stays as it was");
        return;
    }
    // RapidJSON takes half a surrogate pair for a character; records hold no such escapes.
    const bool utf8 = is_utf8(whole) && whole.find("\\ud") == whole.npos && whole.find("\\uD") == whole.npos;
    require(says_trimmed(json, utf8), "a trimmed record says so");
    require(!utf8 || is_utf8(json), "texts are cut between characters");
    std::string again = json;
    if (metrics::trim_json(again, limit / 2)) require(again.size() <= limit / 2, "it can be trimmed again");
}

/// The texts of a record: what stands between line feeds, over and over.
class Texts {
public:
    explicit Texts(std::string_view input) : input_(input) {}
    std::string next() {
        if (at_ > input_.size()) at_ = 0;
        const std::size_t end = std::min(input_.find('\n', at_), input_.size());
        std::string text(input_.substr(at_, end - at_));
        at_ = end + 1;
        return text;
    }

private:
    std::string_view input_;
    std::size_t at_ = 0;
};

metrics::IntervalRecord interval_of(Texts& texts) {
    metrics::IntervalRecord record;
    record.identity = {.probe = texts.next(), .stream = texts.next()};
    record.worker.name = texts.next();
    record.source.dst_ip = texts.next();
    record.source.interface = texts.next();
    record.last_log_line = texts.next();
    record.report = std::make_shared<analyzer::Report>();
    proto::HostFigures host;
    host.host_name = texts.next();
    host.disks.push_back({.device = texts.next(), .mount_point = texts.next()});
    host.interfaces.push_back({.name = texts.next()});
    host.processes.push_back({.name = texts.next()});
    record.host = std::make_shared<proto::HostFigures>(std::move(host));
    metrics::WorkerFigures figures;
    figures.sinks.push_back({.name = texts.next(), .problem = texts.next()});
    record.figures = std::make_shared<metrics::WorkerFigures>(std::move(figures));
    return record;
}

client::EventRecord event_of(Texts& texts) {
    client::EventRecord record;
    record.identity.stream = texts.next();
    record.worker_event = client::WorkerEvent::log_line;
    record.file = texts.next();
    record.event.text = texts.next();
    return record;
}

void check_record(const std::string& json, std::size_t limit) {
    require(is_utf8(json), "a record is UTF-8");
    require(std::none_of(json.begin(), json.end(), [](char byte) { return static_cast<unsigned char>(byte) < 0x20; }),
            "a record is one line without control characters");
    require(!says_trimmed(json, true), "a whole record says nothing of trimming");
    check_trimmed(json, limit);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const unsigned word = read_u16({data, size}, 0);
    const std::size_t limit = word & 0x3FFFU;
    const std::string input(data + 2, data + size);
    Texts texts(input);
    switch (word >> 14U) {
        case 0: check_trimmed(input, limit); break;
        case 1: check_record(to_json(interval_of(texts)), limit); break;
        case 2: check_record(to_rsprobe_json(interval_of(texts)), limit); break;
        default: check_record(to_json(event_of(texts)), limit);
    }
    return 0;
}
