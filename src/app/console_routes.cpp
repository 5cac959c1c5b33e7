#include "app/console_routes.h"

#include <thread>

#include "app/records.h"
#include "base/json.h"
#include "base/log.h"
#include "dossiers/bodies.h"
#include "dossiers/reorganise.h"
#include "store/ledger.h"

namespace hl::app {

namespace {

using access::Answer;
using access::Call;
namespace json = boost::json;

json::object view(const dossiers::Rehearsal& rehearsal) {
    json::array moves, stuck;
    for (const auto& [move, dossiers] : rehearsal.moves)
        moves.push_back(json::object{{"from", move.from.value},
                                     {"to", move.to.value},
                                     {"procedure", move.procedure.value},
                                     {"dossiers", dossiers}});
    for (const auto& s : rehearsal.stuck)
        stuck.push_back(
            json::object{{"code", s.code.value}, {"agency", s.agency.value}, {"vi", s.why.vi}, {"en", s.why.en}});
    return {{"dossiers", rehearsal.dossiers},
            {"stuck_dossiers", rehearsal.stuck_dossiers},
            {"more", rehearsal.more},
            {"moves", std::move(moves)},
            {"stuck", std::move(stuck)}};
}

void add_rehearsal_route(access::Api& api, Program& program) {
    api.raw("POST", "/api/v1/reorganisations/rehearsal", [&program](const Call& call) -> Result<Answer> {
        JsonReader in(call.body);
        const auto list = dossiers::bodies::successions(in, "successions");
        TRY_VOID(in.finish());
        TRY(const auto rehearsal, dossiers::rehearse(program.store(), program.context(), call.actor, list, call.now));
        return Answer{view(rehearsal)};
    });
}

/// One verification at a time, on a thread of its own; the last result is kept while the program runs.
class Verification {
  public:
    explicit Verification(Program& program) : program_(program) {}

    /// False when one is running.
    bool start(Instant now, std::string actor) {
        std::scoped_lock lock(mutex_);
        if (running_) return false;
        if (thread_.joinable()) thread_.join();
        running_ = true;
        started_at_ = now;
        done_ = total_ = 0;
        thread_ = std::jthread([this, actor = std::move(actor)](const std::stop_token& stop) { run(stop, actor); });
        return true;
    }
    [[nodiscard]] json::object view() const {
        std::scoped_lock lock(mutex_);
        json::object out{{"running", running_}};
        out["started_at"] = started_at_ ? json::value(to_rfc3339_local(*started_at_)) : json::value();
        out["checked"] = done_;
        out["events"] = total_;
        out["last"] = last_;
        return out;
    }

  private:
    struct Stopped {};
    void run(const std::stop_token& stop, const std::string& actor) {
        json::object result;
        try {
            const auto report =
                store::verify_ledger(program_.store(), program_.ledger_keys(), [&](int64_t done, int64_t total) {
                    if (stop.stop_requested()) throw Stopped{};
                    std::scoped_lock lock(mutex_);
                    done_ = done;
                    total_ = total;
                });
            result["finished_at"] = to_rfc3339_local(program_.clock().now());
            if (report.ok()) {
                record_verification(program_, *report, actor);
                json::array problems;
                for (const auto& p : report->problems_vi) problems.emplace_back(p);
                result["events"] = report->events;
                result["checkpoints"] = report->checkpoints;
                result["root"] = crypto::to_base64(crypto::view(report->root));
                result["problems"] = std::move(problems);
                if (!report->problems.empty())
                    log::error("ledger", "verification found problems", {{"problems", report->problems.size()}});
            } else {
                result["failed"] = report.error().vi;
            }
        } catch (const Stopped&) {  // the server stops: nothing was found out
            return;
        } catch (const std::exception& error) {
            log::error("ledger", "verification failed", {{"what", error.what()}});
            result["failed"] = "Không kiểm tra được sổ cái. Hãy xem nhật ký máy chủ.";
        }
        std::scoped_lock lock(mutex_);
        last_ = std::move(result);
        running_ = false;
    }

    Program& program_;
    mutable std::mutex mutex_;
    bool running_ = false;
    std::optional<Instant> started_at_;
    int64_t done_ = 0, total_ = 0;
    json::value last_;  // null: none since the program started
    std::jthread thread_;
};

void add_verification_routes(access::Api& api, Program& program) {
    const auto job = std::make_shared<Verification>(program);
    api.raw("GET", "/api/v1/ledger/verification", [job](const Call& call) -> Result<Answer> {
        TRY_VOID(access::require_anywhere(call.actor, access::Right::read_ledger, call.now));
        return Answer{job->view()};
    });
    api.raw("POST", "/api/v1/ledger/verification", [job](const Call& call) -> Result<Answer> {
        TRY_VOID(access::require_anywhere(call.actor, access::Right::read_ledger, call.now));
        if (!job->start(call.now, call.actor.label()))
            return Error{ErrorKind::conflict, "ledger.verifying", "Sổ cái đang được kiểm tra. Hãy đợi kết quả.",
                         "The ledger is being verified. Wait for the result."};
        return Answer{job->view(), 202};
    });
}

}  // namespace

void add_console_routes(access::Api& api, Program& program) {
    add_rehearsal_route(api, program);
    add_verification_routes(api, program);
}

}  // namespace hl::app
