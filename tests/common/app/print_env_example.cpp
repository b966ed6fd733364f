// Prints .env.example from the option tables; with --check FILE says whether FILE is that text.
#include <fstream>
#include <iostream>
#include <iterator>

#include "common/options/catalogue.h"

int main(int argc, char** argv) {
    const std::string expected = muxtap::options::env_example();
    if (argc < 3 || std::string_view{argv[1]} != "--check") {
        std::cout << expected;
        return 0;
    }
    std::ifstream file(argv[2]);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (text == expected) return 0;
    std::cerr << argv[2] << " is not what the option tables say. Bring it up to date with\n    " << argv[0] << " > "
              << argv[2] << "\n";
    return 1;
}
