#include "probe/source/capture_filter.h"

#include <pcap/pcap.h>

#include <memory>

namespace muxtap::probe {
namespace {

constexpr std::size_t most_clauses = 16;

/// Fragments behind the first have no UDP header; IPv6 extension headers hide it from the filter.
constexpr std::string_view v4_fragment = "ip[6:2] & 0x1fff != 0";
constexpr std::string_view v6_extended = "(ip6[6] = 0 or ip6[6] = 43 or ip6[6] = 44 or ip6[6] = 51 or ip6[6] = 60)";
/// Behind the outermost tag, which the kernel has taken out of the bytes.
constexpr std::string_view second_tag = "ether proto 0x8100 or ether proto 0x88a8";

std::string clause(const StreamSelector& selector) {
    const std::string host =
        (selector.destination.is_v4() ? "ip dst host " : "ip6 dst host ") + selector.destination.to_text();
    const std::string_view portless = selector.destination.is_v4() ? v4_fragment : v6_extended;
    return "(" + host + " and (udp dst port " + std::to_string(selector.port) + " or " + std::string{portless} + "))";
}

}  // namespace

std::string filter_expression(std::span<const StreamSelector> selectors, bool every_flow) {
    std::string expression;
    if (every_flow || selectors.size() > most_clauses) {
        expression.append("udp or (ip proto 17 and ").append(v4_fragment).append(") or (ip6 and ");
        expression.append(v6_extended).append(")");
    } else {
        for (const StreamSelector& selector : selectors) {
            expression.append(expression.empty() ? "" : " or ").append(clause(selector));
        }
    }
    return expression.append(" or ").append(second_tag);
}

Result<std::vector<sock_filter>> compile_filter(const std::string& expression, int snap_length) {
    const std::unique_ptr<pcap_t, decltype(&pcap_close)> handle(pcap_open_dead(DLT_EN10MB, snap_length), pcap_close);
    bpf_program program{};
    if (handle == nullptr || pcap_compile(handle.get(), &program, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
        return fail("the filter \"" + expression + "\" is not valid: " +
                    (handle == nullptr ? "out of memory" : pcap_geterr(handle.get())) + " (--pcap-filter)");
    }
    std::vector<sock_filter> instructions;
    for (unsigned i = 0; i < program.bf_len; ++i) {
        const bpf_insn& from = program.bf_insns[i];
        instructions.push_back({from.code, from.jt, from.jf, from.k});
    }
    pcap_freecode(&program);
    return instructions;
}

}  // namespace muxtap::probe
