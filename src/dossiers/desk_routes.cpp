#include "dossiers/desk_routes.h"

#include <charconv>

#include "access/accounts.h"
#include "base/text.h"
#include "dossiers/known.h"
#include "dossiers/queries.h"
#include "dossiers/refusals.h"
#include "dossiers/routes_support.h"

namespace hl::dossiers {

using access::Answer;
using access::Call;
using access::Right;

namespace {

constexpr std::string_view count_open =
    "SELECT officer, COUNT(*) FROM dossier_task WHERE agency = ? AND ended IS NULL AND officer <> '' GROUP BY officer";

json::value or_null(const std::string& s) {
    return s.empty() ? json::value() : json::value(s);
}

std::vector<AgencyId> parts_in(const Dossier& d) {
    return {d.agency, d.reception, d.lead};
}

json::object view(const DossierCode& code, const std::vector<Present>& people) {
    json::array list;
    for (const auto& p : people)
        list.push_back({{"account", p.account.value}, {"name", p.name}, {"since", to_rfc3339_local(p.since)}});
    return {{"code", code.value}, {"people", std::move(list)}};
}

void add_feed(access::Api& api, const DeskParts& parts) {
    api.query(
        "/api/v1/feed",
        [&feed = parts.desk.feed, judge = api.judge()](store::Reader& reader, const Call& call) -> Result<Answer> {
            TRY_VOID(access::require_anywhere(call.actor, Right::read_dossier, call.now));
            Answer answer;
            // Who listened in the morning may have lost the right, or the session, by noon.
            http::Request who;
            who.method = "GET";
            who.path = call.request.path;
            who.secure = call.request.secure;
            for (const auto* name : {"Authorization", "Cookie"})
                if (const auto value = call.request.header(name); !value.empty())
                    who.headers.push_back({name, std::string{value}});
            const auto rights = [judge, who]() -> Result<Feed::Audience> {
                TRY(const auto judged, judge(who));
                TRY_VOID(access::require_anywhere(judged.actor, Right::read_dossier, judged.now));
                return access::readable_agencies(judged.actor, judged.now);
            };
            answer.headers = {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}};
            answer.stream = feed.subscribe(access::readable_agencies(call.actor, call.now),
                                           call.request.header("Last-Event-ID").empty()
                                               ? call.request.query_value("after").value_or("")
                                               : std::string{call.request.header("Last-Event-ID")},
                                           store::ledger_size(reader), rights);
            return answer;
        });
}

void add_presence(access::Api& api, const DeskParts& parts) {
    // A POST, because it is told and not only asked; nothing is stored.
    const auto told = [&](std::string method, bool here) {
        api.raw(
            std::move(method), "/api/v1/dossiers/{code}/presence", [parts, here](const Call& call) -> Result<Answer> {
                JsonReader in(body_of(call));
                const auto page = here ? in.text("page", 64) : call.request.query_value("page").value_or("");
                TRY_VOID(in.finish());
                if (call.actor.officer.empty())
                    return refusal(ErrorKind::denied, "presence.officers", "Chỉ dành cho cán bộ.",
                                   "For officers only.");
                TRY(const auto d, parts.files->store().read([&](store::Reader& r) {
                    return find_dossier(r, call.actor, call.param("code"), call.now);
                }));
                const auto& account = call.actor.account;
                const bool changed = here ? parts.desk.presence.here(d.code, account, page, call.actor.name, call.now)
                                          : parts.desk.presence.left(d.code, account, page, call.now);
                auto answer = view(d.code, parts.desk.presence.at(d.code, call.now));
                if (changed) parts.desk.feed.say("presence", parts_in(d), json::serialize(answer));
                return Answer{std::move(answer), 200, {{"Cache-Control", "no-store"}}};
            });
    };
    told("POST", true);
    told("DELETE", false);
}

void add_people(access::Api& api, const DeskParts& parts) {
    access::RouteOptions names;
    names.purpose = "xem hàng việc";
    // Not commands: the kept answer of an Idempotency-Key would hold names in the clear.
    api.raw(
        "POST", "/api/v1/dossiers/names",
        [parts](const Call& call) -> Result<Answer> {
            JsonReader in(body_of(call));
            std::vector<std::string> codes;
            for (const auto& [value, at] : in.array("codes", most_names))
                if (value->is_string() && value->get_string().size() <= 100)
                    codes.emplace_back(value->get_string());
                else
                    in.fail("codes", "json.text", "Mã hồ sơ phải là chữ.", "A dossier's code is a text.");
            TRY_VOID(in.finish());
            const auto ctx = parts.context();
            TRY(const auto found, parts.files->store().read(
                                      [&](store::Reader& r) { return names_of(r, ctx, call.actor, codes, call.now); }));
            Answer answer;
            json::array items;
            for (const auto& one : found) {
                items.push_back({{"code", one.code.value},
                                 {"name", one.name ? json::value(*one.name) : json::value()},
                                 {"masked", one.masked}});
                if (one.name) answer.reads.push_back(read_of(call, "name", one.subject.value));
            }
            answer.value = json::object{{"items", std::move(items)}};
            answer.headers = {{"Cache-Control", "no-store"}};
            return answer;
        },
        names);

    // The number is in the body: addresses end up in logs.
    access::RouteOptions known;
    known.purpose = "tiếp nhận hồ sơ: điền từ hồ sơ trước";
    api.raw(
        "POST", "/api/v1/people/known",
        [parts](const Call& call) -> Result<Answer> {
            JsonReader in(body_of(call));
            const auto number = in.text("id_number", 20);
            TRY_VOID(in.finish());
            const auto ctx = parts.context();
            TRY(const auto person, parts.files->store().read([&](store::Reader& r) {
                return known_person(r, ctx, call.actor, number, call.now);
            }));
            Answer answer;
            answer.headers = {{"Cache-Control", "no-store"}};
            if (!person) {
                // That somebody has no dossier is known by asking, too.
                answer.reads.push_back(read_of(call, "known", "không có hồ sơ"));
                answer.value = json::object{{"person", nullptr}};
                return answer;
            }
            const auto& a = person->applicant;
            json::value today;
            if (person->address_today)
                today = json::object{{"text", person->address_today->text},
                                     {"unit", person->address_today->unit.value},
                                     {"name", person->address_today->name},
                                     {"was", person->address_today->was}};
            answer.value = json::object{{"person", json::object{{"code", person->from.code.value},
                                                                {"filed_at", to_rfc3339_local(person->from.filed_at)},
                                                                {"name", a.name},
                                                                {"phone", or_null(a.phone)},
                                                                {"email", or_null(a.email)},
                                                                {"address", or_null(a.address)},
                                                                {"address_today", std::move(today)}}}};
            answer.reads.push_back(read_of(call, "known", person->from.subject.value));
            return answer;
        },
        known);

    api.raw("POST", "/api/v1/addresses/today", [context = parts.context](const Call& call) -> Result<Answer> {
        JsonReader in(body_of(call));
        const auto address = in.text("address", 500);
        TRY_VOID(in.finish());
        const auto found = address_today(*context().directory, address, local_date(call.now));
        json::value today;
        if (found)
            today = json::object{
                {"text", found->text}, {"unit", found->unit.value}, {"name", found->name}, {"was", found->was}};
        return Answer{json::object{{"today", std::move(today)}}, 200, {{"Cache-Control", "no-store"}}};
    });
}

void add_officers(access::Api& api, const DeskParts& parts) {
    api.query("/api/v1/agencies/{id}/officers",
              [context = parts.context](store::Reader& reader, const Call& call) -> Result<Answer> {
                  const AgencyId id{call.param("id")};
                  const auto ctx = context();
                  if (!ctx.directory->agency(id))
                      return refusal(ErrorKind::not_found, "agency.unknown", "Không có cơ quan này.",
                                     "There is no such agency.");
                  // Who gives work to others: the head, and whoever assigns the first step.
                  auto may = access::require(call.actor, Right::reassign_dossier, id, call.now);
                  if (!may.ok()) may = access::require(call.actor, Right::approve_dossier, id, call.now);
                  if (!may.ok()) may = access::require(call.actor, Right::handle_dossier, id, call.now);
                  TRY_VOID(std::move(may));
                  const auto today = local_date(call.now);
                  std::map<std::string, int64_t> open;
                  reader.query(count_open, {id}, [&](const store::Row& row) { open[row.string(0)] = row.integer(1); });
                  // By position in the directory, and by role: an account may come before its officer's papers do.
                  struct Line {
                      std::string name;
                      json::array titles, functions, roles;
                  };
                  std::map<OfficerId, Line> found;
                  for (const auto* officer : ctx.directory->officers_of(id, today)) {
                      auto& line = found[officer->id];
                      line.name = officer->name;
                      for (const auto& h : officer->holdings) {
                          const auto* p = h.valid.covers(today) ? ctx.directory->position(h.position) : nullptr;
                          if (!p || p->agency != id || !p->valid.covers(today)) continue;
                          line.titles.emplace_back(p->title);
                          for (const auto& f : p->functions) line.functions.emplace_back(f);
                      }
                  }
                  for (const auto& account : access::officers_at(reader, id, today)) {
                      auto& line = found[account.officer];
                      if (line.name.empty()) line.name = account.name;
                      for (const auto role : account.roles) line.roles.emplace_back(access::to_string(role));
                  }
                  std::vector<std::pair<OfficerId, Line>> sorted(found.begin(), found.end());
                  std::ranges::stable_sort(sorted, [](const auto& x, const auto& y) {
                      return text::compare(x.second.name, y.second.name) < 0;
                  });
                  json::array items;
                  for (auto& [officer, line] : sorted) {
                      const auto held = open.find(officer.value);
                      items.push_back({{"id", officer.value},
                                       {"name", line.name},
                                       {"titles", std::move(line.titles)},
                                       {"functions", std::move(line.functions)},
                                       {"roles", std::move(line.roles)},
                                       {"open_tasks", held == open.end() ? 0 : held->second}});
                  }
                  return Answer{json::object{{"items", std::move(items)}}};
              });
}

void add_recognition(access::Api& api, const DeskParts& parts) {
    api.query("/api/v1/recognitions", [&r = parts.desk.recogniser](store::Reader&, const Call&) -> Result<Answer> {
        return Answer{json::object{{"available", r.available()},
                                   {"pdf", r.reads_pdf()},
                                   {"most_bytes", static_cast<int64_t>(Recogniser::most_bytes)}}};
    });
    access::RouteOptions upload;
    upload.raw_body = true;
    upload.admit_first = true;
    upload.max_body = Recogniser::most_bytes;
    upload.body_time = std::chrono::minutes{2};
    api.raw(
        "POST", "/api/v1/recognitions",
        [&r = parts.desk.recogniser](const Call& call) -> Result<Answer> {
            TRY_VOID(access::require_anywhere(call.actor, Right::receive_dossier, call.now));
            TRY(const auto found, r.read(call.request.body));
            json::array items;
            for (const auto& s : found)
                items.push_back({{"field", s.field}, {"text", s.text}, {"confidence", s.confidence}});
            return Answer{json::object{{"items", std::move(items)}}, 200, {{"Cache-Control", "no-store"}}};
        },
        upload);
    // The page as a picture: a PDF from a stranger runs nothing in an officer's browser.
    access::RouteOptions pages;
    pages.purpose = "xem tệp đính kèm";
    api.raw(
        "GET", "/api/v1/dossiers/{code}/files/{file}/pages/{page}",
        [parts](const Call& call) -> Result<Answer> {
            const auto typed = call.param("page");
            int number = 0;
            const auto [end, error] = std::from_chars(typed.data(), typed.data() + typed.size(), number);
            if (error != std::errc{} || end != typed.data() + typed.size() || number < 1 || number > 1000)
                return invalid("recognise.page", "Số trang phải từ 1 đến 1000.", "A page is from 1 to 1000.", "/page");
            const auto ctx = parts.context();
            TRY(const auto content,
                parts.files->content(ctx, call.actor, call.param("code"), FileId{call.param("file")}, call.now));
            Answer answer;
            TRY(answer.bytes, parts.desk.recogniser.page(content.bytes, number));
            answer.headers = {{"Content-Type", "image/png"}, {"Content-Disposition", "inline"}};
            answer.reads.push_back(read_of(call, "file", content.subject.value));
            return answer;
        },
        pages);
}

}  // namespace

void add_desk_routes(access::Api& api, const DeskParts& parts) {
    add_feed(api, parts);
    add_presence(api, parts);
    add_people(api, parts);
    add_officers(api, parts);
    add_recognition(api, parts);
}

}  // namespace hl::dossiers
