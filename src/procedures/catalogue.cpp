#include "procedures/catalogue.h"

#include "base/crypto.h"
#include "base/text.h"
#include "procedures/artefacts.h"
#include "procedures/form_schema.h"

namespace hl::procedures {

namespace {

constexpr std::string_view select_artefacts = "SELECT hash, kind, body FROM procedure_artefact";
constexpr std::string_view select_releases =
    "SELECT id, procedure_code, number, valid_from, valid_to, published_at, published_by, approved_by, card_hash, "
    "form_hash, flow_hash, rules_hash FROM procedure_release ORDER BY procedure_code, number";

bool valid_at(const Release& r, Instant at) {
    return r.valid_from <= at && (!r.valid_to || at < *r.valid_to);
}

/// First letters of the words: "Đăng ký khai sinh" → "dkks".
std::string initials_of(std::string_view name) {
    std::string out;
    for (const auto& word : text::folded_words(name))
        if (!word.empty()) out += word.front();
    return out;
}

}  // namespace

class CatalogueLoader {
  public:
    explicit CatalogueLoader(store::Reader& reader) : reader_(reader) {}

    Result<std::shared_ptr<const Catalogue>> load() {
        reader_.query(select_artefacts, {}, [&](const store::Row& r) { bodies_[r.string(0)] = r.string(2); });
        std::vector<Release> rows;
        reader_.query(select_releases, {}, [&](const store::Row& r) {
            Release x;
            x.id = r.id<ReleaseId>(0);
            x.procedure = r.id<ProcedureCode>(1);
            x.number = static_cast<int>(r.integer(2));
            x.valid_from = r.instant(3);
            x.valid_to = r.optional_instant(4);
            x.published_at = r.instant(5);
            x.published_by = r.string(6);
            x.approved_by = r.string(7);
            x.card_hash = r.string(8);
            x.form_hash = r.string(9);
            x.flow_hash = r.string(10);
            x.rules_hash = r.string(11);
            rows.push_back(std::move(x));
        });
        auto out = std::make_shared<Catalogue>();
        for (auto& row : rows) {
            TRY(auto card, body(row.card_hash));
            TRY(row.card, card_from_json(card));
            TRY(auto form, body(row.form_hash));
            TRY(row.form, form_from_json(form));
            TRY(auto flow, body(row.flow_hash));
            TRY(row.flow, flow_from_json(flow));
            TRY(auto rules, body(row.rules_hash));
            TRY(auto bound, rules_from_json(rules));
            row.clock = bound.clock;
            row.tables = std::move(bound.tables);
            // A form published before the subset was checked may have none: its conditions are then refused when used.
            if (auto schema = form_schema_of(row.form); schema.ok()) row.form_schema = *std::move(schema);
            add(*out, std::make_shared<const Release>(std::move(row)));
        }
        return std::shared_ptr<const Catalogue>{std::move(out)};
    }

  private:
    /// What was published is what is used: a changed body is refused, not trusted.
    Result<json::value> body(const std::string& hash) {
        const auto it = bodies_.find(hash);
        if (it == bodies_.end() || crypto::to_hex(crypto::sha256(it->second)) != hash)
            return Error{ErrorKind::internal, "procedure.artefact_changed",
                         "Nội dung thủ tục đã công bố bị sửa trong cơ sở dữ liệu. Hãy khôi phục từ bản sao lưu.",
                         "a published artefact is missing or does not match its hash " + hash};
        return parse_json(it->second);
    }
    static void add(Catalogue& out, ReleasePtr release) {
        std::string words = " ";
        std::string exact = " ";
        std::string initials = " ";
        const auto put = [&](std::string_view name) {
            for (const auto& w : text::folded_words(name)) words += w + ' ';
            for (const auto& w : text::words(name)) exact += w + ' ';
            initials += initials_of(name) + ' ';
        };
        put(release->card.name);
        const auto name_words = words;
        const auto name_exact = exact;
        put(release->card.sector_name);
        for (const auto& result : release->card.results) put(result.name);
        out.releases_.push_back(release);
        out.by_code_[release->procedure.value].push_back(release);
        out.by_id_[release->id.value] = release;
        out.entries_.push_back(
            {std::move(release), name_words, name_exact, std::move(words), std::move(exact), std::move(initials)});
    }

    store::Reader& reader_;
    std::unordered_map<std::string, std::string> bodies_;
};

Result<std::shared_ptr<const Catalogue>> Catalogue::load(store::Reader& reader) {
    return CatalogueLoader(reader).load();
}

Result<ReleasePtr> Catalogue::valid(const ProcedureCode& code, Instant at) const {
    const auto it = by_code_.find(code.value);
    if (it == by_code_.end())
        return Error{ErrorKind::not_found, "procedure.unknown",
                     "Không có thủ tục mã " + code.value + ". Hãy kiểm tra lại mã.", "no procedure " + code.value};
    const ReleasePtr* next = nullptr;
    for (const auto& r : it->second) {
        if (valid_at(*r, at)) return r;
        if (r->valid_from > at && (!next || r->valid_from < (*next)->valid_from)) next = &r;
    }
    if (next)
        return Error{ErrorKind::conflict, "procedure.not_valid",
                     "Thủ tục " + code.value + " có hiệu lực từ " + to_vietnamese((*next)->valid_from) + ".",
                     "procedure " + code.value + " is valid from " + to_rfc3339_local((*next)->valid_from)};
    const auto& last = it->second.back();
    const auto ended = last->valid_to.value_or(last->valid_from);
    return Error{ErrorKind::conflict, "procedure.not_valid",
                 "Thủ tục " + code.value + " đã hết hiệu lực từ " + to_vietnamese(ended) + ".",
                 "procedure " + code.value + " ended at " + to_rfc3339_local(ended)};
}

Result<ReleasePtr> Catalogue::release(const ReleaseId& id) const {
    const auto it = by_id_.find(id.value);
    if (it != by_id_.end()) return it->second;
    return Error{ErrorKind::not_found, "procedure.unknown", "Không có bản thủ tục " + id.value + ".",
                 "no release " + id.value};
}

std::vector<ReleasePtr> Catalogue::all_valid(Instant at) const {
    std::vector<ReleasePtr> out;
    for (const auto& r : releases_)
        if (valid_at(*r, at)) out.push_back(r);
    return out;
}

std::vector<ReleasePtr> Catalogue::history(const ProcedureCode& code) const {
    const auto it = by_code_.find(code.value);
    if (it == by_code_.end()) return {};
    return {it->second.rbegin(), it->second.rend()};
}

std::vector<ReleasePtr> Catalogue::find(std::string_view words, Instant at, size_t limit) const {
    const auto folded = text::folded_words(words);
    const auto exact = text::words(words);
    std::string code{text::trim(words)};
    std::string joined;  // "đk ks" and "DKKS" are the same abbreviation
    for (const auto& w : folded) joined += w;
    struct Hit {
        int rank;
        const Entry* entry;
    };
    std::vector<Hit> hits;
    for (const auto& e : entries_) {
        if (!valid_at(*e.release, at)) continue;
        const auto& own = e.release->procedure.value;
        const bool has_digit = code.find_first_of("0123456789") != std::string::npos;
        int rank = 0;
        if (own == code)
            rank = 7;
        else if (has_digit && code.size() >= 3 && own.find(code) != std::string::npos)
            rank = 6;
        else if (!folded.empty()) {
            const auto all_in = [](const std::vector<std::string>& wanted, const std::string& text) {
                return std::all_of(wanted.begin(), wanted.end(),
                                   [&](const std::string& w) { return text.find(" " + w) != std::string::npos; });
            };
            const bool abbreviation = joined.size() >= 2 && joined.size() <= 12 && folded.size() <= 3 &&
                                      e.initials.find(joined) != std::string::npos;
            if (all_in(exact, e.name_exact))
                rank = 5;
            else if (all_in(folded, e.name_words))
                rank = 4;
            else if (all_in(exact, e.exact))
                rank = 3;
            else if (all_in(folded, e.words))
                rank = 2;
            else if (abbreviation)
                rank = 1;
        }
        if (rank > 0) hits.push_back({rank, &e});
    }
    // Best first; among equals the shorter name says more exactly what was asked.
    std::stable_sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
        const auto key = [](const Hit& h) {
            return std::tuple(-h.rank, h.entry->release->card.name.size(),
                              std::string_view{h.entry->release->procedure.value});
        };
        return key(a) < key(b);
    });
    std::vector<ReleasePtr> out;
    for (const auto& h : hits) {
        if (out.size() == limit) break;
        out.push_back(h.entry->release);
    }
    return out;
}

}  // namespace hl::procedures
