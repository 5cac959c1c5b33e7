#include "dossiers/draft_routes.h"

#include "dossiers/bodies.h"
#include "dossiers/file_routes.h"
#include "dossiers/refusals.h"
#include "dossiers/routes_support.h"

namespace hl::dossiers {

using access::Answer;
using access::Call;
using access::Who;

namespace {

constexpr size_t most_body = 512 * 1024;
constexpr size_t strangers_drafts = 30;  // that one address may begin in an hour, without an account

DraftHolder holder_of(const Call& call) {
    return {call.actor, std::string{call.request.header("X-Draft-Token")}};
}
DraftId id_of(const Call& call) {
    return DraftId{call.param("draft")};
}

/// Without what was typed: a stored answer to an Idempotency-Key must hold nothing personal.
json::object line(const Draft& d) {
    return {{"id", d.id.value},
            {"procedure", d.procedure.value},
            {"version", d.version},
            {"created_at", to_rfc3339_local(d.created_at)},
            {"updated_at", to_rfc3339_local(d.updated_at)},
            {"expires_at", to_rfc3339_local(d.expires_at())}};
}

Result<json::object> body_in(JsonReader& in) {
    const auto* raw = in.raw("body");
    if (raw && !raw->is_object())
        in.fail("body", "json.object", "Nội dung bản nháp phải là một đối tượng JSON.",
                "The draft's content must be a JSON object.");
    TRY_VOID(in.finish());
    return raw ? raw->get_object() : json::object{};
}

access::RouteOptions open_to_all() {
    access::RouteOptions options;
    options.who = Who::anyone;
    options.max_body = most_body;
    options.purpose = "soạn hồ sơ thủ tục hành chính";
    return options;
}

void add_writing(access::Api& api, const ContextSource& context) {
    const auto begun = std::make_shared<Throttle>(strangers_drafts, std::chrono::minutes{60});
    api.command(
        "POST", "/api/v1/drafts",
        [context, begun](store::Transaction& tx, const Call& call) -> Result<Answer> {
            JsonReader in(body_of(call));
            const auto procedure = in.id<ProcedureCode>("procedure");
            TRY(const auto body, body_in(in));
            const bool stranger = call.actor.kind == access::ActorKind::anonymous;
            if (stranger && !begun->allowed(call.request.remote, call.now))
                return refusal(ErrorKind::too_many, "draft.too_often",
                               "Từ địa chỉ này đã tạo nhiều bản nháp. Hãy đăng nhập, hoặc thử lại sau một giờ.",
                               "Many drafts were begun from this address. Sign in, or try again in an hour.");
            TRY(const auto d, create_draft(tx, context(), holder_of(call), procedure, body, call.now));
            if (stranger) begun->failed(call.request.remote, call.now);
            return Answer{line(d), 201, {{"Location", "/api/v1/drafts/" + d.id.value}}};
        },
        open_to_all());
    api.command(
        "PUT", "/api/v1/drafts/{draft}",
        [context](store::Transaction& tx, const Call& call) -> Result<Answer> {
            JsonReader in(body_of(call));
            const auto version = in.integer("version", 1, 1'000'000'000);
            TRY(const auto body, body_in(in));
            TRY(const auto d, save_draft(tx, context(), holder_of(call), id_of(call), version, body, call.now));
            return Answer{line(d)};
        },
        open_to_all());
    api.command(
        "DELETE", "/api/v1/drafts/{draft}",
        [context](store::Transaction& tx, const Call& call) -> Result<Answer> {
            TRY_VOID(discard_draft(tx, context(), holder_of(call), id_of(call), call.now));
            return Answer{{}, 204};
        },
        open_to_all());
}

void add_reading(access::Api& api, const ContextSource& context, const std::shared_ptr<const Files>& files) {
    api.query("/api/v1/drafts", [](store::Reader& reader, const Call& call) -> Result<Answer> {
        json::array items;
        for (const auto& d : list_drafts(reader, call.actor, call.now)) items.push_back(line(d));
        return Answer{json::object{{"items", std::move(items)}}};
    });
    api.query(
        "/api/v1/drafts/{draft}",
        [context, files](store::Reader& reader, const Call& call) -> Result<Answer> {
            TRY(auto d, load_draft(reader, context(), holder_of(call), id_of(call), call.now));
            auto out = line(d);
            json::array items;
            for (const auto& f : d.files) items.push_back(view(f));
            out["body"] = std::move(d.body);
            out["files"] = std::move(items);
            out["limits"] = view(files->rules());
            Answer answer{std::move(out)};
            answer.reads.push_back(read_of(call, "draft", d.subject.value));
            return answer;
        },
        open_to_all());
}

void add_files(access::Api& api, const ContextSource& context, const std::shared_ptr<const Files>& files) {
    api.raw(
        "POST", "/api/v1/drafts/{draft}/files",
        [context, files](const Call& call) -> Result<Answer> {
            TRY(const auto input, file_input(call));
            TRY(const auto added,
                add_draft_file(*files, context(), holder_of(call), id_of(call), input, call.request.body, call.now));
            const auto& [file, fresh] = added;
            return Answer{
                view(file),
                fresh ? 201 : 200,
                {{"Location", fmt::format("/api/v1/drafts/{}/files/{}", call.param("draft"), file.id.value)}}};
        },
        upload_options(files->rules()));
    access::RouteOptions personal;
    personal.purpose = open_to_all().purpose;
    api.raw(
        "GET", "/api/v1/drafts/{draft}/files/{file}",
        [context, files](const Call& call) -> Result<Answer> {
            TRY(auto content, draft_file_content(*files, context(), holder_of(call), id_of(call),
                                                 FileId{call.param("file")}, call.now));
            auto read = read_of(call, "file", content.subject.value);
            return content_answer(std::move(content), std::move(read));
        },
        personal);
    api.command("DELETE", "/api/v1/drafts/{draft}/files/{file}",
                [context](store::Transaction& tx, const Call& call) -> Result<Answer> {
                    TRY_VOID(remove_draft_file(tx, context(), holder_of(call), id_of(call), FileId{call.param("file")},
                                               call.now));
                    return Answer{{}, 204};
                });
    api.command("POST", "/api/v1/drafts/{draft}/file",
                [context, files](store::Transaction& tx, const Call& call) -> Result<Answer> {
                    JsonReader in(body_of(call));
                    const auto filing = bodies::filing(in);
                    TRY_VOID(in.finish());
                    TRY(const auto d,
                        file_draft(tx, context(), holder_of(call), id_of(call), filing, files->rules(), call.now));
                    auto answer = answer_of(d, 201);
                    answer.headers.push_back({"Location", "/api/v1/dossiers/" + d.code.value});
                    return answer;
                });
}

}  // namespace

void add_draft_routes(access::Api& api, const std::function<Context()>& context, std::shared_ptr<const Files> files) {
    add_writing(api, context);
    add_reading(api, context, files);
    add_files(api, context, files);
}

}  // namespace hl::dossiers
