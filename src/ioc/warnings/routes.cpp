#include "ioc/warnings/routes.h"

#include "access/query_values.h"

namespace hl::warnings {

using access::Answer;
using access::Call;
using access::Right;

namespace {

constexpr size_t longest_name = 200, longest_text = 4000;

Answer bytes_of(std::string bytes, std::string type) {
    Answer answer;
    answer.bytes = std::move(bytes);
    answer.headers = {{"Content-Type", std::move(type)}};
    return answer;
}

Result<void> may_see_all(const Call& call) {
    for (const auto right : {Right::issue_warning, Right::relay_warning, Right::view_ioc})
        if (access::require_anywhere(call.actor, right, call.now).ok()) return Nothing{};
    return access::require_anywhere(call.actor, Right::issue_warning, call.now);
}

// --- What an issuer sends ---

template <class E>
std::vector<E> words_in(JsonReader& in, std::string_view key) {
    std::vector<E> out;
    for (const auto& [value, at] : in.array(key, 12)) {
        const auto word = value->is_string() ? from_word<E>(std::string_view{value->get_string()}) : std::optional<E>{};
        if (word)
            out.push_back(*word);
        else
            in.fail(key, "cap.value", "Có giá trị không thuộc CAP 1.2.",
                    "There is a value that CAP 1.2 does not have.");
    }
    return out;
}
template <class E>
E word_in(JsonReader& in, std::string_view key, std::optional<E> otherwise = {}) {
    const auto text =
        otherwise ? in.optional_text(key, 20).value_or(std::string{to_string(*otherwise)}) : in.text(key, 20);
    const auto word = from_word<E>(text);
    if (!word && !text.empty()) in.fail(key, "cap.value", "Giá trị không thuộc CAP 1.2.", "CAP 1.2 has no such value.");
    return word.value_or(E{});
}

Words words_of(JsonReader in, JsonReader& parent) {
    Words out;
    out.event = in.text("event", longest_name);
    out.headline = in.text("headline", longest_name);
    out.description = in.text("description", longest_text);
    out.instruction = in.optional_text("instruction", longest_text).value_or("");
    parent.absorb(std::move(in));
    return out;
}

std::optional<double> number_in(const json::object& o, const char* key) {
    const auto* v = o.if_contains(key);
    return v && v->is_number() ? std::optional{v->to_number<double>()} : std::nullopt;
}
std::optional<Point> point_in(const json::value& value) {
    const auto* o = value.if_object();
    const auto lat = o ? number_in(*o, "lat") : std::nullopt, lon = o ? number_in(*o, "lon") : std::nullopt;
    return lat && lon ? std::optional{Point{*lat, *lon}} : std::nullopt;
}

void shapes_in(JsonReader& in, Draft& d) {
    const auto wrong = [&](std::string_view key) {
        in.fail(key, "warning.area", "Điểm là {lat, lon}; vòng tròn là {lat, lon, km}.",
                "A point is {lat, lon}; a circle is {lat, lon, km}.");
    };
    for (const auto& [value, at] : in.array("polygons", 50)) {
        std::vector<Point> points;
        const auto* list = value->if_array();
        bool good = list && list->size() <= 1000;
        if (good)
            for (const auto& one : *list) {
                const auto p = point_in(one);
                good = good && p;
                if (p) points.push_back(*p);
            }
        if (!good) wrong("polygons");
        d.polygons.push_back(std::move(points));
    }
    for (const auto& [value, at] : in.array("circles", 50)) {
        const auto p = point_in(*value);
        const auto km = p ? number_in(value->get_object(), "km") : std::nullopt;
        if (p && km)
            d.circles.push_back({*p, *km});
        else
            wrong("circles");
    }
}

Result<Draft> draft_in(const Call& call, bool fresh) {
    static const json::value nothing = json::object{};
    JsonReader in(call.body.is_null() ? nothing : call.body);
    Draft d;
    if (fresh) {
        d.agency = in.id<AgencyId>("agency");
        d.status = word_in<Status>(in, "status", Status::actual);
    }
    d.categories = words_in<Category>(in, "categories");
    d.responses = words_in<Response>(in, "responses");
    d.urgency = word_in<Urgency>(in, "urgency");
    d.severity = word_in<Severity>(in, "severity");
    d.certainty = word_in<Certainty>(in, "certainty");
    d.onset = in.optional_instant("onset");
    d.expires = in.instant("expires");
    d.vi = words_of(in.object("vi"), in);
    if (in.raw("en")) d.en = words_of(in.object("en"), in);
    d.contact = in.optional_text("contact", longest_name).value_or("");
    d.web = in.optional_text("web", longest_name).value_or("");
    if (!d.web.empty() && !d.web.starts_with("https://") && !d.web.starts_with("http://"))
        in.fail("web", "warning.web", "Địa chỉ web bắt đầu bằng https://.", "A web address begins with https://.");
    for (const auto& [value, at] : in.array("communes", 200))
        if (value->is_string())
            d.communes.emplace_back(value->get_string());
        else
            in.fail("communes", "warning.area", "Mã xã là chữ.", "A commune's code is a text.");
    shapes_in(in, d);
    TRY_VOID(in.finish());
    return d;
}

void add_public(access::Api& api, const std::function<Context()>& context) {
    access::RouteOptions anyone;
    anyone.who = access::Who::anyone;
    api.query(
        "/api/v1/warnings",
        [](store::Reader& reader, const Call& call) -> Result<Answer> {
            json::array items;
            for (const auto& w : active_warnings(reader, call.now)) items.push_back(view(w, call.now));
            return Answer{json::object{{"as_of", to_rfc3339_local(call.now)}, {"items", std::move(items)}}};
        },
        anyone);
    api.query(
        "/api/v1/warnings/feed",
        [context](store::Reader& reader, const Call& call) -> Result<Answer> {
            return bytes_of(atom(active_warnings(reader, call.now), context().origin, call.now),
                            "application/atom+xml; charset=utf-8");
        },
        anyone);
    const auto seen = [](store::Reader& reader, const Call& call) -> Result<Warning> {
        TRY(auto w, find_warning(reader, call.param("id")));
        // What is not for everybody does not exist for everybody.
        if (!is_public(w) && !may_see_all(call).ok())
            return Error{ErrorKind::not_found, "warning.not_found", "Không có bản tin cảnh báo này.",
                         "There is no such warning."};
        return w;
    };
    api.query(
        "/api/v1/warnings/{id}",
        [seen](store::Reader& reader, const Call& call) -> Result<Answer> {
            TRY(const auto w, seen(reader, call));
            return Answer{view(w, call.now)};
        },
        anyone);
    api.query(
        "/api/v1/warnings/{id}/cap",
        [seen](store::Reader& reader, const Call& call) -> Result<Answer> {
            TRY(auto w, seen(reader, call));
            return bytes_of(std::move(w.xml), "application/cap+xml; charset=utf-8");
        },
        anyone);
}

}  // namespace

void add_routes(access::Api& api, std::function<Context()> context) {
    add_public(api, context);
    api.query("/api/v1/ioc/warnings", [](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY_VOID(may_see_all(call));
        constexpr int64_t last = std::numeric_limits<int64_t>::max();
        TRY(const auto cursor, access::number_in_query(call, "cursor", 0, 1, last));
        TRY(const auto limit, access::number_in_query(call, "limit", 50, 1, 200));
        const auto list = all_warnings(reader, cursor > 0 ? std::optional{cursor} : std::nullopt, limit);
        json::array items;
        for (const auto& w : list) items.push_back(view(w, call.now));
        json::value next;
        if (static_cast<int64_t>(list.size()) == limit) next = std::to_string(list.back().key);
        return Answer{json::object{{"items", std::move(items)}, {"next", std::move(next)}}};
    });
    api.command("POST", "/api/v1/ioc/warnings", [context](store::Transaction& tx, const Call& call) -> Result<Answer> {
        TRY(const auto draft, draft_in(call, true));
        TRY(const auto w, issue(tx, context(), call.actor, draft, call.now));
        return Answer{view(w, call.now), 201, {{"Location", "/api/v1/warnings/" + w.id}}};
    });
    api.command("POST", "/api/v1/ioc/warnings/{id}/update",
                [context](store::Transaction& tx, const Call& call) -> Result<Answer> {
                    TRY(const auto draft, draft_in(call, false));
                    TRY(const auto w, update(tx, context(), call.actor, call.param("id"), draft, call.now));
                    return Answer{view(w, call.now), 201, {{"Location", "/api/v1/warnings/" + w.id}}};
                });
    api.command("POST", "/api/v1/ioc/warnings/{id}/cancel",
                [context](store::Transaction& tx, const Call& call) -> Result<Answer> {
                    static const json::value nothing = json::object{};
                    JsonReader in(call.body.is_null() ? nothing : call.body);
                    const auto vi = in.text("vi", longest_text);
                    const auto en = in.optional_text("en", longest_text).value_or("");
                    TRY_VOID(in.finish());
                    TRY(const auto w, cancel(tx, context(), call.actor, call.param("id"), vi, en, call.now));
                    return Answer{view(w, call.now), 201, {{"Location", "/api/v1/warnings/" + w.id}}};
                });
    access::RouteOptions raw;
    raw.raw_body = true;
    raw.max_body = most_bytes + 1024;  // one a little too large still gets the answer that says so
    api.command(
        "POST", "/api/v1/ioc/warnings/received",
        [context](store::Transaction& tx, const Call& call) -> Result<Answer> {
            const auto feed = call.request.query_value("feed").value_or("");
            if (feed.empty() || feed.size() > longest_name)
                return Error{ErrorKind::invalid, "warning.feed", "Cần feed (tên nguồn chuyển bản tin) trên địa chỉ.",
                             "The address needs feed, the name of who hands the message in.", "feed"};
            TRY(const auto done, receive(tx, context(), call.actor, call.request.body, feed, call.now));
            return Answer{json::object{{"fresh", done.fresh}, {"warning", view(done.warning, call.now)}},
                          done.fresh ? 201 : 200};
        },
        raw);
}

}  // namespace hl::warnings
