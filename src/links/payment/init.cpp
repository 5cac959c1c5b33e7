// INIT: what the platform is told when somebody wants to pay. Nothing is made up: without the payer's number, the
// account or the kind of a fee it is held and says which.
#include "base/text.h"
#include "dossiers/own.h"
#include "dossiers/storage.h"
#include "links/payment/partner.h"

namespace hl::payment {

using connector::Built;
using connector::Held;

namespace {

constexpr size_t longest_name = 250;

connector::Building missing(std::string datum, std::string vi, std::string en) {
    return Held{"datum.missing", std::move(datum), {std::move(vi), std::move(en)}};
}

/// At most so many characters, and whether any were cut.
bool cut(std::string& text, size_t most) {
    if (text::length(text) <= most) return false;
    size_t count = 0, at = 0;
    while (at < text.size() && count < most) {
        ++at;
        while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
        ++count;
    }
    text.resize(at);
    return true;
}

}  // namespace

Result<connector::Building> Partner::build_init(store::Reader& reader, const Payment& p, const Profile& profile,
                                                std::string_view secret, Instant now) {
    const auto ctx = parts_.context();
    const auto day = local_date(now);
    TRY(const auto d, dossiers::storage::find(reader, p.code.value));
    const auto person = dossiers::person_of(reader, ctx, d);
    if (!person.ok())
        return connector::Building{Held{person.error().code, "HoTenNguoiNop", {person.error().vi, person.error().en}}};
    const auto& payer = person->applicant;
    if (payer.name.empty())
        return missing("HoTenNguoiNop", "Hồ sơ không có tên người nộp.", "The dossier names no applicant.");
    if (payer.id_number.empty())
        return missing("SoCMNDNguoiNop", "Hồ sơ chưa có số định danh của người nộp. Hãy bổ sung vào hồ sơ.",
                       "The dossier has no identity number of the applicant. Add it to the dossier.");
    const auto partner = parts_.settings.extra("partner");
    if (partner.empty())
        return missing("MaDoiTac", "Chưa khai mã đối tác của nền tảng thanh toán trong tệp cấu hình.",
                       "The partner code of the payment platform is not set in the configuration.");
    const auto* agency = ctx.directory->agency(d.reception);
    const auto* version = agency ? agency->at(day) : nullptr;
    if (!version || version->code.empty())
        return missing("MaDonVi", "Cơ quan thu chưa có mã định danh.", "The collecting agency has no code.");
    auto account = profile.account_of(d.reception, day);
    if (!account.known())
        account = {parts_.settings.extra("account"), parts_.settings.extra("bank"),
                   parts_.settings.extra("account_name")};
    if (!account.known())
        return missing("TKThuHuong", "Chưa khai tài khoản thụ hưởng của cơ quan thu.",
                       "No account is set for the collecting agency.");
    const auto release = ctx.catalogue->release(d.release);
    if (!release.ok())
        return missing("TenTTHC", "Không tìm thấy bản thủ tục của hồ sơ.", "The dossier's procedure is not found.");
    TRY(const auto remote,
        ctx.vault->unseal(reader, p.subject, "payment.remote", rows::remote_of(reader, p.reference)));
    if (remote.empty())
        return missing("Ip", "Không biết địa chỉ máy của người mở thanh toán.",
                       "The address that the payment was begun from is not known.");

    Built built;
    const auto service = d.procedure.value + profile.service_suffix;
    auto name = (*release)->card.name;
    if (cut(name, longest_name))
        built.marks.push_back({"TenTTHC", "cut", {"Tên thủ tục được cắt ngắn.", "The procedure's name was cut."}});
    if (!version->code_verified)
        built.marks.push_back(
            {"MaDonVi", "provisional", {"Mã cơ quan là mã tạm.", "The agency's code is provisional."}});
    const auto info = "THANH TOAN HO SO " + d.code.value;
    json::array fees, items;
    for (const auto& item : p.items) {
        const auto kind = profile.fee_kinds.find(item.kind);
        if (kind == profile.fee_kinds.end())
            return missing("LoaiPhiLePhi", fmt::format("Bảng ánh xạ chưa có loại phí «{}».", item.kind),
                           fmt::format("The mapping has no kind of fee {}.", item.kind));
        fees.push_back(json::object{{"LoaiPhiLePhi", kind->second},
                                    {"MaPhiLePhi", item.id},
                                    {"TenPhiLePhi", item.name},
                                    {"SoTien", std::to_string(item.amount)}});
        items.push_back(json::object{{"NoiDung", item.name}, {"SoTien", std::to_string(item.amount)}});
    }
    json::object message{{"LoaiBanTin", profile.message("init")},
                         {"PhienBan", profile.version},
                         {"MaDoiTac", partner},
                         {"MaThamChieu", p.reference},
                         {"SoTien", std::to_string(p.amount)}};
    for (const auto& [field, value] : profile.fixed) message[field] = value;
    message["MaTienTe"] = profile.currency;
    message["ThongTinGiaoDich"] = info;
    message["ThoiGianGD"] = compact_time(now);
    message["Ip"] = remote;
    TRY_VOID(sign(message, profile.hash_init, secret));
    message["ThongTinBienLai"] = json::object{{"MaDichVu", service},
                                              {"MaDVC", service},
                                              {"TenDVC", name},
                                              {"MaTTHC", d.procedure.value},
                                              {"TenTTHC", name},
                                              {"MaDonVi", version->code},
                                              {"TenDonVi", version->name},
                                              {"MaHoSo", d.code.value},
                                              {"TKThuHuong", account.account},
                                              {"MaNHThuHuong", account.bank},
                                              {"TenTKThuHuong", account.name},
                                              {"HoTenNguoiNop", payer.name},
                                              {"SoCMNDNguoiNop", payer.id_number},
                                              {"DiaChiNguoiNop", payer.address},
                                              {"NoiDungThanhToan", info},
                                              {"PhiLePhi", std::move(fees)},
                                              {"DSKhoanNop", std::move(items)}};
    built.bytes = json::serialize(message);
    built.subject = d.subject;
    built.facts = {{"SoTien", p.amount}, {"MaTienTe", profile.currency}};
    built.mapping = profile.hash;
    built.read = access::PersonalRead{"system:payment", "nộp phí trực tuyến", "dossier", d.id.value, "", now};
    return connector::Building{std::move(built)};
}

}  // namespace hl::payment
