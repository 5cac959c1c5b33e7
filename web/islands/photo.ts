// A photo of a paper: camera on phones, preview, made smaller when it is large, a hint when it is dark or blurred.
import { button, make } from './dom';
import { fitted, greyOf, judge, measure, measuredSide, type Look } from './picture';
import { english, words } from './words';

const keptSide = 2400;
const worthSmaller = 1_500_000;
const hints: Record<Look, string> = { good: words.photoGood, dark: words.photoDark, bright: words.photoBright, blurred: words.photoBlurred, small: words.photoSmall };

function size(bytes: number): string {
  const many = bytes >= 1_000_000;
  const n = new Intl.NumberFormat(english ? 'en' : 'vi', { maximumFractionDigits: many ? 1 : 0 }).format(bytes / (many ? 1_000_000 : 1000));
  return `${n} ${many ? 'MB' : 'KB'}`;
}
function drawn(picture: ImageBitmap, side: number): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const { width, height } = fitted(picture.width, picture.height, side);
  const canvas = make('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { willReadFrequently: side === measuredSide });
  if (!context) throw new Error('canvas');
  context.drawImage(picture, 0, 0, width, height);
  return [canvas, context];
}

interface Seen { file: File; sent: File; look: Look | null; width: number; height: number }
async function look(file: File): Promise<Seen> {
  const plain: Seen = { file, sent: file, look: null, width: 0, height: 0 };
  if (!file.type.startsWith('image/')) return plain;
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    return plain;
  }
  try {
    const longest = Math.max(picture.width, picture.height);
    const [small, context] = drawn(picture, measuredSide);
    const pixels = context.getImageData(0, 0, small.width, small.height);
    const seen: Seen = { ...plain, look: judge(measure(greyOf(pixels.data), small.width, small.height), longest), width: small.width, height: small.height };
    if (file.size <= worthSmaller && longest <= keptSide) return seen;
    const [canvas] = drawn(picture, keptSide);
    const made = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.85));
    if (!made || made.size >= file.size) return seen;
    const name = file.name.replace(/\.[^.]*$/, '') || 'anh';
    return { ...seen, sent: new File([made], `${name}.jpg`, { type: 'image/jpeg', lastModified: file.lastModified }) };
  } catch {
    return plain; // no canvas: the photo is sent as it is
  } finally {
    picture.close();
  }
}

export function photo(input: HTMLInputElement): void {
  const box = make('div', { class: 'hl-photo', role: 'status' });
  input.after(box);
  if (matchMedia('(pointer: coarse)').matches)
    input.before(button(words.takePhoto, () => {
      const [accept, capture] = [input.accept, input.getAttribute('capture')];
      input.accept = 'image/*';
      input.setAttribute('capture', 'environment');
      input.click();
      input.accept = accept;
      if (capture === null) input.removeAttribute('capture');
    }));
  let addresses: string[] = [];
  let turn = 0;

  input.addEventListener('change', async () => {
    const mine = ++turn;
    addresses.forEach((address) => URL.revokeObjectURL(address));
    addresses = [];
    box.replaceChildren();
    const files = [...(input.files ?? [])];
    if (!files.some((file) => file.type.startsWith('image/'))) return;
    box.textContent = words.reading;
    const seen: Seen[] = [];
    for (const file of files) {
      // One after the other: a photo of twelve million points takes 48 MB while it is looked at.
      seen.push(await look(file));
      if (mine !== turn) return;
    }
    if (seen.some((one) => one.sent !== one.file)) {
      const carrier = new DataTransfer();
      for (const one of seen) carrier.items.add(one.sent);
      input.files = carrier.files;
    }
    box.replaceChildren(...seen.flatMap((one) => {
      if (!one.file.type.startsWith('image/')) return [];
      if (!one.look) return [make('p', { class: 'hint' }, `${files.length > 1 ? `${one.file.name}: ` : ''}${words.photoUnread}`)];
      const address = URL.createObjectURL(one.sent);
      addresses.push(address);
      return [
        make('img', { src: address, alt: files.length > 1 ? `${words.preview}: ${one.file.name}` : words.preview, width: String(one.width), height: String(one.height) }),
        make('p', { class: one.look === 'good' ? 'hl-photo-good' : 'hl-photo-bad', 'data-look': one.look }, hints[one.look], ...(one.look === 'good' ? [] : [` ${words.photoKeep}`])),
        ...(one.sent === one.file ? [] : [make('p', { class: 'hint', 'data-smaller': '' }, words.smaller(size(one.file.size), size(one.sent.size)))]),
      ];
    }));
  });
}
