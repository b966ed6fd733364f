#pragma once

#include "client/delivery/sink.h"
#include "client/frames/outputs/item.h"

namespace muxtap::frames {

/// Where items of the frames worker go.
using Output = delivery::Sink<ItemPtr>;

}  // namespace muxtap::frames
