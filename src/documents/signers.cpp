#include "documents/signers.h"

#include "base/csv.h"
#include "base/files.h"
#include "base/text.h"

namespace hl::documents {

namespace {

constexpr std::array<std::string_view, 3> words{"certificate", "serial", "subject"};

bool hex_of(std::string_view s, size_t from, size_t to) {
    return s.size() >= from && s.size() <= to &&
           std::ranges::all_of(s, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Error rule_wrong(std::string_view at, std::string_view vi, std::string_view en) {
    return Error{ErrorKind::invalid, "documents.signer_rule", std::string{vi}, std::string{en}}.pointing(
        std::string{at});
}

}  // namespace

std::string_view to_string(SignerBinding::Rule rule) {
    return words[static_cast<size_t>(rule)];
}

std::optional<SignerBinding::Rule> signer_rule_from(std::string_view word) {
    const auto found = std::ranges::find(words, word);
    if (found == words.end()) return std::nullopt;
    return static_cast<SignerBinding::Rule>(found - words.begin());
}

bool SignerBinding::fits(const Certificate& c) const {
    if (rule == Rule::certificate) return sha256 == c.sha256;
    // The authority's key, not its name: two authorities may bear one name.
    if (issuer_key.empty() || issuer_key != c.issuer_key) return false;
    if (rule == Rule::serial) return serial == c.serial;
    return !subject.empty() && std::ranges::all_of(subject, [&](const NamePart& wanted) {
        return std::ranges::any_of(c.names, [&](const NamePart& has) {
            return has.type == wanted.type && text::normalise(has.value) == wanted.value;
        });
    });
}

Result<void> check_binding(const SignerBinding& b) {
    TRY_VOID(AgencyCode::parse(b.organ));
    if (b.rule == SignerBinding::Rule::certificate && !hex_of(b.sha256, 64, 64))
        return rule_wrong("/sha256", "Dấu vân tay SHA-256 phải có 64 chữ số hệ 16.",
                          "The SHA-256 fingerprint must be 64 hexadecimal digits.");
    if (b.rule != SignerBinding::Rule::certificate && !hex_of(b.issuer_key, 64, 64))
        return rule_wrong("/issuer_key",
                          "Chưa rõ khóa của tổ chức chứng thực. Đặt chứng thư của tổ chức đó vào kho tin cậy rồi thử "
                          "lại, hoặc gắn theo đúng chứng thư này.",
                          "The authority's key is not known. Put its certificate into the trust store and try again, "
                          "or bind this very certificate.");
    if (b.rule == SignerBinding::Rule::serial && !hex_of(b.serial, 1, 64))
        return rule_wrong("/serial", "Số hiệu chứng thư phải là số hệ 16.", "The serial number must be hexadecimal.");
    if (b.rule == SignerBinding::Rule::subject && b.subject.empty())
        return rule_wrong("/subject", "Thiếu quy tắc chủ thể.", "The rule over the subject is missing.");
    if (std::ranges::any_of(b.subject, [](const auto& p) { return p.value.find(';') != std::string::npos; }))
        return rule_wrong("/subject",
                          "Chủ thể có dấu chấm phẩy nên không ghi được thành quy tắc. Bỏ phần ấy khỏi quy tắc.",
                          "A part of the subject has a semicolon, which a rule cannot hold. Leave that part out.");
    if (b.to && *b.to <= b.from)
        return Error{ErrorKind::invalid, "documents.signer_dates", "Ngày hết hiệu lực phải sau ngày bắt đầu.",
                     "The end must come after the beginning."}
            .pointing("/to");
    if (text::trim(b.source).empty())
        return Error{ErrorKind::invalid, "documents.signer_source",
                     "Thiếu căn cứ. Ghi văn bản hoặc danh sách nào nói chứng thư này là của cơ quan.",
                     "What says that the certificate is the agency's is missing. Name the document or list."}
            .pointing("/source");
    return Nothing{};
}

Result<std::vector<SignerBinding>> read_signers(const std::filesystem::path& file) {
    std::vector<SignerBinding> out;
    std::error_code ec;
    if (!std::filesystem::exists(file, ec)) return out;
    TRY(const auto bytes, read_file(file, 8u << 20));
    TRY(const auto table, parse_csv(bytes, file.string()));
    const auto wrong = [&](size_t line, std::string_view vi, std::string_view en) {
        return Error{ErrorKind::invalid, "documents.signers",
                     fmt::format("Bảng người ký {}:{} sai: {}", file.string(), line, vi),
                     fmt::format("{}:{}: {}", file.string(), line, en)}
            .pointing(fmt::format("{}:{}", file.string(), line));
    };
    static const std::vector<std::string> header{"organ",   "rule", "sha256", "issuer_key", "serial",
                                                 "subject", "from", "to",     "source"};
    if (table.header != header)
        return wrong(1, "dòng đầu phải là organ,rule,sha256,issuer_key,serial,subject,from,to,source.",
                     "the header must be organ,rule,sha256,issuer_key,serial,subject,from,to,source.");
    for (const auto& row : table.rows) {
        const auto& f = row.cells;
        const auto rule = signer_rule_from(f[1]);
        const auto from = parse_date(f[6]);
        if (!rule)
            return wrong(row.line, "rule phải là certificate, serial hoặc subject.",
                         "'rule' must be certificate, serial or subject.");
        if (!from.ok()) return wrong(row.line, "from phải là ngày như 2026-01-31.", "'from' must be a date.");
        SignerBinding b{{}, f[0], *rule, text::lower(f[2]), text::lower(f[3]), text::lower(f[4]), {}, *from, {}, f[8]};
        if (!f[7].empty()) {
            const auto to = parse_date(f[7]);
            if (!to.ok()) return wrong(row.line, "to phải là ngày như 2026-01-31.", "'to' must be a date.");
            b.to = *to;
        }
        if (*rule == SignerBinding::Rule::subject) {
            auto subject = read_name_rule(f[5]);
            if (!subject.ok()) return wrong(row.line, subject.error().vi, subject.error().en);
            b.subject = *std::move(subject);
        }
        if (const auto fine = check_binding(b); !fine.ok()) return wrong(row.line, fine.error().vi, fine.error().en);
        out.push_back(std::move(b));
    }
    return out;
}

Bound bound_to(const std::vector<SignerBinding>& bindings, const CodeTable& codes, const Certificate& certificate,
               std::string_view organ, Date at) {
    Bound out;
    for (const auto& b : bindings) {
        if (!b.holds(at) || !b.fits(certificate)) continue;
        if (codes.same(b.organ, organ, at)) {
            out.yes = true;
        } else if (std::ranges::find(out.others, b.organ) == out.others.end()) {
            out.others.push_back(b.organ);
        }
    }
    return out;
}

}  // namespace hl::documents
