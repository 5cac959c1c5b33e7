// A register on the connectors' bones: asked for one code at a time with a cache that shows its age, and listed for the
// dossiers that it handles itself (mirror.h). Two of them: "business" and "budget". It sends nothing, so its outbox
// stays empty; pause, journal and tasks are those of every connector. Any thread.
#pragma once
#include <mutex>

#include "dossiers/context.h"
#include "links/connector/connector.h"
#include "links/connector/mapped.h"
#include "links/connector/runner.h"
#include "links/registers/budget_code.h"
#include "links/registers/record.h"

namespace hl::links::registers {

struct Parts {
    store::Store& store;
    store::Vault& vault;
    const Clock& clock;
    std::function<dossiers::Context()> context;
};

struct Found {
    Record record;
    Instant fetched_at;
    bool from_cache = false;
    /// The register could not be asked and this is older than the mapping lets a record be: shown as such.
    bool stale = false;
    std::string trouble;     // why it could not be asked, when stale: a code
    std::string message_id;  // when the gateway of the data-sharing platform was asked
};

/// Another way to ask the same register (through the data-sharing platform's gateway): kind, code, who asks.
struct Elsewhere {
    std::function<Result<std::pair<Record, std::string>>(const std::string& kind, const std::string& code,
                                                         const std::string& user)>
        ask;
};

class Register final : public connector::Connector, private connector::Mapped<Profile> {
  public:
    /// `name`: "business" or "budget". `settings` without a url: only `elsewhere` is asked.
    Register(std::string name, connector::Words title, connector::PartnerSettings settings, Parts parts,
             Elsewhere elsewhere = {});

    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] connector::Words title() const override { return title_; }
    [[nodiscard]] Result<void> wants(store::Reader&, const store::StoredEvent&,
                                     std::vector<connector::Wanted>&) override;
    [[nodiscard]] Result<connector::Building> build(store::Reader&, const connector::Message&, Instant) override;
    [[nodiscard]] connector::Reply send(connector::Line&, const connector::Message&, std::string_view) override;
    [[nodiscard]] std::vector<connector::Task> tasks() override;

    using connector::Connector::look_up;  // by key alone: the comparison's, which registers have none of
    /// From the cache while it is young enough, else from the register; when that cannot be asked, what the cache has,
    /// marked. `fresh`: the cache is not good enough. Errors: register.kind, register.code, register.not_found,
    /// register.mismatch, register.incomplete, register.unreadable, register.unavailable, budget.code, budget.reused.
    [[nodiscard]] Result<Found> look_up(connector::Line& line, const std::string& kind, std::string_view typed,
                                        bool fresh, const std::string& user);
    /// The mapping that holds today. Errors: link.no_mapping, link.mapping.
    [[nodiscard]] Result<std::shared_ptr<const Profile>> profile() { return Mapped::profile(parts_.clock.now()); }
    /// Everything the central system handles itself, as it is there now; a report of counts.
    [[nodiscard]] Result<json::object> mirror(connector::Line& line, Instant now);
    [[nodiscard]] bool connected() const { return settings_.connected(); }
    [[nodiscard]] bool can_ask() const { return connected() || static_cast<bool>(elsewhere_.ask); }

  private:
    Result<std::string> token(connector::Line& line, const Profile& profile, const std::string& stale);
    Result<std::string> get(connector::Line& line, const Profile& profile, const std::string& path,
                            std::string_view operation);
    Result<Record> ask(connector::Line& line, const Profile& profile, const Shape& shape, const std::string& code);
    Result<void> keep(const Record& record, Instant now);

    std::string name_;
    connector::Words title_;
    connector::PartnerSettings settings_;
    Parts parts_;
    Elsewhere elsewhere_;
    std::mutex mutex_;  // guards the token
    std::string token_;
    Instant token_until_{};
};

/// What the register is known to hold of a budget-unit code: a closed one that comes back under another name is the
/// register's fault and no answer. Errors: budget.reused.
[[nodiscard]] Result<void> observe_unit(store::Transaction& tx, const Record& record, const CompareRules& rules,
                                        Instant now);

}  // namespace hl::links::registers
