// The connector to the measurement of online services (EMC): a snapshot of each dossier's state, never of who it is.
// Off unless the settings name it; whether it still takes anything is not known. Any thread.
#pragma once
#include "dossiers/context.h"
#include "dossiers/dossier.h"
#include "links/connector/connector.h"
#include "links/connector/mapped.h"
#include "links/connector/settings.h"
#include "store/store.h"

namespace hl::measurement {

struct Status {
    int number = 0;
    bool mark = false;
};
struct Profile {
    std::string hash, path, reply_field, location;
    std::vector<std::string> good;
    std::map<std::string, Status> states;
    std::map<std::string, int> reception, post_service, payments, levels, user_types;
    int offline_level = 0;
};
/// Errors: link.mapping.
[[nodiscard]] Result<Profile> parse_profile(const connector::MappingFile& file);
void check_profile(const connector::MappingFile& file, std::vector<Error>& errors);
/// The code that it answered. Errors: measurement.reply_malformed.
[[nodiscard]] Result<std::string> parse_reply(std::string_view bytes, const Profile& profile);

struct PartnerParts {
    store::Store& store;
    const Clock& clock;
    std::function<dossiers::Context()> context;
    connector::PartnerSettings settings;  // more: "site" (SiteId)
};

class Partner final : public connector::Connector, public connector::Mapped<Profile> {
  public:
    explicit Partner(PartnerParts parts)
        : Mapped("measurement", parse_profile, parts.store), parts_(std::move(parts)) {}
    [[nodiscard]] std::string name() const override { return "measurement"; }
    [[nodiscard]] connector::Words title() const override {
        return {"Đo lường dịch vụ công trực tuyến (EMC)", "Measurement of online services (EMC)"};
    }
    [[nodiscard]] Result<void> wants(store::Reader& reader, const store::StoredEvent& event,
                                     std::vector<connector::Wanted>& out) override;
    [[nodiscard]] Result<connector::Building> build(store::Reader& reader, const connector::Message& message,
                                                    Instant now) override;
    [[nodiscard]] connector::Reply send(connector::Line& line, const connector::Message& message,
                                        std::string_view bytes) override;
    [[nodiscard]] std::string page_of(const std::string& key) const override { return "/desk/dossiers/" + key; }

  private:
    PartnerParts parts_;
};

}  // namespace hl::measurement
