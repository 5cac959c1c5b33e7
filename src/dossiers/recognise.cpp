#include "dossiers/recognise.h"

#include <charconv>

#include "base/files.h"
#include "base/text.h"
#include "base/time.h"
#include "dossiers/child.h"
#include "dossiers/refusals.h"

namespace hl::dossiers {

namespace {

namespace fs = std::filesystem;
using Words = std::vector<FoundWord>;

enum class Kind { png, jpeg, webp, pdf };
std::optional<Kind> kind_of(std::string_view bytes) {
    using namespace std::string_view_literals;
    if (bytes.starts_with("\x89PNG\r\n\x1a\n"sv)) return Kind::png;
    if (bytes.starts_with("\xff\xd8\xff"sv)) return Kind::jpeg;
    if (bytes.starts_with("RIFF"sv) && bytes.substr(8, 4) == "WEBP"sv) return Kind::webp;
    if (bytes.starts_with("%PDF-"sv)) return Kind::pdf;
    return std::nullopt;
}

Error failed() {
    return {ErrorKind::unavailable, "recognise.failed",
            "Không đọc được chữ trên tệp này trong thời gian cho phép. Hãy chụp lại rõ hơn hoặc nhập tay.",
            "The text on this file could not be read in time. Take a clearer picture or type it in."};
}

struct Place {
    std::counting_semaphore<8>& places;
    ~Place() { places.release(); }
};

Error busy() {
    return {ErrorKind::unavailable, "recognise.busy", "Máy chủ đang bận đọc tệp khác. Hãy thử lại sau ít giây.",
            "The server is busy reading other files. Try again in a few seconds."};
}

std::string digits_in(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (c >= '0' && c <= '9') out += c;
    return out;
}

std::string folded_line(const Words& line) {
    std::string whole;
    for (const auto& w : line) whole += w.text + " ";
    return text::join(text::folded_words(whole), " ");
}

/// The words after the label that the line has; of several the longest, for one may begin with another.
std::optional<Words> after_label(const Words& line, std::initializer_list<std::string_view> labels) {
    for (size_t from = 0; from < line.size() && from < 6; ++from) {
        std::optional<size_t> end;
        std::vector<std::string> seen;
        for (size_t n = from; n < line.size() && n < from + 10; ++n) {
            for (auto& w : text::folded_words(line[n].text)) seen.push_back(std::move(w));
            const auto joined = text::join(seen, " ");
            if (std::ranges::find(labels, joined) != labels.end()) end = n + 1;
        }
        if (end) return Words(line.begin() + static_cast<ptrdiff_t>(*end), line.end());
    }
    return std::nullopt;
}

/// Up to where the next label begins, trimmed of what is no letter or digit at its ends.
Suggestion taken(std::string field, const Words& words) {
    Suggestion out{std::move(field), {}, 100};
    for (const auto& w : words) {
        if (text::folded_words(w.text).empty() && w.text != "," && w.text != "-")
            continue;  // dots and rules of the form
        if (!out.text.empty()) out.text += ' ';
        out.text += w.text;
        out.confidence = std::min(out.confidence, w.confidence);
    }
    while (!out.text.empty() && std::string_view{".:;,-_ /|"}.find(out.text.back()) != std::string_view::npos)
        out.text.pop_back();
    while (!out.text.empty() && std::string_view{".:;,-_ /|"}.find(out.text.front()) != std::string_view::npos)
        out.text.erase(0, 1);
    out.text = text::normalise(out.text);
    return out;
}

/// Words of one line may hold a second question further on ("Họ và tên: … Giới tính: …").
Words until_next_label(Words words) {
    static const std::vector<std::string> begins{"gioi tinh",  "ngay sinh", "sinh ngay", "quoc tich", "so dinh danh",
                                                 "dien thoai", "so cccd",   "dan toc",   "ngay cap"};
    for (size_t n = 0; n < words.size(); ++n) {
        const auto first = text::join(text::folded_words(words[n].text), " ");
        const auto second =
            n + 1 < words.size() ? first + " " + text::join(text::folded_words(words[n + 1].text), " ") : first;
        if (std::ranges::find(begins, second) != begins.end()) {
            words.resize(n);
            break;
        }
    }
    return words;
}

std::optional<Suggestion> number_in(const Words& line) {
    // A number may be printed in groups: neighbours that are digits alone belong together.
    std::string digits;
    int confidence = 100;
    const auto whole = [&]() -> std::optional<Suggestion> {
        if (digits.size() == 12 && digits.front() == '0') return Suggestion{"id_number", digits, confidence};
        return std::nullopt;
    };
    for (const auto& w : line) {
        const auto d = digits_in(w.text);
        const bool only = !d.empty() && d.size() + 2 >= w.text.size();
        if (!only) {
            if (auto found = whole()) return found;
            digits.clear();
            confidence = 100;
            continue;
        }
        digits += d;
        confidence = std::min(confidence, w.confidence);
    }
    return whole();
}

std::optional<Suggestion> date_in(const Words& words) {
    std::string joined;
    int confidence = 100;
    for (const auto& w : words) {
        joined += w.text + " ";
        if (!digits_in(w.text).empty()) confidence = std::min(confidence, w.confidence);
    }
    std::vector<int> numbers;
    for (size_t at = 0; at < joined.size() && numbers.size() < 3;) {
        if (joined[at] < '0' || joined[at] > '9') {
            ++at;
            continue;
        }
        int n = 0;
        const auto [end, error] = std::from_chars(joined.data() + at, joined.data() + joined.size(), n);
        if (error != std::errc{}) return std::nullopt;
        numbers.push_back(n);
        at = static_cast<size_t>(end - joined.data());
    }
    if (numbers.size() != 3 || numbers[2] < 1900 || numbers[2] > 2100) return std::nullopt;
    const auto day = parse_date(fmt::format("{:04}-{:02}-{:02}", numbers[2], numbers[1], numbers[0]));
    if (!day.ok()) return std::nullopt;
    return Suggestion{"born", to_iso(*day), confidence};
}

bool is_label_line(const Words& line) {
    const auto folded = folded_line(line);
    for (const std::string_view label :
         {"ho va ten", "ho chu dem", "so dinh danh", "ngay sinh", "sinh ngay", "noi thuong tru", "noi cu tru", "noi o",
          "que quan", "dien thoai", "gioi tinh", "quoc tich", "co gia tri", "ngay cap", "dia chi", "kinh gui", "email"})
        if (folded.starts_with(label)) return true;
    return false;
}

}  // namespace

std::vector<std::vector<FoundWord>> lines_of_tsv(std::string_view tsv) {
    std::vector<Words> out;
    std::string last;
    for (const auto& row : text::split(tsv, '\n')) {
        const auto cells = text::split(row, '\t');
        // level page block paragraph line word left top width height confidence text
        if (cells.size() < 12 || cells[0] != "5") continue;
        const auto where = cells[1] + "." + cells[2] + "." + cells[3] + "." + cells[4];
        float sure = -1;
        std::from_chars(cells[10].data(), cells[10].data() + cells[10].size(), sure);
        const auto word = text::trim(cells[11]);
        if (word.empty() || sure < 0) continue;
        if (where != last) out.emplace_back();
        last = where;
        out.back().push_back({word, static_cast<int>(sure)});
    }
    return out;
}

std::vector<Suggestion> suggestions_in(const std::vector<std::vector<FoundWord>>& lines) {
    std::vector<Suggestion> out;
    const auto has = [&](std::string_view field) {
        return std::ranges::any_of(out, [&](const Suggestion& s) { return s.field == field; });
    };
    for (size_t n = 0; n < lines.size(); ++n) {
        const auto& line = lines[n];
        if (!has("id_number"))
            if (auto found = number_in(line)) out.push_back(std::move(*found));
        if (!has("name"))
            if (auto rest = after_label(
                    line, {"ho chu dem va ten nguoi yeu cau", "ho chu dem ten nguoi yeu cau", "ho ten nguoi yeu cau",
                           "ho chu dem va ten khai sinh", "ho chu dem ten", "ho chu dem va ten", "ho va ten khai sinh",
                           "ho va ten nguoi nop", "ho va ten full name", "ho va ten", "ho ten", "toi ten la"})) {
                auto words = until_next_label(std::move(*rest));
                // On a card the name stands on the next line.
                if (words.size() < 2 && n + 1 < lines.size() && !is_label_line(lines[n + 1])) words = lines[n + 1];
                auto s = taken("name", words);
                const bool letters = digits_in(s.text).empty();
                if (letters && text::split(s.text, ' ').size() >= 2 && text::length(s.text) <= 80)
                    out.push_back(std::move(s));
            }
        if (!has("born"))
            if (auto rest =
                    after_label(line, {"ngay thang nam sinh", "ngay sinh", "sinh ngay", "ngay sinh date of birth"}))
                if (auto found = date_in(*rest)) out.push_back(std::move(*found));
        if (!has("address"))
            if (auto rest = after_label(
                    line, {"noi thuong tru", "noi cu tru", "noi o hien tai", "noi o hien nay", "dia chi thuong tru",
                           "dia chi lien he", "dia chi", "noi thuong tru place of residence"})) {
                auto words = until_next_label(std::move(*rest));
                // Addresses run on: the next line belongs to it when it asks nothing itself.
                if (n + 1 < lines.size() && !is_label_line(lines[n + 1]) && !number_in(lines[n + 1]) &&
                    lines[n + 1].size() <= 10 && (words.empty() || words.back().text.ends_with(",")))
                    words.insert(words.end(), lines[n + 1].begin(), lines[n + 1].end());
                auto s = taken("address", words);
                if (text::length(s.text) >= 5 && text::length(s.text) <= 300) out.push_back(std::move(s));
            }
    }
    return out;
}

Recogniser::Recogniser() : tesseract_(find_program("tesseract")), pdftoppm_(find_program("pdftoppm")) {
    // Without Vietnamese it reads a name wrongly with confidence: then it is as if it were not there.
    const bool vietnamese = fs::exists("/usr/share/tesseract-ocr/5/tessdata/vie.traineddata") ||
                            fs::exists("/usr/share/tesseract-ocr/4.00/tessdata/vie.traineddata");
    if (!vietnamese) tesseract_.clear();
}

Result<std::vector<Suggestion>> Recogniser::read(std::string_view bytes) const {
    if (!available())
        return refusal(ErrorKind::unavailable, "recognise.unavailable",
                       "Máy chủ chưa cài phần đọc chữ trên ảnh (tesseract). Hãy nhập tay.",
                       "Text recognition (tesseract) is not installed on the server. Type it in.");
    const auto kind = kind_of(bytes);
    if (!kind || (*kind == Kind::pdf && !reads_pdf()))
        return refusal(ErrorKind::unsupported, "recognise.type",
                       "Chỉ đọc được ảnh PNG, JPEG, WebP hoặc trang đầu của tệp PDF.",
                       "Only PNG, JPEG or WebP pictures and the first page of a PDF can be read.");
    if (!places_.try_acquire_for(std::chrono::seconds{10})) return busy();
    const Place place{places_};
    TRY(const auto folder, ScratchFolder::make("hienluong"));
    fs::path picture = folder.path() / "page";
    if (*kind == Kind::pdf) {
        if (!write_file(folder.path() / "in.pdf", bytes).ok()) return failed();
        if (!run_child({pdftoppm_, "-f", "1", "-l", "1", "-r", "200", "-scale-to", "2600", "-gray", "-png",
                        "-singlefile", "in.pdf", "page"},
                       folder.path(), {}))
            return failed();
        picture = folder.path() / "page.png";
    } else if (!write_file(picture, bytes).ok()) {
        return failed();
    }
    if (!run_child({tesseract_, picture.filename().string(), "out", "-l", "vie", "--psm", "3", "tsv"}, folder.path(),
                   {}))
        return failed();
    const auto tsv = read_file(folder.path() / "out.tsv");
    if (!tsv.ok()) return failed();
    return suggestions_in(lines_of_tsv(*tsv));
}

Result<std::string> Recogniser::page(std::string_view pdf, int number) const {
    if (!reads_pdf())
        return refusal(ErrorKind::unavailable, "recognise.unavailable",
                       "Máy chủ chưa cài phần hiện trang PDF (poppler). Hãy tải tệp về để xem.",
                       "Showing PDF pages (poppler) is not installed on the server. Download the file.");
    if (kind_of(pdf) != Kind::pdf)
        return refusal(ErrorKind::unsupported, "recognise.type", "Tệp này không phải PDF.", "This file is no PDF.");
    if (!places_.try_acquire_for(std::chrono::seconds{10})) return busy();
    const Place place{places_};
    TRY(const auto folder, ScratchFolder::make("hienluong"));
    if (!write_file(folder.path() / "in.pdf", pdf).ok()) return failed();
    const auto n = std::to_string(number);
    if (!run_child({pdftoppm_, "-f", n, "-l", n, "-scale-to", "1600", "-png", "-singlefile", "in.pdf", "page"},
                   folder.path(), {}))
        return refusal(ErrorKind::not_found, "recognise.page", "Tệp không có trang này hoặc không hiện được.",
                       "The file has no such page, or it cannot be shown.");
    auto png = read_file(folder.path() / "page.png");
    if (!png.ok())
        return refusal(ErrorKind::not_found, "recognise.page", "Tệp không có trang này hoặc không hiện được.",
                       "The file has no such page, or it cannot be shown.");
    return png;
}

}  // namespace hl::dossiers
