#include "ioc/index766/outcomes.h"

#include <algorithm>
#include <stdexcept>

namespace hl::index766 {

const std::array<FactRow, fact_count>& fact_table() {
    static const std::array<FactRow, fact_count> table{{
        {Fact::timing, "timing", "Thời hạn giải quyết", "Time of resolution", Belongs::span},
        {Fact::filing, "filing", "Kênh nộp và kết quả điện tử", "Channel of filing, with its result",
         Belongs::received},
        {Fact::payment, "payment", "Thanh toán phí, lệ phí", "Payment of charges", Belongs::received},
        {Fact::result, "result", "Kết quả điện tử", "Electronic result", Belongs::ended},
        {Fact::digitised, "digitised", "Số hóa hồ sơ và kết quả", "Digitised dossier and result", Belongs::ended},
        {Fact::reused, "reused", "Dùng lại giấy tờ đã số hóa", "Digitised papers used again", Belongs::received},
        {Fact::national, "national", "Lấy từ kho dữ liệu quốc gia", "Taken from the national store", Belongs::received},
        {Fact::rating, "rating", "Đánh giá của người nộp", "The applicant's rating", Belongs::ended},
    }};
    return table;
}

const FactRow& row_of(Fact fact) {
    return fact_table()[static_cast<size_t>(fact)];
}

std::optional<Fact> fact_from(std::string_view word) {
    for (const auto& row : fact_table())
        if (row.word == word) return row.fact;
    return std::nullopt;
}

const std::vector<OutcomeRow>& outcome_table() {
    static const std::vector<OutcomeRow> table = {
        {Fact::timing, 'm', "on_time", "kết thúc đúng hạn", "ended in time"},
        {Fact::timing, 'l', "late", "kết thúc quá hạn", "ended late"},
        {Fact::timing, 's', "second_request", "yêu cầu bổ sung quá số lần", "more supplement requests than allowed"},
        {Fact::timing, 'u', "no_deadline", "kết thúc, không rõ thời hạn", "ended, time limit not known"},
        {Fact::timing, 'n', "not_received", "chưa từng tiếp nhận", "never received"},
        {Fact::timing, 'w', "unfinished_in_time", "chưa xong, còn trong hạn", "unfinished, in time"},
        {Fact::timing, 'x', "unfinished_late", "chưa xong, đã quá hạn", "unfinished, late"},
        {Fact::timing, 't', "unfinished_second_request", "chưa xong, yêu cầu bổ sung quá số lần",
         "unfinished, more supplement requests than allowed"},
        {Fact::timing, 'v', "unfinished_no_deadline", "chưa xong, không rõ thời hạn",
         "unfinished, time limit not known"},
        {Fact::filing, 'o', "online_electronic", "nộp trực tuyến, kết quả điện tử", "online, electronic result"},
        {Fact::filing, 'q', "online_no_result", "nộp trực tuyến, không có kết quả phải trả",
         "online, ended without a result"},
        {Fact::filing, 'w', "online_unfinished", "nộp trực tuyến, chưa có kết quả", "online, no result yet"},
        {Fact::filing, 'p', "online_paper", "nộp trực tuyến, kết quả giấy", "online, result on paper"},
        {Fact::filing, 'u', "online_result_unknown", "nộp trực tuyến, không rõ kết quả", "online, result not known"},
        {Fact::filing, 'd', "desk", "nộp trực tiếp", "at the desk"},
        {Fact::filing, 'b', "post", "nộp qua bưu chính", "by post"},
        {Fact::payment, 'y', "online", "thanh toán trực tuyến", "paid online"},
        {Fact::payment, 'c', "otherwise", "thanh toán không trực tuyến", "paid otherwise"},
        {Fact::payment, 'd', "unpaid", "chưa thanh toán", "not paid"},
        {Fact::payment, 'n', "free", "không phải nộp phí, lệ phí", "no charge"},
        {Fact::payment, 'u', "unknown", "không rõ phí, lệ phí", "charges not known"},
        {Fact::result, 'e', "electronic", "có kết quả điện tử", "electronic result"},
        {Fact::result, 'p', "paper", "kết quả giấy", "result on paper"},
        {Fact::result, 'n', "none", "không có kết quả phải trả", "no result to return"},
        {Fact::result, 'u', "unknown", "không rõ dạng kết quả", "form of the result not known"},
        {Fact::digitised, 'a', "all", "mọi giấy tờ đã số hóa, kết quả điện tử",
         "all papers digitised, electronic result"},
        {Fact::digitised, 's', "some", "một phần giấy tờ đã số hóa, kết quả điện tử",
         "some papers digitised, electronic result"},
        {Fact::digitised, 'r', "paper_result", "giấy tờ đã số hóa, kết quả giấy", "papers digitised, result on paper"},
        {Fact::digitised, 'z', "none", "chưa số hóa giấy tờ", "no paper digitised"},
        {Fact::digitised, 'n', "no_result", "không có kết quả phải trả", "no result to return"},
        {Fact::digitised, 'u', "unknown", "không rõ việc số hóa", "digitising not known"},
        {Fact::reused, 'y', "reused", "có giấy tờ dùng lại", "a paper used again"},
        {Fact::reused, 'z', "none", "không có giấy tờ dùng lại", "no paper used again"},
        {Fact::reused, 'u', "unknown", "không rõ", "not known"},
        {Fact::national, 'y', "national", "có giấy tờ từ kho quốc gia", "a paper from the national store"},
        {Fact::national, 'z', "none", "không có giấy tờ từ kho quốc gia", "no paper from the national store"},
        {Fact::national, 'u', "unknown", "không rõ", "not known"},
        {Fact::rating, '1', "one", "đánh giá 1/5", "rated 1 of 5"},
        {Fact::rating, '2', "two", "đánh giá 2/5", "rated 2 of 5"},
        {Fact::rating, '3', "three", "đánh giá 3/5", "rated 3 of 5"},
        {Fact::rating, '4', "four", "đánh giá 4/5", "rated 4 of 5"},
        {Fact::rating, '5', "five", "đánh giá 5/5", "rated 5 of 5"},
        {Fact::rating, 'z', "unrated", "không đánh giá", "not rated"},
    };
    return table;
}

const OutcomeRow* outcome_of(Fact fact, char letter) {
    const auto& table = outcome_table();
    const auto it = std::find_if(table.begin(), table.end(),
                                 [&](const OutcomeRow& r) { return r.fact == fact && r.letter == letter; });
    return it == table.end() ? nullptr : &*it;
}

std::optional<char> letter_from(Fact fact, std::string_view word) {
    for (const auto& row : outcome_table())
        if (row.fact == fact && row.word == word) return row.letter;
    return std::nullopt;
}

bool is_unfinished(Fact fact, char letter) {
    return fact == Fact::timing && (letter == 'w' || letter == 'x' || letter == 't' || letter == 'v');
}

}  // namespace hl::index766
