#pragma once

#include <optional>
#include <string>

#include "analyzer/report/splice.h"
#include "common/base/bytes.h"

namespace muxtap::scte35 {

/// Name of a segmentation_type_id (ANSI/SCTE 35 2023r1, table 23); "" for reserved values.
[[nodiscard]] const char* segmentation_type_name(std::uint8_t type_id) noexcept;

/// Name of a segmentation_upid_type (table 22); "" for reserved values and for 0, "not used".
[[nodiscard]] const char* upid_type_name(std::uint8_t upid_type) noexcept;

/// A segmentation_upid as text where its type is text and it holds nothing but printable ASCII; of a MID() list its
/// parts with their types' names; else hexadecimal.
[[nodiscard]] std::string upid_text(std::uint8_t upid_type, ByteView upid);

/// Reads a segmentation_descriptor (10.3.3) from behind its identifier to its end. Empty when its fields go beyond it.
[[nodiscard]] std::optional<analyzer::Segmentation> parse_segmentation(ByteView body);

}  // namespace muxtap::scte35
