// Reading a scanned form: tesseract with Vietnamese (Debian's) finds text on a picture or on the first page of a PDF,
// and what looks like a name, a number, a date of birth, an address is offered to the clerk as a suggestion. A person
// confirms each; nothing is stored, nothing is filled in by itself. Any thread; blocks while the programs run.
#pragma once
#include <memory>
#include <optional>
#include <semaphore>
#include <string>
#include <vector>

#include "base/result.h"

namespace hl::dossiers {

struct Suggestion {
    std::string field;   // id_number | name | born | address
    std::string text;    // born: ISO
    int confidence = 0;  // 0..100: the least sure word of it
};
/// One word as tesseract found it.
struct FoundWord {
    std::string text;
    int confidence = 0;
};
/// Lines of tesseract's table of words (its `tsv` output), from top to bottom.
[[nodiscard]] std::vector<std::vector<FoundWord>> lines_of_tsv(std::string_view tsv);
/// What stands after the labels of Vietnamese forms and cards ("Họ và tên:", "Số định danh:", "Ngày sinh:",
/// "Nơi thường trú:").
[[nodiscard]] std::vector<Suggestion> suggestions_in(const std::vector<std::vector<FoundWord>>& lines);

class Recogniser {
  public:
    static constexpr size_t most_bytes = 12u << 20;
    Recogniser();  // looks for the programs
    /// Is tesseract with Vietnamese on this machine.
    [[nodiscard]] bool available() const { return !tesseract_.empty(); }
    [[nodiscard]] bool reads_pdf() const { return !pdftoppm_.empty(); }
    /// Errors: recognise.unavailable (not installed), recognise.type, recognise.busy, recognise.failed.
    [[nodiscard]] Result<std::vector<Suggestion>> read(std::string_view bytes) const;
    /// A page of a PDF as a PNG, for looking at it without letting the PDF into the browser. Pages count from 1.
    /// Errors: as read, and recognise.page (there is no such page).
    [[nodiscard]] Result<std::string> page(std::string_view pdf, int number) const;

  private:
    std::string tesseract_, pdftoppm_;
    // Two at a time: the machine serves people, too.
    mutable std::counting_semaphore<8> places_{2};
};

}  // namespace hl::dossiers
