#include "links/registers/register.h"

#include <charconv>

#include "base/text.h"
#include "links/connector/journal.h"
#include "links/registers/mirror.h"

namespace hl::links::registers {

namespace {

constexpr std::string_view select_cached =
    "SELECT record, fetched_at FROM register_cache WHERE register = ? AND kind = ? AND code = ?";
constexpr std::string_view put_cached =
    "INSERT INTO register_cache (register, kind, code, record, fetched_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT "
    "(register, "
    "kind, code) DO UPDATE SET record = excluded.record, fetched_at = excluded.fetched_at";
constexpr std::string_view select_unit = "SELECT name, closed FROM register_unit WHERE code = ?";
constexpr std::string_view put_unit =
    "INSERT INTO register_unit (code, name, closed, first_seen, last_seen) VALUES (?, ?, ?, ?, ?) ON CONFLICT (code) "
    "DO "
    "UPDATE SET name = excluded.name, closed = excluded.closed, last_seen = excluded.last_seen";

struct Cached {
    Record record;
    Instant at;
};

Error unavailable(std::string_view what) {
    return {ErrorKind::unavailable, "register.unavailable",
            fmt::format("Không tra cứu được hệ thống đăng ký ({}). Hãy đối chiếu giấy tờ gốc, hoặc thử lại sau.", what),
            fmt::format("The register cannot be asked ({}). Compare with the paper, or try again later.", what)};
}

/// Faults of the line, and not answers about the code.
bool is_trouble(const Error& e) {
    return e.code == "register.unavailable" || e.code == "register.unreadable" || e.code.starts_with("http.") ||
           e.code.starts_with("link.secret");
}

std::string basic(const std::string& user, const std::string& secret) {
    return "Basic " + crypto::to_base64(user + ":" + secret);
}

}  // namespace

Register::Register(std::string name, connector::Words title, connector::PartnerSettings settings, Parts parts,
                   Elsewhere elsewhere)
    : Mapped(name, read_profile, parts.store),
      name_(std::move(name)),
      title_(std::move(title)),
      settings_(std::move(settings)),
      parts_(std::move(parts)),
      elsewhere_(std::move(elsewhere)) {}

Result<void> Register::wants(store::Reader&, const store::StoredEvent&, std::vector<connector::Wanted>&) {
    return Nothing{};
}

Result<connector::Building> Register::build(store::Reader&, const connector::Message&, Instant) {
    return connector::Building{connector::Unneeded{}};
}

connector::Reply Register::send(connector::Line&, const connector::Message&, std::string_view) {
    return {};
}

std::vector<connector::Task> Register::tasks() {
    const auto p = profile();
    if (!p.ok() || !(*p)->mirror) return {};
    connector::Task task;
    task.name = "mirror";
    task.title = {"Lấy hồ sơ giải quyết trên hệ thống trung ương", "Fetch dossiers handled on the central system"};
    task.every = std::chrono::hours{1};
    task.run = [this](connector::Line& line, Instant now) { return mirror(line, now); };
    return {task};
}

Result<std::string> Register::token(connector::Line& line, const Profile& profile, const std::string& stale) {
    const std::scoped_lock lock(mutex_);
    const Instant now = parts_.clock.now();
    if (!token_.empty() && token_ != stale && now < token_until_) {
        line.hide(token_);
        return token_;
    }
    TRY(const auto secret, connector::read_secret(settings_.secret_file));
    line.hide(secret);
    http::ClientRequest request;
    request.method = "POST";
    request.url = settings_.url + profile.token_path;
    request.timeout = settings_.pace.timeout;
    request.ca_file = settings_.ca_file.string();
    request.headers = {{"Authorization", basic(settings_.user, secret)},
                       {"Content-Type", "application/x-www-form-urlencoded"},
                       {"Accept", "application/json"}};
    request.body = "grant_type=client_credentials";
    TRY(const auto answer, line.send(request, "token"));
    if (answer.status != 200) return unavailable(fmt::format("HTTP {}", answer.status));
    const auto parsed = parse_json(answer.body);
    const auto given = parsed.ok() ? text_at(*parsed, profile.token_at) : std::nullopt;
    if (!given) return unavailable("token");
    line.hide(*given);
    const auto lifetime = text_at(*parsed, profile.lifetime_at);
    int64_t seconds = 300;
    if (lifetime) std::from_chars(lifetime->data(), lifetime->data() + lifetime->size(), seconds);
    token_ = *given;
    // A little early: it must not run out on its way.
    token_until_ = now + std::chrono::seconds{std::clamp<int64_t>(seconds - 10, 0, 86'400)};
    return token_;
}

Result<std::string> Register::get(connector::Line& line, const Profile& profile, const std::string& path,
                                  std::string_view operation) {
    std::string bearer;
    for (int round = 0; round < 2; ++round) {
        http::ClientRequest request;
        request.url = settings_.url + path;
        request.timeout = settings_.pace.timeout;
        request.ca_file = settings_.ca_file.string();
        request.headers = {{"Accept", "application/json"}};
        if (!profile.token_path.empty()) {
            TRY(bearer, token(line, profile, bearer));
            request.headers.push_back({"Authorization", "Bearer " + bearer});
        }
        TRY(auto answer, line.send(request, operation));
        if (answer.status == 401 && round == 0 && !profile.token_path.empty()) continue;
        if (answer.status == 404)
            return Error{ErrorKind::not_found, "register.not_found", "Hệ thống đăng ký không có mã số này.",
                         "The register has no such code.", "/code"};
        if (answer.status != 200) return unavailable(fmt::format("HTTP {}", answer.status));
        return std::move(answer.body);
    }
    return unavailable("HTTP 401");
}

Result<Record> Register::ask(connector::Line& line, const Profile& profile, const Shape& shape,
                             const std::string& code) {
    auto path = shape.path;
    path.replace(path.find("{code}"), 6, code);
    TRY(const auto body, get(line, profile, path, shape.kind));
    return read_record(shape, code, body);
}

Result<void> Register::keep(const Record& record, Instant now) {
    TRY(const auto p, profile());
    return parts_.store.write([&](store::Transaction& tx) -> Result<void> {
        if (name_ == "budget") TRY_VOID(observe_unit(tx, record, p->compare, now));
        const auto own = connector::own_subject(tx, parts_.vault, name_, now);
        TRY(const auto sealed, parts_.vault.seal(tx, own, "register.record", canonical_json(to_json(record))));
        tx.execute(put_cached, {name_, record.kind, record.code, store::Blob{sealed}, now});
        return Nothing{};
    });
}

Result<Found> Register::look_up(connector::Line& line, const std::string& kind, std::string_view typed, bool fresh,
                                const std::string& user) {
    TRY(const auto p, profile());
    const auto shape = p->shapes.find(kind);
    if (shape == p->shapes.end())
        return Error{ErrorKind::invalid, "register.kind", "Không có loại này trong hệ thống đăng ký.",
                     "The register has no such kind.", "kind"};
    if (name_ == "budget") {
        TRY(const auto checked, budget_code(typed));
        (void)checked;
    }
    TRY(const auto code, code_for(shape->second, typed));
    const Instant now = parts_.clock.now();
    TRY(const auto cached, parts_.store.write([&](store::Transaction& tx) -> Result<std::optional<Cached>> {
        const auto row = tx.first(select_cached, {name_, kind, code}, [](const store::Row& r) {
            return std::pair{r.string(0), r.instant(1)};
        });
        if (!row) return std::optional<Cached>{};
        const auto own = connector::own_subject(tx, parts_.vault, name_, now);
        TRY(const auto plain, parts_.vault.unseal(tx, own, "register.record", row->first));
        auto record = record_from(plain);
        if (!record) return std::optional<Cached>{};
        return std::optional{Cached{std::move(*record), row->second}};
    }));
    if (cached && !fresh && now < cached->at + std::chrono::hours{p->cache_hours})
        return Found{cached->record, cached->at, true, false, {}, {}};

    std::string message_id;
    const auto answer = [&]() -> Result<Record> {
        if (settings_.connected()) return ask(line, *p, shape->second, code);
        if (!elsewhere_.ask) return unavailable("chưa kết nối");
        TRY(auto found, elsewhere_.ask(kind, code, user));
        message_id = std::move(found.second);
        return std::move(found.first);
    }();
    TRY_VOID(parts_.store.write([&](store::Transaction& tx) -> Result<void> {
        for (const auto& e : line.take())
            TRY_VOID(connector::write_journal(tx, parts_.vault, name_,
                                              {kind + "/" + code,
                                               0,
                                               {},
                                               answer.ok() ? "accepted" : "again",
                                               answer.ok() ? "" : answer.error().code,
                                               e}));
        return Nothing{};
    }));
    if (answer.ok()) {
        TRY_VOID(keep(*answer, now));
        return Found{*answer, now, false, false, {}, message_id};
    }
    if (!is_trouble(answer.error())) return answer.error();
    if (!cached) return answer.error();
    return Found{cached->record, cached->at, true, true, answer.error().code, {}};
}

Result<json::object> Register::mirror(connector::Line& line, Instant now) {
    TRY(const auto p, profile());
    if (!p->mirror)
        return Error{ErrorKind::unsupported, "register.no_mirror", "Ánh xạ không khai danh sách hồ sơ (mirror).",
                     "The mapping does not say how dossiers are listed (mirror)."};
    const auto fetch = [&](int page) -> Result<std::string> {
        auto path = p->mirror->path;
        path.replace(path.find("{page}"), 6, std::to_string(page));
        path.replace(path.find("{size}"), 6, std::to_string(p->mirror->size));
        return get(line, *p, path, "mirror");
    };
    return mirror_all(parts_.store, parts_.context, name_, *p->mirror, fetch, now);
}

Result<void> observe_unit(store::Transaction& tx, const Record& record, const CompareRules& rules, Instant now) {
    const auto field = [&](const char* name) {
        const auto it = record.fields.find(name);
        return it == record.fields.end() ? std::string{} : it->second;
    };
    const bool closed = field("closed") == "true" || field("closed") == "1";
    struct Known {
        std::string name;
        bool closed;
    };
    const auto known = tx.first(select_unit, {record.code}, [](const store::Row& r) {
        return Known{r.string(0), r.integer(1) != 0};
    });
    if (known && known->closed && !closed && !compare_names(rules, known->name, field("name")).same)
        return Error{
            ErrorKind::conflict,
            "budget.reused",
            fmt::format("Mã {} đã đóng và nay mang tên đơn vị khác. Mã không được cấp lại; hãy hỏi cơ quan cấp mã.",
                        record.code),
            fmt::format("Code {} was closed and now belongs to another unit. Codes are never given twice; ask "
                        "who issues them.",
                        record.code),
            "/code",
            "Thông tư 185/2015/TT-BTC"};
    tx.execute(put_unit, {record.code, field("name"), closed ? 1 : 0, now, now});
    return Nothing{};
}

}  // namespace hl::links::registers
