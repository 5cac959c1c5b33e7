// The signing keys' directory: one file per key, named by its number ("0001.key" with the secret, "0001.pub" without),
// and "active", which holds the number of the key that signs. A key with a number above the active one is a rotation
// that a crash cut short; rotate() goes on with it.
#include <sys/stat.h>

#include <charconv>
#include <filesystem>

#include "base/files.h"
#include "base/log.h"
#include "store/ledger.h"
#include "store/ledger_note.h"
#include "store/ledger_rows.h"

namespace hl::store {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view key_header = "hien-luong ledger key 1";
constexpr std::string_view select_rotations =
    "SELECT " HL_EVENT_COLUMNS " FROM ledger_event WHERE stream = 'ledger' ORDER BY position";

std::string file_name(int number, bool secret) {
    return fmt::format("{:04}.{}", number, secret ? "key" : "pub");
}

Error key_error(std::string code, const fs::path& path, std::string_view vi, std::string_view en) {
    return Error{ErrorKind::internal, std::move(code), fmt::format("Khoá ký sổ cái {}: {}", path.string(), vi),
                 fmt::format("Ledger signing key {}: {}", path.string(), en)}
        .pointing(path.string());
}

/// A secret that others on the machine can read is not a secret.
Result<void> check_mode(const fs::path& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0)
        return key_error("ledger.key_missing", path, "không mở được. Hãy khôi phục từ bản sao lưu khoá.",
                         "cannot be opened. Restore it from the backup of the keys.");
    if ((info.st_mode & 077) != 0)
        return key_error("ledger.key_mode", path, "người khác trên máy đọc được. Hãy chạy chmod 600 cho tệp này.",
                         "can be read by others on this machine. Run chmod 600 on it.");
    return Nothing{};
}

std::string key_text(std::string_view origin, const crypto::SigningKey& key, bool secret) {
    return fmt::format("{}\n{}\n{}\n{}\n", key_header, origin, crypto::to_base64(key.public_key),
                       secret ? crypto::to_base64(key.secret_key) : "-");
}

struct KeyFile {
    std::string origin;
    crypto::SigningKey key;  // secret_key empty when only the public half is kept
};

Result<KeyFile> read_key(const fs::path& path, bool secret) {
    if (secret) TRY_VOID(check_mode(path));
    TRY(const std::string text, read_file(path, 4096));
    const auto damaged = [&] {
        return key_error("ledger.key_damaged", path, "bị hỏng. Hãy khôi phục từ bản sao lưu khoá.",
                         "is damaged. Restore it from the backup of the keys.");
    };
    std::array<std::string_view, 4> lines;
    std::string_view rest = text;
    for (auto& line : lines) {
        const size_t end = rest.find('\n');
        if (end == std::string_view::npos) return damaged();
        line = rest.substr(0, end);
        rest.remove_prefix(end + 1);
    }
    KeyFile out;
    out.origin = lines[1];
    const auto public_key = crypto::from_base64(lines[2]);
    if (lines[0] != key_header || !rest.empty() || !public_key || public_key->size() != 32) return damaged();
    out.key.public_key = *public_key;
    if (!secret) return out;
    const auto secret_key = crypto::from_base64(lines[3]);
    // libsodium's secret key ends with the public one.
    if (!secret_key || secret_key->size() != 64 || secret_key->substr(32) != *public_key) return damaged();
    out.key.secret_key = *secret_key;
    return out;
}

Result<int> read_active(const fs::path& directory) {
    TRY(const std::string text, read_file(directory / "active", 64));
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number < 1 || std::string_view(end) != "\n")
        return key_error("ledger.key_damaged", directory / "active", "bị hỏng. Hãy khôi phục từ bản sao lưu khoá.",
                         "is damaged. Restore it from the backup of the keys.");
    return number;
}

Result<void> write_active(const fs::path& directory, int number) {
    return write_file_durably(directory / "active", fmt::format("{}\n", number), 0600);
}

/// The old secret has no use left: keep the half that verifies.
Result<void> retire(const fs::path& directory, int number, std::string_view origin, const crypto::SigningKey& key) {
    TRY_VOID(write_file_durably(directory / file_name(number, false), key_text(origin, key, false), 0644));
    std::error_code error;
    fs::remove(directory / file_name(number, true), error);
    if (error)
        log::warning("store", "ledger: an old signing key could not be removed",
                     {{"file", (directory / file_name(number, true)).string()}});
    return Nothing{};
}

Error bad_origin(std::string_view origin) {
    return {ErrorKind::invalid, "ledger.origin",
            fmt::format("Tên sổ cái \"{}\" không dùng được: không để trống, không có dấu cách hay dấu +.", origin),
            fmt::format("The ledger's name \"{}\" cannot be used: not empty, no spaces and no plus sign.", origin)};
}

/// Is the key's rotation already in the ledger?
bool rotation_recorded(Reader& reader, std::string_view new_verifier) {
    bool found = false;
    reader.query(select_rotations, {}, [&](const Row& row) {
        if (row.text(2) != rotation_type) return;
        const auto event = read_event_row(row);
        const auto* key = event.data.if_contains("new_key");
        if (key && key->is_string() && std::string_view{key->get_string()} == new_verifier) found = true;
    });
    return found;
}

}  // namespace

Result<LedgerKeys> LedgerKeys::open(const fs::path& directory, std::string origin, Random& random) {
    if (!is_note_name(origin)) return bad_origin(origin);
    std::error_code error;
    fs::create_directories(directory, error);
    if (!error) fs::permissions(directory, fs::perms::owner_all, error);
    if (error)
        return key_error("ledger.key_directory", directory,
                         "không tạo được thư mục. Hãy kiểm tra quyền của tài khoản chạy dịch vụ.",
                         "the directory cannot be made. Check the rights of the account that runs the service.");
    if (!fs::exists(directory / "active")) {
        // First start, or a first start that was cut short before `active` was written.
        if (fs::exists(directory / file_name(2, true)) || fs::exists(directory / file_name(1, false)))
            return key_error("ledger.key_missing", directory / "active",
                             "bị mất. Hãy khôi phục cả thư mục từ bản sao lưu khoá.",
                             "is missing. Restore the whole directory from the backup of the keys.");
        if (!fs::exists(directory / file_name(1, true)))
            TRY_VOID(write_file_durably(directory / file_name(1, true),
                                        key_text(origin, crypto::make_signing_key(random), true), 0600));
        TRY_VOID(write_active(directory, 1));
    }
    TRY(const int active, read_active(directory));
    LedgerKeys out;
    out.directory_ = directory;
    out.origin_ = std::move(origin);
    for (int number = 1; number <= active; ++number) {
        const bool secret = number == active || !fs::exists(directory / file_name(number, false));
        const fs::path path = directory / file_name(number, secret);
        TRY(KeyFile file, read_key(path, secret));
        if (file.origin != out.origin_)
            return key_error("ledger.key_origin", path,
                             fmt::format("thuộc sổ cái \"{}\", không phải \"{}\".", file.origin, out.origin_),
                             fmt::format("belongs to the ledger \"{}\", not to \"{}\".", file.origin, out.origin_));
        if (number < active && secret) TRY_VOID(retire(directory, number, out.origin_, file.key));
        if (number < active) file.key.secret_key.clear();
        out.keys_.push_back(std::move(file.key));
    }
    return out;
}

std::string LedgerKeys::key_id() const {
    return crypto::to_hex(note_key_id(origin_, keys_.back().public_key));
}

std::string LedgerKeys::verifier_line() const {
    return verifier_text(origin_, keys_.back().public_key);
}

std::vector<std::string> LedgerKeys::verifier_lines() const {
    std::vector<std::string> out;
    for (const auto& key : keys_) out.push_back(verifier_text(origin_, key.public_key));
    return out;
}

std::string LedgerKeys::sign_note(std::string_view body) const {
    return sign_note_text(body, origin_, keys_.back());
}

Result<void> LedgerKeys::check_note(std::string_view note) const {
    std::vector<NoteVerifier> known;
    for (const auto& key : keys_) known.push_back({origin_, note_key_id(origin_, key.public_key), key.public_key});
    TRY_VOID(check_signed_note(note, known));
    return Nothing{};
}

Result<void> LedgerKeys::rotate(Store& store, Random& random, Instant now) {
    const int next = static_cast<int>(keys_.size()) + 1;
    const fs::path path = directory_ / file_name(next, true);
    // 1. The new key is on disk before anything names it.
    if (!fs::exists(path))
        TRY_VOID(write_file_durably(path, key_text(origin_, crypto::make_signing_key(random), true), 0600));
    TRY(KeyFile file, read_key(path, true));
    // 2. The ledger says so, signed by the old key. After a crash between 2 and 3 the event is already there.
    const std::string old_verifier = verifier_line();
    const std::string new_verifier = verifier_text(origin_, file.key.public_key);
    const std::string signature = crypto::sign(rotation_statement(origin_, old_verifier, new_verifier), keys_.back());
    TRY_VOID(store.write([&](Transaction& tx) -> Result<void> {
        if (rotation_recorded(tx, new_verifier)) return Nothing{};
        tx.append({std::string{rotation_type},
                   1,
                   "ledger",
                   "ledger",
                   now,
                   {{"new_key", new_verifier},
                    {"old_key", old_verifier},
                    {"origin", origin_},
                    {"signature", crypto::to_base64(signature)}}});
        return Nothing{};
    }));
    // 3. From here on the new key signs; the old secret goes.
    TRY_VOID(write_active(directory_, next));
    const crypto::SigningKey old = keys_.back();
    keys_.back().secret_key.clear();
    keys_.push_back(std::move(file.key));
    return retire(directory_, next - 1, origin_, old);
}

}  // namespace hl::store
