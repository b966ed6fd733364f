#include "common/net/fragment_assembler.h"

#include <catch2/catch.hpp>
#include <numeric>

#include "tests/support/frame_builder.h"

namespace muxtap::net {
namespace {

using test::address;
using test::ByteVector;

ByteVector counting_bytes(std::size_t size) {
    ByteVector bytes(size);
    std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
    return bytes;
}

const ByteVector datagram = counting_bytes(100);

struct Piece {
    std::size_t begin, end;
    bool last;
};

enum class Outcome { kept, whole, refused };

/// Fragments of one datagram, or of another when the identification is another.
class Assembly {
public:
    Outcome add(Piece piece, std::uint32_t identification = 1, std::chrono::milliseconds at = {}) {
        const ByteVector bytes(datagram.begin() + static_cast<std::ptrdiff_t>(piece.begin),
                               datagram.begin() + static_cast<std::ptrdiff_t>(piece.end));
        return add_bytes(bytes, piece.begin, piece.last, identification, at);
    }
    Outcome add_bytes(const ByteVector& bytes, std::size_t offset, bool last, std::uint32_t identification,
                      std::chrono::milliseconds at = {}) {
        const auto outcome = assembler_.add({.source = source,
                                             .destination = address("239.1.1.1"),
                                             .identification = identification,
                                             .offset = offset,
                                             .last = last,
                                             .bytes = bytes,
                                             .time = UnixTime{at}});
        whole.assign(outcome.whole.begin(), outcome.whole.end());
        if (outcome.refused) return Outcome::refused;
        return outcome.whole.empty() ? Outcome::kept : Outcome::whole;
    }
    [[nodiscard]] std::uint64_t expired() const { return assembler_.expired(); }

    ByteVector whole;
    IpAddress source = address("10.0.0.5");

private:
    FragmentAssembler assembler_;
};

TEST_CASE("fragments make their datagram in whatever order they come") {
    struct Row {
        const char* name;
        std::vector<Piece> pieces;
    };
    const std::vector<Row> rows = {
        {"in order", {{0, 40, false}, {40, 80, false}, {80, 100, true}}},
        {"reversed", {{80, 100, true}, {40, 80, false}, {0, 40, false}}},
        {"middle last", {{0, 40, false}, {80, 100, true}, {40, 80, false}}},
        {"two", {{0, 96, false}, {96, 100, true}}},
        {"smallest pieces", {{0, 8, false}, {8, 16, false}, {16, 24, false}, {24, 100, true}}},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        Assembly assembly;
        for (std::size_t i = 0; i + 1 < row.pieces.size(); ++i) CHECK(assembly.add(row.pieces[i]) == Outcome::kept);
        CHECK(assembly.add(row.pieces.back()) == Outcome::whole);
        CHECK(assembly.whole == datagram);
        CHECK(assembly.expired() == 0);
    }
}

TEST_CASE("fragments that contradict each other spoil their datagram") {
    struct Row {
        const char* name;
        std::vector<Piece> pieces;  ///< the last one is refused
    };
    const std::vector<Row> rows = {
        {"duplicate", {{0, 40, false}, {0, 40, false}}},
        {"overlap in front", {{40, 80, false}, {0, 48, false}}},
        {"overlap behind", {{0, 48, false}, {40, 80, false}}},
        {"inside another", {{0, 80, false}, {8, 16, false}}},
        {"around another", {{8, 16, false}, {0, 80, false}}},
        {"two last ones", {{80, 90, true}, {90, 100, true}}},
        {"behind the last", {{40, 48, true}, {48, 56, false}}},
        {"a last one before others", {{0, 40, false}, {80, 96, false}, {40, 48, true}}},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        Assembly assembly;
        for (std::size_t i = 0; i + 1 < row.pieces.size(); ++i) CHECK(assembly.add(row.pieces[i]) == Outcome::kept);
        CHECK(assembly.add(row.pieces.back()) == Outcome::refused);
        CHECK(assembly.expired() == 1);
        // Nothing of it is left to spoil the next datagram with this number.
        CHECK(assembly.add({0, 40, false}) == Outcome::kept);
        CHECK(assembly.add({40, 100, true}) == Outcome::whole);
        CHECK(assembly.whole == datagram);
    }
}

TEST_CASE("absurd fragments are refused and leave nothing behind") {
    Assembly assembly;
    CHECK(assembly.add_bytes({}, 0, false, 1) == Outcome::refused);
    CHECK(assembly.add_bytes({}, 8, true, 1) == Outcome::refused);
    CHECK(assembly.add_bytes(ByteVector(13), 0, false, 1) == Outcome::refused);
    CHECK(assembly.add_bytes(ByteVector(16), 65528, true, 1) == Outcome::refused);
    CHECK(assembly.add_bytes(ByteVector(7), 65528, true, 2) == Outcome::kept);
    CHECK(assembly.expired() == 0);
}

TEST_CASE("datagrams that go on at the same time do not mix") {
    Assembly assembly;
    CHECK(assembly.add({0, 40, false}, 1) == Outcome::kept);
    CHECK(assembly.add({0, 48, false}, 2) == Outcome::kept);
    assembly.source = address("10.0.0.6");
    CHECK(assembly.add({0, 56, false}, 1) == Outcome::kept);
    CHECK(assembly.add({56, 100, true}, 1) == Outcome::whole);
    CHECK(assembly.whole == datagram);
    assembly.source = address("10.0.0.5");
    CHECK(assembly.add({40, 100, true}, 1) == Outcome::whole);
    CHECK(assembly.add({48, 100, true}, 2) == Outcome::whole);
    CHECK(assembly.whole == datagram);
}

TEST_CASE("a datagram that is not complete after a second is given up") {
    using std::chrono::milliseconds;
    Assembly assembly;
    CHECK(assembly.add({0, 40, false}, 1, milliseconds{0}) == Outcome::kept);
    CHECK(assembly.add({0, 40, false}, 2, milliseconds{900}) == Outcome::kept);
    CHECK(assembly.add({40, 100, true}, 1, milliseconds{1001}) == Outcome::kept);
    CHECK(assembly.expired() == 1);
    CHECK(assembly.add({40, 100, true}, 2, milliseconds{1900}) == Outcome::whole);
    CHECK(assembly.whole == datagram);
}

TEST_CASE("of too many datagrams at a time the oldest gives way") {
    Assembly assembly;
    constexpr auto most = static_cast<std::uint32_t>(FragmentAssembler::most_datagrams);
    for (std::uint32_t i = 0; i <= most; ++i) CHECK(assembly.add({0, 40, false}, i) == Outcome::kept);
    CHECK(assembly.expired() == 1);
    for (std::uint32_t i = 1; i <= most; ++i) CHECK(assembly.add({40, 100, true}, i) == Outcome::whole);
    CHECK(assembly.add({40, 100, true}, 0) == Outcome::kept);
}

}  // namespace
}  // namespace muxtap::net
