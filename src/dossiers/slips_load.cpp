#include "dossiers/slips_load.h"

#include "dossiers/storage.h"

namespace hl::dossiers {

namespace {

constexpr std::string_view desk_abbreviation = "TTPVHCC (BPTNTKQ)";

Error no_such_form() {
    return {ErrorKind::not_found, "slip.form", "Không có mẫu này. Các mẫu: 01, 02, 03, 04, 05, 06.",
            "There is no such form. Forms: 01, 02, 03, 04, 05, 06."};
}
Error no_paper(std::string_view form) {
    return {ErrorKind::not_found, "slip.none", fmt::format("Hồ sơ chưa có phiếu theo mẫu {}.", form),
            fmt::format("The dossier has no paper of form {}.", form)};
}

/// What every form of one dossier shares.
struct Source {
    const Context& ctx;
    const WholeDossier& whole;
    procedures::ReleasePtr release;
    SlipHead head;
    SlipPerson person;

    [[nodiscard]] std::string agency_name(const AgencyId& id, Instant at) const {
        const auto* agency = ctx.directory->agency(id);
        const auto* version = agency ? agency->at(local_date(at)) : nullptr;
        return version ? version->name : id.value;
    }
    [[nodiscard]] std::string officer_name(const OfficerId& id) const {
        const auto* officer = id.empty() ? nullptr : ctx.directory->officer(id);
        return officer ? officer->name : std::string{};
    }
    [[nodiscard]] const Note* newest(NoteKind kind) const {
        const Note* found = nullptr;
        for (const auto& n : whole.notes)
            if (n.kind == kind && (!found || n.number > found->number)) found = &n;
        return found;
    }
    [[nodiscard]] const std::string& code() const { return whole.dossier.code.value; }
    [[nodiscard]] const std::string& procedure() const { return release->card.name; }
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

Source source_of(const Context& ctx, const WholeDossier& whole, procedures::ReleasePtr release,
                 const std::string& base_url, Instant now) {
    Source s{ctx, whole, std::move(release), {}, {}};
    const auto& d = whole.dossier;
    const Date day = local_date(now);
    if (const auto* agency = ctx.directory->agency(d.reception)) {
        if (const auto* version = agency->at(day)) {
            s.head.agency = version->name;
            if (!version->parent.empty()) s.head.upper_agency = s.agency_name(version->parent, now);
            if (const auto* unit = ctx.directory->unit(version->area))
                if (const auto* named = unit->at(day)) s.head.place = named->name;
        }
    }
    if (s.head.agency.empty()) s.head.agency = d.reception.value;
    s.head.desk = desk_abbreviation;
    s.head.made_at = now;
    s.head.tracking = base_url.empty() ? d.code.value : base_url + "/tra-cuu?ma=" + d.code.value;
    if (whole.person) {
        const auto& a = whole.person->applicant;
        s.person = {a.name, a.id_number, a.address, a.phone, a.email};
    }
    return s;
}

Slip slip_of(const auto& form) {
    return {to_document(form), to_json(form)};
}

Result<Slip> receipt(const Source& s) {
    const auto& d = s.whole.dossier;
    if (!d.received_at) return no_paper("01");
    ReceiptSlip slip;
    slip.head = s.head;
    slip.head.made_at = *d.received_at;
    slip.code = s.code();
    slip.procedure = s.procedure();
    slip.applicant = s.person;
    if (s.whole.person) {
        slip.request = s.whole.person->summary;
        if (const auto& r = s.whole.person->applicant.representative) {
            slip.authorised = SlipPerson{r->name, r->id_number, "", r->phone, r->email};
            slip.authority_paper = r->authority;
        }
    }
    for (const auto& c : s.whole.detail.components) {
        std::string name = c.id;
        for (const auto& known : s.release->card.components)
            if (known.id == c.id) name = known.name;
        slip.papers.push_back(fmt::format("{} (bản chính: {}, bản sao: {})", name, c.originals, c.copies));
    }
    if (const auto* channel = s.release->card.channel(d.channel); channel && channel->time)
        slip.legal_time = procedures::in_words(*channel->time);
    slip.received = *d.received_at;
    slip.due = d.due;
    slip.due_provisional = d.due_provisional;
    if (d.due)
        slip.due_rule =
            fmt::format("lịch làm việc {}; ngày nhận không tính (Bộ luật Dân sự 2015, Điều 147)", d.calendar);
    slip.result_place = s.head.agency;
    return slip_of(slip);
}

Result<Slip> control(const Source& s) {
    const auto& d = s.whole.dossier;
    if (!d.received_at) return no_paper("06");
    ControlSlip slip;
    slip.head = s.head;
    slip.code = s.code();
    slip.procedure = s.procedure();
    slip.deciding_agency = s.agency_name(d.agency, s.head.made_at);
    slip.received = *d.received_at;
    slip.due = d.due;
    std::set<std::string> others;
    std::string giver;
    for (const auto& t : s.whole.tasks) {
        const auto* step = s.release->flow.step(t.step);
        const std::string agency = s.agency_name(t.agency, t.started);
        ControlSlip::Row row;
        row.unit = fmt::format("{} – {}", agency, step ? step->name : t.step);
        row.handed_over = t.started;
        if (t.ended && t.due) row.on_time = *t.ended <= *t.due;
        row.early = t.ended && t.due && *t.ended < *t.due;
        if (t.ended && !t.due) row.note = "không định giờ";
        row.giver = giver;
        row.receiver = s.officer_name(t.officer);
        giver = row.receiver;
        slip.rows.push_back(std::move(row));
        if (t.agency != d.agency && t.agency != d.reception) others.insert(agency);
    }
    slip.cooperating.assign(others.begin(), others.end());
    return slip_of(slip);
}

Result<Slip> from_note(const Source& s, std::string_view form) {
    const NoteKind kind = form == "02"   ? NoteKind::supplement
                          : form == "03" ? NoteKind::refusal
                          : form == "04" ? NoteKind::extension
                                         : NoteKind::stop;
    const Note* note = s.newest(kind);
    if (!note) {
        if (!s.whole.person)
            return Error{ErrorKind::not_found, "subject.erased", "Dữ liệu cá nhân của hồ sơ đã được xoá.",
                         "The dossier's personal data was erased."};
        return no_paper(form);
    }
    SlipHead head = s.head;
    head.made_at = note->at;
    const std::string officer = s.officer_name(note->officer);
    const auto& content = note->content;
    if (kind == NoteKind::supplement)
        return slip_of(SupplementSlip{head, s.code(), s.procedure(), s.person, texts_in(content, "items"),
                                      text_in(content, "reason"), text_in(content, "contact"), "", officer});
    if (kind == NoteKind::refusal)
        return slip_of(RefusalSlip{head, s.code(), s.procedure(), s.person, texts_in(content, "reasons"), officer});
    if (kind == NoteKind::stop)
        return slip_of(StopSlip{head, s.code(), s.procedure(), s.person, text_in(content, "reason"), note->at,
                                text_in(content, "by") == "applicant", officer, ""});
    ApologySlip slip;
    slip.head = head;
    slip.code = s.code();
    slip.procedure = s.procedure();
    slip.applicant = s.person;
    slip.received = s.whole.dossier.received_at.value_or(s.whole.dossier.filed_at);
    slip.promised = instant_in(content, "old_due");
    slip.reason = text_in(content, "reason");
    slip.promised_again = instant_in(content, "new_due");
    slip.signer = officer;
    return slip_of(slip);
}

}  // namespace

Result<Slip> load_slip(store::Reader& reader, const Context& ctx, const Dossier& dossier, std::string_view form,
                       const std::string& base_url, Instant now) {
    static constexpr std::array<std::string_view, 6> forms = {"01", "02", "03", "04", "05", "06"};
    if (std::find(forms.begin(), forms.end(), form) == forms.end()) return no_such_form();
    TRY(auto whole, load_whole(reader, ctx, dossier));
    // Before its reception a dossier has no pinned release: the one valid when it was filed names the procedure.
    procedures::ReleasePtr release;
    if (dossier.release.empty()) {
        TRY(release, ctx.catalogue->valid(dossier.procedure, dossier.filed_at));
    } else {
        TRY(release, ctx.catalogue->release(dossier.release));
    }
    const Source source = source_of(ctx, whole, std::move(release), base_url, now);
    if (form == "01") return receipt(source);
    if (form == "06") return control(source);
    return from_note(source, form);
}

namespace {
constexpr std::string_view register_rows =
    "SELECT code FROM dossier WHERE reception = ? AND received_at >= ? AND received_at < ? ORDER BY received_at, code "
    "LIMIT 5000";
}

Result<RegisterSlip> load_register(store::Reader& reader, const Context& ctx, const AgencyId& reception, Date from,
                                   Date to, Instant now, std::vector<SubjectId>& subjects) {
    RegisterSlip out;
    const auto codes = reader.all(register_rows, {reception, at_local(from, 0), at_local(add_days(to, 1), 0)},
                                  [](const store::Row& row) { return row.string(0); });
    for (const auto& code : codes) {
        TRY(auto d, storage::find(reader, code));
        subjects.push_back(d.subject);
        TRY(auto whole, load_whole(reader, ctx, d));
        TRY(auto release, ctx.catalogue->release(d.release));
        const Source s = source_of(ctx, whole, release, "", now);
        if (out.head.agency.empty()) out.head = s.head;
        const Note* delivery = s.newest(NoteKind::delivery);
        const auto address = s.person.address.empty() || s.person.phone.empty()
                                 ? s.person.address + s.person.phone
                                 : s.person.address + "; " + s.person.phone;
        out.rows.push_back({code, s.procedure(), s.person.name, address, s.agency_name(d.agency, now), d.received_at,
                            d.due, d.returned_at, delivery ? text_in(delivery->content, "method") : ""});
    }
    if (out.head.agency.empty()) {
        const auto* agency = ctx.directory->agency(reception);
        const auto* version = agency ? agency->at(local_date(now)) : nullptr;
        out.head.agency = version ? version->name : reception.value;
        out.head.made_at = now;
    }
    out.head.tracking.clear();
    out.head.desk = desk_abbreviation;
    out.title = fmt::format("Từ ngày {} đến ngày {}", to_vietnamese(from), to_vietnamese(to));
    return out;
}

}  // namespace hl::dossiers
