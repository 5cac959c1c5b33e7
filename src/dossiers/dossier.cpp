#include "dossiers/dossier.h"

#include "base/text.h"

namespace hl::dossiers {

const std::vector<StateRow>& state_table() {
    using enum Command;
    static const std::vector<StateRow> table = {
        {State::filed,
         "filed",
         "mới đăng ký",
         1,
         {receive, refuse, withdraw, claim, reassign, hand_over, add_file, withdraw_file}},
        {State::received,
         "received",
         "đã tiếp nhận",
         2,
         {transfer, request_supplement, charge, pay, withdraw, stop, claim, reassign, move_release, hand_over, add_file,
          withdraw_file}},
        {State::processing,
         "processing",
         "đang xử lý",
         4,
         {claim, reassign, move_release, complete, return_step, consult, opinion, report_silence, request_supplement,
          charge, pay, extend, withdraw, stop, record_result, hand_over, add_file, withdraw_file}},
        {State::consulting,
         "consulting",
         "đang lấy ý kiến",
         4,
         {claim, reassign, move_release, return_step, consult, opinion, report_silence, request_supplement, charge, pay,
          extend, withdraw, stop, hand_over, add_file, withdraw_file}},
        {State::signing,
         "signing",
         "đang trình ký",
         4,
         {claim, reassign, move_release, complete, return_step, consult, opinion, report_silence, request_supplement,
          charge, pay, extend, withdraw, stop, record_result, hand_over, add_file, withdraw_file}},
        {State::awaiting_supplement,
         "awaiting_supplement",
         "chờ bổ sung hồ sơ",
         5,
         {answer_supplement, opinion, report_silence, pay, withdraw, stop, claim, reassign, move_release, hand_over,
          add_file, withdraw_file}},
        {State::awaiting_payment,
         "awaiting_payment",
         "chờ thực hiện nghĩa vụ tài chính",
         6,
         {charge, pay, complete, opinion, report_silence, withdraw, stop, claim, reassign, move_release, hand_over,
          add_file, withdraw_file}},
        {State::finished,
         "finished",
         "đã có kết quả, chờ trả",
         9,
         {charge, pay, deliver, claim, reassign, hand_over, add_file, withdraw_file}},
        {State::refused, "refused", "không được tiếp nhận", 3, {}},
        {State::withdrawn, "withdrawn", "dừng theo yêu cầu của công dân", 7, {}},
        {State::stopped, "stopped", "dừng xử lý", 8, {}},
        {State::returned, "returned", "đã trả kết quả", 10, {rate}},
    };
    return table;
}

namespace {

const std::vector<CommandRow>& command_table() {
    using enum Command;
    static const std::vector<CommandRow> table = {
        {receive, "receive", "tiếp nhận hồ sơ", "receive the dossier", "Nghị định 118/2025/NĐ-CP, Điều 17"},
        {refuse, "refuse", "từ chối tiếp nhận hồ sơ", "refuse the dossier",
         "Nghị định 118/2025/NĐ-CP, Điều 17; Thông tư 03/2025/TT-VPCP, mẫu 03"},
        {transfer, "transfer", "chuyển hồ sơ", "transfer the dossier", "Nghị định 118/2025/NĐ-CP, Điều 18"},
        {claim, "claim", "nhận việc", "take the task", ""},
        {reassign, "reassign", "phân công lại", "reassign the task", ""},
        {move_release, "move_release", "chuyển sang bản thủ tục khác", "move to another release of the procedure", ""},
        {complete, "complete", "hoàn thành bước", "complete the step", "Nghị định 61/2018/NĐ-CP, Điều 19"},
        {return_step, "return_step", "trả lại bước trước", "send the step back", "Nghị định 61/2018/NĐ-CP, Điều 19"},
        {consult, "consult", "lấy ý kiến", "consult a body", "Nghị định 61/2018/NĐ-CP, Điều 19"},
        {opinion, "opinion", "trả lời ý kiến", "give the opinion", "Nghị định 61/2018/NĐ-CP, Điều 19"},
        {report_silence, "report_silence", "báo cáo việc không trả lời", "report the silence",
         "Nghị định 61/2018/NĐ-CP, Điều 19"},
        {request_supplement, "request_supplement", "yêu cầu bổ sung hồ sơ", "ask for a supplement",
         "Nghị định 61/2018/NĐ-CP, Điều 19; Thông tư 03/2025/TT-VPCP, mẫu 02"},
        {answer_supplement, "answer_supplement", "nhận hồ sơ bổ sung", "take in the supplement",
         "Nghị định 61/2018/NĐ-CP, Điều 19"},
        {charge, "charge", "thông báo nghĩa vụ tài chính", "announce a financial duty",
         "Nghị định 118/2025/NĐ-CP, Điều 24"},
        {pay, "pay", "ghi nhận thanh toán", "record a payment", "Nghị định 118/2025/NĐ-CP, Điều 24"},
        {extend, "extend", "xin lỗi và gia hạn", "apologise and extend",
         "Nghị định 61/2018/NĐ-CP, Điều 19; Thông tư 03/2025/TT-VPCP, mẫu 04"},
        {withdraw, "withdraw", "dừng theo yêu cầu của công dân", "stop at the applicant's request",
         "Nghị định 118/2025/NĐ-CP, Điều 21; Thông tư 03/2025/TT-VPCP, Điều 7, mẫu 05"},
        {stop, "stop", "dừng giải quyết", "stop the dossier", "Thông tư 03/2025/TT-VPCP, mẫu 05"},
        {record_result, "record_result", "ghi nhận kết quả", "record the result", "Nghị định 118/2025/NĐ-CP, Điều 22"},
        {deliver, "deliver", "trả kết quả", "return the result", "Nghị định 118/2025/NĐ-CP, Điều 22"},
        {rate, "rate", "đánh giá", "rate the service", "Thông tư 01/2018/TT-VPCP, Điều 13"},
        {hand_over, "hand_over", "bàn giao hồ sơ", "hand the dossier over", ""},
        {add_file, "add_file", "thêm tệp", "add a file", ""},
        {withdraw_file, "withdraw_file", "rút tệp", "withdraw a file", ""},
    };
    return table;
}

}  // namespace

const StateRow& row_of(State state) {
    for (const auto& row : state_table())
        if (row.state == state) return row;
    throw std::logic_error("a state is missing from the state table");
}

const CommandRow& row_of(Command command) {
    for (const auto& row : command_table())
        if (row.command == command) return row;
    throw std::logic_error("a command is missing from the command table");
}

std::string_view to_string(State state) {
    return row_of(state).word;
}

std::optional<State> state_from(std::string_view word) {
    for (const auto& row : state_table())
        if (row.word == word) return row.state;
    return std::nullopt;
}

Result<void> allow(State state, Command command) {
    const auto& row = row_of(state);
    if (std::find(row.allows.begin(), row.allows.end(), command) != row.allows.end()) return Nothing{};
    std::vector<std::string> can_vi, can_en;
    for (const Command c : row.allows) {
        if (c == Command::hand_over || c == Command::claim || c == Command::reassign || c == Command::move_release ||
            c == Command::add_file || c == Command::withdraw_file)
            continue;
        can_vi.emplace_back(row_of(c).vi);
        can_en.emplace_back(row_of(c).en);
    }
    const auto& wanted = row_of(command);
    return Error{
        ErrorKind::conflict, "dossier.wrong_state",
        fmt::format(
            "Hồ sơ đang ở trạng thái «{}», không thể {}. {}", row.vi, wanted.vi,
            can_vi.empty() ? std::string{"Hồ sơ đã kết thúc."} : "Lúc này có thể: " + text::join(can_vi, "; ") + "."),
        fmt::format("The dossier is '{}': you cannot {} now. {}", row.word, wanted.en,
                    can_en.empty() ? std::string{"It is closed."} : "You may now: " + text::join(can_en, "; ") + ".")}
        .under(std::string{wanted.rule});
}

int national_status(State state) {
    return row_of(state).national;
}

std::string_view national_name(int status) {
    static constexpr std::array<std::string_view, 11> names{"",
                                                            "Mới đăng ký",
                                                            "Được tiếp nhận",
                                                            "Không được tiếp nhận",
                                                            "Đang xử lý",
                                                            "Yêu cầu bổ sung giấy tờ",
                                                            "Yêu cầu thực hiện nghĩa vụ tài chính",
                                                            "Công dân yêu cầu rút hồ sơ",
                                                            "Dừng xử lý",
                                                            "Đã xử lý xong",
                                                            "Đã trả kết quả"};
    return status >= 1 && status <= 10 ? names[static_cast<size_t>(status)] : std::string_view{};
}

std::string_view to_string(TaskState state) {
    switch (state) {
        case TaskState::open:
            return "open";
        case TaskState::done:
            return "done";
        case TaskState::sent_back:
            return "sent_back";
        case TaskState::dropped:
            return "dropped";
        case TaskState::silent:
            return "silent";
    }
    throw std::logic_error("a task state has no word");
}

std::string_view to_string(Outcome outcome) {
    return outcome == Outcome::granted ? "granted" : "declined";
}

std::string_view to_string(NoteKind kind) {
    switch (kind) {
        case NoteKind::refusal:
            return "refusal";
        case NoteKind::supplement:
            return "supplement";
        case NoteKind::extension:
            return "extension";
        case NoteKind::stop:
            return "stop";
        case NoteKind::sent_back:
            return "sent_back";
        case NoteKind::question:
            return "question";
        case NoteKind::opinion:
            return "opinion";
        case NoteKind::delivery:
            return "delivery";
        case NoteKind::rating:
            return "rating";
        case NoteKind::step:
            return "step";
        case NoteKind::answer:
            return "answer";
        case NoteKind::charge:
            return "charge";
        case NoteKind::reassign:
            return "reassign";
    }
    throw std::logic_error("a note kind has no word");
}

}  // namespace hl::dossiers
