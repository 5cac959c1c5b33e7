// HTML of the portal: templates and texts read once at start, filled with data that is escaped by the engine. Rendering
// is safe on any thread. Times are printed in the province's zone, numbers as Vietnamese readers write them.
#pragma once
#include <filesystem>
#include <kainjow/mustache.hpp>
#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "http/message.h"

namespace hl::portal {

using Data = kainjow::mustache::data;

/// A demonstration account, named on the front page of a demonstration only.
struct DemoAccount {
    std::string login, password, what;
};

class Pages {
  public:
    /// Reads every template and both dictionaries. Errors: portal.template, portal.texts (a key that one language
    /// lacks).
    /// With `demo`, every page says that this is a demonstration and the front page names the accounts.
    [[nodiscard]] static Result<std::shared_ptr<const Pages>> load(const std::filesystem::path& folder,
                                                                   std::vector<DemoAccount> demo = {});

    /// "vi" or "en": what the address says, else what was chosen before, else Vietnamese.
    [[nodiscard]] static std::string language(const http::Request& request);
    /// A text by key; a missing key gives the key itself, so that nothing fails because of a word.
    [[nodiscard]] const std::string& text(const std::string& language, const std::string& key) const;
    /// The page `name` inside the layout. `data` may hold anything but "t" and "page".
    [[nodiscard]] http::Response page(const http::Request& request, const std::string& name, const std::string& title,
                                      Data data, int status = 200) const;
    /// What went wrong and what to do, as a page.
    [[nodiscard]] http::Response problem(const http::Request& request, const Error& error) const;

  private:
    using Texts = std::map<std::string, std::string>;
    std::map<std::string, std::string> templates_;
    std::map<std::string, Texts> texts_;
    std::map<std::string, Data> text_data_;
    std::vector<DemoAccount> demo_;
    bool islands_ = false;  // the script that helps where it can is there
};

/// "1.234.567"
[[nodiscard]] std::string number_text(int64_t n);
/// "96,1 %" of `part` in `whole`; empty when there is no whole.
[[nodiscard]] std::string percent_text(int64_t part, int64_t whole);
[[nodiscard]] std::string money_text(int64_t dong);

}  // namespace hl::portal
