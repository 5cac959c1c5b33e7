#include "app/pages.h"

#include "app/outside.h"
#include "base/crypto.h"
#include "base/files.h"
#include "base/json.h"
#include "base/log.h"
#include "http/server.h"
#include "ioc/warnings/warnings.h"
#include "portal/portal.h"

namespace hl::app {

namespace fs = std::filesystem;

namespace {

Result<std::vector<portal::DemoAccount>> demonstration_accounts(const fs::path& file) {
    std::vector<portal::DemoAccount> accounts;
    std::error_code ec;
    if (!fs::exists(file, ec)) return accounts;
    TRY(auto bytes, read_file(file, 1u << 20));
    TRY(auto list, parse_json(bytes));
    const Error malformed{ErrorKind::malformed, "demonstration.malformed", "Tệp tài khoản trình diễn hỏng.",
                          "The file of demonstration accounts is damaged. Remove it to leave demonstration mode.",
                          file.string()};
    if (!list.is_array()) return malformed;
    for (const auto& item : list.as_array()) {
        portal::DemoAccount account;
        for (auto [key, target] :
             {std::pair{"login", &account.login}, {"password", &account.password}, {"what", &account.what}}) {
            const auto* value = item.is_object() ? item.as_object().if_contains(key) : nullptr;
            if (!value || !value->is_string()) return malformed;
            *target = value->as_string();
        }
        accounts.push_back(std::move(account));
    }
    return accounts;
}

/// The application's own addresses ("/app/desk/…") are made in the browser: all of them begin with its first page.
http::Route application(const fs::path& folder) {
    auto files = http::static_files("/app", folder);
    files.handler = [serve = std::move(files.handler)](http::Request&& request, http::Responder respond) {
        for (auto& [name, value] : request.path_params)
            if (name == "path" && value.substr(value.rfind('/') + 1).find('.') == std::string::npos)
                value = "index.html";
        serve(std::move(request), std::move(respond));
    };
    return files;
}

/// The service worker must stand at the root, whose pages it serves, and must change when any file it keeps changes:
/// browsers compare its bytes. Nothing when it was not built.
std::optional<std::string> service_worker(const fs::path& folder) {
    constexpr std::string_view mark = "%HL_VERSION%";
    auto script = read_file(folder / "sw.js");
    if (!script.ok()) return std::nullopt;
    const auto at = script->find(mark);
    if (at == std::string::npos) return std::nullopt;
    std::vector<fs::path> files;
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator(folder, ec))
        if (entry.is_regular_file(ec)) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::string content;
    for (const auto& file : files)
        if (auto bytes = read_file(file); bytes.ok()) content += file.filename().string() + "\n" + *bytes;
    return script->replace(at, mark.size(), crypto::to_hex(crypto::sha256(content)).substr(0, 16));
}

/// In the page's language, where the message has it; else in its first.
std::vector<portal::PublicWarning> public_warnings(store::Reader& reader, std::string_view language, Instant now) {
    std::vector<portal::PublicWarning> out;
    for (const auto& w : warnings::active_warnings(reader, now)) {
        const auto& infos = w.message.infos;
        if (infos.empty()) continue;
        const auto own = std::find_if(infos.begin(), infos.end(),
                                      [&](const warnings::Info& i) { return i.language.starts_with(language); });
        const auto& i = own == infos.end() ? infos.front() : *own;
        std::string area;
        for (const auto& a : i.areas) area += (area.empty() ? "" : "; ") + a.description;
        out.push_back({i.headline.empty() ? i.event : i.headline, i.description, i.instruction, std::move(area),
                       i.sender_name.empty() ? w.message.sender : i.sender_name,
                       fmt::format("/api/v1/warnings/{}/cap", w.id), w.ends});
    }
    return out;
}

}  // namespace

Result<void> add_pages(http::Router& router, Program& program, access::Sessions& sessions) {
    const auto& config = program.config();
    TRY(auto accounts, demonstration_accounts(demonstration_file(config)));
    TRY(auto pages, portal::Pages::load(config.portal, std::move(accounts)));
    std::vector<std::string> providers;
    for (const auto& p : config.oidc) providers.push_back(p.name);
    portal::add_portal(router, {program.store(), program.clock(), [&program] { return program.context(); },
                                program.guesses(), pages, config.national_portal, sessions, program.files(),
                                program.random(), providers, outside_of(program), public_warnings});
    router.add(http::static_files("/portal", config.portal / "static"));
    if (auto script = service_worker(config.portal / "static")) {
        const auto text = std::make_shared<const std::string>(*std::move(script));
        router.get("/sw.js", [text](const http::Request&) {
            auto response = http::Response::text(*text, "text/javascript; charset=utf-8");
            response.set("Cache-Control", "no-cache");
            return response;
        });
    }
    if (auto document = read_file(config.api_document); document.ok()) {
        auto text = std::make_shared<std::string>(std::move(*document));
        router.get("/api/openapi.yaml",
                   [text](const http::Request&) { return http::Response::text(*text, "application/yaml"); });
    } else {
        log::warning("app", "the API's description is not served", {{"code", document.error().code}});
    }
    std::error_code ec;
    if (!config.web.empty() && fs::exists(config.web / "index.html", ec)) {
        router.add(application(config.web));
        router.get("/app", [](const http::Request&) {
            http::Response moved;
            moved.status = 302;
            moved.set("Location", "/app/desk");
            return moved;
        });
    }
    return Nothing{};
}

}  // namespace hl::app
