#include "documents/standing.h"

#include "base/json.h"
#include "base/text.h"

namespace hl::documents {

namespace {

struct UncheckedWords {
    std::string_view why, vi, en;
};
constexpr std::array unchecked{
    UncheckedWords{"no_list", "chưa có danh sách thu hồi của tổ chức chứng thực này",
                   "there is no list of revoked certificates of this authority"},
    UncheckedWords{"stale", "danh sách thu hồi đã quá hạn", "the list of revoked certificates is out of date"},
    UncheckedWords{"not_yet", "danh sách thu hồi chưa có hiệu lực", "the list of revoked certificates is not in force"},
    UncheckedWords{"wrong", "danh sách thu hồi hoặc chuỗi chứng thư không đúng",
                   "the list of revoked certificates or the chain is wrong"}};

std::string day_of(std::string_view rfc3339) {
    const auto at = parse_rfc3339(rfc3339);
    return at.ok() ? to_vietnamese(*at) : std::string{rfc3339};
}

}  // namespace

BothLanguages say(const SignatureReason& r) {
    if (r.code == "signer.nobody")
        return {
            "Chứng thư của người ký chưa được gắn với cơ quan nào. Đối chiếu với cơ quan gửi, rồi quản trị viên gắn "
            "ở Điều hành › Người ký văn bản.",
            "The signer's certificate is bound to no agency. Ask the sender, then an administrator binds it at "
            "Console › Document signers."};
    if (r.code == "signer.other_agency")
        return {fmt::format("Chứng thư của người ký là của cơ quan khác ({}), không phải của cơ quan gửi. Hỏi lại cơ "
                            "quan gửi trước khi dùng.",
                            r.detail),
                fmt::format("The signer's certificate is another agency's ({}), not the sender's. Ask the sender "
                            "before using it.",
                            r.detail)};
    if (r.code == "signer.revoked")
        return {fmt::format("Chứng thư của người ký đã bị thu hồi từ {}, và không có bằng chứng là đã ký trước đó. Đề "
                            "nghị bên gửi ký lại.",
                            day_of(r.detail)),
                fmt::format("The signer's certificate is revoked since {}, and nothing proves that it was signed "
                            "before. The sender must sign again.",
                            day_of(r.detail))};
    if (r.code == "signer.revoked_later")
        return {fmt::format("Chứng thư bị thu hồi sau đó, từ {}; thời điểm ký trước ngày ấy đã được chứng minh.",
                            day_of(r.detail)),
                fmt::format("The certificate was revoked later, on {}; it is proven that it was signed before.",
                            day_of(r.detail))};
    if (r.code == "signer.unchecked")
        for (const auto& words : unchecked)
            if (words.why == r.detail)
                return {
                    fmt::format("Chưa kiểm tra được chứng thư có bị thu hồi hay không: {}. Quản trị viên xem ở Điều "
                                "hành › Người ký văn bản.",
                                words.vi),
                    fmt::format("Whether the certificate is revoked is not known: {}. An administrator looks at "
                                "Console › Document signers.",
                                words.en)};
    return {"Chữ ký dùng SHA-1, không còn an toàn. Đề nghị bên gửi ký lại bằng SHA-256.",
            "The signature uses SHA-1, which is not safe any more. The sender should sign with SHA-256."};
}

Standing judge_signer(const Context& ctx, const std::vector<SignerBinding>& bindings, const Certificate& certificate,
                      bool weak, const Revocation& revocation, std::string_view organ, Instant at) {
    Standing out;
    out.as_of = revocation.as_of;
    out.word = weak ? "weak" : "valid";
    if (weak) out.reasons.push_back({"signature.sha1", ""});
    if (!ctx.judging) return out;
    if (revocation.state == Revocation::State::unknown) {
        out.word = "unchecked";
        out.reasons.push_back({"signer.unchecked", revocation.why});
    }
    const auto day = local_date(at);
    const auto own = [&] {
        const auto* agency = ctx.agency(organ, day);
        if (!agency) return false;
        auto found = ctx.judging->own.find(agency->id.str());
        if (found == ctx.judging->own.end()) found = ctx.judging->own.find("");
        return found != ctx.judging->own.end() && found->second == certificate.sha256;
    };
    const auto fixed = bound_to(ctx.judging->fixed, *ctx.codes, certificate, organ, day);
    const auto told = bound_to(bindings, *ctx.codes, certificate, organ, day);
    if (own()) {
        out.bound_by = "own";
    } else if (fixed.yes) {
        out.bound_by = "pack";
    } else if (told.yes) {
        for (const auto& b : bindings)
            if (b.holds(day) && b.fits(certificate) && ctx.codes->same(b.organ, organ, day)) out.bound_by = b.id;
    } else {
        out.word = "unbound";
        auto others = fixed.others;
        others.insert(others.end(), told.others.begin(), told.others.end());
        if (others.empty())
            out.reasons.push_back({"signer.nobody", ""});
        else
            out.reasons.push_back({"signer.other_agency", text::join(others, ", ")});
    }
    if (revocation.state == Revocation::State::revoked) {
        const bool after = !revocation.revoked_at || at >= *revocation.revoked_at;
        out.reasons.push_back(
            {after ? "signer.revoked" : "signer.revoked_later", to_rfc3339(revocation.revoked_at.value_or(Instant{}))});
        if (after) out.word = "revoked";
    }
    return out;
}

bool settled(const Judging* judging, std::string_view word) {
    if (word == "unbound") return judging && judging->accept_unbound;
    if (word == "unchecked") return judging && judging->accept_unchecked;
    return word != "revoked";
}

std::string write_reasons(const std::vector<SignatureReason>& reasons) {
    json::array out;
    for (const auto& r : reasons) out.push_back(json::array{r.code, r.detail});
    return json::serialize(out);
}

std::vector<SignatureReason> read_reasons(std::string_view text) {
    std::vector<SignatureReason> out;
    const auto value = parse_json(text);
    const auto* list = value.ok() ? value->if_array() : nullptr;
    if (!list) return out;
    for (const auto& one : *list)
        if (const auto* pair = one.if_array();
            pair && pair->size() == 2 && pair->at(0).is_string() && pair->at(1).is_string())
            out.push_back({std::string{pair->at(0).get_string()}, std::string{pair->at(1).get_string()}});
    return out;
}

}  // namespace hl::documents
