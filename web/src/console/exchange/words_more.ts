// Words of what is done rarely to the registry and the log: endings, groups, who is believed, erasing, a topic's limits.
import { useLanguage } from '../../i18n';

const vi = {
  end: {
    act: 'Cho kết thúc', day: 'Ngày đầu tiên không còn hiệu lực', dayHint: 'ngày/tháng/năm; để trống là hôm nay', badDay: 'Ngày chưa đúng. Ví dụ: 1/12/2026.', done: 'Đã ghi ngày kết thúc', over: (d: string) => `Đã kết thúc từ ${d}`, planned: (d: string) => `Sẽ kết thúc từ ${d}`,
    title: { members: 'Cho thành viên kết thúc?', subsystems: 'Cho hệ thống con kết thúc?', servers: 'Cho cổng kết thúc?', services: 'Cho dịch vụ kết thúc?' },
    text: {
      members: 'Từ ngày đó mọi hệ thống con, dịch vụ, quyền và chứng thư của thành viên này không còn hiệu lực. Nhật ký và chứng cứ cũ vẫn kiểm được.',
      subsystems: 'Từ ngày đó hệ thống con này không gọi được ai, dịch vụ của nó không còn ai gọi được.',
      servers: 'Từ ngày đó không cổng nào nói chuyện với cổng này. Hệ thống con nó phục vụ cần cổng khác.',
      services: 'Từ ngày đó lượt gọi dịch vụ này bị từ chối. Hãy báo trước cho bên đang dùng (xem Quyền).',
    },
  },
  groups: {
    tab: 'Nhóm', lead: 'Nhóm hệ thống con được cấp quyền chung một lần.', none: 'Chưa có nhóm nào', noneText: 'Tạo nhóm khi nhiều hệ thống cùng cần một quyền.', make: 'Tạo nhóm', code: 'Mã nhóm', codeHint: 'Chữ không dấu, số, - . _', title: 'Tên nhóm', badCode: 'Mã gồm chữ không dấu, số, - . _', members: 'Hệ thống con trong nhóm', empty: 'Chưa có hệ thống con nào', add: 'Thêm hệ thống con', addShort: 'Thêm', system: 'Hệ thống con', from: (d: string) => `từ ${d}`, remove: 'Đưa ra khỏi nhóm',
    removeTitle: 'Đưa hệ thống con ra khỏi nhóm?', removeText: 'Từ hôm nay hệ thống này không còn quyền nào có được nhờ nhóm. Quyền cấp riêng vẫn giữ.', made: 'Đã tạo nhóm', done: 'Đã ghi',
  },
  trust: {
    add: 'Thêm dịch vụ tin cậy', lead: 'Từ cấu hình tiếp theo, mọi cổng tin chứng thư do cơ quan này cấp, hoặc dấu thời gian do dịch vụ này đóng. Hãy so dấu vân tay với giấy tờ của bên cung cấp trước khi thêm.', kind: 'Loại', authority: 'Cơ quan chứng thực', time_stamper: 'Dịch vụ dấu thời gian', name: 'Tên', certificate: 'Chứng thư (PEM)', certificateHint: 'Dán văn bản bắt đầu bằng -----BEGIN CERTIFICATE-----', notPem: 'Cần văn bản PEM: từ -----BEGIN CERTIFICATE----- đến -----END CERTIFICATE-----.',
    intermediates: 'Chứng thư trung gian (PEM, nối tiếp nhau)', ocsp: 'Địa chỉ OCSP, mỗi dòng một địa chỉ', url: 'Địa chỉ dịch vụ', uses: 'Cấp chứng thư để', signing: 'ký thông điệp', authentication: 'kết nối giữa các cổng', needUse: 'Chọn ít nhất một việc.', added: 'Đã thêm',
    end: 'Thôi tin', endTitle: 'Thôi tin dịch vụ này?', endText: 'Từ cấu hình tiếp theo không cổng nào tin chứng thư hoặc dấu thời gian mới của bên này. Chứng cứ đã có trước đó vẫn kiểm được theo thời điểm của nó.', ended: 'Đã thôi tin',
  },
  erase: {
    act: 'Xóa nội dung', title: 'Xóa vĩnh viễn nội dung bản ghi này?', text: 'Khóa giải mã bị hủy, không ai lấy lại được nội dung. Chữ ký, dấu thời gian và giá trị băm vẫn còn, nên nhật ký vẫn kiểm được.', reason: 'Lý do và căn cứ', reasonHint: 'Được ghi vào nhật ký cùng tên người xóa', short: 'Lý do gồm 5 đến 500 ký tự.', whole: 'Xóa cả người dùng, số vụ việc và bên được đại diện', done: 'Đã xóa nội dung', section: 'Xóa theo quy định',
    lead: 'Dùng khi pháp luật yêu cầu xóa dữ liệu cá nhân đã trao đổi.',
  },
  limits: {
    act: 'Sửa tên và giới hạn', title: 'Tên và giới hạn của chủ đề', name: 'Tên chủ đề', retention: 'Giữ tin (giờ)', dead: 'Giữ tin không giao được (giờ)', attempts: 'Số lần giao lại', largest: 'Tin lớn nhất (KiB)', wrong: (least: string, most: string) => `Số nguyên từ ${least} đến ${most}.`, save: 'Lưu', done: 'Đã lưu', deadFact: 'Giữ tin không giao được (giờ)', largestFact: 'Tin lớn nhất',
  },
};
type MoreWords = typeof vi;

const en: MoreWords = {
  end: {
    act: 'End', day: 'First day without it', dayHint: 'day/month/year; empty means today', badDay: 'This is no date. Example: 1/12/2026.', done: 'The end is recorded', over: (d) => `Ended on ${d}`, planned: (d) => `Ends on ${d}`,
    title: { members: 'End this member?', subsystems: 'End this subsystem?', servers: 'End this gateway?', services: 'End this service?' },
    text: {
      members: 'From that day on all its subsystems, services, rights and certificates hold no longer. The log and earlier proof can still be verified.',
      subsystems: 'From that day on it can call nobody, and nobody can call its services.',
      servers: 'From that day on no gateway talks to this one. The subsystems that it serves need another.',
      services: 'From that day on calls of it are refused. Tell those who use it before (see Rights).',
    },
  },
  groups: {
    tab: 'Groups', lead: 'A group of subsystems is granted a right once for all of them.', none: 'There are no groups yet', noneText: 'Make one when several systems need the same right.', make: 'Make a group', code: 'Code of the group', codeHint: 'Letters without accents, digits, - . _', title: 'Title', badCode: 'Letters without accents, digits, - . _', members: 'Subsystems in it', empty: 'No subsystem yet', add: 'Add a subsystem', addShort: 'Add', system: 'Subsystem', from: (d) => `since ${d}`, remove: 'Take out',
    removeTitle: 'Take the subsystem out of the group?', removeText: 'From today on it has no right that came from the group. Rights granted to itself remain.', made: 'The group is made', done: 'Recorded',
  },
  trust: {
    add: 'Add a trust service', lead: 'From the next configuration on every gateway believes certificates of this authority, or time-stamps of this service. Compare the fingerprint with its papers first.', kind: 'Kind', authority: 'Certification authority', time_stamper: 'Time-stamp service', name: 'Name', certificate: 'Certificate (PEM)', certificateHint: 'Paste the text that begins with -----BEGIN CERTIFICATE-----', notPem: 'PEM is needed: from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.',
    intermediates: 'Intermediate certificates (PEM, one after another)', ocsp: 'OCSP addresses, one a line', url: 'Address of the service', uses: 'Its certificates are for', signing: 'signing messages', authentication: 'connections between gateways', needUse: 'Choose at least one.', added: 'Added',
    end: 'Believe no longer', endTitle: 'Believe this service no longer?', endText: 'From the next configuration on no gateway believes new certificates or time-stamps of it. Earlier proof can still be verified as of its time.', ended: 'It is believed no longer',
  },
  erase: {
    act: 'Erase contents', title: 'Erase the contents of this record for good?', text: 'The keys are destroyed and nobody can bring the contents back. Signature, time-stamp and digests stay, so that the log can still be verified.', reason: 'Reason and basis', reasonHint: 'Kept in the log beside who erased', short: 'A reason has 5 to 500 characters.', whole: 'Also user, issue and represented party', done: 'The contents are erased', section: 'Erasing as the rules want it',
    lead: 'For when the law wants personal data that was exchanged to be erased.',
  },
  limits: {
    act: 'Change title and limits', title: 'Title and limits of the topic', name: 'Title', retention: 'Messages are kept (hours)', dead: 'Undelivered messages are kept (hours)', attempts: 'Attempts', largest: 'Largest message (KiB)', wrong: (least, most) => `A whole number from ${least} to ${most}.`, save: 'Save', done: 'Saved', deadFact: 'Undelivered ones are kept (hours)', largestFact: 'Largest message',
  },
};

export const useMoreWords = (): MoreWords => (useLanguage().language === 'en' ? en : vi);
