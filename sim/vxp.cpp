// The document axis' node, from the shapes in domain notes §5.2–5.3 (VXP REST, edXML of QCVN 102:2016): takes edXML in,
// gives it to the systems of its receivers, remembers both. Strict: headers signed by the system's secret, time within
// five minutes, hash of the file, schema, XML signature (by the xmlsec1 tool), sender's code of the sending system, a
// status only about a document that went through here.
//   options: secret, systems ("quangtri=H50,vpcp=G22": who answers for which codes and those below), schema
//            (edxml.xsd), anchor (PEM; without it signatures are not looked at)
//   POST /control/vxp/do/deliver {"system", "from", "kind": "edoc"|"status", "edxml"}   puts anything into an inbox
//   POST /control/vxp/do/inbox   {"system"}                                             what waits there
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <openssl/crypto.h>

#include <cstdlib>
#include <ctime>
#include <mutex>
#include <set>

#include "vxp_message.h"

namespace sim {

namespace {

std::string text(const json::object& o, std::string_view name) {
    const auto* v = o.if_contains(name);
    if (v && v->is_string()) return std::string{v->get_string()};
    return {};
}
class Vxp final : public Module {
  public:
    explicit Vxp(Ground ground) : ground_(std::move(ground)) {
        xmlInitParser();
        secret_ = ground_.option("secret", "mat-khau-thu");
        anchor_ = ground_.option("anchor", "");
        std::string systems = ground_.option("systems", "quangtri=H50,vpcp=G22") + ",";
        for (size_t at = 0, comma; (comma = systems.find(',', at)) != std::string::npos; at = comma + 1) {
            const auto one = systems.substr(at, comma - at);
            if (const auto equals = one.find('='); equals != std::string::npos)
                systems_[one.substr(equals + 1)] = one.substr(0, equals);
        }
        if (const auto file = ground_.option("schema", ""); !file.empty()) {
            auto* context = xmlSchemaNewParserCtxt(file.c_str());
            schema_.reset(xmlSchemaParse(context));
            xmlSchemaFreeParserCtxt(context);
        }
        ground_.memory.script(
            "CREATE TABLE IF NOT EXISTS vxp_message (key TEXT PRIMARY KEY, kind TEXT, document_id TEXT, sender TEXT, "
            "code TEXT, hash TEXT, bytes TEXT, times INTEGER);"
            "CREATE TABLE IF NOT EXISTS vxp_inbox (id INTEGER PRIMARY KEY AUTOINCREMENT, system TEXT, sender TEXT, "
            "kind "
            "TEXT, bytes TEXT, state TEXT, reason TEXT);");
    }
    std::string name() const override { return "vxp"; }
    std::string what() const override { return "the document axis (edXML over VXP REST)"; }

    Reply answer(const Request& r) override {
        try {
            const auto system = authenticate(r);
            if (r.path == "/sendEdoc") return send(r, system);
            const auto value = r.body.empty() ? json::value(json::object{}) : json::parse(r.body);
            const auto& body = value.as_object();
            if (r.path == "/getReceivedEdocList") return list(body, system);
            if (r.path == "/getEdoc" || r.path == "/downloadEdoc") return get(body, system);
            if (r.path == "/updateStatus") return update(body, system);
            if (r.path == "/getSentEdocList") return sent(body);
            if (r.path == "/countReceiveEdoc") return count("edoc", system);
            if (r.path == "/countReceiveStatus") return count("status", system);
            if (r.path == "/getAgenciesList" || r.path == "/getAgenciesListQD20") return agencies();
            if (r.path == "/registerAgency") return said("0", "");
            return said("404", "no such operation", 404);
        } catch (const Refusal& refusal) {
            return said(refusal.code, refusal.why, refusal.code == "401" ? 401 : 200);
        } catch (const std::exception& e) {
            return said("10", e.what(), 400);
        }
    }
    Reply lie(const Request& r) override {
        // Says that it has it and keeps nothing; a list that is empty; a file that is another.
        if (r.path == "/getEdoc") return {200, "<edXML/>", "application/xml", {{"hash-file", sha256_of("<edXML/>")}}};
        if (r.path == "/getReceivedEdocList") return reply_json({{"ErrorCode", "0"}, {"data", json::array{}}});
        return said("0", "");
    }
    Reply refuse(const Request&) override { return said("99", "refused"); }
    int64_t forget(const std::string& key) override {
        return ground_.memory.transaction([&] {
            const auto rows = ground_.memory.run("SELECT key FROM vxp_message WHERE ? = '' OR key = ?", {key, key});
            ground_.memory.run("DELETE FROM vxp_message WHERE ? = '' OR key = ?", {key, key});
            return static_cast<int64_t>(rows.size());
        });
    }
    bool alter(const std::string&, const std::string&, const json::value&) override { return false; }
    json::object holdings(const std::string& after, int limit) override {
        json::array items;
        ground_.memory.transaction([&] {
            for (const auto& row : ground_.memory.run("SELECT key, kind, document_id, sender, code, hash, times FROM "
                                                      "vxp_message WHERE key > ? ORDER BY key LIMIT ?",
                                                      {after, static_cast<int64_t>(limit)}))
                items.push_back(json::object{{"key", text_of(row[0])},
                                             {"kind", text_of(row[1])},
                                             {"document_id", text_of(row[2])},
                                             {"from", text_of(row[3])},
                                             {"code", text_of(row[4])},
                                             {"hash", text_of(row[5])},
                                             {"times", number_of(row[6])}});
        });
        const bool more = static_cast<int>(items.size()) == limit;
        json::value next = more ? items.back().as_object().at("key") : json::value();
        return {{"items", std::move(items)}, {"next", std::move(next)}};
    }
    std::optional<json::value> command(const std::string& word, const json::value& body) override {
        const auto& o = body.as_object();
        if (word == "deliver")
            return ground_.memory.transaction([&] {
                ground_.memory.run(
                    "INSERT INTO vxp_inbox (system, sender, kind, bytes, state, reason) VALUES (?, ?, ?, ?, "
                    "'initial', '')",
                    {text(o, "system"), text(o, "from"), text(o, "kind"), text(o, "edxml")});
                return json::value(json::object{{"delivered", true}});
            });
        if (word == "inbox")
            return ground_.memory.transaction([&] {
                json::array out;
                for (const auto& row : ground_.memory.run(
                         "SELECT id, sender, kind, state, reason FROM vxp_inbox WHERE system = ? ORDER BY id",
                         {text(o, "system")}))
                    out.push_back(json::object{{"id", number_of(row[0])},
                                               {"from", text_of(row[1])},
                                               {"kind", text_of(row[2])},
                                               {"state", text_of(row[3])},
                                               {"reason", text_of(row[4])}});
                return json::value(std::move(out));
            });
        if (word == "read") {  // the bytes that were sent under a key
            return ground_.memory.transaction([&] {
                const auto rows = ground_.memory.run("SELECT bytes FROM vxp_message WHERE key = ?", {text(o, "key")});
                return json::value(rows.empty() ? json::value() : json::value(text_of(rows[0][0])));
            });
        }
        return std::nullopt;
    }

  private:
    static Reply said(const std::string& code, const std::string& why, int status = 200) {
        return reply_json({{"ErrorCode", code}, {"ErrorDesc", why}}, status);
    }

    /// The signed header object must be what the headers say, of now, and under the secret.
    std::string authenticate(const Request& r) const {
        const auto signed_text = header_of(r, "xroadvnpt-sign-header");
        const auto given = header_of(r, "xroadvnpt-hash-header"), wanted = hmac_of(secret_, signed_text);
        if (secret_.empty() || given.size() != wanted.size() ||
            CRYPTO_memcmp(given.data(), wanted.data(), wanted.size()) != 0)
            throw Refusal{"401", "the signature of the headers is wrong"};
        const auto value = json::parse(signed_text);
        const auto& o = value.as_object();
        for (const auto& [name, v] : o) {
            std::string lower;
            for (const char c : name) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
            if (!v.is_string() || header_of(r, lower) != std::string_view{v.get_string()})
                throw Refusal{"401", "a header is not the signed one"};
        }
        const auto time = text(o, "XroadVnpt-timestamp");
        std::tm tm{};
        const auto* end = strptime(time.c_str(), "%d%m%YT%H%M%S", &tm);
        if (!end || *end != '+') throw Refusal{"401", "the time is wrong"};
        const auto at = timegm(&tm) - 7 * 3600;  // Viet Nam's time
        if (std::llabs(static_cast<long long>(at) - static_cast<long long>(std::time(nullptr))) > 300)
            throw Refusal{"401", "the time is not now"};
        if (header_of(r, "xroadvnpt-version") != "3.0.201608") throw Refusal{"401", "the version is unknown"};
        const auto system = text(o, "XroadVnpt-systemid");
        for (const auto& [code, name] : systems_)
            if (name == system) return system;
        throw Refusal{"401", "no such system"};
    }

    std::string system_of(const std::string& organ) const {
        for (const auto& [code, name] : systems_)
            if (organ == code || organ.starts_with(code + ".")) return name;
        return {};
    }

    Reply send(const Request& r, const std::string& system) {
        const auto form = parts_of(r);
        const auto file = form.find("file_doc"), hash = form.find("hash-file");
        if (file == form.end() || hash == form.end()) throw Refusal{"10", "file_doc and hash-file must be there"};
        const auto& bytes = file->second;
        if (sha256_of(bytes) != hash->second) throw Refusal{"14", "hash-file is not the file's"};
        const Edxml edxml(bytes);
        if (schema_) edxml.check(schema_.get());
        if (!anchor_.empty() && !verified_by_tool(anchor_, bytes)) throw Refusal{"15", "xmlsec1 does not verify it"};
        const auto kind = header_of(r, "xroadvnpt-messagetype"), from = header_of(r, "xroadvnpt-from");
        const bool is_status = kind == "status";
        if (!is_status && kind != "edoc") throw Refusal{"16", "messagetype must be edoc or status"};
        const std::string root = is_status ? "e:Status/" : "e:MessageHeader/";
        if (edxml.one(root + "e:From/e:OrganId") != from) throw Refusal{"17", "from is not the message's sender"};
        if (system_of(from) != system) throw Refusal{"17", "the sender is not of this system"};
        const auto id = edxml.one(is_status ? root + "e:ResponseFor/e:DocumentId" : root + "e:DocumentId");
        std::string key, code;
        std::set<std::string> to;
        if (is_status) {
            code = edxml.one(root + "e:StatusCode");
            const auto organ = edxml.one(root + "e:ResponseFor/e:OrganId");
            key = id + "|status|" + from + "|" + organ + "|" + code + "|" + edxml.one(root + "e:Timestamp");
            to.insert(system_of(organ));
        } else {
            code = edxml.one("e:TraceHeaderList/e:Bussiness/e:BussinessDocType");
            key = id + "|" + code;
            for (const auto& organ : edxml.all(root + "e:To/e:OrganId")) to.insert(system_of(organ));
        }
        return ground_.memory.transaction([&] {
            const auto known = ground_.memory.run("SELECT hash FROM vxp_message WHERE key = ?", {key});
            if (!known.empty()) {
                ground_.memory.run("UPDATE vxp_message SET times = times + 1 WHERE key = ?", {key});
                return text_of(known[0][0]) == sha256_of(bytes) ? said("1", "known")
                                                                : said("18", "known with other content");
            }
            if (is_status && !went_through(id)) throw Refusal{"19", "no such document went through here"};
            ground_.memory.run("INSERT INTO vxp_message VALUES (?, ?, ?, ?, ?, ?, ?, 1)",
                               {key, kind, id, from, code, sha256_of(bytes), bytes});
            for (const auto& target : to)
                if (!target.empty())
                    ground_.memory.run(
                        "INSERT INTO vxp_inbox (system, sender, kind, bytes, state, reason) VALUES (?, ?, ?, ?, "
                        "'initial', "
                        "'')",
                        {target, from, kind, bytes});
            return reply_json({{"ErrorCode", "0"}, {"ErrorDesc", ""}, {"docId", key}});
        });
    }

    bool went_through(const std::string& id) {
        if (!ground_.memory.run("SELECT 1 FROM vxp_message WHERE document_id = ? AND kind = 'edoc'", {id}).empty())
            return true;
        for (const auto& row : ground_.memory.run("SELECT bytes FROM vxp_inbox WHERE kind = 'edoc'")) try {
                const auto found = Edxml(text_of(row[0])).all("e:MessageHeader/e:DocumentId");
                if (!found.empty() && found[0] == id) return true;
            } catch (const Refusal&) {
                continue;
            }
        return false;
    }

    Reply list(const json::object& body, const std::string& system) {
        return ground_.memory.transaction([&] {
            json::array out;
            for (const auto& row :
                 ground_.memory.run("SELECT id, sender FROM vxp_inbox WHERE system = ? AND kind = ? AND "
                                    "state IN ('initial', 'processing') ORDER BY id LIMIT 100",
                                    {system, text(body, "messagetype")}))
                out.push_back(json::object{{"docId", std::to_string(number_of(row[0]))}, {"from", text_of(row[1])}});
            return reply_json({{"ErrorCode", "0"}, {"ErrorDesc", ""}, {"data", std::move(out)}});
        });
    }
    Reply get(const json::object& body, const std::string& system) {
        return ground_.memory.transaction([&]() -> Reply {
            const auto rows = ground_.memory.run("SELECT bytes FROM vxp_inbox WHERE id = ? AND system = ?",
                                                 {std::atoll(text(body, "docId").c_str()), system});
            if (rows.empty()) return said("404", "no such message", 404);
            auto bytes = text_of(rows[0][0]);
            return {200, bytes, "application/xml", {{"hash-file", sha256_of(bytes)}}};
        });
    }
    Reply update(const json::object& body, const std::string& system) {
        const auto status = text(body, "status");
        if (status != "done" && status != "fail" && status != "processing")
            throw Refusal{"16", "status must be done, fail or processing"};
        return ground_.memory.transaction([&] {
            ground_.memory.run("UPDATE vxp_inbox SET state = ?, reason = ? WHERE id = ? AND system = ?",
                               {status, text(body, "description"), std::atoll(text(body, "docId").c_str()), system});
            return said("0", "");
        });
    }
    Reply sent(const json::object& body) {
        return ground_.memory.transaction([&] {
            json::array out;
            for (const auto& row : ground_.memory.run("SELECT key, document_id FROM vxp_message WHERE document_id = ?",
                                                      {text(body, "docId")}))
                out.push_back(json::object{{"docId", text_of(row[0])}, {"documentId", text_of(row[1])}});
            return reply_json({{"ErrorCode", "0"}, {"data", std::move(out)}});
        });
    }
    Reply count(const std::string& kind, const std::string& system) {
        return ground_.memory.transaction([&] {
            const auto rows = ground_.memory.run(
                "SELECT COUNT(*) FROM vxp_inbox WHERE system = ? AND kind = ? AND state = 'initial'", {system, kind});
            return reply_json({{"ErrorCode", "0"}, {"count", number_of(rows[0][0])}});
        });
    }
    Reply agencies() const {
        json::array out;
        int64_t id = 0;
        for (const auto& [code, name] : systems_)
            out.push_back(json::object{{"id", ++id},
                                       {"code", code},
                                       {"code102", "000.00.00." + code},
                                       {"name", "Cơ quan thử " + code},
                                       {"isAgency", true},
                                       {"oldCode", ""}});
        return reply_json({{"ErrorCode", "0"}, {"data", std::move(out)}});
    }

    Ground ground_;
    std::string secret_, anchor_;
    std::map<std::string, std::string> systems_;  // code → system
    std::unique_ptr<xmlSchema, decltype(&xmlSchemaFree)> schema_{nullptr, &xmlSchemaFree};
};

std::unique_ptr<Module> make_vxp(Ground ground) {
    return std::make_unique<Vxp>(std::move(ground));
}
const Registration here("vxp", make_vxp);

}  // namespace

}  // namespace sim
