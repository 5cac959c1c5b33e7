// The forms as paper; as data: slips_json.cpp.
#include "dossiers/slips.h"

#include "base/text.h"

namespace hl::dossiers {

namespace {

std::string when(const std::optional<Instant>& t) {
    if (!t) return {};
    const auto local = to_local(*t);
    return fmt::format("{:02} giờ {:02} phút, ngày {}", local.minute_of_day / 60, local.minute_of_day % 60,
                       to_vietnamese(local.date));
}

Document base(const SlipHead& head, std::string_view form, std::string_view kind, std::string title,
              Paper paper = Paper::a4) {
    Document d;
    d.paper = paper;
    d.form_name = fmt::format("Mẫu số {} (Phụ lục I, Thông tư 03/2025/TT-VPCP)", form);
    d.upper_agency = head.upper_agency;
    d.agency = head.agency;
    const std::string desk = kind.empty()        ? head.desk
                             : head.desk.empty() ? std::string{kind}
                                                 : std::string{kind} + "-" + head.desk;
    d.number = fmt::format("Số: {}/{}", head.number.empty() ? "……" : head.number, desk);
    d.place = head.place;
    d.made_at = head.made_at;
    d.title = std::move(title);
    d.qr = head.tracking;
    return d;
}

void add_person(Document& d, const SlipPerson& p, std::string_view role) {
    d.blocks.push_back(LabelledLine{std::string{role}, p.name});
    d.blocks.push_back(LabelledLine{"Số định danh cá nhân/tổ chức", p.id_number});
    d.blocks.push_back(LabelledLine{"Địa chỉ", p.address});
    d.blocks.push_back(LabelledLine{"Số điện thoại", p.phone});
    d.blocks.push_back(LabelledLine{"Thư điện tử", p.email});
}

void add_dossier(Document& d, const std::string& code, const std::string& procedure) {
    d.blocks.push_back(LabelledLine{"Mã hồ sơ", code});
    d.blocks.push_back(LabelledLine{"Thủ tục hành chính", procedure});
}

SignatureBlock signer(std::string role, std::string name) {
    return {std::move(role), "(Ký và ghi rõ họ tên)", std::move(name)};
}

}  // namespace

Document to_document(const ReceiptSlip& s) {
    auto d = base(s.head, "01", "", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả");
    d.blocks.push_back(LabelledLine{"Mã hồ sơ", s.code});
    d.blocks.push_back(LabelledLine{"Nơi tiếp nhận", s.head.agency});
    add_person(d, s.applicant, "Tiếp nhận hồ sơ của");
    if (s.authorised) {
        add_person(d, *s.authorised, "Người được ủy quyền");
        d.blocks.push_back(LabelledLine{"Giấy tờ ủy quyền", s.authority_paper});
    }
    d.blocks.push_back(LabelledLine{"Nội dung yêu cầu giải quyết", s.request.empty() ? s.procedure : s.request});
    d.blocks.push_back(Paragraph{"Thành phần hồ sơ đã nộp:"});
    d.blocks.push_back(NumberedList{s.papers});
    d.blocks.push_back(LabelledLine{"Số lượng hồ sơ (bộ)", s.sets ? fmt::format("{:02}", *s.sets) : ""});
    d.blocks.push_back(LabelledLine{"Thời hạn giải quyết theo quy định", s.legal_time});
    d.blocks.push_back(LabelledLine{"Thời điểm nhận hồ sơ", when(s.received)});
    d.blocks.push_back(LabelledLine{
        "Thời điểm trả kết quả",
        when(s.due) + (s.due && s.due_provisional ? " (tạm tính: lịch làm việc của năm này chưa được công bố)" : "")});
    if (!s.due_rule.empty()) d.blocks.push_back(LabelledLine{"Cách tính", s.due_rule});
    d.blocks.push_back(LabelledLine{"Nơi nhận kết quả", s.result_place});
    d.blocks.push_back(Paragraph{fmt::format("Vào sổ theo dõi hồ sơ, quyển số: {}   Số thứ tự: {}",
                                             s.register_volume.empty() ? "……" : s.register_volume,
                                             s.register_number.empty() ? "……" : s.register_number)});
    d.blocks.push_back(Signatures{{signer("Người nộp hồ sơ", s.authorised ? s.authorised->name : s.applicant.name),
                                   signer("Người tiếp nhận hồ sơ", s.receiver)}});
    d.foot = "Quét mã QR để theo dõi hồ sơ. Giữ giấy này để nhận kết quả.";
    return d;
}

Document to_document(const SupplementSlip& s) {
    auto d = base(s.head, "02", "PBS", "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ");
    add_dossier(d, s.code, s.procedure);
    add_person(d, s.applicant, "Hồ sơ của");
    d.blocks.push_back(Paragraph{"Hồ sơ cần bổ sung, hoàn thiện những nội dung sau:"});
    d.blocks.push_back(NumberedList{s.items});
    d.blocks.push_back(LabelledLine{"Lý do", s.reason});
    d.blocks.push_back(LabelledLine{"Khi cần hỏi, xin liên hệ",
                                    s.contact + (s.contact_phone.empty() ? "" : ", điện thoại " + s.contact_phone)});
    d.blocks.push_back(Signatures{{signer("Người hướng dẫn", s.guide)}});
    return d;
}

Document to_document(const RefusalSlip& s) {
    auto d = base(s.head, "03", "PTC", "Phiếu từ chối tiếp nhận, giải quyết hồ sơ");
    add_person(d, s.applicant, "Tiếp nhận hồ sơ của");
    add_dossier(d, s.code, s.procedure);
    d.blocks.push_back(Paragraph{"Cơ quan từ chối tiếp nhận, giải quyết hồ sơ với lý do cụ thể sau:"});
    d.blocks.push_back(NumberedList{s.reasons});
    d.blocks.push_back(
        Signatures{{signer("Người nộp hồ sơ", s.applicant.name), signer("Người tiếp nhận hồ sơ", s.receiver)}});
    return d;
}

Document to_document(const ApologySlip& s) {
    auto d = base(s.head, "04", "PXL", "Phiếu xin lỗi và đề nghị gia hạn thời gian giải quyết");
    d.blocks.push_back(Paragraph{"Kính gửi: " + s.applicant.name, true, true});
    add_dossier(d, s.code, s.procedure);
    d.blocks.push_back(LabelledLine{"Số định danh cá nhân/tổ chức", s.applicant.id_number});
    d.blocks.push_back(LabelledLine{"Thời điểm nhận hồ sơ", when(s.received)});
    d.blocks.push_back(LabelledLine{"Thời điểm đã hẹn trả kết quả", when(s.promised)});
    d.blocks.push_back(
        Paragraph{"Đến nay hồ sơ chưa giải quyết xong. Cơ quan chân thành xin lỗi Ông/Bà/Tổ chức về sự chậm trễ này."});
    d.blocks.push_back(LabelledLine{"Lý do", s.reason});
    d.blocks.push_back(LabelledLine{"Thời điểm hẹn trả kết quả lần sau", when(s.promised_again)});
    d.blocks.push_back(Signatures{{SignatureBlock{"", "", ""},
                                   signer(s.signer_title.empty() ? "Thủ trưởng cơ quan" : s.signer_title, s.signer)}});
    return d;
}

Document to_document(const StopSlip& s) {
    auto d = base(s.head, "05", "TBD", "Thông báo dừng giải quyết hồ sơ");
    d.blocks.push_back(Paragraph{"Kính gửi: " + s.applicant.name, true, true});
    add_dossier(d, s.code, s.procedure);
    d.blocks.push_back(LabelledLine{"Số định danh cá nhân/tổ chức", s.applicant.id_number});
    d.blocks.push_back(LabelledLine{"Thời điểm dừng giải quyết", when(s.stopped)});
    d.blocks.push_back(
        LabelledLine{s.at_citizens_request ? "Dừng theo yêu cầu của người nộp; lý do" : "Lý do dừng", s.reason});
    d.blocks.push_back(LabelledLine{"Căn cứ", s.basis});
    d.blocks.push_back(Signatures{{SignatureBlock{"", "", ""},
                                   signer(s.signer_title.empty() ? "Thủ trưởng cơ quan" : s.signer_title, s.signer)}});
    return d;
}

namespace {

std::string outcome_of(const ControlSlip::Row& row) {
    if (row.on_time) return *row.on_time ? (row.early ? "Trước hạn" : "Đúng hạn") : "Quá hạn";
    switch (row.state) {
        case TaskState::open:
            return "Đang giải quyết";
        case TaskState::done:
            return "Đã xong";
        case TaskState::sent_back:
            return "Trả lại";
        case TaskState::dropped:
            return "Không đánh giá";
        case TaskState::silent:
            return "Không trả lời";
    }
    throw std::logic_error("a task state has no outcome");
}

std::string method_words(const std::string& method) {
    if (method == "desk") return "Trực tiếp";
    if (method == "post") return "Bưu chính công ích";
    if (method == "electronic") return "Trực tuyến";
    return method;
}

}  // namespace

Document to_document(const ControlSlip& s) {
    auto d = base(s.head, "06", "PKS", "Phiếu kiểm soát quá trình giải quyết hồ sơ");
    add_dossier(d, s.code, s.procedure);
    d.blocks.push_back(LabelledLine{"Cơ quan giải quyết", s.deciding_agency});
    d.blocks.push_back(
        LabelledLine{"Cơ quan phối hợp", s.cooperating.empty() ? "Không có" : text::join(s.cooperating, "; ")});
    d.blocks.push_back(LabelledLine{"Thời điểm nhận hồ sơ", when(s.received)});
    d.blocks.push_back(LabelledLine{"Thời điểm hẹn trả kết quả", when(s.due)});
    Table table{{{"Đơn vị giao, nhận", 3},
                 {"Thời điểm giao, nhận", 2},
                 {"Kết quả", 1.3},
                 {"Người giao", 2},
                 {"Người nhận", 2},
                 {"Ghi chú", 2}},
                {}};
    for (const auto& r : s.rows) {
        table.rows.push_back({r.unit, to_vietnamese(r.handed_over), outcome_of(r), r.giver, r.receiver, r.note});
    }
    d.blocks.push_back(std::move(table));
    d.foot = "Quá trình giao nhận được hệ thống ghi tự động.";
    return d;
}

Document to_document(const RegisterSlip& s) {
    auto d = base(s.head, "07", "STD", "Sổ theo dõi hồ sơ", Paper::a4_landscape);
    if (!s.title.empty()) d.blocks.push_back(Paragraph{s.title, true, true});
    const int64_t last = s.first_number + static_cast<int64_t>(s.rows.size()) - 1;
    // A part must never pass for the whole book.
    if (s.first_number > 1 || !s.next.empty())
        d.blocks.push_back(
            Paragraph{fmt::format("Bản in này là một phần của sổ: từ số thứ tự {} đến {}.{}",
                                  text::group_digits(s.first_number), text::group_digits(last),
                                  s.next.empty() ? " Đây là phần cuối."
                                                 : " SỔ CÒN TIẾP: hãy in phần kế tiếp hoặc chọn khoảng ngày hẹp hơn."),
                      true, true});
    Table table{{{"TT", 0.5},
                 {"Mã hồ sơ", 2.2},
                 {"Tên thủ tục hành chính", 3},
                 {"Người nộp", 2},
                 {"Địa chỉ, điện thoại", 2.4},
                 {"Cơ quan chủ trì", 2},
                 {"Nhận", 1.4},
                 {"Hẹn trả", 1.4},
                 {"Trả", 1.4},
                 {"Cách trả", 1.2},
                 {"Ký nhận", 1}},
                {}};
    int64_t n = s.first_number - 1;
    const auto cell = [](const std::optional<Instant>& t) { return t ? to_vietnamese(*t) : std::string{}; };
    for (const auto& r : s.rows)
        table.rows.push_back({std::to_string(++n), r.code, r.procedure, r.applicant, r.address_phone, r.lead_agency,
                              cell(r.received), cell(r.due), cell(r.returned), method_words(r.method), ""});
    d.blocks.push_back(std::move(table));
    return d;
}

}  // namespace hl::dossiers
