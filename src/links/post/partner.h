// The connector to the post. Messages: "order" when a person asked for papers to be collected, and when the result of a
// dossier is ready that is to go by post (asked for, or filed by post); "cancel". Task "tracking" reads the post's list
// of movements on from where it was. Any thread.
#pragma once
#include "links/connector/connector.h"
#include "links/connector/mapped.h"
#include "links/connector/settings.h"
#include "links/post/commands.h"
#include "store/store.h"

namespace hl::post {

struct PartnerParts {
    store::Store& store;
    const Clock& clock;
    std::function<dossiers::Context()> context;
    /// user: consumer key; secret_file: its secret. more: "customer" (CustomerCode), and what the agency's record
    /// lacks: "address", "phone", "email" of whoever hands over and takes in for the province.
    connector::PartnerSettings settings;
};

class Partner final : public connector::Connector, public connector::Mapped<Profile> {
  public:
    explicit Partner(PartnerParts parts) : Mapped("post", parse_profile, parts.store), parts_(std::move(parts)) {}
    [[nodiscard]] std::string name() const override { return "post"; }
    [[nodiscard]] connector::Words title() const override { return {"Bưu chính công ích", "Public postal service"}; }
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

    [[nodiscard]] const PartnerParts& parts() const { return parts_; }

  private:
    Result<connector::Building> build_order(store::Reader& reader, const connector::Message& message,
                                            const Profile& profile, Instant now);
    Result<std::string> token(connector::Line& line, const Profile& profile);
    void forget_token();
    Result<http::Response> call(connector::Line& line, const Profile& profile, http::ClientRequest request,
                                std::string_view operation);
    Result<std::vector<Movement>> movements(connector::Line& line, const Profile& profile, const std::string& after);
    Result<json::object> track(connector::Line& line, Instant now);
    connector::Reply order_sent(const connector::Message& message, std::string_view bytes, const OrderReply& reply,
                                const Profile& profile);
    connector::Reply cancel_sent(const connector::Message& message, const OrderReply& reply, const Profile& profile);

    PartnerParts parts_;
    std::mutex mutex_;
    std::string token_;
    Instant token_until_{};
    std::map<std::string, std::string> listed_;  // order → its last status, for the comparison of one night
    Instant listed_at_{};
};

}  // namespace hl::post
