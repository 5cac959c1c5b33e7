/** Letters without their Vietnamese marks, lower case: what somebody types who has no Vietnamese keyboard. */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[̀-ͯ]/g, '')
    .replace(/[đĐ]/g, 'd')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim();
}

/** First letters of the words: "Đăng ký thành lập hộ kinh doanh" → "dktlhkd". */
export function initials(text: string): string {
  return fold(text)
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
    .map((word) => word[0])
    .join('');
}

/**
 * How well `text` answers `query`; 0 is not at all. Words count in any order and by their beginning; letters typed
 * with marks must agree with the marks, letters without them need not.
 */
export function score(query: string, text: string): number {
  const typed = query.normalize('NFC').toLowerCase().trim();
  if (!typed) return 1;
  const plain = fold(query);
  const target = fold(text);
  const marked = text.normalize('NFC').toLowerCase();
  if (typed !== plain && !typed.split(/\s+/).every((word) => word === fold(word) || marked.includes(word))) return 0;
  if (target.startsWith(plain)) return 100;
  if (target.includes(plain)) return 80;
  const words = target.split(/[^a-z0-9.]+/);
  if (plain.split(' ').every((part) => words.some((word) => word.startsWith(part)))) return 60;
  const short = plain.replace(/ /g, '');
  if (short.length >= 2 && initials(text).includes(short)) return 50;
  return 0;
}

export function search<T>(items: readonly T[], query: string, text: (item: T) => string): T[] {
  if (!query.trim()) return [...items];
  return items
    .map((item, index) => ({ item, index, points: score(query, text(item)) }))
    .filter((found) => found.points > 0)
    .sort((a, b) => b.points - a.points || a.index - b.index)
    .map((found) => found.item);
}
