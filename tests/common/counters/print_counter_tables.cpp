#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "common/counters/families.h"

/// Prints the table of metrics of a document, or checks that the document has it.
int main(int argc, char** argv) {
    using namespace muxtap::counters;
    const std::string which = argc > 1 ? argv[1] : "";
    const bool checks = argc == 4 && argv[2] == std::string{"--check"};
    if ((which != "prometheus" && which != "observability") || (argc != 2 && !checks)) {
        std::cerr << "usage: muxtap_counter_tables prometheus|observability [--check FILE]\n";
        return 2;
    }
    const std::string table =
        which == "prometheus" ? prometheus_families_as_markdown() : program_families_as_markdown();
    if (!checks) {
        std::cout << table;
        return 0;
    }
    std::ifstream file(argv[3]);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (text.find(table) != std::string::npos) return 0;
    std::cerr << argv[3] << ": its table of metrics is not what common/counters/families.cpp says; it should be:\n"
              << table;
    return 1;
}
