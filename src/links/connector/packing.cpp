#include "links/connector/packing.h"

#include <zstd.h>

namespace hl::connector {

namespace {

constexpr size_t worth_packing = 200;        // bytes
constexpr size_t longest_words = 16u << 10;  // of one message; a longer one has room enough for its own repetition
constexpr size_t longest_text = 64u << 20;
constexpr size_t most_about = 64;  // of one connector: a partner that makes up operations fills no memory
constexpr int level = -1;          // of zstd: half the time of 1, and with words as short as 1 without

constexpr std::string_view insert_words =
    "INSERT INTO link_words (connector, about, words, made_at) VALUES (?, ?, ?, ?) ON CONFLICT (connector, about) DO "
    "NOTHING";
constexpr std::string_view select_all = "SELECT about, number, words FROM link_words WHERE connector = ?";
constexpr std::string_view select_one = "SELECT words FROM link_words WHERE number = ?";

/// Contexts are dear to make and kept for the thread's life.
struct Zstd {
    ZSTD_CCtx* in = ZSTD_createCCtx();
    ZSTD_DCtx* out = ZSTD_createDCtx();
    Zstd() = default;
    ~Zstd() {
        ZSTD_freeCCtx(in);
        ZSTD_freeDCtx(out);
    }
    Zstd(const Zstd&) = delete;
    Zstd& operator=(const Zstd&) = delete;
};
thread_local Zstd zstd;

void empty(json::value& v) {
    if (auto* object = v.if_object()) {
        for (auto& member : *object) empty(member.value());
    } else if (auto* array = v.if_array()) {
        if (array->size() > 1) array->resize(1);
        if (!array->empty()) empty(array->front());
    } else if (v.is_string()) {
        v = "";
    } else if (v.is_number()) {
        v = 0;
    }
}

std::string number_bytes(int64_t number) {
    std::string out(8, '\0');
    for (size_t i = 0; i < 8; ++i) out[i] = static_cast<char>(static_cast<uint64_t>(number) >> (56 - 8 * i));
    return out;
}

int64_t number_in(std::string_view bytes) {
    uint64_t n = 0;
    for (const char c : bytes.substr(0, 8)) n = n << 8 | static_cast<unsigned char>(c);
    return static_cast<int64_t>(n);
}

}  // namespace

class Vocabulary {
  public:
    Vocabulary(int64_t number, const std::string& text)
        : number_(number), prepared_(ZSTD_createCDict(text.data(), text.size(), level), ZSTD_freeCDict) {}
    [[nodiscard]] int64_t number() const { return number_; }
    [[nodiscard]] const ZSTD_CDict* prepared() const { return prepared_.get(); }

  private:
    int64_t number_;
    std::unique_ptr<ZSTD_CDict, size_t (*)(ZSTD_CDict*)> prepared_;
};

std::string words_of(std::string_view json_text) {
    auto value = parse_json(json_text);
    if (!value.ok() || !value->is_object()) return {};
    empty(*value);
    return json::serialize(*value);
}

std::shared_ptr<const Vocabulary> Packing::find(const std::string& about) const {
    std::scoped_lock lock(mutex_);
    const auto at = words_.find(about);
    return at == words_.end() ? nullptr : at->second;
}

void Packing::learn(store::Transaction& tx, const std::string& about, std::string_view text, Instant now) {
    {
        std::scoped_lock lock(mutex_);
        if (words_.contains(about) || words_.size() >= most_about) return;
    }
    if (text.size() < worth_packing || text.size() > longest_words) return;  // the next may be another
    const auto words = words_of(text);
    if (!words.empty()) tx.execute(insert_words, {connector_, about, words, now});
    std::scoped_lock lock(mutex_);
    if (words.empty())
        words_.emplace(about, nullptr);  // no JSON: not looked at again
    else
        stale_ = true;
}

Result<void> Packing::look(store::Store& store) {
    {
        std::scoped_lock lock(mutex_);
        if (!std::exchange(stale_, false)) return Nothing{};
    }
    return store.read([&](store::Reader& reader) -> Result<void> {
        struct Row {
            std::string about;
            int64_t number;
            std::string words;
        };
        const auto rows = reader.all(select_all, {connector_}, [](const store::Row& r) {
            return Row{r.string(0), r.integer(1), r.string(2)};
        });
        std::scoped_lock lock(mutex_);
        for (const auto& row : rows)
            if (!words_.contains(row.about))
                words_.emplace(row.about, std::make_shared<const Vocabulary>(row.number, row.words));
        return Nothing{};
    });
}

std::string pack(std::string_view text, const Vocabulary* words) {
    if (text.size() >= worth_packing && zstd.in) {
        // 'w': against words, whose number follows. 's': by itself. Where neither is shorter: 'p' and the text.
        const bool known = words && words->prepared();
        std::string out = known ? 'w' + number_bytes(words->number()) : std::string{'s'};
        const size_t head = out.size();
        if (text.size() > head) {
            out.resize(text.size());
            const auto room = out.size() - head;
            const auto size =
                known ? ZSTD_compress_usingCDict(zstd.in, out.data() + head, room, text.data(), text.size(),
                                                 words->prepared())
                      : ZSTD_compressCCtx(zstd.in, out.data() + head, room, text.data(), text.size(), level);
            if (!ZSTD_isError(size)) {
                out.resize(head + size);
                return out;
            }
        }
    }
    std::string out;
    out.reserve(text.size() + 1);
    out += 'p';
    out += text;
    return out;
}

Result<std::string> unpack(store::Reader& reader, std::string_view packed) {
    const auto damaged = [] {
        return Error{ErrorKind::internal, "link.packed_damaged",
                     "Nội dung đã nén của kết nối không mở được. Hãy khôi phục cơ sở dữ liệu từ bản sao lưu.",
                     "A connector's packed text cannot be opened. Restore the database from its backup."};
    };
    if (packed.empty()) return std::string{};
    const char form = packed.front();
    packed.remove_prefix(1);
    if (form == 'p') return std::string{packed};
    std::string words;
    if (form == 'w') {
        if (packed.size() < 8) return damaged();
        auto found = reader.first(select_one, {number_in(packed)}, [](const store::Row& r) { return r.string(0); });
        if (!found) return damaged();
        words = std::move(*found);
        packed.remove_prefix(8);
    } else if (form != 's') {
        return damaged();
    }
    const auto size = ZSTD_getFrameContentSize(packed.data(), packed.size());
    if (size > longest_text || !zstd.out) return damaged();  // unknown and damaged sizes are greater
    std::string out(static_cast<size_t>(size), '\0');
    const auto got = ZSTD_decompress_usingDict(zstd.out, out.data(), out.size(), packed.data(), packed.size(),
                                               words.data(), words.size());
    if (ZSTD_isError(got) || got != out.size()) return damaged();
    return out;
}

}  // namespace hl::connector
