#pragma once

#include <string>

#include "analyzer/cli/analysis_result.h"
#include "analyzer/cli/text/table.h"

/// The sections of the report for people. Each appends to `out`, and nothing where it has nothing to say.
namespace muxtap::analyze {

/// What a section is about.
struct Page {
    const InputResult& input;
    const StreamResult& stream;
    const Painter& painter;

    [[nodiscard]] const analyzer::Report& report() const noexcept { return stream.report; }
};

void print_header(std::string& out, const Page& page);
void print_programs(std::string& out, const Page& page);
void print_indicators(std::string& out, const Page& page);
void print_pids(std::string& out, const Page& page);
void print_clocks(std::string& out, const Page& page);
void print_network(std::string& out, const Page& page);
void print_damage(std::string& out, const Page& page);

/// Codec and format of an elementary stream: "H.264 High@4.0", "1920x1080i 25 fps 16:9 BT.709".
struct StreamDescription {
    std::string codec;
    std::string format;
};
[[nodiscard]] StreamDescription describe(const analyzer::ProgramStream& stream, const analyzer::StreamInfo* found);

/// The whole report of one stream.
[[nodiscard]] std::string text_report(const Page& page);

}  // namespace muxtap::analyze
