// Who stands before a page: a citizen who is signed in, or a stranger known by a random key of his browser; and the
// forms he sends, taken only with their anti-forgery mark. Private to the room; values, any thread.
#pragma once
#include "dossiers/drafts.h"
#include "dossiers/throttle.h"
#include "portal/portal.h"

namespace hl::portal {

/// The parts and what the pages remember in memory.
struct Portal : PortalParts {
    explicit Portal(PortalParts parts) : PortalParts(std::move(parts)) {}
    mutable dossiers::Throttle begun{30, std::chrono::minutes{60}};  // drafts of one address without an account
};

struct Visitor {
    access::Actor actor;                    // a citizen, or anonymous: an officer's session means nothing here
    bool staff = false;                     // an officer is signed in in this browser
    bool lapsed = false;                    // there is a session, but it has ended or is locked
    std::string key;                        // of this browser
    bool fresh = false;                     // the key was made just now
    std::string csrf;                       // for the forms of this page
    std::vector<std::string> accepted;      // marks a form may bring: this session's and this browser's
    std::vector<dossiers::DraftId> drafts;  // begun in this browser without an account
    std::vector<http::Header> cookies;      // to be set with the answer

    [[nodiscard]] bool citizen() const { return actor.kind == access::ActorKind::citizen; }
    [[nodiscard]] dossiers::DraftHolder holder() const;
};
/// Errors: store.unavailable.
[[nodiscard]] Result<Visitor> visitor_of(const Portal& portal, const http::Request& request);
void remember_drafts(Visitor& visitor, const http::Request& request);
/// The citizen's drafts of before he signed in become his account's.
void adopt_drafts(const Portal& portal, Visitor& visitor, const http::Request& request);

struct SentFile {
    std::string name;
    std::string_view bytes;  // lies in the request
};
struct Form {
    std::multimap<std::string, std::string, std::less<>> fields;
    std::vector<SentFile> files;                                 // only those that were chosen
    [[nodiscard]] std::string get(std::string_view name) const;  // the first; empty when absent
    [[nodiscard]] bool has(std::string_view name) const { return fields.contains(name); }
    [[nodiscard]] json::object kept() const;  // all but the mark, to be sent again
};
/// Of both encodings that browsers send. Errors: http.media_type, form.malformed, form.too_large.
[[nodiscard]] Result<Form> read_form(const http::Request& request);
/// Does the form carry one of the visitor's marks, and did no other site send it. Errors: access.csrf.
[[nodiscard]] Result<void> check_mark(const Visitor& visitor, const Form& form, const http::Request& request);

/// A path of ours, or "/ho-so": what a link from outside says where to go on is not believed further.
[[nodiscard]] std::string local_path(std::string_view typed);
[[nodiscard]] http::Response redirect(const std::string& where);
[[nodiscard]] http::Response to_sign_in(const http::Request& request);
/// What every personal page has: the visitor's name and the mark of its forms.
[[nodiscard]] Data data_for(const Visitor& visitor);
[[nodiscard]] Result<void> log_read(const Portal& portal, const Visitor& visitor, const http::Request& request,
                                    std::string what, const SubjectId& subject, std::string purpose);

/// Sets a text; an empty one is "not there" to the templates.
inline void put(Data& data, const std::string& key, const std::string& text) {
    data.set(key, text.empty() ? Data{Data::type::bool_false} : Data{text});
}

/// Lines of an error summary: what is wrong, and the control that it is about.
struct Fault {
    std::string text;
    std::string link;  // "#child_name", or a path
};
void set_faults(Data& data, const std::vector<Fault>& faults);
[[nodiscard]] inline const std::string& in(const std::string& lang, const Error& e) {
    return lang == "en" ? e.en : e.vi;
}

}  // namespace hl::portal
