// What an administrative procedure is: four immutable, hashed artefacts (card, form, flow, rules) bound by a release
// with exact validity. A dossier pins the release that was valid when it was received. Values only; any thread.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/json.h"
#include "base/time.h"
#include "directory/calendar.h"

namespace hl::procedures {

using directory::WorkMinutes;

enum class Level { commune, province };
[[nodiscard]] std::string_view to_string(Level level);
[[nodiscard]] std::optional<Level> level_from(std::string_view word);
enum class Channel { desk, online, post };
[[nodiscard]] std::string_view to_string(Channel channel);
[[nodiscard]] std::optional<Channel> channel_from(std::string_view word);

enum class TimeUnit { working_hours, working_days, calendar_days };
[[nodiscard]] std::string_view to_string(TimeUnit unit);
[[nodiscard]] std::optional<TimeUnit> time_unit_from(std::string_view word);
/// The legal time; nothing when it could not be verified (never zero).
struct LegalTime {
    int value = 0;
    TimeUnit unit = TimeUnit::working_days;
    bool same_day = false;  // result the same day; received after 15:00 → next working day
    bool operator==(const LegalTime&) const = default;
};
/// "15 ngày làm việc", "trong ngày làm việc".
[[nodiscard]] std::string in_words(const LegalTime& time);
struct ChannelRule {
    Channel channel = Channel::desk;
    std::string level;  // online: "full" | "partial"
    std::optional<LegalTime> time;
};
struct Fee {
    std::string id, name, kind;     // kind: fee (lệ phí) | charge (phí)
    std::optional<int64_t> amount;  // đồng; nothing = not verified, the desk types it from the notice
    std::string unit, when, basis;  // when: condition on the form's answers, empty = always
    std::string currency = "VND";
};
struct Component {
    std::string id, name;
    int originals = 0, copies = 0;
    bool required = true, show_only = false;
    std::string when;
    std::string reuse;  // none | population_db | digitised_store | earlier_dossier
};
struct ResultKind {
    std::string id, name;
    std::string signature;  // how the result is signed: "digital", "ink"…; empty = not stated
};
struct Basis {
    std::string act, article;
    std::optional<Date> from, to;
};
/// Where a value was read, for whoever must check it again.
struct SourceNote {
    std::string what, where, read;
};

struct Card {
    ProcedureCode code;
    std::string name, name_en;
    Level level = Level::commune;
    std::string sector, sector_name, sector_national;
    std::string owner;
    std::vector<std::string> subjects;
    std::string decides_role;  // function slug or role that signs
    std::string decides_level;
    std::vector<ChannelRule> channels;
    std::optional<std::vector<Fee>> fees;  // nothing = not verified; empty = free
    std::vector<Component> components;
    std::vector<ResultKind> results;
    std::vector<Basis> basis;
    std::vector<std::string> unverified;
    std::vector<SourceNote> sources;
    std::string notes;
    [[nodiscard]] const ChannelRule* channel(Channel c) const;
};

/// One step of the flow as a dossier runs it.
enum class StepKind { receive, assign, work, consult, sign, pay, publish, return_result };
[[nodiscard]] std::string_view to_string(StepKind kind);
[[nodiscard]] std::optional<StepKind> step_kind_from(std::string_view word);
struct Step {
    std::string id;    // "verify"
    std::string name;  // Vietnamese, for screens and form 06
    StepKind kind = StepKind::work;
    std::string function;        // who: function slug ("tu-phap-ho-tich")
    std::string who;             // the function in words ("Tư pháp – hộ tịch"); may be empty
    std::optional<Level> level;  // where: nothing = the agency that holds the dossier
    std::string agency;          // or a named agency id (consultation of one body)
    WorkMinutes planned;         // 0 for steps that are not counted
    bool planned_known = true;   // false: the sheet gives no hours; `planned` says nothing
    bool counted = true;
    bool pauses = false;  // waits for the citizen (financial duty)
    bool can_return_result = false;
    std::string silence;  // consult: "report" (to the head of the one-stop unit) | "agree"
};
/// A staged statechart: stages in order, the lanes of one stage run in parallel; a stage ends when all its required
/// lanes have ended. `steps` of a lane run in order.
struct Lane {
    std::string id, name;
    std::vector<Step> steps;
    bool required = true;
};
struct Stage {
    std::string id, name;
    std::vector<Lane> lanes;  // one lane = plain sequence
};
struct Flow {
    std::string template_id;
    int template_version = 1;
    std::string department;  // agency id that holds a province dossier; empty: the commune of the dossier's place
    std::vector<Stage> stages;
    [[nodiscard]] const Step* step(std::string_view id) const;
    /// Do all counted steps have planned hours.
    [[nodiscard]] bool planned_known() const;
    /// Longest path in counted working minutes.
    [[nodiscard]] WorkMinutes planned_total() const;
};

struct FieldOption {
    std::string id, vi, en;
};
struct Field {
    std::string id;  // stable across versions
    std::string label_vi, label_en;
    std::string type;  // string|text|date|integer|number|money|boolean|enum|person|address|phone|personal_id|email
    bool required = false;
    std::vector<FieldOption> values;
    std::string when;
    std::string help_vi{}, help_en{};
    std::optional<int64_t> min{}, max{};  // of integer, number, money
};
struct Form {
    std::vector<Field> fields;
};

class FormSchema;  // form_schema.h

/// Clock parameters with their sources; defaults are the general rules.
struct ClockRules {
    int cutoff_minute = 15 * 60;  // received after it counts from the next working day (Decree 61/2018 Art 18; kept by
                                  // Decree 118/2025 practice)
    int supplement_max = 1;       // index 766 §2.1: a second request counts as overdue
    int supplement_days = 3;      // ask within 3 working days of receipt (Decree 61/2018 Art 19)
    int extension_max = 1;
    WorkMinutes apology_before{480};  // at least one working day before the deadline
};

/// Decision tables of the procedure, in a FEEL subset. Inputs: the form's answers, channel, subject kind, place.
struct DecisionTable {
    std::string id;                   // "fee", "deadline", "documents", "competent"
    std::string hit_policy;           // "first" | "unique" | "collect"
    std::vector<std::string> inputs;  // expressions
    std::vector<std::string> outputs;
    struct Rule {
        std::vector<std::string> when;  // unary tests, "-" = any
        std::vector<std::string> then;
        std::string basis;
    };
    std::vector<Rule> rules;
};

struct Release {
    ReleaseId id;  // "1.001193@3"
    ProcedureCode procedure;
    int number = 1;
    Instant valid_from;
    std::optional<Instant> valid_to;  // set by publishing the next one
    Instant published_at;
    std::string published_by;
    std::string approved_by;  // second pair of eyes; empty when the installation does not ask for it
    std::string card_hash, form_hash, flow_hash, rules_hash;
    Card card;
    Form form;
    Flow flow;
    ClockRules clock;
    std::vector<DecisionTable> tables;
    std::shared_ptr<const FormSchema> form_schema;  // of `form`, made once by the catalogue; may be absent
};
using ReleasePtr = std::shared_ptr<const Release>;

}  // namespace hl::procedures
