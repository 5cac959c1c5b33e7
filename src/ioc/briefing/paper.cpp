#include "ioc/briefing/paper.h"

namespace hl::briefing {

namespace {

constexpr double mm = 72.0 / 25.4;
constexpr double width = 210 * mm, height = 297 * mm, margin = 15 * mm, inner = width - 2 * margin;
constexpr double pad = 3;
constexpr const char* face = "Noto Sans";

cairo_status_t collect(void* closure, const unsigned char* data, unsigned int length) {
    static_cast<std::string*>(closure)->append(reinterpret_cast<const char*>(data), length);
    return CAIRO_STATUS_SUCCESS;
}

}  // namespace

Paper::Paper(const std::string& title, const std::string& author, const std::string& subject, const std::string& made,
             std::string foot)
    : foot_(std::move(foot)), y_(margin) {
    surface_ = cairo_pdf_surface_create_for_stream(collect, &bytes_, width, height);
    cairo_pdf_surface_set_metadata(surface_, CAIRO_PDF_METADATA_TITLE, title.c_str());
    cairo_pdf_surface_set_metadata(surface_, CAIRO_PDF_METADATA_AUTHOR, author.c_str());
    cairo_pdf_surface_set_metadata(surface_, CAIRO_PDF_METADATA_SUBJECT, subject.c_str());
    cairo_pdf_surface_set_metadata(surface_, CAIRO_PDF_METADATA_CREATE_DATE, made.c_str());
    cr_ = cairo_create(surface_);
}

Paper::~Paper() {
    cairo_destroy(cr_);
    cairo_surface_destroy(surface_);
}

Paper::Layout Paper::layout(const std::string& s, double w, const Type& type) const {
    Layout l(pango_cairo_create_layout(cr_));
    PangoFontDescription* font = pango_font_description_from_string(face);
    pango_font_description_set_absolute_size(font, type.size * PANGO_SCALE);
    if (type.bold) pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
    if (type.italic) pango_font_description_set_style(font, PANGO_STYLE_ITALIC);
    pango_layout_set_font_description(l.get(), font);
    pango_font_description_free(font);
    pango_layout_set_width(l.get(), static_cast<int>(w * PANGO_SCALE));
    pango_layout_set_wrap(l.get(), PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(l.get(), type.align);
    pango_layout_set_text(l.get(), s.data(), static_cast<int>(s.size()));
    return l;
}

double Paper::height_of(const std::string& s, double w, const Type& type) const {
    int h = 0;
    pango_layout_get_pixel_size(layout(s, w, type).get(), nullptr, &h);
    return h;
}

double Paper::draw(const std::string& s, double x, double top, double w, const Type& type) const {
    const auto l = layout(s, w, type);
    cairo_set_source_rgb(cr_, type.grey, type.grey, type.grey);
    cairo_move_to(cr_, x, top);
    pango_cairo_show_layout(cr_, l.get());
    int h = 0;
    pango_layout_get_pixel_size(l.get(), nullptr, &h);
    return h;
}

void Paper::foot() const {
    const Type small{7.5, false, false, PANGO_ALIGN_LEFT, 0.35};
    draw(foot_, margin, height - margin + 2 * mm, inner - 25 * mm, small);
    draw(fmt::format("Trang {}", page_), margin, height - margin + 2 * mm, inner,
         {7.5, false, false, PANGO_ALIGN_RIGHT, 0.35});
}

bool Paper::need(double points) {
    if (y_ + points <= height - margin - 3 * mm) return false;
    foot();
    cairo_show_page(cr_);
    ++page_;
    y_ = margin;
    return true;
}

void Paper::text(const char* tag, const std::string& s, const Type& type, double gap) {
    need(height_of(s, inner, type));
    cairo_tag_begin(cr_, tag, nullptr);
    y_ += draw(s, margin, y_, inner, type) + gap;
    cairo_tag_end(cr_, tag);
}

void Paper::rule(double gap) {
    cairo_set_source_rgb(cr_, 0.6, 0.6, 0.6);
    cairo_set_line_width(cr_, 0.6);
    cairo_move_to(cr_, margin, y_);
    cairo_line_to(cr_, margin + inner, y_);
    cairo_stroke(cr_);
    y_ += gap;
}

void Paper::row(const std::vector<double>& widths, const std::vector<Cell>& cells, const char* tag, double size) {
    double tall = 0;
    for (size_t i = 0; i < widths.size() && i < cells.size(); ++i)
        tall = std::max(tall, height_of(cells[i].text, widths[i] - 2 * pad, {size, cells[i].bold}));
    tall += 2 * pad;
    cairo_tag_begin(cr_, "TR", nullptr);
    double x = margin;
    for (size_t i = 0; i < widths.size(); ++i) {
        if (i < cells.size()) {
            cairo_tag_begin(cr_, tag, nullptr);
            draw(cells[i].text, x + pad, y_ + pad, widths[i] - 2 * pad,
                 {size, cells[i].bold, false, cells[i].align, cells[i].grey});
            cairo_tag_end(cr_, tag);
        }
        x += widths[i];
    }
    cairo_tag_end(cr_, "TR");
    y_ += tall;
    cairo_set_source_rgb(cr_, 0.75, 0.75, 0.75);
    cairo_set_line_width(cr_, 0.4);
    cairo_move_to(cr_, margin, y_);
    cairo_line_to(cr_, margin + inner, y_);
    cairo_stroke(cr_);
}

void Paper::table(const std::vector<Column>& columns, const std::vector<std::vector<Cell>>& rows) {
    constexpr double size = 8.5;
    double shares = 0;
    for (const auto& c : columns) shares += c.share;
    std::vector<double> widths;
    std::vector<Cell> head;
    for (const auto& c : columns) {
        widths.push_back(inner * c.share / shares);
        head.push_back({c.title, true, c.align, 0.25});
    }
    const auto tall = [&](const std::vector<Cell>& cells) {
        double out = 0;
        for (size_t i = 0; i < widths.size() && i < cells.size(); ++i)
            out = std::max(out, height_of(cells[i].text, widths[i] - 2 * pad, {size, cells[i].bold}));
        return out + 2 * pad;
    };
    const double head_height = tall(head);
    need(head_height + (rows.empty() ? 0 : tall(rows.front())));
    // A table that goes over pages is one table a page to a reader that speaks, each with its head.
    cairo_tag_begin(cr_, "Table", nullptr);
    row(widths, head, "TH", size);
    for (const auto& cells : rows) {
        if (y_ + tall(cells) > height - margin - 3 * mm) {
            cairo_tag_end(cr_, "Table");
            need(height);
            cairo_tag_begin(cr_, "Table", nullptr);
            row(widths, head, "TH", size);
        }
        row(widths, cells, "TD", size);
    }
    cairo_tag_end(cr_, "Table");
    y_ += 8;
}

Result<std::string> Paper::finish() {
    foot();
    cairo_show_page(cr_);
    cairo_surface_finish(surface_);
    const auto status = cairo_surface_status(surface_);
    if (status != CAIRO_STATUS_SUCCESS || cairo_status(cr_) != CAIRO_STATUS_SUCCESS)
        return Error{ErrorKind::internal, "briefing.failed", "Không tạo được tệp PDF.", cairo_status_to_string(status)};
    return std::move(bytes_);
}

}  // namespace hl::briefing
