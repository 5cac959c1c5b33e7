// The life of a directive as a table, and its deadlines as pure arithmetic on a working calendar.
#include "ioc/directives/directive.h"

namespace hl::directives {

namespace {

struct Row {
    Command command;
    std::string_view word;
    bool answer;
    std::vector<State> from;
    State to;
    std::string_view vi, en;  // when it may be done
};
const std::vector<Row>& table() {
    using enum ioc::directive::State;  // by its own name: clang takes no alias here
    static const std::vector<Row> rows = {
        {Command::acknowledge,
         "acknowledge",
         true,
         {issued},
         working,
         "Chỉ tiếp nhận được chỉ đạo mới giao.",
         "Only a directive that was just issued is acknowledged."},
        {Command::report,
         "report",
         true,
         {working},
         working,
         "Chỉ báo cáo tiến độ được khi đang thực hiện: hãy tiếp nhận trước; đã báo hoàn thành thì chờ lãnh đạo xem.",
         "Progress is reported while it is being worked on: acknowledge it first; once handed in, wait for the "
         "issuer."},
        {Command::add_evidence,
         "add_evidence",
         true,
         {working},
         working,
         "Chỉ thêm minh chứng được khi đang thực hiện.",
         "Evidence is added while it is being worked on."},
        {Command::ask_extension,
         "ask_extension",
         true,
         {working},
         working,
         "Chỉ xin gia hạn được khi đang thực hiện.",
         "More time is asked for while it is being worked on."},
        {Command::grant_extension,
         "grant_extension",
         false,
         {working},
         working,
         "Chỉ gia hạn được chỉ đạo đang thực hiện.",
         "Time is granted while it is being worked on."},
        {Command::refuse_extension,
         "refuse_extension",
         false,
         {working},
         working,
         "Chỉ trả lời xin gia hạn khi chỉ đạo đang thực hiện.",
         "A wish for time is answered while it is being worked on."},
        {Command::hand_in,
         "hand_in",
         true,
         {working},
         handed_in,
         "Chỉ báo hoàn thành được chỉ đạo đang thực hiện: hãy tiếp nhận trước.",
         "What is being worked on is handed in: acknowledge it first."},
        {Command::accept,
         "accept",
         false,
         {handed_in},
         closed,
         "Chỉ chấp nhận được khi cơ quan đã báo hoàn thành.",
         "Only what the agency handed in is accepted."},
        {Command::send_back,
         "send_back",
         false,
         {handed_in},
         working,
         "Chỉ trả lại được khi cơ quan đã báo hoàn thành.",
         "Only what the agency handed in is sent back."},
        {Command::reopen,
         "reopen",
         false,
         {closed},
         working,
         "Chỉ mở lại được chỉ đạo đã kết thúc.",
         "Only a closed directive is taken up again."},
        {Command::withdraw,
         "withdraw",
         false,
         {issued, working, handed_in},
         withdrawn,
         "Chỉ thu hồi được chỉ đạo chưa kết thúc.",
         "Only an open directive is withdrawn."},
    };
    return rows;
}
const Row& row_of(Command c) {
    for (const auto& row : table())
        if (row.command == c) return row;
    throw std::logic_error("a command of directives is missing from the table");
}

Error bad_deadline(std::string vi, std::string en) {
    return {ErrorKind::invalid, "directive.deadline", std::move(vi), std::move(en), "/work_hours"};
}

constexpr size_t most_days = 200;

void show_days(const directory::Calendar& calendar, Deadline& d) {
    int64_t so_far = 0;
    for (Date day = local_date(d.from); day <= local_date(d.due) && d.days.size() < most_days; day = add_days(day, 1)) {
        const Instant end = std::min(d.due, at_local(add_days(day, 1), 0));
        if (end <= d.from) continue;
        // Whole minutes are told; what is left over of one day counts in the next, so that the days make up the whole.
        const auto until = calendar.between(d.from, end).elapsed;
        if (until.count > so_far) d.days.push_back({day, {until.count - so_far}});
        so_far = until.count;
    }
}

}  // namespace

std::string_view to_string(Command c) {
    return row_of(c).word;
}

const std::vector<Command>& all_commands() {
    static const std::vector<Command> all = [] {
        std::vector<Command> out;
        for (const auto& row : table()) out.push_back(row.command);
        return out;
    }();
    return all;
}

bool is_answer(Command c) {
    return row_of(c).answer;
}

Result<Standing> after(Standing now, Command command) {
    const auto& row = row_of(command);
    if (std::find(row.from.begin(), row.from.end(), now.state) == row.from.end())
        return Error{ErrorKind::conflict, "directive.wrong_state", std::string{row.vi}, std::string{row.en}};
    switch (command) {
        case Command::ask_extension:
            if (now.extension_asked)
                return Error{ErrorKind::conflict, "directive.extension_pending",
                             "Đã xin gia hạn và đang chờ trả lời. Hãy chờ rồi mới xin tiếp.",
                             "Time has been asked for already. Wait for the answer before asking again."};
            return Standing{row.to, true};
        case Command::grant_extension:
        case Command::refuse_extension:
            if (!now.extension_asked)
                return Error{ErrorKind::conflict, "directive.no_extension", "Chưa có đề nghị gia hạn nào để trả lời.",
                             "There is no wish for more time to answer."};
            return Standing{row.to, false};
        case Command::report:
        case Command::add_evidence:
            return Standing{row.to, now.extension_asked};
        default:
            // What is handed in or over needs no more time.
            return Standing{row.to, false};
    }
}

Result<Deadline> deadline_in(const directory::Calendar& calendar, Instant from, directory::WorkMinutes work) {
    if (work.count < 1 || work > directory::work_hours(most_work_hours))
        return bad_deadline(fmt::format("Thời hạn từ 1 phút đến {} giờ làm việc.", most_work_hours),
                            fmt::format("A deadline is from a minute to {} working hours away.", most_work_hours));
    const auto due = calendar.add(from, work);
    Deadline out{from, due.at, work, calendar.label(), due.provisional, {}};
    show_days(calendar, out);
    return out;
}

Result<Deadline> deadline_at(const directory::Calendar& calendar, Instant from, Instant due) {
    if (due <= from)
        return bad_deadline("Hạn phải sau bây giờ. Hãy chọn lại.", "The deadline must lie ahead. Choose another.");
    if (due - from > std::chrono::days{366 * 3})
        return bad_deadline("Hạn không quá ba năm.", "The deadline is at most three years away.");
    const auto span = calendar.between(from, due);
    if (span.elapsed.count < 1)
        return bad_deadline("Đến hạn này không có phút làm việc nào. Hãy chọn hạn trong giờ làm việc.",
                            "There is no working minute until then. Choose a deadline in working time.");
    Deadline out{from, due, span.elapsed, calendar.label(), span.provisional, {}};
    show_days(calendar, out);
    return out;
}

Timing timing_of(const Directive& d, const directory::Calendar& calendar, Instant now) {
    Timing out;
    if (d.state != State::issued && d.state != State::working) return out;
    out.overdue = now > d.deadline.due;
    out.left = calendar.between(now, d.deadline.due).elapsed;
    out.due_soon = !out.overdue && *out.left <= soon;
    out.unacknowledged = d.state == State::issued && calendar.between(d.issued_at, now).elapsed > soon;
    return out;
}

std::string_view to_string(EvidenceKind k) {
    constexpr std::string_view words[] = {"file", "figure", "dossier"};
    return words[static_cast<size_t>(k)];
}

}  // namespace hl::directives
