#include "links/payment/payment.h"

namespace hl::payment {

namespace {

struct StateWord {
    PaymentState state;
    std::string_view word;
};
constexpr StateWord state_words[] = {
    {PaymentState::opened, "opened"},       {PaymentState::offered, "offered"}, {PaymentState::held, "held"},
    {PaymentState::paid, "paid"},           {PaymentState::failed, "failed"},   {PaymentState::expired, "expired"},
    {PaymentState::explained, "explained"},
};

#define HL_PAYMENT_COLUMNS                                                                                       \
    "number, reference, dossier, code, subject, items, amount, state, via, url, opened_at, expires_at, ask_at, " \
    "asks, trans, bank, paid_at, problem, note, (SELECT COUNT(*) FROM payment_receipt r WHERE r.reference = "    \
    "payment.reference)"
constexpr std::string_view select_one = "SELECT " HL_PAYMENT_COLUMNS " FROM payment WHERE reference = ?";
constexpr std::string_view lock_one = "SELECT number FROM payment WHERE reference = ? FOR UPDATE";
constexpr std::string_view select_dossier =
    "SELECT " HL_PAYMENT_COLUMNS " FROM payment WHERE dossier = ? ORDER BY number DESC";
constexpr std::string_view select_odd =
    "SELECT " HL_PAYMENT_COLUMNS " FROM payment WHERE problem <> '' AND number < ? ORDER BY number DESC LIMIT ?";
constexpr std::string_view select_to_ask =
    "SELECT " HL_PAYMENT_COLUMNS " FROM payment WHERE ask_at IS NOT NULL AND ask_at <= ? ORDER BY ask_at LIMIT ?";
constexpr std::string_view insert_one =
    "INSERT INTO payment (reference, dossier, code, subject, items, amount, state, via, remote, url, opened_at, "
    "expires_at, ask_at, asks, trans, bank, paid_at, problem, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
    "?, ?, ?, ?, ?)";
constexpr std::string_view update_one =
    "UPDATE payment SET state = ?, url = ?, ask_at = ?, asks = ?, trans = ?, bank = ?, paid_at = ?, problem = ?, note "
    "= ? WHERE reference = ?";
constexpr std::string_view take_turn =
    "INSERT INTO payment_turn (dossier, turn) VALUES (?, 1) ON CONFLICT (dossier) DO UPDATE SET turn = "
    "payment_turn.turn + 1";
constexpr std::string_view insert_notice =
    "INSERT INTO payment_notice (reference, digest, source, code, amount, currency, trans, bank, outcome, at) VALUES "
    "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (reference, digest) DO NOTHING";
constexpr std::string_view insert_receipt =
    "INSERT INTO payment_receipt (reference, sealed, at) VALUES (?, ?, ?) ON CONFLICT (reference) DO NOTHING";

std::string text_of(const std::vector<Item>& items) {
    json::array list;
    for (const auto& i : items)
        list.push_back(json::object{{"id", i.id}, {"name", i.name}, {"kind", i.kind}, {"amount", i.amount}});
    return json::serialize(list);
}

std::vector<Item> items_from(std::string_view text) {
    std::vector<Item> out;
    const auto list = json::parse(json::string_view{text.data(), text.size()});
    for (const auto& value : list.as_array()) {
        const auto& o = value.as_object();
        out.push_back({std::string{o.at("id").as_string()}, std::string{o.at("name").as_string()},
                       std::string{o.at("kind").as_string()}, o.at("amount").to_number<int64_t>()});
    }
    return out;
}

Payment payment_from(const store::Row& r) {
    Payment p;
    p.number = r.integer(0);
    p.reference = r.string(1);
    p.dossier = r.id<DossierId>(2);
    p.code = r.id<DossierCode>(3);
    p.subject = r.id<SubjectId>(4);
    p.items = items_from(r.text(5));
    p.amount = r.integer(6);
    p.state = static_cast<PaymentState>(r.integer(7));
    p.via = r.string(8);
    p.url = r.string(9);
    p.opened_at = r.instant(10);
    p.expires_at = r.instant(11);
    p.ask_at = r.optional_instant(12);
    p.asks = static_cast<int>(r.integer(13));
    p.transaction = r.string(14);
    p.bank = r.string(15);
    p.paid_at = r.optional_instant(16);
    p.problem = r.string(17);
    p.note = r.string(18);
    p.has_receipt = r.integer(19) > 0;
    return p;
}

}  // namespace

std::string_view to_string(PaymentState state) {
    for (const auto& row : state_words)
        if (row.state == state) return row.word;
    return "opened";
}

std::optional<PaymentState> payment_state_from(std::string_view word) {
    for (const auto& row : state_words)
        if (row.word == word) return row.state;
    return std::nullopt;
}

namespace rows {

std::optional<Payment> find(store::Reader& reader, std::string_view reference, bool for_update) {
    if (for_update) (void)reader.first(lock_one, {reference}, [](const store::Row& r) { return r.integer(0); });
    return reader.first(select_one, {reference}, payment_from);
}

std::vector<Payment> of_dossier(store::Reader& reader, const DossierId& dossier) {
    return reader.all(select_dossier, {dossier}, payment_from);
}

std::vector<Payment> odd(store::Reader& reader, int64_t before, int limit) {
    return reader.all(select_odd, {before > 0 ? before : std::numeric_limits<int64_t>::max(), limit}, payment_from);
}

std::vector<Payment> to_ask(store::Reader& reader, Instant now, int limit) {
    return reader.all(select_to_ask, {now, limit}, payment_from);
}

void insert(store::Transaction& tx, const Payment& p, std::string_view sealed_remote) {
    const auto items = text_of(p.items);
    tx.execute(insert_one, {p.reference, p.dossier, p.code, p.subject, items, p.amount, static_cast<int>(p.state),
                            p.via, store::Blob{sealed_remote}, p.url, p.opened_at, p.expires_at, p.ask_at, p.asks,
                            p.transaction, p.bank, p.paid_at, p.problem, p.note});
}

void update(store::Transaction& tx, const Payment& p) {
    tx.execute(update_one, {static_cast<int>(p.state), p.url, p.ask_at, p.asks, p.transaction, p.bank, p.paid_at,
                            p.problem, p.note, p.reference});
}

std::string remote_of(store::Reader& reader, std::string_view reference) {
    return reader
        .first("SELECT remote FROM payment WHERE reference = ?", {reference},
               [](const store::Row& r) { return r.string(0); })
        .value_or("");
}

int64_t next_turn(store::Transaction& tx, const DossierId& dossier) {
    tx.execute(take_turn, {dossier});
    return tx
        .first("SELECT turn FROM payment_turn WHERE dossier = ?", {dossier},
               [](const store::Row& r) { return r.integer(0); })
        .value_or(1);
}

void keep_receipt(store::Transaction& tx, std::string_view reference, std::string_view sealed, Instant now) {
    tx.execute(insert_receipt, {reference, store::Blob{sealed}, now});
}

std::string receipt_of(store::Reader& reader, std::string_view reference) {
    return reader
        .first("SELECT sealed FROM payment_receipt WHERE reference = ?", {reference},
               [](const store::Row& r) { return r.string(0); })
        .value_or("");
}

bool keep_notice(store::Transaction& tx, const NoticeRow& n) {
    return tx.execute(insert_notice, {n.reference, n.digest, n.source, n.code, n.amount, n.currency, n.transaction,
                                      n.bank, n.outcome, n.at}) == 1;
}

std::optional<std::string> outcome_of(store::Reader& reader, std::string_view reference, std::string_view digest) {
    return reader.first("SELECT outcome FROM payment_notice WHERE reference = ? AND digest = ?", {reference, digest},
                        [](const store::Row& r) { return r.string(0); });
}

std::vector<NoticeRow> notices_of(store::Reader& reader, std::string_view reference) {
    return reader.all(
        "SELECT reference, digest, source, code, amount, currency, trans, bank, outcome, at FROM payment_notice WHERE "
        "reference = ? ORDER BY number",
        {reference}, [](const store::Row& r) {
            return NoticeRow{r.string(0), r.string(1), r.string(2), r.string(3), r.string(4),
                             r.string(5), r.string(6), r.string(7), r.string(8), r.instant(9)};
        });
}

}  // namespace rows

namespace {

struct Known {
    std::string_view problem, vi, en;
};
constexpr Known sayings[] = {
    {"amount_differs", "Nền tảng báo số tiền khác số phải nộp. Hãy đối chiếu sao kê trước khi ghi nhận.",
     "The platform tells of another amount than was due. Check the bank statement before recording it."},
    {"currency_differs", "Nền tảng báo loại tiền khác đồng Việt Nam. Hãy đối chiếu với nền tảng.",
     "The platform tells of another currency than đồng. Clear it with the platform."},
    {"charge_changed", "Khoản phải nộp đã đổi sau khi mở thanh toán. Hãy đối chiếu rồi xử lý phần chênh lệch.",
     "The charge was changed after the payment had been begun. Compare and settle the difference."},
    {"charge_paid",
     "Khoản này đã được nộp bằng cách khác. Tiền có thể phải hoàn theo quy định; phần mềm không tự hoàn.",
     "The charge was paid in another way already. The money may have to be refunded by the rules; nothing is refunded "
     "by itself."},
    {"dossier_closed", "Hồ sơ không còn nhận thanh toán. Hãy đối chiếu và xử lý khoản tiền đã nhận.",
     "The dossier takes no payment any more. Clear what is to become of the money."},
    {"second_transaction", "Nền tảng báo thêm một giao dịch cho cùng mã tham chiếu. Có thể người dân đã trả hai lần.",
     "The platform tells of another transaction for the same reference. Somebody may have paid twice."},
    {"code_unknown", "Nền tảng trả mã mà bảng ánh xạ không có. Hãy bổ sung bảng ánh xạ, rồi hỏi lại.",
     "The platform answered with a code that the mapping does not have. Add it to the mapping, then ask again."},
};

}  // namespace

Saying saying_of(const std::string& problem) {
    if (problem.empty()) return {};
    for (const auto& known : sayings)
        if (known.problem == problem) return {std::string{known.vi}, std::string{known.en}};
    return {"Không ghi nhận được khoản tiền này. Hãy đối chiếu với nền tảng.",
            "The money could not be recorded. Clear it with the platform."};
}

json::object to_json(const Payment& p) {
    json::array items;
    for (const auto& i : p.items)
        items.push_back(json::object{{"id", i.id}, {"name", i.name}, {"kind", i.kind}, {"amount", i.amount}});
    const auto words = saying_of(p.problem);
    return {{"reference", p.reference},
            {"dossier", p.code.value},
            {"state", to_string(p.state)},
            {"amount", p.amount},
            {"items", std::move(items)},
            {"via", p.via},
            {"url", p.url.empty() || !is_waiting(p) ? json::value() : json::value(p.url)},
            {"opened_at", to_rfc3339(p.opened_at)},
            {"expires_at", to_rfc3339(p.expires_at)},
            {"transaction", p.transaction.empty() ? json::value() : json::value(p.transaction)},
            {"paid_at", p.paid_at ? json::value(to_rfc3339(*p.paid_at)) : json::value()},
            {"problem", p.problem.empty() ? json::value()
                                          : json::value({{"code", p.problem}, {"vi", words.vi}, {"en", words.en}})},
            {"note", p.note.empty() ? json::value() : json::value(p.note)},
            {"receipt", p.has_receipt}};
}

}  // namespace hl::payment
