// One hexagon a commune, about where it lies. By keyboard the arrows go from cell to cell.
import { useRef } from 'react';
import { layout } from './layout';
import { middle, neighbour, type Shade } from './logic';
import type { MapKeys } from './map';

const side = 10;
const corners = Array.from({ length: 6 }, (_, i) => { const a = (Math.PI / 180) * (60 * i - 90); return `${(Math.cos(a) * (side - 0.55)).toFixed(2)},${(Math.sin(a) * (side - 0.55)).toFixed(2)}`; }).join(' ');
const places = layout.map(([code, column, row]) => { const [x, y] = middle(column, row); return [code, x * side, y * side] as const; });
const width = Math.max(...places.map(([, x]) => x)) + side * 1.9;
const height = Math.max(...places.map(([, , y]) => y)) + side * 2.1;

export function Hexes({ title, shades, values, keys, interactive }: { title: string; shades: ReadonlyMap<string, Shade>; values: ReadonlyMap<string, string>; keys: MapKeys; interactive: boolean }) {
  const refs = useRef(new Map<string, SVGGElement>());
  const shade = (code: string): Shade => shades.get(code) ?? 'unknown';
  const onKey = (code: string) => (e: React.KeyboardEvent) => {
    if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); keys.open(code); return; }
    if (!e.key.startsWith('Arrow')) return;
    e.preventDefault();
    const next = neighbour(layout, code, e.key);
    if (next) { keys.step(next); refs.current.get(next)?.focus(); }
  };
  return (
    <svg viewBox={`${-side} ${-side * 1.1} ${width} ${height}`} role="group" aria-label={title}>
      <defs><pattern id="whatch" width="3" height="3" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="3" height="3" className="whatchback" /><line x1="0" y1="0" x2="0" y2="3" className="whatchline" /></pattern></defs>
      {places.map(([code, x, y]) => (
        <g key={code} ref={(e) => { if (e) refs.current.set(code, e); }} className={`wcell ${shade(code)} ${keys.here === code ? 'here' : ''}`} data-commune={code} transform={`translate(${x.toFixed(2)} ${y.toFixed(2)})`} role="link" tabIndex={interactive && code === keys.at ? 0 : -1}
          aria-label={keys.label(code)} onFocus={() => keys.step(code)} onPointerMove={(e) => { const box = e.currentTarget.ownerSVGElement!.getBoundingClientRect(); keys.point(code, { x: e.clientX - box.left, y: e.clientY - box.top }); }} onPointerLeave={() => keys.point(null, null)} onClick={() => keys.open(code)} onKeyDown={onKey(code)}>
          <polygon points={corners} />
          <text className="wcellname" y="-2.2">{keys.short(code)}</text>{' '}
          <text className="wcellvalue" y="1.6">{values.get(code) ?? '?'}</text>
        </g>
      ))}
    </svg>
  );
}
