// The connector to the National Public Service Portal: dossiers, their progress and answers to questions up, the
// catalogue, questions and dossiers filed there down; papers of the national store looked up when a clerk asks. Called
// as connector.h says; `find_results` and `profile` from any thread.
#pragma once
#include "dossiers/import.h"
#include "links/connector/mapped.h"
#include "links/connector/runner.h"
#include "links/portal/catalogue.h"
#include "links/portal/digitised.h"
#include "links/portal/record.h"
#include "links/portal/session.h"
#include "links/portal/stories.h"

namespace hl::links::portal {

struct Parts {
    std::function<dossiers::Context()> context;
    store::Store& store;
    const Clock& clock;
};

class PortalConnector final : public connector::Connector, public connector::Mapped<Profile> {
  public:
    PortalConnector(Parts parts, connector::PartnerSettings settings);
    [[nodiscard]] std::string name() const override { return "portal"; }
    [[nodiscard]] connector::Words title() const override;
    [[nodiscard]] Result<void> wants(store::Reader& reader, const store::StoredEvent& event,
                                     std::vector<connector::Wanted>& out) override;
    void begin_batch(store::Reader& reader, Instant now) override { keep_for_batch(reader, now); }
    [[nodiscard]] Result<connector::Building> build(store::Reader& reader, const connector::Message& message,
                                                    Instant now) override;
    [[nodiscard]] connector::Reply send(connector::Line& line, const connector::Message& message,
                                        std::string_view bytes) override;
    [[nodiscard]] bool can_look_up() const override { return true; }
    [[nodiscard]] Result<std::optional<json::object>> look_up(connector::Line& line, const std::string& key) override;
    [[nodiscard]] std::vector<connector::Task> tasks() override;
    [[nodiscard]] std::string page_of(const std::string& key) const override;

    /// Papers that the national store has, asked at this moment. The caller logs the read before, and the exchanges
    /// after. Errors: results.*, portal.refused, portal.answer, portal.http, portal.sign_in, http.*, link.secret_*.
    [[nodiscard]] Result<StoredResults> find_results(connector::Line& line, const ResultsQuestion& question);
    [[nodiscard]] const Parts& parts() const { return parts_; }

  private:
    Result<json::object> fetch_catalogue(connector::Line& line, Instant now);
    Result<json::object> compare_details(connector::Line& line, const Profile& profile,
                                         const std::set<std::string>& there, Instant now);
    Result<json::object> fetch_filed(connector::Line& line, Instant now);
    Result<json::object> fetch_questions(connector::Line& line, Instant now);
    Result<connector::Building> build_answer(store::Reader& reader, const connector::Message& message,
                                             const Profile& profile, Instant now);
    Result<std::optional<json::object>> look_up_answer(connector::Line& line, const Profile& profile,
                                                       const std::string& question);
    /// A service whose answer tells of people: the journal keeps it without them.
    Result<PortalAnswer> call_masked(connector::Line& line, const Profile& profile, const std::string& service,
                                     std::string_view body);
    connector::Reply reply_to(const Result<PortalAnswer>& answer, const Profile& profile, bool of_question) const;

    Parts parts_;
    Stories stories_;
    connector::PartnerSettings settings_;
    PortalSession session_;
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
