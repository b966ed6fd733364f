#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "common/base/bytes.h"

namespace muxtap::es {

/// The newest parameter sets of one kind in a stream, each with the bytes it was read from, so that repeats cost a
/// comparison. Holds a few, the oldest gives way: streams send one, rarely two. Allocates only when one is new.
template <typename Set>
class ParameterSets {
public:
    /// Whether one of the sets was read from exactly these bytes.
    [[nodiscard]] bool holds(ByteView bytes) const noexcept {
        for (const Entry& entry : entries_) {
            if (entry.used && entry.bytes.size() == bytes.size() &&
                std::memcmp(bytes.data(), entry.bytes.data(), bytes.size()) == 0) {
                return true;
            }
        }
        return false;
    }

    /// The set of this id, null when there is none. Valid until the next `keep`.
    [[nodiscard]] const Set* find(std::uint32_t id) const noexcept {
        for (const Entry& entry : entries_) {
            if (entry.used && entry.set.id == id) return &entry.set;
        }
        return nullptr;
    }

    /// Replaces the set of the same id or, when there is none and no room, the oldest.
    const Set& keep(ByteView bytes, Set set) {
        Entry* place = nullptr;
        for (Entry& entry : entries_) {
            if (entry.used && entry.set.id == set.id) place = &entry;
        }
        if (place == nullptr) {
            place = &entries_[next_];
            next_ = (next_ + 1) % entries_.size();
            if (!place->used) ++count_;
        }
        place->bytes.assign(bytes.begin(), bytes.end());
        place->set = std::move(set);
        place->used = true;
        return place->set;
    }

    /// Different ids held.
    [[nodiscard]] std::size_t count() const noexcept { return count_; }

private:
    struct Entry {
        std::vector<std::uint8_t> bytes;
        Set set;
        bool used = false;
    };

    std::array<Entry, 4> entries_;
    std::size_t next_ = 0;
    std::size_t count_ = 0;
};

}  // namespace muxtap::es
