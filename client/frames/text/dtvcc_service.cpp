#include "client/frames/text/dtvcc_service.h"

#include <algorithm>
#include <utility>

#include "client/frames/text/dtvcc_characters.h"

namespace muxtap::frames {
namespace {

/// Size of a service's input buffer: when it is full a delay ends.
constexpr std::size_t input_capacity = 128;

/// Codes of the sets C0 and C1 (CTA-708-E, 7.1 and 8.10.5).
enum Code : unsigned {
    code_backspace = 0x08,
    code_form_feed = 0x0C,
    code_carriage_return = 0x0D,
    code_horizontal_carriage_return = 0x0E,
    code_extend = 0x10,
    code_two_byte_character = 0x18,
    code_set_current_window = 0x80,
    code_clear_windows = 0x88,
    code_display_windows = 0x89,
    code_hide_windows = 0x8A,
    code_toggle_windows = 0x8B,
    code_delete_windows = 0x8C,
    code_delay = 0x8D,
    code_delay_cancel = 0x8E,
    code_reset = 0x8F,
    code_set_pen_location = 0x92,
    code_set_window_attributes = 0x97,
    code_define_window = 0x98,
};

constexpr std::size_t define_window_parameters = 6;

/// Bytes of a code behind EXT1, that included; 0 while there are too few bytes to tell.
std::size_t extended_code_size(ByteView bytes) noexcept {
    if (bytes.size() < 2) return 0;
    const unsigned code = bytes[1];
    if (code < 0x20) return 2 + code / 8;  // C2: none to three parameters
    if (code < 0x80 || code >= 0xA0) return 2;
    if (code < 0x90) return code < 0x88 ? 6 : 7;  // C3
    return bytes.size() < 3 ? 0 : 3 + (bytes[2] & 0x1FU);
}

/// Bytes of the code at the start of `bytes`; 0 while there are too few bytes to tell.
std::size_t code_size(ByteView bytes) noexcept {
    static constexpr std::uint8_t parameters[32] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0,
                                                    2, 3, 2, 0, 0, 0, 0, 4, 6, 6, 6, 6, 6, 6, 6, 6};
    const unsigned code = bytes[0];
    if (code == code_extend) return extended_code_size(bytes);
    if (code < 0x20) return code < 0x10 ? 1 : code < 0x18 ? 2 : 3;
    return code >= 0x80 && code < 0xA0 ? 1U + parameters[code - 0x80] : 1U;
}

}  // namespace

DtvccService::DtvccService(CaptionTeller teller) : teller_(std::move(teller)) {}

void DtvccService::add(ByteView block, const MediaTime& time) {
    input_.insert(input_.end(), block.begin(), block.end());
    if (delayed_until_ && (input_.size() >= input_capacity || delay_is_cancelled())) delayed_until_.reset();
    run(time);
}

void DtvccService::run(const MediaTime& time) {
    if (delayed_until_ && time.position >= *delayed_until_) delayed_until_.reset();
    ByteView rest = input_;
    while (!rest.empty() && !delayed_until_) {
        const std::size_t size = code_size(rest);
        if (size == 0 || size > rest.size()) break;
        execute(rest.first(size), time);
        rest = rest.subspan(size);
        changed_ = true;
    }
    input_.erase(input_.begin(), input_.end() - static_cast<std::ptrdiff_t>(rest.size()));
    // What follows a full buffer may begin with another delay.
    if (input_.size() >= input_capacity) input_.clear();
}

bool DtvccService::delay_is_cancelled() const noexcept {
    for (ByteView rest = input_; !rest.empty();) {
        if (rest[0] == code_delay_cancel || rest[0] == code_reset) return true;
        const std::size_t size = code_size(rest);
        if (size == 0 || size > rest.size()) return false;
        rest = rest.subspan(size);
    }
    return false;
}

void DtvccService::execute(ByteView bytes, const MediaTime& time) {
    const unsigned code = bytes[0];
    if (code == code_extend) {
        const unsigned extended = bytes[1];
        if ((extended >= 0x20 && extended < 0x80) || extended >= 0xA0) write(dtvcc_extended_character(extended), time);
    } else if (code == code_two_byte_character) {
        // No standard says which characters these are: in use is Unicode.
        if (const char32_t character = read_u16(bytes, 1); character >= 0x20) write(character, time);
    } else if (code < 0x20) {
        control(code, time);
    } else if (code < 0x80 || code >= 0xA0) {
        write(dtvcc_character(code), time);
    } else {
        window_command(bytes, time);
    }
}

void DtvccService::control(unsigned code, const MediaTime& time) {
    DtvccWindow* const window = current();
    if (window == nullptr) return;
    switch (code) {
        case code_backspace: window->backspace(); break;
        case code_form_feed:
            complete_line(*window, time);
            window->erase();
            break;
        case code_carriage_return:
            complete_line(*window, time);
            window->carriage_return();
            break;
        case code_horizontal_carriage_return:
            complete_line(*window, time);
            window->erase_row();
            break;
        default: break;
    }
}

void DtvccService::window_command(ByteView bytes, const MediaTime& time) {
    const unsigned code = bytes[0];
    const std::size_t number = code & 7U;
    if (code >= code_define_window) return define_window(number, bytes.subspan<1, define_window_parameters>(), time);
    if (code < code_clear_windows) {
        if (windows_[number]) current_ = number;
        return;
    }
    switch (code) {
        case code_delay: delayed_until_ = time.position + std::chrono::milliseconds(100) * bytes[1]; return;
        case code_set_pen_location: move_pen(bytes[1] & 0x0FU, bytes[2] & 0x3FU, time); return;
        case code_set_window_attributes:
            if (DtvccWindow* const window = current()) window->set_attributes(bytes.subspan<1, 4>());
            return;
        case code_reset:
            for (auto& window : windows_) hide(window, time);
            windows_ = {};
            return;
        default:
            if (code > code_delete_windows) return;
    }
    for (std::size_t i = 0; i < windows_.size(); ++i) {
        auto& window = windows_[i];
        if (!window || (bytes[1] >> i & 1U) == 0) continue;
        const bool shows = code == code_display_windows || (code == code_toggle_windows && !window->visible());
        if (shows) {
            window->set_visible(true);
        } else if (code == code_clear_windows) {
            complete_line(*window, time);
            window->erase();
        } else {
            hide(window, time);
            if (code == code_delete_windows) window.reset();
        }
    }
}

void DtvccService::define_window(std::size_t number, std::span<const std::uint8_t, 6> parameters,
                                 const MediaTime& time) {
    auto& window = windows_[number];
    const bool visible = (parameters[0] & 0x20U) != 0;
    if (!visible) hide(window, time);
    if (!window) window.emplace();
    window->define(parameters);
    current_ = number;
}

void DtvccService::move_pen(std::size_t row, std::size_t column, const MediaTime& time) {
    DtvccWindow* const window = current();
    if (window == nullptr) return;
    if (row != window->pen_row()) complete_line(*window, time);
    window->move_pen(row, column);
}

void DtvccService::write(char32_t character, const MediaTime& time) {
    DtvccWindow* const window = current();
    if (window == nullptr) return;
    if (window->row_is_full()) control(code_carriage_return, time);
    window->write(character, time);
}

void DtvccService::hide(std::optional<DtvccWindow>& window, const MediaTime& time) {
    if (!window) return;
    complete_line(*window, time);
    window->set_visible(false);
}

void DtvccService::complete_line(DtvccWindow& window, const MediaTime& time) {
    teller_.tell(window.take_line(), time);
}

DtvccWindow* DtvccService::current() noexcept {
    auto& window = windows_[current_];
    return window ? &*window : nullptr;
}

std::string DtvccService::visible_text() const {
    std::vector<const DtvccWindow*> visible;
    for (const auto& window : windows_) {
        if (window && window->visible()) visible.push_back(&*window);
    }
    std::stable_sort(visible.begin(), visible.end(),
                     [](const auto* one, const auto* other) { return one->top() < other->top(); });
    std::string content;
    for (const DtvccWindow* const window : visible) window->append_popped(content);
    return content;
}

void DtvccService::end_picture(const MediaTime& time) {
    if (delayed_until_) run(time);
    if (!std::exchange(changed_, false)) return;
    std::string content = visible_text();
    if (shown_ && shown_->content == content) return;
    end_shown(time);
    if (!content.empty()) shown_ = ShownText{std::move(content), time};
}

void DtvccService::end_shown(const MediaTime& end) {
    if (shown_) teller_.tell(*shown_, end);
    shown_.reset();
}

void DtvccService::interrupt(const MediaTime& last) {
    end_shown(last);
    windows_ = {};
    input_.clear();
    delayed_until_.reset();
}

void DtvccService::finish(const MediaTime& last) {
    end_shown(last);
    for (auto& window : windows_) hide(window, last);
    windows_ = {};
}

}  // namespace muxtap::frames
