#include <catch2/catch.hpp>

#include "analyzer/psi/bat.h"
#include "analyzer/psi/cat.h"
#include "analyzer/psi/dvb_text.h"
#include "analyzer/psi/dvb_time.h"
#include "analyzer/psi/eit.h"
#include "analyzer/psi/nit.h"
#include "analyzer/psi/pat.h"
#include "analyzer/psi/pmt.h"
#include "analyzer/psi/psip.h"
#include "analyzer/psi/sdt.h"
#include "analyzer/psi/tdt.h"
#include "tests/analyzer/psi/sections.h"

namespace muxtap::psi {
namespace {

using namespace muxtap::psi::test;

std::int64_t seconds_of(const std::optional<UnixTime>& time) {
    return time ? to_unix_ns(*time) / 1'000'000'000 : -1;
}

TEST_CASE("times are those of EN 300 468, annex C") {
    // Its own example: 93/10/13 12:45:00.
    CHECK(seconds_of(dvb_time(ByteVector{0xC0, 0x79, 0x12, 0x45, 0x00})) == 750516300);
    CHECK(seconds_of(dvb_time(ByteVector{0xFF, 0xFF, 0xFF, 0xFF, 0xFF})) == -1);
    CHECK(seconds_of(dvb_time(ByteVector{0xC0, 0x79, 0x24, 0x00, 0x00})) == -1);
    CHECK(seconds_of(dvb_time(ByteVector{0xC0, 0x79, 0x12, 0x60, 0x00})) == -1);
    CHECK(seconds_of(dvb_time(ByteVector{0xC0, 0x79, 0x1A, 0x00, 0x00})) == -1);
    CHECK(seconds_of(dvb_time(ByteVector{0xC0, 0x79, 0x12, 0x45})) == -1);
    CHECK(dvb_duration(ByteVector{0x01, 0x45, 0x30}) == 6330U);
    CHECK(dvb_duration(ByteVector{0xFF, 0xFF, 0xFF}) == std::nullopt);
    CHECK(seconds_of(parse_tdt_tot(view_of(short_section(table::tdt, {0xC0, 0x79, 0x12, 0x45, 0x00})))) == 750516300);
    CHECK(seconds_of(parse_tdt_tot(view_of(short_section(table::tdt, {0xC0})))) == -1);
}

TEST_CASE("a PAT lists programs and the network_PID") {
    const ByteVector bytes = pat_section({{0, 0x10}, {7, 0x100}, {8, 0x1FFE}}, {.extension = 99});
    const Pat pat = parse_pat(view_of(bytes));
    CHECK(pat.transport_stream_id == 99);
    CHECK(pat.entries == std::vector<PatEntry>{{0, 0x10}, {7, 0x100}, {8, 0x1FFE}});
    CHECK(pat.sound);
}

TEST_CASE("a PAT that cannot be is not sound, and its possible entries count") {
    const ByteVector fixed_pid = pat_section({{1, 0x0}, {2, 0x1FFF}, {3, 0x20}});
    CHECK_FALSE(parse_pat(view_of(fixed_pid)).sound);
    CHECK(parse_pat(view_of(fixed_pid)).entries == std::vector<PatEntry>{{3, 0x20}});
    const ByteVector odd = long_section({.table_id = 0}, {0, 1, 0xE1, 0, 0});
    CHECK_FALSE(parse_pat(view_of(odd)).sound);
    CHECK(parse_pat(view_of(odd)).entries.size() == 1);
}

TEST_CASE("a PMT describes its streams") {
    ByteVector audio = descriptor_bytes(0x0A, ByteVector{'f', 'r', 'a', 0});
    append(audio, descriptor_bytes(0x6A, ByteVector{0x80, 0x42}));
    append(audio, descriptor_bytes(0x52, ByteVector{0x21}));
    append(audio, descriptor_bytes(0x09, ByteVector{0x05, 0x00, 0xE1, 0x7C}));
    append(audio, descriptor_bytes(0x05, std::string_view("AC-3")));
    const ByteVector bytes = pmt_section({.extension = 7}, 0x101, {{0x1B, 0x101}, {0x06, 0x102, audio}});
    const Pmt pmt = parse_pmt(view_of(bytes));
    CHECK(pmt.sound);
    CHECK(pmt.program_number == 7);
    CHECK(pmt.pcr_pid == 0x101);
    REQUIRE(pmt.streams.size() == 2);
    const auto stream = describe_stream(pmt.streams[1], "");
    CHECK(stream.pid == 0x102);
    CHECK(stream.kind == analyzer::MediaKind::audio);
    CHECK(stream.codec == analyzer::Codec::ac3);
    CHECK(stream.language == "fra");
    CHECK(stream.component_tag == std::uint8_t{0x21});
    CHECK(stream.ca_pids == std::vector<ts::Pid>{0x17C});
    CHECK(stream.registration == "AC-3");
    CHECK(stream.descriptor_tags == std::vector<std::uint8_t>{0x0A, 0x6A, 0x52, 0x09, 0x05});
    REQUIRE(stream.described_audio.has_value());
    CHECK(stream.described_audio->channels == 2);
}

TEST_CASE("CAT, NIT, SDT, BAT and EIT give what they say") {
    ByteVector emms = descriptor_bytes(0x09, ByteVector{0x18, 0x11, 0xE0, 0xC0, 1, 2});
    append(emms, descriptor_bytes(0x65, ByteVector{1}));
    const ByteVector cat_bytes = long_section({.table_id = 1, .extension = 0xFFFF}, emms);
    const Cat cat = parse_cat(view_of(cat_bytes));
    REQUIRE(cat.emms.size() == 1);
    CHECK(cat.emms[0].system_id == 0x1811);
    CHECK(cat.emms[0].pid == 0xC0);

    ByteVector channels = descriptor_bytes(0x5F, ByteVector{0, 0, 0, 0x28});
    append(channels, descriptor_bytes(0x83, ByteVector{0, 7, 0xFC, 12, 0, 8, 0xFC, 0}));
    ByteVector body = {0xF0, 5,    0x40,
                       3,    'N',  'e',
                       't',  0xF0, static_cast<std::uint8_t>(6 + channels.size()),
                       0,    1,    0x20,
                       0xFA, 0xF0, static_cast<std::uint8_t>(channels.size())};
    append(body, channels);
    const ByteVector nit_bytes = long_section({.table_id = 0x40, .extension = 0x20FA}, body);
    const Nit nit = parse_nit(view_of(nit_bytes));
    CHECK(nit.sound);
    CHECK(nit.network_id == 0x20FA);
    CHECK(dvb_text(nit.network_name.value()) == "Net");
    REQUIRE(nit.transport_streams.size() == 1);
    REQUIRE(nit.transport_streams[0].channels.size() == 1);
    CHECK(nit.transport_streams[0].channels[0].service_id == 7);
    CHECK(nit.transport_streams[0].channels[0].number == 12);

    const ByteVector sdt_bytes = sdt_section({{7, "One", "Prov"}, {8, "Two"}}, {.extension = 3});
    const Sdt sdt = parse_sdt(view_of(sdt_bytes));
    CHECK(sdt.sound);
    CHECK(sdt.transport_stream_id == 3);
    CHECK(sdt.original_network_id == 0x2001);
    REQUIRE(sdt.services.size() == 2);
    CHECK(as_text(sdt.services[0].names.service) == "One");
    CHECK(as_text(sdt.services[0].names.provider) == "Prov");
    CHECK(sdt.services[0].names.service_type == 0x19);
    CHECK(sdt.services[0].running_status == 4);
    CHECK_FALSE(sdt.services[0].free_ca_mode);

    const ByteVector bat_bytes = long_section({.table_id = 0x4A, .extension = 5}, {0xF0, 3, 0x47, 1, 'B', 0xF0, 0});
    CHECK(dvb_text(parse_bat(view_of(bat_bytes)).bouquet_name.value()) == "B");

    ByteVector event = {0, 1, 0, 2, 0, 0x4E, 0x12, 0x34, 0xC0, 0x79, 0x12, 0x45, 0x00, 0x01, 0x30, 0x00, 0x80, 10};
    append(event, descriptor_bytes(0x4D, ByteVector{'e', 'n', 'g', 2, 'H', 'i', 1, 'x'}));
    const ByteVector eit_bytes = long_section({.table_id = 0x4E, .extension = 7}, event);
    const Eit eit = parse_eit(view_of(eit_bytes));
    CHECK(eit.sound);
    REQUIRE(eit.event.has_value());
    CHECK(eit.event->event_id == 0x1234);
    CHECK(seconds_of(eit.event->start) == 750516300);
    CHECK(eit.event->duration_seconds == 5400);
    CHECK(eit.event->name == "Hi");
    CHECK(eit.event->text == "x");
    CHECK(eit.event->language == "eng");
    CHECK(eit.event->running_status == 4);
}

ByteVector virtual_channel(std::string_view name, unsigned major, unsigned minor, std::uint16_t program) {
    ByteVector bytes;
    for (std::size_t i = 0; i < 7; ++i) put_u16(bytes, i < name.size() ? static_cast<unsigned char>(name[i]) : 0U);
    const unsigned numbers = 0xF00000U | major << 10 | minor;
    bytes.push_back(static_cast<std::uint8_t>(numbers >> 16));
    put_u16(bytes, numbers & 0xFFFFU);
    append(bytes, ByteVector{4, 0, 0, 0, 0});
    put_u16(bytes, 1);  // channel_TSID
    put_u16(bytes, program);
    put_u16(bytes, 0x0DC2);  // service_type 2
    put_u16(bytes, 5);
    put_u16(bytes, 0xFC00);
    return bytes;
}

TEST_CASE("PSIP gives channels, tables and the time") {
    ByteVector body = {0, 3};
    append(body, virtual_channel("WNBC", 4, 1, 3));
    append(body, virtual_channel("analog", 4, 0, 0xFFFF));
    append(body, virtual_channel("Cable", 0x3F0 | 1, 210, 4));
    append(body, ByteVector{0xFC, 0});
    const ByteVector vct_bytes = long_section({.table_id = 0xC8, .extension = 1}, body);
    const Vct vct = parse_vct(view_of(vct_bytes));
    CHECK(vct.sound);
    REQUIRE(vct.channels.size() == 2);
    CHECK(vct.channels[0].short_name == "WNBC");
    CHECK(vct.channels[0].channel_number == "4.1");
    CHECK(vct.channels[0].program_number == 3);
    CHECK(vct.channels[0].service_type == 2);
    CHECK(vct.channels[1].channel_number == "1234");

    const ByteVector mgt_bytes =
        long_section({.table_id = 0xC7}, {0,    0,    2,    0x00, 0x00, 0xFF, 0xFB, 0xE0, 0, 0,    0, 9,    0xF0, 0,
                                          0x01, 0x00, 0xFD, 0x00, 0xE0, 0,    0,    0,    9, 0xF0, 0, 0xF0, 0});
    const Mgt mgt = parse_mgt(view_of(mgt_bytes));
    CHECK(mgt.sound);
    REQUIRE(mgt.tables.size() == 2);
    CHECK(mgt.tables[0].pid == 0x1FFB);
    CHECK(mgt.tables[1].is_event_information());
    CHECK(mgt.tables[1].pid == 0x1D00);

    // 2020-01-01T00:00:00Z is GPS second 1261872018, 18 leap seconds on.
    const ByteVector stt_bytes = long_section({.table_id = 0xCD}, {0, 0x4B, 0x36, 0xA3, 0x92, 18, 0, 0});
    CHECK(seconds_of(parse_stt(view_of(stt_bytes))) == 1577836800);
}

TEST_CASE("tables cut short or filled with anything are read as far as they go") {
    std::uint32_t state = 3;
    const auto random = [&] { return state = state * 1664525U + 1013904223U, static_cast<std::uint8_t>(state >> 24); };
    for (int round = 0; round < 30'000; ++round) {
        ByteVector body(random() % 90U);
        for (std::uint8_t& byte : body) byte = (random() & 1U) != 0 ? random() : random() & 0x0FU;
        for (const std::uint8_t id : ByteVector{0x00, 0x01, 0x02, 0x40, 0x42, 0x4A, 0x4E, 0xC7, 0xC8, 0xCD}) {
            const ByteVector bytes = long_section({.table_id = id}, body);
            const Section section = view_of(bytes);
            switch (id) {
                case 0x00: (void)parse_pat(section); break;
                case 0x01: (void)parse_cat(section); break;
                case 0x02:
                    for (const PmtStream& stream : parse_pmt(section).streams) (void)describe_stream(stream, "");
                    break;
                case 0x40: (void)parse_nit(section); break;
                case 0x42: (void)parse_sdt(section); break;
                case 0x4A: (void)parse_bat(section); break;
                case 0x4E: (void)parse_eit(section); break;
                case 0xC7: (void)parse_mgt(section); break;
                case 0xC8: (void)parse_vct(section); break;
                default: (void)parse_stt(section); break;
            }
        }
    }
    for (const auto& [id, body] : {std::pair<std::uint8_t, ByteVector>{0x02, {0xE1, 0, 0xFF, 0xFF, 1}},
                                   {0x02, {0xE1, 0}},
                                   {0x02, {0xE1, 0, 0xF0, 0, 0x1B, 0xE1, 0, 0xF0, 5, 1}}}) {
        const ByteVector bytes = long_section({.table_id = id}, body);
        CHECK_FALSE(parse_pmt(view_of(bytes)).sound);
    }
}

}  // namespace
}  // namespace muxtap::psi
