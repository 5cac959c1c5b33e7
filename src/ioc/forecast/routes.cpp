#include "ioc/forecast/routes.h"

#include <mutex>

#include "access/query_values.h"
#include "ioc/forecast/views.h"
#include "ioc/indicators/routes.h"

namespace hl::forecast {

using access::Answer;
using access::Call;
using access::Right;

namespace {

constexpr size_t most_codes = 200;

std::string param(const Call& call, std::string_view name) {
    return call.request.query_value(name).value_or("");
}

/// The whole board, made anew when it has become old: at ten seconds, and later the more dossiers are open.
class Boards {
  public:
    explicit Boards(const RouteSources& sources) : sources_(sources) {}

    Result<std::shared_ptr<const Board>> at(Instant now) {
        std::scoped_lock lock(mutex_);
        if (board_ && board_->position && now >= board_->as_of && now - board_->as_of < life_) return board_;
        const auto lore = sources_.lore();
        TRY(auto fresh, sources_.store.read([&](store::Reader& r) { return board(r, lore, {}, now); }));
        board_ = std::make_shared<const Board>(std::move(fresh));
        life_ = std::chrono::milliseconds{10'000 + std::ssize(board_->items)};
        return board_;
    }

  private:
    RouteSources sources_;
    std::mutex mutex_;
    std::shared_ptr<const Board> board_;
    std::chrono::milliseconds life_{0};
};

Result<Scope> scope_of(const Call& call) {
    TRY(const auto see, ioc::viewable(call.actor, call.now));
    Scope scope{see, param(call, "procedure")};
    if (const AgencyId agency{param(call, "agency")}; !agency.empty()) {
        TRY_VOID(access::require(call.actor, Right::view_ioc, agency, call.now));
        scope.agencies = std::vector{agency};
    }
    return scope;
}

json::object head(const Board& board) {
    return {{"as_of", to_rfc3339_local(board.as_of)},
            {"position", or_null(board.position)},
            {"calibrated", board.calibrated}};
}

Result<std::vector<std::string>> standings_of(const Call& call) {
    std::vector<std::string> out;
    auto text = param(call, "standing");
    if (text.empty()) text = "running,waiting";
    for (size_t from = 0; from <= text.size();) {
        const auto comma = std::min(text.find(',', from), text.size());
        const auto word = text.substr(from, comma - from);
        bool known = false;
        for (const auto s : {Standing::running, Standing::waiting, Standing::late, Standing::unknown})
            known = known || to_string(s) == word;
        if (!known)
            return Error{ErrorKind::invalid, "forecast.standing",
                         "standing gồm các từ running, waiting, late, unknown, cách nhau bằng dấu phẩy.",
                         "standing is made of running, waiting, late, unknown, separated by commas.", "standing"};
        out.push_back(word);
        from = comma + 1;
    }
    return out;
}

Answer list(const Board& board, const Scope& scope, const std::vector<std::string>& standings, double least,
            int64_t from, int64_t limit, const Lore& lore) {
    json::array items;
    json::value next;
    int64_t at = 0, total = 0;
    for (const auto& r : board.items) {
        if (!scope.covers(r.open)) continue;
        if (std::find(standings.begin(), standings.end(), to_string(r.outlook.standing)) == standings.end()) continue;
        const bool likely = r.outlook.standing == Standing::late || r.outlook.standing == Standing::unknown ||
                            r.outlook.probability * 100 >= least;
        if (!likely) continue;
        ++total;
        if (at++ < from) continue;
        if (std::ssize(items) < limit)
            items.push_back(view(r, lore));
        else if (next.is_null())
            next = std::to_string(from + limit);
    }
    auto out = head(board);
    out["total"] = total;
    out["items"] = std::move(items);
    out["next"] = std::move(next);
    return Answer{std::move(out)};
}

void add_risks(access::Api& api, const RouteSources& s, const std::shared_ptr<Boards>& boards) {
    access::RouteOptions slow;
    slow.slow = true;
    api.raw(
        "GET", "/api/v1/ioc/forecast/dossiers",
        [s, boards](const Call& call) -> Result<Answer> {
            TRY(const auto scope, scope_of(call));
            TRY(const auto standings, standings_of(call));
            TRY(const auto least, access::number_in_query(call, "least", 0, 0, 100));
            TRY(const auto limit, access::number_in_query(call, "limit", 50, 1, 200));
            TRY(const auto from, access::number_in_query(call, "cursor", 0, 0, 10'000'000));
            TRY(const auto board, boards->at(call.now));
            return list(*board, scope, standings, static_cast<double>(least), from, limit, s.lore());
        },
        slow);
    api.raw(
        "GET", "/api/v1/ioc/forecast/agencies",
        [boards](const Call& call) -> Result<Answer> {
            TRY(const auto scope, scope_of(call));
            TRY(const auto board, boards->at(call.now));
            Board mine;
            for (const auto& r : board->items)
                if (scope.covers(r.open)) mine.items.push_back(r);
            json::array items;
            for (const auto& a : by_agency(mine)) items.push_back(view(a));
            auto out = head(*board);
            out["items"] = std::move(items);
            return Answer{std::move(out)};
        },
        slow);
    // For a desk: its own dossiers, by their codes, as many as stand on a page.
    api.raw(
        "GET", "/api/v1/ioc/forecast/codes",
        [boards](const Call& call) -> Result<Answer> {
            TRY_VOID(access::require_anywhere(call.actor, Right::read_dossier, call.now));
            const auto text = param(call, "codes");
            std::set<std::string, std::less<>> codes;
            for (size_t from = 0; from < text.size();) {
                const auto comma = std::min(text.find(',', from), text.size());
                codes.insert(text.substr(from, comma - from));
                from = comma + 1;
            }
            if (codes.empty() || codes.size() > most_codes)
                return Error{ErrorKind::invalid, "forecast.codes",
                             fmt::format("codes gồm từ 1 đến {} mã hồ sơ, cách nhau bằng dấu phẩy.", most_codes),
                             fmt::format("codes is 1 to {} codes of dossiers, separated by commas.", most_codes),
                             "codes"};
            TRY(const auto board, boards->at(call.now));
            json::array items;
            for (const auto& r : board->items) {
                if (!codes.contains(r.open.code.value)) continue;
                bool may = access::require(call.actor, Right::read_dossier, r.open.agency, call.now).ok();
                for (const auto& [number, task] : r.open.tasks)
                    may = may || access::require(call.actor, Right::read_dossier, task.agency, call.now).ok();
                // What may not be read is left out as if it were not open.
                if (!may) continue;
                const auto* worst = r.outlook.worst();
                const auto why = reason(r.outlook);
                items.push_back(
                    {{"code", r.open.code.value},
                     {"standing", to_string(r.outlook.standing)},
                     {"probability", percent(r.outlook)},
                     {"step", worst ? json::value(worst->name.empty() ? worst->step : worst->name) : json::value()},
                     {"reason", {{"vi", why.vi}, {"en", why.en}}}});
            }
            auto out = head(*board);
            out["items"] = std::move(items);
            return Answer{std::move(out)};
        },
        slow);
    api.query("/api/v1/ioc/forecast/dossiers/{code}", [s](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY_VOID(access::require_anywhere(call.actor, Right::view_ioc, call.now));
        const auto lore = s.lore();
        TRY(const auto found, risk_of(reader, lore, DossierCode{call.param("code")}, call.now));
        // Who may not see it is told the same as of one that is not there.
        if (!found || !access::require(call.actor, Right::view_ioc, found->open.agency, call.now).ok())
            return Error{ErrorKind::not_found, "forecast.not_open",
                         "Không có hồ sơ đang mở với mã này trong phạm vi của bạn.",
                         "There is no open dossier of this code within your reach."};
        auto out = view_with_steps(*found, lore);
        out["as_of"] = to_rfc3339_local(call.now);
        return Answer{std::move(out)};
    });
    api.query("/api/v1/ioc/forecast/calibration", [](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY_VOID(access::require_anywhere(call.actor, Right::view_ioc, call.now));
        TRY(const auto c, calibration_of(reader, call.now));
        return Answer{view(c)};
    });
}

}  // namespace

void add_routes(access::Api& api, RouteSources sources) {
    add_risks(api, sources, std::make_shared<Boards>(sources));
    add_series_routes(api, sources);
}

}  // namespace hl::forecast
