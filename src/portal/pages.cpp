#include "portal/portal_pages.h"

#include <yaml-cpp/yaml.h>

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include "base/files.h"
#include "base/text.h"

namespace hl::portal {

namespace fs = std::filesystem;
namespace mustache = kainjow::mustache;

namespace {

constexpr std::array languages{"vi", "en"};
// Everything comes from here, nothing is inline; the portal needs no script at all.
constexpr std::string_view content_policy =
    "default-src 'none'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; script-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "
    "'none'";

Error bad(std::string code, const fs::path& file, const std::string& why) {
    return {ErrorKind::invalid, std::move(code), fmt::format("Tệp giao diện {} sai: {}", file.filename().string(), why),
            fmt::format("{}: {}", file.string(), why), file.string()};
}

void flatten(const YAML::Node& node, const std::string& prefix, std::map<std::string, std::string>& out) {
    for (const auto& entry : node) {
        const auto key = prefix + entry.first.as<std::string>();
        if (entry.second.IsMap())
            flatten(entry.second, key + "_", out);
        else
            out[key] = text::normalise(entry.second.as<std::string>());
    }
}

Data as_data(const std::map<std::string, std::string>& texts) {
    Data out;
    for (const auto& [key, value] : texts) out.set(key, value);
    return out;
}

std::string other_language_link(const http::Request& request, const std::string& other) {
    std::string link = request.path + "?";
    for (const auto& [key, value] : request.query)
        if (key != "lang") link += encoded(key) + "=" + encoded(value) + "&";
    return link + "lang=" + other;
}

}  // namespace

std::string encoded(const std::string& s) {
    return boost::urls::encode(s, boost::urls::unreserved_chars);
}

Result<std::shared_ptr<const Pages>> Pages::load(const fs::path& folder, std::vector<DemoAccount> demo) {
    auto pages = std::make_shared<Pages>();
    pages->demo_ = std::move(demo);
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator(folder, ec)) {
        if (entry.path().extension() != ".html") continue;
        TRY(auto source, read_file(entry.path()));
        const mustache::mustache parsed(source);
        if (!parsed.is_valid()) return bad("portal.template", entry.path(), parsed.error_message());
        pages->templates_[entry.path().stem().string()] = std::move(source);
    }
    pages->islands_ = fs::exists(folder / "static/islands.js", ec);
    if (ec || !pages->templates_.contains("layout"))
        return bad("portal.template", folder, "layout.html is missing or the folder cannot be read");
    for (const auto* language : languages) {
        const auto file = folder / fmt::format("{}.yaml", language);
        TRY(auto source, read_file(file));
        try {
            flatten(YAML::Load(source), "", pages->texts_[language]);
        } catch (const YAML::Exception& e) {
            return bad("portal.texts", file, e.what());
        }
        pages->text_data_[language] = as_data(pages->texts_[language]);
    }
    for (const auto& [key, value] : pages->texts_["vi"])
        if (!pages->texts_["en"].contains(key)) return bad("portal.texts", folder / "en.yaml", key + " is missing");
    for (const auto& [key, value] : pages->texts_["en"])
        if (!pages->texts_["vi"].contains(key)) return bad("portal.texts", folder / "vi.yaml", key + " is missing");
    return std::shared_ptr<const Pages>{std::move(pages)};
}

std::string Pages::language(const http::Request& request) {
    const auto asked = request.query_value("lang");
    const std::string_view chosen = asked ? std::string_view{*asked} : request.cookie("lang");
    return chosen == "en" ? "en" : "vi";
}

const std::string& Pages::text(const std::string& language, const std::string& key) const {
    const auto& texts = texts_.at(language);
    const auto found = texts.find(key);
    return found == texts.end() ? key : found->second;
}

http::Response Pages::page(const http::Request& request, const std::string& name, const std::string& title, Data data,
                           int status) const {
    const auto lang = language(request);
    const std::string other = lang == "vi" ? "en" : "vi";
    data.set("t", text_data_.at(lang));
    data.set("english", lang == "en");
    for (const auto& [part, source] : templates_)
        if (part.starts_with("_")) data.set(part, source);
    // The parsed form may not be shared between threads; parsing a page costs far less than sending it.
    mustache::mustache body(templates_.at(name));
    Data frame;
    frame.set("t", text_data_.at(lang));
    frame.set("lang", lang);
    frame.set("title", title);
    frame.set("content", body.render(data));
    frame.set("other_link", other_language_link(request, other));
    frame.set("other", other);
    frame.set("islands", islands_);
    for (const char* key : {"me", "csrf", "signed_in", "personal"})
        if (const auto* value = data.get(key)) frame.set(key, *value);
    frame.set(name, true);  // which entry of the menu is this page's
    if (!demo_.empty()) {
        Data accounts{Data::type::list};
        for (const auto& a : demo_) {
            Data one;
            one.set("login", a.login);
            one.set("password", a.password);
            one.set("what", a.what);
            accounts.push_back(one);
        }
        frame.set("demo", true);
        frame.set("accounts", accounts);
        frame.set("show_accounts", name == "home");
    }
    mustache::mustache layout(templates_.at("layout"));
    auto response = http::Response::text(layout.render(frame), "text/html; charset=utf-8", status);
    response.set("Content-Language", lang);
    response.set("Content-Security-Policy", std::string{content_policy});
    if (const auto asked = request.query_value("lang"); asked && (*asked == "vi" || *asked == "en"))
        response.headers.push_back(
            {"Set-Cookie", "lang=" + *asked + "; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly"});
    response.headers.push_back({"Vary", "Cookie"});
    return response;
}

http::Response Pages::problem(const http::Request& request, const Error& error) const {
    const auto lang = language(request);
    Data data;
    data.set("message", lang == "en" ? error.en : error.vi);
    data.set("code", error.code);
    data.set("request", request.request_id);
    const int status = http::status_of(error.kind);
    data.set("missing", status == 404);
    auto response =
        page(request, "problem", text(lang, status == 404 ? "problem_missing" : "problem_title"), data, status);
    response.set("Cache-Control", "no-store");
    return response;
}

std::string number_text(int64_t n) {
    const auto digits = std::to_string(n < 0 ? -n : n);
    std::string out = n < 0 ? "-" : "";
    for (size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) out += '.';
        out += digits[i];
    }
    return out;
}

std::string percent_text(int64_t part, int64_t whole) {
    if (whole <= 0) return {};
    // Down, never up: 99,97 % is not a hundred.
    const auto tenths = part * 1000 / whole;
    return fmt::format("{},{} %", tenths / 10, tenths % 10);
}

std::string money_text(int64_t dong) {
    return number_text(dong) + " ₫";
}

}  // namespace hl::portal
