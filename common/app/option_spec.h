#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace muxtap::app {

/// What text an option takes. Every value is checked against its kind, wherever it comes from.
enum class OptionKind : std::uint8_t {
    text,      ///< any text
    boolean,   ///< true/false, yes/no, on/off, 1/0; a bare flag means true
    integer,   ///< a whole number from `minimum` to `maximum`
    decimal,   ///< a decimal number from `minimum` to `maximum`
    duration,  ///< a number with ns, us, ms, s, m, h or d; a bare number is in `bare_unit`
    bytes,     ///< a number of bytes, K, M, G and T being powers of 1024
    choice,    ///< one of `choices`
    address,   ///< [ADDRESS:]PORT to listen on
};

/// The one definition of an option: `--help`, `.env.example`, the environment name, the check and the default.
struct OptionSpec {
    std::string_view name;   ///< long flag without the dashes
    std::string_view group;  ///< heading in --help
    OptionKind kind = OptionKind::text;
    std::string_view value_name;     ///< placeholder in --help
    std::string_view default_value;  ///< empty: none
    std::string_view help;
    std::string_view choices = {};  ///< "auto|pcap|afpacket" for `choice`
    std::int64_t minimum = 0;
    std::int64_t maximum = std::numeric_limits<std::int64_t>::max();
    std::string_view bare_unit = "ms";  ///< unit of a duration given without one
    bool repeatable = false;            ///< may be given several times; comma-separated in the environment
    std::string_view environment = {};  ///< empty: the flag in upper case, - as _; "-": none
    std::string_view alias = {};        ///< another flag with the same meaning
};

/// A program as its user sees it.
struct ProgramSpec {
    std::string_view name;      ///< muxtap-probe
    std::string_view summary;   ///< one line
    std::string_view usage;     ///< what follows the name in the usage line
    std::string_view examples;  ///< whole lines
    std::span<const OptionSpec> options;
    std::string_view positional = {};  ///< option that takes the words without a flag; empty: none are allowed
};

/// The option's name in the environment and in `.env` files; empty when it has none.
[[nodiscard]] std::string environment_name(const OptionSpec& spec);

}  // namespace muxtap::app
