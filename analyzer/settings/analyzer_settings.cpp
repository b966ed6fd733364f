#include "analyzer/settings/analyzer_settings.h"

namespace muxtap::analyzer {
namespace {

Standard standard_of(std::string_view name) {
    if (name == "dvb") return Standard::dvb;
    if (name == "atsc") return Standard::atsc;
    return name == "mpeg" ? Standard::mpeg : Standard::automatic;
}

Thresholds read_thresholds(const app::Options& options) {
    Thresholds thresholds;
    thresholds.pat = options.duration("pat-timeout");
    thresholds.pmt = options.duration("pmt-timeout");
    thresholds.pid = options.duration("pid-timeout");
    thresholds.pcr_repetition = options.duration("pcr-repetition");
    thresholds.pcr_discontinuity = options.duration("pcr-discontinuity");
    thresholds.pcr_accuracy = options.duration("pcr-accuracy");
    thresholds.pts = options.duration("pts-timeout");
    thresholds.nit_actual = options.duration("nit-actual-timeout");
    thresholds.nit_other = options.duration("nit-other-timeout");
    thresholds.sdt_actual = options.duration("sdt-actual-timeout");
    thresholds.sdt_other = options.duration("sdt-other-timeout");
    thresholds.eit_actual = options.duration("eit-actual-timeout");
    thresholds.eit_other = options.duration("eit-other-timeout");
    thresholds.tdt = options.duration("tdt-timeout");
    thresholds.section_gap = options.duration("section-gap");
    thresholds.unreferenced = options.duration("unreferenced-timeout");
    return thresholds;
}

}  // namespace

AnalyzerOptions read_analyzer_options(const app::Options& options) {
    AnalyzerOptions read;
    read.standard = standard_of(options.text("standard"));
    read.thresholds = read_thresholds(options);
    return read;
}

}  // namespace muxtap::analyzer
