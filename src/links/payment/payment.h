// What a payment of a dossier's fees through the payment platform is, and its rows. The platform knows it by its
// reference (MaThamChieu); it stands for named charges of one dossier at the amounts they had when it was begun, so
// that money that comes for something else is seen. Amounts are whole đồng. Any thread with its own Reader.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/json.h"
#include "store/db.h"

namespace hl::payment {

enum class PaymentState : int {
    opened = 1,      // wanted; the platform has not given its page yet
    offered = 2,     // the platform has a page for it
    held = 3,        // money was told of that does not fit: a person must look
    paid = 10,       // and the dossier's fee with it, in one transaction
    failed = 11,     // the platform says that nothing was paid
    expired = 12,    // nobody paid in time
    explained = 13,  // was held; somebody dealt with it and said how
};
[[nodiscard]] std::string_view to_string(PaymentState state);
[[nodiscard]] std::optional<PaymentState> payment_state_from(std::string_view word);

struct Item {
    std::string id, name, kind;
    int64_t amount = 0;
    bool operator==(const Item&) const = default;
};

struct Payment {
    int64_t number = 0;
    std::string reference;
    DossierId dossier;
    DossierCode code;
    SubjectId subject;
    std::vector<Item> items;
    int64_t amount = 0;
    PaymentState state = PaymentState::opened;
    std::string via;  // citizen | tracking | desk
    std::string url;  // the platform's page; empty: not known yet
    Instant opened_at, expires_at;
    std::optional<Instant> ask_at;  // when the platform is asked next; nothing: no more
    int asks = 0;
    std::string transaction, bank;  // the platform's, once paid or held
    std::optional<Instant> paid_at;
    std::string problem;  // why it is held, or what is odd about a paid one: amount_differs, second_transaction…
    std::string note;     // how a held one was dealt with
    bool has_receipt = false;
};

/// Money's way still open: the platform is asked about it.
[[nodiscard]] inline bool is_waiting(const Payment& p) {
    return p.state == PaymentState::opened || p.state == PaymentState::offered;
}

namespace rows {
[[nodiscard]] std::optional<Payment> find(store::Reader& reader, std::string_view reference, bool for_update = false);
[[nodiscard]] std::vector<Payment> of_dossier(store::Reader& reader, const DossierId& dossier);
/// Held ones, and paid ones that something is odd about; newest first.
[[nodiscard]] std::vector<Payment> odd(store::Reader& reader, int64_t before, int limit);
/// Those that the platform should be asked about by now, longest waiting first.
[[nodiscard]] std::vector<Payment> to_ask(store::Reader& reader, Instant now, int limit);
void insert(store::Transaction& tx, const Payment& p, std::string_view sealed_remote);
void update(store::Transaction& tx, const Payment& p);
/// Sealed address it was begun from.
[[nodiscard]] std::string remote_of(store::Reader& reader, std::string_view reference);
/// Its number within the dossier; holds off others who begin one for the same dossier.
[[nodiscard]] int64_t next_turn(store::Transaction& tx, const DossierId& dossier);
void keep_receipt(store::Transaction& tx, std::string_view reference, std::string_view sealed, Instant now);
[[nodiscard]] std::string receipt_of(store::Reader& reader, std::string_view reference);

/// What the platform said of a reference, by its call-back or when asked; kept once however often it is said.
struct NoticeRow {
    std::string reference, digest, source, code, amount, currency, transaction, bank, outcome;
    Instant at;
};
/// False: it is there already, `outcome` says what became of it.
[[nodiscard]] bool keep_notice(store::Transaction& tx, const NoticeRow& row);
[[nodiscard]] std::optional<std::string> outcome_of(store::Reader& reader, std::string_view reference,
                                                    std::string_view digest);
[[nodiscard]] std::vector<NoticeRow> notices_of(store::Reader& reader, std::string_view reference);
}  // namespace rows

/// For screens: nothing personal.
[[nodiscard]] json::object to_json(const Payment& p);
/// What is odd about it, and what to do; both empty when nothing is.
struct Saying {
    std::string vi, en;
};
[[nodiscard]] Saying saying_of(const std::string& problem);

}  // namespace hl::payment
