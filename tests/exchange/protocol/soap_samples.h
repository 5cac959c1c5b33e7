// A SOAP request and its answer that the tests of this part change to their needs.
#pragma once
#include <string>

namespace hl::exchange::samples {

inline const std::string client =
    R"(<x:client id:objectType="SUBSYSTEM"><id:xRoadInstance>QUANGTRI</id:xRoadInstance><id:memberClass>GOV</id:memberClass><id:memberCode>H50</id:memberCode><id:subsystemCode>CONGDV</id:subsystemCode></x:client>)";
inline const std::string service =
    R"(<x:service id:objectType="SERVICE"><id:xRoadInstance>QUANGTRI</id:xRoadInstance><id:memberClass>GOV</id:memberClass><id:memberCode>H50.12</id:memberCode><id:subsystemCode>DKKD</id:subsystemCode><id:serviceCode>traCuu</id:serviceCode><id:serviceVersion>v1</id:serviceVersion></x:service>)";
inline const std::string rest =
    "<x:userId>VN001</x:userId><x:id>4894e35d</x:id><x:protocolVersion>4.0</x:protocolVersion>";

inline std::string envelope(const std::string& header, const std::string& body) {
    return R"(<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://x-road.eu/xsd/xroad.xsd" xmlns:id="http://x-road.eu/xsd/identifiers" xmlns:r="http://x-road.eu/xsd/representation.xsd">)" +
           header + body + "</s:Envelope>";
}
inline std::string header(const std::string& fields) {
    return "<s:Header>" + fields + "</s:Header>";
}
inline std::string body(const std::string& content) {
    return "<s:Body>" + content + "</s:Body>";
}
inline const std::string fields = client + service + rest;
inline std::string request() {
    return envelope(header(fields), body("<p:traCuu xmlns:p=\"urn:p\"><ma>4300&amp;1</ma></p:traCuu>"));
}
inline std::string response() {
    return envelope(header(fields), body("<p:traCuuResponse xmlns:p=\"urn:p\"/>"));
}

}  // namespace hl::exchange::samples
