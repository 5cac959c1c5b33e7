// Speaking with the portal: a session that is opened when it is needed and renewed when the portal says so, one service
// call, its answer read strictly. The session is shared by all workers; any thread.
#pragma once
#include <mutex>

#include "links/connector/line.h"
#include "links/connector/settings.h"
#include "links/portal/profile.h"

namespace hl::links::portal {

struct PortalAnswer {
    int code = 0;
    std::string message;  // may name people: never logged, never stored unsealed
    json::value result;
};
/// {"error_code": 0 or "0", "message": …, "result": …}. Error: portal.answer.
[[nodiscard]] Result<PortalAnswer> parse_answer(std::string_view body);
/// {"session": "…", "error_code": 0}. Errors: portal.answer, portal.sign_in.
[[nodiscard]] Result<std::string> parse_session(std::string_view body, const Profile& profile);

class PortalSession {
  public:
    explicit PortalSession(connector::PartnerSettings settings) : settings_(std::move(settings)) {}
    /// `body` is a JSON object without session and madonvi, as text: `{"service":…}`; `extra` goes before it.
    /// Errors: http.*, portal.answer, portal.http (status other than 200), portal.sign_in, link.secret_*.
    [[nodiscard]] Result<PortalAnswer> call(connector::Line& line, const Profile& profile, std::string_view operation,
                                            std::string_view body, const json::object& extra = {});

  private:
    Result<std::string> session(connector::Line& line, const Profile& profile, const std::string& stale);
    Result<PortalAnswer> once(connector::Line& line, const Profile& profile, std::string_view operation,
                              std::string_view body, const json::object& extra, const std::string& session);
    connector::PartnerSettings settings_;
    std::mutex mutex_;
    std::string session_;
};

}  // namespace hl::links::portal
