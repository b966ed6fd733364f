#pragma once

#include <cstddef>
#include <functional>

#include "client/frames/outputs/item.h"
#include "client/frames/outputs/output_choice.h"
#include "client/kafka/message.h"

namespace muxtap::frames {

/// The messages of an item, in order: a picture and, where it is asked for, its filmstrip; one of sound or an event;
/// none of an access unit. Given away one by one.
void make_messages(const Item& item, const KafkaChoice& choice, const std::function<void(kafka::Message)>& take);

/// Takes the image out of a picture's message and names it in the record's member `trimmed`. False when the message is
/// over `limit` bytes even so, or has none; then it is left as it was.
[[nodiscard]] bool trim_message(kafka::Message& message, std::size_t limit);

}  // namespace muxtap::frames
