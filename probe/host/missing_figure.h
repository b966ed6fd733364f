#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace muxtap::probe {

/// Takes note that a figure of the host cannot be had, and why. Called each time; it is said once.
using MissingFigure = std::function<void(std::string_view figure, const std::string& reason)>;

}  // namespace muxtap::probe
