#include "client/metrics/records/record.h"

#include "analyzer/json/report_json.h"
#include "client/metrics/records/record_names.h"

namespace muxtap::metrics {

const char* key_name(StreamPhase phase) noexcept {
    switch (phase) {
        case StreamPhase::waiting: return "waiting";
        case StreamPhase::live: return "live";
        case StreamPhase::silent: return "silent";
        case StreamPhase::ended: return "ended";
        case StreamPhase::probe_silent: return "probe_silent";
    }
    return "";
}

const client::RecordIdentity& Record::identity() const noexcept {
    const IntervalRecord* const of_interval = interval();
    return of_interval != nullptr ? of_interval->identity : event()->identity;
}

UnixTime Record::time() const noexcept {
    const IntervalRecord* const of_interval = interval();
    return of_interval != nullptr ? of_interval->time : event()->event.time;
}

const char* Record::schema() const noexcept {
    if (interval() == nullptr) return analyzer::event_record_name;
    return format_ == RecordFormat::rsprobe ? rsprobe_record_name : metrics_record_name;
}

const std::string& Record::json() const {
    std::call_once(made_, [this] {
        if (const IntervalRecord* const of_interval = interval()) {
            json_ = format_ == RecordFormat::rsprobe ? to_rsprobe_json(*of_interval) : to_json(*of_interval);
        } else {
            json_ = client::to_json(*event());
        }
    });
    return json_;
}

}  // namespace muxtap::metrics
