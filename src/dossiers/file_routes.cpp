#include "dossiers/file_routes.h"

#include "dossiers/refusals.h"
#include "dossiers/routes_support.h"

namespace hl::dossiers {

using access::Answer;
using access::Call;

namespace {

constexpr size_t slack = 64 * 1024;              // a file a little too large still gets the answer that says so
constexpr std::chrono::minutes upload_time{10};  // 20 MiB over a weak mobile line

json::value or_null(const std::string& text) {
    return text.empty() ? json::value() : json::value(text);
}
json::value or_null(const std::optional<std::string>& text) {
    return text ? json::value(*text) : json::value();
}

/// "citizen:…" → "applicant": the label itself is for the ledger.
std::string_view party(std::string_view label) {
    if (label.starts_with("citizen:")) return "applicant";
    if (label.starts_with("machine:")) return "machine";
    return label.starts_with("system:") ? "system" : "officer";
}

std::string_view mime_of(const File& f) {
    const auto* type = file_type(f.kind);
    return type ? type->mime : "application/octet-stream";
}

}  // namespace

json::object view(const File& f) {
    json::value withdrawn;
    if (f.withdrawn_at)
        withdrawn = json::object{
            {"at", to_rfc3339_local(*f.withdrawn_at)}, {"by", party(f.withdrawn_by)}, {"reason", or_null(f.reason)}};
    return {{"id", f.id.value},
            {"role", to_string(f.role)},
            {"component", or_null(f.component)},
            {"name", or_null(f.name)},
            {"type", mime_of(f)},
            {"bytes", f.bytes},
            {"hash", f.hash},
            {"scan", f.scan},
            {"added_at", to_rfc3339_local(f.added_at)},
            {"added_by", party(f.added_by)},
            {"officer", or_null(f.officer.value)},
            {"withdrawn", std::move(withdrawn)}};
}

Result<FileInput> file_input(const Call& call) {
    FileInput in;
    const auto type = call.request.header("Content-Type");
    if (type.starts_with("multipart/") || type.starts_with("application/x-www-form-urlencoded"))
        return refusal(ErrorKind::unsupported, "file.form",
                       "Hãy gửi nội dung tệp làm thân yêu cầu, không gửi dạng biểu mẫu.",
                       "Send the file's bytes as the request's body, not a form.", {}, "Content-Type");
    const auto name = percent_decoded(call.request.header("X-File-Name"));
    if (!name)
        return invalid("file.name", "X-File-Name phải là tên tệp UTF-8 mã hoá phần trăm.",
                       "X-File-Name must be the file's name, UTF-8, percent-encoded.", "X-File-Name");
    in.name = *name;
    const auto word = call.request.query_value("role").value_or("paper");
    const auto role = file_role_from(word);
    if (!role)
        return invalid("file.role", "role phải là paper, supplement, working hoặc result.",
                       "role must be paper, supplement, working or result.", "/role");
    in.role = *role;
    in.component = call.request.query_value("component").value_or("");
    return in;
}

json::object view(const FileRules& rules) {
    json::array types;
    for (const auto& word : rules.types)
        if (const auto* type = file_type(word)) {
            json::array endings;
            for (const auto e : type->endings) endings.emplace_back(e);
            types.push_back({{"type", type->mime}, {"endings", std::move(endings)}});
        }
    return {{"file_bytes", rules.most_bytes},
            {"dossier_bytes", rules.most_dossier_bytes},
            {"files", rules.most_files},
            {"types", std::move(types)}};
}

access::RouteOptions upload_options(const FileRules& rules) {
    access::RouteOptions upload;
    upload.raw_body = true;
    upload.admit_first = true;
    upload.max_body = static_cast<size_t>(rules.most_bytes) + slack;
    upload.body_time = upload_time;
    return upload;
}

Answer content_answer(FileContent content, access::PersonalRead read) {
    Answer answer;
    answer.bytes = std::move(content.bytes);
    answer.headers = {{"Content-Type", std::string{mime_of(content.file)}},
                      {"Content-Disposition", content_disposition(content.file.name.value_or(""))},
                      {"ETag", "\"" + content.file.hash + "\""},
                      // Opened in a tab all the same, it runs nothing and reaches nothing.
                      {"Content-Security-Policy", "sandbox; default-src 'none'"}};
    answer.reads.push_back(std::move(read));
    return answer;
}

namespace {

void add_upload(access::Api& api, const ContextSource& context, const std::shared_ptr<const Files>& files) {
    api.raw(
        "POST", "/api/v1/dossiers/{code}/files",
        [context, files](const Call& call) -> Result<Answer> {
            const auto ctx = context();
            TRY(const auto input, file_input(call));
            const DossierCode code{call.param("code")};
            TRY(const auto added, files->add(ctx, call.actor, code, input, call.request.body, call.now));
            return Answer{json::object{{"file", view(added.file)}, {"dossier", view(added.dossier)}},
                          added.fresh ? 201 : 200,
                          {{"Location", fmt::format("/api/v1/dossiers/{}/files/{}", added.dossier.code.value,
                                                    added.file.id.value)}}};
        },
        upload_options(files->rules()));
}

void add_reading(access::Api& api, const ContextSource& context, const std::shared_ptr<const Files>& files) {
    access::RouteOptions personal;
    personal.purpose = "xem tệp của hồ sơ thủ tục hành chính";
    api.query(
        "/api/v1/dossiers/{code}/files",
        [context, files](store::Reader& reader, const Call& call) -> Result<Answer> {
            TRY(const auto d, find_dossier(reader, call.actor, call.param("code"), call.now));
            TRY(const auto list, list_files(reader, context(), call.actor, d));
            json::array items;
            int64_t bytes = 0;
            bool names = false;
            for (const auto& f : list) {
                items.push_back(view(f));
                if (!f.withdrawn_at) bytes += f.bytes;
                names = names || f.name.has_value();
            }
            Answer answer{json::object{{"code", d.code.value},
                                       {"items", std::move(items)},
                                       {"bytes", bytes},
                                       {"limits", view(files->rules())}}};
            if (names) answer.reads.push_back(read_of(call, "files", d.subject.value));
            return answer;
        },
        personal);
    // Raw, so that no snapshot is held while the file is read and opened.
    api.raw(
        "GET", "/api/v1/dossiers/{code}/files/{file}",
        [context, files](const Call& call) -> Result<Answer> {
            TRY(auto content,
                files->content(context(), call.actor, call.param("code"), FileId{call.param("file")}, call.now));
            auto read = read_of(call, "file", content.subject.value);
            return content_answer(std::move(content), std::move(read));
        },
        personal);
}

void add_withdrawal(access::Api& api, const ContextSource& context) {
    api.command("DELETE", "/api/v1/dossiers/{code}/files/{file}",
                [context](store::Transaction& tx, const Call& call) -> Result<Answer> {
                    JsonReader in(body_of(call));
                    const auto reason = in.text("reason", 2000);
                    TRY_VOID(in.finish());
                    TRY(const auto d, withdraw_file(tx, context(), call.actor, {DossierCode{call.param("code")}, {}},
                                                    FileId{call.param("file")}, reason, call.now));
                    return answer_of(d);
                });
}

}  // namespace

void add_file_routes(access::Api& api, const std::function<Context()>& context, std::shared_ptr<const Files> files) {
    add_upload(api, context, files);
    add_reading(api, context, files);
    add_withdrawal(api, context);
}

}  // namespace hl::dossiers
