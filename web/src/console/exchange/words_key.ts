// Words of the key that signs the configuration.
import { useLanguage } from '../../i18n';

const vi = {
  tab: 'Khóa cấu hình', title: 'Khóa ký cấu hình', lead: 'Mọi cổng tin cấu hình vì được ký bằng khóa này. Người quản trị cổng so dấu vân tay qua điện thoại hoặc trên giấy khi phải ghim lại khóa bằng tay.', fingerprint: 'Dấu vân tay (SHA-256)',
  first: 'Khóa đầu tiên', firstText: 'Chưa đổi lần nào.', history: 'Các lần đổi khóa', number: 'Văn bản', key: 'Khóa mới', reason: 'Lý do', announced: 'Công bố', from: 'Ký từ', state: 'Tình trạng',
  reasons: { planned: 'theo kế hoạch', compromise: 'nghi bị lộ' }, states: { signs: 'Đang ký', announced: 'Đã công bố', past: 'Đã bỏ' }, unreadable: 'Có văn bản không đọc được; hãy tải lại trang hoặc kiểm phiên bản máy chủ.',
  waiting: (day: string) => `Khóa kế tiếp sẽ ký từ ${day}. Các cổng tự chuyển, không phải dừng.`, stolen: 'Khóa này thay một khóa nghi bị lộ: mỗi cổng phải được ghim lại bằng tay.',
  how: 'Đổi khóa', howText: 'Đổi trên máy của nơi đăng ký, vì khóa bí mật nằm ở đó. Khóa cũ ký tiếp 7 ngày rồi bị hủy; các cổng tự theo, kể cả cổng tắt nhiều tháng.', stolenHow: 'Khi nghi khóa bị lộ, không cổng nào tự theo; người quản trị từng cổng chạy lệnh sau với dấu vân tay mới:',
};
type KeyWords = typeof vi;
const en: KeyWords = {
  tab: 'Configuration key', title: 'The key that signs the configuration', lead: 'Gateways believe the configuration because this key signed it. Their administrators compare the fingerprint by telephone or on paper when a key has to be pinned by hand.', fingerprint: 'Fingerprint (SHA-256)',
  first: 'The first key', firstText: 'It has never been changed.', history: 'Changes of the key', number: 'Statement', key: 'New key', reason: 'Reason', announced: 'Announced', from: 'Signs from', state: 'State',
  reasons: { planned: 'planned', compromise: 'may have been stolen' }, states: { signs: 'Signs now', announced: 'Announced', past: 'Given up' }, unreadable: 'There is a statement that cannot be read; load the page again or look at the server’s version.',
  waiting: (day) => `The next key signs from ${day}. Gateways change over by themselves, without a stop.`, stolen: 'This key took the place of one that may have been stolen: every gateway has to be pinned by hand.',
  how: 'Changing the key', howText: 'It is changed on the registry’s machine, where the private key lies. The old key signs for 7 more days and is destroyed then; gateways follow by themselves, also those that were off for months.', stolenHow: 'When it may have been stolen no gateway follows by itself; the administrator of each runs this with the new fingerprint:',
};
export const useKeyWords = (): KeyWords => (useLanguage().language === 'en' ? en : vi);
