// The notices' words: loaded with their page. Terms follow docs/glossary.md.
import { useLanguage } from '../../i18n';

const vi = {
  title: 'Tin báo cho người dân', lead: 'Người nộp hồ sơ nhận tin gì, bằng đường nào, giờ nào. Mẫu tin và quy tắc nằm trong gói dữ liệu (thư mục notices) và được kiểm tra trước khi áp dụng.',
  none: 'Chưa có mẫu tin', noneText: 'Áp dụng gói dữ liệu có thư mục notices. Khi chưa có mẫu, không ai nhận tin nào.',
  rules: 'Quy tắc gửi', quiet: 'Giờ yên tĩnh', quietText: (from: string, to: string, ways: string) => `${from}–${to} (${ways}); tin chờ tới sáng`, neverQuiet: 'không có', order: 'Thứ tự khi người dân chưa chọn', stale: 'Quá bao lâu thì không báo nữa', hours: (n: string) => `${n} giờ`, overdue: 'Xin lỗi vì quá hạn, trong vòng', days: (n: string) => `${n} ngày`, longest: 'SMS, Zalo dài nhất', characters: (n: string) => `${n} ký tự`,
  ways: { mail: 'thư điện tử', sms: 'SMS', zalo: 'Zalo' } as Record<string, string>, gateways: 'Cổng tin nhắn', valid: 'Hiệu lực', from: (d: string) => `từ ${d}`, file: 'Tệp', unverified: 'Chưa đối chiếu',
  preview: 'Xem trước', previewText: 'Điền bằng giá trị mẫu; không đọc hồ sơ hay người nào.', kind: 'Loại tin', language: 'Ngôn ngữ', languages: { vi: 'Tiếng Việt', en: 'Tiếng Anh' }, subject: 'Tiêu đề thư', mail: 'Thư', brief: 'SMS và Zalo', length: (n: string) => `${n} ký tự`, notTold: 'Không có mẫu hôm nay: người dân không nhận tin về việc này.',
  bounces: 'Thư không tới được', noBounces: 'Chưa có báo không gửi được nào', noBouncesText: 'Máy chủ thư chuyển báo về địa chỉ gửi vào đây. Tin bị từ chối ngay lúc gửi hiện ở trang Kết nối đối tác.', key: 'Tin', status: 'Mã', permanent: 'Vĩnh viễn', passing: 'Tạm thời', at: 'Lúc', partner: 'Mở kết nối gửi tin',
};
export type NoticeWords = typeof vi;

const en: NoticeWords = {
  title: 'Notices to people', lead: 'What applicants are told, by which way and when. Texts and rules stand in the pack (folder notices) and are checked before they are applied.',
  none: 'There are no texts', noneText: 'Apply a pack that has a folder notices. Without texts nobody is told anything.',
  rules: 'Rules', quiet: 'Quiet hours', quietText: (from, to, ways) => `${from}–${to} (${ways}); messages wait until morning`, neverQuiet: 'none', order: 'Order when the person has not chosen', stale: 'Not told any more after', hours: (n) => `${n} hours`, overdue: 'Apologies for overdue promises, within', days: (n) => `${n} days`, longest: 'Longest SMS or Zalo message', characters: (n) => `${n} characters`,
  ways: { mail: 'mail', sms: 'SMS', zalo: 'Zalo' }, gateways: 'Gateways', valid: 'Valid', from: (d) => `from ${d}`, file: 'File', unverified: 'Not verified',
  preview: 'Preview', previewText: 'Filled with made-up values; no dossier and no person is looked at.', kind: 'Kind', language: 'Language', languages: { vi: 'Vietnamese', en: 'English' }, subject: 'Subject', mail: 'Mail', brief: 'SMS and Zalo', length: (n) => `${n} characters`, notTold: 'No text today: people are not told of this.',
  bounces: 'Mail that did not arrive', noBounces: 'No report of non-delivery yet', noBouncesText: 'The mail server hands reports that come back to the sending address in here. What is refused at once is shown under Partners.', key: 'Notice', status: 'Code', permanent: 'Permanent', passing: 'Passing', at: 'At', partner: 'Open the connector',
};

export const useNoticeWords = (): NoticeWords => (useLanguage().language === 'vi' ? vi : en);
