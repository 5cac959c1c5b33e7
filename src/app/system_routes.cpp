#include "app/system_routes.h"

#include <sys/stat.h>
#include <sys/timex.h>

#include "app/records.h"

namespace hl::app {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using access::Answer;
using access::Call;

constexpr int64_t least_free = 1LL << 30;  // below this, or a twentieth of the disk, the page warns

/// What the kernel says of its clock: whether a time service keeps it right, and how far off it may be at most. Null
/// where it does not tell.
json::object clock_of(Instant now) {
    json::value synchronised, error_ms;
    timex kernel{};
    if (const int state = ::adjtimex(&kernel); state >= 0) {
        const bool good = state != TIME_ERROR && (kernel.status & STA_UNSYNC) == 0;
        synchronised = good;
        if (good) error_ms = kernel.maxerror / 1000;
    }
    return {{"now", to_rfc3339(now)}, {"synchronised", std::move(synchronised)}, {"error_ms", std::move(error_ms)}};
}

/// The disks that this program writes to, each once with what lies on it. PostgreSQL's own is not known from here.
json::array disks_of(const Config& config) {
    std::vector<std::pair<std::string_view, fs::path>> places = {{"files", config.blobs}, {"data", config.data_dir}};
    constexpr std::string_view sqlite = "sqlite:";
    if (config.database.starts_with(sqlite))
        places.insert(places.begin(), {"database", fs::absolute(config.database.substr(sqlite.size())).parent_path()});
    std::vector<std::pair<dev_t, json::object>> disks;
    for (const auto& [what, path] : places) {
        struct stat status {};
        std::error_code error;
        const auto space = fs::space(path, error);
        if (::stat(path.c_str(), &status) != 0 || error) {
            disks.push_back(
                {0, {{"holds", json::array{what}}, {"free_bytes", nullptr}, {"total_bytes", nullptr}, {"low", false}}});
            continue;
        }
        const auto known =
            std::find_if(disks.begin(), disks.end(), [&](const auto& d) { return d.first == status.st_dev; });
        if (known != disks.end()) {
            known->second["holds"].as_array().emplace_back(what);
            continue;
        }
        const auto free = static_cast<int64_t>(space.available), total = static_cast<int64_t>(space.capacity);
        disks.push_back({status.st_dev,
                         {{"holds", json::array{what}},
                          {"free_bytes", free},
                          {"total_bytes", total},
                          {"low", free < std::max(least_free, total / 20)}}});
    }
    json::array out;
    for (auto& [device, disk] : disks) out.push_back(std::move(disk));
    return out;
}

json::object database_of(store::Store& store) {
    const auto statistics = store.statistics();
    json::value size;
    // What cannot be asked is left out or negative: unknown is not zero.
    if (const auto* bytes = statistics.if_contains("size_bytes"); bytes && bytes->is_int64() && bytes->as_int64() >= 0)
        size = *bytes;
    return {{"engine", statistics.at("engine")}, {"size_bytes", std::move(size)}};
}

json::object ledger_of(store::Reader& reader) {
    json::value checkpoint, verified;
    if (const auto last = store::latest_checkpoint(reader))
        checkpoint = json::object{{"size", last->size}, {"at", to_rfc3339(last->at)}};
    if (const auto last = last_verification(reader))
        verified = json::object{{"at", to_rfc3339(last->at)}, {"events", last->events}, {"problems", last->problems}};
    return {{"events", store::ledger_size(reader)},
            {"checkpoint", std::move(checkpoint)},
            {"verified", std::move(verified)}};
}

json::value backup_of(store::Reader& reader) {
    const auto last = last_backup(reader);
    if (!last) return {};
    return json::object{{"at", to_rfc3339(last->at)},
                        {"events", last->what.events},
                        {"files", last->what.files},
                        {"bytes", last->what.bytes}};
}

Result<Answer> system(Program& program, const Call& call, Instant started) {
    const bool administers = access::require_anywhere(call.actor, access::Right::manage_directory, call.now).ok();
    if (!administers) TRY_VOID(access::require_anywhere(call.actor, access::Right::read_ledger, call.now));
    const auto& config = program.config();
    json::object out{{"version", program_version},
                     {"node", config.node},
                     {"demonstration", is_demonstration(config)},
                     {"four_eyes", needs_four_eyes(config)},
                     {"started_at", to_rfc3339(started)},
                     {"clock", clock_of(call.now)},
                     {"database", database_of(program.store())},
                     {"disks", disks_of(config)}};
    TRY_VOID(program.store().read([&](store::Reader& reader) -> Result<void> {
        out["ledger"] = ledger_of(reader);
        out["backup"] = backup_of(reader);
        return Nothing{};
    }));
    return Answer{std::move(out)};
}

}  // namespace

void add_system_routes(access::Api& api, Program& program) {
    // Raw: it asks the file system and the database's own figures, not only one snapshot.
    api.raw("GET", "/api/v1/system",
            [&program, started = program.clock().now()](const Call& call) { return system(program, call, started); });
}

}  // namespace hl::app
