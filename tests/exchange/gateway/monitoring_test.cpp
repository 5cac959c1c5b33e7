// What a gateway tells about itself over X-Road's protocol (PR-OPMON), through two gateways.
#include <zlib.h>

#include "exchange/gateway/service_statistics.h"
#include "exchange/gateway/soap_fixture.h"
#include "exchange/log/log_schema.h"
#include "exchange/log/operations.h"
#include "store/schema.h"

namespace hl::exchange::test {

using namespace std::chrono_literals;

class Monitoring : public SoapTest {
  protected:
    void SetUp() override {
        GatewayTest::SetUp();
        TearDown();
        store::StoreOptions options;
        options.url = "sqlite:" + (folder_ / "operations.db").string();
        options.readers = 1;
        options.cache_mib = 1;
        auto migrations = store::migrations();
        for (const auto& m : log_migrations()) migrations.push_back(m);
        store_ = store::Store::open(options, migrations, clock_, random_).value();
        operations_ = std::make_unique<Operations>(*store_, OperationsOptions{});
        // The owner of the second gateway asks from a system of its own at the first.
        configuration_.members.push_back({own_, "Của chính mình", {}});
        configuration_.servers[0].clients.push_back(own_);
        settings_one_.clients.push_back({own_, ConnectionType::http, {}, {}});
        without_ocsp();
        open_all();
    }
    void compose(Side& side, GatewayParts& parts) override {
        if (&side == &one_)
            parts.signers[firms.member()] = [this]() -> Result<BatchSigner::Identity> { return *two_.identity; };
        if (&side != &two_ || !operations_) return;
        parts.observe = [this](const gateway::Exchanged& e) {
            OperationRecord record;
            record.monitored_at = e.ended;
            record.side = e.side;
            record.client = e.client;
            record.service = e.service;
            record.message_id = e.message_id;
            record.succeeded = e.succeeded;
            operations_->add(std::move(record));
        };
        parts.find_operations = [this](const OperationQuery& what) { return operations_->query(what); };
    }
    http::Response ask_gateway(std::string_view code, const std::string& content, const ClientId& client = desk) {
        const std::string service(code);
        const auto body = fmt::format(
            R"(<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://x-road.eu/xsd/xroad.xsd" xmlns:id="http://x-road.eu/xsd/identifiers" xmlns:om="http://x-road.eu/xsd/op-monitoring.xsd"><s:Header>{}<x:service id:objectType="SERVICE"><id:xRoadInstance>QUANGTRI</id:xRoadInstance><id:memberClass>GOV</id:memberClass><id:memberCode>H50.12</id:memberCode><id:serviceCode>{}</id:serviceCode></x:service><x:securityServer id:objectType="SERVER"><id:xRoadInstance>QUANGTRI</id:xRoadInstance><id:memberClass>GOV</id:memberClass><id:memberCode>H50.12</id:memberCode><id:serverCode>CONG-2</id:serverCode></x:securityServer><x:id>gs-1</x:id><x:protocolVersion>4.0</x:protocolVersion></s:Header><s:Body><om:{}>{}</om:{}></s:Body></s:Envelope>)",
            id("client", "SUBSYSTEM", client), service, service, content, service);
        return post(body, "text/xml");
    }
    [[nodiscard]] int64_t seconds(std::chrono::seconds later = 0s) const { return to_ms(clock_.now() + later) / 1000; }
    std::string criteria(int64_t from, int64_t to, const std::string& more = "") {
        return fmt::format(
            "<om:searchCriteria><om:recordsFrom>{}</om:recordsFrom><om:recordsTo>{}</om:recordsTo>{}"
            "</om:searchCriteria>",
            from, to, more);
    }
    static std::string client_criterion(const ClientId& of) {
        return fmt::format(
            "<om:client id:objectType=\"SUBSYSTEM\"><id:xRoadInstance>{}</id:xRoadInstance><id:memberClass>{}"
            "</id:memberClass><id:memberCode>{}</id:memberCode><id:subsystemCode>{}</id:subsystemCode></om:client>",
            of.instance, of.member_class, of.member_code, of.subsystem);
    }
    static std::string unzipped(const std::string& bytes) {
        z_stream z{};
        inflateInit2(&z, 15 + 16);
        std::string out(1 << 20, '\0');
        z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
        z.avail_in = static_cast<uInt>(bytes.size());
        z.next_out = reinterpret_cast<Bytef*>(out.data());
        z.avail_out = static_cast<uInt>(out.size());
        const int code = inflate(&z, Z_FINISH);
        out.resize(z.total_out);
        inflateEnd(&z);
        return code == Z_STREAM_END ? out : "not gzip";
    }
    /// The records of an answer's attachment.
    static boost::json::array records(const http::Response& response) {
        const std::string mark = "<operational-monitoring-data.json.gz>\r\n\r\n";
        const auto at = response.body.find(mark);
        const auto end = response.body.rfind("\r\n--xroad");
        if (at == std::string::npos || end == std::string::npos) {
            ADD_FAILURE() << response.body;
            return {};
        }
        const auto text = unzipped(response.body.substr(at + mark.size(), end - at - mark.size()));
        return boost::json::parse(text).at("records").as_array();
    }
    const ClientId own_{"QUANGTRI", "GOV", "H50.12", "GIAM-SAT"};
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<Operations> operations_;
};

TEST_F(Monitoring, OperationalDataIsGivenToItsOwnerWholeAndToOthersTheirs) {
    configuration_.rights.push_back(
        {"r3", own_, {}, firms_rest, {"*", "**"}, std::chrono::year{2026} / 1 / 1, std::nullopt, "QĐ 1"});
    publish();
    EXPECT_EQ(ask("GET", rest_path, {{"X-Road-Id", "cua-mot-cua"}}).status, 200);
    EXPECT_EQ(ask("GET", rest_path, {{"X-Road-Id", "cua-minh"}, {"X-Road-Client", to_path(own_)}}).status, 200);
    ASSERT_TRUE(operations_->flush().ok());
    const auto began = seconds();
    clock_.advance(2min);
    publish();

    const auto theirs = ask_gateway(operational_data, criteria(began - 5, began + 5));
    EXPECT_NE(header(theirs, "Content-Type").find("boundary=xroad"), std::string::npos) << theirs.body;
    EXPECT_NE(theirs.body.find("<om:recordsCount>1</om:recordsCount><om:records>cid:operational-monitoring-data.json.gz"
                               "</om:records></om:getSecurityServerOperationalDataResponse>"),
              std::string::npos)
        << theirs.body;
    EXPECT_NE(theirs.body.find("content-type:application/gzip\r\n"), std::string::npos);
    EXPECT_NE(theirs.body.find("requestHash"), std::string::npos);
    ASSERT_EQ(records(theirs).size(), 1u);
    EXPECT_EQ(records(theirs)[0].at("messageId"), "cua-mot-cua");
    EXPECT_EQ(records(ask_gateway(operational_data, criteria(began - 5, began + 5), own_)).size(), 2u);
    EXPECT_EQ(records(ask_gateway(operational_data, criteria(began - 5, began + 5), stranger)).size(), 0u);

    // Of one provider, with one field.
    const auto narrowed = ask_gateway(
        operational_data, criteria(began - 5, began + 5, client_criterion(firms)) +
                              "<om:outputSpec><om:outputField>serviceCode</om:outputField></om:outputSpec>");
    ASSERT_EQ(records(narrowed).size(), 1u) << narrowed.body;
    EXPECT_EQ(boost::json::serialize(records(narrowed)[0]), R"({"serviceCode":"doanh-nghiep"})");
    EXPECT_EQ(records(ask_gateway(operational_data, criteria(began - 5, began + 5, client_criterion(own_)))).size(),
              0u);

    // An end that is too near is drawn nearer, and the next question's beginning told.
    const auto cut = ask_gateway(operational_data, criteria(began - 5, seconds(1h)));
    EXPECT_NE(cut.body.find(fmt::format("<om:nextRecordsFrom>{}</om:nextRecordsFrom>", seconds(-60s))),
              std::string::npos)
        << cut.body;
    EXPECT_EQ(code(ask_gateway(operational_data, criteria(seconds(), seconds()))), "client.bad_request");
    EXPECT_EQ(code(ask_gateway(operational_data, criteria(began, began - 1))), "client.bad_request");
    EXPECT_EQ(code(ask_gateway(operational_data, "<om:searchCriteria/>")), "client.bad_request");
    EXPECT_EQ(code(ask_gateway(operational_data,
                               criteria(began - 5, began) +
                                   "<om:outputSpec><om:outputField>matKhau</om:outputField></om:outputSpec>")),
              "client.bad_request");
    // What was asked of the gateway is signed and logged as everything else.
    EXPECT_EQ(entries(*two_.log).back().service.code, operational_data);
}

TEST_F(Monitoring, HealthDataHasTheServicesOfTheLastTenMinutes) {
    EXPECT_EQ(ask("POST", rest_path, {}, "12345").status, 200);
    EXPECT_EQ(fault(ask("GET", rest_path, {{"X-Road-Client", to_path(stranger)}})), "server.serverproxy.access_denied");
    const auto asked = to_ms(clock_.now());
    const auto health = ask_gateway(health_data, "");
    const auto has = [&](const std::string& text) {
        EXPECT_NE(health.body.find(text), std::string::npos) << text << health.body;
    };
    has("<om:getSecurityServerHealthDataResponse xmlns:om=\"http://x-road.eu/xsd/op-monitoring.xsd\">");
    has("<om:statisticsPeriodSeconds>600</om:statisticsPeriodSeconds>");
    has("<id:serviceCode>doanh-nghiep</id:serviceCode></om:service><om:lastSuccessfulRequestTimestamp>" +
        std::to_string(asked) + "</om:lastSuccessfulRequestTimestamp><om:lastUnsuccessfulRequestTimestamp>" +
        std::to_string(asked) +
        "</om:lastUnsuccessfulRequestTimestamp><om:serviceType>REST</om:serviceType>"
        "<om:lastPeriodStatistics><om:successfulRequestCount>1</om:successfulRequestCount>"
        "<om:unsuccessfulRequestCount>1</om:unsuccessfulRequestCount>");
    has("<om:requestMinSize>5</om:requestMinSize><om:requestAverageSize>5.000</om:requestAverageSize>");
    has("<id:serviceCode>traCuu</id:serviceCode>");
    EXPECT_EQ(ask_gateway(health_data, "<om:filterCriteria>" + client_criterion(own_) + "</om:filterCriteria>")
                  .body.find("<om:serviceEvents>"),
              std::string::npos);
    clock_.advance(9min);
    publish();
    EXPECT_NE(ask_gateway(health_data, "").body.find("<om:successfulRequestCount>1<"), std::string::npos);
    clock_.advance(2min);
    configuration_.expires = clock_.now() + 10min;
    publish();
    const auto later = ask_gateway(health_data, "");
    EXPECT_EQ(later.body.find("<om:successfulRequestCount>1<"), std::string::npos) << later.body;
    EXPECT_NE(later.body.find("<om:lastSuccessfulRequestTimestamp>" + std::to_string(asked)), std::string::npos);
}

TEST_F(Monitoring, AGatewayThatKeepsNoRecordsSaysSoAndNoOtherAnswersForIt) {
    operations_.reset();
    TearDown();
    open_all();
    EXPECT_EQ(code(ask_gateway(operational_data, criteria(1, 2))), "server.serverproxy.not_found");
    configuration_.servers[1].id.server_code = "CONG-9";
    publish();
    EXPECT_EQ(code(ask_gateway(health_data, "")), "server.clientproxy.invalid_security_server");
}

TEST(ServiceStatistics, SpreadsAreThoseOfAllThatWasMeasured) {
    ManualClock clock{parse_rfc3339("2026-11-28T02:00:00Z").value()};
    GatewaySettings settings;
    settings.services.resize(1);
    settings.services[0].id = firms_rest;
    gateway::ServiceStatistics statistics(settings, clock);
    for (const int64_t ms : {10, 20, 60}) {
        gateway::Exchanged e;
        e.side = exchange::Side::provider;
        e.service = firms_rest;
        e.began = clock.now();
        e.ended = clock.now() + std::chrono::milliseconds{ms};
        e.request_bytes = ms;
        statistics.add(e);
        e.service = firms_soap;  // none of this gateway's
        statistics.add(e);
        e.service = firms_rest;
        e.side = exchange::Side::client;
        statistics.add(e);
        clock.advance(1min);
    }
    const auto health = statistics.health(std::nullopt);
    ASSERT_EQ(health.size(), 1u);
    EXPECT_EQ(health[0].succeeded, 3);
    EXPECT_EQ(health[0].duration->least, 10);
    EXPECT_EQ(health[0].duration->most, 60);
    EXPECT_DOUBLE_EQ(health[0].duration->mean, 30);
    EXPECT_NEAR(health[0].duration->deviation, 21.602, 0.001);
    EXPECT_FALSE(health[0].response);
    EXPECT_TRUE(statistics.health(desk).empty());
}

}  // namespace hl::exchange::test
