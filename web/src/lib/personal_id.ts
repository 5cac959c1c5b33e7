// The structure of the 12-digit personal number (Circular 59/2021/TT-BCA, Article 4): three digits of the province of
// birth registration, one of century and sex, two of the year of birth, six of chance. A look at the structure tells a
// slip of the finger from a number; it does not tell whether the number was ever given out.

import { birthYearOf, dateFromTyped } from '../../forms/formats';

const provinces: Record<string, string> = {
  '001': 'Hà Nội', '002': 'Hà Giang', '004': 'Cao Bằng', '006': 'Bắc Kạn', '008': 'Tuyên Quang', '010': 'Lào Cai',
  '011': 'Điện Biên', '012': 'Lai Châu', '014': 'Sơn La', '015': 'Yên Bái', '017': 'Hòa Bình', '019': 'Thái Nguyên',
  '020': 'Lạng Sơn', '022': 'Quảng Ninh', '024': 'Bắc Giang', '025': 'Phú Thọ', '026': 'Vĩnh Phúc', '027': 'Bắc Ninh',
  '030': 'Hải Dương', '031': 'Hải Phòng', '033': 'Hưng Yên', '034': 'Thái Bình', '035': 'Hà Nam', '036': 'Nam Định',
  '037': 'Ninh Bình', '038': 'Thanh Hóa', '040': 'Nghệ An', '042': 'Hà Tĩnh', '044': 'Quảng Bình', '045': 'Quảng Trị',
  '046': 'Thừa Thiên Huế', '048': 'Đà Nẵng', '049': 'Quảng Nam', '051': 'Quảng Ngãi', '052': 'Bình Định',
  '054': 'Phú Yên', '056': 'Khánh Hòa', '058': 'Ninh Thuận', '060': 'Bình Thuận', '062': 'Kon Tum', '064': 'Gia Lai',
  '066': 'Đắk Lắk', '067': 'Đắk Nông', '068': 'Lâm Đồng', '070': 'Bình Phước', '072': 'Tây Ninh', '074': 'Bình Dương',
  '075': 'Đồng Nai', '077': 'Bà Rịa – Vũng Tàu', '079': 'Thành phố Hồ Chí Minh', '080': 'Long An', '082': 'Tiền Giang',
  '083': 'Bến Tre', '084': 'Trà Vinh', '086': 'Vĩnh Long', '087': 'Đồng Tháp', '089': 'An Giang', '091': 'Kiên Giang',
  '092': 'Cần Thơ', '093': 'Hậu Giang', '094': 'Sóc Trăng', '095': 'Bạc Liêu', '096': 'Cà Mau',
};

export type PersonalId =
  | { kind: 'empty' }
  | { kind: 'incomplete'; digits: number }
  | { kind: 'letters' }
  | { kind: 'future'; year: number }
  | { kind: 'read'; province: string | null; code: string; sex: 'male' | 'female'; year: number; number: string };

export interface Card {
  number: string;
  name?: string;
  /** ISO. */
  born?: string;
  address?: string;
}
/** The text of a card's QR code, as a scanner types it: number|old number|name|ddMMyyyy|sex|address|ddMMyyyy of issue.
 *  Null until enough of it has come: scanners type letter by letter, and end with Enter or not. */
export function readCard(text: string): Card | null {
  const parts = text.normalize('NFC').trim().split('|').map((p) => p.trim());
  const number = parts[0] ?? '';
  if (parts.length < 7 || !/^\d{12}$/.test(number) || !/^\d{8}$/.test(parts[6] ?? '')) return null;
  const card: Card = { number };
  if (parts[2]) card.name = parts[2];
  const typed = parts[3] ?? '';
  const born = /^\d{8}$/.test(typed) ? dateFromTyped(typed) : null;
  if (born) card.born = born;
  if (parts[5]) card.address = parts[5];
  return card;
}
/** Is a card being typed right now? */
export const isScanning = (text: string) => /^\s*\d{12}\|/.test(text);

export function readPersonalId(text: string, thisYear: number): PersonalId {
  const number = text.replace(/\s+/g, '');
  if (!number) return { kind: 'empty' };
  if (!/^\d+$/.test(number)) return { kind: 'letters' };
  if (number.length !== 12) return { kind: 'incomplete', digits: number.length };
  const code = number.slice(0, 3);
  const centuryAndSex = Number(number[3]);
  const year = birthYearOf(number);
  if (year > thisYear) return { kind: 'future', year };
  return { kind: 'read', province: provinces[code] ?? null, code, sex: centuryAndSex % 2 === 0 ? 'male' : 'female', year, number };
}
