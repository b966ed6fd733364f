#include "probe/send/fault_plan.h"

#include <algorithm>
#include <limits>
#include <string>

#include "common/app/value_parsers.h"

namespace muxtap::send {
namespace {

tl::unexpected<Error> bad_jump(std::string_view text, std::string_view why) {
    return fail("\"" + std::string{text} + "\": " + std::string{why} + "; expected TIME@PACKET such as 500ms@1000");
}

}  // namespace

Result<PcrJump> PcrJump::parse(std::string_view text) {
    PcrJump jump;
    std::string_view rest = text;
    const bool negative = rest.starts_with('-');
    if (negative) rest.remove_prefix(1);
    const auto at = rest.find('@');
    if (at == std::string_view::npos) return bad_jump(text, "no @");
    const auto time = app::parse_duration(rest.substr(0, at), "ms");
    if (!time) return bad_jump(text, time.error().message);
    if (*time > std::chrono::hours{26}) return bad_jump(text, "longer than the clock's wrap of about 26 hours");
    rest.remove_prefix(at + 1);
    const auto semicolon = rest.find(';');
    const auto packet = app::parse_integer(rest.substr(0, semicolon), 0, std::numeric_limits<std::int64_t>::max());
    if (!packet) return bad_jump(text, packet.error().message);
    if (semicolon != std::string_view::npos) {
        rest.remove_prefix(semicolon + 1);
        if (!rest.starts_with("pid=")) return bad_jump(text, "unknown part \"" + std::string{rest} + "\"");
        const auto pid = app::parse_integer(rest.substr(4), 0, ts::null_pid - 1);
        if (!pid) return bad_jump(text, pid.error().message);
        jump.pid = static_cast<ts::Pid>(*pid);
    }
    jump.by = std::chrono::duration_cast<ts::PcrTicks>(negative ? -*time : *time);
    jump.packet = static_cast<std::uint64_t>(*packet);
    return jump;
}

bool FaultPlan::any() const noexcept {
    return pcr_jump || jitter || std::any_of(specs.begin(), specs.end(), [](const auto& spec) { return !!spec; });
}

FaultSelector FaultPlan::selector(FaultKind kind) const {
    const auto& spec = specs[static_cast<std::size_t>(kind)];
    return FaultSelector(spec ? *spec : FaultSpec{}, seed_of(kind));
}

std::uint64_t FaultPlan::seed_of(FaultKind kind) const noexcept {
    constexpr std::uint64_t golden_ratio = 0x9E37'79B9'7F4A'7C15;  // spreads neighbouring seeds
    return (seed + 1) * golden_ratio + static_cast<std::uint64_t>(kind);
}

}  // namespace muxtap::send
