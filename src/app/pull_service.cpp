#include "app/pull_service.h"

#include "app/program.h"
#include "base/files.h"
#include "base/log.h"
#include "base/text.h"
#include "http/client.h"

namespace hl::app {

namespace {

constexpr std::chrono::seconds looked_every{10};
constexpr size_t largest_answer = 1u << 20;

Result<std::string> fetch(const PullSettings& settings, const std::string& url) {
    http::ClientRequest request;
    request.url = url;
    request.headers = {{"Accept", "application/json"}};
    if (!settings.authorization_file.empty()) {
        TRY(const auto secret, read_file(settings.authorization_file, 8192));
        request.headers.push_back({"Authorization", text::trim(secret)});
    }
    request.timeout = settings.timeout;
    request.max_response = largest_answer;
    request.ca_file = settings.ca_file;
    TRY(const auto answer, http::send(request));
    if (answer.status == 200) return answer.body;
    return Error{ErrorKind::unavailable, "pull.status", fmt::format("Hệ thống kia trả lời HTTP {}.", answer.status),
                 fmt::format("The other system answered HTTP {}.", answer.status)};
}

}  // namespace

Result<ioc::Pulled> PullService::pull_now(const std::string& name) {
    for (const auto& settings : program_.config().ioc_pull)
        if (settings.source.name == name) {
            const auto book = program_.snapshots().book();
            return ioc::pull(
                program_.store(), *book, program_.snapshots().organisation(), settings.source,
                [&](const std::string& url) { return fetch(settings, url); }, program_.clock().now());
        }
    return Error{ErrorKind::not_found, "pull.unknown", "Thiết lập ioc_pull không có hệ thống " + name + ".",
                 "The setting ioc_pull has no system " + name + "."};
}

void PullService::start() {
    if (!program_.config().ioc_pull.empty()) ticker_.start();
}

std::chrono::milliseconds PullService::turn() {
    std::map<std::string, Instant> tried;
    const auto states = program_.store().read(
        [](store::Reader& r) -> Result<std::vector<ioc::PullState>> { return ioc::pull_states(r); });
    if (states.ok())
        for (const auto& s : *states) tried[s.source] = s.tried_at;
    for (const auto& settings : program_.config().ioc_pull) {
        const auto& name = settings.source.name;
        const auto last = tried.find(name);
        if (!states.ok() || (last != tried.end() && program_.clock().now() - last->second < settings.interval))
            continue;
        const auto done = pull_now(name);
        const auto* problem = !done.ok() ? &done.error() : done->problems.empty() ? nullptr : &done->problems.front();
        if (problem)
            log::warning("ioc", "values were not fetched as wanted",
                         {{"source", name}, {"code", problem->code}, {"at", problem->at}, {"detail", problem->en}});
    }
    return looked_every;
}

}  // namespace hl::app
