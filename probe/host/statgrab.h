#pragma once

#include <string>

namespace muxtap::probe {

/// Makes libstatgrab ready, for all threads; once in a program. There is no closing: a thread that hangs in a failing
/// disk may still be in it when the program ends. What it cannot do later says so itself.
void open_statgrab();

/// Why the call of libstatgrab that this thread made last has failed.
[[nodiscard]] std::string statgrab_error();

/// A text of libstatgrab's, which may be null.
[[nodiscard]] inline std::string text_of(const char* text) {
    return text == nullptr ? "" : text;
}

}  // namespace muxtap::probe
