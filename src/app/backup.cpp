#include "app/backup.h"

#include <libpq-fe.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "base/files.h"
#include "base/json.h"

namespace hl::app {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view manifest_name = "manifest.json";

Error target_error(const fs::path& target) {
    return {ErrorKind::conflict, "backup.target",
            fmt::format("Thư mục {} đã có dữ liệu. Hãy chọn thư mục trống.", target.string()),
            fmt::format("{} is not empty. Choose an empty folder.", target.string())};
}

Error damaged(const std::string& what) {
    return {ErrorKind::invalid, "restore.damaged", fmt::format("Bản sao lưu hỏng: {}.", what),
            fmt::format("The backup is damaged: {}.", what)};
}

Result<crypto::Hash> hash_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return damaged(path.filename().string() + " cannot be read");
    crypto::Sha256Stream hash;
    std::array<char, 1 << 16> buffer{};
    while (in.read(buffer.data(), buffer.size()) || in.gcount() > 0)
        hash.update({buffer.data(), static_cast<size_t>(in.gcount())});
    return hash.finish();
}

/// A connection URI as the variables that PostgreSQL's programs read: in their arguments other users would see it, and
/// PGDATABASE takes a name only.
Result<std::vector<std::pair<std::string, std::string>>> connection_variables(const std::string& url) {
    char* problem = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options{PQconninfoParse(url.c_str(), &problem),
                                                                               &PQconninfoFree};
    const std::unique_ptr<char, decltype(&PQfreemem)> message{problem, &PQfreemem};
    if (!options)
        return Error{ErrorKind::invalid, "backup.tool", "Địa chỉ cơ sở dữ liệu không đúng.",
                     fmt::format("The database's address is wrong: {}", message ? message.get() : "")};
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto* o = options.get(); o->keyword; ++o)
        if (o->val && *o->val && o->envvar) out.emplace_back(o->envvar, o->val);
    return out;
}

/// Runs a program of PostgreSQL's on the database that `url` names.
Result<void> run_tool(const std::vector<std::string>& arguments, const std::string& url) {
    TRY(const auto variables, connection_variables(url));
    const pid_t child = fork();
    if (child == 0) {
        for (const auto& [name, value] : variables) setenv(name.c_str(), value.c_str(), 1);
        std::vector<char*> argv;
        for (const auto& a : arguments) argv.push_back(const_cast<char*>(a.c_str()));
        argv.push_back(nullptr);
        execvp(argv[0], argv.data());
        _exit(127);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        return Error{ErrorKind::unavailable, "backup.tool", fmt::format("Lệnh {} không chạy được.", arguments[0]),
                     fmt::format("{} failed; its own message is above. Is the package postgresql-client installed?",
                                 arguments[0])};
    }
    return Nothing{};
}

/// The name of the database in a connection URI, for pg_restore, which wants to be told it.
Result<std::string> database_name(const std::string& url) {
    TRY(const auto variables, connection_variables(url));
    for (const auto& [name, value] : variables)
        if (name == "PGDATABASE") return value;
    return Error{ErrorKind::invalid, "backup.tool", "Địa chỉ cơ sở dữ liệu thiếu tên cơ sở dữ liệu.",
                 "The database's address names no database."};
}

bool is_empty_or_absent(const fs::path& path) {
    std::error_code ec;
    return !fs::exists(path, ec) || (fs::is_directory(path, ec) && fs::is_empty(path, ec));
}

/// Files of the file store are named by 64 hexadecimal digits; beside them lie its lock and what is being written.
bool is_stored_file(const std::string& name) {
    return name.size() == 64 && name.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// `sqlite:/path` → /path.
fs::path sqlite_path(const std::string& url) {
    return url.substr(std::string_view{"sqlite:"}.size());
}
bool is_sqlite(const std::string& url) {
    return url.starts_with("sqlite:");
}

}  // namespace

Result<BackupSummary> backup(Program& program, const fs::path& target) {
    if (!is_empty_or_absent(target)) return target_error(target);
    std::error_code ec;
    fs::create_directories(target, ec);
    fs::permissions(target, fs::perms::owner_all, ec);
    if (ec) return target_error(target);

    // A signed checkpoint first: restore can then prove that nothing signed before the backup is missing from it.
    TRY(auto signed_now, store::sign_checkpoint(program.store(), program.ledger_keys(), program.clock().now()));
    TRY(auto checkpoint, program.store().read([](store::Reader& r) -> Result<std::optional<store::Checkpoint>> {
        return store::latest_checkpoint(r);
    }));

    const bool sqlite = is_sqlite(program.config().database);
    const fs::path database = target / (sqlite ? "database.sqlite" : "database.pgdump");
    if (sqlite)
        TRY_VOID(program.store().backup_to(database));
    else
        TRY_VOID(run_tool({"pg_dump", "--format=custom", "--no-owner", "--file=" + database.string()},
                          program.config().database));

    // Files are copied after the database: every file that the copy of the database names is on disk by then.
    BackupSummary summary;
    boost::json::array files;
    if (fs::exists(program.config().blobs)) {
        for (const auto& entry : fs::recursive_directory_iterator(program.config().blobs)) {
            // Whatever is being written has another name; what was swept since the listing is needed by nobody.
            if (!is_stored_file(entry.path().filename().string()) || !fs::exists(entry.path(), ec)) continue;
            const auto relative = fs::relative(entry.path(), program.config().blobs);
            fs::create_directories((target / "blobs" / relative).parent_path(), ec);
            fs::copy_file(entry.path(), target / "blobs" / relative, fs::copy_options::overwrite_existing, ec);
            if (ec == std::errc::no_such_file_or_directory) continue;
            if (ec)
                return Error{ErrorKind::full, "store.full", "Không chép được tệp hồ sơ.",
                             "A file could not be copied: " + ec.message()};
            TRY(auto hash, hash_file(target / "blobs" / relative));
            files.push_back({{"path", relative.string()}, {"sha256", crypto::to_hex(hash)}});
            ++summary.files;
            summary.bytes += static_cast<int64_t>(fs::file_size(target / "blobs" / relative));
        }
    }
    TRY(auto database_hash, hash_file(database));
    summary.bytes += static_cast<int64_t>(fs::file_size(database));
    summary.events = checkpoint ? checkpoint->size : 0;
    const boost::json::object manifest = {
        {"format", 1},
        {"made_at", to_rfc3339(program.clock().now())},
        {"engine", sqlite ? "sqlite" : "postgresql"},
        {"database", {{"path", database.filename().string()}, {"sha256", crypto::to_hex(database_hash)}}},
        {"checkpoint", checkpoint ? boost::json::value(checkpoint->note) : boost::json::value()},
        {"events", summary.events},
        {"files", files},
    };
    TRY_VOID(write_file_durably(target / manifest_name, boost::json::serialize(manifest), 0600));
    return summary;
}

Result<BackupSummary> restore(const Config& config, const Clock& clock, const fs::path& source) {
    TRY(auto text, read_file(source / manifest_name));
    TRY(auto manifest, parse_json(text));
    const auto* m = manifest.if_object();
    if (!m || !m->contains("database") || !m->contains("files") || !m->contains("engine"))
        return damaged("manifest.json");
    const bool sqlite = is_sqlite(config.database);
    if ((m->at("engine") == "sqlite") != sqlite)
        return Error{ErrorKind::invalid, "restore.engine", "Bản sao lưu thuộc loại cơ sở dữ liệu khác.",
                     "The backup is of the other database engine."};

    // Everything is checked before anything is written.
    BackupSummary summary;
    const auto check = [&](const boost::json::value& entry, const fs::path& folder) -> Result<fs::path> {
        const fs::path relative{std::string{entry.at("path").as_string()}};
        if (relative.is_absolute() || relative.lexically_normal().string().starts_with(".."))
            return damaged("manifest.json names a path outside");
        TRY(auto hash, hash_file(folder / relative));
        if (crypto::to_hex(hash) != entry.at("sha256").as_string()) return damaged(relative.string());
        return relative;
    };
    TRY(auto database, check(m->at("database"), source));
    std::vector<fs::path> files;
    for (const auto& entry : m->at("files").as_array()) {
        TRY(auto relative, check(entry, source / "blobs"));
        files.push_back(std::move(relative));
    }
    if (!fs::exists(config.keys))
        return Error{ErrorKind::not_found, "restore.keys",
                     fmt::format("Chưa có khoá trong {}. Hãy đặt khoá vào trước.", config.keys.string()),
                     fmt::format("There are no keys in {}. Put them there first.", config.keys.string())};

    if (sqlite) {
        const fs::path target = sqlite_path(config.database);
        if (fs::exists(target))
            return Error{ErrorKind::conflict, "restore.not_empty", fmt::format("{} đã tồn tại.", target.string()),
                         fmt::format("{} exists already.", target.string())};
        std::error_code ec;
        fs::create_directories(fs::absolute(target).parent_path(), ec);
        const fs::path partial = target.string() + ".partial";
        fs::copy_file(source / database, partial, fs::copy_options::overwrite_existing, ec);
        if (!ec) fs::rename(partial, target, ec);
        if (ec)
            return Error{ErrorKind::full, "store.full", "Không chép được cơ sở dữ liệu.",
                         "The database could not be copied: " + ec.message()};
    } else {
        TRY(const auto name, database_name(config.database));
        TRY_VOID(run_tool({"pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", "--dbname=" + name,
                           (source / database).string()},
                          config.database));
    }
    for (const auto& relative : files) {
        std::error_code ec;
        fs::create_directories((config.blobs / relative).parent_path(), ec);
        fs::copy_file(source / "blobs" / relative, config.blobs / relative, fs::copy_options::overwrite_existing, ec);
        if (ec)
            return Error{ErrorKind::full, "store.full", "Không chép được tệp hồ sơ.",
                         "A file could not be copied: " + ec.message()};
        ++summary.files;
    }

    TRY(auto program, Program::open(config, clock, false));
    if (m->contains("checkpoint") && m->at("checkpoint").is_string()) {
        if (auto known = program->ledger_keys().check_note(m->at("checkpoint").as_string()); !known.ok())
            return Error{ErrorKind::denied, "restore.keys", "Bản sao lưu không do các khoá này ký.",
                         "The backup's checkpoint is not signed by these keys: " + known.error().en};
    }
    TRY(auto report, store::verify_ledger(program->store(), program->ledger_keys()));
    if (!report.problems.empty()) return damaged(report.problems.front());
    summary.events = report.events;
    return summary;
}

}  // namespace hl::app
