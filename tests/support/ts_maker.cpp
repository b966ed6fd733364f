#include "tests/support/ts_maker.h"

#include <cmath>
#include <map>

#include "common/ts/pcr.h"
#include "common/ts/timestamp.h"

namespace muxtap::test {

namespace {

void put_u16(ByteVector& to, unsigned value) {
    to.push_back(static_cast<std::uint8_t>(value >> 8));
    to.push_back(static_cast<std::uint8_t>(value));
}

void put(ByteVector& to, std::initializer_list<unsigned> bytes) {
    for (const unsigned byte : bytes) to.push_back(static_cast<std::uint8_t>(byte));
}

void put_text(ByteVector& to, std::string_view text) {
    to.insert(to.end(), text.begin(), text.end());
}

/// A packet that waits for its place in the multiplex.
struct Waiting {
    ByteVector bytes;  ///< 188, the PCR not set yet
    bool wants_pcr = false;
};

/// Everything of the multiplex by the time at which it may be sent.
class Schedule {
public:
    void add(double time, ByteVector packet, bool wants_pcr = false) {
        queue_.emplace(time, Waiting{std::move(packet), wants_pcr});
    }
    void add_section(double time, ts::Pid pid, const ByteVector& section) {
        unsigned counter = 0;  // set when the packet gets its place
        const ByteVector bytes = section_packets(pid, section, counter);
        for (std::size_t at = 0; at < bytes.size(); at += ts::packet_size) {
            const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(at);
            add(time, ByteVector(from, from + ts::packet_size));
        }
    }
    [[nodiscard]] bool due(double time) const { return !queue_.empty() && queue_.begin()->first <= time; }
    Waiting take() {
        Waiting waiting = std::move(queue_.begin()->second);
        queue_.erase(queue_.begin());
        return waiting;
    }

private:
    std::multimap<double, Waiting> queue_;
};

/// Cuts an access unit with its PES header into packets, spread evenly over `spread` seconds.
struct PesPlan {
    ts::Pid pid;
    std::uint8_t stream_id;
    double time;
    double spread;
    std::uint64_t pts;
    bool random_access;
    bool bounded;
};

void add_pes(Schedule& schedule, const PesPlan& plan, const ByteVector& unit) {
    ByteVector pes;
    put(pes, {0, 0, 1, plan.stream_id});
    put_u16(pes, plan.bounded ? static_cast<unsigned>(unit.size() + 8) : 0U);
    put(pes, {0x84, 0x80, 5, 0x21, 0, 0, 0, 0});
    ts::Timestamp::from_ticks(plan.pts).encode(std::span<std::uint8_t, 5>(pes.data() + 9, 5));
    append(pes, unit);
    const std::size_t count = (pes.size() + 183 + (plan.random_access ? 2 : 0)) / 184;
    std::size_t at = 0;
    for (std::size_t i = 0; at < pes.size(); ++i) {
        const bool first = i == 0;
        const std::size_t left = pes.size() - at;
        const std::size_t flags = first && plan.random_access ? 2 : 0;  // length and flags
        const std::size_t field = left < 184 - flags ? 184 - left : flags;
        ByteVector packet;
        put(packet,
            {ts::sync_byte, (first ? 0x40U : 0U) | plan.pid >> 8, plan.pid & 0xFFU, field != 0 ? 0x30U : 0x10U});
        if (field != 0) {
            packet.push_back(static_cast<std::uint8_t>(field - 1));
            if (field > 1) packet.push_back(flags != 0 ? 0x40 : 0);
            while (packet.size() < 4 + field) packet.push_back(0xFF);
        }
        const std::size_t take = ts::packet_size - packet.size();
        const auto from = pes.begin() + static_cast<std::ptrdiff_t>(at);
        packet.insert(packet.end(), from, from + static_cast<std::ptrdiff_t>(take));
        at += take;
        schedule.add(plan.time + plan.spread * static_cast<double>(i) / static_cast<double>(count), packet);
    }
}

/// ISO/IEC 13818-2: sequence header with extension, GOP header, picture header with extension, and a slice.
ByteVector video_unit(bool random_access, unsigned temporal_reference, std::size_t size) {
    ByteVector unit;
    if (random_access) {
        // 720x576, 4:3, 25 Hz, 1.5 Mb/s, VBV 112 x 16,384 bits; Main profile, Main level, interlaced.
        put(unit, {0, 0, 1, 0xB3, 0x2D, 0x02, 0x40, 0x23, 0x03, 0xA9, 0xA3, 0x80});
        put(unit, {0, 0, 1, 0xB5, 0x14, 0x82, 0x00, 0x01, 0x00, 0x00});
        put(unit, {0, 0, 1, 0xB8, 0x00, 0x08, 0x00, 0x40});
    }
    const unsigned coding_type = random_access ? 1 : 2;
    put(unit, {0, 0, 1, 0, temporal_reference >> 2, (temporal_reference & 3U) << 6 | coding_type << 3 | 7U, 0xFF,
               coding_type == 1 ? 0xF8U : 0xFBU});
    if (coding_type == 2) unit.push_back(0x80);
    put(unit, {0, 0, 1, 0xB5, 0x8F, 0xFF, 0xF3, 0x41, 0x00});
    put(unit, {0, 0, 1, 1});
    unit.resize(std::max(size, unit.size() + 8), 0xA5);
    return unit;
}

ByteVector audio_unit() {
    ByteVector unit;
    put(unit, {0xFF, 0xFD, 0xA4, 0x00});
    unit.resize(576, 0x5A);
    return unit;
}

ByteVector pat(const MultiplexPlan& plan) {
    ByteVector body;
    if (plan.dvb_tables) put(body, {0, 0, 0xE0, 0x10});
    for (unsigned n = 1; n <= plan.programs; ++n) {
        put_u16(body, n);
        put_u16(body, 0xE000U | n * plan.pid_step);
    }
    return make_section({.table_id = 0, .extension = 1}, body);
}

ByteVector pmt(const MultiplexPlan& plan, unsigned program) {
    ByteVector body;
    const unsigned first = program * plan.pid_step;
    put_u16(body, 0xE000U | (first + 1));
    put_u16(body, 0xF000);
    body.push_back(0x02);
    put_u16(body, 0xE000U | (first + 1));
    put_u16(body, 0xF000);
    body.push_back(0x03);
    put_u16(body, 0xE000U | (first + 2));
    put_u16(body, 0xF006);
    put(body, {0x0A, 4});
    put_text(body, "eng");
    body.push_back(0);
    return make_section({.table_id = 2, .extension = static_cast<std::uint16_t>(program)}, body);
}

ByteVector nit() {
    ByteVector body;
    put_u16(body, 0xF006);
    put(body, {0x40, 4});
    put_text(body, "test");
    put_u16(body, 0xF006);
    put_u16(body, 1);
    put_u16(body, 1);
    put_u16(body, 0xF000);
    return make_section({.table_id = 0x40, .extension = 1, .private_indicator = true}, body);
}

ByteVector sdt(const MultiplexPlan& plan) {
    ByteVector body;
    put(body, {0, 1, 0xFF});
    for (unsigned n = 1; n <= plan.programs; ++n) {
        const std::string name = "Program " + std::to_string(n);
        put_u16(body, n);
        body.push_back(0xFD);  // EIT_present_following_flag
        put_u16(body, 0x8000U | static_cast<unsigned>(5 + 6 + name.size()));
        put(body, {0x48, static_cast<unsigned>(3 + 6 + name.size()), 1, 6});
        put_text(body, "muxtap");
        body.push_back(static_cast<std::uint8_t>(name.size()));
        put_text(body, name);
    }
    return make_section({.table_id = 0x42, .extension = 1, .private_indicator = true}, body);
}

ByteVector eit(unsigned program, unsigned number) {
    ByteVector body;
    put(body, {0, 1, 0, 1, 1, 0x4E});
    put_u16(body, program * 16 + number);
    put(body, {0xEC, 0x8A, 0x10 + number, 0x00, 0x00, 0x01, 0x00, 0x00});
    put_u16(body, number == 0 ? 0x800AU : 0x200AU);
    put(body, {0x4D, 8});
    put_text(body, "eng");
    body.push_back(3);
    put_text(body, number == 0 ? "now" : "nex");
    body.push_back(0);
    return make_section({.table_id = 0x4E,
                         .extension = static_cast<std::uint16_t>(program),
                         .number = static_cast<std::uint8_t>(number),
                         .last_number = 1,
                         .private_indicator = true},
                        body);
}

ByteVector tdt() {
    ByteVector section;
    put(section, {0x70, 0x70, 5, 0xEC, 0x8A, 0x12, 0x34, 0x56});
    return section;
}

void add_tables(Schedule& schedule, const MultiplexPlan& plan) {
    const auto every = [&](double interval, double offset, ts::Pid pid, const ByteVector& section) {
        for (double time = offset; time < plan.seconds; time += interval) schedule.add_section(time, pid, section);
    };
    every(0.1, 0, 0, pat(plan));
    for (unsigned n = 1; n <= plan.programs; ++n)
        every(0.1, 0.002, static_cast<ts::Pid>(n * plan.pid_step), pmt(plan, n));
    if (!plan.dvb_tables) return;
    every(2.0, 0.01, 0x10, nit());
    every(0.5, 0.02, 0x11, sdt(plan));
    every(10.0, 0.03, 0x14, tdt());
    for (unsigned n = 1; n <= plan.programs; ++n) {
        for (unsigned number = 0; number < 2; ++number)
            every(1.0, 0.04 + 0.002 * n + 0.1 * number, 0x12, eit(n, number));
    }
}

void add_program(Schedule& schedule, const MultiplexPlan& plan, unsigned program) {
    const auto video = static_cast<ts::Pid>(program * plan.pid_step + 1);
    const auto audio = static_cast<ts::Pid>(program * plan.pid_step + 2);
    const auto pts_at = [&](double time, double delay) {
        return plan.first_pcr / 300 + static_cast<std::uint64_t>(std::llround((time + delay) * 90'000));
    };
    for (double time = 0; time < plan.seconds; time += plan.pcr_interval) {
        ByteVector packet;
        put(packet, {ts::sync_byte, unsigned{video} >> 8, video & 0xFFU, 0x20, 183, 0x10});
        packet.resize(ts::packet_size, 0xFF);
        schedule.add(time, packet, true);
    }
    constexpr double picture = 1.0 / 25;
    const auto picture_size = static_cast<std::size_t>(static_cast<double>(plan.video_bitrate) / 8 * picture);
    for (unsigned n = 0; (n + 1) * picture <= plan.seconds; ++n) {
        const double time = n * picture;
        const bool random_access = n % 12 == 0;
        add_pes(schedule, {video, 0xE0, time, picture * 0.9, pts_at(time, 0.3), random_access, false},
                video_unit(random_access, n % 12, picture_size));
    }
    constexpr double frame = 0.024;
    for (unsigned n = 0; (n + 1) * frame <= plan.seconds; ++n) {
        const double time = n * frame;
        add_pes(schedule, {audio, 0xC0, time, frame * 0.8, pts_at(time, 0.1), false, true}, audio_unit());
    }
}

}  // namespace

std::uint32_t slow_crc32(ByteView bytes) noexcept {
    std::uint32_t crc = 0xFFFFFFFF;
    for (const std::uint8_t byte : bytes) {
        crc ^= std::uint32_t{byte} << 24;
        for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x80000000U) != 0 ? crc << 1 ^ 0x04C11DB7U : crc << 1;
    }
    return crc;
}

ByteVector make_section(const SectionShape& shape, const ByteVector& body) {
    ByteVector section;
    const unsigned length = static_cast<unsigned>(5 + body.size() + 4);
    section.push_back(shape.table_id);
    put_u16(section, 0xB000U | (shape.private_indicator ? 0x4000U : 0U) | length);
    put_u16(section, shape.extension);
    put(section, {0xC0U | unsigned{shape.version} << 1 | (shape.current ? 1U : 0U), shape.number, shape.last_number});
    append(section, body);
    const std::uint32_t crc = slow_crc32(section);
    put_u16(section, crc >> 16);
    put_u16(section, crc & 0xFFFFU);
    return section;
}

ByteVector section_packets(ts::Pid pid, const ByteVector& section, unsigned& counter) {
    ByteVector bytes;
    std::size_t at = 0;
    do {
        const bool first = at == 0;
        ByteVector packet;
        put(packet, {ts::sync_byte, (first ? 0x40U : 0U) | unsigned{pid} >> 8, pid & 0xFFU, 0x10U | (counter++ & 15U)});
        if (first) packet.push_back(0);
        const std::size_t take = std::min(section.size() - at, ts::packet_size - packet.size());
        const auto from = section.begin() + static_cast<std::ptrdiff_t>(at);
        packet.insert(packet.end(), from, from + static_cast<std::ptrdiff_t>(take));
        packet.resize(ts::packet_size, 0xFF);
        append(bytes, packet);
        at += take;
    } while (at < section.size());
    return bytes;
}

Multiplex::Multiplex(const MultiplexPlan& plan) : plan_(plan) {
    Schedule schedule;
    add_tables(schedule, plan);
    for (unsigned n = 1; n <= plan.programs; ++n) add_program(schedule, plan, n);

    unsigned counters[ts::pid_count] = {};
    ByteVector null_packet;
    put(null_packet, {ts::sync_byte, 0x1F, 0xFF, 0x10});
    null_packet.resize(ts::packet_size, 0xFF);
    const double slot = static_cast<double>(ts::packet_size * 8) / static_cast<double>(plan.bitrate);
    const auto count = static_cast<std::size_t>(plan.seconds / slot);
    for (std::size_t n = 0; n < count; ++n) {
        const double time = static_cast<double>(n) * slot;
        if (!schedule.due(time)) {
            append(bytes_, null_packet);
            continue;
        }
        Waiting waiting = schedule.take();
        unsigned& counter = counters[(waiting.bytes[1] & 0x1FU) << 8 | waiting.bytes[2]];
        if ((waiting.bytes[3] & 0x10U) != 0) counter = (counter + 1) & 15U;
        waiting.bytes[3] = static_cast<std::uint8_t>((waiting.bytes[3] & 0xF0U) | counter);
        if (waiting.wants_pcr) {
            // The time of the byte with the last bit of the base, the eleventh of its packet.
            const double at = (static_cast<double>(n * ts::packet_size) + 10) * 8 / static_cast<double>(plan.bitrate);
            const auto ticks = static_cast<std::uint64_t>(std::llround(at * 27e6));
            ts::Pcr::from_ticks(plan.first_pcr + ticks).encode(std::span<std::uint8_t, 6>(waiting.bytes.data() + 6, 6));
        }
        append(bytes_, waiting.bytes);
    }
}

std::vector<std::size_t> Multiplex::find(const std::function<bool(const ts::PacketView&)>& condition) const {
    std::vector<std::size_t> found;
    for (std::size_t n = 0; n < packets(); ++n) {
        const auto view =
            ts::PacketView::parse(ts::PacketView::Bytes(bytes_.data() + n * ts::packet_size, ts::packet_size));
        if (view && condition(*view)) found.push_back(n);
    }
    return found;
}

std::vector<std::size_t> Multiplex::of_pid(ts::Pid pid) const {
    return find([pid](const ts::PacketView& packet) { return packet.pid() == pid; });
}

void Multiplex::lose(std::size_t number) {
    std::uint8_t* bytes = packet(number);
    std::fill(bytes, bytes + ts::packet_size, std::uint8_t{0xFF});
    bytes[0] = ts::sync_byte;
    bytes[1] = 0x1F;
    bytes[3] = 0x10;
}

double Multiplex::time_of(std::size_t number) const noexcept {
    return static_cast<double>(number * ts::packet_size * 8) / static_cast<double>(plan_.bitrate);
}

}  // namespace muxtap::test
