// A line of twelve periods. The picture is for the eye; the same values stand beside it as words or in a table.
import { useMantineColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type { Drawn, Look } from './chart';

export function Line({ look, dark }: { look: Look; dark?: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn | null>(null);
  const newest = useRef(look);
  newest.current = look;
  const { colorScheme } = useMantineColorScheme();
  const told = JSON.stringify(look);
  useEffect(() => {
    let gone = false;
    void import('./chart').then(({ draw }) => {
      if (gone || !box.current) return;
      drawn.current = draw(box.current);
      drawn.current.show(newest.current);
    });
    return () => {
      gone = true;
      drawn.current?.end();
      drawn.current = null;
    };
  }, []);
  // Colours are read from the page when it is drawn.
  useEffect(() => drawn.current?.show(newest.current), [told, colorScheme, dark]);
  return <div ref={box} className={look.large ? 'wline large' : 'wline'} aria-hidden />;
}
