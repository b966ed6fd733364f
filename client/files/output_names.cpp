#include "client/files/output_names.h"

#include <algorithm>

namespace muxtap::client {

bool OutputNames::take(const PathSubject& subject, const std::string& suffix) {
    return taken_.insert(with_suffix(pattern_.format(subject, UnixTime{}), suffix)).second;
}

std::string OutputNames::numbered(const PathSubject& subject, const std::string& suffix) {
    for (unsigned number = 2;; ++number) {
        std::string longer = suffix + "_" + std::to_string(number);
        if (take(subject, longer)) return longer;
    }
}

std::vector<std::string> OutputNames::candidates_for(const PathSubject& subject, const Stream* stream) const {
    std::vector<std::string> candidates;
    if (stream != nullptr && stream->program != subject.program) {
        candidates.push_back(stream->suffix);
        if (!pattern_.has_program()) {
            candidates.push_back(stream->suffix + "-" + std::to_string(subject.program));
            return candidates;
        }
    }
    const std::string by_stream = pattern_.has_stream() ? "" : "-" + file_name_part(subject.stream);
    const std::string by_probe = pattern_.has_probe() ? "" : "-" + file_name_part(subject.probe);
    candidates.insert(candidates.end(), {std::string{}, by_stream, by_probe, by_stream + by_probe});
    return candidates;
}

std::string OutputNames::suffix_for(const PathSubject& subject) {
    const std::pair<std::string, std::string> name{subject.stream, subject.probe};
    const auto known = streams_.find(name);
    const auto candidates = candidates_for(subject, known == streams_.end() ? nullptr : &known->second);
    const auto free =
        std::find_if(candidates.begin(), candidates.end(), [&](const auto& suffix) { return take(subject, suffix); });
    // Different names can become the same once what does not belong into a file name is taken out.
    std::string suffix = free == candidates.end() ? numbered(subject, candidates.back()) : *free;
    streams_.try_emplace(name, Stream{suffix, subject.program});
    return suffix;
}

}  // namespace muxtap::client
