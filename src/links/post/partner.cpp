#include "links/post/partner.h"

#include <algorithm>

#include "base/crypto.h"

namespace hl::post {

using connector::Reply;
using connector::Verdict;

namespace {

constexpr int most_pages = 10'000;
constexpr std::chrono::minutes listed_life{30};

bool among(const std::vector<std::string>& codes, const std::string& code) {
    return std::find(codes.begin(), codes.end(), code) != codes.end();
}

std::string encoded(std::string_view s) {
    std::string out;
    for (const char c : s) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                           c == '.' || c == '_' || c == '~';
        out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

Reply later(const Error& e, bool trouble = true) {
    return {Verdict::again, e.code, "", {e.vi, e.en}, trouble};
}

Reply refused(const OrderReply& reply) {
    return {Verdict::refused,
            reply.status,
            "",
            {"Bưu chính không nhận: " + reply.message, "The post refuses: " + reply.message},
            false};
}

}  // namespace

Result<std::string> Partner::token(connector::Line& line, const Profile& profile) {
    const Instant now = parts_.clock.now();
    {
        const std::scoped_lock lock(mutex_);
        if (!token_.empty() && now < token_until_) {
            line.hide(token_);
            return token_;
        }
    }
    TRY(const auto secret, connector::read_secret(parts_.settings.secret_file));
    const auto basic = crypto::to_base64(parts_.settings.user + ":" + secret);
    line.hide(secret);
    line.hide(basic);
    http::ClientRequest r;
    r.method = "POST";
    r.url = parts_.settings.url + profile.paths.at("token");
    r.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Authorization", "Basic " + basic}};
    r.body = "grant_type=client_credentials";
    r.timeout = parts_.settings.pace.timeout;
    r.ca_file = parts_.settings.ca_file.string();
    TRY(const auto answer, line.send(r, "token"));
    const Error none{ErrorKind::unavailable, "post.no_token", "Bưu chính không cấp phiên làm việc.",
                     "The post gives no session."};
    const auto value = parse_json(answer.body);
    if (answer.status != 200 || !value.ok() || !value->is_object()) return none;
    const auto* given = value->get_object().if_contains("access_token");
    if (!given || !given->is_string() || given->get_string().empty()) return none;
    std::string fresh{given->get_string()};
    line.hide(fresh);
    int64_t seconds = 300;
    if (const auto* life = value->get_object().if_contains("expires_in"); life && life->is_int64())
        seconds = std::clamp<int64_t>(life->get_int64() - 30, 10, 86'400);
    const std::scoped_lock lock(mutex_);
    token_ = fresh;
    token_until_ = now + std::chrono::seconds{seconds};
    return fresh;
}

void Partner::forget_token() {
    const std::scoped_lock lock(mutex_);
    token_.clear();
}

Result<http::Response> Partner::call(connector::Line& line, const Profile& profile, http::ClientRequest request,
                                     std::string_view operation) {
    for (int round = 0;; ++round) {
        TRY(const auto key, token(line, profile));
        auto r = request;
        r.headers.push_back({"Authorization", "Bearer " + key});
        r.headers.push_back({"Accept", "application/json"});
        r.timeout = parts_.settings.pace.timeout;
        r.ca_file = parts_.settings.ca_file.string();
        TRY(auto answer, line.send(r, operation));
        if (answer.status == 200) return answer;
        if (answer.status == 401 && round == 0) {
            forget_token();
            continue;
        }
        return Error{ErrorKind::unavailable, fmt::format("http.{}", answer.status), "Bưu chính chưa phục vụ được.",
                     "The post does not serve just now."};
    }
}

Reply Partner::send(connector::Line& line, const connector::Message& message, std::string_view bytes) {
    const auto profile = this->profile(parts_.clock.now());
    if (!profile.ok()) return later(profile.error());
    http::ClientRequest r;
    if (message.kind == "order") {
        r.method = "POST";
        r.url = parts_.settings.url + (*profile)->paths.at("order");
        r.headers = {{"Content-Type", "application/json; charset=utf-8"}};
        r.body = bytes;
    } else {
        r.url = fmt::format("{}{}?CustomerCode={}&OrderNumber={}", parts_.settings.url, (*profile)->paths.at("cancel"),
                            encoded(parts_.settings.extra("customer")), encoded(message.key));
    }
    const auto answer = call(line, **profile, std::move(r), message.kind);
    if (!answer.ok()) return later(answer.error());
    const auto reply = parse_order_reply(answer->body, **profile);
    if (!reply.ok()) return later(reply.error());
    return message.kind == "order" ? order_sent(message, bytes, *reply, **profile)
                                   : cancel_sent(message, *reply, **profile);
}

Reply Partner::order_sent(const connector::Message& message, std::string_view bytes, const OrderReply& reply,
                          const Profile& profile) {
    // The order carries its own number: that the post has it already is what was wanted.
    if (!among(profile.good, reply.status) && !among(profile.exists, reply.status)) {
        if (among(profile.refused, reply.status)) return refused(reply);
        return {Verdict::again,
                "post.status",
                "Status",
                {"Bưu chính trả mã không có trong bảng ánh xạ: " + reply.status,
                 "The post answers with a code that the mapping does not have: " + reply.status},
                true};
    }
    const auto sent = parse_json(bytes);
    const auto amount = sent.ok() ? sent->at("CODAmount").to_number<int64_t>() : 0;
    const auto kept = parts_.store.write([&](store::Transaction& tx) {
        return registered(tx, parts_.context(), message.key, DossierCode{message.stream}, amount, reply.item,
                          parts_.clock.now());
    });
    if (!kept.ok()) return later(kept.error(), false);
    return {Verdict::accepted, reply.status, "", {}, false};
}

Reply Partner::cancel_sent(const connector::Message& message, const OrderReply& reply, const Profile& profile) {
    // What the post does not know need not be cancelled.
    if (!among(profile.good, reply.status) && !among(profile.unknown, reply.status)) return refused(reply);
    const auto kept =
        parts_.store.write([&](store::Transaction& tx) { return cancelled(tx, message.key, parts_.clock.now()); });
    if (!kept.ok()) return later(kept.error(), false);
    return {Verdict::accepted, reply.status, "", {}, false};
}

Result<std::vector<Movement>> Partner::movements(connector::Line& line, const Profile& profile,
                                                 const std::string& after) {
    http::ClientRequest r;
    r.url = fmt::format("{}{}?pagesize={}&lastId={}", parts_.settings.url, profile.paths.at("tracking"), profile.page,
                        encoded(after));
    TRY(const auto answer, call(line, profile, std::move(r), "tracking"));
    return parse_movements(answer.body, profile);
}

Result<json::object> Partner::track(connector::Line& line, Instant now) {
    TRY(const auto profile, this->profile(now));
    TRY(auto last, parts_.store.read([&](store::Reader& r) -> Result<std::string> { return rows::read_to(r); }));
    int64_t read = 0, ours = 0;
    for (int page = 0; page < most_pages; ++page) {
        TRY(const auto list, movements(line, *profile, last));
        if (list.empty()) break;
        // A page that gives the place where we are again would be read for ever.
        if (list.back().id == last) break;
        const auto ctx = parts_.context();
        TRY(const auto mine, parts_.store.write([&](store::Transaction& tx) -> Result<int64_t> {
            int64_t n = 0;
            for (const auto& m : list) {
                TRY(const bool known, moved(tx, ctx, *profile, m, now));
                n += known;
            }
            rows::set_read_to(tx, list.back().id);
            return n;
        }));
        read += std::ssize(list);
        ours += mine;
        last = list.back().id;
        if (std::ssize(list) < profile->page) break;
    }
    TRY(const auto open, parts_.store.read([&](store::Reader& r) -> Result<int64_t> { return rows::open_orders(r); }));
    return json::object{{"read", read}, {"ours", ours}, {"open", open}};
}

std::vector<connector::Task> Partner::tasks() {
    connector::Task tracking;
    tracking.name = "tracking";
    tracking.title = {"Đọc hành trình bưu gửi", "Read where the pieces are"};
    tracking.every = std::chrono::minutes{5};
    tracking.run = [this](connector::Line& line, Instant now) { return track(line, now); };
    return {tracking};
}

Result<std::optional<json::object>> Partner::look_up(connector::Line& line, const std::string& key) {
    const Instant now = parts_.clock.now();
    const auto o = parts_.store.read(
        [&](store::Reader& reader) -> Result<std::optional<Order>> { return rows::find(reader, key); });
    // Cancelled before the post ever had it: that it has none is as it should be.
    if (o.ok() && *o && (*o)->state == OrderState::cancelled && !(*o)->registered_at)
        return std::optional{json::object{}};
    {
        const std::scoped_lock lock(mutex_);
        if (listed_at_ + listed_life > now) {
            if (!listed_.contains(key)) return std::optional<json::object>{};
            return std::optional{json::object{{"OrderNumber", key}}};
        }
    }
    // The post cannot be asked about one order: its whole list is read once and serves all questions of the night.
    TRY(const auto profile, this->profile(now));
    std::map<std::string, std::string> all;
    std::string last;
    for (int page = 0; page < most_pages; ++page) {
        TRY(const auto list, movements(line, *profile, last));
        if (list.empty() || list.back().id == last) break;
        for (const auto& m : list) all[m.order] = m.status;
        last = list.back().id;
        if (std::ssize(list) < profile->page) break;
    }
    const std::scoped_lock lock(mutex_);
    listed_ = std::move(all);
    listed_at_ = now;
    if (!listed_.contains(key)) return std::optional<json::object>{};
    return std::optional{json::object{{"OrderNumber", key}}};
}

std::string Partner::page_of(const std::string& key) const {
    const auto o = parts_.store.read(
        [&](store::Reader& reader) -> Result<std::optional<Order>> { return rows::find(reader, key); });
    return o.ok() && *o ? "/desk/dossiers/" + (*o)->code.value : std::string{};
}

}  // namespace hl::post
