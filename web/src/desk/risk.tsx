// How likely the dossiers of a queue are to miss their promise: asked for once for the rows at the top, shown where it
// matters. An account or installation without a forecast sees the queue as it was.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../api/session';
import type { operations } from '../api/schema';
import { useLanguage } from '../i18n';

type Answer = operations['getForecastOfCodes']['responses'][200]['content']['application/json'];
export type Risk = Answer['items'][number];
const most = 100;
const shownFrom = 20;

export function useRisks(codes: readonly string[]): (code: string) => Risk | undefined {
  const asked = useMemo(() => [...codes.slice(0, most)].sort(), [codes]);
  const { data } = useQuery({
    queryKey: ['forecast', 'codes', asked],
    queryFn: ({ signal }) => api.get<Answer>(`/api/v1/ioc/forecast/codes?codes=${encodeURIComponent(asked.join(','))}`, signal),
    enabled: asked.length > 0,
    staleTime: 60_000,
    refetchInterval: 5 * 60_000,
    retry: false,
    placeholderData: (before) => before,
  });
  return useMemo(() => {
    const all = new Map(data?.items.map((r) => [r.code, r]));
    return (code: string) => all.get(code);
  }, [data]);
}

/** "72% trễ": the step and the reason come with it for who points at it or listens. */
export function RiskBadge({ of: risk }: { of: Risk | undefined }) {
  const { language } = useLanguage();
  if (!risk || risk.probability === null || risk.standing === 'late' || risk.probability < shownFrom) return null;
  const percent = Math.round(risk.probability);
  return <span className={`state ${percent >= 50 ? 'bad' : 'warn'} risk`} title={risk.reason[language]}>{language === 'en' ? `${percent}% late` : `${percent}% trễ hẹn`}<span className="sr">. {risk.reason[language]}</span></span>;
}
