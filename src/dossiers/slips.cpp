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
    const std::string desk = kind.empty() ? head.desk : std::string{kind} + "-" + head.desk;
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

boost::json::value text_or_null(const std::string& s) {
    return s.empty() ? boost::json::value() : boost::json::value(s);
}
boost::json::value time_or_null(const std::optional<Instant>& t) {
    return t ? boost::json::value(to_rfc3339_local(*t)) : boost::json::value();
}
boost::json::array list(const std::vector<std::string>& items) {
    boost::json::array out;
    for (const auto& i : items) out.emplace_back(i);
    return out;
}
boost::json::object to_json(const SlipPerson& p) {
    return {{"name", text_or_null(p.name)},
            {"id_number", text_or_null(p.id_number)},
            {"address", text_or_null(p.address)},
            {"phone", text_or_null(p.phone)},
            {"email", text_or_null(p.email)}};
}
boost::json::object head_json(const SlipHead& h, std::string_view form, const std::string& code,
                              const std::string& procedure) {
    return {{"form", form},
            {"agency", h.agency},
            {"upper_agency", text_or_null(h.upper_agency)},
            {"number", text_or_null(h.number)},
            {"made_at", to_rfc3339_local(h.made_at)},
            {"code", text_or_null(code)},
            {"procedure", text_or_null(procedure)}};
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
    d.blocks.push_back(LabelledLine{"Số lượng hồ sơ", fmt::format("{:02} (bộ)", s.sets)});
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
    d.blocks.push_back(Signatures{{SignatureBlock{"", "", ""},
                                   signer(s.signer_title.empty() ? "Thủ trưởng cơ quan" : s.signer_title, s.signer)}});
    return d;
}

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
        const std::string outcome = !r.on_time   ? "Đang giải quyết"
                                    : *r.on_time ? (r.early ? "Trước hạn" : "Đúng hạn")
                                                 : "Quá hạn";
        table.rows.push_back({r.unit, to_vietnamese(r.handed_over), outcome, r.giver, r.receiver, r.note});
    }
    d.blocks.push_back(std::move(table));
    d.foot = "Quá trình giao nhận được hệ thống ghi tự động.";
    return d;
}

Document to_document(const RegisterSlip& s) {
    auto d = base(s.head, "07", "STD", "Sổ theo dõi hồ sơ", Paper::a4_landscape);
    if (!s.title.empty()) d.blocks.push_back(Paragraph{s.title, true, true});
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
    int n = 0;
    const auto cell = [](const std::optional<Instant>& t) { return t ? to_vietnamese(*t) : std::string{}; };
    for (const auto& r : s.rows)
        table.rows.push_back({std::to_string(++n), r.code, r.procedure, r.applicant, r.address_phone, r.lead_agency,
                              cell(r.received), cell(r.due), cell(r.returned), r.method, ""});
    d.blocks.push_back(std::move(table));
    return d;
}

boost::json::object to_json(const ReceiptSlip& s) {
    auto o = head_json(s.head, "01", s.code, s.procedure);
    o["applicant"] = to_json(s.applicant);
    o["authorised"] = s.authorised ? boost::json::value(to_json(*s.authorised)) : boost::json::value();
    o["authority_paper"] = text_or_null(s.authority_paper);
    o["request"] = text_or_null(s.request);
    o["papers"] = list(s.papers);
    o["sets"] = s.sets;
    o["legal_time"] = text_or_null(s.legal_time);
    o["received"] = to_rfc3339_local(s.received);
    o["due"] = time_or_null(s.due);
    o["due_provisional"] = s.due_provisional;
    o["due_rule"] = text_or_null(s.due_rule);
    o["result_place"] = text_or_null(s.result_place);
    o["register_volume"] = text_or_null(s.register_volume);
    o["register_number"] = text_or_null(s.register_number);
    o["receiver"] = text_or_null(s.receiver);
    return o;
}
boost::json::object to_json(const SupplementSlip& s) {
    auto o = head_json(s.head, "02", s.code, s.procedure);
    o["applicant"] = to_json(s.applicant);
    o["items"] = list(s.items);
    o["reason"] = text_or_null(s.reason);
    o["contact"] = text_or_null(s.contact);
    o["contact_phone"] = text_or_null(s.contact_phone);
    o["guide"] = text_or_null(s.guide);
    return o;
}
boost::json::object to_json(const RefusalSlip& s) {
    auto o = head_json(s.head, "03", s.code, s.procedure);
    o["applicant"] = to_json(s.applicant);
    o["reasons"] = list(s.reasons);
    o["receiver"] = text_or_null(s.receiver);
    return o;
}
boost::json::object to_json(const ApologySlip& s) {
    auto o = head_json(s.head, "04", s.code, s.procedure);
    o["applicant"] = to_json(s.applicant);
    o["received"] = to_rfc3339_local(s.received);
    o["promised"] = time_or_null(s.promised);
    o["reason"] = text_or_null(s.reason);
    o["promised_again"] = time_or_null(s.promised_again);
    o["signer"] = text_or_null(s.signer);
    o["signer_title"] = text_or_null(s.signer_title);
    return o;
}
boost::json::object to_json(const StopSlip& s) {
    auto o = head_json(s.head, "05", s.code, s.procedure);
    o["applicant"] = to_json(s.applicant);
    o["stopped"] = to_rfc3339_local(s.stopped);
    o["reason"] = text_or_null(s.reason);
    o["at_citizens_request"] = s.at_citizens_request;
    o["signer"] = text_or_null(s.signer);
    o["signer_title"] = text_or_null(s.signer_title);
    return o;
}
boost::json::object to_json(const ControlSlip& s) {
    auto o = head_json(s.head, "06", s.code, s.procedure);
    o["deciding_agency"] = text_or_null(s.deciding_agency);
    o["cooperating"] = list(s.cooperating);
    o["received"] = to_rfc3339_local(s.received);
    o["due"] = time_or_null(s.due);
    boost::json::array rows;
    for (const auto& r : s.rows)
        rows.push_back({{"unit", r.unit},
                        {"handed_over", to_rfc3339_local(r.handed_over)},
                        {"on_time", r.on_time ? boost::json::value(*r.on_time) : boost::json::value()},
                        {"early", r.early},
                        {"note", text_or_null(r.note)},
                        {"giver", text_or_null(r.giver)},
                        {"receiver", text_or_null(r.receiver)}});
    o["rows"] = rows;
    return o;
}
boost::json::object to_json(const RegisterSlip& s) {
    auto o = head_json(s.head, "07", "", "");
    o.erase("code");
    o.erase("procedure");
    o["title"] = text_or_null(s.title);
    boost::json::array rows;
    for (const auto& r : s.rows)
        rows.push_back({{"code", r.code},
                        {"procedure", r.procedure},
                        {"applicant", text_or_null(r.applicant)},
                        {"address_phone", text_or_null(r.address_phone)},
                        {"lead_agency", text_or_null(r.lead_agency)},
                        {"received", time_or_null(r.received)},
                        {"due", time_or_null(r.due)},
                        {"returned", time_or_null(r.returned)},
                        {"method", text_or_null(r.method)}});
    o["rows"] = rows;
    return o;
}

}  // namespace hl::dossiers
