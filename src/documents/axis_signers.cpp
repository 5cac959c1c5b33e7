// The axis' knowledge of signers: lists of revoked certificates fetched, and documents looked at again when a list or a
// binding came later.
#include "base/files.h"
#include "base/log.h"
#include "documents/axis.h"
#include "documents/command_parts.h"
#include "documents/events.h"
#include "documents/signer_commands.h"
#include "http/client.h"

namespace hl::documents {

namespace {

constexpr std::chrono::minutes after_trouble{5};
constexpr std::chrono::seconds longest_fetch{20};

bool is_address(std::string_view source) {
    return source.starts_with("http://") || source.starts_with("https://");
}

std::vector<std::string> sources_of(const AxisSettings& settings) {
    auto out = settings.list_urls;
    std::error_code ec;
    std::vector<std::string> files;
    if (!settings.lists.empty())
        for (const auto& entry : std::filesystem::directory_iterator(settings.lists, ec))
            if (entry.path().extension() == ".crl" || entry.path().extension() == ".pem")
                files.push_back(entry.path().filename().string());
    std::ranges::sort(files);
    out.insert(out.end(), files.begin(), files.end());
    return out;
}

bool due(const ListRow* row, const std::string& source, std::chrono::seconds interval, Instant now) {
    // A file is read each time: it costs nothing, and who brings a new one expects it to count.
    if (!row || !is_address(source)) return true;
    if (!row->problem.empty()) return now - row->tried_at >= after_trouble;
    return now - row->tried_at >= interval ||
           (row->next_update && now >= *row->next_update && now - row->tried_at >= after_trouble);
}

/// Changes when a list does, or runs out.
Result<std::string> state_of_lists(store::Store& store, Instant now) {
    TRY(const auto rows,
        store.read([](store::Reader& reader) -> Result<std::vector<ListRow>> { return list_rows(reader); }));
    std::string out = "lists";
    for (const auto& r : rows)
        out += fmt::format("|{} {} {}", r.source, r.this_update ? to_ms(*r.this_update) : 0, r.state(now));
    return out;
}

/// Which documents of a certificate may stand otherwise than they did: a line of the pack that came or went with a
/// restart counts, and one of the console after which the program was killed.
struct Open {
    bool all = false;        // a binding changed, or the certificate was revoked
    bool unchecked = false;  // a list speaks about it now
    bool bound = false;      // some line names it
    bool no_pack = false;    // no line of the pack does
};
std::vector<DocumentKey> open_documents_of(store::Reader& reader, const std::string& sha256, const Open& open) {
    return reader.all(
        "SELECT s.document FROM document_signature s WHERE s.certificate = ? AND (? = 1 OR (? = 1 AND s.reasons LIKE "
        "'%signer.unchecked%') OR (? = 1 AND s.bound_by = '') OR (? = 1 AND s.bound_by = 'pack')) ORDER BY s.document",
        {sha256, open.all ? 1 : 0, open.unchecked ? 1 : 0, open.bound ? 1 : 0, open.no_pack ? 1 : 0},
        [](const store::Row& r) { return r.id<DocumentKey>(0); });
}

bool fits_one(const std::vector<SignerBinding>& bindings, const Certificate& certificate) {
    return std::ranges::any_of(bindings, [&](const auto& b) { return b.fits(certificate); });
}

Result<std::string> bytes_of(const AxisSettings& settings, const std::string& source) {
    if (!is_address(source)) return read_file(settings.lists / source, largest_revocation_list);
    http::ClientRequest request;
    request.url = source;
    request.timeout = longest_fetch;
    request.max_response = largest_revocation_list;
    TRY(auto answer, http::send(request));
    if (answer.status != 200)
        return Error{ErrorKind::unavailable, fmt::format("http.{}", answer.status),
                     fmt::format("Nơi phát danh sách thu hồi trả lời {}. Kiểm tra địa chỉ.", answer.status),
                     fmt::format("The address of the list answered with {}. Check it.", answer.status)};
    return std::move(answer.body);
}

}  // namespace

std::shared_ptr<const Judging> Axis::judging() const {
    const std::lock_guard lock(mutex_);
    return judging_;
}

std::shared_ptr<const Judging> Axis::read_judging(std::shared_ptr<const RevocationLists> lists_as_they_are) const {
    auto out = std::make_shared<Judging>();
    out->fixed = fixed_signers_;
    if (verifier_) out->anchors_pem = verifier_->anchors();
    out->accept_unbound = settings_.accept_unbound;
    out->accept_unchecked = settings_.accept_unchecked;
    std::error_code ec;
    if (!settings_.signing_keys.empty())
        for (const auto& entry : std::filesystem::directory_iterator(settings_.signing_keys, ec)) {
            if (entry.path().extension() != ".crt") continue;
            const auto pem = read_file(entry.path(), 1u << 20);
            const auto certificate = pem.ok() ? read_certificate(*pem, {}) : Result<Certificate>(pem.error());
            const auto name = entry.path().stem().string();
            if (certificate.ok()) out->own[name == "default" ? "" : name] = certificate->sha256;
        }
    out->lists = std::move(lists_as_they_are);
    if (out->lists) return out;
    auto lists = ground_.store.read(
        [&](store::Reader& reader) -> Result<std::vector<RevocationList>> { return stored_lists(reader); });
    if (!lists.ok())
        log::error("documents", "the lists of revoked certificates cannot be read", {{"code", lists.error().code}});
    out->lists =
        std::make_shared<const RevocationLists>(lists.ok() ? *std::move(lists) : std::vector<RevocationList>{});
    return out;
}

Result<void> Axis::fetch(const std::string& source, Instant now) const {
    const auto anchors = verifier_ ? verifier_->anchors() : std::vector<std::string>{};
    const auto list = [&]() -> Result<RevocationList> {
        TRY(const auto bytes, bytes_of(settings_, source));
        return read_revocation_list(bytes, anchors);
    }();
    return ground_.store.write([&](store::Transaction& tx) -> Result<void> {
        if (!list.ok()) {
            save_list_problem(tx, source, list.error(), now);
        } else if (const auto saved = save_list(tx, source, *list, now); !saved.ok()) {
            save_list_problem(tx, source, saved.error(), now);
        }
        return Nothing{};
    });
}

Result<LookedAgain> Axis::refresh_lists(Instant now, bool all) const {
    const auto sources = sources_of(settings_);
    TRY(const auto rows,
        ground_.store.read([](store::Reader& reader) -> Result<std::vector<ListRow>> { return list_rows(reader); }));
    for (const auto& source : sources) {
        const auto row = std::ranges::find(rows, source, &ListRow::source);
        if (all || due(row == rows.end() ? nullptr : &*row, source, settings_.list_interval, now))
            TRY_VOID(fetch(source, now));
    }
    if (std::ranges::any_of(rows, [&](const auto& r) { return std::ranges::find(sources, r.source) == sources.end(); }))
        TRY_VOID(ground_.store.write([&](store::Transaction& tx) -> Result<void> {
            drop_lists_but(tx, sources);
            return Nothing{};
        }));
    TRY(const auto state, state_of_lists(ground_.store, now));
    std::shared_ptr<const Judging> old;
    {
        const std::lock_guard lock(mutex_);
        old = state == looked_at_ ? judging_ : nullptr;
    }
    auto fresh = read_judging(old ? old->lists : nullptr);
    {
        const std::lock_guard lock(mutex_);
        judging_ = std::move(fresh);
    }
    if (old) {
        TRY(const auto changed, judge_old_ones(now));
        return LookedAgain{changed, 0};
    }
    TRY(const auto out, look_again(now));
    const std::lock_guard lock(mutex_);
    looked_at_ = state;
    return out;
}

Result<bool> Axis::judge_one(const DocumentKey& key, const Certificate& certificate, const Revocation& revocation,
                             Instant now) const {
    const auto ctx = context();
    return ground_.store.write([&](store::Transaction& tx) -> Result<bool> {
        TRY(auto d, load_document(tx, key));
        auto kept = d.judged.value_or(
            SignatureRow{certificate.sha256, d.signature == "weak", {}, "", "[]", {}, now, "", "", {}});
        const auto at = std::min(kept.stamped_at.value_or(d.arrived_at), d.arrived_at);
        // A list that has run out since says nothing against what an earlier one allowed.
        auto counted = revocation;
        if (revocation.state == Revocation::State::unknown && kept.as_of &&
            kept.reasons.find("signer.unchecked") == std::string::npos)
            counted = {Revocation::State::good, {}, kept.as_of, {}};
        const auto standing = judge_signer(ctx, signer_bindings(tx), certificate, kept.weak, counted, d.from_organ, at);
        // Our own key of then was ours, whatever key we have now.
        if (kept.bound_by == "own" && standing.word == "unbound") return false;
        const auto reasons = write_reasons(standing.reasons);
        const bool same = standing.word == d.signature && reasons == kept.reasons && d.judged.has_value();
        if (same && standing.bound_by == kept.bound_by && standing.as_of == kept.as_of) return false;
        kept.bound_by = standing.bound_by;
        kept.reasons = reasons;
        kept.as_of = standing.as_of;
        kept.judged_at = now;
        save_signature(tx, key, kept);
        if (same) return false;
        const auto before = std::exchange(d.signature, standing.word);
        update_document(tx, d);
        json::array codes;
        for (const auto& r : standing.reasons) codes.emplace_back(r.code);
        append(tx, events::signature_judged, d, "system:axis", now,
               {{"document_id", d.document_id}, {"before", before}, {"signature", d.signature}, {"reasons", codes}});
        const bool told = std::ranges::any_of(d.statuses, [](const auto& s) { return s.given; });
        if (settled(ctx.judging.get(), d.signature) && !told && d.channel == "axis")
            give_status(tx, d, "01", d.from_organ, "", access::Actor::system("axis", ctx.organisation), now);
        return true;
    });
}

Result<int> Axis::judge_old_ones(Instant now) const {
    struct Old {
        DocumentKey key;
        FileHash content;
        Instant at;
    };
    TRY(const auto old, ground_.store.read([](store::Reader& reader) -> Result<std::vector<Old>> {
        return reader.all(
            "SELECT d.key, d.content, d.arrived_at FROM document d WHERE d.direction = 'in' AND d.content <> '' AND "
            "d.signature <> 'none' AND NOT EXISTS (SELECT 1 FROM document_signature s WHERE s.document = d.key) ORDER "
            "BY d.key LIMIT 200",
            {}, [](const store::Row& r) {
                return Old{r.id<DocumentKey>(0), r.id<FileHash>(1), r.instant(2)};
            });
    }));
    int changed = 0;
    for (const auto& one : old) {
        const auto bytes = ground_.blobs.get(one.content);
        const auto facts = bytes.ok() ? verify(*bytes, one.at) : Result<SignatureFacts>(bytes.error());
        const auto revocation = facts.ok() ? judging()->revocation(facts->certificate, now) : Revocation{};
        TRY_VOID(ground_.store.write([&](store::Transaction& tx) -> Result<void> {
            // What cannot be verified any more keeps its mark, and is not tried for ever.
            SignatureRow row{"", false, {}, "", "[]", {}, now, "", "", {}};
            if (facts.ok()) {
                remember_certificate(tx, facts->certificate, revocation, now);
                row.certificate = facts->certificate.sha256;
                row.weak = facts->weak;
                row.stamped_at = facts->stamped_at;
            }
            save_signature(tx, one.key, row);
            return Nothing{};
        }));
        if (!facts.ok()) continue;
        TRY(const auto did, judge_one(one.key, facts->certificate, revocation, now));
        changed += did ? 1 : 0;
    }
    return changed;
}

Result<LookedAgain> Axis::look_again(Instant now, const SignerBinding* changed) const {
    struct Seen {
        std::string sha256, revocation;
    };
    LookedAgain out;
    TRY(out.documents, judge_old_ones(now));
    TRY(const auto seen, ground_.store.read([](store::Reader& reader) -> Result<std::vector<Seen>> {
        return reader.all("SELECT sha256, revocation FROM document_certificate ORDER BY sha256", {},
                          [](const store::Row& r) {
                              return Seen{r.string(0), r.string(1)};
                          });
    }));
    TRY(const auto bindings, ground_.store.read([](store::Reader& reader) -> Result<std::vector<SignerBinding>> {
        return signer_bindings(reader);
    }));
    bool news = changed != nullptr;
    for (const auto& one : seen) {
        const auto& sha256 = one.sha256;
        const auto& before = one.revocation;
        TRY(const auto certificate,
            ground_.store.read([&](store::Reader& reader) -> Result<std::optional<Certificate>> {
                return find_certificate(reader, sha256);
            }));
        if (!certificate || (changed && !changed->fits(*certificate))) continue;
        const auto revocation = judging()->revocation(*certificate, now);
        const auto word = revocation_word(revocation);
        Open open;
        open.all = changed || (word != before && revocation.state == Revocation::State::revoked);
        open.unchecked = revocation.state != Revocation::State::unknown;
        open.no_pack = !fits_one(judging()->fixed, *certificate);
        open.bound = !open.no_pack || fits_one(bindings, *certificate);
        news = news || word != before || open.bound;
        TRY(const auto keys, ground_.store.read([&](store::Reader& reader) -> Result<std::vector<DocumentKey>> {
            return open_documents_of(reader, sha256, open);
        }));
        for (const auto& key : keys) {
            TRY(const auto did, judge_one(key, *certificate, revocation, now));
            out.documents += did ? 1 : 0;
        }
        // Last: killed in between, it is looked at again.
        if (word != before)
            TRY_VOID(ground_.store.write([&](store::Transaction& tx) -> Result<void> {
                tx.execute("UPDATE document_certificate SET revocation = ? WHERE sha256 = ?", {word, sha256});
                return Nothing{};
            }));
    }
    if (!news) return out;
    TRY(const auto held, ground_.store.read([](store::Reader& reader) -> Result<std::vector<HeldMessage>> {
        return held_messages(reader);
    }));
    for (const auto& waiting : held) {
        if (!waiting.reason_code.starts_with("signer.")) continue;
        release_one(waiting, now);
        TRY(const auto still, ground_.store.read([&](store::Reader& reader) -> Result<bool> {
            return reader
                .first("SELECT 1 FROM document_held WHERE key = ? AND released_at IS NULL", {waiting.key},
                       [](const store::Row&) { return true; })
                .has_value();
        }));
        out.released += still ? 0 : 1;
    }
    return out;
}

}  // namespace hl::documents
