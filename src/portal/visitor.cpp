#include "portal/visitor.h"

#include "base/crypto.h"
#include "base/log.h"
#include "base/text.h"
#include "dossiers/own.h"
#include "http/multipart.h"
#include "http/parse.h"
#include "portal/portal_pages.h"

namespace hl::portal {

namespace {

constexpr size_t key_bytes = 32;
constexpr size_t most_remembered = 5;
constexpr std::string_view drafts_cookie = "drafts";

std::string cookie_line(const http::Request& request, std::string_view name, std::string_view value) {
    const auto life = std::chrono::duration_cast<std::chrono::seconds>(dossiers::draft_life).count();
    return fmt::format("{}{}={}; Path=/; {}HttpOnly; SameSite=Lax; Max-Age={}", request.secure ? "__Host-" : "", name,
                       value, request.secure ? "Secure; " : "", value.empty() ? 0 : life);
}
std::string cookie_of(const http::Request& request, std::string_view name) {
    return std::string{request.cookie(request.secure ? "__Host-" + std::string{name} : std::string{name})};
}
bool good_key(std::string_view key) {
    return key.size() == 43 && std::all_of(key.begin(), key.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                      c == '_';
           });
}
std::string derived(std::string_view purpose, std::string_view key) {
    const auto hash = crypto::hmac_sha256(key, purpose);
    return crypto::to_base64url({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

}  // namespace

dossiers::DraftHolder Visitor::holder() const {
    return {actor, derived("portal-draft/1", key)};
}

Result<Visitor> visitor_of(const Portal& portal, const http::Request& request) {
    Visitor v;
    v.key = cookie_of(request, "visitor");
    if (!good_key(v.key)) {
        v.key = crypto::to_base64url(crypto::random_bytes(portal.random, key_bytes));
        v.fresh = true;
        v.cookies.push_back({"Set-Cookie", cookie_line(request, "visitor", v.key)});
    }
    v.csrf = derived("portal-form/1", v.key);
    v.accepted.push_back(v.csrf);
    for (const auto& id : text::split(cookie_of(request, drafts_cookie), '.'))
        if (id.size() == 36 && v.drafts.size() < most_remembered) v.drafts.push_back(dossiers::DraftId{id});
    v.actor.organisation = portal.context().directory;
    if (access::session_token(request).empty()) return v;
    // As a reading request: the mark of a form comes in its body and is checked by check_mark. Pages know the cookie
    // alone; a bearer token is for programs.
    http::Request reading;
    reading.method = "GET";
    reading.path = request.path;
    reading.secure = request.secure;
    reading.headers = request.headers;
    std::erase_if(reading.headers, [](const auto& h) { return http::equal_ignoring_case(h.name, "Authorization"); });
    auto known = portal.sessions.actor_of(reading);
    TRY(const auto mark, portal.sessions.csrf_of(reading));
    if (!known.ok()) {
        if (known.error().kind != ErrorKind::unauthenticated && known.error().kind != ErrorKind::denied)
            return std::move(known).error();
        v.lapsed = true;
        if (!mark.empty()) v.accepted.push_back(mark);
        return v;
    }
    if (known->kind != access::ActorKind::citizen) {
        v.staff = known->kind != access::ActorKind::anonymous;
        return v;
    }
    v.actor = std::move(*known);
    v.csrf = mark;
    v.accepted.push_back(mark);
    return v;
}

void remember_drafts(Visitor& v, const http::Request& request) {
    std::string value;
    const auto from = v.drafts.size() > most_remembered ? v.drafts.size() - most_remembered : 0;
    for (size_t i = from; i < v.drafts.size(); ++i) value += (value.empty() ? "" : ".") + v.drafts[i].value;
    v.cookies.push_back({"Set-Cookie", cookie_line(request, drafts_cookie, value)});
}

void adopt_drafts(const Portal& portal, Visitor& v, const http::Request& request) {
    if (!v.citizen() || v.drafts.empty()) return;
    for (const auto& id : v.drafts) {
        const auto done = portal.store.write(
            [&](store::Transaction& tx) { return dossiers::adopt_draft(tx, v.holder(), id, portal.clock.now()); });
        // Filed or thrown away meanwhile: nothing is lost. Anything else stays with the browser for the next time.
        if (!done.ok() && done.error().kind != ErrorKind::not_found) {
            log::warning("portal", "a draft was not taken into the account", {{"code", done.error().code}});
            return;
        }
    }
    v.drafts.clear();
    remember_drafts(v, request);
}

std::string Form::get(std::string_view name) const {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string{} : found->second;
}

json::object Form::kept() const {
    json::object out;
    for (const auto& [name, value] : fields) {
        if (name == "csrf") continue;
        auto& list = out[name];
        if (!list.is_array()) list = json::array{};
        list.get_array().push_back(json::string{value});
    }
    return out;
}

Result<Form> read_form(const http::Request& request) {
    Form form;
    if (!http::is_multipart(request.header("Content-Type"))) {
        if (!request.header("Content-Type").starts_with("application/x-www-form-urlencoded"))
            return Error{ErrorKind::unsupported, "http.media_type", "Hãy gửi biểu mẫu bằng nút trên trang.",
                         "Send the form with the button on the page."};
        // The body has the grammar of a query.
        auto parsed = http::parse_target("/?" + request.body);
        if (!parsed.ok())
            return Error{ErrorKind::malformed, "form.malformed",
                         "Không đọc được biểu mẫu. Hãy tải lại trang và thử lại.",
                         "The form cannot be read. Load the page again and retry."};
        for (auto& [name, value] : parsed->query) form.fields.emplace(name, std::move(value));
        return form;
    }
    TRY(const auto parts, http::parse_multipart(request.header("Content-Type"), request.body));
    for (const auto& part : parts) {
        if (!part.file_name) {
            if (!text::is_valid_utf8(part.bytes))
                return Error{ErrorKind::malformed, "form.malformed",
                             "Không đọc được biểu mẫu. Hãy tải lại trang và thử lại.",
                             "The form cannot be read. Load the page again and retry."};
            form.fields.emplace(part.name, std::string{part.bytes});
        } else if (!part.file_name->empty() || !part.bytes.empty()) {
            form.files.push_back({*part.file_name, part.bytes});
        }
    }
    return form;
}

Result<void> check_mark(const Visitor& visitor, const Form& form, const http::Request& request) {
    const auto mark = form.get("csrf");
    const auto site = request.header("Sec-Fetch-Site");  // what the browser itself says of who sends
    const bool ours = site.empty() || site == "same-origin" || site == "none";
    if (ours && !mark.empty())
        for (const auto& good : visitor.accepted)
            if (!good.empty() && crypto::equal_constant_time(mark, good)) return Nothing{};
    return Error{ErrorKind::denied, "access.csrf",
                 "Không xác nhận được biểu mẫu này do bạn gửi. Hãy quay lại, tải lại trang rồi gửi lần nữa.",
                 "It could not be confirmed that you sent this form. Go back, load the page again and resend."};
}

int64_t listed_before(const http::Request& request) {
    const auto from = request.query_value("truoc");
    const bool good =
        from && !from->empty() && from->size() < 18 && from->find_first_not_of("0123456789") == std::string::npos;
    return good ? std::stoll(*from) : std::numeric_limits<int64_t>::max();
}

std::string local_path(std::string_view typed) {
    const bool good = typed.starts_with('/') && !typed.starts_with("//") && typed.size() <= 500 &&
                      std::all_of(typed.begin(), typed.end(), [](char c) {
                          return c > ' ' && c != '\\' && c != '"' && c != '<' && c != '>' && c != 0x7f;
                      });
    return good ? std::string{typed} : std::string{"/ho-so"};
}

http::Response redirect(const std::string& where) {
    http::Response moved;
    moved.status = 303;
    moved.set("Location", where);
    return moved;
}

http::Response to_sign_in(const http::Request& request) {
    return redirect("/dang-nhap?tiep=" + encoded(request.method == "GET" ? request.target : request.path));
}

Data data_for(const Visitor& v) {
    Data data;
    data.set("csrf", v.csrf);
    data.set("signed_in", v.citizen());
    data.set("personal", true);
    put(data, "me", v.citizen() ? v.actor.name : std::string{});
    data.set("staff", v.staff);
    return data;
}

Result<void> log_read(const Portal& portal, const Visitor& v, const http::Request& request, std::string what,
                      const SubjectId& subject, std::string purpose) {
    return portal.store.write([&](store::Transaction& tx) -> Result<void> {
        access::log_read(tx, {v.actor.label(), purpose, what, subject.value, request.request_id, portal.clock.now()});
        return Nothing{};
    });
}

void set_faults(Data& data, const std::vector<Fault>& faults) {
    Data list{Data::type::list};
    for (const auto& f : faults) {
        Data one;
        one.set("text", f.text);
        one.set("link", f.link);
        list.push_back(one);
    }
    data.set("faults", list);
    data.set("any_faults", !faults.empty());
}

}  // namespace hl::portal
