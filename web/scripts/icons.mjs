// The icon of the portal (web/portal/static/icon.svg) as PNG, drawn here so that no picture of unknown origin is kept.
// Usage: icons(folder). The drawing is the bridge: deck, arch, hangers.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { png, rgba } from './png.mjs';

const ground = [0x9a, 0x1b, 0x1e], line = [0xff, 0xd7, 0x5e], stroke = 4, corner = 12, side = 64;
const curve = (a, b, c, d, t) => [0, 1].map((k) => (1 - t) ** 3 * a[k] + 3 * (1 - t) ** 2 * t * b[k] + 3 * (1 - t) * t * t * c[k] + t ** 3 * d[k]);
const segments = [[[8, 44], [56, 44]], ...[[16, 36], [24, 31], [32, 29], [40, 31], [48, 36]].map(([x, y]) => [[x, 44], [x, y]])];
for (let i = 0; i < 24; ++i) segments.push([i, i + 1].map((n) => curve([8, 44], [16, 24], [48, 24], [56, 44], n / 24)));

function distance([x, y], [[ax, ay], [bx, by]]) {
  const [dx, dy] = [bx - ax, by - ay];
  const t = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
}
/** Distance outside the rounded square; negative inside. */
function outside(x, y) {
  const [qx, qy] = [x, y].map((v) => Math.abs(v - side / 2) - side / 2 + corner);
  return Math.hypot(Math.max(qx, 0), Math.max(qy, 0)) + Math.min(Math.max(qx, qy), 0) - corner;
}
function icon(size, maskable) {
  const rows = Buffer.alloc(size * (1 + 4 * size));
  const unit = side / size;
  const cover = (d) => Math.max(0, Math.min(1, 0.5 - d / unit));
  for (let j = 0; j < size; ++j)
    for (let i = 0; i < size; ++i) {
      // A mask may cut everything outside the inner four fifths.
      const at = [(i + 0.5) * unit, (j + 0.5) * unit].map((v) => (maskable ? (v - side / 2) / 0.7 + side / 2 : v));
      const ink = cover((Math.min(...segments.map((s) => distance(at, s))) - stroke / 2) * (maskable ? 0.7 : 1));
      const alpha = maskable ? 1 : cover(outside(at[0], at[1]));
      const o = j * (1 + 4 * size) + 1 + 4 * i;
      for (let k = 0; k < 3; ++k) rows[o + k] = Math.round(ground[k] + (line[k] - ground[k]) * ink);
      rows[o + 3] = Math.round(255 * alpha);
    }
  return png(size, size, rgba, rows);
}
export function icons(folder) {
  writeFileSync(join(folder, 'icon-192.png'), icon(192, false));
  writeFileSync(join(folder, 'icon-512.png'), icon(512, false));
  writeFileSync(join(folder, 'icon-maskable-512.png'), icon(512, true));
}
