#include "store/sealing.h"

#include <sys/stat.h>

#include <set>

#include "base/files.h"
#include "base/text.h"

namespace hl::store {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view insert_subject =
    "INSERT INTO subject_key (subject, wrapped, created_at, erased_at) VALUES (?, ?, ?, NULL)";
constexpr std::string_view select_subject = "SELECT wrapped, erased_at FROM subject_key WHERE subject = ?";
constexpr std::string_view erase_key = "UPDATE subject_key SET wrapped = ?, erased_at = ? WHERE subject = ?";

/// One key per use, so that none of them tells anything about another.
std::string derive(std::string_view master, std::string_view use) {
    return std::string{crypto::view(crypto::hmac_sha256(master, fmt::format("hien-luong/{}/1", use)))};
}

std::string wrap_context(std::string_view subject) {
    return fmt::format("subject-key/1/{}", subject);
}

std::string field_context(std::string_view subject, std::string_view column) {
    return fmt::format("field/1/{}/{}", subject, column);
}

Error key_error(std::string code, const fs::path& path, std::string_view vi, std::string_view en) {
    return Error{ErrorKind::internal, std::move(code), fmt::format("Khoá chủ {}: {}", path.string(), vi),
                 fmt::format("Master key {}: {}", path.string(), en)}
        .pointing(path.string());
}

Error unknown_subject(const SubjectId& subject) {
    return {ErrorKind::not_found, "subject.not_found", fmt::format("Không có chủ thể dữ liệu {}.", subject.str()),
            fmt::format("There is no data subject {}.", subject.str())};
}

Error erased(const SubjectId& subject) {
    return {ErrorKind::not_found, "subject.erased",
            fmt::format("Dữ liệu cá nhân của chủ thể {} đã được xoá và không khôi phục được.", subject.str()),
            fmt::format("The personal data of subject {} was erased and cannot be restored.", subject.str())};
}

}  // namespace

Vault::Vault(std::string master, Random& random)
    : wrap_key_(derive(master, "wrap")),
      index_key_(derive(master, "index")),
      blob_key_(derive(master, "blob")),
      random_(random) {
    std::fill(master.begin(), master.end(), '\0');
}

Result<std::unique_ptr<Vault>> Vault::open(const fs::path& key_file, Random& random, bool create) {
    if (!fs::exists(key_file)) {
        if (!create)
            return key_error("vault.key_missing", key_file,
                             "không có tệp. Hãy khôi phục từ bản sao lưu khoá (cất riêng với bản sao cơ sở dữ liệu).",
                             "the file is missing. Restore it from the backup of the keys (kept apart from the "
                             "database's).");
        std::error_code error;
        if (key_file.has_parent_path()) fs::create_directories(key_file.parent_path(), error);
        TRY_VOID(write_file_durably(key_file, crypto::random_bytes(random, crypto::key_size), 0600));
    }
    struct stat info {};
    if (::stat(key_file.c_str(), &info) != 0)
        return key_error("vault.key_missing", key_file, "không mở được. Hãy kiểm tra quyền của thư mục.",
                         "cannot be opened. Check the directory's rights.");
    if ((info.st_mode & 077) != 0)
        return key_error("vault.key_mode", key_file, "người khác trên máy đọc được. Hãy chạy chmod 600 cho tệp này.",
                         "can be read by others on this machine. Run chmod 600 on it.");
    TRY(std::string master, read_file(key_file, 4096));
    if (master.size() != crypto::key_size)
        return key_error("vault.key_damaged", key_file, "không đúng 32 byte. Hãy khôi phục từ bản sao lưu khoá.",
                         "is not 32 bytes. Restore it from the backup of the keys.");
    return std::unique_ptr<Vault>(new Vault(std::move(master), random));
}

SubjectId Vault::create_subject(Transaction& tx, Instant now) {
    std::string id, wrapped;
    {
        std::scoped_lock lock(mutex_);
        id = make_uuid7(now, random_);
        wrapped = crypto::seal(crypto::random_bytes(random_, crypto::key_size), wrap_key_, wrap_context(id), random_);
    }
    tx.execute(insert_subject, {id, Blob{wrapped}, now});
    return SubjectId{std::move(id)};
}

void Vault::ask_ahead(Ahead& ahead, const SubjectId& subject) {
    ahead.ask(select_subject, {subject});
}

Result<std::string> Vault::subject_key(Reader& reader, const SubjectId& subject) {
    // Read from the database each time: a key kept in memory would outlive its erasure on another node. Unwrapping
    // costs a microsecond; the look-up is by primary key in the caller's own snapshot.
    struct Found {
        std::string wrapped;
        bool erased;
    };
    const auto found = reader.first(select_subject, {subject}, [](const Row& row) {
        return Found{row.string(0), !row.is_null(1)};
    });
    if (!found) return unknown_subject(subject);
    if (found->erased) return erased(subject);
    auto key = crypto::unseal(found->wrapped, wrap_key_, wrap_context(subject.str()));
    if (!key.ok())
        return Error{ErrorKind::internal, "vault.wrong_key",
                     "Khoá của chủ thể dữ liệu không mở được bằng khoá chủ này. Khoá chủ không thuộc cơ sở dữ liệu "
                     "này, hoặc dòng khoá đã bị sửa.",
                     "The subject's key does not open with this master key: the master key belongs to another "
                     "database, or the row was altered."};
    return key;
}

Result<std::string> Vault::seal(Reader& reader, const SubjectId& subject, std::string_view column,
                                std::string_view plain) {
    TRY(const std::string key, subject_key(reader, subject));
    std::scoped_lock lock(mutex_);  // the generator may be one that only one thread may use
    return crypto::seal(plain, key, field_context(subject.str(), column), random_);
}

Result<std::string> Vault::unseal(Reader& reader, const SubjectId& subject, std::string_view column,
                                  std::string_view sealed) {
    TRY(const std::string key, subject_key(reader, subject));
    auto plain = crypto::unseal(sealed, key, field_context(subject.str(), column));
    if (!plain.ok())
        return Error{ErrorKind::internal, "vault.damaged",
                     fmt::format("Dữ liệu đã niêm phong ở \"{}\" bị hỏng hoặc bị chuyển chỗ.", column),
                     fmt::format("The sealed data in \"{}\" is damaged or was moved.", column)};
    return plain;
}

Result<void> Vault::erase_subject(Transaction& tx, const SubjectId& subject, Instant now) {
    const auto done = tx.first(select_subject, {subject}, [](const Row& row) { return !row.is_null(1); });
    if (!done) return unknown_subject(subject);
    if (*done) return Nothing{};
    tx.execute(erase_key, {Blob{std::string_view{}}, now, subject});
    return Nothing{};
}

std::string Vault::blind(std::string_view purpose, std::string_view value) const {
    std::string bytes{purpose};
    bytes += '\0';
    bytes += value;
    return crypto::to_hex(crypto::view(crypto::hmac_sha256(index_key_, bytes)).substr(0, 8));
}

std::vector<std::string> Vault::blind_words(std::string_view text) const {
    std::vector<std::string> out;
    std::set<std::string> seen;
    const auto add = [&](std::string token) {
        if (seen.insert(token).second) out.push_back(std::move(token));
    };
    for (const std::string& word : text::words(text)) {
        const std::string folded = text::fold(word);
        add(blind("word.folded", folded));
        if (folded != word) add(blind("word.exact", word));
    }
    return out;
}

}  // namespace hl::store
