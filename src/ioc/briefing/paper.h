// A4 paper that text, lines and tables are put on one below the other, with tags for readers that speak (PDF 1.7,
// tagged). One thread.
#pragma once
#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace hl::briefing {

struct Type {
    double size = 10;
    bool bold = false, italic = false;
    PangoAlignment align = PANGO_ALIGN_LEFT;
    double grey = 0;  // 0 black, 1 white
};
struct Cell {
    std::string text;
    bool bold = false;
    PangoAlignment align = PANGO_ALIGN_LEFT;
    double grey = 0;
};
struct Column {
    std::string title;
    double share = 1;
    PangoAlignment align = PANGO_ALIGN_LEFT;
};

class Paper {
  public:
    Paper(const std::string& title, const std::string& author, const std::string& subject, const std::string& made,
          std::string foot);
    ~Paper();
    Paper(const Paper&) = delete;
    Paper& operator=(const Paper&) = delete;

    /// `tag`: H1, H2, P.
    void text(const char* tag, const std::string& s, const Type& type, double gap = 4);
    void rule(double gap = 6);
    /// A head that is repeated on each page; rows are not torn apart.
    void table(const std::vector<Column>& columns, const std::vector<std::vector<Cell>>& rows);
    /// So that a heading does not stand alone at a page's end.
    void keep(double points) { need(points); }
    void space(double points) { y_ += points; }
    /// The document; nothing can be put on it afterwards. Errors: briefing.failed.
    [[nodiscard]] Result<std::string> finish();

  private:
    struct Unref {
        void operator()(gpointer p) const { g_object_unref(p); }
    };
    using Layout = std::unique_ptr<PangoLayout, Unref>;
    [[nodiscard]] Layout layout(const std::string& s, double width, const Type& type) const;
    [[nodiscard]] double height_of(const std::string& s, double width, const Type& type) const;
    double draw(const std::string& s, double x, double top, double width, const Type& type) const;
    bool need(double points);  // true when a page was begun
    void foot() const;
    void row(const std::vector<double>& widths, const std::vector<Cell>& cells, const char* tag, double size);

    std::string bytes_, foot_;
    cairo_surface_t* surface_ = nullptr;
    cairo_t* cr_ = nullptr;
    double y_;
    int page_ = 1;
};

}  // namespace hl::briefing
