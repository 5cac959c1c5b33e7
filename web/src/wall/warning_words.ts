// Words of the page of warnings; the protocol's own words are translated here and nowhere else.
import { useLanguage } from '../i18n';

const vi = {
  title: 'Cảnh báo cho người dân', lead: 'Bản tin theo chuẩn CAP 1.2: đăng ngay lên trang đầu Cổng dịch vụ, trong nguồn tin mở, và hết hiệu lực theo giờ.', fresh: 'Phát cảnh báo', issue: 'Phát cho người dân', back: 'Quay lại', cancel: 'Huỷ cảnh báo', empty: 'Chưa có bản tin nào', emptyText: 'Khi lãnh đạo phát cảnh báo hoặc nguồn khác chuyển tới, bản tin hiện ở đây.',
  headline: 'Tiêu đề', standing: 'Tình trạng', area: 'Khu vực', sender: 'Nơi phát', until: 'Hiệu lực đến', sent: 'Phát lúc', source: 'Nguồn chuyển', via: (f: string) => `qua ${f}`, message: 'Bản tin CAP (XML)',
  active: 'Đang có hiệu lực', over: 'Hết hiệu lực', cancelled: 'Đã huỷ', replaced: 'Đã thay bằng bản mới', cancellation: 'Tin huỷ',
  status: 'Loại bản tin', statuses: { Actual: 'Thật', Exercise: 'Diễn tập', Test: 'Thử kỹ thuật', System: 'Hệ thống', Draft: 'Nháp' } as Record<'Actual' | 'Exercise' | 'Test' | 'System' | 'Draft', string>, category: 'Lĩnh vực',
  categories: { Met: 'Khí tượng, thuỷ văn', Geo: 'Địa chất', Safety: 'An toàn công cộng', Security: 'An ninh', Rescue: 'Cứu hộ', Fire: 'Cháy', Health: 'Y tế', Env: 'Môi trường', Transport: 'Giao thông', Infra: 'Hạ tầng', CBRNE: 'Hoá, sinh, phóng xạ, nổ', Other: 'Khác' } as Record<string, string>,
  severity: 'Mức độ', severities: { Extreme: 'Thảm hoạ', Severe: 'Nghiêm trọng', Moderate: 'Vừa', Minor: 'Nhẹ', Unknown: 'Chưa rõ' } as Record<string, string>, urgency: 'Khi nào', urgencies: { Immediate: 'Ngay bây giờ', Expected: 'Trong vài giờ tới', Future: 'Thời gian tới', Past: 'Đã qua', Unknown: 'Chưa rõ' } as Record<string, string>, certainty: 'Độ chắc chắn', certainties: { Observed: 'Đã xảy ra', Likely: 'Nhiều khả năng', Possible: 'Có thể', Unlikely: 'Ít khả năng', Unknown: 'Chưa rõ' } as Record<string, string>,
  lasts: 'Có hiệu lực trong', hours: (h: string) => `${h} giờ`, places: 'Xã, phường, đặc khu', placesHint: 'Bỏ trống là cả địa bàn của cơ quan', inVietnamese: 'Tiếng Việt', inEnglish: 'Tiếng Anh (không bắt buộc)', event: 'Sự kiện', description: 'Nội dung', instruction: 'Người dân cần làm gì', publicNote: 'Bấm phát là mọi người thấy ngay. Muốn thử, chọn loại Diễn tập hoặc Thử kỹ thuật: bản tin không lên Cổng.', whyVi: 'Vì sao huỷ', whyEn: 'Vì sao huỷ, bằng tiếng Anh (không bắt buộc)',
};
type Words = typeof vi;
const en: Words = {
  title: 'Warnings to the public', lead: 'CAP 1.2 messages: at once on the portal’s start page and in the open feed, over by the clock.', fresh: 'Issue a warning', issue: 'Issue to the public', back: 'Back', cancel: 'Cancel the warning', empty: 'No messages yet', emptyText: 'When a leader warns, or another source hands a message in, it stands here.',
  headline: 'Headline', standing: 'Standing', area: 'Area', sender: 'Sender', until: 'In force until', sent: 'Sent', source: 'Handed in by', via: (f) => `via ${f}`, message: 'The CAP message (XML)',
  active: 'In force', over: 'Over', cancelled: 'Cancelled', replaced: 'Replaced by a newer one', cancellation: 'Cancellation',
  status: 'Kind of message', statuses: { Actual: 'Actual', Exercise: 'Exercise', Test: 'Technical test', System: 'System', Draft: 'Draft' }, category: 'Field',
  categories: { Met: 'Weather and water', Geo: 'Geological', Safety: 'Public safety', Security: 'Security', Rescue: 'Rescue', Fire: 'Fire', Health: 'Health', Env: 'Environment', Transport: 'Transport', Infra: 'Infrastructure', CBRNE: 'Chemical, biological, nuclear, explosive', Other: 'Other' },
  severity: 'Severity', severities: { Extreme: 'Extreme', Severe: 'Severe', Moderate: 'Moderate', Minor: 'Minor', Unknown: 'Unknown' }, urgency: 'Urgency', urgencies: { Immediate: 'Immediate', Expected: 'Within hours', Future: 'In the near future', Past: 'Past', Unknown: 'Unknown' }, certainty: 'Certainty', certainties: { Observed: 'Observed', Likely: 'Likely', Possible: 'Possible', Unlikely: 'Unlikely', Unknown: 'Unknown' },
  lasts: 'In force for', hours: (h) => `${h} hours`, places: 'Communes', placesHint: 'None: the whole area of the agency', inVietnamese: 'Vietnamese', inEnglish: 'English (optional)', event: 'Event', description: 'What happens', instruction: 'What people should do', publicNote: 'Everybody sees it at once. To try it, choose an exercise or a test: those are not shown on the portal.', whyVi: 'Why it is cancelled, in Vietnamese', whyEn: 'Why it is cancelled, in English (optional)',
};
export const useWarningWords = (): Words => (useLanguage().language === 'en' ? en : vi);
