#include "exchange/protocol/monitoring.h"

#include <charconv>

#include "exchange/protocol/content_type.h"
#include "exchange/protocol/soap_writer.h"
#include "exchange/protocol/xml.h"

namespace hl::exchange {

namespace {

constexpr size_t most_fields = 100;

Error invalid_body(std::string_view what) {
    return Error{ErrorKind::malformed, "exchange.invalid_body",
                 "Yêu cầu dữ liệu giám sát không đúng. Xem PR-OPMON: recordsFrom, recordsTo, client, outputField.",
                 fmt::format("The question for monitoring data is not right: {}. See X-Road's PR-OPMON.", what)};
}

/// Text by its place below the body's child: "searchCriteria/recordsFrom".
class QuestionReader final : public xml::Events {
  public:
    Result<void> start(std::string_view, std::string_view name, const std::vector<xml::Attribute>&) override {
        path_.emplace_back(name);
        text_.clear();
        if (path_.size() == 5 && path_[1] == "Body" && name == "client") client_ = ClientId{};
        return {};
    }
    void text(std::string_view piece) override { text_ += piece; }
    Result<void> end() override {
        if (path_.size() > 3 && path_[1] == "Body") TRY_VOID(take(path_.back()));
        path_.pop_back();
        text_.clear();
        return {};
    }
    OperationalQuestion out;
    std::optional<int64_t> from, to;
    [[nodiscard]] Result<std::optional<ClientId>> client() const {
        if (client_ && (client_->instance.empty() || client_->member_class.empty() || client_->member_code.empty()))
            return invalid_body("client is not whole");
        return client_;
    }

  private:
    Result<void> take(std::string_view name) {
        const auto value = trimmed(text_);
        if (path_.size() == 6 && path_[4] == "client" && client_) {
            if (name == "xRoadInstance") client_->instance = value;
            if (name == "memberClass") client_->member_class = value;
            if (name == "memberCode") client_->member_code = value;
            if (name == "subsystemCode") client_->subsystem = value;
        }
        if (path_.size() != 5) return {};
        if (name == "recordsFrom") return number(value, from);
        if (name == "recordsTo") return number(value, to);
        if (name == "outputField") {
            if (out.fields.size() >= most_fields) return invalid_body("too many outputField");
            out.fields.emplace_back(value);
        }
        return {};
    }
    static Result<void> number(std::string_view text, std::optional<int64_t>& into) {
        int64_t value = 0;
        const auto* end = text.data() + text.size();
        if (const auto [at, problem] = std::from_chars(text.data(), end, value); problem != std::errc{} || at != end)
            return invalid_body("a time is no whole number of seconds");
        into = value;
        return {};
    }
    std::vector<std::string> path_;
    std::string text_;
    std::optional<ClientId> client_;
};

void spread(std::string& out, std::string_view name, std::string_view measure, const std::optional<Spread>& s) {
    if (!s) return;
    soap::element(out, fmt::format("om:{}Min{}", name, measure), std::to_string(s->least));
    soap::element(out, fmt::format("om:{}Average{}", name, measure), fmt::format("{:.3f}", s->mean));
    soap::element(out, fmt::format("om:{}Max{}", name, measure), std::to_string(s->most));
    soap::element(out, fmt::format("om:{}{}StdDev", name, measure), fmt::format("{:.3f}", s->deviation));
}

constexpr std::string_view name_space = "http://x-road.eu/xsd/op-monitoring.xsd";

}  // namespace

bool is_monitoring(std::string_view service_code) {
    return service_code == operational_data || service_code == health_data;
}

Result<OperationalQuestion> read_operational_question(const SoapMessage& request) {
    QuestionReader reader;
    TRY_VOID(xml::read(request.xml, request.charset, reader));
    if (!reader.from || !reader.to) return invalid_body("recordsFrom or recordsTo is missing");
    reader.out.from = *reader.from;
    reader.out.to = *reader.to;
    TRY(reader.out.client, reader.client());
    return std::move(reader.out);
}

Result<std::optional<ClientId>> read_health_question(const SoapMessage& request) {
    QuestionReader reader;
    TRY_VOID(xml::read(request.xml, request.charset, reader));
    return reader.client();
}

std::string operational_answer_soap(const SoapHeader& request, int64_t count, std::optional<int64_t> next_from) {
    std::string content = fmt::format("<om:{}Response xmlns:om=\"{}\">", operational_data, name_space);
    soap::element(content, "om:recordsCount", std::to_string(count));
    soap::element(content, "om:records", fmt::format("cid:{}", operational_attachment));
    if (next_from) soap::element(content, "om:nextRecordsFrom", std::to_string(*next_from));
    content += fmt::format("</om:{}Response>", operational_data);
    return soap::answer(request, content);
}

std::string health_answer_soap(const SoapHeader& request, Instant started, int64_t period_seconds,
                               std::span<const ServiceHealth> services) {
    std::string content = fmt::format("<om:{}Response xmlns:om=\"{}\">", health_data, name_space);
    soap::element(content, "om:monitoringStartupTimestamp", std::to_string(to_ms(started)));
    soap::element(content, "om:statisticsPeriodSeconds", std::to_string(period_seconds));
    content += "<om:servicesEvents>";
    for (const auto& s : services) {
        content += "<om:serviceEvents>";
        soap::identifier(content, "om:service", s.service);
        if (s.last_success)
            soap::element(content, "om:lastSuccessfulRequestTimestamp", std::to_string(to_ms(*s.last_success)));
        if (s.last_failure)
            soap::element(content, "om:lastUnsuccessfulRequestTimestamp", std::to_string(to_ms(*s.last_failure)));
        soap::element(content, "om:serviceType", s.type);
        content += "<om:lastPeriodStatistics>";
        soap::element(content, "om:successfulRequestCount", std::to_string(s.succeeded));
        soap::element(content, "om:unsuccessfulRequestCount", std::to_string(s.failed));
        spread(content, "request", "Duration", s.duration);
        spread(content, "request", "Size", s.request);
        spread(content, "response", "Size", s.response);
        content += "</om:lastPeriodStatistics></om:serviceEvents>";
    }
    content += fmt::format("</om:servicesEvents></om:{}Response>", health_data);
    return soap::answer(request, content);
}

}  // namespace hl::exchange
