#include <catch2/catch.hpp>

#include "probe/send/send_settings.h"
#include "probe/send/sent_log.h"

using namespace muxtap;
using send::FaultKind;
using send::FaultRecord;

TEST_CASE("each fault is one line of JSON with what a detector needs") {
    struct Row {
        FaultKind kind;
        bool of_packet;
        std::int64_t detail;
        bool lost;
        const char* line;
    };
    const Row row = GENERATE(values<Row>({
        {FaultKind::drop, true, 0, false,
         R"({"fault":"drop","seed":7,"packet":1002,"source_packet":5000,"file_packet":100,"loop":2,"pid":256,"continuity_counter":9,"datagram":143,"time_ns":250})"},
        {FaultKind::tei, true, 0, true,
         R"({"fault":"tei","seed":7,"packet":null,"source_packet":5000,"file_packet":100,"loop":2,"pid":256,"continuity_counter":9,"datagram":143,"time_ns":250})"},
        {FaultKind::corrupt_sync, true, 0x99, false,
         R"({"fault":"corrupt-sync","seed":7,"packet":1002,"source_packet":5000,"file_packet":100,"loop":2,"pid":256,"continuity_counter":9,"datagram":143,"time_ns":250,"sync_byte":153})"},
        {FaultKind::pcr_jump, true, -27, false,
         R"({"fault":"pcr-jump","seed":7,"packet":1002,"source_packet":5000,"file_packet":100,"loop":2,"pid":256,"continuity_counter":9,"datagram":143,"time_ns":250,"jump_ticks":-27})"},
        {FaultKind::drop_datagram, false, 0, false,
         R"({"fault":"drop-datagram","seed":7,"packet":1002,"packets":7,"datagram":143,"time_ns":250})"},
        {FaultKind::reorder, false, 144, false,
         R"({"fault":"reorder","seed":7,"packet":1002,"packets":7,"datagram":143,"time_ns":250,"sent_behind":144})"},
        {FaultKind::jitter, false, 999, false,
         R"({"fault":"jitter","seed":7,"packet":1002,"packets":7,"datagram":143,"time_ns":250,"delay_ns":999})"},
    }));
    FaultRecord record;
    record.kind = row.kind;
    record.position = 2;
    record.datagram = 143;
    if (row.of_packet) record.packet = send::SourcePacket{5000, 2, 100, 256, 9};
    record.datagram_packets = 7;
    record.detail = row.detail;
    record.due = std::chrono::nanoseconds{250};
    record.lost = row.lost;
    CHECK(send::format_fault(record, 1000, 7) == row.line);
}
