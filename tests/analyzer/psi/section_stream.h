#pragma once

#include <vector>

#include "analyzer/psi/service_information.h"
#include "tests/analyzer/psi/sections.h"

namespace muxtap::psi::test {

/// Hands sections over, a second apart.
class SectionStream {
public:
    explicit SectionStream(const analyzer::Caps& caps = {}) : information(caps) {}

    SectionOutcome add(ts::Pid pid, const ByteVector& section) {
        ++seconds_;
        const SectionTiming now{UnixTime{std::chrono::seconds(seconds_)}, seconds_ * 10};
        return information.add(pid, Section(section, SectionVerdict::ok, now, now));
    }
    [[nodiscard]] std::vector<SiChangeKind> changes() {
        std::vector<SiChangeKind> kinds;
        for (const SiChange& change : information.take_changes()) kinds.push_back(change.kind);
        return kinds;
    }
    [[nodiscard]] std::vector<std::uint16_t> programs() const {
        std::vector<std::uint16_t> numbers;
        for (const auto* program : information.programs()) numbers.push_back(program->program_number);
        return numbers;
    }

    ServiceInformation information;

private:
    std::uint64_t seconds_ = 0;
};

using Kinds = std::vector<SiChangeKind>;
using Numbers = std::vector<std::uint16_t>;

}  // namespace muxtap::psi::test
