#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <qrencode.h>

#include "base/text.h"
#include "dossiers/document.h"

namespace hl::dossiers {

namespace {

constexpr double mm = 72.0 / 25.4;
constexpr const char* face = "Noto Serif";

template <class T, void (*release)(T*)>
struct Released {
    void operator()(T* p) const { release(p); }
};
using Surface = std::unique_ptr<cairo_surface_t, Released<cairo_surface_t, cairo_surface_destroy>>;
using Cairo = std::unique_ptr<cairo_t, Released<cairo_t, cairo_destroy>>;
using QrCode = std::unique_ptr<QRcode, Released<QRcode, QRcode_free>>;
struct Unref {
    void operator()(gpointer p) const { g_object_unref(p); }
};
using Layout = std::unique_ptr<PangoLayout, Unref>;

struct Type {
    double size = 11;
    bool bold = false, italic = false;
    PangoAlignment align = PANGO_ALIGN_LEFT;
};

/// One pass over the paper: keeps the pen's height and breaks pages.
class Page {
  public:
    Page(cairo_t* cr, double width, double height, std::string foot)
        : cr_(cr), width_(width), height_(height), foot_(std::move(foot)) {}

    [[nodiscard]] double left() const { return margin_; }
    [[nodiscard]] double inner() const { return width_ - 2 * margin_; }
    double y = 15 * mm;

    [[nodiscard]] double measure(const std::string& text, double width, const Type& type) const {
        int h = 0;
        pango_layout_get_pixel_size(layout(text, width, type).get(), nullptr, &h);
        return h;
    }
    double draw(const std::string& text, double x, double top, double width, const Type& type) const {
        auto l = layout(text, width, type);
        cairo_move_to(cr_, x, top);
        pango_cairo_show_layout(cr_, l.get());
        int h = 0;
        pango_layout_get_pixel_size(l.get(), nullptr, &h);
        return h;
    }
    /// A new page unless `needed` points are left on this one.
    void need(double needed) {
        if (y + needed <= height_ - margin_ - 6 * mm) return;
        finish();
        cairo_show_page(cr_);
        ++number_;
        y = margin_;
    }
    void text(const std::string& s, const Type& type, double gap = 4) {
        need(measure(s, inner(), type));
        y += draw(s, left(), y, inner(), type) + gap;
    }
    void finish() const {
        const Type small{8, false, true, PANGO_ALIGN_LEFT};
        if (!foot_.empty()) draw(foot_, left(), height_ - margin_, inner() - 20 * mm, small);
        draw(fmt::format("Trang {}", number_), left(), height_ - margin_, inner(),
             {8, false, false, PANGO_ALIGN_RIGHT});
    }
    [[nodiscard]] cairo_t* cairo() const { return cr_; }

  private:
    [[nodiscard]] Layout layout(const std::string& text, double width, const Type& type) const {
        Layout l(pango_cairo_create_layout(cr_));
        PangoFontDescription* font = pango_font_description_from_string(face);
        pango_font_description_set_absolute_size(font, type.size * PANGO_SCALE);
        if (type.bold) pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
        if (type.italic) pango_font_description_set_style(font, PANGO_STYLE_ITALIC);
        pango_layout_set_font_description(l.get(), font);
        pango_font_description_free(font);
        pango_layout_set_width(l.get(), static_cast<int>(width * PANGO_SCALE));
        pango_layout_set_wrap(l.get(), PANGO_WRAP_WORD_CHAR);
        pango_layout_set_alignment(l.get(), type.align);
        pango_layout_set_text(l.get(), text.data(), static_cast<int>(text.size()));
        return l;
    }

    cairo_t* cr_;
    double width_, height_;
    double margin_ = 15 * mm;
    int number_ = 1;
    std::string foot_;
};

void rule_under(Page& page, double x, double width, double y) {
    cairo_set_line_width(page.cairo(), 0.7);
    cairo_move_to(page.cairo(), x, y);
    cairo_line_to(page.cairo(), x + width, y);
    cairo_stroke(page.cairo());
}

Result<void> draw_qr(Page& page, const std::string& text, double x, double y, double size) {
    const QrCode code(QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M));
    if (!code)
        return Error{ErrorKind::invalid, "document.qr", "Nội dung mã QR quá dài.",
                     "The text of the QR code is too long."};
    const double cell = size / code->width;
    for (int row = 0; row < code->width; ++row)
        for (int column = 0; column < code->width; ++column)
            if (code->data[row * code->width + column] & 1)
                cairo_rectangle(page.cairo(), x + column * cell, y + row * cell, cell, cell);
    cairo_fill(page.cairo());
    return Nothing{};
}

/// The heading of Vietnamese administrative papers (Decree 30/2020/NĐ-CP, Annex I): agency left, motto right.
Result<void> draw_head(Page& page, const Document& d) {
    const double half = page.inner() * 0.44, right = page.left() + page.inner() * 0.46,
                 right_width = page.inner() * 0.54;
    const double top = page.y;
    double l = top, r = top;
    if (!d.upper_agency.empty())
        l += page.draw(text::upper(d.upper_agency), page.left(), l, half, {10, false, false, PANGO_ALIGN_CENTER});
    l += page.draw(text::upper(d.agency), page.left(), l, half, {10, true, false, PANGO_ALIGN_CENTER}) + 2;
    rule_under(page, page.left() + half * 0.33, half * 0.33, l);
    l += 4;
    if (!d.number.empty()) l += page.draw(d.number, page.left(), l, half, {10, false, false, PANGO_ALIGN_CENTER});
    r += page.draw("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", right, r, right_width, {10, true, false, PANGO_ALIGN_CENTER});
    r += page.draw("Độc lập - Tự do - Hạnh phúc", right, r, right_width, {11, true, false, PANGO_ALIGN_CENTER}) + 2;
    rule_under(page, right + right_width * 0.2, right_width * 0.6, r);
    const auto local = to_local(d.made_at);
    r += 4 + page.draw(fmt::format("{}, ngày {:02} tháng {:02} năm {}", d.place, unsigned(local.date.day()),
                                   unsigned(local.date.month()), int(local.date.year())),
                       right, r + 4, right_width, {10, false, true, PANGO_ALIGN_CENTER});
    page.y = std::max(l, r) + 8;
    if (!d.qr.empty()) {
        const double size = 24 * mm;
        TRY_VOID(draw_qr(page, d.qr, page.left(), page.y, size));
        const double title_left = page.left() + size + 4 * mm;
        const double title_width = page.inner() - 2 * (size + 4 * mm);
        const double used = page.draw(text::upper(d.title), title_left, page.y + 6 * mm, title_width,
                                      {14, true, false, PANGO_ALIGN_CENTER});
        page.y += std::max(size, used + 8 * mm) + 6;
    } else {
        page.text(text::upper(d.title), {14, true, false, PANGO_ALIGN_CENTER}, 10);
    }
    if (!d.form_name.empty())
        page.draw(d.form_name, page.left(), 8 * mm, page.inner(), {8, false, true, PANGO_ALIGN_RIGHT});
    return Nothing{};
}

void draw_table(Page& page, const Table& table) {
    double shares = 0;
    for (const auto& c : table.columns) shares += c.share;
    std::vector<double> widths;
    for (const auto& c : table.columns) widths.push_back(page.inner() * c.share / shares);
    const double pad = 3;
    const auto row = [&](const std::vector<std::string>& cells, bool head) {
        const Type type{9, head, false, head ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT};
        double height = 0;
        for (size_t i = 0; i < widths.size() && i < cells.size(); ++i)
            height = std::max(height, page.measure(cells[i], widths[i] - 2 * pad, type));
        height += 2 * pad;
        page.need(height);
        double x = page.left();
        cairo_set_line_width(page.cairo(), 0.5);
        for (size_t i = 0; i < widths.size(); ++i) {
            cairo_rectangle(page.cairo(), x, page.y, widths[i], height);
            cairo_stroke(page.cairo());
            if (i < cells.size()) page.draw(cells[i], x + pad, page.y + pad, widths[i] - 2 * pad, type);
            x += widths[i];
        }
        page.y += height;
    };
    std::vector<std::string> titles;
    for (const auto& c : table.columns) titles.push_back(c.title);
    row(titles, true);
    for (const auto& cells : table.rows) row(cells, false);
    page.y += 6;
}

void draw_signatures(Page& page, const Signatures& signatures) {
    if (signatures.blocks.empty()) return;
    page.need(42 * mm);
    page.y += 6;
    const double width = page.inner() / static_cast<double>(signatures.blocks.size());
    double x = page.left(), lowest = page.y;
    for (const auto& block : signatures.blocks) {
        double y = page.y;
        y += page.draw(text::upper(block.role), x, y, width, {10, true, false, PANGO_ALIGN_CENTER});
        y += page.draw(block.note, x, y, width, {9, false, true, PANGO_ALIGN_CENTER}) + 20 * mm;
        y += page.draw(block.name, x, y, width, {10, true, false, PANGO_ALIGN_CENTER});
        lowest = std::max(lowest, y);
        x += width;
    }
    page.y = lowest + 4;
}

void draw_block(Page& page, const Block& block) {
    if (const auto* line = std::get_if<LabelledLine>(&block)) {
        // What is not known stays visibly blank, to be filled by hand.
        page.text(line->label + ": " + (line->value.empty() ? "……………………" : line->value), {11});
    } else if (const auto* paragraph = std::get_if<Paragraph>(&block)) {
        page.text(paragraph->text,
                  {11, paragraph->bold, false, paragraph->centred ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT});
    } else if (const auto* list = std::get_if<NumberedList>(&block)) {
        for (size_t i = 0; i < list->items.size(); ++i)
            page.text(fmt::format("    {}. {}", i + 1, list->items[i]), {11}, 3);
    } else if (const auto* table = std::get_if<Table>(&block)) {
        draw_table(page, *table);
    } else if (const auto* signatures = std::get_if<Signatures>(&block)) {
        draw_signatures(page, *signatures);
    }
}

cairo_status_t collect(void* closure, const unsigned char* data, unsigned int length) {
    static_cast<std::string*>(closure)->append(reinterpret_cast<const char*>(data), length);
    return CAIRO_STATUS_SUCCESS;
}

}  // namespace

Result<std::string> to_pdf(const Document& document) {
    double width = 210 * mm, height = 297 * mm;
    if (document.paper == Paper::a4_landscape) std::swap(width, height);
    if (document.paper == Paper::a5) {
        width = 148 * mm;
        height = 210 * mm;
    }
    std::string bytes;
    const Surface surface(cairo_pdf_surface_create_for_stream(collect, &bytes, width, height));
    const std::string made = to_rfc3339(document.made_at).substr(0, 19) + "Z";
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE, document.title.c_str());
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_AUTHOR, document.agency.c_str());
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE, made.c_str());
    {
        const Cairo cr(cairo_create(surface.get()));
        Page page(cr.get(), width, height, document.foot);
        TRY_VOID(draw_head(page, document));
        for (const auto& block : document.blocks) draw_block(page, block);
        page.finish();
        cairo_show_page(cr.get());
    }
    cairo_surface_finish(surface.get());
    if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS)
        return Error{ErrorKind::internal, "document.failed", "Không tạo được tệp PDF.",
                     cairo_status_to_string(cairo_surface_status(surface.get()))};
    return bytes;
}

}  // namespace hl::dossiers
