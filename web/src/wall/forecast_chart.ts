// Arrivals by week: a line of what came, and a band of what is expected. A chunk of its own, as chart.ts is.
import { LineChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([LineChart, GridComponent, TooltipComponent, SVGRenderer]);

export interface Week { name: string; came: number | null; expected: number | null; low: number | null; high: number | null; label: string }
export interface Drawn { show(weeks: readonly Week[]): void; end(): void }

export function draw(box: HTMLElement): Drawn {
  const chart = init(box, undefined, { renderer: 'svg' });
  const sized = new ResizeObserver(() => chart.resize());
  sized.observe(box);
  return {
    show(weeks) {
      const css = getComputedStyle(box);
      const colour = (name: string) => css.getPropertyValue(name).trim();
      const px = parseFloat(css.fontSize);
      const quiet = { color: colour('--hl-ink-3'), fontFamily: css.fontFamily, fontSize: px * 0.85 };
      const gap = (v: number | null) => v ?? '-';
      const band = { type: 'line' as const, silent: true, symbol: 'none', stack: 'band', lineStyle: { width: 0 } };
      chart.setOption({
        animation: false,
        grid: { left: 8, right: 16, top: px, bottom: 4, containLabel: true },
        tooltip: { trigger: 'axis', renderMode: 'richText', formatter: (list: { dataIndex: number }[]) => weeks[list[0]?.dataIndex ?? 0]?.label ?? '', backgroundColor: colour('--hl-surface'), borderColor: colour('--hl-line-strong'), textStyle: { ...quiet, color: colour('--hl-ink') } },
        xAxis: { type: 'category', data: weeks.map((w) => w.name), boundaryGap: false, axisLabel: { ...quiet, hideOverlap: true }, axisLine: { lineStyle: { color: colour('--hl-line-strong') } }, axisTick: { show: false } },
        yAxis: { type: 'value', min: 0, splitNumber: 3, axisLabel: { ...quiet, formatter: (v: number) => v.toLocaleString('vi-VN') }, splitLine: { lineStyle: { color: colour('--hl-line') } } },
        series: [
          // The band is two areas on one another, of which the lower is not seen.
          { ...band, data: weeks.map((w) => gap(w.low)), areaStyle: { opacity: 0 } },
          { ...band, data: weeks.map((w) => (w.low === null || w.high === null ? '-' : w.high - w.low)), areaStyle: { color: colour('--hl-accent'), opacity: 0.18 } },
          { type: 'line', data: weeks.map((w) => gap(w.expected)), symbol: 'none', lineStyle: { type: 'dashed', width: px * 0.12, color: colour('--hl-accent') } },
          { type: 'line', data: weeks.map((w) => gap(w.came)), symbolSize: px * 0.35, lineStyle: { width: px * 0.14, color: colour('--hl-accent') }, itemStyle: { color: colour('--hl-accent') } },
        ],
      }, { notMerge: true });
    },
    end() {
      sized.disconnect();
      chart.dispose();
    },
  };
}
