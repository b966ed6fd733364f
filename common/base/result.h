#pragma once

#include <string>
#include <system_error>
#include <tl/expected.hpp>
#include <utility>

namespace muxtap {

/// Why a set-up step or an I/O call failed, as one line a user can act on: what, which, why, what to do.
struct Error {
    std::string message;
};

/// A value, or the reason there is none. For set-up and I/O; per-packet verdicts use one-byte enums instead.
template <typename T, typename E = Error>
using Result = tl::expected<T, E>;

/// An `Error` ready to be returned from a function whose result is `Result<T>`.
[[nodiscard]] inline tl::unexpected<Error> fail(std::string message) {
    return tl::unexpected<Error>(Error{std::move(message)});
}

/// As `fail`, with the operating system's reason for `error_number` (an errno value) after a colon.
[[nodiscard]] inline tl::unexpected<Error> fail_os(std::string what, int error_number) {
    what += ": ";
    what += std::generic_category().message(error_number);
    return fail(std::move(what));
}

}  // namespace muxtap
