#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/psi/crc32.h"
#include "analyzer/psi/section.h"
#include "analyzer/psi/section_assembler.h"
#include "tests/support/temp_folder.h"
#include "tests/support/ts_packets.h"

namespace muxtap::psi::test {

using muxtap::test::append;
using muxtap::test::ByteVector;

inline void put_u16(ByteVector& bytes, unsigned value) {
    bytes.push_back(static_cast<std::uint8_t>(value >> 8));
    bytes.push_back(static_cast<std::uint8_t>(value));
}

inline void put_text(ByteVector& bytes, std::string_view text) {
    append(bytes, as_bytes(text));
}

inline void put_crc(ByteVector& section) {
    const std::uint32_t crc = crc32(section);
    put_u16(section, crc >> 16);
    put_u16(section, crc & 0xFFFFU);
}

/// What is in the header of a section.
struct Header {
    std::uint8_t table_id = 0;
    std::uint16_t extension = 0;
    std::uint8_t version = 0;
    std::uint8_t number = 0;
    std::uint8_t last_number = 0;
    bool current = true;
};

/// A section with section_syntax_indicator and CRC.
[[nodiscard]] inline ByteVector long_section(const Header& header, const ByteVector& body) {
    ByteVector bytes{header.table_id};
    put_u16(bytes, 0xB000U | static_cast<unsigned>(body.size() + 9));
    put_u16(bytes, header.extension);
    bytes.push_back(static_cast<std::uint8_t>(0xC0U | unsigned{header.version} << 1 | (header.current ? 1U : 0U)));
    bytes.push_back(header.number);
    bytes.push_back(header.last_number);
    append(bytes, body);
    put_crc(bytes);
    return bytes;
}

/// A section of three header bytes and `body`.
[[nodiscard]] inline ByteVector short_section(std::uint8_t table_id, const ByteVector& body) {
    ByteVector bytes{table_id};
    put_u16(bytes, 0x7000U | static_cast<unsigned>(body.size()));
    append(bytes, body);
    return bytes;
}

[[nodiscard]] inline ByteVector descriptor_bytes(std::uint8_t tag, const ByteVector& data) {
    ByteVector bytes{tag, static_cast<std::uint8_t>(data.size())};
    append(bytes, data);
    return bytes;
}
[[nodiscard]] inline ByteVector descriptor_bytes(std::uint8_t tag, std::string_view data) {
    return descriptor_bytes(tag, ByteVector(data.begin(), data.end()));
}

struct Entry {
    std::uint16_t program_number;
    ts::Pid pid;
};

[[nodiscard]] inline ByteVector pat_section(const std::vector<Entry>& entries, Header header = {.extension = 1}) {
    ByteVector body;
    for (const Entry& entry : entries) {
        put_u16(body, entry.program_number);
        put_u16(body, 0xE000U | entry.pid);
    }
    header.table_id = table::pat;
    return long_section(header, body);
}

struct StreamEntry {
    std::uint8_t stream_type;
    ts::Pid pid;
    ByteVector descriptors{};
};

[[nodiscard]] inline ByteVector pmt_section(Header header, ts::Pid pcr_pid, const std::vector<StreamEntry>& streams,
                                            const ByteVector& program_descriptors = {}) {
    ByteVector body;
    put_u16(body, 0xE000U | pcr_pid);
    put_u16(body, 0xF000U | static_cast<unsigned>(program_descriptors.size()));
    append(body, program_descriptors);
    for (const StreamEntry& stream : streams) {
        body.push_back(stream.stream_type);
        put_u16(body, 0xE000U | stream.pid);
        put_u16(body, 0xF000U | static_cast<unsigned>(stream.descriptors.size()));
        append(body, stream.descriptors);
    }
    header.table_id = table::pmt;
    return long_section(header, body);
}

struct ServiceEntry {
    std::uint16_t service_id;
    std::string name;
    std::string provider{"P"};
};

[[nodiscard]] inline ByteVector sdt_section(const std::vector<ServiceEntry>& services,
                                            Header header = {.extension = 1}) {
    ByteVector body{0x20, 0x01, 0xFF};
    for (const ServiceEntry& service : services) {
        ByteVector names{0x19, static_cast<std::uint8_t>(service.provider.size())};
        put_text(names, service.provider);
        names.push_back(static_cast<std::uint8_t>(service.name.size()));
        put_text(names, service.name);
        const ByteVector loop = descriptor_bytes(0x48, names);
        put_u16(body, service.service_id);
        body.push_back(0xFC);
        put_u16(body, 0x8000U | static_cast<unsigned>(loop.size()));
        append(body, loop);
    }
    if (header.table_id == 0) header.table_id = table::sdt_actual;
    return long_section(header, body);
}

/// The section that these bytes are.
[[nodiscard]] inline Section view_of(const ByteVector& bytes, SectionTiming timing = {}) {
    return Section(bytes, SectionVerdict::ok, timing, timing);
}

/// One packet's payload for an assembler.
struct Payload {
    ByteVector bytes;
    bool unit_start = false;
};

/// Sections one behind the other in payloads of `size` bytes, as ISO/IEC 13818-1, 2.4.4 wants them: a pointer_field in
/// each packet where a section begins, stuffing behind the last.
[[nodiscard]] inline std::vector<Payload> payloads_of(const std::vector<ByteVector>& sections, std::size_t size = 184) {
    ByteVector all;
    std::vector<std::size_t> starts;
    for (const ByteVector& section : sections) {
        starts.push_back(all.size());
        append(all, section);
    }
    std::vector<Payload> payloads;
    std::size_t at = 0;
    while (at < all.size()) {
        Payload payload;
        const auto start = std::lower_bound(starts.begin(), starts.end(), at);
        // With the pointer_field there is room for one byte less.
        payload.unit_start = start != starts.end() && *start < at + size - 1;
        if (payload.unit_start) payload.bytes.push_back(static_cast<std::uint8_t>(*start - at));
        // Without a pointer_field a section must not begin in this packet.
        std::size_t end = std::min(all.size(), at + size - payload.bytes.size());
        if (!payload.unit_start && start != starts.end()) end = std::min(end, *start);
        append(payload.bytes, ByteView(all).subspan(at, end - at));
        payload.bytes.resize(size, 0xFF);
        at = end;
        payloads.push_back(std::move(payload));
    }
    return payloads;
}

/// What an assembler handed on.
struct Assembled {
    std::vector<ByteVector> sections;
    std::vector<SectionVerdict> verdicts;
    std::vector<SectionTiming> first;
    std::vector<SectionTiming> last;
};

inline void feed(SectionAssembler& assembler, const std::vector<Payload>& payloads, Assembled& to,
                 std::uint64_t first_packet = 0) {
    for (const Payload& payload : payloads) {
        const SectionTiming now{UnixTime{std::chrono::milliseconds(first_packet)}, first_packet};
        ++first_packet;
        assembler.add(payload.bytes, payload.unit_start, now, [&](const Section& section) {
            to.sections.emplace_back(section.bytes().begin(), section.bytes().end());
            to.verdicts.push_back(section.verdict());
            to.first.push_back(section.first());
            to.last.push_back(section.last());
        });
    }
}

}  // namespace muxtap::psi::test
