#include "common/net/fragment_assembler.h"

#include <algorithm>

namespace muxtap::net {

std::list<FragmentAssembler::Pending>::iterator FragmentAssembler::find(const Fragment& fragment) {
    return std::find_if(pending_.begin(), pending_.end(), [&](const Pending& pending) {
        return pending.identification == fragment.identification && pending.source == fragment.source &&
               pending.destination == fragment.destination;
    });
}

void FragmentAssembler::expire(UnixTime now) {
    while (!pending_.empty() && now - pending_.front().started > patience) give_up_oldest();
}

void FragmentAssembler::give_up_oldest() {
    pending_.pop_front();
    ++expired_;
}

FragmentAssembler::Outcome FragmentAssembler::add(const Fragment& fragment) {
    const std::size_t begin = fragment.offset;
    const std::size_t end = begin + fragment.bytes.size();
    // Every fragment but the last fills whole units of 8 bytes.
    if (fragment.bytes.empty() || end > largest_datagram || (!fragment.last && fragment.bytes.size() % 8 != 0)) {
        return {.whole = {}, .refused = true};
    }
    expire(fragment.time);
    auto found = find(fragment);
    if (found == pending_.end()) {
        if (pending_.size() >= most_datagrams) give_up_oldest();
        found = pending_.insert(pending_.end(), Pending{.source = fragment.source,
                                                        .destination = fragment.destination,
                                                        .identification = fragment.identification,
                                                        .started = fragment.time,
                                                        .bytes = {},
                                                        .ranges = {}});
    }
    const bool overlaps = std::any_of(found->ranges.begin(), found->ranges.end(),
                                      [&](const auto& range) { return begin < range.second && range.first < end; });
    const bool contradicts =
        found->total != 0 ? fragment.last || end > found->total : fragment.last && end < found->bytes.size();
    if (overlaps || contradicts) {
        pending_.erase(found);
        ++expired_;
        return {.whole = {}, .refused = true};
    }
    if (found->bytes.size() < end) found->bytes.resize(end);
    std::copy(fragment.bytes.begin(), fragment.bytes.end(), found->bytes.begin() + static_cast<std::ptrdiff_t>(begin));
    found->ranges.emplace_back(begin, end);
    found->received += fragment.bytes.size();
    if (fragment.last) found->total = end;
    if (found->total == 0 || found->received < found->total) return {};

    whole_ = std::move(found->bytes);
    pending_.erase(found);
    return {.whole = whole_, .refused = false};
}

}  // namespace muxtap::net
