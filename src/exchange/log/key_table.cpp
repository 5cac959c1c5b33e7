#include "exchange/log/key_table.h"

#include <sodium.h>

#include <charconv>

#include "base/files.h"
#include "exchange/log/bytes.h"
#include "exchange/log/log_errors.h"

namespace hl::exchange::journal {

namespace {

constexpr size_t kept_epochs = 16;
constexpr std::string_view file_version = "HLKEYS1\n";

std::string context_of(uint32_t epoch) {
    return fmt::format("exchange-log-keys/1/{}", epoch);
}

std::pair<std::array<uint8_t, 32>, std::array<uint8_t, 32>> children(const std::array<uint8_t, 32>& seed) {
    std::array<uint8_t, 64> both;
    static constexpr std::array<uint8_t, 4> step{'s', 't', 'e', 'p'};
    crypto_generichash(both.data(), both.size(), step.data(), step.size(), seed.data(), seed.size());
    std::pair<std::array<uint8_t, 32>, std::array<uint8_t, 32>> out;
    std::copy_n(both.begin(), 32, out.first.begin());
    std::copy_n(both.begin() + 32, 32, out.second.begin());
    sodium_memzero(both.data(), both.size());
    return out;
}

}  // namespace

KeyTable::KeyTable(std::filesystem::path folder, std::string master_key, Random& random)
    : folder_(std::move(folder)), master_key_(std::move(master_key)), random_(random) {
    std::error_code ignored;
    for (const auto& file : std::filesystem::directory_iterator(folder_, ignored)) {
        const auto name = file.path().filename().string();
        uint32_t number = 0;
        if (std::from_chars(name.data(), name.data() + name.size(), number).ec == std::errc{})
            current_ = std::max(current_, number);
    }
    // Slots of an epoch that another run began are never given again: a key that seals twice would be erased for both.
    next_ = uint32_t{1} << depth;
}

std::filesystem::path KeyTable::file_of(uint32_t number) const {
    return folder_ / fmt::format("{:010}.keys", number);
}

std::optional<KeyTable::Seed> KeyTable::derive(Epoch& epoch, uint32_t index) {
    int level = 0;
    // The path of the last slot is shared down to where the two part.
    if (epoch.last) {
        int shared = depth;
        while (shared > 0 && (*epoch.last >> (depth - shared)) != (index >> (depth - shared))) --shared;
        level = shared >= epoch.last_top ? shared : -1;
    } else {
        level = -1;
    }
    if (level < 0) {
        for (level = depth; level >= 0; --level) {
            const auto found = epoch.seeds.find({level, index >> (depth - level)});
            if (found == epoch.seeds.end()) continue;
            epoch.path[static_cast<size_t>(level)] = found->second;
            epoch.last_top = level;
            break;
        }
        if (level < 0) return std::nullopt;
    }
    for (; level < depth; ++level) {
        const auto [left, right] = children(epoch.path[static_cast<size_t>(level)]);
        epoch.path[static_cast<size_t>(level) + 1] = (index >> (depth - level - 1)) & 1 ? right : left;
    }
    epoch.last = index;
    return epoch.path[depth];
}

Result<void> KeyTable::save(uint32_t number, const Epoch& epoch) {
    ByteWriter w;
    w.raw(file_version);
    w.number(static_cast<uint32_t>(epoch.seeds.size()));
    for (const auto& [node, seed] : epoch.seeds) {
        w.number(static_cast<uint8_t>(node.first));
        w.number(node.second);
        w.raw({reinterpret_cast<const char*>(seed.data()), seed.size()});
    }
    return write_file_durably(file_of(number), crypto::seal(w.out, master_key_, context_of(number), random_), 0600);
}

Result<KeyTable::Epoch*> KeyTable::load(uint32_t number) {
    if (const auto found = epochs_.find(number); found != epochs_.end()) return &found->second;
    const auto place = file_of(number);
    auto sealed = read_file(place, size_t{1} << 30);
    if (!sealed.ok()) return log_damaged(place.string(), sealed.error().en);
    const auto plain = crypto::unseal(*sealed, master_key_, context_of(number));
    if (!plain.ok()) return log_damaged(place.string(), plain.error().en);
    ByteReader r(*plain);
    if (r.raw(file_version.size()) != file_version) return log_damaged(place.string(), "not a table of keys");
    Epoch epoch;
    for (auto left = r.number<uint32_t>(); left > 0 && !r.bad(); --left) {
        Node node;
        node.first = r.number<uint8_t>();
        node.second = r.number<uint32_t>();
        Seed seed{};
        r.array(seed);
        if (node.first > depth || node.second >> node.first) r.spoil();
        epoch.seeds[node] = seed;
    }
    if (!r.complete()) return log_damaged(place.string(), "not a table of keys");
    while (loaded_.size() >= kept_epochs) {
        epochs_.erase(loaded_.front());
        loaded_.pop_front();
    }
    loaded_.push_back(number);
    return &(epochs_[number] = std::move(epoch));
}

Result<void> KeyTable::begin_epoch() {
    const uint32_t number = current_ + 1;
    Epoch epoch;
    Seed seed{};
    random_.fill(seed);
    epoch.seeds[{0, 0}] = seed;
    if (auto saved = save(number, epoch); !saved.ok())
        return saved.error().kind == ErrorKind::full ? log_full(saved.error().en) : log_unavailable(saved.error().en);
    if (current_ != 0 && epochs_.contains(current_)) loaded_.push_back(current_);
    epochs_[number] = std::move(epoch);
    current_ = number;
    next_ = 0;
    return Nothing{};
}

Result<SlotKey> KeyTable::fresh() {
    std::scoped_lock lock(mutex_);
    if (next_ >> depth) TRY_VOID(begin_epoch());
    const Slot slot{current_, next_++};
    TRY(auto* epoch, load(slot.epoch));
    const auto seed = derive(*epoch, slot.index);
    if (!seed) return erased();
    return SlotKey{slot, std::string(seed->begin(), seed->end())};
}

Result<std::string> KeyTable::key(Slot slot) {
    std::scoped_lock lock(mutex_);
    if (slot.index >> depth) return log_damaged(file_of(slot.epoch).string(), "no such slot");
    TRY(auto* epoch, load(slot.epoch));
    const auto seed = derive(*epoch, slot.index);
    if (!seed) return erased();
    return std::string(seed->begin(), seed->end());
}

uint32_t KeyTable::current_epoch() {
    std::scoped_lock lock(mutex_);
    return current_;
}

Result<void> KeyTable::erase(Slot slot) {
    std::scoped_lock lock(mutex_);
    if (slot.index >> depth) return log_damaged(file_of(slot.epoch).string(), "no such slot");
    TRY(auto* epoch, load(slot.epoch));
    auto next = *epoch;
    if (!derive(next, slot.index)) return Nothing{};
    const int top = next.last_top;
    next.seeds.erase({top, slot.index >> (depth - top)});
    for (int level = top; level < depth; ++level) {
        const auto [left, right] = children(next.path[static_cast<size_t>(level)]);
        const uint32_t child = slot.index >> (depth - level - 1);
        next.seeds[{level + 1, child ^ 1}] = child & 1 ? left : right;
    }
    next.last.reset();
    next.path = {};
    if (auto saved = save(slot.epoch, next); !saved.ok())
        return saved.error().kind == ErrorKind::full ? log_full(saved.error().en) : log_unavailable(saved.error().en);
    *epoch = std::move(next);
    return Nothing{};
}

std::string seal_once(std::string_view plain, const std::string& key, uint64_t counter, bool last) {
    std::array<uint8_t, crypto_aead_chacha20poly1305_ietf_NPUBBYTES> nonce{};
    for (size_t i = 0; i < 8; ++i) nonce[i] = static_cast<uint8_t>(counter >> (8 * i));
    nonce[8] = last ? 1 : 0;
    std::string out(plain.size() + seal_size, '\0');
    crypto_aead_chacha20poly1305_ietf_encrypt(reinterpret_cast<uint8_t*>(out.data()), nullptr,
                                              reinterpret_cast<const uint8_t*>(plain.data()), plain.size(), nullptr, 0,
                                              nullptr, nonce.data(), reinterpret_cast<const uint8_t*>(key.data()));
    return out;
}

std::optional<std::string> unseal_once(std::string_view sealed, const std::string& key, uint64_t counter, bool last) {
    if (sealed.size() < seal_size || key.size() != crypto_aead_chacha20poly1305_ietf_KEYBYTES) return std::nullopt;
    std::array<uint8_t, crypto_aead_chacha20poly1305_ietf_NPUBBYTES> nonce{};
    for (size_t i = 0; i < 8; ++i) nonce[i] = static_cast<uint8_t>(counter >> (8 * i));
    nonce[8] = last ? 1 : 0;
    std::string out(sealed.size() - seal_size, '\0');
    if (crypto_aead_chacha20poly1305_ietf_decrypt(
            reinterpret_cast<uint8_t*>(out.data()), nullptr, nullptr, reinterpret_cast<const uint8_t*>(sealed.data()),
            sealed.size(), nullptr, 0, nonce.data(), reinterpret_cast<const uint8_t*>(key.data())) != 0)
        return std::nullopt;
    return out;
}

}  // namespace hl::exchange::journal
