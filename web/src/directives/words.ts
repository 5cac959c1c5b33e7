// Vietnamese with English beside it.
import { useLanguage } from '../i18n';
import type { Command, State } from './api';

const vi = {
  title: 'Chỉ đạo', lead: 'Việc lãnh đạo giao, ai làm, hạn nào và đang đến đâu. Hạn tính theo giờ làm việc.', mine: 'Việc được giao', mineLead: 'Chỉ đạo của cấp trên tới cơ quan bạn. Tiếp nhận, báo cáo tiến độ, gửi minh chứng, xin gia hạn và báo hoàn thành ở đây.',
  back: 'Danh sách chỉ đạo', fresh: 'Giao chỉ đạo', issue: 'Giao', issuing: 'Đang giao', fromAlert: 'Giao chỉ đạo', have: (code: string) => `Đã giao ${code}`, alertOver: 'Cảnh báo này không còn, nên không có mẫu điền sẵn.',
  agency: 'Cơ quan thực hiện', agencyHint: 'Gõ để tìm', officer: 'Giao đích danh (không bắt buộc)', officerHint: 'Bỏ trống là giao cho cả cơ quan', heading: 'Tiêu đề', headingHint: 'Hiện trong danh sách. Không ghi tên hay thông tin của người dân.', text: 'Nội dung', hours: 'Thời hạn (giờ làm việc)', hoursHint: '8 giờ là một ngày làm việc',
  due: 'Hạn', dueAt: (t: string) => `Hạn ${t}`, arithmetic: 'Cách tính hạn', day: 'Ngày', worked: 'Giờ làm việc', minutes: (h: string) => `${h} giờ`, provisional: 'Tạm tính: năm này chưa có thông báo lịch nghỉ chính thức.', calendar: (c: string) => `Theo lịch làm việc ${c}`,
  states: { issued: 'Mới giao', working: 'Đang thực hiện', handed_in: 'Chờ lãnh đạo xem', closed: 'Đã kết thúc', withdrawn: 'Đã thu hồi' } as Record<State, string>,
  filter: 'Xem', filters: { open: 'Chưa kết thúc', overdue: 'Quá hạn', due_soon: 'Sắp đến hạn', handed_in: 'Chờ lãnh đạo xem', closed: 'Đã kết thúc', all: 'Tất cả' } as Record<string, string>,
  counts: { open: 'Chưa kết thúc', overdue: 'Quá hạn', due_soon: 'Sắp đến hạn', unacknowledged: 'Chưa tiếp nhận quá 8 giờ', handed_in: 'Chờ lãnh đạo xem', extension_asked: 'Xin gia hạn' },
  empty: 'Không có chỉ đạo nào', emptyText: 'Chưa có việc nào như vậy. Chọn mục khác, hoặc giao việc mới từ một cảnh báo.', emptyDesk: 'Chưa có chỉ đạo nào giao cho cơ quan bạn.', next: 'Trang sau', first: 'Về trang đầu',
  overdue: 'Quá hạn', dueSoon: 'Sắp đến hạn', code: 'Mã', what: 'Việc', who: 'Cơ quan', state: 'Tình trạng', progress: 'Tiến độ', percent: (n: number) => `${n}%`, left: (h: string) => `còn ${h} giờ làm việc`, late: (h: string) => `trễ ${h} giờ làm việc`,
  issuer: 'Bên giao', toOfficer: 'Người được giao', issuedAt: 'Giao lúc', verdict: { on_time: 'Đúng hạn', late: 'Quá hạn' }, result: 'Kết quả', extension: (h: string, d: string) => `Xin thêm ${h}, đến ${d}`, extensionTitle: 'Đề nghị gia hạn', origin: 'Xuất phát từ cảnh báo', erased: 'Nội dung đã được xoá theo quy định.', internal: 'Trong nội bộ cơ quan: theo dõi, không tính vào chỉ tiêu.',
  evidence: 'Minh chứng', noEvidence: 'Chưa có minh chứng.', open: 'Mở', figure: (i: string, p: string, v: string) => `Chỉ tiêu ${i}, kỳ ${p}: ${v}`, dossier: (c: string) => `Hồ sơ ${c}`, scanNone: 'chưa quét vi-rút',
  timeline: 'Diễn biến', system: 'Hệ thống', machine: 'Hệ thống khác', newDue: (d: string) => `hạn ${d}`,
  lines: { issued: 'Giao chỉ đạo', acknowledged: 'Tiếp nhận', reported: 'Báo cáo tiến độ', evidence_added: 'Thêm minh chứng', extension_asked: 'Xin gia hạn', extended: 'Gia hạn', extension_refused: 'Không gia hạn', handed_in: 'Báo hoàn thành', sent_back: 'Trả lại', closed: 'Chấp nhận, kết thúc', reopened: 'Mở lại', withdrawn: 'Thu hồi', moved: 'Chuyển cho cơ quan kế thừa' } as Record<string, string>,
  act: 'Bạn có thể làm', nothing: 'Hiện không có việc gì để bạn làm ở chỉ đạo này.',
  commands: { acknowledge: 'Tiếp nhận', report: 'Báo cáo tiến độ', add_evidence: 'Thêm minh chứng', ask_extension: 'Xin gia hạn', grant_extension: 'Đồng ý gia hạn', refuse_extension: 'Không gia hạn', hand_in: 'Báo hoàn thành', accept: 'Chấp nhận, kết thúc', send_back: 'Trả lại', reopen: 'Mở lại', withdraw: 'Thu hồi' } as Record<Command, string>,
  words: 'Nội dung', optional: 'Ghi chú (không bắt buộc)', percentOf: 'Tiến độ (%)', more: 'Xin thêm (giờ làm việc)', granted: 'Cho thêm (giờ làm việc)', grantedHint: 'Bỏ trống là đúng như đề nghị', again: 'Hạn mới (giờ làm việc)', send: 'Gửi', cancel: 'Bỏ qua', done: (what: string) => `${what}: đã ghi.`,
  kind: 'Loại minh chứng', kinds: { file: 'Tệp', figure: 'Chỉ tiêu của cơ quan', dossier: 'Hồ sơ' }, file: 'Tệp', fileNeeded: 'Hãy chọn một tệp.', indicator: 'Mã chỉ tiêu', period: 'Kỳ (ví dụ 2026-11)', dossierCode: 'Mã hồ sơ',
};
type Words = typeof vi;
const en: Words = {
  title: 'Directives', lead: 'What leaders want done, by whom, until when, and how it stands. Deadlines are in working time.', mine: 'Directives to us', mineLead: 'What was given to your agency from above. Acknowledge, report, hand in evidence, ask for time and report it done here.',
  back: 'All directives', fresh: 'Issue a directive', issue: 'Issue', issuing: 'Issuing', fromAlert: 'Issue a directive', have: (code) => `${code} was issued`, alertOver: 'The alert stands no longer; there is no filled form.',
  agency: 'Agency', agencyHint: 'Type to search', officer: 'To one officer (optional)', officerHint: 'Empty: the agency as a whole', heading: 'Title', headingHint: 'Stands in lists. No names or data of citizens.', text: 'What is to be done', hours: 'Time (working hours)', hoursHint: '8 hours are a working day',
  due: 'Deadline', dueAt: (t) => `Due ${t}`, arithmetic: 'How it is computed', day: 'Day', worked: 'Working hours', minutes: (h) => `${h} hours`, provisional: 'Provisional: the year has no official notice of holidays yet.', calendar: (c) => `By the working calendar ${c}`,
  states: { issued: 'Issued', working: 'In work', handed_in: 'Handed in', closed: 'Closed', withdrawn: 'Withdrawn' },
  filter: 'Show', filters: { open: 'Open', overdue: 'Overdue', due_soon: 'Due soon', handed_in: 'Handed in', closed: 'Closed', all: 'All' },
  counts: { open: 'Open', overdue: 'Overdue', due_soon: 'Due soon', unacknowledged: 'Not acknowledged for 8 hours', handed_in: 'Handed in', extension_asked: 'Time asked for' },
  empty: 'No directives', emptyText: 'There is none like that. Choose another list, or issue one from an alert.', emptyDesk: 'No directive was given to your agency.', next: 'Next page', first: 'First page',
  overdue: 'Overdue', dueSoon: 'Due soon', code: 'Code', what: 'Task', who: 'Agency', state: 'State', progress: 'Progress', percent: (n) => `${n}%`, left: (h) => `${h} working hours left`, late: (h) => `${h} working hours late`,
  issuer: 'Issued by', toOfficer: 'Given to', issuedAt: 'Issued', verdict: { on_time: 'In time', late: 'Late' }, result: 'Result', extension: (h, d) => `${h} more, until ${d}`, extensionTitle: 'More time is asked for', origin: 'From the alert', erased: 'The text was erased.', internal: 'Within the agency: followed up, not counted by indicators.',
  evidence: 'Evidence', noEvidence: 'No evidence yet.', open: 'Open', figure: (i, p, v) => `Indicator ${i}, ${p}: ${v}`, dossier: (c) => `Dossier ${c}`, scanNone: 'not scanned for malware',
  timeline: 'Timeline', system: 'System', machine: 'Another system', newDue: (d) => `due ${d}`,
  lines: { issued: 'Issued', acknowledged: 'Acknowledged', reported: 'Progress', evidence_added: 'Evidence added', extension_asked: 'Asked for time', extended: 'Time granted', extension_refused: 'Time refused', handed_in: 'Handed in', sent_back: 'Sent back', closed: 'Accepted and closed', reopened: 'Taken up again', withdrawn: 'Withdrawn', moved: 'Moved to the successor' },
  act: 'What you can do', nothing: 'There is nothing for you to do here now.',
  commands: { acknowledge: 'Acknowledge', report: 'Report progress', add_evidence: 'Add evidence', ask_extension: 'Ask for time', grant_extension: 'Grant the time', refuse_extension: 'Refuse', hand_in: 'Hand in', accept: 'Accept and close', send_back: 'Send back', reopen: 'Take up again', withdraw: 'Withdraw' },
  words: 'Text', optional: 'Note (optional)', percentOf: 'Progress (%)', more: 'More time (working hours)', granted: 'Time granted (working hours)', grantedHint: 'Empty: as much as was asked for', again: 'New deadline (working hours)', send: 'Send', cancel: 'Cancel', done: (what) => `${what}: recorded.`,
  kind: 'Kind of evidence', kinds: { file: 'File', figure: 'Figure of the agency', dossier: 'Dossier' }, file: 'File', fileNeeded: 'Choose a file.', indicator: 'Indicator code', period: 'Period (e.g. 2026-11)', dossierCode: 'Dossier code',
};
export const useWords = (): Words => (useLanguage().language === 'en' ? en : vi);
