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
  let address = '';
  let turn = 0;

  input.addEventListener('change', async () => {
    const mine = ++turn;
    if (address) URL.revokeObjectURL(address);
    address = '';
    box.replaceChildren();
    const file = input.files?.[0];
    if (!file || !file.type.startsWith('image/')) return;
    box.textContent = words.reading;
    let picture: ImageBitmap;
    try {
      picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
    } catch {
      if (mine === turn) box.textContent = words.photoUnread;
      return;
    }
    const [small, context] = drawn(picture, measuredSide);
    const pixels = context.getImageData(0, 0, small.width, small.height);
    const look = judge(measure(greyOf(pixels.data), small.width, small.height), Math.max(picture.width, picture.height));
    let sent: Blob = file;
    if (file.size > worthSmaller || Math.max(picture.width, picture.height) > keptSide) {
      const [canvas] = drawn(picture, keptSide);
      const made = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.85));
      if (mine !== turn) return;
      if (made && made.size < file.size) {
        const name = file.name.replace(/\.[^.]*$/, '') || 'anh';
        const carrier = new DataTransfer();
        carrier.items.add(new File([made], `${name}.jpg`, { type: 'image/jpeg', lastModified: file.lastModified }));
        input.files = carrier.files;
        sent = made;
      }
    }
    picture.close();
    if (mine !== turn) return;
    address = URL.createObjectURL(sent);
    box.replaceChildren(
      make('img', { src: address, alt: words.preview, width: String(small.width), height: String(small.height) }),
      make('p', { class: look === 'good' ? 'hl-photo-good' : 'hl-photo-bad', 'data-look': look }, hints[look], ...(look === 'good' ? [] : [` ${words.photoKeep}`])),
      ...(sent === file ? [] : [make('p', { class: 'hint', 'data-smaller': '' }, words.smaller(size(file.size), size(sent.size)))]),
    );
  });
}
