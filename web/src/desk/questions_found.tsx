// Earlier answers: looked up by words, procedure, state and days; one is taken as a draft by one click. It never says who
// asked, nor what he wrote.
import { Button, NativeSelect, Select, TextInput, VisuallyHidden } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState, type FormEvent } from 'react';
import { useAgencies } from '../api/queries';
import type { components } from '../api/schema';
import { api } from '../api/session';
import { useLanguage } from '../i18n';
import { Empty, Load } from '../kit/kit';
import { search as pick } from '../lib/fold';
import { dateTime, number } from '../lib/format';

type Page = components['schemas']['PortalAnswerPage'];
type Found = Page['items'][number];

const vi = {
  words: 'Từ trong câu hỏi hoặc câu trả lời', procedure: 'Mã thủ tục', agency: 'Cơ quan', every: 'Mọi cơ quan', nothing: 'Không có cơ quan này', state: 'Trạng thái', from: 'Nhận từ ngày', to: 'đến ngày', look: 'Tìm', more: 'Hiện thêm', list: 'Câu trả lời đã có',
  none: 'Không tìm thấy câu trả lời nào', noneText: 'Bớt từ, bỏ mã thủ tục hoặc nới khoảng ngày rồi tìm lại.', question: 'Câu hỏi', use: 'Dùng làm bản nháp', noAnswer: 'Chưa có câu trả lời ở đây.', logged: 'Tìm kiếm này được ghi vào nhật ký đọc dữ liệu. Không hiện người đã hỏi và lời hỏi của họ.', after: (id: string) => `theo câu trả lời của câu hỏi ${id}`, shown: (n: string) => `Đang hiện ${n} câu trả lời`,
  states: { answered: 'Đã trả lời', answered_there: 'Đã trả lời trên Cổng', assigned: 'Chờ trả lời', waiting: 'Chờ Trung tâm giao', any: 'Mọi trạng thái' } as Record<string, string>,
};
const en: typeof vi = {
  words: 'Words of the question or the answer', procedure: 'Procedure’s code', agency: 'Agency', every: 'Every agency', nothing: 'No such agency', state: 'State', from: 'Fetched from', to: 'until', look: 'Look', more: 'Show more', list: 'Earlier answers',
  none: 'No answer is found', noneText: 'Use fewer words, leave out the procedure or widen the days, and look again.', question: 'Question', use: 'Take as a draft', noAnswer: 'There is no answer here.', logged: 'Looking is in the log of reads. Who asked, and in what words, is not shown.', after: (id) => `after the answer to question ${id}`, shown: (n) => `${n} answers are shown`,
  states: { answered: 'Answered', answered_there: 'Answered at the portal', assigned: 'To be answered', waiting: 'Waits for the centre', any: 'Any state' },
};

interface Asked { agency: string; words: string; procedure: string; state: string; from: string; to: string }

/** `everywhere`: the province's centre, which may look at every agency's. */
export function EarlierAnswers({ agency, everywhere, procedure, except, onUse }: { agency: string; everywhere?: boolean; procedure?: string | null; except?: string; onUse?: (found: Found) => void }) {
  const w = useLanguage().language === 'en' ? en : vi;
  const agencies = useAgencies().data;
  const names = useMemo(() => new Map(agencies?.map((a) => [a.id, a.name])), [agencies]);
  const first: Asked = { agency: everywhere ? '' : agency, words: '', procedure: procedure ?? '', state: 'answered', from: '', to: '' };
  const [typed, setTyped] = useState(first);
  const [asked, setAsked] = useState(first);
  const [told, setTold] = useState('');
  const box = useRef<HTMLUListElement>(null);
  // Focused once its entry is there.
  const goal = useRef<string | undefined>(undefined);
  useEffect(() => {
    const at = goal.current ? box.current?.querySelector<HTMLElement>(`[data-found="${CSS.escape(goal.current)}"]`) : null;
    if (!at) return;
    at.focus();
    goal.current = undefined;
  });
  const put = (name: keyof Asked) => (e: { currentTarget: { value: string } }) => { const { value } = e.currentTarget; setTyped((t) => ({ ...t, [name]: value })); };
  const list = useInfiniteQuery({
    queryKey: ['portal-answers', except, asked],
    queryFn: ({ signal, pageParam }) => {
      const query = new URLSearchParams({ limit: '10' });
      for (const [name, value] of Object.entries({ ...asked, except: except ?? '', cursor: pageParam })) if (value.trim()) query.set(name, value.trim());
      return api.get<Page>(`/api/v1/portal-answers?${query}`, signal);
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
    // Each asking is a logged reading.
    refetchOnWindowFocus: false,
    staleTime: 60_000,
  });
  const rows = list.data?.pages.flatMap((p) => p.items) ?? [];
  const more = () => void list.fetchNextPage().then((after) => {
    const all = after.data?.pages.flatMap((p) => p.items) ?? [];
    setTold(w.shown(number(all.length)));
    goal.current = all[rows.length]?.id;
  });
  const submit = (e: FormEvent) => { e.preventDefault(); e.stopPropagation(); setTold(''); setAsked({ ...typed }); };
  return (
    <div style={{ display: 'grid', gap: 12 }}>
      <form role="search" aria-label={w.list} onSubmit={submit} className="row" style={{ flexWrap: 'wrap', alignItems: 'flex-end' }}>
        <TextInput label={w.words} value={typed.words} onChange={put('words')} maxLength={200} lang="vi" style={{ flex: '1 1 220px' }} />
        <TextInput label={w.procedure} value={typed.procedure} onChange={put('procedure')} maxLength={100} style={{ flex: '0 1 130px' }} />
        {everywhere && <Select label={w.agency} placeholder={w.every} searchable clearable data={(agencies ?? []).map((a) => ({ value: a.id, label: a.name }))} value={typed.agency || null} onChange={(value) => setTyped((t) => ({ ...t, agency: value ?? '' }))} nothingFoundMessage={w.nothing} filter={({ options, search }) => pick(options as { value: string; label: string }[], search, (o) => o.label)} limit={30} />}
        {!onUse && <NativeSelect label={w.state} value={typed.state} onChange={put('state')} data={Object.entries(w.states).map(([value, label]) => ({ value, label }))} />}
        <TextInput label={w.from} type="date" value={typed.from} onChange={put('from')} />
        <TextInput label={w.to} type="date" value={typed.to} onChange={put('to')} />
        <Button type="submit" variant="default" loading={list.isFetching && !list.isFetchingNextPage}>{w.look}</Button>
      </form>
      <Load of={list} lines={5}>
        {() => rows.length === 0 && !list.hasNextPage ? <Empty title={w.none}><p>{w.noneText}</p></Empty> : (
          <ul ref={box} aria-label={w.list} style={{ listStyle: 'none', margin: 0, padding: 0, display: 'grid', gap: 10 }}>
            {rows.map((f) => (
              <li key={f.id} tabIndex={-1} data-found={f.id} className="card" style={{ display: 'grid', gap: 8 }}>
                <div className="quiet">{w.question} <span className="mono">{f.id}</span> · {w.states[f.state] ?? f.state} · {dateTime(f.answered_at ?? f.received_at)}{f.procedure && <> · <span className="mono">{f.procedure}</span></>}{!onUse && f.agency && <> · <span lang="vi">{names.get(f.agency) ?? f.agency}</span></>}{f.from && ` · ${w.after(f.from)}`}</div>
                {f.answer ? <p lang="vi" style={{ whiteSpace: 'pre-wrap', margin: 0, overflowWrap: 'anywhere' }}>{f.answer}</p> : <p className="quiet" style={{ margin: 0 }}>{w.noAnswer}</p>}
                {onUse && f.answer && <div><Button variant="default" size="xs" onClick={() => onUse(f)}>{w.use}<VisuallyHidden> {f.id}</VisuallyHidden></Button></div>}
              </li>
            ))}
          </ul>
        )}
      </Load>
      {list.hasNextPage && <div><Button variant="default" loading={list.isFetchingNextPage} onClick={more}>{w.more}</Button></div>}
      <p role="status" className="quiet" style={{ margin: 0 }}>{told}</p>
      <p className="quiet" style={{ margin: 0 }}>{w.logged}</p>
    </div>
  );
}
