#include "app/pages.h"

#include "base/files.h"
#include "http/server.h"

namespace hl::app {

namespace {

constexpr std::string_view style = R"css(
:root{color-scheme:light dark;font:18px/1.5 system-ui,sans-serif}
body{max-width:44rem;margin:0 auto;padding:1rem}
h1{font-size:1.6rem;margin:.5rem 0}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.4rem .5rem;border-bottom:1px solid #8888}
td:last-child{font-variant-numeric:tabular-nums}
a{color:#0b57d0}
@media (prefers-color-scheme:dark){a{color:#a8c7fa}}
:focus-visible{outline:3px solid #ffbf47;outline-offset:2px}
)css";

std::string escape(std::string_view s) {
    std::string out;
    for (const char c : s) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

http::Response page(std::string_view title, const std::string& body) {
    return http::Response::text(
        fmt::format("<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                    "content=\"width=device-width,initial-scale=1\"><title>{} – Hiền Lương</title>"
                    "<link rel=\"stylesheet\" href=\"/style.css\"></head><body><main>{}</main></body></html>",
                    escape(title), body),
        "text/html; charset=utf-8");
}

std::string row(std::string_view name, const std::string& value) {
    return fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>", escape(name), escape(value));
}

http::Response home(Program& program) {
    const auto organisation = program.snapshots().organisation();
    const auto now = program.clock().now();
    const Date today = local_date(now);
    const auto size = program.store().read([](store::Reader& r) -> Result<int64_t> { return store::ledger_size(r); });
    const auto checkpoint = program.store().read(
        [](store::Reader& r) -> Result<std::optional<store::Checkpoint>> { return store::latest_checkpoint(r); });
    const auto* province = organisation->unit(organisation->province());
    const auto* version = province ? province->at(today) : nullptr;
    std::string body = fmt::format(
        "<h1>Hiền Lương{}</h1><p>Hệ thống một cửa điện tử trên sổ cái sự kiện kiểm chứng được.</p><table><tbody>",
        version ? " – " + escape(version->name) : "");
    body += row("Đơn vị hành chính cấp xã",
                std::to_string(organisation->units_at(today, directory::UnitLevel::commune).size()));
    body += row("Cơ quan", std::to_string(organisation->agencies_at(today).size()));
    body +=
        row("Thủ tục hành chính đang áp dụng", std::to_string(program.snapshots().catalogue()->all_valid(now).size()));
    body += row("Sự kiện trong sổ cái", size.ok() ? std::to_string(*size) : "không đọc được");
    body += row("Điểm chốt gần nhất", checkpoint.ok() && *checkpoint ? to_vietnamese((*checkpoint)->at) : "chưa có");
    body +=
        "</tbody></table><ul><li><a href=\"/api/openapi.yaml\">Mô tả API</a></li><li><a "
        "href=\"/api/v1/procedures\">Danh mục thủ tục</a></li>"
        "<li><a href=\"/api/v1/agencies\">Cơ quan</a></li><li><a href=\"/api/v1/ledger/checkpoint\">Điểm chốt đã "
        "ký</a></li>"
        "<li><a href=\"/healthz\">Tình trạng máy chủ</a></li></ul>";
    return page("Một cửa điện tử", body);
}

}  // namespace

void add_pages(http::Router& router, Program& program) {
    router.get("/", [&program](const http::Request&) { return home(program); });
    router.get("/style.css", [](const http::Request&) {
        return http::Response::text(std::string{style}, "text/css; charset=utf-8")
            .set("Cache-Control", "public, max-age=3600");
    });
    auto document = read_file(program.config().api_document);
    if (document.ok()) {
        auto text = std::make_shared<std::string>(std::move(*document));
        router.get("/api/openapi.yaml",
                   [text](const http::Request&) { return http::Response::text(*text, "application/yaml"); });
    }
    if (!program.config().web.empty()) router.add(http::static_files("/app", program.config().web));
}

}  // namespace hl::app
