#include "links/portal/papers.h"

#include "dossiers/queries.h"

namespace hl::links::portal {

using access::Right;

namespace {

constexpr size_t longest_code = 100;

bool is_code(const std::string& code) {
    return !code.empty() && code.size() <= longest_code &&
           std::all_of(code.begin(), code.end(), [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

Result<void> may_take_papers(const access::Actor& actor, const dossiers::Dossier& d, Instant now) {
    for (const auto& agency : {d.reception, d.agency})
        for (const auto right : {Right::receive_dossier, Right::handle_dossier})
            if (access::require(actor, right, agency, now).ok()) return Nothing{};
    return access::require(actor, Right::receive_dossier, d.reception, now);
}

TakenPapers papers_in(const store::StoredEvent& event) {
    TakenPapers out;
    const auto* papers = event.data.if_contains("papers");
    if (!papers || !papers->is_object()) return out;
    for (const auto& member : papers->get_object())
        if (const auto* code = member.value().if_string()) out[std::string{member.key()}] = std::string{*code};
    return out;
}

Result<TakenPapers> take_papers(store::Transaction& tx, const dossiers::Context& ctx, const access::Actor& actor,
                                const std::string& dossier, const TakenPapers& papers, Instant now) {
    TRY(const auto d, dossiers::find_dossier(tx, actor, dossier, now));
    TRY_VOID(may_take_papers(actor, d, now));
    if (!dossiers::is_open(d.state))
        return Error{ErrorKind::conflict, "papers.over", "Hồ sơ đã kết thúc nên không ghi thêm giấy tờ của kho.",
                     "The dossier is closed: no paper of the store is laid to it any more."};
    TRY(const auto release, ctx.catalogue->release(d.release));
    for (const auto& [component, code] : papers) {
        const auto& list = release->card.components;
        const auto& wanted = component;  // clang takes no bindings into lambdas
        if (std::none_of(list.begin(), list.end(), [&](const auto& c) { return c.id == wanted; }))
            return Error{ErrorKind::invalid, "papers.component", "Thủ tục không có thành phần hồ sơ này.",
                         "The procedure has no such component.", "/papers"};
        if (!is_code(code))
            return Error{ErrorKind::invalid, "papers.code",
                         "Mã kết quả của kho có từ 1 đến 100 ký tự, không có dấu cách.",
                         "A result's code in the store has 1 to 100 characters without a space.", "/papers"};
    }
    TakenPapers before;
    for (const auto& event : store::read_stream(tx, d.id.value))
        if (event.type == papers_taken) before = papers_in(event);
    if (before == papers) return papers;
    json::object told;
    for (const auto& [component, code] : papers) told[component] = code;
    tx.append({std::string{papers_taken}, 1, d.id.value, actor.label(), now,
               json::object{{"code", d.code.value}, {"papers", std::move(told)}}});
    return papers;
}

}  // namespace hl::links::portal
