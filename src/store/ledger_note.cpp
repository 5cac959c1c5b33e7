#include "store/ledger_note.h"

#include <charconv>

#include "base/text.h"

namespace hl::store {

namespace {

constexpr std::string_view signature_mark = "\u2014 ";
constexpr char ed25519_type = '\x01';
constexpr size_t longest_note = 1u << 16;
constexpr size_t most_signatures = 64;

Error malformed(std::string vi, std::string en) {
    return {ErrorKind::invalid, "note.malformed", "Văn bản có chữ ký sai định dạng: " + std::move(vi),
            "The signed note is malformed: " + std::move(en)};
}

/// Standard base64 that encodes back to itself: one signature, one spelling.
std::optional<std::string> strict_base64(std::string_view text) {
    auto bytes = crypto::from_base64(text);
    if (!bytes || crypto::to_base64(*bytes) != text) return std::nullopt;
    return bytes;
}

bool has_unicode_space(std::string_view s) {
    for (std::string_view space :
         {" ",      "\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005",
          "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"})
        if (s.find(space) != std::string_view::npos) return true;
    return false;
}

Result<NoteSignature> parse_signature_line(std::string_view line) {
    const auto bad = [] { return malformed("một dòng chữ ký không đọc được.", "a signature line cannot be read."); };
    if (!line.starts_with(signature_mark)) return bad();
    line.remove_prefix(signature_mark.size());
    const size_t space = line.find(' ');
    if (space == std::string_view::npos) return bad();
    const auto name = line.substr(0, space);
    const auto bytes = strict_base64(line.substr(space + 1));
    if (!is_note_name(name) || !bytes || bytes->size() < 5) return bad();
    return NoteSignature{std::string{name}, bytes->substr(0, 4), bytes->substr(4)};
}

}  // namespace

std::string note_key_id(std::string_view name, std::string_view public_key) {
    std::string bytes{name};
    bytes += '\n';
    bytes += ed25519_type;
    bytes += public_key;
    return std::string{crypto::view(crypto::sha256(bytes)).substr(0, 4)};
}

std::string verifier_text(std::string_view name, std::string_view public_key) {
    return fmt::format("{}+{}+{}", name, crypto::to_hex(note_key_id(name, public_key)),
                       crypto::to_base64(ed25519_type + std::string{public_key}));
}

bool is_note_name(std::string_view name) {
    if (name.empty() || name.size() > 255 || !text::is_valid_utf8(name) || has_unicode_space(name)) return false;
    return std::all_of(name.begin(), name.end(),
                       [](char c) { return c != '+' && c != '\x7f' && static_cast<unsigned char>(c) > 0x20; });
}

Result<NoteVerifier> parse_verifier(std::string_view line) {
    line = line.substr(0, line.find_last_not_of("\r\n \t") + 1);
    const Error bad{ErrorKind::invalid, "note.verifier",
                    "Khoá kiểm tra không đọc được. Hãy chép nguyên cả dòng \"tên+mã+khoá\".",
                    "The verifier key cannot be read. Copy the whole line \"name+id+key\"."};
    const size_t first = line.find('+');
    const size_t second = first == std::string_view::npos ? first : line.find('+', first + 1);
    if (second == std::string_view::npos) return bad;
    const auto name = line.substr(0, first);
    const auto id = crypto::from_hex(line.substr(first + 1, second - first - 1));
    const auto key = strict_base64(line.substr(second + 1));
    if (!is_note_name(name) || !id || id->size() != 4 || !key || key->size() != 33 || (*key)[0] != ed25519_type)
        return bad;
    NoteVerifier out{std::string{name}, *id, key->substr(1)};
    if (note_key_id(out.name, out.public_key) != out.key_id) return bad;
    return out;
}

Result<SignedNote> parse_note(std::string_view note) {
    if (note.size() > longest_note) return malformed("văn bản quá dài.", "it is too long.");
    if (!text::is_valid_utf8(note)) return malformed("không phải UTF-8.", "it is not UTF-8.");
    for (const char c : note)
        if (static_cast<unsigned char>(c) < 0x20 && c != '\n')
            return malformed("có ký tự điều khiển.", "it holds control characters.");
    const size_t blank = note.rfind("\n\n");
    if (blank == std::string_view::npos || !note.ends_with('\n') || blank + 2 >= note.size())
        return malformed("không có phần chữ ký.", "there is no signature part.");
    SignedNote out{std::string{note.substr(0, blank + 1)}, {}};
    auto rest = note.substr(blank + 2);
    while (!rest.empty()) {
        const size_t end = rest.find('\n');
        TRY(auto signature, parse_signature_line(rest.substr(0, end)));
        if (out.signatures.size() == most_signatures) return malformed("quá nhiều chữ ký.", "too many signatures.");
        out.signatures.push_back(std::move(signature));
        rest.remove_prefix(end + 1);
    }
    return out;
}

std::string sign_note_text(std::string_view text, std::string_view name, const crypto::SigningKey& key) {
    const std::string signature = note_key_id(name, key.public_key) + crypto::sign(text, key);
    return fmt::format("{}\n{}{} {}\n", text, signature_mark, name, crypto::to_base64(signature));
}

Result<NoteVerifier> check_signed_note(std::string_view note, std::span<const NoteVerifier> known) {
    TRY(auto parsed, parse_note(note));
    const NoteVerifier* signer = nullptr;
    for (const NoteSignature& signature : parsed.signatures) {
        for (const NoteVerifier& verifier : known) {
            if (verifier.name != signature.name || verifier.key_id != signature.key_id) continue;
            if (!crypto::verify(parsed.text, signature.signature, verifier.public_key))
                return Error{ErrorKind::invalid, "note.bad_signature",
                             fmt::format("Chữ ký của {} không khớp với văn bản: văn bản đã bị sửa.", verifier.name),
                             fmt::format("The signature of {} does not fit the text: it was altered.", verifier.name)};
            signer = &verifier;
        }
    }
    if (!signer)
        return Error{ErrorKind::invalid, "note.unknown_key",
                     "Không có chữ ký nào của khoá đã biết. Hãy kiểm tra lại khoá kiểm tra.",
                     "No signature is by a known key. Check the verifier key."};
    return *signer;
}

std::string checkpoint_text(const CheckpointBody& body) {
    return fmt::format("{}\n{}\n{}\n", body.origin, body.size, crypto::to_base64(crypto::view(body.root)));
}

Result<CheckpointBody> parse_checkpoint(std::string_view note_text) {
    const Error bad{ErrorKind::invalid, "note.not_a_checkpoint", "Văn bản có chữ ký không phải điểm kiểm của sổ cái.",
                    "The signed note is not a checkpoint of a ledger."};
    std::array<std::string_view, 3> lines;
    for (auto& line : lines) {
        const size_t end = note_text.find('\n');
        if (end == std::string_view::npos || end == 0) return bad;
        line = note_text.substr(0, end);
        note_text.remove_prefix(end + 1);
    }
    CheckpointBody out;
    out.origin = lines[0];
    const auto [last, error] = std::from_chars(lines[1].data(), lines[1].data() + lines[1].size(), out.size);
    const auto bytes = strict_base64(lines[2]);
    const auto root = bytes ? crypto::to_hash(*bytes) : std::nullopt;
    if (error != std::errc{} || fmt::format("{}", out.size) != lines[1] || out.size < 0 || !root) return bad;
    (void)last;
    out.root = *root;
    return out;
}

}  // namespace hl::store
