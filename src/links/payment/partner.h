// The connector to the payment platform. Its messages: "init" (a page to pay on) when a payment is begun, "receipt"
// (GET_BILL) when one is paid. Its task "query" asks about payments of which nothing was heard; the nightly comparison
// asks about all. What the platform says by any way goes through settle(). Any thread.
#pragma once
#include "links/connector/connector.h"
#include "links/connector/mapped.h"
#include "links/connector/settings.h"
#include "links/payment/commands.h"
#include "store/store.h"

namespace hl::payment {

struct PartnerParts {
    store::Store& store;
    const Clock& clock;
    std::function<dossiers::Context()> context;
    /// more: "partner" (MaDoiTac), "account", "bank", "account_name" (where fees go unless the mapping says otherwise
    /// for an agency), "pay_host" (the platform's pages lie there; empty: anywhere over https). secret_file: the key of
    /// the hash.
    connector::PartnerSettings settings;
};

class Partner final : public connector::Connector, public connector::Mapped<Profile> {
  public:
    explicit Partner(PartnerParts parts) : Mapped("payment", parse_profile, parts.store), parts_(std::move(parts)) {}

    [[nodiscard]] std::string name() const override { return "payment"; }
    [[nodiscard]] connector::Words title() const override { return {"Nền tảng thanh toán", "Payment platform"}; }
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

    /// What to answer to a call-back: the platform reads the code in it. `status`: HTTP.
    struct Answered {
        int status = 200;
        json::object body;
        std::optional<Settled> settled;
    };
    [[nodiscard]] Answered call_back(std::string_view body, Instant now);

    [[nodiscard]] const PartnerParts& parts() const { return parts_; }

  private:
    Result<connector::Building> build_init(store::Reader& reader, const Payment& p, const Profile& profile,
                                           std::string_view secret, Instant now);
    connector::Reply send_init(connector::Line& line, const connector::Message& message, std::string_view bytes,
                               const Profile& profile);
    connector::Reply take_receipt(connector::Line& line, const connector::Message& message, std::string_view bytes,
                                  const Profile& profile);
    /// What the platform answers to QUERY; nothing: it does not know the reference.
    Result<std::optional<Notice>> ask(connector::Line& line, const std::string& reference);
    Result<json::object> ask_due(connector::Line& line, Instant now);
    Result<std::string> secret() const { return connector::read_secret(parts_.settings.secret_file); }

    PartnerParts parts_;
};

}  // namespace hl::payment
