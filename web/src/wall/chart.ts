// The only place that knows ECharts; a chunk of its own, loaded after the figures are on the screen. Lines alone.
import { LineChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([LineChart, GridComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

export interface Point { name: string; value: number | null; open: boolean; label: string }
export interface Look { points: readonly Point[]; target: number | null; targetLabel: string; large: boolean }
export interface Drawn { show(look: Look): void; end(): void }

/** A gap where nothing is known; what is provisional is a ring. */
export function draw(box: HTMLElement): Drawn {
  const chart = init(box, undefined, { renderer: 'svg' });
  const sized = new ResizeObserver(() => chart.resize());
  sized.observe(box);
  return {
    show({ points, target, targetLabel, large }) {
      const css = getComputedStyle(box);
      const colour = (name: string) => css.getPropertyValue(name).trim();
      const px = parseFloat(css.fontSize);
      const quiet = { color: colour('--hl-ink-3'), fontFamily: css.fontFamily, fontSize: px * 0.85 };
      const last = points.findLastIndex((p) => p.value !== null);
      const known = points.map((p) => p.value).filter((v): v is number => v !== null);
      const all = large && target !== null ? [...known, target] : known;
      const [least, most] = [Math.min(...all), Math.max(...all)];
      const air = (most - least || Math.abs(most) || 1) * 0.15;
      chart.setOption({
        animation: false,
        grid: large ? { left: 8, right: 16, top: px * 1.6, bottom: 4, containLabel: true } : { left: 4, right: 6, top: 5, bottom: 5 },
        tooltip: large ? { trigger: 'axis', renderMode: 'richText', formatter: (list: { dataIndex: number }[]) => { const p = points[list[0]?.dataIndex ?? 0]; return p ? `${p.name}: ${p.label}` : ''; }, backgroundColor: colour('--hl-surface'), borderColor: colour('--hl-line-strong'), textStyle: { ...quiet, color: colour('--hl-ink') } } : undefined,
        xAxis: { type: 'category', show: large, data: points.map((p) => p.name), boundaryGap: false, axisLabel: quiet, axisLine: { lineStyle: { color: colour('--hl-line-strong') } }, axisTick: { show: false } },
        yAxis: { type: 'value', show: large, min: known.length ? Math.max(least >= 0 ? 0 : -Infinity, least - air) : 0, max: known.length ? most + air : 1, splitNumber: 3, axisLabel: { ...quiet, showMinLabel: false, showMaxLabel: false, formatter: (v: number) => v.toLocaleString('vi-VN', { maximumFractionDigits: 1 }) }, splitLine: { lineStyle: { color: colour('--hl-line') } } },
        series: [{
          type: 'line', silent: !large, connectNulls: false, showAllSymbol: true, showSymbol: true,
          lineStyle: { width: large ? px * 0.16 : px * 0.12, color: colour('--hl-accent') },
          data: points.map((p, i) => {
            const alone = p.value !== null && (points[i - 1]?.value ?? null) === null && (points[i + 1]?.value ?? null) === null;
            const seen = large || alone || i === last;
            return { value: p.value ?? '-', symbol: seen ? 'circle' : 'none', symbolSize: px * (large ? 0.55 : 0.42), itemStyle: { color: p.open ? colour('--hl-surface') : colour('--hl-accent'), borderColor: colour('--hl-accent'), borderWidth: px * 0.12 } };
          }),
          markLine: large && target !== null ? { silent: true, symbol: 'none', lineStyle: { type: 'dashed', color: colour('--hl-ink-3') }, label: { ...quiet, position: 'insideEndTop', formatter: targetLabel }, data: [{ yAxis: target }] } : undefined,
        }],
      }, { notMerge: true });
    },
    end() {
      sized.disconnect();
      chart.dispose();
    },
  };
}
