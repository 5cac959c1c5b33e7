#include "ioc/child/asking.h"

#include "ioc/child/refusals.h"

namespace hl::ioc::child {

namespace {

constexpr int64_t hashes_at_once = 500;

std::string_view member(const json::value& value, std::string_view key) {
    const auto* o = value.if_object();
    const auto* m = o ? o->if_contains(key) : nullptr;
    return m && m->is_string() ? std::string_view{m->get_string()} : std::string_view{};
}

struct Copies {
    Mark last;
    std::vector<std::pair<Mark, std::optional<Sealed>>> items;
};
Result<Copies> copies(const ChildEnd& end, const Line& line, int64_t from, int64_t to, bool texts) {
    TRY(const auto answer,
        ask(end, line, copies_path, {{"type", "copies"}, {"from", from}, {"to", to}, {"texts", texts}}, "copies"));
    JsonReader in(answer);
    Copies out;
    (void)in.secret("type");
    (void)in.secret("child");
    (void)in.secret("nonce");
    out.last = read_mark(in, "last");
    for (const auto& [value, at] : in.array("items")) {
        JsonReader one(*value, at);
        std::pair<Mark, std::optional<Sealed>> item;
        item.first.number = one.integer("number", 1, std::numeric_limits<int64_t>::max());
        item.first.hash = one.secret("hash");
        if (const auto* sealed = one.raw("sealed")) {
            TRY(item.second, read_sealed(*sealed));
        }
        in.absorb(std::move(one));
        out.items.push_back(std::move(item));
    }
    if (!in.finish().ok()) return wrong_answer();
    return out;
}

/// The last number under which both have the same batch.
Result<int64_t> common_number(const ChildEnd& end, const Line& line) {
    int64_t top = std::min(line.last.number, line.parent_last.number);
    while (top > 0) {
        const int64_t from = std::max<int64_t>(1, top - hashes_at_once + 1);
        TRY(const auto page, copies(end, line, from, top, false));
        for (auto it = page.items.rbegin(); it != page.items.rend(); ++it) {
            const auto number = it->first.number;
            TRY(const auto own, end.store.read([&](store::Reader& r) -> Result<std::optional<std::string>> {
                return hash_of_batch(r, number);
            }));
            if (own == it->first.hash) return number;
        }
        top = from - 1;
    }
    return int64_t{0};
}

}  // namespace

Error wrong_answer() {
    return {ErrorKind::unavailable, "child.answer", "Câu trả lời của cấp trên không đọc được.",
            "The parent's answer cannot be read."};
}

std::string make_nonce(Random& random) {
    return crypto::to_hex(crypto::random_bytes(random, 16));
}

Error refusal_in(const Reply& reply) {
    const auto body = parse_json(reply.body);
    const auto code = body.ok() ? member(*body, "code") : std::string_view{};
    const auto detail = body.ok() ? member(*body, "detail") : std::string_view{};
    const bool ours = code.starts_with("child.") && reply.status >= 400 && reply.status < 500;
    return {ours ? ErrorKind::conflict : ErrorKind::unavailable, ours ? std::string{code} : "child.unreachable",
            fmt::format("Cấp trên trả lời {}: {}", reply.status, detail.substr(0, 500)),
            fmt::format("The parent answered {}: {}", reply.status, detail.substr(0, 500))};
}

Result<json::value> ask(const ChildEnd& end, const Line& line, std::string_view path, json::object question,
                        std::string_view type) {
    const auto nonce = make_nonce(end.random);
    question["child"] = line.child.value;
    question["nonce"] = nonce;
    const auto body = json::serialize(to_json(seal(question, end.key)));
    TRY(const auto reply, end.courier(line.url + std::string{path}, body));
    if (reply.status != 200) return refusal_in(reply);
    TRY(const auto sealed, read_sealed(reply.body));
    TRY(auto payload, open_sealed(sealed, line.parent_key));
    if (member(payload, "type") != type || member(payload, "nonce") != nonce ||
        member(payload, "child") != line.child.value)
        return wrong_answer();
    return payload;
}

Result<Resume> what_parts(const ChildEnd& end) {
    TRY(const auto line, end.store.read([](store::Reader& r) -> Result<std::optional<Line>> { return line_of(r); }));
    if (!line) return no_line();
    if (line->state == LineState::running)
        return Error{ErrorKind::conflict, "child.not_parted", "Đường nối đang chạy, không có gì phải quyết định.",
                     "The line is running; there is nothing to decide."};
    Resume out;
    TRY(const auto first, copies(end, *line, 1, 0, false));
    Line known = *line;
    known.parent_last = out.parent_last = first.last;
    TRY(out.common, common_number(end, known));
    for (int64_t next = out.common + 1; next <= out.parent_last.number;) {
        TRY(const auto page, copies(end, known, next, out.parent_last.number, true));
        if (page.items.empty()) return wrong_answer();
        for (const auto& [mark, sealed] : page.items) {
            if (!sealed || mark.number != next) return wrong_answer();
            // Ours, unless an earlier key of ours signed it: then the chain alone vouches for it.
            if (sealed->key == fingerprint(end.key.public_key)) TRY_VOID(open_sealed(*sealed, end.key.public_key));
            out.copies.emplace_back(mark, *sealed);
            ++next;
        }
    }
    return out;
}

}  // namespace hl::ioc::child
