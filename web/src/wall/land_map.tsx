// The communes as land: MapLibre draws them, and each has a key of its own for the keyboard where it lies.
import { useMantineColorScheme } from '@mantine/core';
import { useEffect, useMemo, useRef } from 'react';
import { landBeside, landsOf, type Topology } from './land';
import type { Drawn, Look, Said } from './land_draw';
import type { MapKeys } from './map';
import { useWords } from './words';

export default function LandMap({ topology, around, shades, values, keys, interactive, dark, failed }: { topology: Topology; around: Topology | null; shades: Look['shades']; values: Look['values']; keys: MapKeys; interactive: boolean; dark: boolean; failed: () => void }) {
  const w = useWords();
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn | null>(null);
  const refs = useRef(new Map<string, HTMLButtonElement>());
  const { colorScheme } = useMantineColorScheme();
  const lands = useMemo(() => landsOf(topology), [topology]);
  const surroundings = useMemo(() => (around ? { topology: around, lands: landsOf(around) } : null), [around]);
  const names = useMemo(() => new Map(lands.map((l) => [l.code, keys.short(l.code)])), [lands, keys.short]);
  const look: Look = { shades, values, names, here: keys.here, focus: interactive ? keys.shown : null };
  const newest = useRef({ look, keys, failed });
  newest.current = { look, keys, failed };
  const said: Said = w.map.land;
  useEffect(() => {
    let gone = false;
    const font = document.fonts.load('400 24px "Inter Variable"', 'Quảng Trị ờ').catch(() => {});
    void Promise.all([import('./land_draw'), font]).then(([{ draw }]) => {
      if (gone || !box.current) return;
      try {
        drawn.current = draw(box.current, topology, lands, surroundings, interactive, said, {
          point: (code, at) => newest.current.keys.point(code, at),
          open: (code) => newest.current.keys.open(code),
          moved: (places) => { for (const [code, [x, y]] of places) { const key = refs.current.get(code); if (key) key.style.translate = `${x}px ${y}px`; } },
          failed: () => newest.current.failed(),
        });
        drawn.current.show(newest.current.look);
      } catch {
        newest.current.failed();  // no WebGL: the hexagons need none
      }
    }, () => newest.current.failed());
    return () => {
      gone = true;
      drawn.current?.end();
      drawn.current = null;
    };
  }, [topology, lands, surroundings, interactive, said]);
  useEffect(() => drawn.current?.show(newest.current.look), [shades, values, names, look.here, look.focus, colorScheme, dark]);
  const onKey = (code: string) => (e: React.KeyboardEvent) => {
    if (!e.key.startsWith('Arrow')) return;
    e.preventDefault();
    const next = landBeside(lands, code, e.key);
    if (next) { keys.step(next); refs.current.get(next)?.focus(); }
  };
  return (
    <div className="wland">
      <div className="wlandbox" ref={box} />
      <div className="wlandkeys">
        {lands.map((l) => (
          <button key={l.code} ref={(e) => { if (e) refs.current.set(l.code, e); }} type="button" data-commune={l.code} tabIndex={interactive && l.code === keys.at ? 0 : -1} aria-label={keys.label(l.code)}
            onFocus={() => keys.step(l.code)} onClick={() => keys.open(l.code)} onKeyDown={onKey(l.code)} />
        ))}
      </div>
    </div>
  );
}
