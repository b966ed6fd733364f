#pragma once

#include <cstdint>
#include <vector>

#include "analyzer/psi/descriptors.h"
#include "analyzer/psi/section.h"
#include "analyzer/report/program_info.h"
#include "common/ts/packet_view.h"

namespace muxtap::psi {

/// One stream of a program map section; its descriptors are borrowed from the section.
struct PmtStream {
    std::uint8_t stream_type = 0;
    ts::Pid pid = 0;
    DescriptorLoop descriptors{ByteView{}};
};

/// A program map section (ISO/IEC 13818-1, 2.4.4.8); descriptors are borrowed from the section.
struct Pmt {
    std::uint16_t program_number = 0;
    ts::Pid pcr_pid = ts::null_pid;
    DescriptorLoop descriptors{ByteView{}};
    std::vector<PmtStream> streams;
    bool sound = true;  ///< false: a length reaches beyond the section; what comes before it is there
};

/// The caller has checked the table_id.
[[nodiscard]] Pmt parse_pmt(const Section& section);

/// All that the program map says of one stream. `program_registration` is the format_identifier of the program, empty
/// without one.
[[nodiscard]] analyzer::ProgramStream describe_stream(const PmtStream& stream, std::string_view program_registration);

}  // namespace muxtap::psi
