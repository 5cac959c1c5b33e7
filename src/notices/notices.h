// The connector that tells people about their dossiers: one message per event and person, by mail, SMS or Zalo, on the
// connectors' bones (links/connector). Each way out has a breaker of its own, so that a mail server that is down does
// not hold up the telephones. What a message says is made from the dossier as the event left it; personal data in it is
// the address alone, and its reading is logged.
#pragma once
#include "dossiers/context.h"
#include "links/connector/connector.h"
#include "links/connector/runner.h"
#include "notices/choice.h"
#include "notices/gateway.h"
#include "notices/mail.h"
#include "notices/pack.h"
#include "notices/smtp.h"

namespace hl::notices {

inline constexpr std::string_view connector_name = "notices";

struct Settings {
    std::optional<MailServer> mail;
    std::filesystem::path mail_secret;
    std::string from, from_name;
    std::map<Way, GatewayPlace> gateways;
    std::map<Way, std::filesystem::path> gateway_secrets;
    std::string public_url;  // begins the links in messages
    connector::Pace pace{};
    [[nodiscard]] std::vector<Way> ways() const;
};
/// From the settings file: url (the mail server), user, secret_file; more: from, from_name, public_url, tls ("none" on
/// loopback), sms_url, sms_brand, zalo_url, zalo_brand; secret_files: sms, zalo. Errors: notices.settings, mail.*.
[[nodiscard]] Result<Settings> settings_from(const connector::PartnerSettings& partner);

/// The key by which a notice is known: "CODE/received/123".
struct Key {
    std::string code, kind;
    int64_t position = 0;
};
[[nodiscard]] std::string key_of(const Key& key);
[[nodiscard]] std::optional<Key> parse_key(std::string_view key);
/// The mail's Message-ID holds the key, so that a report of non-delivery leads back.
[[nodiscard]] std::string message_id(std::string_view key, std::string_view from);
[[nodiscard]] std::optional<std::string> key_in_message_id(std::string_view id);

/// Which kind an event of the ledger is; empty: nothing that people are told.
[[nodiscard]] std::string kind_of(const store::StoredEvent& event);

/// A message as it is stored once made.
struct Ready {
    Way way = Way::mail;
    std::string to, mime, text;
};
[[nodiscard]] std::string to_bytes(const Ready& ready);
[[nodiscard]] std::optional<Ready> ready_from(std::string_view bytes);

/// Both languages' words from a text of the pack; what a preview shows, too.
struct Said {
    std::string subject, mail, brief;
};
[[nodiscard]] Said say(const Texts& texts, const Rules& rules, const Values& values);
[[nodiscard]] Mail mail_of(const Said& said, std::string_view language, std::string link, std::string unsubscribe);

class Notices final : public connector::Connector {
  public:
    struct Parts {
        store::Store& store;
        store::Vault& vault;
        const Clock& clock;
        Random& random;  // safe on any thread
        std::function<dossiers::Context()> context;
    };
    Notices(Settings settings, Parts parts);

    [[nodiscard]] std::string name() const override { return std::string{connector_name}; }
    [[nodiscard]] connector::Words title() const override;
    [[nodiscard]] Result<void> wants(store::Reader& reader, const store::StoredEvent& event,
                                     std::vector<connector::Wanted>& out) override;
    [[nodiscard]] Result<connector::Building> build(store::Reader& reader, const connector::Message& message,
                                                    Instant now) override;
    [[nodiscard]] connector::Reply send(connector::Line& line, const connector::Message& message,
                                        std::string_view bytes) override;
    [[nodiscard]] std::vector<connector::Task> tasks() override;
    [[nodiscard]] std::string page_of(const std::string& key) const override;

    [[nodiscard]] Books& books() { return books_; }
    [[nodiscard]] const Settings& settings() const { return settings_; }

  private:
    connector::Reply by_mail(connector::Line& line, const Ready& ready);
    connector::Reply by_gateway(connector::Line& line, const GatewayShape& shape, const Ready& ready,
                                const std::string& id);
    connector::Reply resting(Way way, std::string code, connector::Words why);
    void refuse_address(Way way, const std::string& address, const std::string& code);

    Settings settings_;
    Parts parts_;
    Books books_;
    std::map<Way, connector::Breaker> breakers_;
};

/// Puts a message into the outbox for every promise that passed and has not been spoken of. How many.
[[nodiscard]] Result<int64_t> tell_overdue(store::Transaction& tx, const Rules& rules, Instant now);

/// Remembers the promise of each dossier in work; can be rebuilt.
class DueFollower final : public store::Follower {
  public:
    [[nodiscard]] std::string name() const override { return "notices.due"; }
    void reset(store::Transaction& tx) override;
    Result<void> apply(store::Transaction& tx, std::span<const store::StoredEvent> events) override;
};

}  // namespace hl::notices
