// The connector to the power company: one dossier, whose lane at the company runs beside those of the state agencies
// and on its own clock. Messages: "request" when a step of the company begins, "cancel" when the dossier ends before
// it. Task "progress" reads the company's list of movements on from where it was and ends the step when the company
// says that it finished. Any thread.
#pragma once
#include "dossiers/context.h"
#include "links/connector/connector.h"
#include "links/connector/mapped.h"
#include "links/connector/settings.h"
#include "links/power/profile.h"
#include "store/store.h"

namespace hl::power {

struct PartnerParts {
    store::Store& store;
    const Clock& clock;
    std::function<dossiers::Context()> context;
    connector::PartnerSettings settings;  // secret_file: the token
};

class Partner final : public connector::Connector, public connector::Mapped<Profile> {
  public:
    explicit Partner(PartnerParts parts) : Mapped("power", read_profile, parts.store), parts_(std::move(parts)) {}
    [[nodiscard]] std::string name() const override { return "power"; }
    [[nodiscard]] connector::Words title() const override { return {"Công ty Điện lực", "Power company"}; }
    [[nodiscard]] Result<void> wants(store::Reader& reader, const store::StoredEvent& event,
                                     std::vector<connector::Wanted>& out) override;
    [[nodiscard]] Result<connector::Building> build(store::Reader& reader, const connector::Message& message,
                                                    Instant now) override;
    [[nodiscard]] connector::Reply send(connector::Line& line, const connector::Message& message,
                                        std::string_view bytes) override;
    [[nodiscard]] bool can_look_up() const override { return true; }
    [[nodiscard]] Result<std::optional<json::object>> look_up(connector::Line& line, const std::string& key) override;
    [[nodiscard]] std::vector<connector::Task> tasks() override;
    [[nodiscard]] std::string page_of(const std::string& key) const override;

    /// Whose lane it is. Errors: link.no_mapping, link.mapping.
    [[nodiscard]] Result<std::string> agency(store::Reader& reader);

  private:
    Result<http::Response> call(connector::Line& line, const std::string& method, const std::string& path,
                                std::string body, std::string_view operation);
    Result<json::object> progress(connector::Line& line, Instant now);
    PartnerParts parts_;
};

/// Takes movements over: each once, by its number, with an event. How many were new.
[[nodiscard]] Result<int64_t> take_movements(store::Transaction& tx, const std::vector<Movement>& list, Instant now);
/// Ends the company's open step of a dossier that the company says is finished. Errors: power.no_lane, dossier.*.
[[nodiscard]] Result<void> finish_lane(store::Transaction& tx, const dossiers::Context& ctx, const std::string& agency,
                                       int64_t movement, Instant now);
struct Pending {
    int64_t number = 0;
    std::string code, problem;
    Instant at;
};
[[nodiscard]] std::vector<Pending> pending_finishes(store::Reader& reader);

}  // namespace hl::power
