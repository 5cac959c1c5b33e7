// The connector to the National Public Service Portal: dossiers and their progress up, the catalogue and dossiers filed
// there down. Called as connector.h says.
#pragma once
#include "dossiers/import.h"
#include "links/connector/mapping.h"
#include "links/connector/runner.h"
#include "links/portal/record.h"
#include "links/portal/session.h"

namespace hl::links::portal {

struct Parts {
    std::function<dossiers::Context()> context;
    store::Store& store;
    const Clock& clock;
};

class PortalConnector final : public connector::Connector {
  public:
    PortalConnector(Parts parts, connector::PartnerSettings settings);
    [[nodiscard]] std::string name() const override { return "portal"; }
    [[nodiscard]] connector::Words title() const override;
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

  private:
    Result<std::shared_ptr<const Profile>> profile(store::Reader& reader, Instant at);
    Result<std::shared_ptr<const Profile>> profile(Instant at);
    Result<json::object> fetch_catalogue(connector::Line& line, Instant now);
    Result<json::object> fetch_filed(connector::Line& line, Instant now);
    connector::Reply reply_to(const Result<PortalAnswer>& answer, const Profile& profile) const;

    Parts parts_;
    connector::PartnerSettings settings_;
    PortalSession session_;
    connector::Mappings mappings_;
    connector::Parsed<Profile> parsed_;
};

/// The dossiers of a LayDanhSachHoSoNop answer, as import takes them; what cannot be read is told by its place.
struct FiledThere {
    std::vector<dossiers::ImportItem> items;
    json::array unreadable;  // {"at": 3, "field": "MaTTHC"}
};
[[nodiscard]] FiledThere read_filed(const json::value& result, const dossiers::Context& ctx, const Profile& profile,
                                    Instant now);
/// Our catalogue beside the portal's list: in one only, or under another name.
[[nodiscard]] json::array catalogue_differences(const json::value& list, const procedures::Catalogue& ours,
                                                Instant now);

}  // namespace hl::links::portal
