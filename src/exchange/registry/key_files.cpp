#include "exchange/registry/key_files.h"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include "base/files.h"
#include "exchange/registry/key_statement.h"

namespace hl::exchange {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view key_context = "exchange.configuration-key";

Error key_trouble(const fs::path& file, std::string_view why) {
    return {
        ErrorKind::unavailable, "exchange.registry_key",
        fmt::format("Không dùng được khoá ký cấu hình {}. Hãy khôi phục tệp này cùng khoá chính từ bản sao lưu, hoặc "
                    "chép từ máy đã tạo khoá.",
                    file.string()),
        fmt::format("The key that signs configurations, {}, cannot be used: {} Restore it with the master key from "
                    "the backup of the keys, or copy it from the machine where it was made.",
                    file.string(), why)};
}

/// What is dropped from memory is wiped there.
KeyFiles::Key held(crypto::SigningKey key) {
    return {new crypto::SigningKey(std::move(key)), [](const crypto::SigningKey* k) {
                auto* own = const_cast<crypto::SigningKey*>(k);
                sodium_memzero(own->secret_key.data(), own->secret_key.size());
                delete own;
            }};
}

void sync_folder(const fs::path& folder) {
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    (void)::fsync(fd);
    ::close(fd);
}

}  // namespace

KeyFiles::~KeyFiles() {
    sodium_memzero(master_key_.data(), master_key_.size());
}

fs::path KeyFiles::file_of(std::string_view fingerprint) const {
    return folder_ / fmt::format("exchange-configuration-{}.key", fingerprint);
}

Result<KeyFiles::Key> KeyFiles::read(const fs::path& file) const {
    const auto sealed = read_file(file, 4096);
    if (!sealed.ok()) return key_trouble(file, sealed.error().en + ".");
    auto secret = crypto::unseal(*sealed, master_key_, key_context);
    if (!secret.ok()) return key_trouble(file, secret.error().en);
    if (secret->size() != 64) return key_trouble(file, "It has the wrong length.");
    crypto::SigningKey key;
    key.public_key = secret->substr(32);  // libsodium's secret key ends with the public one
    key.secret_key = *std::move(secret);
    return held(std::move(key));
}

Result<std::unique_ptr<KeyFiles>> KeyFiles::open(fs::path folder, std::string master_key, Random& random) {
    std::unique_ptr<KeyFiles> out(new KeyFiles(std::move(folder), std::move(master_key)));
    std::error_code ec;
    if (!fs::exists(out->main_file(), ec)) {
        const auto key = crypto::make_signing_key(random);
        TRY_VOID(write_file_durably(out->main_file(),
                                    crypto::seal(key.secret_key, out->master_key_, key_context, random), 0600));
    }
    TRY(out->main_, out->read(out->main_file()));
    return out;
}

KeyFiles::Key KeyFiles::main() const {
    std::scoped_lock lock(mutex_);
    return main_;
}

Result<KeyFiles::Key> KeyFiles::find(std::string_view fingerprint) const {
    std::scoped_lock lock(mutex_);
    if (key_fingerprint(main_->public_key) == fingerprint) return main_;
    if (const auto it = others_.find(fingerprint); it != others_.end()) return it->second;
    std::error_code ec;
    if (const auto file = file_of(fingerprint); fs::exists(file, ec)) {
        TRY(auto key, read(file));
        if (key_fingerprint(key->public_key) != fingerprint) return key_trouble(file, "It holds another key.");
        others_.emplace(fingerprint, key);
        return key;
    }
    // Another node that shares the folder may have given it the first place.
    TRY(auto key, read(main_file()));
    if (key_fingerprint(key->public_key) != fingerprint) return key_trouble(file_of(fingerprint), "It is not there.");
    main_ = key;
    return key;
}

Result<KeyFiles::Key> KeyFiles::make(Random& random) {
    auto key = held(crypto::make_signing_key(random));
    const auto fingerprint = key_fingerprint(key->public_key);
    TRY_VOID(write_file_durably(file_of(fingerprint), crypto::seal(key->secret_key, master_key_, key_context, random),
                                0600));
    std::scoped_lock lock(mutex_);
    others_.emplace(fingerprint, key);
    return key;
}

void KeyFiles::forget(std::string_view fingerprint) {
    std::scoped_lock lock(mutex_);
    std::error_code ec;
    fs::remove(file_of(fingerprint), ec);
    if (const auto it = others_.find(fingerprint); it != others_.end()) others_.erase(it);
}

Result<bool> KeyFiles::promote(std::string_view fingerprint) {
    TRY(const auto key, find(fingerprint));
    std::scoped_lock lock(mutex_);
    if (main_ == key) return false;
    std::error_code ec;
    fs::rename(file_of(fingerprint), main_file(), ec);
    if (ec && ec != std::errc::no_such_file_or_directory) return key_trouble(main_file(), ec.message() + ".");
    sync_folder(folder_);
    main_ = key;
    others_.erase(std::string{fingerprint});
    return true;
}

std::vector<std::string> KeyFiles::beside() const {
    constexpr std::string_view before = "exchange-configuration-", after = ".key";
    std::vector<std::string> out;
    std::error_code ec;
    for (const auto& entry : fs::directory_iterator(folder_, ec)) {
        const auto name = entry.path().filename().string();
        if (name.starts_with(before) && name.ends_with(after) && name.size() == before.size() + 64 + after.size())
            out.push_back(name.substr(before.size(), 64));
    }
    std::sort(out.begin(), out.end());
    return out;
}

Result<std::string> KeyFiles::chain() const {
    const auto file = folder_ / "exchange-configuration-keys.json";
    std::error_code ec;
    if (!fs::exists(file, ec)) return std::string{};
    return read_file(file, largest_key_chain);
}

Result<void> KeyFiles::keep_chain(std::string_view json) {
    return write_file_durably(folder_ / "exchange-configuration-keys.json", json, 0600);
}

}  // namespace hl::exchange
