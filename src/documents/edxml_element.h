// One element of an edXML message, read member by member. Private to the reader; one thread.
#pragma once
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "documents/message.h"
#include "documents/xml.h"

namespace hl::documents {

inline constexpr size_t longest_text = 4000;
inline constexpr size_t most_repeats = 2000;

/// One element read member by member, in any order (senders do not agree on it): what is missing, doubled, unknown or
/// wrong is noted with its path, and reading goes on.
class Element {
  public:
    Element(const xmlNode* node, std::string path, std::vector<Error>& mistakes)
        : node_(node), path_(std::move(path)), mistakes_(mistakes) {}

    [[nodiscard]] explicit operator bool() const { return node_ != nullptr; }
    [[nodiscard]] const xmlNode* node() const { return node_; }
    [[nodiscard]] const std::string& path() const { return path_; }

    [[nodiscard]] std::vector<Element> all(std::string_view name) {
        known_.emplace_back(name);
        std::vector<Element> out;
        for (const auto* n = xml::first_element(node_); n; n = xml::next_element(n)) {
            if (!xml::is(n, xml::edxml, name)) continue;
            const auto suffix = out.empty() ? std::string{} : fmt::format("[{}]", out.size() + 1);
            if (out.size() == most_repeats) {
                note("edxml.too_many", path_, fmt::format("quá nhiều {}", name), fmt::format("too many {}", name));
                break;
            }
            out.emplace_back(n, fmt::format("{}/{}{}", path_, name, suffix), mistakes_);
        }
        return out;
    }
    [[nodiscard]] Element one(std::string_view name, bool required) {
        auto found = all(name);
        if (found.size() > 1)
            note("edxml.doubled", found[1].path(), "phần tử này chỉ được có một lần", "this may be there only once");
        if (!found.empty()) return found.front();
        if (required)
            note("edxml.missing", fmt::format("{}/{}", path_, name), "thiếu phần tử bắt buộc này",
                 "this required element is missing");
        return {nullptr, fmt::format("{}/{}", path_, name), mistakes_};
    }
    [[nodiscard]] std::string text(std::string_view name, bool required = false, size_t longest = longest_text) {
        return one(name, required).own_text(required, longest);
    }
    [[nodiscard]] std::optional<int> number(std::string_view name, int from, int to, bool required = false) {
        const auto raw = text(name, required, 20);
        if (raw.empty()) return std::nullopt;
        int value = -1;
        const auto [end, ec] = std::from_chars(raw.data(), raw.data() + raw.size(), value);
        if (ec != std::errc{} || end != raw.data() + raw.size() || value < from || value > to) {
            note("edxml.number", fmt::format("{}/{}", path_, name), fmt::format("phải là số từ {} đến {}", from, to),
                 fmt::format("must be a number from {} to {}", from, to));
            return std::nullopt;
        }
        return value;
    }
    [[nodiscard]] std::optional<bool> flag(std::string_view name) {
        const auto value = number(name, 0, 1);
        return value ? std::optional{*value == 1} : std::nullopt;
    }
    [[nodiscard]] std::optional<Date> date(std::string_view name, bool required = false) {
        const auto raw = text(name, required, 20);
        if (raw.empty()) return std::nullopt;
        auto value = parse_edxml_date(raw);
        if (!value)
            note("edxml.date", fmt::format("{}/{}", path_, name), "phải là ngày dạng 2026/11/28",
                 "must be a date like 2026/11/28");
        return value;
    }
    [[nodiscard]] std::optional<Instant> time(std::string_view name) {
        const auto raw = text(name, true, 30);
        if (raw.empty()) return std::nullopt;
        auto value = parse_edxml_time(raw);
        if (!value)
            note("edxml.time", fmt::format("{}/{}", path_, name), "phải là thời điểm dạng 2026/11/28 08:05:09",
                 "must be a time like 2026/11/28 08:05:09");
        return value;
    }
    /// What nobody asked for is not passed over: it could be what the sender meant most.
    void finish() {
        if (!node_) return;
        for (const auto* n = xml::first_element(node_); n; n = xml::next_element(n)) {
            if (n->ns && xml::view(n->ns->href) == xml::edxml &&
                std::ranges::find(known_, xml::name(n)) != known_.end())
                continue;
            if (xml::is(n, xml::ds, "Signature") && xml::name(node_) == "edXMLHeader") continue;
            note("edxml.unknown_element", fmt::format("{}/{}", path_, xml::name(n)),
                 "phần tử này không có trong QCVN 102", "QCVN 102 has no such element here");
        }
        for (const auto* n = node_->children; n; n = n->next)
            if (n->type == XML_TEXT_NODE && !text::trim(xml::view(n->content)).empty()) {
                note("edxml.stray_text", path_, "có chữ nằm ngoài phần tử con", "there is text between its elements");
                break;
            }
    }
    void note(std::string code, std::string at, std::string_view vi, std::string_view en) {
        if (mistakes_.size() >= 200) return;
        Error error{ErrorKind::invalid, std::move(code),
                    fmt::format("{}: {}. Đề nghị bên gửi sửa rồi gửi lại.", at, vi),
                    fmt::format("{}: {}. The sender must correct it and send again.", at, en)};
        mistakes_.push_back(std::move(error).pointing(std::move(at)));
    }
    [[nodiscard]] std::string own_text(bool required, size_t longest) {
        if (!node_) return {};
        if (xml::first_element(node_))
            note("edxml.not_text", path_, "phải là chữ, không chứa phần tử khác", "must be text without elements");
        auto value = text::trim(xml::text(node_));
        if (value.size() > longest) {
            note("edxml.too_long", path_, fmt::format("dài quá {} byte", longest),
                 fmt::format("is longer than {} bytes", longest));
            value.clear();
        }
        if (value.empty() && required) note("edxml.missing", path_, "bị bỏ trống", "is empty");
        return value;
    }

  private:
    const xmlNode* node_;
    std::string path_;
    std::vector<Error>& mistakes_;
    std::vector<std::string> known_;
};

}  // namespace hl::documents
