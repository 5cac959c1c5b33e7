// The configuration's JSON read back to the letter: nothing is normalised (identifiers are compared byte by byte), an
// unknown member is an error (it could have been a restriction), and what contradicts itself is refused whole.
#include "base/json.h"
#include "exchange/protocol/metaservices.h"
#include "exchange/protocol/percent.h"
#include "exchange/registry/configuration.h"

namespace hl::exchange {

namespace {

constexpr size_t most_items = 200'000;
constexpr size_t longest_text = 4000;
constexpr size_t largest_certificate = 64u << 10;
constexpr int64_t longest_period = int64_t{366} * 24 * 3600;

/// The first mistake, for the whole document.
struct Mistake {
    std::string what;
    void say(std::string_view at, std::string_view why) {
        if (what.empty()) what = fmt::format("{}: {}", at.empty() ? "/" : at, why);
    }
};

/// One object's members, each asked for once; `close` refuses those that nobody asked for.
class Fields {
  public:
    Fields(const json::value& value, std::string at, Mistake& mistake) : at_(std::move(at)), mistake_(mistake) {
        if (value.is_object())
            object_ = &value.get_object();
        else
            mistake_.say(at_, "an object is wanted");
    }
    ~Fields() {
        if (object_ != nullptr && asked_ != object_->size()) mistake_.say(at_, "a member that is not known here");
    }
    Fields(const Fields&) = delete;
    Fields& operator=(const Fields&) = delete;

    void wrong(std::string_view key, std::string_view why) { mistake_.say(fmt::format("{}/{}", at_, key), why); }

    const json::value* find(std::string_view key) {
        const auto* value = object_ == nullptr ? nullptr : object_->if_contains(key);
        if (value != nullptr) ++asked_;
        return value;
    }
    std::optional<std::string> optional_text(std::string_view key) {
        const auto* value = find(key);
        if (value == nullptr) return std::nullopt;
        return text_of(*value, key);
    }
    std::string text(std::string_view key) {
        auto out = optional_text(key);
        if (!out || out->empty()) wrong(key, "a text that is not empty is wanted");
        return std::move(out).value_or("");
    }
    int64_t integer(std::string_view key, int64_t least, int64_t most) {
        const auto* value = find(key);
        if (value != nullptr && value->is_int64() && value->get_int64() >= least && value->get_int64() <= most)
            return value->get_int64();
        wrong(key, fmt::format("an integer from {} to {} is wanted", least, most));
        return least;
    }
    bool boolean(std::string_view key) {
        const auto* value = find(key);
        if (value != nullptr && value->is_bool()) return value->get_bool();
        wrong(key, "true or false is wanted");
        return false;
    }
    template <class Parse>
    auto parsed(std::string_view key, const Parse& parse) -> typename decltype(parse(""))::value_type {
        return parsed_text(text(key), key, parse);
    }
    template <class Parse>
    auto parsed_text(const std::string& text, std::string_view key, const Parse& parse) ->
        typename decltype(parse(""))::value_type {
        auto out = parse(text);
        if (out.ok()) return *std::move(out);
        wrong(key, out.error().en);
        return {};
    }
    /// Each item of a list that may be missing.
    template <class F>
    void each(std::string_view key, const F& visit) {
        const auto* value = find(key);
        if (value == nullptr) return;
        if (!value->is_array() || value->get_array().size() > most_items) return wrong(key, "a list is wanted");
        size_t i = 0;
        for (const auto& item : value->get_array()) visit(item, fmt::format("{}/{}/{}", at_, key, i++));
    }
    std::vector<std::string> texts(std::string_view key) {
        std::vector<std::string> out;
        each(key, [&](const json::value& item, const std::string&) { out.push_back(text_of(item, key)); });
        return out;
    }
    template <class Id, class Parse>
    std::vector<Id> ids(std::string_view key, const Parse& parse) {
        std::vector<Id> out;
        for (const auto& text : texts(key)) out.push_back(parsed_text(text, key, parse));
        no_twice(out, key);
        return out;
    }
    std::vector<std::string> hashes(std::string_view key) {
        auto out = texts(key);
        for (const auto& hash : out)
            if (hash.size() != 64 || hash.find_first_not_of("0123456789abcdef") != std::string::npos)
                wrong(key, "lower-case hex of a SHA-256 is wanted");
        no_twice(out, key);
        return out;
    }
    std::string bytes_of(const std::string& text, std::string_view key) {
        auto out = crypto::from_base64(text);
        if (!out || out->empty() || out->size() > largest_certificate) wrong(key, "a certificate in base64 is wanted");
        return std::move(out).value_or("");
    }
    std::vector<std::string> all_bytes(std::string_view key) {
        std::vector<std::string> out;
        each(key, [&](const json::value& item, const std::string&) {
            const auto* s = item.if_string();
            out.push_back(bytes_of(s != nullptr ? std::string(*s) : "", key));
        });
        return out;
    }
    /// A certificate's base64 is longer than other texts.
    std::string bytes(std::string_view key) {
        const auto* value = find(key);
        const auto* s = value != nullptr ? value->if_string() : nullptr;
        return bytes_of(s != nullptr ? std::string(*s) : "", key);
    }

  private:
    std::string text_of(const json::value& value, std::string_view key) {
        if (!value.is_string() || value.get_string().size() > longest_text ||
            has_control_characters(std::string_view{value.get_string()})) {
            wrong(key, "a text without control characters is wanted");
            return {};
        }
        return std::string{value.get_string()};
    }
    template <class T>
    void no_twice(std::vector<T> list, std::string_view key) {
        std::sort(list.begin(), list.end());
        if (std::adjacent_find(list.begin(), list.end()) != list.end()) wrong(key, "something stands here twice");
    }

    const json::object* object_ = nullptr;
    std::string at_;
    Mistake& mistake_;
    size_t asked_ = 0;
};

bool is_endpoint(const Endpoint& e) {
    const bool method =
        e.method == "*" || (!e.method.empty() && e.method.size() <= 20 &&
                            std::all_of(e.method.begin(), e.method.end(), [](char c) { return c >= 'A' && c <= 'Z'; }));
    return method && (e.path == "**" || e.path.starts_with('/'));
}

Endpoint read_endpoint(Fields& in) {
    Endpoint out{in.text("method"), in.text("path")};
    if (!is_endpoint(out)) in.wrong("path", "a method (or *) and a path from / (or **) are wanted");
    return out;
}

MemberEntry read_member(Fields& in) {
    MemberEntry out{in.parsed("id", parse_client), in.text("name"), in.hashes("certificates")};
    if (!out.id.subsystem.empty() && !out.signing_certificates.empty())
        in.wrong("certificates", "members sign, subsystems do not");
    return out;
}

ServerEntry read_server(Fields& in) {
    ServerEntry out;
    out.id = in.parsed("id", parse_server);
    out.address = in.text("address");
    out.certificates = in.hashes("certificates");
    out.clients = in.ids<ClientId>("clients", parse_client);
    if (auto notice = in.optional_text("maintenance")) {
        out.maintenance = true;
        out.maintenance_notice = *std::move(notice);
    }
    return out;
}

ServiceEntry read_service(Fields& in) {
    ServiceEntry out;
    out.id = in.parsed("id", parse_service);
    if (is_metaservice(out.id.code)) in.wrong("id", "the code of a metaservice names no service");
    const auto type = service_type_from(in.text("type"));
    if (!type) in.wrong("type", "REST, OPENAPI3 or SOAP is wanted");
    out.type = type.value_or(ServiceType::rest);
    out.title = in.optional_text("title").value_or("");
    in.each("endpoints", [&](const json::value& item, const std::string&) {
        Mistake mistake;
        {
            Fields endpoint(item, "", mistake);
            out.endpoints.push_back(read_endpoint(endpoint));
        }
        if (!mistake.what.empty()) in.wrong("endpoints", mistake.what);
    });
    out.servers = in.ids<ServerId>("servers", parse_server);
    if (auto notice = in.optional_text("disabled")) {
        out.enabled = false;
        out.disabled_notice = *std::move(notice);
    }
    return out;
}

Right read_right(Fields& in) {
    Right out;
    out.id = in.text("id");
    const auto subject = in.optional_text("subject");
    out.group = in.optional_text("group").value_or("");
    if (subject.has_value() == !out.group.empty())
        in.wrong("subject", "either a subject or a group is wanted");
    else if (subject)
        out.subject = in.parsed_text(*subject, "subject", parse_client);
    out.service = in.parsed("service", parse_service);
    out.endpoint = read_endpoint(in);
    out.from = in.parsed("from", parse_date);
    if (const auto to = in.optional_text("to")) {
        out.to = in.parsed_text(*to, "to", parse_date);
        if (*out.to < out.from) in.wrong("to", "the last day comes before the first");
    }
    out.basis = in.text("basis");
    return out;
}

AuthorityEntry read_authority(Fields& in) {
    AuthorityEntry out;
    out.name = in.text("name");
    out.certificate = in.bytes("certificate");
    out.intermediates = in.all_bytes("intermediates");
    out.signing = in.boolean("signing");
    out.authentication = in.boolean("authentication");
    out.ocsp_urls = in.texts("ocsp_urls");
    out.ocsp_responders = in.all_bytes("ocsp_responders");
    return out;
}

TimeStamperEntry read_time_stamper(Fields& in) {
    return {in.text("name"), in.bytes("certificate"), in.text("url")};
}

template <class T, class Read>
void read_list(Fields& in, std::string_view key, Mistake& mistake, std::vector<T>& out, const Read& read) {
    in.each(key, [&](const json::value& item, const std::string& at) {
        Fields fields(item, at, mistake);
        out.push_back(read(fields));
    });
}

template <class T, class Key>
void all_differ(const std::vector<T>& list, const Key& key, std::string_view what, Mistake& mistake) {
    std::set<std::remove_cvref_t<decltype(key(list.front()))>> seen;
    for (const auto& item : list)
        if (!seen.insert(key(item)).second) return mistake.say(what, "something stands here twice");
}

/// Two servers with one certificate, or two members with one signature, could not be told apart.
void judge(const Configuration& c, Mistake& mistake) {
    all_differ(
        c.members, [](const auto& m) { return m.id; }, "/members", mistake);
    all_differ(
        c.servers, [](const auto& s) { return s.id; }, "/servers", mistake);
    all_differ(
        c.services, [](const auto& s) { return s.id; }, "/services", mistake);
    all_differ(
        c.rights, [](const auto& r) { return r.id; }, "/rights", mistake);
    std::set<std::string> certificates;
    for (const auto& s : c.servers)
        for (const auto& hash : s.certificates)
            if (!certificates.insert(hash).second) mistake.say("/servers", "two servers have one certificate");
    for (const auto& m : c.members)
        for (const auto& hash : m.signing_certificates)
            if (!certificates.insert(hash).second)
                mistake.say("/members", "a signing certificate is somebody else's too");
    if (c.expires <= c.issued) mistake.say("/expires", "it must come after issued");
}

}  // namespace

Result<Configuration> configuration_from_json(std::string_view text) {
    Mistake mistake;
    Configuration c;
    TRY(const auto value, parse_json(text));
    {
        Fields in(value, "", mistake);
        c.number = in.integer("number", 1, int64_t{1} << 53);
        c.instance = in.text("instance");
        c.issued = in.parsed("issued", parse_rfc3339);
        c.expires = in.parsed("expires", parse_rfc3339);
        if (const auto* classes = in.find("classes"); classes != nullptr && classes->is_object()) {
            for (const auto& [code, title] : classes->get_object()) {
                if (!title.is_string()) mistake.say("/classes", "texts are wanted");
                c.classes[code] = title.is_string() ? std::string{title.get_string()} : "";
            }
        } else {
            mistake.say("/classes", "an object is wanted");
        }
        read_list(in, "members", mistake, c.members, read_member);
        read_list(in, "servers", mistake, c.servers, read_server);
        read_list(in, "services", mistake, c.services, read_service);
        read_list(in, "rights", mistake, c.rights, read_right);
        in.each("groups", [&](const json::value& item, const std::string& at) {
            Fields group(item, at, mistake);
            const auto code = group.text("code");
            if (c.groups.contains(code)) group.wrong("code", "this group stands here twice");
            if (auto title = group.optional_text("title"); title && !title->empty())
                c.group_titles[code] = *std::move(title);
            c.groups[code] = group.ids<ClientId>("members", parse_client);
        });
        read_list(in, "authorities", mistake, c.authorities, read_authority);
        read_list(in, "time_stampers", mistake, c.time_stampers, read_time_stamper);
        c.ocsp_freshness = std::chrono::seconds{in.integer("ocsp_freshness", 1, longest_period)};
        c.stamp_interval = std::chrono::seconds{in.integer("stamp_interval", 1, longest_period)};
        c.stamp_failure_period = std::chrono::seconds{in.integer("stamp_failure_period", 1, longest_period)};
        c.require_ocsp = in.boolean("require_ocsp");
    }
    judge(c, mistake);
    if (mistake.what.empty()) return c;
    return Error{ErrorKind::malformed, "exchange.configuration",
                 "Cấu hình của nền tảng trao đổi sai cấu trúc. Hãy dùng cổng kết nối cùng phiên bản với nơi đăng ký.",
                 fmt::format("The exchange's configuration breaks its rules ({}). Use a gateway of the registry's "
                             "version.",
                             mistake.what)};
}

}  // namespace hl::exchange
