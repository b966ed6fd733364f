#include "client/record/output_names.h"

namespace muxtap::record {

std::string OutputNames::suffix_for(std::string_view stream, std::string_view probe) {
    // Names that differ only in their times are the same name.
    const std::string plain = pattern_.format(stream, probe, UnixTime{});
    const std::string by_stream = pattern_.has_stream() ? "" : "-" + file_name_part(stream);
    const std::string by_probe = pattern_.has_probe() ? "" : "-" + file_name_part(probe);
    std::string suffix;
    for (const std::string& candidate : {std::string{}, by_stream, by_probe, by_stream + by_probe}) {
        suffix = candidate;
        if (taken_.insert(with_suffix(plain, suffix)).second) return suffix;
    }
    // Different names can become the same once what does not belong into a file name is taken out.
    for (unsigned number = 2;; ++number) {
        std::string longer = suffix + "_" + std::to_string(number);
        if (taken_.insert(with_suffix(plain, longer)).second) return longer;
    }
}

}  // namespace muxtap::record
