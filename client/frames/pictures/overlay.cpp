#include "client/frames/pictures/overlay.h"

#include <cairo.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "common/base/utf8.h"
#include "common/text/columns.h"

namespace muxtap::frames {
namespace {

/// More than fits into any line.
constexpr std::size_t most_bytes = 4096;
/// The widest and highest image that cairo draws on, less one to be even.
constexpr unsigned most_samples = 32'766;

/// The text as cairo takes it: code points that are no characters would stop it for good.
std::string drawable(std::string_view line) {
    const std::string clean = text::printable(line.substr(0, most_bytes));
    std::string out;
    std::string_view rest = clean;
    while (!rest.empty()) {
        const auto [code_point, size] = first_character(rest);
        const bool character = (code_point & 0xFFFEU) != 0xFFFE && (code_point < 0xFDD0 || code_point > 0xFDEF);
        out.append(character ? rest.substr(0, size) : "?");
        rest.remove_prefix(size);
    }
    return out;
}

/// Where the lines go, in samples of luma.
struct Layout {
    unsigned font;    ///< size of the font
    unsigned line;    ///< from line to line
    unsigned margin;  ///< around the lines
    unsigned height;  ///< of the ground
};

Layout layout_of(const Picture& picture, std::size_t lines) {
    Layout layout{};
    layout.font = std::max(8U, picture.height() / 18);
    layout.line = layout.font + layout.font / 4;
    layout.margin = layout.font / 3;
    const std::size_t height = lines * layout.line + std::size_t{2} * layout.margin;
    layout.height = static_cast<unsigned>(std::min<std::size_t>({height, picture.height(), most_samples}));
    // The ground begins where a row of chroma does.
    layout.height += (picture.height() - layout.height) % 2;
    return layout;
}

}  // namespace

/// Where text is drawn: how much of each sample it covers.
class Overlay::Canvas {
public:
    Canvas(unsigned width, unsigned height)
        : surface_(cairo_image_surface_create(CAIRO_FORMAT_A8, static_cast<int>(width), static_cast<int>(height))),
          width_(width),
          height_(height) {}

    [[nodiscard]] bool has_size(unsigned width, unsigned height) const { return width == width_ && height == height_; }
    /// How wide the lines and their margins are, at most as the canvas; 0 when they could not be drawn.
    [[nodiscard]] unsigned write(const std::vector<std::string>& lines, const Layout& layout);
    /// Of the samples of a row, 0 to 255. Valid until the next `write`.
    [[nodiscard]] const std::uint8_t* row(unsigned y) const {
        const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface_.get()));
        return cairo_image_surface_get_data(surface_.get()) + y * stride;
    }

private:
    struct SurfaceDeleter {
        void operator()(cairo_surface_t* surface) const noexcept { cairo_surface_destroy(surface); }
    };
    struct ContextDeleter {
        void operator()(cairo_t* context) const noexcept { cairo_destroy(context); }
    };

    std::unique_ptr<cairo_surface_t, SurfaceDeleter> surface_;
    unsigned width_;
    unsigned height_;
};

unsigned Overlay::Canvas::write(const std::vector<std::string>& lines, const Layout& layout) {
    // One that has met an error does nothing any more, so each time a new one.
    const std::unique_ptr<cairo_t, ContextDeleter> context(cairo_create(surface_.get()));
    cairo_set_operator(context.get(), CAIRO_OPERATOR_CLEAR);
    cairo_paint(context.get());
    cairo_set_operator(context.get(), CAIRO_OPERATOR_OVER);
    cairo_select_font_face(context.get(), "sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(context.get(), layout.font);
    double widest = 0;
    const unsigned below = layout.margin + layout.font / 4;
    double baseline = static_cast<double>(layout.height) - below;
    for (auto line = lines.rbegin(); line != lines.rend(); ++line, baseline -= layout.line) {
        cairo_text_extents_t extents{};
        cairo_text_extents(context.get(), line->c_str(), &extents);
        widest = std::max(widest, extents.x_advance);
        cairo_move_to(context.get(), layout.margin, baseline);
        cairo_show_text(context.get(), line->c_str());
    }
    cairo_surface_flush(surface_.get());
    if (cairo_status(context.get()) != CAIRO_STATUS_SUCCESS) return 0;
    if (cairo_surface_status(surface_.get()) != CAIRO_STATUS_SUCCESS) return 0;
    const double width = std::ceil(widest) + 2 * layout.margin;
    return static_cast<unsigned>(std::min<double>(width, width_));
}

namespace {

/// Dark enough to read white on anything, and what is below stays visible.
std::uint8_t blended(std::uint8_t luma, std::uint8_t coverage) {
    const unsigned ground = luma * 3U / 8;
    return static_cast<std::uint8_t>(ground + ((255 - ground) * coverage + 127) / 255);
}

/// Without colour, from the chroma row that `top` belongs to down.
void make_neutral(Plane& chroma, unsigned top, unsigned width) {
    for (std::size_t y = top / 2; y < chroma.height; ++y)
        std::fill_n(&chroma.samples[y * chroma.width], width / 2 + width % 2, std::uint8_t{128});
}

}  // namespace

Overlay::Overlay() = default;
Overlay::~Overlay() = default;

void Overlay::draw(Picture& picture, const std::vector<std::string>& lines) {
    if (picture.width() == 0 || picture.height() == 0) return;
    if (std::all_of(lines.begin(), lines.end(), [](const std::string& line) { return line.empty(); })) return;

    // Lines above the picture's edge are not even prepared.
    const std::size_t most_lines = picture.height() / layout_of(picture, 0).line + 1;
    const std::size_t first = lines.size() - std::min(lines.size(), most_lines);
    std::vector<std::string> texts;
    for (std::size_t i = first; i < lines.size(); ++i) texts.push_back(drawable(lines[i]));

    const Layout layout = layout_of(picture, texts.size());
    const unsigned canvas_width = std::min(picture.width(), most_samples);
    if (!canvas_ || !canvas_->has_size(canvas_width, layout.height))
        canvas_ = std::make_unique<Canvas>(canvas_width, layout.height);
    unsigned width = canvas_->write(texts, layout);
    if (width == 0) {
        canvas_.reset();
        return;
    }
    // The ground ends where a sample of chroma does.
    width = std::min(width + width % 2, canvas_width);
    const unsigned top = picture.height() - layout.height;
    for (unsigned y = 0; y < layout.height; ++y) {
        std::uint8_t* const luma = &picture.luma.samples[(std::size_t{top} + y) * picture.width()];
        const std::uint8_t* const coverage = canvas_->row(y);
        for (std::size_t x = 0; x < width; ++x) luma[x] = blended(luma[x], coverage[x]);
    }
    make_neutral(picture.blue, top, width);
    make_neutral(picture.red, top, width);
}

}  // namespace muxtap::frames
