// What one can do to a dossier: one function a command, each in the caller's transaction, each appending exactly one
// event and answering the dossier as it is afterwards. Every refusal is an Error with a stable code, a sentence that
// says what to do, and the instrument and article it rests on. A command that fails has written nothing. Threads: the
// transaction's. Times are instants handed in.
//
// Errors that any of them may give: dossier.not_found, dossier.wrong_state, dossier.changed (If-Match), access.denied,
// access.unauthenticated, procedure.unknown, directory.no_successor.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "access/access.h"
#include "dossiers/context.h"
#include "dossiers/dossier.h"
#include "store/db.h"

namespace hl::dossiers {

/// Which dossier, and the version the caller saw (If-Match); nothing = whatever it is now.
struct Target {
    DossierCode code;
    std::optional<int64_t> version{};
};

// --- Filing (commands_filing.cpp) -------------------------------------------------------------------------------

struct Filing {
    ProcedureCode procedure;
    Channel channel = Channel::desk;
    UnitId place;        // what the dossier is about lies there
    AgencyId reception;  // where it was handed in, any point of the province; empty: the competent one-stop unit
    Applicant applicant;
    std::string summary;  // what is asked for, at most 1000 characters
    json::object answers;
    std::string subject_kind = "citizen";
    std::vector<Component> components;
};
/// Files a dossier: a citizen for himself online, or a clerk for a person at the desk or a letter, or a machine for the
/// national portal. Errors: filing.channel, filing.applicant, filing.phone, filing.answers, filing.place,
/// dossier.no_competent_agency.
[[nodiscard]] Result<Dossier> file(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                   const Filing& filing, Instant now);

// --- Reception (commands_reception.cpp) ---------------------------------------------------------------------------

struct Reception {
    std::optional<std::vector<Component>> components{};  // what was handed in, when it differs from the filing
    std::vector<Charge> amounts{};                       // amounts the desk read from the notice, by charge id
};
/// Takes the dossier in (form 01): pins the release valid now, decides components, charges and legal time, starts the
/// clocks. Errors: components.missing (Decree 118/2025 Art 17), procedure.not_valid.
[[nodiscard]] Result<Dossier> receive(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                      const Target& target, const Reception& reception, Instant now);
/// Refuses to take it in, with reasons (form 03). Errors: refusal.reason_required.
[[nodiscard]] Result<Dossier> refuse(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                     const Target& target, const std::vector<std::string>& reasons, Instant now);
/// Hands it to the competent agency: the flow's steps begin (Decree 118/2025 Art 18).
[[nodiscard]] Result<Dossier> transfer(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                       const Target& target, Instant now);

// --- Steps (commands_steps.cpp) -----------------------------------------------------------------------------------

/// The actor takes a task of his agency. Errors: task.not_found, task.which, task.taken, task.no_officer.
[[nodiscard]] Result<Dossier> claim(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                    const Target& target, std::optional<int> task, Instant now);
/// The head gives a task to another officer of the agency, e.g. during leave. Errors: task.officer_unknown,
/// task.officer_elsewhere.
[[nodiscard]] Result<Dossier> reassign(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                       const Target& target, std::optional<int> task, const OfficerId& officer,
                                       const std::string& reason, Instant now);
/// Under a signed transitional rule only; open tasks must have their place in the other flow, the promise stands.
/// Errors: release.no_rule, release.other, release.step_missing, procedure.unknown.
[[nodiscard]] Result<Dossier> move_release(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                           const Target& target, const ReleaseId& to, Instant now);
struct Completion {
    std::optional<int> task{};
    std::string note{};    // what was done, sealed
    OfficerId assignee{};  // who takes the next step of the lane (an assigning step)
};
/// Ends a step and starts what follows. Errors: step.use_transfer, step.use_result, step.use_opinion, step.use_deliver,
/// step.opinion_open, step.charges_unpaid, dossier.result_missing.
[[nodiscard]] Result<Dossier> complete(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                       const Target& target, const Completion& completion, Instant now);
struct SendBack {
    std::optional<int> task{};
    std::string to_step{};  // empty: the step before it in its lane, or the end of the stage before
    std::string reason;
};
/// Sends work back to an earlier step, with the reason. Errors: step.no_previous, step.which_previous,
/// step.reason_required.
[[nodiscard]] Result<Dossier> return_step(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                          const Target& target, const SendBack& back, Instant now);

// --- Consultation (commands_consult.cpp) ----------------------------------------------------------------------------

struct Consultation {
    AgencyId agency;
    std::string question;
    WorkMinutes within;              // its deadline, in working minutes
    std::string silence = "report";  // "report" | "agree"
    std::optional<int> task{};       // on behalf of which task
};
/// Asks another body for its opinion, with a deadline (Decree 61/2018 Art 19). Errors: consult.agency,
/// consult.deadline, consult.question_required.
[[nodiscard]] Result<Dossier> consult(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                      const Target& target, const Consultation& consultation, Instant now);
struct Opinion {
    std::optional<int> task{};
    std::string answer;  // agree | disagree | other
    std::string text;
};
/// The body's answer. Errors: opinion.answer, opinion.text_required.
[[nodiscard]] Result<Dossier> give_opinion(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                           const Target& target, const Opinion& opinion, Instant now);
/// A consulted body let its deadline pass: reported once to the head of the one-stop unit; with silence "agree" the
/// consultation ends as agreed. Errors: silence.not_due, silence.reported.
[[nodiscard]] Result<Dossier> report_silence(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                             const Target& target, int task, Instant now);
/// Reports every silence that is due, at most `limit`; for the housekeeping.
[[nodiscard]] Result<int> report_silences(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                          int limit, Instant now);

// --- Supplement (commands_supplement.cpp) ---------------------------------------------------------------------------

struct SupplementRequest {
    std::vector<std::string> items;  // what to complete, in words
    std::string reason;
    std::string contact;  // person and phone
};
/// Asks for missing or wrong papers (form 02); both clocks pause. Allowed within ClockRules::supplement_days working
/// days of reception. Errors: supplement.items_required, supplement.reason_required, supplement.too_late.
[[nodiscard]] Result<Dossier> request_supplement(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                                 const Target& target, const SupplementRequest& request, Instant now);
/// The completed papers are in: the promise starts again, the index goes on.
[[nodiscard]] Result<Dossier> answer_supplement(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                                const Target& target, const std::vector<Component>& components,
                                                const std::string& note, Instant now);

// --- Money (commands_finance.cpp) -----------------------------------------------------------------------------------

/// Declares amounts due. In work it is a financial duty: the clocks pause until it is paid (status 6).
/// Errors: charge.empty, charge.amount, charge.paid.
[[nodiscard]] Result<Dossier> charge(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                     const Target& target, const std::vector<Charge>& charges, Instant now);
struct Payment {
    std::vector<std::string> charges;  // ids; empty = all that are unpaid
    std::string method = "cash";       // cash | transfer | online
    std::string receipt;
};
/// Records a payment; when nothing is owed any more the clocks go on. Errors: payment.unknown, payment.amount_unknown,
/// payment.nothing_due, payment.receipt_required.
[[nodiscard]] Result<Dossier> pay(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                  const Target& target, const Payment& payment, Instant now);

// --- Deadline and stopping (commands_stop.cpp)
// ------------------------------------------------------------------------

/// Apologises and sets a new date (form 04): at least one working day before the deadline, once. Errors:
/// extension.too_late, extension.used, extension.no_deadline, extension.date, extension.reason_required.
[[nodiscard]] Result<Dossier> extend(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                     const Target& target, Date new_date, const std::string& reason, Instant now);
/// Stops at the applicant's request, only while there is no result (form 05). Errors: withdraw.result_exists.
[[nodiscard]] Result<Dossier> withdraw(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                       const Target& target, const std::string& reason, Instant now);
/// The agency stops it (status 8). Errors: stop.reason_required, stop.basis_required.
[[nodiscard]] Result<Dossier> stop(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                   const Target& target, const std::string& reason, const std::string& basis,
                                   Instant now);

// --- Result (commands_result.cpp)
// -------------------------------------------------------------------------------------

struct ResultInput {
    std::optional<int> task{};
    std::string kind;    // id in the card's results; empty allowed when the card lists none
    std::string number;  // of the document
    Outcome outcome = Outcome::granted;
    std::string signature = "ink";  // digital | ink
    FileHash file{};       // `hash` of a file of the dossier with the role result; empty: on paper only
    std::string reason{};  // obligatory when declined (form 03)
};
/// Signs the result and completes the signing step. A declined result ends the flow at once. Errors: result.kind,
/// result.file, result.step, result.reason_required.
[[nodiscard]] Result<Dossier> record_result(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                            const Target& target, const ResultInput& result, Instant now);
struct Delivery {
    std::string method = "desk";  // desk | post | electronic
    std::string receiver;         // who took it, when not the applicant
    std::string tracking;         // the post's number
};
/// Returns the result (status 10). Errors: deliver.unpaid, deliver.method, deliver.tracking_required.
[[nodiscard]] Result<Dossier> deliver(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                      const Target& target, const Delivery& delivery, Instant now);
struct Rating {
    int overall = 0;                     // 1–5, or
    std::string scores;                  // nine digits 0–2 (Circular 01/2018/TT-VPCP Art 13)
    std::string comment;                 // sealed
    std::optional<std::string> phone{};  // proves an applicant who has no account
};
/// The applicant's judgement, once. Errors: rating.scores, rating.given, rating.phone.
[[nodiscard]] Result<Dossier> rate(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                   const Target& target, const Rating& rating, Instant now);

}  // namespace hl::dossiers
