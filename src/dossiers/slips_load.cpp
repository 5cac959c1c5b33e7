#include "dossiers/slips_load.h"

#include "dossiers/refusals.h"
#include "dossiers/slips_source.h"
#include "dossiers/storage.h"

namespace hl::dossiers {

namespace {

Error no_such_form() {
    return refusal(ErrorKind::not_found, "slip.form", "Không có mẫu này. Các mẫu: 01, 02, 03, 04, 05, 06.",
                   "There is no such form. Forms: 01, 02, 03, 04, 05, 06.");
}
Error no_paper(std::string_view form) {
    return refusal(ErrorKind::not_found, "slip.none", fmt::format("Hồ sơ chưa có phiếu theo mẫu {}.", form),
                   fmt::format("The dossier has no paper of form {}.", form));
}
Error not_so_many(std::string_view form, size_t there) {
    return refusal(ErrorKind::not_found, "slip.note",
                   fmt::format("Hồ sơ có {} phiếu theo mẫu {}. Hãy chọn note từ 1 đến {}.", there, form, there),
                   fmt::format("The dossier has {} paper(s) of form {}. Choose note from 1 to {}.", there, form, there),
                   {}, "/note");
}
Error erased() {
    return refusal(ErrorKind::not_found, "subject.erased",
                   "Dữ liệu cá nhân của hồ sơ đã được xoá nên không in lại được.",
                   "The dossier's personal data was erased: the paper cannot be printed again.");
}
Error not_yet() {
    return refusal(ErrorKind::unavailable, "slip.wait", "Sổ cái đang ghi nhận hồ sơ này. Hãy in lại sau giây lát.",
                   "The ledger is taking this dossier in. Print again in a moment.");
}

/// What every form of one dossier shares.
struct Source {
    const Context& ctx;
    const WholeDossier& whole;
    const Trail& trail;
    std::string base_url;
    SlipPerson person{};

    [[nodiscard]] const Dossier& dossier() const { return whole.dossier; }
    [[nodiscard]] const std::string& code() const { return whole.dossier.code.value; }
    /// The release by which the dossier went at `at`.
    [[nodiscard]] Result<procedures::ReleasePtr> release(Instant at) const {
        const auto id = trail.release_at(at);
        // A dossier that was never received may have no pinned release: the one valid when it was filed names it.
        return id.empty() ? ctx.catalogue->valid(dossier().procedure, dossier().filed_at) : ctx.catalogue->release(id);
    }
    /// A step's name in the flow it was begun under; those that stand in no flow have names of their own.
    [[nodiscard]] std::string step_name(const Task& task) const {
        const auto then = release(task.started);
        const auto* step = then.ok() ? (*then)->flow.step(task.step) : nullptr;
        if (step) return step->name;
        if (task.asked) return "Lấy ý kiến";
        if (task.kind == procedures::StepKind::receive) return "Tiếp nhận và chuyển hồ sơ";
        if (task.kind == procedures::StepKind::return_result) return "Trả kết quả";
        return task.step;
    }
    [[nodiscard]] std::string agency_name(const AgencyId& id, Instant at) const {
        return agency_name_at(*ctx.directory, id, local_date(at));
    }
    [[nodiscard]] std::string officer_name(const OfficerId& id) const { return officer_name_of(*ctx.directory, id); }
    [[nodiscard]] std::string title_of(const Note& note) const {
        const auto id = trail.author_of_note(note.number).position;
        const auto* position = id.empty() ? nullptr : ctx.directory->position(id);
        return position ? position->title : std::string{};
    }
    /// The top of a paper made at `at` by the one-stop unit that had the dossier then.
    [[nodiscard]] SlipHead head(Instant at) const {
        auto out = head_of(*ctx.directory, trail.reception_at(at), at);
        out.tracking = tracking();
        return out;
    }
    [[nodiscard]] std::string tracking() const {
        return base_url.empty() ? code() : base_url + "/tra-cuu?ma=" + code();
    }
    /// The top of a paper that the agency in charge makes itself and its head signs: an apology, a notice of stopping.
    /// It need not be the body that took the dossier in.
    [[nodiscard]] SlipHead head_of_agency(const Note& note) const {
        auto agency = trail.author_of_note(note.number).agency;
        if (agency.empty()) agency = dossier().agency;
        auto out = head_of(*ctx.directory, agency, note.at);
        out.desk.clear();
        out.tracking = tracking();
        return out;
    }
    /// Papers of one kind in order of time.
    [[nodiscard]] std::vector<const Note*> notes(NoteKind kind) const {
        std::vector<const Note*> out;
        for (const auto& n : whole.notes)
            if (n.kind == kind) out.push_back(&n);
        std::sort(out.begin(), out.end(), [](const Note* a, const Note* b) { return a->number < b->number; });
        return out;
    }
};

std::string text_in(const json::object& content, std::string_view key) {
    const auto* v = content.if_contains(key);
    return v && v->is_string() ? std::string{v->as_string()} : std::string{};
}

std::vector<std::string> texts_in(const json::object& content, std::string_view key) {
    std::vector<std::string> out;
    if (const auto* v = content.if_contains(key); v && v->is_array())
        for (const auto& item : v->as_array())
            if (item.is_string()) out.emplace_back(item.as_string());
    return out;
}

std::optional<Instant> instant_in(const json::object& content, std::string_view key) {
    const auto* v = content.if_contains(key);
    return v && v->is_int64() ? std::optional{from_ms(v->as_int64())} : std::nullopt;
}

/// `which` of `there` papers of the form, told in the data so that a client can page through them.
Slip slip_of(const auto& form, size_t which = 1, size_t there = 1) {
    Slip slip{to_document(form), to_json(form)};
    slip.data["note"] = which;
    slip.data["notes"] = there;
    return slip;
}

/// What was promised at reception: as the event says, or as the row says while nothing has moved it since.
std::optional<Trail::Promise> promise_of(const Source& s) {
    if (s.trail.promise) return s.trail.promise;
    const auto& d = s.dossier();
    for (const auto& act : d.clock.acts)
        if (act.act != ClockAct::start && act.act != ClockAct::stop) return std::nullopt;
    Trail::Promise p{d.clock.limit, d.due, d.calendar, {}, {}, false};
    for (const auto& t : s.whole.tasks)
        if (t.kind == procedures::StepKind::receive && p.receiver.empty()) p.receiver = t.officer;
    return p;
}

/// Did the promise reach into a year without its calendar notice, by the calendar it was made under.
bool provisional(const Source& s, const procedures::Release& release, const Trail::Promise& p) {
    const auto& d = s.dossier();
    if (!p.due) return false;
    const auto calendar = p.imported ? nullptr : s.ctx.calendars->by_label(p.calendar);
    if (!calendar || !p.limit) return d.due_provisional && d.due == p.due;
    return deadline(*d.received_at, *p.limit, release.clock, *calendar).provisional;
}

std::string rule_of(const procedures::Release& release, const Trail::Promise& p) {
    if (!p.due) return {};
    if (p.imported) return "ngày hẹn do hệ thống trước đây ghi trên giấy tiếp nhận, giữ nguyên khi chuyển dữ liệu";
    const int cutoff = release.clock.cutoff_minute;
    std::string how = "ngày nhận không tính (Bộ luật Dân sự 2015, Điều 147)";
    if (p.limit && (p.limit->same_day || p.limit->unit == procedures::TimeUnit::working_hours))
        how =
            fmt::format("nhận sau {:02} giờ {:02} thì tính từ ngày làm việc kế tiếp (Nghị định 61/2018/NĐ-CP, Điều 18)",
                        cutoff / 60, cutoff % 60);
    return fmt::format("lịch làm việc {}; {}", p.calendar, how);
}

/// The papers of the reception, without those that came with a supplement. A paper that was handed in again keeps its
/// line, but how many there were at first is not known any more.
std::vector<std::string> papers_of(const Source& s, const procedures::Release& release, const Trail::Promise& p) {
    std::vector<std::string> out;
    for (const auto& c : s.whole.detail.components) {
        if (p.components && std::find(p.components->begin(), p.components->end(), c.id) == p.components->end())
            continue;
        std::string name = c.id;
        for (const auto& known : release.card.components)
            if (known.id == c.id) name = known.name;
        if (!s.trail.replaced_later(c.id)) name += fmt::format(" (bản chính: {}, bản sao: {})", c.originals, c.copies);
        out.push_back(std::move(name));
    }
    return out;
}

Result<Slip> receipt(const Source& s) {
    const auto& d = s.dossier();
    if (!d.received_at) return no_paper("01");
    const auto promise = promise_of(s);
    if (!promise) return not_yet();
    TRY(const auto release, s.release(*d.received_at));
    ReceiptSlip slip;
    slip.head = s.head(*d.received_at);
    slip.code = s.code();
    slip.procedure = release->card.name;
    slip.applicant = s.person;
    if (s.whole.person) {
        slip.request = s.whole.person->summary;
        if (const auto& r = s.whole.person->applicant.representative) {
            slip.authorised = SlipPerson{r->name, r->id_number, "", r->phone, r->email};
            slip.authority_paper = r->authority;
        }
    }
    slip.papers = papers_of(s, *release, *promise);
    if (promise->limit) slip.legal_time = procedures::in_words(*promise->limit);
    slip.received = *d.received_at;
    slip.due = promise->due;
    slip.due_provisional = provisional(s, *release, *promise);
    slip.due_rule = rule_of(*release, *promise);
    slip.result_place = slip.head.agency;
    slip.receiver = s.officer_name(promise->receiver);
    return slip_of(slip);
}

/// Only work that was completed is on time or late; what was taken away or sent back is not its holder's doing.
std::string remark_on(const Task& t) {
    switch (t.state) {
        case TaskState::open:
            return {};
        case TaskState::done:
            return t.due ? "" : "không định giờ";
        case TaskState::sent_back:
            return "trả lại bước trước để làm lại";
        case TaskState::dropped:
            return "kết thúc khi hồ sơ chuyển chặng hoặc dừng";
        case TaskState::silent:
            return "hết thời hạn mà không có ý kiến";
    }
    throw std::logic_error("a task state has no remark");
}

Result<Slip> control(const Source& s, Instant now) {
    const auto& d = s.dossier();
    if (!d.received_at) return no_paper("06");
    TRY(const auto release, s.release(now));
    ControlSlip slip;
    slip.head = s.head(now);
    slip.code = s.code();
    slip.procedure = release->card.name;
    slip.deciding_agency = s.agency_name(d.lead, now);
    slip.received = *d.received_at;
    slip.due = d.due;
    std::set<std::string> others;
    for (const auto& t : s.whole.tasks) {
        const std::string agency = s.agency_name(t.agency, t.started);
        ControlSlip::Row row;
        row.unit = fmt::format("{} – {}", agency, s.step_name(t));
        row.handed_over = t.started;
        row.state = t.state;
        row.ended = t.ended;
        if (t.state == TaskState::done && t.ended && t.due) {
            row.on_time = *t.ended <= *t.due;
            row.early = *t.ended < *t.due;
        }
        row.note = remark_on(t);
        row.giver = s.officer_name(s.trail.giver_of(t.number));
        row.receiver = s.officer_name(t.officer);
        slip.rows.push_back(std::move(row));
        if (t.agency != d.agency && t.agency != d.lead && t.agency != d.reception) others.insert(agency);
    }
    slip.cooperating.assign(others.begin(), others.end());
    return slip_of(slip);
}

NoteKind kind_of(std::string_view form) {
    return form == "02"   ? NoteKind::supplement
           : form == "03" ? NoteKind::refusal
           : form == "04" ? NoteKind::extension
                          : NoteKind::stop;
}

Result<Slip> from_note(const Source& s, const SlipQuery& query) {
    const NoteKind kind = kind_of(query.form);
    const auto papers = s.notes(kind);
    if (!s.whole.person) return erased();
    if (papers.empty()) return no_paper(query.form);
    const auto there = papers.size();
    const auto which = query.note ? static_cast<size_t>(*query.note) : there;
    if (which < 1 || which > there) return not_so_many(query.form, there);
    const Note& note = *papers[which - 1];
    TRY(const auto release, s.release(note.at));
    const std::string& procedure = release->card.name;
    const auto head = s.head(note.at);
    const std::string officer = s.officer_name(note.officer);
    const auto& content = note.content;
    if (kind == NoteKind::supplement)
        return slip_of(SupplementSlip{head, s.code(), procedure, s.person, texts_in(content, "items"),
                                      text_in(content, "reason"), text_in(content, "contact"), "", officer},
                       which, there);
    if (kind == NoteKind::refusal)
        return slip_of(RefusalSlip{head, s.code(), procedure, s.person, texts_in(content, "reasons"), officer}, which,
                       there);
    if (kind == NoteKind::stop) {
        const bool asked = text_in(content, "by") == "applicant";
        return slip_of(
            StopSlip{asked ? head : s.head_of_agency(note), s.code(), procedure, s.person, text_in(content, "reason"),
                     note.at, asked, officer, s.title_of(note), text_in(content, "basis")},
            which, there);
    }
    ApologySlip slip;
    slip.head = s.head_of_agency(note);
    slip.code = s.code();
    slip.procedure = procedure;
    slip.applicant = s.person;
    slip.received = s.dossier().received_at.value_or(s.dossier().filed_at);
    slip.promised = instant_in(content, "old_due");
    slip.reason = text_in(content, "reason");
    slip.promised_again = instant_in(content, "new_due");
    slip.signer = officer;
    slip.signer_title = s.title_of(note);
    return slip_of(slip, which, there);
}

}  // namespace

Result<Slip> load_slip(store::Reader& reader, const Context& ctx, const Dossier& dossier, const SlipQuery& query,
                       Instant now) {
    static constexpr std::array<std::string_view, 6> forms = {"01", "02", "03", "04", "05", "06"};
    if (std::find(forms.begin(), forms.end(), query.form) == forms.end()) return no_such_form();
    TRY(auto whole, load_whole(reader, ctx, dossier));
    TRY(const auto trail, Trail::load(reader, dossier));
    Source source{ctx, whole, trail, query.base_url};
    if (whole.person) {
        const auto& a = whole.person->applicant;
        source.person = {a.name, a.id_number, a.address, a.phone, a.email};
    }
    const bool only_one = query.form == "01" || query.form == "06";
    if (!only_one) return from_note(source, query);
    if (query.note && *query.note != 1 && dossier.received_at) return not_so_many(query.form, 1);
    return query.form == "01" ? receipt(source) : control(source, now);
}

}  // namespace hl::dossiers
