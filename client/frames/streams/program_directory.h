#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "analyzer/packets/pid_slot.h"
#include "analyzer/psi/section_assembler.h"
#include "analyzer/report/program_info.h"
#include "common/base/bytes.h"
#include "common/ts/packet_view.h"
#include "common/ts/pes_header.h"

namespace muxtap::frames {

/// A program as its newest program map section says.
struct ProgramMap {
    std::uint16_t program_number = 0;
    ts::Pid pmt_pid = 0;
    std::vector<analyzer::ProgramStream> streams;

    [[nodiscard]] bool operator==(const ProgramMap&) const = default;
};

/// What a directory tells.
class DirectoryHandler {
public:
    virtual ~DirectoryHandler() = default;
    /// A program is there, or has other streams than before.
    virtual void on_program(const ProgramMap& program) = 0;
    /// The program association table lists it no more.
    virtual void on_program_gone(std::uint16_t program_number) = 0;
    /// A PES packet of a program's stream begins in packet number `packet` of the block.
    virtual void on_pes_start(ts::Pid pid, const ts::PesHeader& header, std::size_t packet) = 0;
};

/// Knows the programs of one transport stream, their elementary streams, where PES packets begin, and what is scrambled
/// or damaged: the light part of an analysis that a decoder needs. Used by one thread.
class ProgramDirectory {
public:
    ProgramDirectory();
    ~ProgramDirectory();
    ProgramDirectory(const ProgramDirectory&) = delete;
    ProgramDirectory& operator=(const ProgramDirectory&) = delete;

    /// Takes the next whole packets of the stream. What is found is told before the call returns.
    void scan(ByteView packets, DirectoryHandler& handler);

    /// Number in the block of the packet that tells what the handler is being told.
    [[nodiscard]] std::size_t packet() const noexcept { return packet_; }

    /// Packets are missing before the next ones.
    void interrupt();

    /// How many PES packets of the PID came scrambled since the last one in the clear; empty while none has come.
    [[nodiscard]] std::optional<std::uint64_t> scrambled_in_a_row(ts::Pid pid) const noexcept;

    /// Continuity errors (TR 101 290, 1.4) and packets with transport_error_indicator so far.
    [[nodiscard]] std::uint64_t continuity_errors() const noexcept { return continuity_errors_; }
    [[nodiscard]] std::uint64_t transport_errors() const noexcept { return transport_errors_; }

    /// Transport packets with the newest program association and program map section of the program, for a
    /// demultiplexer that begins in the middle of the stream. Empty while they are not known.
    [[nodiscard]] std::vector<std::uint8_t> tables(std::uint16_t program_number) const;

private:
    struct Tables;
    struct Scan;

    void on_pat(const psi::Section& section, DirectoryHandler& handler);
    void on_pmt(ts::Pid pid, const psi::Section& section, DirectoryHandler& handler);
    void take_payload(const ts::PacketView& packet, std::size_t number, DirectoryHandler& handler);
    void take_pes(ts::Pid pid, ByteView payload, bool starts, std::size_t number, DirectoryHandler& handler);
    void assign_pids();

    std::unique_ptr<analyzer::PidSlots> slots_;
    std::vector<ts::Pid> pids_;   ///< of the block being scanned
    std::uint64_t position_ = 0;  ///< packets before the block
    std::size_t packet_ = 0;
    std::unique_ptr<Tables> tables_;
    std::uint64_t continuity_errors_ = 0;
    std::uint64_t transport_errors_ = 0;
};

}  // namespace muxtap::frames
