#pragma once

#include <array>

#include "common/app/option_spec.h"
#include "common/app/options.h"

/// The option table of every program, in one place because all of them read the same `.env` file.
namespace muxtap::options {

[[nodiscard]] const app::ProgramSpec& probe_program() noexcept;
[[nodiscard]] const app::ProgramSpec& record_program() noexcept;
[[nodiscard]] const app::ProgramSpec& send_program() noexcept;
[[nodiscard]] const app::ProgramSpec& analyze_program() noexcept;
[[nodiscard]] const app::ProgramSpec& metrics_program() noexcept;
[[nodiscard]] const app::ProgramSpec& frames_program() noexcept;

/// All of them, the probe first.
[[nodiscard]] std::array<const app::ProgramSpec*, 6> programs() noexcept;

/// Every name that may stand in a `.env` file: the options of all programs and names kept for existing set-ups.
[[nodiscard]] const app::KnownNames& known_names();

/// The text of `.env.example`.
[[nodiscard]] std::string env_example();

}  // namespace muxtap::options
