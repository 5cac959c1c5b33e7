// The seven forms as paper: what a reader and a scanner see in the PDF.
#include "dossiers/slips.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/text.h"

namespace hl::dossiers {
namespace {

std::string output_of(const std::string& command) {
    std::string out;
    FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) return out;
    std::array<char, 4096> buffer{};
    while (const size_t n = fread(buffer.data(), 1, buffer.size(), pipe)) out.append(buffer.data(), n);
    pclose(pipe);
    return out;
}

/// A PDF on disk for the reading tools, removed afterwards.
class Printed {
  public:
    explicit Printed(const Document& d) {
        auto bytes = to_pdf(d);
        EXPECT_TRUE(bytes.ok());
        static int n = 0;
        path_ = std::filesystem::temp_directory_path() / fmt::format("slip-{}-{}.pdf", getpid(), n++);
        std::ofstream(path_, std::ios::binary) << *bytes;
    }
    ~Printed() {
        std::filesystem::remove(path_);
        std::filesystem::remove(path_.string() + ".png");
    }
    [[nodiscard]] std::string text() const {
        return text::normalise(output_of("pdftotext -layout " + path_.string() + " -"));
    }
    [[nodiscard]] std::string fonts() const { return output_of("pdffonts " + path_.string()); }
    [[nodiscard]] std::string qr() const {
        output_of("pdftoppm -r 200 -png -singlefile " + path_.string() + " " + path_.string());
        return output_of("zbarimg -q --raw " + path_.string() + ".png 2>/dev/null");
    }
    [[nodiscard]] int pages() const {
        const auto info = output_of("pdfinfo " + path_.string());
        const auto at = info.find("Pages:");
        return at == std::string::npos ? 0 : std::stoi(info.substr(at + 6));
    }

  private:
    std::filesystem::path path_;
};

SlipHead head() {
    return {"Ủy ban nhân dân phường Đông Hà",
            "Trung tâm Phục vụ hành chính công",
            "Đông Hà",
            "7",
            "TTPVHCC",
            at_local(Date{std::chrono::year{2026} / 11 / 23}, 9, 30),
            "https://example.vn/tra-cuu?ma=H50.12.34-261123-0001"};
}

ReceiptSlip receipt() {
    ReceiptSlip s;
    s.head = head();
    s.code = "H50.12.34-261123-0001";
    s.procedure = "Đăng ký khai sinh";
    s.applicant = {"Người nộp thử nghiệm", "000000000000", "Thôn Thử, phường Đông Hà", "", ""};
    s.papers = {"Tờ khai đăng ký khai sinh (bản chính: 1, bản sao: 0)", "Giấy chứng sinh (bản chính: 1, bản sao: 0)"};
    s.legal_time = "1 ngày làm việc";
    s.received = head().made_at;
    s.due = at_local(Date{std::chrono::year{2026} / 11 / 25}, 17, 0);
    s.due_rule = "lịch vn@1; ngày nhận không tính";
    s.result_place = "Trung tâm Phục vụ hành chính công phường Đông Hà";
    s.receiver = "Cán bộ thử nghiệm";
    return s;
}

TEST(Slips, ReceiptSaysWhatTheFormAsksFor) {
    const Printed paper(to_document(receipt()));
    const std::string text = paper.text();
    for (const char* wanted : {"Mẫu số 01", "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
                               "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "H50.12.34-261123-0001", "Đăng ký khai sinh",
                               "09 giờ 30 phút, ngày 23/11/2026", "17 giờ 00 phút, ngày 25/11/2026", "Giấy chứng sinh",
                               "Đông Hà, ngày 23 tháng 11 năm 2026", "NGƯỜI TIẾP NHẬN HỒ SƠ"})
        EXPECT_NE(text.find(wanted), std::string::npos) << wanted << "\n" << text;
}

TEST(Slips, QrCodeLeadsToTheDossier) {
    EXPECT_EQ(text::trim(Printed(to_document(receipt())).qr()), head().tracking);
}

TEST(Slips, TypeIsEmbeddedSoThatEveryPrinterShowsTheDiacritics) {
    const std::string fonts = Printed(to_document(receipt())).fonts();
    EXPECT_NE(fonts.find("NotoSerif"), std::string::npos) << fonts;
    EXPECT_NE(fonts.find("yes"), std::string::npos) << fonts;
}

TEST(Slips, UnknownLegalTimeStaysBlankAndNull) {
    auto s = receipt();
    s.legal_time.clear();
    s.due.reset();
    EXPECT_TRUE(to_json(s).at("legal_time").is_null());
    EXPECT_TRUE(to_json(s).at("due").is_null());
    const std::string text = Printed(to_document(s)).text();
    EXPECT_NE(text.find("Thời điểm trả kết quả: …"), std::string::npos) << text;
}

TEST(Slips, ProvisionalPromiseSaysSo) {
    auto s = receipt();
    s.due_provisional = true;
    EXPECT_NE(Printed(to_document(s)).text().find("tạm tính"), std::string::npos);
}

TEST(Slips, SameDocumentGivesSameBytes) {
    EXPECT_EQ(*to_pdf(to_document(receipt())), *to_pdf(to_document(receipt())));
}

TEST(Slips, OtherFormsCarryTheirNumbersTitlesAndContent) {
    const SlipPerson person{"Người nộp thử nghiệm", "000000000000", "", "", ""};
    const Instant t = head().made_at;
    struct Case {
        Document document;
        std::vector<std::string> wanted;
    };
    const std::vector<Case> cases = {
        {to_document(SupplementSlip{head(),
                                    "C1",
                                    "P",
                                    person,
                                    {"Thiếu giấy chứng sinh"},
                                    "Chưa đủ thành phần",
                                    "Bộ phận một cửa",
                                    "0233",
                                    "Cán bộ"}),
         {"Mẫu số 02", "PHIẾU YÊU CẦU BỔ SUNG", "Thiếu giấy chứng sinh", "7/PBS-TTPVHCC"}},
        {to_document(RefusalSlip{head(), "C1", "P", person, {"Không thuộc thẩm quyền"}, "Cán bộ"}),
         {"Mẫu số 03", "PHIẾU TỪ CHỐI TIẾP NHẬN", "Không thuộc thẩm quyền"}},
        {to_document(ApologySlip{head(), "C1", "P", person, t, t, "Chờ ý kiến",
                                 at_local(Date{std::chrono::year{2026} / 11 / 27}, 17), "Lãnh đạo", "Chủ tịch"}),
         {"Mẫu số 04", "PHIẾU XIN LỖI", "Chờ ý kiến", "17 giờ 00 phút, ngày 27/11/2026", "CHỦ TỊCH"}},
        {to_document(StopSlip{head(), "C1", "P", person, "Người nộp rút hồ sơ", t, true, "", ""}),
         {"Mẫu số 05", "THÔNG BÁO DỪNG", "Người nộp rút hồ sơ"}},
        {to_document(ControlSlip{
             head(),
             "C1",
             "P",
             "UBND phường",
             {},
             t,
             t,
             {{"Một cửa → Tư pháp", t, true, false, "", "A", "B"}, {"Tư pháp", t, std::nullopt, false, "", "B", ""}}}),
         {"Mẫu số 06", "PHIẾU KIỂM SOÁT", "Đúng hạn", "Đang giải"}},
        {to_document(
             RegisterSlip{head(),
                          "Hộ tịch, tháng 11/2026",
                          {{"C1", "Đăng ký khai sinh", "Người nộp", "", "UBND phường", t, t, std::nullopt, ""}}}),
         {"Mẫu số 07", "SỔ THEO DÕI HỒ SƠ", "Hộ tịch, tháng 11/2026", "C1"}},
    };
    for (const auto& c : cases) {
        const std::string text = Printed(c.document).text();
        for (const auto& w : c.wanted) EXPECT_NE(text.find(w), std::string::npos) << w << "\n" << text;
    }
}

TEST(Slips, LongRegisterBreaksOverPages) {
    RegisterSlip s{head(), "", {}};
    for (int i = 0; i < 80; ++i)
        s.rows.push_back(
            {fmt::format("C{}", i), "Thủ tục", "Người", "", "UBND", head().made_at, std::nullopt, std::nullopt, ""});
    const Printed paper(to_document(s));
    EXPECT_GT(paper.pages(), 2);
    const std::string text = paper.text();
    EXPECT_NE(text.find("C0 "), std::string::npos);
    EXPECT_NE(text.find("C79"), std::string::npos);
}

}  // namespace
}  // namespace hl::dossiers
