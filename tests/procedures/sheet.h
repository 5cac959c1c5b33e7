// A made-up sheet and templates that the tests of this room share.
#pragma once
#include <gtest/gtest.h>

#include "base/text.h"
#include "procedures/draft_sheet.h"
#include "procedures/pack.h"

namespace hl::procedures::test {

inline const Templates& templates() {
    static const Templates all = [] {
        std::vector<Error> errors;
        auto t = read_templates(std::filesystem::path{HL_SOURCE_DIR} / "packs/quang-tri", errors);
        for (const auto& e : errors) ADD_FAILURE() << e.at << ": " << e.en;
        return t;
    }();
    return all;
}

inline const std::string sheet = R"(code: "9.000001"
name: {vi: "Đăng ký khai sinh thử", en: "Trial birth registration"}
level: commune
sector: {code: ho-tich, name: "Hộ tịch"}
owner: "Ủy ban nhân dân cấp xã"
subjects: [citizen]
decides: {role: lanh-dao, level: commune}
channels:
  - {channel: desk, time: {value: 3, unit: working_days}}
  - {channel: online, level: full, time: {value: 1, unit: working_days, same_day: true}}
fees:
  - {id: le-phi, name: "Lệ phí hộ tịch", kind: fee, amount: 8000, currency: VND, unit: "đồng/lần", when: 'late = true', basis: "thử"}
components:
  - {id: to-khai, name: "Tờ khai", originals: 1, copies: 0, required: true, show_only: false, when: "", reuse: none}
  - {id: uy-quyen, name: "Văn bản ủy quyền", originals: 1, copies: 0, required: true, show_only: false, when: 'relation = "other"', reuse: none}
results:
  - {id: giay, name: "Giấy khai sinh", signed: digital}
basis:
  - {act: "Luật Hộ tịch 60/2014/QH13", article: "Điều 16", from: 2016-01-01}
valid: {from: 2025-07-01, to: null}
flow:
  template: one-agency
  hours: {receive: 2, assign: 2, handle: 3, approve: 1, return: 0}
form:
  - {id: child_name, label: {vi: "Họ và tên trẻ", en: "Child"}, type: string, required: true}
  - {id: born, label: {vi: "Ngày sinh", en: "Born"}, type: date, required: true}
  - {id: late, label: {vi: "Quá hạn", en: "Late"}, type: boolean, required: true}
  - id: relation
    label: {vi: "Quan hệ", en: "Relation"}
    type: enum
    required: true
    values:
      - {id: parent, vi: "Cha, mẹ", en: "Parent"}
      - {id: other, vi: "Khác", en: "Other"}
  - {id: reason, label: {vi: "Lý do", en: "Reason"}, type: text, required: true, when: 'relation = "other"'}
samples:
  - name: "đúng hạn"
    channel: desk
    answers: {child_name: "Trẻ thử", born: "2026-01-02", late: false, relation: parent}
    expect: {components: [to-khai], charges: {}, time: {value: 3, unit: working_days}}
  - name: "quá hạn, người khác nộp"
    channel: online
    answers: {child_name: "Trẻ thử", born: "2026-01-02", late: true, relation: other, reason: "ở xa"}
    expect: {components: [to-khai, uy-quyen], charges: {le-phi: 8000}, time: {value: 1, unit: working_days, same_day: true}}
sources: [{what: "all", where: "made up for tests", read: "2026-11-23"}]
unverified: []
notes: ""
)";

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

inline Draft draft_of(const std::string& text) {
    std::vector<Error> errors;
    auto draft = parse_procedure(text, "t.yaml", templates(), errors);
    for (const auto& e : errors) ADD_FAILURE() << e.at << ": " << e.en;
    return draft ? *draft : Draft{};
}

inline Release first_release(const Draft& draft) {
    auto r = procedures::release_of(draft);
    r.id = ReleaseId{draft.card.code.value + "@1"};
    r.number = 1;
    r.valid_from = {};
    return r;
}

}  // namespace hl::procedures::test
