// The figures as a workbook: what an official opens is what the ledger says, and a blank is a blank.
#include <zip.h>

#include "dossiers/statistics_xlsx.h"
#include "procedures/workbook.h"
#include "store/followers.h"
#include "world.h"

namespace hl::dossiers::test {
namespace {

constexpr size_t head_line = 6;

int64_t november() {
    return month_of(at_local(Date{std::chrono::year{2026} / 11 / 16}, 8));
}

/// The only sheet, read back.
class Read {
  public:
    explicit Read(const StatisticsBook& book) {
        auto made = to_xlsx(book);
        EXPECT_TRUE(ok(made));
        if (!made.ok()) return;
        bytes = *made;
        auto sheets = procedures::read_workbook(bytes);
        EXPECT_TRUE(ok(sheets));
        EXPECT_EQ(sheets->size(), 1u);
        if (sheets.ok() && !sheets->empty()) sheet_ = sheets->front();
    }
    [[nodiscard]] procedures::Cell at(size_t row, size_t column) const {
        if (row >= sheet_.rows.size() || column >= sheet_.rows[row].size()) return {};
        return sheet_.rows[row][column];
    }
    /// The figure under a heading, in the given line below it.
    [[nodiscard]] procedures::Cell under(std::string_view title, size_t line) const {
        const auto& head = sheet_.rows.at(head_line);
        for (size_t c = 0; c < head.size(); ++c)
            if (head[c].text == title) return at(head_line + line, c);
        ADD_FAILURE() << "no column " << title;
        return {};
    }
    [[nodiscard]] std::optional<int64_t> number(std::string_view title, size_t line) const {
        const auto cell = under(title, line);
        EXPECT_TRUE(cell.empty() || cell.is_number) << title << ": " << cell.text;
        return cell.integer();
    }
    [[nodiscard]] size_t lines() const { return sheet_.rows.size() - head_line - 1; }
    [[nodiscard]] std::string part(const char* name) const {
        zip_error_t error;
        zip_error_init(&error);
        zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
        zip_t* zip = zip_open_from_source(source, ZIP_RDONLY, &error);
        if (!zip) return {};
        std::string out;
        if (zip_file_t* file = zip_fopen(zip, name, 0)) {
            std::array<char, 4096> buffer{};
            for (zip_int64_t n = 0; (n = zip_fread(file, buffer.data(), buffer.size())) > 0;)
                out.append(buffer.data(), static_cast<size_t>(n));
            zip_fclose(file);
        }
        zip_discard(zip);
        return out;
    }
    std::string bytes;

  private:
    procedures::Sheet sheet_;
};

StatisticsRow figures_of(std::string key, int64_t on_time, int64_t late) {
    StatisticsRow r;
    r.key = std::move(key);
    r.carried_over = 3;
    r.received = on_time + late + 2;
    r.finished = on_time + late;
    r.promise = {on_time, late, 0};
    r.index = {0, 0, on_time + late};
    r.minutes = 90 * (on_time + late);
    r.in_progress = 5;
    return r;
}

StatisticsBook book_by(GroupBy by, std::vector<StatisticsBook::Row> rows) {
    return {{november() - 1, november(), {}, by},
            "",
            at_local(Date{std::chrono::year{2026} / 11 / 23}, 9),
            1234,
            std::move(rows)};
}

TEST(StatisticsBooks, SaysItsPeriodItsAgencyAndHowFarTheLedgerWasRead) {
    auto book = book_by(GroupBy::agency, {{"Cơ quan thử", figures_of("a", 3, 1)}});
    const Read all(book);
    EXPECT_EQ(all.at(1, 1).text, "Từ tháng 10/2026 đến tháng 11/2026");
    EXPECT_EQ(all.at(2, 1).text, "Tất cả cơ quan");
    EXPECT_EQ(all.at(3, 1).text, "09:00 23/11/2026");
    EXPECT_EQ(all.at(4, 1), procedures::number_cell(1234));
    EXPECT_EQ(all.at(head_line, 1).text, "Cơ quan");
    book.agency = "=1+1";  // a text, whatever it looks like
    book.position.reset();
    book.query.from = book.query.to;
    const Read one(book);
    EXPECT_EQ(one.at(1, 1).text, "Tháng 11/2026");
    EXPECT_EQ(one.at(2, 1), procedures::text_cell("=1+1"));
    EXPECT_TRUE(one.at(4, 1).empty());
}

TEST(StatisticsBooks, FiguresAreNumbersAndTheUnknownIsAnEmptyCell) {
    const Read read(book_by(GroupBy::agency, {{"Một", figures_of("a", 3, 1)}, {"Hai", figures_of("b", 0, 0)}}));
    EXPECT_EQ(read.at(head_line + 1, 0).text, "a");
    EXPECT_EQ(read.number("Đã giải quyết", 1), 4);
    EXPECT_EQ(read.under("Tỷ lệ đúng hạn theo giấy hẹn", 1).text, "0.75");
    EXPECT_TRUE(read.under("Tỷ lệ đúng hạn theo giấy hẹn", 1).is_number);
    EXPECT_EQ(read.under("Giờ làm việc trung bình một hồ sơ đã giải quyết", 1).text, "1.5");
    // A true zero is a zero …
    EXPECT_EQ(read.number("Đã giải quyết", 2), 0);
    EXPECT_EQ(read.number("Không có ngày hẹn để đánh giá", 2), 0);
    // … and what cannot be known is blank.
    EXPECT_TRUE(read.under("Tỷ lệ đúng hạn theo giấy hẹn", 2).empty());
    EXPECT_TRUE(read.under("Tỷ lệ đúng hạn theo Bộ chỉ số 766", 1).empty());
    EXPECT_TRUE(read.under("Giờ làm việc trung bình một hồ sơ đã giải quyết", 2).empty());
}

TEST(StatisticsBooks, OnlyWhatMayBeAddedUpHasASum) {
    const Read read(book_by(GroupBy::agency, {{"Một", figures_of("a", 3, 1)}, {"Hai", figures_of("b", 2, 2)}}));
    ASSERT_EQ(read.lines(), 3u);
    EXPECT_EQ(read.at(head_line + 3, 1).text, "Tổng cộng");
    EXPECT_EQ(read.number("Kỳ trước chuyển sang", 3), 6);
    EXPECT_EQ(read.number("Đã giải quyết", 3), 8);
    EXPECT_EQ(read.number("Đang giải quyết lúc lập biểu", 3), 10);
    EXPECT_EQ(read.under("Tỷ lệ đúng hạn theo giấy hẹn", 3).text, "0.625");  // of all, not 0.75 + 0.5
    EXPECT_TRUE(read.under("Tỷ lệ đúng hạn theo Bộ chỉ số 766", 3).empty());
    EXPECT_EQ(read.under("Giờ làm việc trung bình một hồ sơ đã giải quyết", 3).text, "1.5");
    EXPECT_NE(read.part("xl/worksheets/sheet1.xml").find("<f>SUM(G8:G9)</f>"), std::string::npos);
    EXPECT_EQ(Read(book_by(GroupBy::total, {{"Tất cả hồ sơ", figures_of("", 1, 0)}})).lines(), 1u);
}

TEST(StatisticsBooks, MonthsHaveNoSumOfWhatWasCarriedOverAndNoPresentStock) {
    const Read read(book_by(GroupBy::month, {{"Tháng 10/2026", figures_of("2026-10", 3, 1)},
                                             {"Tháng 11/2026", figures_of("2026-11", 2, 2)}}));
    EXPECT_EQ(read.number("Kỳ trước chuyển sang", 1), 3);
    EXPECT_TRUE(read.under("Kỳ trước chuyển sang", 3).empty());
    EXPECT_EQ(read.number("Tiếp nhận trong kỳ", 3), 12);
    for (const char* now : {"Đang giải quyết lúc lập biểu", "Trong đó đã quá ngày hẹn", "Trong đó không có ngày hẹn"})
        for (const size_t line : {1, 2, 3}) EXPECT_TRUE(read.under(now, line).empty()) << now;
}

TEST(StatisticsBooks, TheHeadStaysInSightAndTheSameBookGivesTheSameBytes) {
    const auto book = book_by(GroupBy::sector, {{"Hộ tịch", figures_of("ho-tich", 3, 1)}});
    const Read read(book);
    const auto sheet = read.part("xl/worksheets/sheet1.xml");
    EXPECT_NE(sheet.find(R"(<pane xSplit="2" ySplit="7" topLeftCell="C8")"), std::string::npos) << sheet.substr(0, 900);
    EXPECT_NE(sheet.find(R"(state="frozen")"), std::string::npos);
    EXPECT_EQ(Read(book).bytes, read.bytes);
}

class StatisticsOfWorld : public WorldTest {};
INSTANTIATE_TEST_SUITE_P(Engines, StatisticsOfWorld, testing::ValuesIn(hl::test::engines()), hl::test::engine_name);

TEST_P(StatisticsOfWorld, TheBookHasTheNamesAndTheFiguresOfTheLedger) {
    (void)world->finished(simple);
    (void)world->working(untimed);
    const auto position = [&] {
        auto found = world->ask([](store::Reader& r) -> Result<std::optional<int64_t>> {
            return store::follower_position(r, DossierStatistics{});
        });
        EXPECT_TRUE(ok(found));
        return *found;
    };
    EXPECT_FALSE(position());
    ASSERT_TRUE(ok(world->store().settle()));
    store::Followers followers(world->store());
    followers.add(std::make_shared<DossierStatistics>());
    ASSERT_TRUE(ok(followers.catch_up()));
    const auto size = world->ask([](store::Reader& r) -> Result<int64_t> { return store::ledger_size(r); });
    ASSERT_EQ(position(), *size);
    const auto made = [&](GroupBy by) {
        const auto month = month_of(world->now());
        const StatisticsQuery q{month, month, ward_office, by};
        auto rows = world->ask(
            [&](store::Reader& r) -> Result<std::vector<StatisticsRow>> { return statistics(r, q, world->now()); });
        EXPECT_TRUE(ok(rows));
        return statistics_book(world->context(), q, *rows, world->now(), position());
    };
    const std::string office = world->directory->agency(ward_office)->at(local_date(world->now()))->name;
    const Read agencies(made(GroupBy::agency));
    EXPECT_EQ(agencies.at(2, 1).text, office);
    EXPECT_EQ(agencies.at(4, 1).integer(), *size);
    EXPECT_EQ(agencies.at(head_line + 1, 1).text, office);
    EXPECT_EQ(agencies.number("Tiếp nhận trong kỳ", 1), 2);
    EXPECT_EQ(agencies.number("Đúng hạn (theo giấy hẹn)", 1), 1);
    EXPECT_EQ(agencies.number("Trong đó không có ngày hẹn", 1), 1);
    EXPECT_EQ(Read(made(GroupBy::sector)).at(head_line + 1, 1).text, "Hộ tịch");
    EXPECT_EQ(Read(made(GroupBy::procedure)).at(head_line + 1, 1).text, "Thủ tục thử 9.000001");
    EXPECT_EQ(Read(made(GroupBy::channel)).at(head_line + 1, 1).text, "Trực tiếp");
    EXPECT_EQ(Read(made(GroupBy::month)).at(head_line + 1, 1).text, "Tháng 11/2026");
    EXPECT_EQ(Read(made(GroupBy::total)).at(head_line + 1, 1).text, "Tất cả hồ sơ");
}

}  // namespace
}  // namespace hl::dossiers::test
