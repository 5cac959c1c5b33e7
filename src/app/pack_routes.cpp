#include "app/pack_routes.h"

#include <charconv>
#include <regex>

#include "app/pack.h"
#include "base/files.h"
#include "procedures/draft_sheet.h"

namespace hl::app {

namespace {

namespace fs = std::filesystem;
using access::Answer;
using access::Call;

constexpr size_t most_files = 2000;
constexpr size_t most_bytes = 24u << 20;

/// Names of a pack's files: two folders deep at most, and no way out.
bool is_pack_path(const std::string& path) {
    static const std::regex shape(R"(([A-Za-z0-9_][A-Za-z0-9_.-]{0,99}/){0,2}[A-Za-z0-9_][A-Za-z0-9_.-]{0,99})");
    return path.size() <= 220 && std::regex_match(path, shape) && path.find("..") == std::string::npos;
}

struct Asked {
    std::optional<ScratchFolder> sent;
    fs::path folder;
    std::optional<std::string> digest;
};

Result<Asked> asked(Program& program, const Call& call, bool apply) {
    TRY_VOID(access::require_anywhere(call.actor, access::Right::manage_directory, call.now));
    TRY_VOID(access::require_anywhere(call.actor, access::Right::manage_procedures, call.now));
    JsonReader in(call.body);
    Asked out{{}, program.config().pack, {}};
    if (apply) out.digest = in.text("digest", 64);
    const auto files = in.array("files", most_files);
    if (!files.empty()) {
        TRY(auto folder, ScratchFolder::make("hienluong-pack"));
        out.sent.emplace(std::move(folder));
    }
    for (const auto& [value, at] : files) {
        JsonReader f(*value, at);
        const auto path = f.text("path", 220);
        const auto text = procedures::verbatim(f, "text", 4u << 20);
        if (!is_pack_path(path))
            f.fail("path", "pack.path", "Tên tệp trong gói không hợp lệ: " + path,
                   "not a file name of a pack: " + path);
        in.absorb(std::move(f));
        if (!in.errors().empty()) break;
        const auto file = out.sent->path() / path;
        std::error_code failed;
        fs::create_directories(file.parent_path(), failed);
        // "a" cannot be a file and a folder: a pack that names both is no pack.
        if (failed) {
            f.fail("path", "pack.path", "Không tạo được thư mục cho tệp trong gói: " + path,
                   "no folder can be made for " + path + ": " + failed.message());
            in.absorb(std::move(f));
            break;
        }
        TRY_VOID(write_file(file, text));
    }
    TRY_VOID(in.finish());
    if (out.sent) out.folder = out.sent->path();
    if (!fs::exists(out.folder / "pack.yaml"))
        return Error{ErrorKind::invalid, "pack.no_pack",
                     out.sent ? "Thư mục đã chọn không có tệp pack.yaml ở ngoài cùng."
                              : "Máy chủ chưa được cấu hình thư mục gói dữ liệu, hoặc thư mục không có pack.yaml.",
                     out.sent ? "The chosen folder has no pack.yaml at its top."
                              : "The server's pack folder is not configured or has no pack.yaml."};
    return out;
}

json::object view(const PackReport& report, const Asked& asked) {
    json::array errors, warnings, changes;
    for (const auto& e : report.errors) {
        // "units.csv:12": the file and its line; without a line the place is the file alone.
        const auto colon = e.at.rfind(':');
        int64_t line = 0;
        if (colon != std::string::npos) std::from_chars(e.at.data() + colon + 1, e.at.data() + e.at.size(), line);
        errors.push_back(json::object{{"code", e.code},
                                      {"file", line > 0 ? e.at.substr(0, colon) : e.at},
                                      {"line", line > 0 ? json::value(line) : json::value{}},
                                      {"vi", e.vi},
                                      {"en", e.en}});
    }
    for (const auto& w : report.warnings) warnings.emplace_back(w);
    for (const auto& c : report.changes) changes.emplace_back(c);
    json::object out{{"source", asked.sent ? "sent" : "server"},
                     {"folder", asked.sent ? json::value{} : json::value_from(asked.folder.filename().string())},
                     {"errors", std::move(errors)},
                     {"warnings", std::move(warnings)},
                     {"changes", std::move(changes)},
                     {"organisation", json::array{}},
                     {"procedures", json::array{}},
                     {"digest", report.digest.empty() ? json::value{} : json::value(report.digest)}};
    for (const auto& member : report.difference) out[member.key()] = member.value();
    return out;
}

/// What a pack publishes, nobody else has looked at.
Result<PackReport> applied(Program& program, const Call& call, const Asked& pack) {
    const procedures::Publication by{call.actor.label(), "", needs_four_eyes(program.config())};
    auto report = apply_pack(program.store(), pack.folder, by, call.now, pack.digest);
    if (!report.ok() && report.error().code == "procedure.approver_missing")
        return Error{ErrorKind::conflict, "pack.four_eyes",
                     "Gói này công bố thủ tục mới nên cần người thứ hai. Hãy gửi từng thủ tục ở mục Đề nghị công bố, "
                     "hoặc áp dụng gói bằng dòng lệnh trên máy chủ.",
                     "This pack publishes procedures, which takes a second person. Send each as a proposal, or apply "
                     "the pack on the server's command line."};
    return report;
}

}  // namespace

void add_pack_routes(access::Api& api, Program& program) {
    access::RouteOptions options;
    options.max_body = most_bytes;
    options.admit_first = true;
    for (const bool apply : {false, true})
        api.raw(
            "POST", apply ? "/api/v1/packs/apply" : "/api/v1/packs/check",
            [&program, apply](const Call& call) -> Result<Answer> {
                TRY(const auto pack, asked(program, call, apply));
                TRY(const auto report,
                    apply ? applied(program, call, pack) : check_pack(program.store(), pack.folder, call.now));
                // Other nodes see the ledger grow; this one answers the next question with what was just applied.
                if (apply && report.errors.empty()) TRY_VOID(program.snapshots().reload());
                return Answer{view(report, pack)};
            },
            options);
}

}  // namespace hl::app
