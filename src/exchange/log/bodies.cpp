// Bodies on their way into the log and out of it: pieces sealed with the body's own key and a counter, so that none can
// be changed, left out or put in another place.
#include <charconv>

#include "exchange/log/log_errors.h"
#include "exchange/log/log_state.h"

namespace hl::exchange {

using namespace journal;

namespace {

constexpr size_t piece_size = 128 << 10;
constexpr int64_t high_water = 1 << 20;  // bytes of one body that may wait for the disk

/// Numbers between colons.
std::optional<std::vector<int64_t>> numbers(std::string_view text, size_t count) {
    std::vector<int64_t> out;
    while (out.size() < count) {
        int64_t n = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
        if (error != std::errc{} || n < 0) return std::nullopt;
        out.push_back(n);
        text.remove_prefix(static_cast<size_t>(end - text.data()));
        if (out.size() < count && (text.empty() || text[0] != ':')) return std::nullopt;
        if (!text.empty() && out.size() < count) text.remove_prefix(1);
    }
    return text.empty() ? std::optional{out} : std::nullopt;
}

Slot slot_of(int64_t epoch, int64_t index) {
    return {static_cast<uint32_t>(epoch), static_cast<uint32_t>(index)};
}

}  // namespace

namespace journal {

std::string inline_handle(std::string bytes) {
    return bytes.insert(0, 1, '=');
}
std::string streamed_handle(Slot slot, int64_t pieces) {
    return fmt::format("~{}:{}:{}", slot.epoch, slot.index, pieces);
}
std::string record_handle(RecordNumber number, size_t index) {
    return fmt::format("@{}:{}", number, index);
}
std::string pieces_handle(RecordNumber last, Slot slot, int64_t pieces) {
    return fmt::format("#{}:{}:{}:{}", last, slot.epoch, slot.index, pieces);
}
std::string lost_handle() {
    return "!";
}

std::optional<BodyPlace> place_of(std::string_view handle) {
    if (handle.empty()) return std::nullopt;
    BodyPlace place;
    const auto rest = handle.substr(1);
    switch (handle[0]) {
        case '!':
            return place;
        case '=':
            place.kind = BodyPlace::Kind::inline_bytes;
            place.bytes = rest;
            return place;
        case '~':
            if (const auto n = numbers(rest, 3)) {
                place.kind = BodyPlace::Kind::streamed;
                place.slot = slot_of((*n)[0], (*n)[1]);
                place.pieces = (*n)[2];
                return place;
            }
            return std::nullopt;
        case '@':
            if (const auto n = numbers(rest, 2)) {
                place.kind = BodyPlace::Kind::in_record;
                place.number = (*n)[0];
                place.index = (*n)[1];
                return place;
            }
            return std::nullopt;
        case '#':
            if (const auto n = numbers(rest, 4)) {
                place.kind = BodyPlace::Kind::in_pieces;
                place.number = (*n)[0];
                place.slot = slot_of((*n)[1], (*n)[2]);
                place.pieces = (*n)[3];
                return place;
            }
            return std::nullopt;
        default:
            return std::nullopt;
    }
}

}  // namespace journal

struct BodyWriter::State {
    MessageLog::State& log;
    std::shared_ptr<BodyFlow> flow = std::make_shared<BodyFlow>();
    std::string buffer;
    std::optional<SlotKey> key;  // from the first piece on
    int64_t pieces = 0;
    bool lost = false, finished = false;

    explicit State(MessageLog::State& l) : log(l) {}
    void give(std::string_view plain, bool last) {
        if (!key && !lost) {
            if (auto fresh = log.keys->fresh(); fresh.ok())
                key = std::move(*fresh);
            else
                lost = true;
        }
        if (lost) return;
        const auto sealed = seal_once(plain, key->key, static_cast<uint64_t>(pieces), last);
        WriteItem item;
        item.kind = Kind::piece;
        item.payload = encode(PieceRecord{key->slot, pieces, last, sealed});
        item.digest = crypto::sha256(item.payload);
        item.slot = key->slot;
        item.flow = flow;
        {
            std::scoped_lock lock(flow->mutex);
            flow->queued += static_cast<int64_t>(item.payload.size());
        }
        ++pieces;
        log.writer->add(std::move(item));
    }
};

BodyWriter::BodyWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
BodyWriter::BodyWriter(BodyWriter&&) noexcept = default;

BodyWriter::~BodyWriter() {
    if (!state_) return;
    {
        std::scoped_lock lock(state_->flow->mutex);
        state_->flow->ready = nullptr;  // nobody is there any more to be told
    }
    if (state_->finished || !state_->key) return;
    WriteItem gone;
    gone.kind = Kind::piece;
    gone.slot = state_->key->slot;
    state_->log.writer->add(std::move(gone));
}

bool BodyWriter::write(std::string_view piece) {
    auto& s = *state_;
    while (!piece.empty()) {
        // One piece is always kept back: the last one is sealed as the last.
        if (s.buffer.size() >= piece_size) {
            s.give(s.buffer, false);
            s.buffer.clear();
        }
        const auto some = piece.substr(0, piece_size - s.buffer.size());
        s.buffer += some;
        piece.remove_prefix(some.size());
    }
    std::scoped_lock lock(s.flow->mutex);
    return s.flow->queued < high_water;
}

void BodyWriter::when_ready(std::function<void()> ready) {
    {
        std::scoped_lock lock(state_->flow->mutex);
        if (state_->flow->queued >= high_water) {
            state_->flow->ready = std::move(ready);
            return;
        }
    }
    ready();
}

std::string BodyWriter::finish() {
    auto& s = *state_;
    s.finished = true;
    if (s.pieces == 0 && !s.lost && s.buffer.size() <= s.log.options.inline_body)
        return inline_handle(std::move(s.buffer));
    s.give(s.buffer, true);
    return s.lost ? lost_handle() : streamed_handle(s.key->slot, s.pieces);
}

BodyWriter MessageLog::open_body() {
    return BodyWriter(std::make_unique<BodyWriter::State>(*state_));
}

std::string MessageLog::whole_body(std::string bytes) {
    if (bytes.size() <= state_->options.inline_body) return inline_handle(std::move(bytes));
    auto writer = open_body();
    (void)writer.write(bytes);
    return writer.finish();
}

namespace {

/// Numbers of a body's pieces, in order: each links to the one before. The pieces are checked when they are opened.
Result<std::vector<RecordNumber>> pieces_of(const Segments& segments, const BodyPlace& place) {
    std::vector<RecordNumber> out;
    auto number = place.number;
    for (int64_t left = place.pieces; left > 0; --left) {
        TRY(const auto links, segments.links(number));
        if (links.size() != 1 || links[0] >= number || (left > 1 && links[0] < 0))
            return log_damaged(fmt::format("record {}", number), "a piece of a body that is none");
        out.push_back(number);
        number = links[0];
    }
    std::reverse(out.begin(), out.end());
    return out;
}

}  // namespace

Result<MessageLog::BodyReader> MessageLog::open_body(const LogEntry::Body& body) const {
    const auto place = place_of(body.handle);
    if (!place || place->kind == BodyPlace::Kind::lost || place->kind == BodyPlace::Kind::streamed)
        return Error{ErrorKind::not_found, "exchange.body_missing",
                     "Nhật ký không giữ nội dung này, chỉ giữ giá trị băm của nó; hãy hỏi cơ quan đã gửi thông điệp.",
                     "The log does not hold this body, only its digest; ask the agency that sent the message."};
    struct Pull {
        std::string piece;
        size_t at = 0;
        std::function<Result<bool>(std::string&)> next;  // false: no more
    };
    auto pull = std::make_shared<Pull>();
    if (place->kind == BodyPlace::Kind::inline_bytes) {
        pull->piece = place->bytes;
    } else if (place->kind == BodyPlace::Kind::in_record) {
        TRY(auto record, state_->message_record(place->number, nullptr));
        if (static_cast<size_t>(place->index) >= record.bodies.size()) return record_missing(place->number);
        const auto& stored = record.bodies[static_cast<size_t>(place->index)];
        TRY(auto key, state_->keys->key(stored.slot));
        auto plain = unseal_once(stored.sealed, key, 0, true);
        if (!plain) return log_damaged(fmt::format("record {}", place->number), "a body that does not open");
        pull->piece = std::move(*plain);
    } else {
        TRY(auto key, state_->keys->key(place->slot));
        TRY(auto numbers, pieces_of(state_->segments, *place));
        pull->next = [key, numbers, i = size_t{0},
                      &segments = state_->segments](std::string& out) mutable -> Result<bool> {
            if (i == numbers.size()) return false;
            TRY(auto frame, segments.read(numbers[i]));
            const auto record =
                frame.head.kind == Kind::piece && !frame.head.dropped ? decode_piece(frame.payload) : std::nullopt;
            auto plain = record ? unseal_once(record->sealed, key, i, i + 1 == numbers.size()) : std::nullopt;
            if (!plain)
                return log_damaged(fmt::format("record {}", numbers[i]), "a piece of a body that does not open");
            out = std::move(*plain);
            ++i;
            return true;
        };
    }
    return BodyReader([pull](std::span<char> out) -> Result<size_t> {
        while (pull->at == pull->piece.size()) {
            if (!pull->next) return size_t{0};
            pull->at = 0;
            pull->piece.clear();
            TRY(const bool more, pull->next(pull->piece));
            if (!more) return size_t{0};
        }
        const auto n = std::min(out.size(), pull->piece.size() - pull->at);
        std::copy_n(pull->piece.data() + pull->at, n, out.data());
        pull->at += n;
        return n;
    });
}

Result<void> MessageLog::read_body(const LogEntry::Body& body,
                                   const std::function<Result<void>(std::string_view)>& piece) const {
    TRY(auto read, open_body(body));
    std::string buffer(128 << 10, '\0');
    for (;;) {
        TRY(const auto n, read(buffer));
        if (n == 0) return Nothing{};
        TRY_VOID(piece(std::string_view{buffer}.substr(0, n)));
    }
}

}  // namespace hl::exchange
