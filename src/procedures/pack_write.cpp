#include "procedures/pack.h"

#include "procedures/number.h"

namespace hl::procedures {

namespace {

/// A JSON text is a YAML double-quoted text.
std::string q(std::string_view s) {
    return json::serialize(json::string{s});
}
std::string or_null(const std::string& s) {
    return s.empty() ? "null" : q(s);
}
std::string date(const std::optional<Date>& d) {
    return d ? to_iso(*d) : "null";
}
std::string number(const std::optional<int64_t>& n) {
    return n ? std::to_string(*n) : "null";
}
std::string texts(const std::vector<std::string>& items) {
    std::string out = "[";
    for (const auto& item : items) out += (out.size() > 1 ? ", " : "") + q(item);
    return out + "]";
}
std::string time(const std::optional<LegalTime>& t) {
    if (!t) return "{value: null, unit: working_days}";
    return fmt::format("{{value: {}, unit: {}{}}}", t->value, to_string(t->unit),
                       t->same_day ? ", same_day: true" : "");
}
std::string map_of(const std::map<std::string, std::string>& map) {
    std::string out = "{";
    for (const auto& [key, value] : map) out += (out.size() > 1 ? ", " : "") + q(key) + ": " + q(value);
    return out + "}";
}
/// Working hours, exact: halves as 0.5, odd minutes as far as they go in decimals.
std::string hours(int64_t minutes) {
    return feel::Number::fraction(minutes, 60)->text();
}

class Writer {
  public:
    std::string write(const Draft& d) {
        card(d);
        flow(d);
        form(d);
        rules(d);
        samples(d);
        const auto& c = d.card;
        list("sources", c.sources, [](const SourceNote& s) {
            return fmt::format("{{what: {}, where: {}, read: {}}}", q(s.what), q(s.where), or_null(s.read));
        });
        line("unverified: " + texts(c.unverified));
        line("notes: " + q(c.notes));
        return std::move(out_);
    }

    std::string write_samples(const Draft& d) {
        samples(d);
        return std::move(out_);
    }

  private:
    void line(std::string_view s) { (out_ += s) += '\n'; }
    template <class T, class F>
    void list(std::string_view key, const std::vector<T>& items, F each) {
        if (items.empty()) return line(fmt::format("{}: []", key));
        line(fmt::format("{}:", key));
        for (const auto& item : items) line("  - " + each(item));
    }

    void card(const Draft& d) {
        const auto& c = d.card;
        line("code: " + q(c.code.value));
        line(fmt::format("name: {{vi: {}, en: {}}}", q(c.name), or_null(c.name_en)));
        line(fmt::format("level: {}", to_string(c.level)));
        line(fmt::format("sector: {{code: {}, name: {}{}}}", q(c.sector), q(c.sector_name),
                         c.sector_national.empty() ? "" : ", national_code: " + q(c.sector_national)));
        line("owner: " + or_null(c.owner));
        line("subjects: " + texts(c.subjects));
        if (!c.decides_role.empty())
            line(fmt::format("decides: {{role: {}, level: {}}}", q(c.decides_role), or_null(c.decides_level)));
        list("channels", c.channels, [](const ChannelRule& r) {
            return fmt::format("{{channel: {}, level: {}, time: {}}}", to_string(r.channel), or_null(r.level),
                               time(r.time));
        });
        if (!c.fees)
            line("fees: null");
        else
            list("fees", *c.fees, [](const Fee& f) {
                return fmt::format(
                    "{{id: {}, name: {}, kind: {}, amount: {}, currency: {}, unit: {}, when: {}, basis: {}}}", q(f.id),
                    q(f.name), f.kind, number(f.amount), q(f.currency), or_null(f.unit), or_null(f.when),
                    or_null(f.basis));
            });
        list("components", c.components, [](const Component& x) {
            return fmt::format(
                "{{id: {}, name: {}, originals: {}, copies: {}, required: {}, show_only: {}, when: {}, reuse: {}}}",
                q(x.id), q(x.name), x.originals, x.copies, x.required, x.show_only, or_null(x.when), x.reuse);
        });
        list("results", c.results, [](const ResultKind& r) {
            return fmt::format("{{id: {}, name: {}, signed: {}}}", q(r.id), q(r.name), or_null(r.signature));
        });
        list("basis", c.basis, [](const Basis& b) {
            return fmt::format("{{act: {}, article: {}, from: {}, to: {}}}", q(b.act), or_null(b.article), date(b.from),
                               date(b.to));
        });
        line(fmt::format("valid: {{from: {}, to: {}}}", date(d.valid_from), date(d.valid_to)));
    }
    void flow(const Draft& d) {
        const auto& s = d.sheet;
        if (s.template_id.empty()) return;
        line("flow:");
        line("  template: " + s.template_id);
        if (s.minutes) {
            std::string text;
            for (const auto& [step, minutes] : *s.minutes)
                text += (text.empty() ? "" : ", ") + q(step) + ": " + hours(minutes);
            line("  hours: {" + text + "}");
        } else {
            line("  hours: null");
        }
        if (!s.functions.empty()) line("  functions: " + map_of(s.functions));
        if (!s.agencies.empty()) line("  agencies: " + map_of(s.agencies));
        if (!s.department.empty()) line("  department: " + q(s.department));
    }
    void form(const Draft& d) {
        list("form", d.form.fields, [](const Field& f) {
            auto out = fmt::format("{{id: {}, label: {{vi: {}, en: {}}}, type: {}, required: {}", f.id, q(f.label_vi),
                                   or_null(f.label_en), f.type, f.required);
            if (!f.when.empty()) out += ", when: " + q(f.when);
            if (!f.help_vi.empty()) out += fmt::format(", help: {{vi: {}, en: {}}}", q(f.help_vi), or_null(f.help_en));
            if (f.min) out += fmt::format(", min: {}", *f.min);
            if (f.max) out += fmt::format(", max: {}", *f.max);
            if (!f.values.empty()) {
                out += ", values: [";
                for (size_t i = 0; i < f.values.size(); ++i)
                    out += fmt::format("{}{{id: {}, vi: {}, en: {}}}", i ? ", " : "", q(f.values[i].id),
                                       q(f.values[i].vi), or_null(f.values[i].en));
                out += "]";
            }
            return out + "}";
        });
    }
    void rules(const Draft& d) {
        const auto& c = d.rules.clock;
        const ClockRules usual;
        std::vector<std::string> changed;
        if (c.cutoff_minute != usual.cutoff_minute)
            changed.push_back(fmt::format("cutoff: \"{:02}:{:02}\"", c.cutoff_minute / 60, c.cutoff_minute % 60));
        if (c.supplement_max != usual.supplement_max)
            changed.push_back(fmt::format("supplement_max: {}", c.supplement_max));
        if (c.supplement_days != usual.supplement_days)
            changed.push_back(fmt::format("supplement_days: {}", c.supplement_days));
        if (c.extension_max != usual.extension_max)
            changed.push_back(fmt::format("extension_max: {}", c.extension_max));
        if (c.apology_before != usual.apology_before)
            changed.push_back(fmt::format("apology_before_hours: {}", c.apology_before.count / 60));
        if (!changed.empty()) {
            line("clock:");
            for (const auto& s : changed) line("  " + s);
        }
        if (d.rules.tables.empty()) return;
        line("rules:");
        for (const auto& t : d.rules.tables) {
            line(fmt::format("  - id: {}\n    hit_policy: {}\n    inputs: {}\n    outputs: {}\n    rules:", t.id,
                             t.hit_policy, texts(t.inputs), texts(t.outputs)));
            for (const auto& r : t.rules)
                line(fmt::format("      - {{when: {}, then: {}, basis: {}}}", texts(r.when), texts(r.then),
                                 or_null(r.basis)));
        }
    }
    void samples(const Draft& d) {
        if (d.samples.empty()) return;
        line("samples:");
        for (const auto& s : d.samples) {
            line(fmt::format(
                "  - name: {}\n    channel: {}\n    subject_kind: {}\n    place: {}\n    answers: {}\n    expect:",
                or_null(s.name), to_string(s.answers.channel), q(s.answers.subject_kind),
                or_null(s.answers.place.value), json::serialize(s.answers.fields)));
            if (!s.components && !s.charges && !s.time) {
                out_.pop_back();
                line(" {}");
                continue;
            }
            if (s.components) line("      components: " + texts(*s.components));
            if (s.charges) {
                std::string text;
                for (const auto& c : *s.charges) text += (text.empty() ? "" : ", ") + q(c.id) + ": " + number(c.amount);
                line("      charges: {" + text + "}");
            }
            if (s.time) line("      time: " + time(s.time));
        }
    }

    std::string out_;
};

}  // namespace

std::string write_procedure(const Draft& draft) {
    return Writer().write(draft);
}

std::string write_samples(const Draft& draft) {
    return Writer().write_samples(draft);
}

}  // namespace hl::procedures
