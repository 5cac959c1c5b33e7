// What the simulated portal keeps besides dossiers: digitised results, which it knows from the dossiers that it was
// sent (and from those that others made, by command), and citizens' questions with their answers. Called inside the
// memory's transaction only.
#pragma once
#include "module.h"

namespace sim::portal {

inline constexpr const char* store_tables =
    "CREATE TABLE IF NOT EXISTS portal_result (owner TEXT NOT NULL, id TEXT NOT NULL, dossier TEXT NOT NULL, record "
    "TEXT NOT NULL, PRIMARY KEY (id));"
    "CREATE TABLE IF NOT EXISTS portal_question (id TEXT PRIMARY KEY, record TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS portal_answer (question TEXT PRIMARY KEY, number INTEGER NOT NULL, record TEXT NOT "
    "NULL, changes INTEGER NOT NULL);";

/// The electronic results of a dossier that was just put, under who owns them; what it no longer names is gone.
void keep_results(Memory& memory, const json::object& dossier);
/// Each result that stands for a paper of the dossier must be of a kind that the store has. Throws Wrong.
void check_replaced(Memory& memory, const json::object& dossier);
/// GetDanhSachKetQua. Throws Wrong.
[[nodiscard]] json::value find_results(Memory& memory, const json::object& body);

/// LayDanhSachHoiDap…: every question, with its answer once it has one.
[[nodiscard]] json::value list_questions(Memory& memory);
/// LayNoiDungTraLoiTheoCauHoi. Throws Wrong.
[[nodiscard]] json::value answers_of(Memory& memory, const json::object& body);
/// DongBo…HoiDap…: a new answer, or another text of one that it has. Throws Wrong.
void put_answer(Memory& memory, const json::object& record, bool updating);
/// What others did there: a question asked (command "question"), one answered at the portal itself ("answer"), a paper
/// laid into the store by somebody else ("result"). False: not a word of these.
[[nodiscard]] bool do_there(Memory& memory, const std::string& word, const json::object& body);
/// A few made-up questions to the unit, one to a unit that nobody knows, and a made-up paper: for demonstrations.
void lay_out_samples(Memory& memory, const std::string& unit);
/// Loses the answer of one question, or results and answers altogether. How many.
int64_t forget_store(Memory& memory, const std::string& key);
/// Every answer: {"question", "changes", "record"}.
[[nodiscard]] json::array list_answers(Memory& memory);

}  // namespace sim::portal
