// The connectors' words: loaded with their pages. Terms follow docs/glossary.md.
import { useLanguage } from '../../i18n';

const vi = {
  title: 'Kết nối đối tác', lead: 'Mỗi kết nối đọc sổ cái và gửi cho một đối tác. Không thông điệp nào mất: hoặc đối tác đã nhận, hoặc đang chờ, hoặc được giữ lại hay bị từ chối và nêu rõ vì sao.',
  none: 'Chưa kết nối đối tác nào', noneText: 'Khai đối tác ở mục links của tệp cấu hình rồi khởi động lại. Bản trình diễn dùng chương trình hienluong-sim.',
  simulated: 'Đối tác giả lập', simulatedText: 'Đối tác này do chương trình hienluong-sim đóng vai, chạy cạnh máy chủ. Không có dữ liệu nào ra ngoài máy này.',
  partner: 'Đối tác', state: 'Trạng thái', waiting: 'Chờ gửi', held: 'Giữ lại', dead: 'Bị từ chối', differences: 'Sai lệch', accepted: 'Đối tác đã nhận', lag: 'Sổ cái chưa đọc', events: (n: string) => `${n} sự kiện`, oldest: 'Chờ lâu nhất từ', speed: 'Tốc độ', perSecond: (n: string) => `${n} thông điệp mỗi giây`, address: 'Địa chỉ', retrying: (n: string) => `${n} đang gửi lại`, behind: (n: string) => `${n} đứng sau mục bị giữ hoặc bị từ chối của cùng mã`,
  well: 'Bình thường', paused: 'Tạm dừng', resting: 'Đối tác không trả lời, tạm nghỉ', trying: 'Đang thử lại', attention: 'Cần xem', pausedBy: (by: string, at: string) => `${by}, ${at}`,
  tabs: { overview: 'Tổng quan', differences: 'Sai lệch', dead: 'Bị từ chối', held: 'Giữ lại', messages: 'Thông điệp', journal: 'Nhật ký' },
  pause: 'Tạm dừng', resume: 'Gửi tiếp', pauseTitle: 'Tạm dừng gửi cho đối tác này?', pauseText: 'Việc xảy ra trong lúc dừng vẫn vào hàng chờ và được gửi khi cho gửi tiếp.', reason: 'Lý do', reasonNeeded: 'Hãy ghi lý do.', done: 'Đã ghi.',
  compare: 'Đối soát ngay', comparing: 'Đang đối soát. Kết quả hiện ở đây khi xong.', lastCompare: 'Đối soát gần nhất', neverCompared: 'Chưa đối soát lần nào', comparedText: (n: string, d: string) => `đã hỏi ${n} mã, ${d} sai lệch`, interrupted: 'Dừng giữa chừng', underWay: (n: string) => `${n} mã đang gửi nên chưa so`,
  replayAll: 'Gửi lại tất cả', replayTitle: 'Gửi lại mọi thứ đối tác đã nhận?', replayText: 'Mỗi hồ sơ được gửi lại một lần theo nội dung hiện tại. Dùng khi đối tác mất dữ liệu.', replayed: (n: string) => `${n} thông điệp vào hàng chờ.`,
  retryAll: 'Gửi lại tất cả', retry: 'Gửi lại', explain: 'Gác lại', explainTitle: 'Gác lại và ghi lý do', explainText: 'Mục này thôi hiện ở danh sách. Lý do và người ghi được lưu.', sendAgain: 'Gửi lại', openDossier: 'Mở hồ sơ', queued: 'Đã đưa vào hàng chờ.',
  key: 'Mã', field: 'Trường', ours: 'Ở đây', theirs: 'Ở đối tác', found: 'Phát hiện', nothing: 'không có', missingThere: 'Đối tác không có', missingHere: 'Chỉ đối tác có', noDifferences: 'Hai bên khớp nhau', noDifferencesText: 'Lần đối soát gần nhất không thấy sai lệch nào còn mở.',
  datum: 'Dữ liệu thiếu hoặc sai', why: 'Vì sao', noDead: 'Không có thông điệp nào bị từ chối', noHeld: 'Không có thông điệp nào bị giữ lại', noMessages: 'Chưa có thông điệp nào', noJournal: 'Chưa trao đổi lần nào', all: 'Mọi trạng thái', find: 'Tìm theo mã',
  kinds: { dossier: 'Hồ sơ', progress: 'Tiến trình' } as Record<string, string>, states: { queued: 'Chờ gửi', held: 'Giữ lại', dead: 'Bị từ chối', accepted: 'Đã nhận', unneeded: 'Không cần gửi', explained: 'Đã gác lại' } as Record<string, string>,
  kind: 'Loại', tries: 'Số lần gửi', lastTry: 'Gửi lần cuối', marks: 'Đánh dấu', operation: 'Dịch vụ', at: 'Lúc', took: 'Mất', verdict: 'Kết luận', verdicts: { accepted: 'Nhận', exists: 'Đã có, gửi cập nhật', refused: 'Từ chối', again: 'Sẽ gửi lại', task: 'Tác vụ', failed: 'Không được' } as Record<string, string>, ms: (n: string) => `${n} ms`,
  open: 'Xem nội dung', opened: 'Nội dung trao đổi', openedText: 'Có dữ liệu cá nhân: lần xem này đã được ghi vào nhật ký đọc dữ liệu.', request: 'Gửi đi', response: 'Trả lời', empty: '(trống)', more: 'Hiện thêm',
  cost: 'Ảnh hưởng đến Bộ chỉ số 766', costNone: 'Đối tác có đủ hồ sơ: không mất điểm nào ở tiêu chí đồng bộ.', costLine: (n: string, of: string, p: string) => `thiếu ${n} trên ${of} hồ sơ, mất ${p} điểm`, costOf: (month: string) => `Tháng ${month}`, unverified: 'Điểm tối đa của tiêu chí này chưa đối chiếu với văn bản chính thức.',
  reports: { taken: 'mới nhận', known: 'đã có', refused: 'không nhận được', unreadable: 'không đọc được', procedures_there: 'thủ tục ở đối tác', procedures_here: 'thủ tục ở đây', differences: 'khác nhau', compared: 'đã so', waiting: 'đang gửi' } as Record<string, string>, details: 'Chi tiết', tasks: 'Việc định kỳ', last: 'Lần trước', next: 'Lần tới', runNow: 'Chạy ngay', never: 'Chưa chạy', back: 'Mọi kết nối', loadMore: 'Hiện thêm',
};
export type LinkWords = typeof vi;

const en: LinkWords = {
  title: 'Partners', lead: 'Each connector reads the ledger and tells one partner. No message is lost: the partner has it, or it waits, or it is held or refused and says why.',
  none: 'No partner is connected', noneText: 'Set partners under links in the settings file and start again. A demonstration uses hienluong-sim.',
  simulated: 'Simulated partner', simulatedText: 'This partner is played by hienluong-sim beside the server. Nothing leaves this machine.',
  partner: 'Partner', state: 'State', waiting: 'Waiting', held: 'Held', dead: 'Refused', differences: 'Differences', accepted: 'The partner has', lag: 'Ledger not read yet', events: (n) => `${n} events`, oldest: 'Longest waiting since', speed: 'Speed', perSecond: (n) => `${n} messages a second`, address: 'Address', retrying: (n) => `${n} being tried again`, behind: (n) => `${n} stand behind a held or refused one of their key`,
  well: 'Well', paused: 'Paused', resting: 'The partner does not answer, resting', trying: 'Being tried again', attention: 'Needs a look', pausedBy: (by, at) => `${by}, ${at}`,
  tabs: { overview: 'Overview', differences: 'Differences', dead: 'Refused', held: 'Held', messages: 'Messages', journal: 'Journal' },
  pause: 'Pause', resume: 'Go on', pauseTitle: 'Stop sending to this partner?', pauseText: 'What happens meanwhile waits and goes out when it goes on.', reason: 'Reason', reasonNeeded: 'Say why.', done: 'Recorded.',
  compare: 'Compare now', comparing: 'Comparing. The result appears here.', lastCompare: 'Last comparison', neverCompared: 'Never compared', comparedText: (n, d) => `asked for ${n} keys, ${d} differences`, interrupted: 'Interrupted', underWay: (n) => `${n} keys under way, not compared`,
  replayAll: 'Send all again', replayTitle: 'Send again all that the partner has accepted?', replayText: 'Each dossier goes out once more as it is now. For a partner that lost its data.', replayed: (n) => `${n} messages wait.`,
  retryAll: 'Try all again', retry: 'Try again', explain: 'Lay aside', explainTitle: 'Lay aside with a reason', explainText: 'It leaves this list. The reason and who gave it are kept.', sendAgain: 'Send again', openDossier: 'Open the dossier', queued: 'It waits in the outbox.',
  key: 'Key', field: 'Field', ours: 'Here', theirs: 'There', found: 'Found', nothing: 'nothing', missingThere: 'Missing there', missingHere: 'Only there', noDifferences: 'Both sides agree', noDifferencesText: 'The last comparison left no difference open.',
  datum: 'Missing or wrong datum', why: 'Why', noDead: 'Nothing was refused', noHeld: 'Nothing is held', noMessages: 'No messages yet', noJournal: 'No exchange yet', all: 'Any state', find: 'Find by key',
  kinds: { dossier: 'Dossier', progress: 'Progress' }, states: { queued: 'Waiting', held: 'Held', dead: 'Refused', accepted: 'Accepted', unneeded: 'Not needed', explained: 'Laid aside' },
  kind: 'Kind', tries: 'Tries', lastTry: 'Last try', marks: 'Marks', operation: 'Service', at: 'At', took: 'Took', verdict: 'Verdict', verdicts: { accepted: 'Accepted', exists: 'Known, sent as update', refused: 'Refused', again: 'To be sent again', task: 'Task', failed: 'Failed' }, ms: (n) => `${n} ms`,
  open: 'Show contents', opened: 'What was exchanged', openedText: 'This holds personal data: that you looked is in the log of reads.', request: 'Sent', response: 'Answer', empty: '(empty)', more: 'Show more',
  cost: 'What it costs in the index of Decision 766', costNone: 'The partner has every dossier: no point of synchronisation is lost.', costLine: (n, of, p) => `${n} of ${of} dossiers missing, ${p} points lost`, costOf: (month) => `Month ${month}`, unverified: 'The maximum of this criterion was not held against the official text.',
  reports: { taken: 'taken in', known: 'known', refused: 'refused', unreadable: 'unreadable', procedures_there: 'procedures there', procedures_here: 'procedures here', differences: 'different', compared: 'compared', waiting: 'under way' }, details: 'Details', tasks: 'At intervals', last: 'Last', next: 'Next', runNow: 'Run now', never: 'Never', back: 'All connectors', loadMore: 'Show more',
};

export function useLinkWords(): LinkWords {
  return useLanguage().language === 'vi' ? vi : en;
}
