// What registers, central systems and the power company answer, codes that people type, and profiles of the pack.
#include "access/oidc_profile.h"
#include "links/power/profile.h"
#include "links/registers/budget_code.h"
#include "links/registers/compare.h"
#include "links/registers/record.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace hl::links::registers;
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    if (const auto code = budget_code(bytes); code.ok() && code->code.size() != 7) __builtin_trap();

    Shape shape;
    shape.kind = "enterprise", shape.pattern = "[0-9]{10}", shape.record = "/GetEntCert/0",
    shape.empty_at = "/GetEntCert";
    shape.code_at = "/MaSoDoanhNghiep";
    shape.fields = {{"name", "/TenTiengViet"}};
    shape.required = {"name"};
    if (const auto record = read_record(shape, "3200000001", bytes); record.ok()) {
        if (record->fields.at("name").empty()) __builtin_trap();
        const auto again = record_from(hl::json::serialize(to_json(*record)));
        if (!again || again->fields != record->fields) __builtin_trap();
    }
    MirrorShape mirror;
    mirror.items = "/DanhSachHoSo", mirror.total = "/TongSo";
    mirror.fields = {
        {"code", "/MaHoSo"}, {"procedure", "/MaTTHC"}, {"status", "/TrangThai"}, {"received_at", "/NgayTiepNhan"}};
    mirror.statuses = {{"4", 4}};
    if (const auto page = read_mirror_page(mirror, bytes); page.ok()) {
        if (static_cast<int64_t>(page->items.size()) + page->unreadable != page->given) __builtin_trap();
    }
    (void)time_from(bytes);

    CompareRules rules;
    rules.punctuation = ".,-";
    rules.words = {{"tnhh", "trách nhiệm hữu hạn"}, {"a", "a a"}};
    const auto half = bytes.substr(0, size / 2), rest = bytes.substr(size / 2);
    if (compare_names(rules, half, rest).same != compare_names(rules, rest, half).same) __builtin_trap();

    hl::power::Profile power;
    power.items = "/tien_do", power.number_at = "/so", power.dossier_at = "/ma_ho_so", power.word_at = "/buoc";
    power.time_at = "/luc";
    power.meanings = {{"dong_dien", "finished"}};
    if (const auto list = hl::power::read_movements(power, bytes); list.ok())
        for (const auto& m : list->items)
            if (m.number <= 0 || m.code.empty()) __builtin_trap();
    (void)hl::power::read_answer(power, bytes);

    std::vector<hl::Error> errors;
    (void)hl::access::parse_oidc_profile(std::string{bytes}, "fuzz.yaml", errors);
    return 0;
}
