#include "links/portal/catalogue.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "links/portal/fields.h"
#include "procedures/national.h"

namespace hl::links::portal {

using procedures::Card;
using procedures::Channel;

namespace {

/// The same words: spaces, case, tone placement and a full stop at the end do not make another paper.
std::string same(const std::string& words) {
    auto out = text::canonical_tone(text::normalise(words));
    while (!out.empty() && (out.back() == '.' || out.back() == ';' || out.back() == ',' || out.back() == ' '))
        out.pop_back();
    return out;
}

/// "60/2014/QH13": what names an instrument whatever stands around it; empty when there is none.
std::string number_of(const std::string& act) {
    size_t begin = 0;
    while (begin < act.size()) {
        if (act[begin] < '0' || act[begin] > '9') {
            ++begin;
            continue;
        }
        size_t end = begin;
        while (end < act.size() && act[end] != ' ' && act[end] != ',' && act[end] != ';' && act[end] != ')') ++end;
        const auto word = act.substr(begin, end - begin);
        if (std::count(word.begin(), word.end(), '/') >= 2) return text::lower(word);
        begin = end;
    }
    return {};
}

constexpr size_t longest_shown = 2000;

struct Amounts {
    std::vector<int64_t> list;
    bool known = true;  // every text was an amount
    std::string words;
};

/// "50.000 đồng", "50000", "Không", "Miễn phí": anything else has no one meaning.
std::optional<int64_t> amount_of(const std::string& said) {
    auto folded = text::fold(said);
    for (const auto* free : {"khong", "mien phi", "khong thu", "khong quy dinh le phi", "0"})
        if (folded == free) return 0;
    for (const auto* unit : {" dong", " vnd", " d", "vnd", "dong"})
        if (folded.ends_with(unit)) {
            folded.resize(folded.size() - std::string_view{unit}.size());
            break;
        }
    int64_t n = 0;
    int digits = 0;
    for (const char c : folded) {
        if (c == '.' || c == ',' || c == ' ') continue;
        if (c < '0' || c > '9' || ++digits > 15) return std::nullopt;
        n = n * 10 + (c - '0');
    }
    return digits > 0 ? std::optional{n} : std::nullopt;
}

void each_of(const json::value* v, const std::function<void(const json::value&)>& f) {
    if (!v || v->is_null()) return;
    if (const auto* list = v->if_array())
        for (const auto& item : *list) f(item);
    else
        f(*v);
}

std::string text_of(const json::value& v) {
    if (const auto* s = v.if_string()) return text::normalise(*s);
    if (v.is_int64()) return std::to_string(v.get_int64());
    if (const auto* o = v.if_object())
        for (const auto& [key, value] : *o)
            if (std::string_view{key}.starts_with("TEN") && value.is_string())
                return text::normalise(value.get_string());
    return {};
}

const json::value* member(const json::value& v, std::string_view name) {
    const auto* o = v.if_object();
    return o ? o->if_contains(name) : nullptr;
}

class Comparing {
  public:
    Comparing(const procedures::Release& ours, const json::value& record, const procedures::NationalImport& theirs)
        : ours_(ours), card_(ours.card), record_(record), theirs_(theirs.draft.card) {
        for (const auto& e : theirs.errors) {
            // A part that is not there says nothing, and nothing is no mistake here.
            const auto part = e.at.empty() ? std::string{} : e.at.substr(1);
            const auto* o = record.if_object();
            if (o && !part.empty() && part.find('/') == std::string::npos && !o->contains(part)) continue;
            put("record" + e.at, DetailKind::unreadable, "", e.vi);
        }
    }

    std::vector<DetailDifference> run() {
        one("name", card_.name, theirs_.name);
        one("sector", card_.sector_national, theirs_.sector_national);
        one("sector_name", card_.sector_name, theirs_.sector_name);
        one("owner", card_.owner, theirs_.owner);
        set("subjects", card_.subjects, theirs_.subjects, same);
        channels();
        components();
        set("results", names(card_.results), names(theirs_.results), same);
        bases();
        steps();
        return std::move(out_);
    }

  private:
    void put(std::string field, DetailKind kind, const std::string& ours, const std::string& theirs) {
        out_.push_back({std::move(field), kind, cut(ours, longest_shown), cut(theirs, longest_shown)});
    }
    /// What the portal does not say is nothing to hold ours against.
    void one(const char* field, const std::string& ours, const std::string& theirs) {
        if (theirs.empty() || same(ours) == same(theirs)) return;
        put(field, ours.empty() ? DetailKind::empty_here : DetailKind::differs, ours, theirs);
    }
    template <class Key>
    void set(const std::string& field, const std::vector<std::string>& ours, const std::vector<std::string>& theirs,
             Key key) {
        if (theirs.empty()) return;
        std::set<std::string> here, there;
        for (const auto& s : ours) here.insert(key(s));
        for (const auto& s : theirs) there.insert(key(s));
        for (const auto& s : ours)
            if (!there.contains(key(s))) put(field, DetailKind::only_here, s, "");
        for (const auto& s : theirs)
            if (!here.contains(key(s)))
                put(field, ours.empty() ? DetailKind::empty_here : DetailKind::only_there, "", s);
    }
    template <class T>
    static std::vector<std::string> names(const std::vector<T>& list) {
        std::vector<std::string> out;
        for (const auto& item : list) out.push_back(item.name);
        return out;
    }

    void channels() {
        if (theirs_.channels.empty()) return;
        for (const auto c : {Channel::desk, Channel::online, Channel::post}) {
            const auto* here = card_.channel(c);
            const auto* there = theirs_.channel(c);
            const std::string word{procedures::to_string(c)};
            if (here && !there) put("channels", DetailKind::only_here, word, "");
            if (!here && there) put("channels", DetailKind::only_there, "", word);
            if (!here || !there) continue;
            if (there->time) {
                const auto words = procedures::in_words(*there->time);
                if (!here->time)
                    put("time." + word, DetailKind::empty_here, "", words);
                else if (here->time->value != there->time->value || here->time->unit != there->time->unit)
                    put("time." + word, DetailKind::differs, procedures::in_words(*here->time), words);
            }
            fees(c, word);
        }
    }
    /// What the record says of fees in this channel.
    Amounts fees_there(Channel channel) const {
        Amounts out;
        each_of(member(record_, "CACHTHUCTHUCHIEN"), [&](const json::value& c) {
            const auto* kenh = member(c, "KENH");
            const auto code = kenh ? text_of(*kenh) : std::string{};
            if (code != (channel == Channel::desk ? "1" : channel == Channel::online ? "2" : "3")) return;
            each_of(member(c, "THOIGIAN"), [&](const json::value& t) {
                each_of(member(t, "PHILEPHI"), [&](const json::value& fee) {
                    auto said = text_of(fee);
                    if (said.empty() && fee.is_object()) said = json::serialize(fee);
                    if (said.empty()) return;
                    out.words += (out.words.empty() ? "" : "; ") + said;
                    const auto n = amount_of(said);
                    if (n)
                        out.list.push_back(*n);
                    else
                        out.known = false;
                });
            });
        });
        return out;
    }
    void fees(Channel channel, const std::string& word) {
        auto there = fees_there(channel);
        if (there.words.empty()) return;
        std::vector<int64_t> here;
        std::string words;
        bool known = card_.fees.has_value();
        for (const auto& f : card_.fees.value_or(std::vector<procedures::Fee>{})) {
            known = known && f.amount;
            words += (words.empty() ? "" : "; ") + f.name + ": " +
                     (f.amount ? text::group_digits(*f.amount) + " " + f.currency : std::string{"?"});
            if (f.amount) here.push_back(*f.amount);
        }
        if (card_.fees && card_.fees->empty()) words = "0";
        const auto field = "fees." + word;
        if (!card_.fees || !known) return put(field, DetailKind::empty_here, words, there.words);
        if (!there.known) return put(field, DetailKind::prose, words, there.words);
        // Nothing to pay is one way of saying it, however often it is said.
        std::erase(here, 0);
        std::erase(there.list, 0);
        std::sort(here.begin(), here.end());
        std::sort(there.list.begin(), there.list.end());
        if (here != there.list) put(field, DetailKind::differs, words, there.words);
    }

    void components() {
        set("components", names(card_.components), names(theirs_.components), same);
        for (const auto& there : theirs_.components)
            for (const auto& here : card_.components) {
                if (same(here.name) != same(there.name)) continue;
                // Neither said: the record gives no counts.
                if (there.originals + there.copies == 0) break;
                if (here.originals != there.originals || here.copies != there.copies)
                    put("components.copies", DetailKind::differs,
                        fmt::format("{}: {} + {}", here.name, here.originals, here.copies),
                        fmt::format("{}: {} + {}", there.name, there.originals, there.copies));
                break;
            }
    }

    void bases() {
        std::vector<std::string> here, there;
        for (const auto& b : card_.basis) here.push_back(b.act);
        for (const auto& b : theirs_.basis) there.push_back(b.act);
        // An instrument is its number; where one side has none, its name.
        set("basis", here, there, [](const std::string& act) {
            const auto number = number_of(act);
            return number.empty() ? same(act) : number;
        });
    }

    void steps() {
        std::vector<std::string> here;
        for (const auto& stage : ours_.flow.stages)
            for (const auto& lane : stage.lanes)
                for (const auto& step : lane.steps) here.push_back(step.name);
        const auto* said = member(record_, "TRINHTUTHUCHIEN");
        if (!said || said->is_null()) return;
        if (const auto* s = said->if_string()) {
            if (!s->empty()) put("steps", DetailKind::prose, text::join(here, "; "), text::normalise(*s));
            return;
        }
        std::vector<std::string> there;
        each_of(said, [&](const json::value& step) {
            if (auto name = text_of(step); !name.empty()) there.push_back(std::move(name));
        });
        set("steps", here, there, same);
    }

    const procedures::Release& ours_;
    const Card& card_;
    const json::value& record_;
    const Card& theirs_;
    std::vector<DetailDifference> out_;
};

struct KindWord {
    DetailKind kind;
    std::string_view word;
};
constexpr KindWord kind_words[] = {{DetailKind::differs, "differs"},       {DetailKind::only_here, "only_here"},
                                   {DetailKind::only_there, "only_there"}, {DetailKind::empty_here, "empty_here"},
                                   {DetailKind::prose, "prose"},           {DetailKind::unreadable, "unreadable"}};

}  // namespace

std::string_view to_string(DetailKind kind) {
    for (const auto& row : kind_words)
        if (row.kind == kind) return row.word;
    return "differs";
}

bool is_difference(DetailKind kind) {
    return kind != DetailKind::prose;
}

Result<std::vector<DetailDifference>> compare_detail(const procedures::Release& ours, const json::value& record) {
    TRY(const auto theirs, procedures::import_national(record, ours.procedure, ours.card.level));
    return Comparing(ours, record, theirs).run();
}

void save_compared(store::Transaction& tx, const std::string& procedure,
                   const std::vector<DetailDifference>& differences, Instant now) {
    const auto counted =
        std::count_if(differences.begin(), differences.end(), [](const auto& d) { return is_difference(d.kind); });
    tx.execute(
        "INSERT INTO portal_procedure (procedure, seen_at, compared_at, problem, differences) VALUES (?, ?, ?, '', ?) "
        "ON "
        "CONFLICT (procedure) DO UPDATE SET seen_at = excluded.seen_at, compared_at = excluded.compared_at, problem = "
        "'', differences = excluded.differences",
        {procedure, now, now, counted});
    tx.execute("DELETE FROM portal_procedure_difference WHERE procedure = ?", {procedure});
    int64_t line = 0;
    for (const auto& d : differences)
        tx.execute(
            "INSERT INTO portal_procedure_difference (procedure, line, field, kind, ours, theirs) VALUES (?, ?, ?, ?, "
            "?, ?)",
            {procedure, ++line, d.field, to_string(d.kind), d.ours, d.theirs});
}

void save_not_compared(store::Transaction& tx, const std::string& procedure, const std::string& problem, Instant now) {
    tx.execute(
        "INSERT INTO portal_procedure (procedure, seen_at, problem, differences) VALUES (?, ?, ?, 0) ON CONFLICT "
        "(procedure) DO UPDATE SET seen_at = excluded.seen_at, problem = excluded.problem",
        {procedure, now, problem});
}

void forget_compared(store::Transaction& tx, const std::vector<std::string>& kept) {
    const std::set<std::string> keep(kept.begin(), kept.end());
    for (const auto& procedure :
         tx.all("SELECT procedure FROM portal_procedure", {}, [](const store::Row& r) { return r.string(0); })) {
        if (keep.contains(procedure)) continue;
        tx.execute("DELETE FROM portal_procedure WHERE procedure = ?", {procedure});
        tx.execute("DELETE FROM portal_procedure_difference WHERE procedure = ?", {procedure});
    }
}

std::vector<ComparedProcedure> compared_procedures(store::Reader& reader, std::string_view after, bool all, int limit) {
    auto out = reader.all(
        "SELECT p.procedure, p.seen_at, p.compared_at, p.problem, p.differences FROM portal_procedure p WHERE "
        "p.procedure > ? AND (? = 1 OR p.differences > 0 OR p.problem <> '') ORDER BY p.procedure LIMIT ?",
        {after, all ? 1 : 0, limit}, [](const store::Row& r) {
            return ComparedProcedure{r.string(0), r.instant(1), r.optional_instant(2), r.string(3), r.integer(4), {}};
        });
    for (auto& p : out)
        p.lines = reader.all(
            "SELECT field, kind, ours, theirs FROM portal_procedure_difference WHERE procedure = ? ORDER BY line",
            {p.procedure}, [](const store::Row& r) {
                DetailDifference d{r.string(0), DetailKind::differs, r.string(2), r.string(3)};
                for (const auto& row : kind_words)
                    if (row.word == r.text(1)) d.kind = row.kind;
                return d;
            });
    return out;
}

}  // namespace hl::links::portal
