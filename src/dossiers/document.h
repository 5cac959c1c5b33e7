// A printed paper as data: header, title, blocks, and the PDF made from it (Pango sets the Vietnamese type, libqrencode
// the QR code). Rendering is a pure function of the document: the same document gives the same bytes. Any thread.
#pragma once
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace hl::dossiers {

struct LabelledLine {
    std::string label, value;  // "Mã hồ sơ", "H50.…"
};
struct Paragraph {
    std::string text;
    bool bold = false, centred = false;
};
struct NumberedList {
    std::vector<std::string> items;
};
struct TableColumn {
    std::string title;
    double share = 1;  // of the page's width
};
struct Table {
    std::vector<TableColumn> columns;
    std::vector<std::vector<std::string>> rows;
};
struct SignatureBlock {
    std::string role, note, name;  // "NGƯỜI TIẾP NHẬN HỒ SƠ", "(Ký và ghi rõ họ tên)", printed name
};
struct Signatures {
    std::vector<SignatureBlock> blocks;  // side by side
};
using Block = std::variant<LabelledLine, Paragraph, NumberedList, Table, Signatures>;

enum class Paper { a4, a4_landscape, a5 };

struct Document {
    Paper paper = Paper::a4;
    std::string form_name;     // "Mẫu số 01"
    std::string upper_agency;  // "ỦY BAN NHÂN DÂN TỈNH QUẢNG TRỊ"
    std::string agency;        // "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG"
    std::string number;        // "Số: 12/TTPVHCC"
    std::string place;         // "Đông Hà"
    Instant made_at;
    std::string title;
    std::string qr;  // what the QR code says; empty = none
    std::vector<Block> blocks;
    std::string foot;  // small print on every page
};

/// Errors: document.font (no font for Vietnamese on this machine), document.qr (text too long).
[[nodiscard]] Result<std::string> to_pdf(const Document& document);

}  // namespace hl::dossiers
