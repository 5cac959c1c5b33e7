#include "notices/pack.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/files.h"

namespace hl::notices {

namespace {

constexpr std::string_view select_hash = "SELECT hash FROM notice_pack ORDER BY number DESC LIMIT 1";
constexpr std::string_view select_files = "SELECT hash, files FROM notice_pack ORDER BY number DESC LIMIT 1";
constexpr std::string_view put_pack = "INSERT INTO notice_pack (hash, files, applied_at) VALUES (?, ?, ?)";

json::object as_json(const std::map<std::string, std::string>& files) {
    json::object out;
    for (const auto& [name, text] : files) out[name] = text;
    return out;
}

std::string hash_of(const std::map<std::string, std::string>& files) {
    return files.empty() ? std::string{} : crypto::to_hex(crypto::sha256(canonical_json(as_json(files))));
}

std::string stored_hash(store::Reader& reader) {
    return reader.first(select_hash, {}, [](const store::Row& r) { return r.string(0); }).value_or("");
}

}  // namespace

NoticePack read_notices(const std::filesystem::path& pack, std::vector<Error>& errors) {
    NoticePack out;
    const auto folder = pack / "notices";
    std::error_code ec;
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ec))
        if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    for (const auto& path : paths) {
        const auto name = "notices/" + path.filename().string();
        auto text = read_file(path, 1u << 20);
        if (!text.ok()) {
            errors.push_back(std::move(text).error());
            continue;
        }
        read_book_file(*text, name, out.book, errors);
        out.files[name] = std::move(*text);
    }
    check_book(out.book, errors);
    out.book.hash = hash_of(out.files);
    return out;
}

std::vector<std::string> describe_changes(store::Reader& reader, const NoticePack& pack) {
    if (stored_hash(reader) == pack.book.hash) return {};
    return {fmt::format("tin báo cho người dân: {} mẫu, {} bộ quy tắc, {} cổng tin nhắn", pack.book.templates.size(),
                        pack.book.rules.size(), pack.book.gateways.size())};
}

Result<void> apply_notices(store::Transaction& tx, const NoticePack& pack, const std::string& actor, Instant now) {
    if (stored_hash(tx) == pack.book.hash) return Nothing{};
    const auto files = json::serialize(as_json(pack.files));
    tx.execute(put_pack, {pack.book.hash, files, now});
    tx.append({"notices.applied",
               1,
               "notices",
               actor,
               now,
               {{"hash", pack.book.hash}, {"templates", static_cast<int64_t>(pack.book.templates.size())}}});
    return Nothing{};
}

Result<std::shared_ptr<const Book>> Books::present(store::Reader& reader) {
    const auto hash = stored_hash(reader);
    if (hash.empty())
        return Error{ErrorKind::unavailable, "notices.none",
                     "Chưa có mẫu tin báo nào. Hãy áp dụng gói dữ liệu có thư mục notices.",
                     "There are no texts for notices. Apply a pack that has a folder notices."};
    {
        std::scoped_lock lock(mutex_);
        if (book_ && book_->hash == hash) return book_;
    }
    auto stored = reader.first(select_files, {}, [](const store::Row& r) {
        return std::pair{r.string(0), r.string(1)};
    });
    Book book;
    std::vector<Error> errors;
    const auto files = stored ? parse_json(stored->second) : Result<json::value>(json::value{});
    if (files.ok() && files->is_object())
        for (const auto& [name, text] : files->as_object())
            if (text.is_string()) read_book_file(std::string{text.as_string()}, name, book, errors);
    if (!errors.empty() || !files.ok() || !files->is_object())
        return Error{ErrorKind::internal, "notices.damaged",
                     "Mẫu tin trong cơ sở dữ liệu không đọc được. Hãy áp dụng lại gói dữ liệu.",
                     "The stored texts cannot be read. Apply the pack again."};
    book.hash = stored->first;
    auto made = std::make_shared<const Book>(std::move(book));
    std::scoped_lock lock(mutex_);
    book_ = made;
    return made;
}

}  // namespace hl::notices
