#include "client/files/path_matcher.h"

#include <algorithm>

namespace muxtap::client {
namespace {

bool is_digit(char letter) noexcept {
    return letter >= '0' && letter <= '9';
}

bool is_word_letter(char letter) noexcept {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
}

/// What a conversion of more than one number stands for, as `PathPattern` writes it.
std::string_view long_form(char conversion) noexcept {
    switch (conversion) {
        case 'F': return "Y-m-d";
        case 'D': return "m-d-y";
        case 'T': return "H:M:S";
        case 'R': return "H:M";
        default: return {};
    }
}

/// The end of a pattern. `whole`: nothing is before it, so that a dot at its beginning hides a file.
std::string_view without_extension(std::string_view text, bool whole) noexcept {
    const std::size_t dot = text.rfind('.');
    if (dot == 0 && !whole) return {};
    return text.substr(0, extension_position(text));
}

}  // namespace

/// Takes a pattern apart into components.
class PathMatcher::Builder {
public:
    void letter(char letter) {
        if (letter == '/') {
            next_component();
        } else {
            current_.push_back({Piece::Kind::letter, letter});
        }
    }
    void next_component() {
        const bool here = current_.size() == 1 && current_[0].kind == Piece::Kind::letter && current_[0].letter == '.';
        if (!current_.empty() && !here) done_.push_back(std::move(current_));
        current_.clear();
    }
    void conversion(char conversion) {
        if (const std::string_view form = long_form(conversion); !form.empty()) {
            for (const char part : form) is_word_letter(part) ? this->conversion(part) : letter(part);
        } else if (std::string_view{"aAbBhp"}.find(conversion) != std::string_view::npos) {
            current_.push_back({Piece::Kind::word});
        } else if (conversion == 'e') {
            current_.push_back({Piece::Kind::spaced_digit});
            digits(1);
        } else {
            const bool one = conversion == 'u' || conversion == 'w';
            const bool four = conversion == 'Y' || conversion == 'G';
            digits(one ? 1 : four ? 4 : conversion == 'j' ? 3 : 2);
        }
    }
    void add(Piece::Kind kind) { current_.push_back({kind}); }
    [[nodiscard]] std::vector<Component> finish() {
        next_component();
        return std::move(done_);
    }

private:
    void digits(std::size_t count) { current_.push_back({Piece::Kind::digits, '\0', count}); }

    Component current_;
    std::vector<Component> done_;
};

PathMatcher::PathMatcher(const PathPattern& pattern) {
    Builder builder;
    const auto& parts = pattern.parts();
    for (std::size_t i = 0; i < parts.size(); ++i) {
        std::string_view text = parts[i].text;
        switch (parts[i].token) {
            case PathPattern::Token::literal:
                // What is before the last slash of the first one is the fixed folder.
                if (i + 1 == parts.size()) text = without_extension(text, i == 0);
                if (i == 0 && text.rfind('/') != std::string_view::npos) text.remove_prefix(text.rfind('/') + 1);
                for (const char letter : text) builder.letter(letter);
                break;
            case PathPattern::Token::time: builder.conversion(text.back()); break;
            case PathPattern::Token::program: builder.add(Piece::Kind::number); break;
            case PathPattern::Token::stream:
            case PathPattern::Token::probe: builder.add(Piece::Kind::name); break;
        }
    }
    parts_ = builder.finish();
}

bool PathMatcher::matches_folder(std::size_t level, std::string_view name) const {
    return level + 1 < parts_.size() && matches(parts_[level], name);
}

bool PathMatcher::matches_stem(std::string_view stem) const {
    return !parts_.empty() && matches(parts_.back(), stem);
}

bool PathMatcher::matches(const Component& component, std::string_view text) {
    // All places at which the text behind a piece can begin: no piece is tried twice at one place.
    std::vector<bool> begins(text.size() + 1, false);
    begins[0] = true;
    for (const Piece& piece : component) {
        std::vector<bool> ends(text.size() + 1, false);
        const auto fits = [&](char letter) {
            switch (piece.kind) {
                case Piece::Kind::letter: return letter == piece.letter;
                case Piece::Kind::word: return is_word_letter(letter);
                case Piece::Kind::name: return is_file_name_letter(letter);
                case Piece::Kind::spaced_digit: return letter == ' ' || is_digit(letter);
                default: return is_digit(letter);
            }
        };
        const bool single = piece.kind == Piece::Kind::letter || piece.kind == Piece::Kind::spaced_digit;
        const std::size_t fixed = single ? 1 : piece.count;
        std::size_t run = 0;     // characters that fit, up to here
        bool reachable = false;  // whether one of them can be the first
        for (std::size_t at = 0; at < text.size(); ++at) {
            run = fits(text[at]) ? run + 1 : 0;
            reachable = run > 0 && (reachable || begins[at]);
            ends[at + 1] = fixed == 0 ? reachable : run >= fixed && begins[at + 1 - fixed];
        }
        begins = std::move(ends);
    }
    return begins[text.size()];
}

}  // namespace muxtap::client
