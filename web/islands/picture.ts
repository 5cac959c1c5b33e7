// Can the words on a photographed paper be read? Measured on a small grey copy: mean light, how much of it is burnt out,
// and the variance of the Laplacian, which falls when edges are soft. A hint, never a refusal. No screen: tested alone.
export type Look = 'good' | 'dark' | 'bright' | 'blurred' | 'small';
export interface Measures { mean: number; burnt: number; sharpness: number }

/** Longest side of the copy that is measured: the thresholds below belong to it. */
export const measuredSide = 640;
const darkest = 70, mostBurnt = 0.985, softest = 45, smallestSide = 700;

export function greyOf(rgba: Uint8ClampedArray): Uint8ClampedArray {
  const grey = new Uint8ClampedArray(rgba.length / 4);
  for (let i = 0; i < grey.length; ++i) grey[i] = 0.299 * (rgba[4 * i] ?? 0) + 0.587 * (rgba[4 * i + 1] ?? 0) + 0.114 * (rgba[4 * i + 2] ?? 0);
  return grey;
}
export function measure(grey: Uint8ClampedArray, width: number, height: number): Measures {
  let sum = 0, burnt = 0;
  for (const light of grey) {
    sum += light;
    if (light >= 253) ++burnt;
  }
  let n = 0, total = 0, squares = 0;
  for (let y = 1; y < height - 1; ++y)
    for (let x = 1; x < width - 1; ++x) {
      const at = y * width + x;
      const edge = 4 * (grey[at] ?? 0) - (grey[at - 1] ?? 0) - (grey[at + 1] ?? 0) - (grey[at - width] ?? 0) - (grey[at + width] ?? 0);
      ++n;
      total += edge;
      squares += edge * edge;
    }
  const mean = n ? total / n : 0;
  return { mean: grey.length ? sum / grey.length : 0, burnt: grey.length ? burnt / grey.length : 0, sharpness: n ? squares / n - mean * mean : 0 };
}
/** `longest`: the longer side of the photo as taken. */
export function judge(m: Measures, longest: number): Look {
  if (longest < smallestSide) return 'small';
  if (m.mean < darkest) return 'dark';
  if (m.burnt > mostBurnt) return 'bright';
  return m.sharpness < softest ? 'blurred' : 'good';
}
/** Size that keeps letters of a page readable (about 200 dots an inch of A4) and no larger. */
export function fitted(width: number, height: number, side: number): { width: number; height: number } {
  const scale = Math.min(1, side / Math.max(width, height, 1));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
