// One message of every kind that travels on the axis, written by us; names and numbers are made up.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "base/crypto.h"
#include "documents/edxml.h"

namespace hl::documents::test {

inline const Profile& profile() {
    static const auto read = Profile::read(HL_SOURCE_DIR "/packs/quang-tri/documents/edxml.yaml");
    if (!read.ok()) throw std::runtime_error(read.error().en);
    return **read;
}

inline Date day(int y, unsigned m, unsigned d) {
    return {std::chrono::year{y}, std::chrono::month{m}, std::chrono::day{d}};
}

inline Organisation sender() {
    return {"H50.01",
            "Ủy ban nhân dân tỉnh",
            "Văn phòng thử nghiệm",
            "Số 1 <Đường & Phố>",
            "vp@example.vn",
            "0233 0000 000",
            "",
            "https://example.vn"};
}
inline Organisation receiver() {
    Organisation o;
    o.organ_id = "000.00.02.H50";
    o.name = "Sở thử nghiệm";
    return o;
}

inline BusinessMessage fresh() {
    BusinessMessage m;
    m.from = sender();
    m.to = {receiver(), Organisation{"H50.03", "", "Sở khác", "", "", "", "", ""}};
    m.code = {"125", "UBND-NC"};
    m.promulgated = day(2026, 11, 23);
    m.document_id = make_document_id(m.from.organ_id, *m.promulgated, m.code);
    m.place = "Đồng Hới";
    m.type = {"1", "", "Công văn"};
    m.subject = "V/v rà soát thủ tục \"A\" < B & C";
    m.content = "Dòng một\nDòng hai\r\n";
    m.content = "Dòng một\nDòng hai";
    m.signer = {"KT. CHỦ TỊCH", "Phó Chủ tịch", "Người Ký Thử"};
    m.due = day(2026, 12, 1);
    m.to_places = {"Như trên", "Lưu: VT"};
    m.other = {3, "Liên thông", "NVT", 12, 4, "", {"Phụ lục I", "Phụ lục II"}};
    m.steering = 2;
    m.trace = {{"H50.01", at_local(day(2026, 11, 23), 9, 15)}};
    m.reason = "Văn bản mới";
    m.paper = false;
    m.staff = Staff{"Phòng Hành chính", "Cán Bộ Thử", "", "cb@example.vn"};
    m.attachments = {{"7c1d", "Công văn 125.pdf", "application/pdf", "Văn bản chính", "%PDF-1.7 thử\n"},
                     {"7c1e", "Phụ lục.xlsx", "application/vnd.ms-excel", "", std::string("PK\0\1\2nhị phân", 14)}};
    return m;
}

inline BusinessMessage update() {
    auto m = fresh();
    m.code = {"130", "UBND-NC"};
    m.document_id = make_document_id(m.from.organ_id, *m.promulgated, m.code);
    m.business = Business::update;
    m.reason = "Bổ sung nơi nhận";
    m.of_document = "H50.01,2026/11/23,125/UBND-NC";
    m.change = Change{false, true, {{"H50.04", true}, {"H50.03", false}}};
    m.attachments.clear();
    return m;
}

inline BusinessMessage replacement() {
    auto m = fresh();
    m.code = {"131", "UBND-NC"};
    m.document_id = make_document_id(m.from.organ_id, *m.promulgated, m.code);
    m.business = Business::replacement;
    m.reason = "Sai phụ lục";
    m.replaced = {{"H50.01,2026/11/23,125/UBND-NC", {"H50.02", "H50.03"}}, {"H50.01,2026/11/20,99/UBND-NC", {}}};
    return m;
}

inline BusinessMessage recall() {
    auto m = fresh();
    m.code = {"132", "UBND-NC"};
    m.document_id = make_document_id(m.from.organ_id, *m.promulgated, m.code);
    m.business = Business::recall;
    m.reason = "Gửi nhầm";
    m.response_for = {{"H50.02", {"125", "UBND-NC"}, day(2026, 11, 23), "H50.01,2026/11/23,125/UBND-NC"}};
    m.attachments.clear();
    return m;
}

inline StatusMessage status(std::string code) {
    StatusMessage s;
    s.from = receiver();
    s.response_for = {"H50.01", {"125", "UBND-NC"}, day(2026, 11, 23), "H50.01,2026/11/23,125/UBND-NC"};
    s.code = std::move(code);
    s.description = "Trạng thái thử <&>";
    s.at = at_local(day(2026, 11, 23), 10, 5) + std::chrono::seconds{7};
    s.staff = Staff{"Văn thư", "Cán Bộ Thử", "0900000000", ""};
    return s;
}

inline std::vector<std::pair<std::string, Message>> samples() {
    std::vector<std::pair<std::string, Message>> out{
        {"new", fresh()}, {"update", update()}, {"replacement", replacement()}, {"recall", recall()}};
    for (const auto* code : {"01", "02", "03", "04", "05", "06", "13", "15", "16"})
        out.emplace_back(std::string{"status_"} + code, status(code));
    return out;
}

inline std::string written(const Message& m) {
    auto out = write_edxml(m, profile());
    if (!out.ok()) throw std::runtime_error(out.error().en);
    return *std::move(out);
}

}  // namespace hl::documents::test
