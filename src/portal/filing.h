// Filing a dossier page by page. What was said so far is the draft's body (web/portal/README.md); the steps follow from
// the procedure's release and the answers so far. Private to the room.
#pragma once
#include "portal/fields.h"
#include "portal/portal_pages.h"
#include "procedures/catalogue.h"

namespace hl::portal {

struct Step {
    enum class Kind { question, applicant, place, paper, check };
    Kind kind = Kind::question;
    std::string path;  // after /nop/{code}/{draft}/
    std::string title;
    const procedures::FormProperty* property = nullptr;
    const procedures::Component* component = nullptr;
};

/// One draft, opened for the person at the page.
struct Opened {
    dossiers::Context ctx;
    Instant now;
    std::string lang;
    dossiers::Draft draft;
    procedures::ReleasePtr release;
    std::shared_ptr<const procedures::FormSchema> schema;
    std::optional<procedures::Decision> decision;  // nothing until the answers decide it
    std::vector<Step> steps;

    [[nodiscard]] const json::object& answers() const;
    [[nodiscard]] json::object section(std::string_view key) const;  // "applicant", "papers"
    [[nodiscard]] std::string base() const;                          // "/nop/{code}/{draft}/"
    [[nodiscard]] const Step* step(std::string_view path) const;
    [[nodiscard]] const Step& after(const Step& step) const;
    [[nodiscard]] const Step* before(const Step& step) const;
    [[nodiscard]] bool answered(const Step& step) const;
    [[nodiscard]] std::string name() const;  // of the procedure, in the page's language
    [[nodiscard]] std::vector<const dossiers::File*> files_of(std::string_view component) const;
    [[nodiscard]] dossiers::Filing filing() const;
};
/// Errors: draft.not_found, procedure.*, form.*.
[[nodiscard]] Result<Opened> open_draft(const Portal& portal, const http::Request& request, const Visitor& visitor);
/// The page when it could not be opened: strangers may sign in, others learn that there is no such draft.
[[nodiscard]] http::Response not_opened(const Portal& portal, const http::Request& request, const Visitor& visitor,
                                        const Error& error);
/// A page of a draft: the drafts of before the sign-in are taken in, this one is opened, and `page` makes it.
template <class Page>
[[nodiscard]] http::Response with_draft(const Portal& portal, const http::Request& request, Visitor& visitor,
                                        Page page) {
    adopt_drafts(portal, visitor, request);
    const auto opened = open_draft(portal, request, visitor);
    return opened.ok() ? page(*opened) : not_opened(portal, request, visitor, opened.error());
}
/// A form sent for a draft. Who is nobody any more signs in again and loses nothing of what he typed.
template <class Taken>
[[nodiscard]] http::Response with_sent_draft(const Portal& portal, const http::Request& request, Visitor& visitor,
                                             const Form& form, Taken taken) {
    const auto opened = open_draft(portal, request, visitor);
    if (opened.ok()) return taken(*opened);
    if (opened.error().code == "draft.not_found" && !visitor.citizen())
        return sign_in_again(portal, request, visitor, form);
    return not_opened(portal, request, visitor, opened.error());
}
/// Answers of questions that are asked no more go: nobody should file what he can no longer see.
[[nodiscard]] json::object pruned(const procedures::FormSchema& schema, json::object answers);
/// Changes the newest body and saves it. `change` may refuse. Errors: its own, and of save_draft.
[[nodiscard]] Result<void> change_draft(const Portal& portal, const Visitor& visitor, const Opened& opened,
                                        const std::function<Result<void>(json::object& body)>& change);
/// A mark of a value, to see whether it changed since a page was made.
[[nodiscard]] std::string mark_of(const json::value* value);
[[nodiscard]] Error changed_elsewhere();

/// What the pages of all steps share: the procedure, the way so far, the link back.
[[nodiscard]] Data step_data(const Portal& portal, const http::Request& request, const Visitor& visitor,
                             const Opened& opened, const Step& step);
/// Where to go when a step is done: on, back to the check, or away for now.
[[nodiscard]] http::Response step_done(const Portal& portal, const http::Request& request, const Visitor& visitor,
                                       const Form& form, const Step& step);

// One place for each step's pages.
[[nodiscard]] http::Response applicant_page(const Portal&, const http::Request&, Visitor&);
[[nodiscard]] http::Response applicant_sent(const Portal&, const http::Request&, Visitor&, const Form&);
[[nodiscard]] http::Response place_page(const Portal&, const http::Request&, Visitor&);
[[nodiscard]] http::Response place_sent(const Portal&, const http::Request&, Visitor&, const Form&);
[[nodiscard]] http::Response paper_page(const Portal&, const http::Request&, Visitor&);
[[nodiscard]] http::Response paper_sent(const Portal&, const http::Request&, Visitor&, const Form&);
[[nodiscard]] http::Response check_page(const Portal&, const http::Request&, Visitor&);
[[nodiscard]] http::Response check_sent(const Portal&, const http::Request&, Visitor&, const Form&);

/// What files a citizen may send, for hints and `accept`.
[[nodiscard]] std::string accepted_files(const dossiers::FileRules& rules);
[[nodiscard]] Data files_data(const std::vector<const dossiers::File*>& files, const std::string& base);

}  // namespace hl::portal
