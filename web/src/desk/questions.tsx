// Citizens' questions from the national portal: what the agency owes an answer to, one with its answer, and for the
// province's centre those that nobody has yet.
import { Button, Checkbox, NativeSelect, SegmentedControl, Select, Textarea } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { ApiProblem, newKey } from '../api/client';
import { useAgencies } from '../api/queries';
import type { components } from '../api/schema';
import { api, queries } from '../api/session';
import { useLanguage } from '../i18n';
import { Empty, Fact, Load, ProblemNotice, useTitle } from '../kit/kit';
import { search as pick } from '../lib/fold';
import { dateTime, number } from '../lib/format';
import { useAgenciesAs } from './agencies_as';
import { EarlierAnswers } from './questions_found';

type Page = components['schemas']['PortalQuestionPage'];
type Line = Page['items'][number];
type Whole = components['schemas']['PortalQuestion'];
type Listed = 'open' | 'waiting' | 'over';
type Show = Listed | 'find';

const vi = {
  title: 'Hỏi đáp', lead: 'Câu hỏi công dân gửi trên Cổng Dịch vụ công quốc gia. Câu trả lời được ghi vào sổ cái và gửi lên Cổng; sửa câu trả lời thì Cổng nhận bản mới.',
  agency: 'Cơ quan', show: 'Hiện', shows: { open: 'Chờ trả lời', waiting: 'Chờ giao', over: 'Đã trả lời', find: 'Tra cứu' }, counts: { overdue: 'quá hạn', changed: 'hỏi lại sau khi trả lời' },
  notConnected: 'Chưa nối với Cổng Dịch vụ công quốc gia', notConnectedText: 'Quản trị viên khai links: portal trong tệp cấu hình; ánh xạ của gói dữ liệu phải có phần questions.', noAgency: 'Tài khoản này không thuộc cơ quan nào trả lời câu hỏi.',
  empty: { open: 'Không có câu hỏi nào chờ trả lời', waiting: 'Không có câu hỏi nào chờ giao', over: 'Chưa trả lời câu hỏi nào' }, emptyText: 'Câu hỏi mới trên Cổng được lấy về năm phút một lần.',
  question: 'Câu hỏi', unit: 'Đơn vị ở Cổng', received: 'Nhận về', due: 'Hạn trả lời', assignDue: 'Hạn giao', state: 'Trạng thái', noDue: 'chưa có quy định', late: 'Quá hạn', more: 'Hiện thêm', shown: (n: string) => `Đang hiện ${n} câu hỏi`, back: 'Mọi câu hỏi', erased: 'Dữ liệu của người hỏi đã được xóa theo yêu cầu.', erasedWhen: 'Xóa lúc', erasedWhy: 'Lý do xóa', hidden: 'Tài khoản này không trả lời câu hỏi nên không xem được nội dung.',
  erase: 'Xóa dữ liệu người hỏi', eraseText: 'Xóa hẳn câu hỏi, câu trả lời và lời ghi ở đây và trong nhật ký kết nối; không khôi phục được. Số liệu giữ nguyên. Bản trên Cổng do Cổng quản lý.', eraseOpen: 'Câu hỏi chưa được trả lời: xóa rồi thì không ai trả lời được nữa.', eraseWhy: 'Vì sao xóa', eraseWhyShort: 'Hãy ghi vì sao, ít nhất 3 ký tự.', eraseSure: 'Tôi hiểu: xóa rồi không lấy lại được', eraseUnsent: 'Câu trả lời chưa lên Cổng: vẫn xóa, công dân sẽ không nhận được', eraseAct: 'Xóa hẳn', eraseSureNeeded: 'Hãy xác nhận.', eraseDone: 'Đã xóa dữ liệu của người hỏi.',
  states: { waiting: 'Chờ Trung tâm giao', assigned: 'Chờ trả lời', answered: 'Đã trả lời', answered_there: 'Đã trả lời trên Cổng', erased: 'Đã xóa khi chưa trả lời' } as Record<string, string>,
  rules: { mapping: 'theo bảng mã đơn vị', agency_code: 'theo mã định danh cơ quan', officer: 'được giao', unit_unknown: 'mã đơn vị không có trong bảng', no_unit_live: 'cơ quan của mã này đã kết thúc' } as Record<string, string>,
  how: 'Vì sao ở đây', dueRule: (days: string, basis: string) => `${days} ngày làm việc từ lúc nhận về. ${basis}.`, unverified: 'Chưa đối chiếu với quy định riêng cho hỏi đáp.', earlier: 'Câu trả lời đã có cho câu hỏi tương tự', taken: (id: string) => `Bản nháp lấy từ câu trả lời của câu hỏi ${id}; gửi đi thì nguồn được ghi lại.`, after: (id: string) => `Theo câu trả lời của câu hỏi ${id}`, leaveOut: 'Không ghi nguồn', giveBackDraft: 'Lấy lại bản đang viết', who: 'Người hỏi', contact: 'Liên hệ', procedure: 'Thủ tục', changed: 'Công dân đã sửa câu hỏi sau khi được trả lời. Hãy đọc lại và trả lời lần nữa.', logged: 'Có dữ liệu cá nhân: lần xem này đã được ghi vào nhật ký đọc dữ liệu.',
  answer: 'Câu trả lời', answerHint: 'Công dân đọc nguyên văn trên Cổng. Không ghi dữ liệu cá nhân ngoài mức cần.', send: 'Trả lời', correct: 'Gửi bản sửa', answerEmpty: 'Hãy ghi câu trả lời.', times: (n: string) => `bản thứ ${n}`,
  sending: { queued: 'Đang chờ gửi lên Cổng', held: 'Giữ lại, chưa gửi', dead: 'Cổng từ chối', accepted: 'Cổng đã nhận', unneeded: 'Không cần gửi', explained: 'Đã gác lại' } as Record<string, string>,
  note: 'Lời ghi khi chuyển', giveBack: 'Không thuộc cơ quan mình', giveBackText: 'Trả lại Trung tâm Phục vụ hành chính công tỉnh để giao cơ quan khác.', why: 'Vì sao', whyNeeded: 'Hãy ghi vì sao.', giveBackAct: 'Trả lại Trung tâm', assign: 'Giao cho cơ quan', assignNote: 'Ghi thêm (không bắt buộc)', assignAct: 'Giao', chooseAgency: 'Hãy chọn cơ quan.', cancel: 'Thôi', nothingFound: 'Không tìm thấy',
  done: { answered: 'Đã trả lời. Câu trả lời được gửi lên Cổng.', assigned: 'Đã giao.', waiting: 'Đã trả lại Trung tâm.' } as Record<string, string>,
};
const en: typeof vi = {
  title: 'Questions', lead: 'What citizens ask on the national portal. An answer goes into the ledger and up to the portal; a correction replaces it there.',
  agency: 'Agency', show: 'Show', shows: { open: 'To be answered', waiting: 'To be given out', over: 'Answered', find: 'Look up' }, counts: { overdue: 'overdue', changed: 'asked again after the answer' },
  notConnected: 'The national portal is not connected', notConnectedText: 'An administrator sets links: portal; the pack’s mapping needs its part questions.', noAgency: 'This account belongs to no agency that answers questions.',
  empty: { open: 'No question waits for an answer', waiting: 'No question waits to be given out', over: 'Nothing answered yet' }, emptyText: 'New questions at the portal are fetched every five minutes.',
  question: 'Question', unit: 'Unit at the portal', received: 'Fetched', due: 'Answer due', assignDue: 'To be given out by', state: 'State', noDue: 'no rule', late: 'Overdue', more: 'Show more', shown: (n) => `${n} questions are shown`, back: 'All questions', erased: 'The data of who asked was erased at his request.', erasedWhen: 'Erased at', erasedWhy: 'Why it was erased', hidden: 'This account answers no questions and does not see what was written.',
  erase: 'Erase who asked', eraseText: 'Question, answer and note are destroyed here and in the connector’s journal, for good. What is counted stays. The portal’s own copy is the portal’s.', eraseOpen: 'Nobody has answered it: once erased, nobody can.', eraseWhy: 'Why', eraseWhyShort: 'Say why, in at least 3 characters.', eraseSure: 'I understand: it cannot be brought back', eraseUnsent: 'The answer is not at the portal yet: erase it all the same, the citizen will not get it', eraseAct: 'Erase for good', eraseSureNeeded: 'Confirm it.', eraseDone: 'The data of who asked is erased.',
  states: { waiting: 'Waits for the centre', assigned: 'To be answered', answered: 'Answered', answered_there: 'Answered at the portal', erased: 'Erased before an answer' },
  rules: { mapping: 'by the table of unit codes', agency_code: 'by the agency’s code', officer: 'given by an officer', unit_unknown: 'the unit’s code is in no table', no_unit_live: 'the code’s agency has ended' },
  how: 'Why it is here', dueRule: (days, basis) => `${days} working days after it was fetched. ${basis}.`, unverified: 'No rule of its own for questions was verified.', earlier: 'Earlier answers to like questions', taken: (id) => `This draft is the answer to question ${id}; sent, it says where it comes from.`, after: (id) => `After the answer to question ${id}`, leaveOut: 'Leave the source out', giveBackDraft: 'Back to what I was writing', who: 'Who asks', contact: 'Contact', procedure: 'Procedure', changed: 'The citizen changed the question after the answer. Read it again and answer once more.', logged: 'This holds personal data: that you looked is in the log of reads.',
  answer: 'Answer', answerHint: 'Citizens read it word for word at the portal. No personal data beyond need.', send: 'Answer', correct: 'Send the correction', answerEmpty: 'Write the answer.', times: (n) => `version ${n}`,
  sending: { queued: 'Waits to go to the portal', held: 'Held, not sent', dead: 'Refused by the portal', accepted: 'The portal has it', unneeded: 'Not needed', explained: 'Laid aside' },
  note: 'Note of who passed it on', giveBack: 'Not this agency’s', giveBackText: 'Back to the province’s centre, which gives it to another agency.', why: 'Why', whyNeeded: 'Say why.', giveBackAct: 'Give back', assign: 'Give to an agency', assignNote: 'Note (optional)', assignAct: 'Give', chooseAgency: 'Choose an agency.', cancel: 'Never mind', nothingFound: 'Nothing found',
  done: { answered: 'Answered. It goes up to the portal.', assigned: 'Given.', waiting: 'Back at the centre.' },
};
const useWords = () => (useLanguage().language === 'en' ? en : vi);
const base = '/api/v1/portal-questions';
const route = getRouteApi('/frame/desk/questions');
const workers = ['clerk', 'handler', 'approver', 'head'];

const usePage = (agency: string, state: Listed) =>
  useInfiniteQuery({
    queryKey: ['portal-questions', agency, state],
    queryFn: ({ signal, pageParam }) => api.get<Page>(`${base}?agency=${encodeURIComponent(agency)}&state=${state}&limit=30${pageParam ? `&cursor=${encodeURIComponent(pageParam)}` : ''}`, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
    enabled: agency !== '',
    refetchInterval: 60_000,
  });

function Standing({ of: q }: { of: Line | Whole }) {
  const w = useWords();
  const open = q.state === 'waiting' || q.state === 'assigned';
  return <span className={`state ${q.late && open ? 'bad' : q.changed ? 'warn' : open ? '' : 'good'}`}>{w.states[q.state]}{q.late && open && ` · ${w.late}`}</span>;
}

export function DeskQuestions() {
  const w = useWords();
  useTitle(w.title);
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { names, mine, agency } = useAgenciesAs(workers, search.agency);
  const show: Show = search.show ?? 'open';
  const [said, setSaid] = useState('');
  const [from, setFrom] = useState<string>();
  const go = (open: string | undefined, done = '') => { setSaid(done); setFrom(open ?? search.open); void navigate({ search: { agency: search.agency, show: search.show, open } }); };
  return (
    <main id="main" tabIndex={-1} className="page">
      <div className="inner stack">
        <h1>{w.title}</h1>
        <p className="lead">{w.lead}</p>
        <div role="status">{said && <p className="notice good">{said}</p>}</div>
        {search.open ? <One id={search.open} onBack={() => go(undefined)} onDone={(words, left) => (left ? go(undefined, words) : setSaid(words))} />
          : agency === '' ? <div className="card"><Empty title={w.title}><p>{w.noAgency}</p></Empty></div>
          : <List key={`${agency} ${show}`} agency={agency} show={show} from={from} mine={mine} names={names} onAgency={(a) => { setSaid(''); void navigate({ search: { agency: a, show: search.show } }); }} onShow={(s) => { setSaid(''); void navigate({ search: { agency: search.agency, show: s } }); }} onOpen={(id) => go(id)} />}
      </div>
    </main>
  );
}

function List({ agency, show, from, mine, names, onAgency, onShow, onOpen }: { agency: string; show: Show; from: string | undefined; mine: string[]; names: ReadonlyMap<string, string>; onAgency: (a: string) => void; onShow: (s: Show) => void; onOpen: (id: string) => void }) {
  const w = useWords();
  const listed: Listed = show === 'find' ? 'open' : show;
  const list = usePage(agency, listed);
  const first = list.data?.pages[0];
  const shows: Show[] = first?.gives_out || show === 'waiting' ? ['open', 'waiting', 'over', 'find'] : ['open', 'over', 'find'];
  const rows = list.data?.pages.flatMap((p) => p.items) ?? [];
  // What was shown before "more" stays where it is; reading goes on at the first one behind it.
  const box = useRef<HTMLDivElement>(null);
  const focusOn = (id: string | undefined) => {
    const at = id ? box.current?.querySelector<HTMLElement>(`[data-question="${CSS.escape(id)}"] button`) : null;
    at?.focus();
    return !!at;
  };
  const [told, setTold] = useState('');
  // Focused once its row is there.
  const goal = useRef<string | undefined>(undefined);
  useEffect(() => { if (goal.current && focusOn(goal.current)) goal.current = undefined; });
  const more = () => void list.fetchNextPage().then((after) => {
    const all = after.data?.pages.flatMap((p) => p.items) ?? [];
    setTold(w.shown(number(all.length)));
    goal.current = all[rows.length]?.id;
  });
  // Back from one: at the one that was read.
  const here = rows.length > 0;
  useEffect(() => { if (here) focusOn(from); }, [here, from]);
  const tab = (s: Show) => `${w.shows[s]}${s !== 'find' && typeof first?.counts[s] === 'number' ? ` (${number(first.counts[s])})` : ''}`;
  return (
    <>
      {first && (
        <div className="tiles" style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(108px, 1fr))' }}>
          {(['overdue', 'changed'] as const).map((k) => <div className="card tile" key={k} data-count={k}><div className={`value${k === 'overdue' && first.counts[k] ? ' bad' : k === 'changed' && first.counts[k] ? ' warn' : ''}`}>{number(first.counts[k] ?? 0)}</div><div className="quiet">{w.counts[k]}</div></div>)}
        </div>
      )}
      <div className="row" style={{ flexWrap: 'wrap' }}>
        {mine.length > 1 && <NativeSelect aria-label={w.agency} value={agency} onChange={(e) => onAgency(e.currentTarget.value)} data={mine.map((id) => ({ value: id, label: names.get(id) ?? id }))} />}
        <SegmentedControl aria-label={w.show} value={show} onChange={(v) => onShow(v as Show)} data={shows.map((s) => ({ value: s, label: tab(s) }))} />
      </div>
      {show === 'find' ? <Load of={list} lines={5}>{(pages) => <EarlierAnswers key={agency} agency={agency} everywhere={pages.pages[0]?.gives_out === true} />}</Load> : <><Load of={list} lines={8}>
        {(pages) => {
          if (rows.length === 0) return <div className="card">{pages.pages[0]?.connected ? <Empty title={w.empty[listed]}><p>{w.emptyText}</p></Empty> : <Empty title={w.notConnected}><p>{w.notConnectedText}</p></Empty>}</div>;
          return (
            <div ref={box} className="tablebox inset" tabIndex={0} role="region" aria-label={w.shows[listed]}>
              <table className="plain">
                <thead><tr><th scope="col">{w.question}</th><th scope="col">{w.unit}</th><th scope="col">{w.received}</th><th scope="col">{show === 'waiting' ? w.assignDue : w.due}</th><th scope="col">{w.state}</th></tr></thead>
                <tbody>{rows.map((q) => (
                  <tr key={q.id} data-question={q.id}>
                    <td style={{ minWidth: 220 }}><button type="button" className="linkish" style={{ textAlign: 'left' }} lang="vi" onClick={() => onOpen(q.id)}>{q.excerpt ?? w.erased}</button></td>
                    <td lang="vi">{q.unit_name ?? ''}<div className="mono quiet">{q.unit}</div></td>
                    <td>{dateTime(q.received_at)}</td>
                    <td>{dateTime(show === 'waiting' ? q.assign_due : q.due) || <span className="quiet">{w.noDue}</span>}</td>
                    <td><Standing of={q} /></td>
                  </tr>
                ))}</tbody>
              </table>
            </div>
          );
        }}
      </Load>
      {list.hasNextPage && <div><Button variant="default" loading={list.isFetchingNextPage} onClick={more}>{w.more}</Button></div>}
      <p role="status" className="quiet" style={{ margin: 0 }}>{told}</p></>}
    </>
  );
}

function One({ id, onBack, onDone }: { id: string; onBack: () => void; onDone: (words: string, left: boolean) => void }) {
  const w = useWords();
  const { language } = useLanguage();
  const one = useQuery({
    queryKey: ['portal-questions', 'one', id],
    queryFn: ({ signal }) => api.get<Whole>(`${base}/${encodeURIComponent(id)}`, signal),
    // Each asking is a logged reading: looked at again by itself only while its answer is on its way.
    refetchInterval: (q) => (q.state.data?.sending?.state === 'queued' ? 3_000 : false),
    refetchOnWindowFocus: false,
  });
  const heading = useRef<HTMLHeadingElement>(null);
  const there = one.data !== undefined;
  useEffect(() => heading.current?.focus(), [id, there]);
  return (
    <>
      <div><button type="button" className="linkish" onClick={onBack}>‹ {w.back}</button></div>
      <Load of={one} lines={10}>
        {(q) => (
          <>
            <section className="card" style={{ display: 'grid', gap: 12 }}>
              <h2 ref={heading} tabIndex={-1}>{w.question} <span className="mono">{q.id}</span></h2>
              <div><Standing of={q} /></div>
              {q.changed && <p className="notice warn">{w.changed}</p>}
              {q.question ? <p lang="vi" style={{ whiteSpace: 'pre-wrap', margin: 0, overflowWrap: 'anywhere' }} data-testid="question-text">{q.question.text}</p> : <p className="notice" data-testid="question-gone">{q.erased ? w.erased : w.hidden}</p>}
              <dl className="facts two">
                {q.question && <Fact name={w.who}><span lang="vi">{q.question.name ?? '–'}</span></Fact>}
                {q.question && <Fact name={w.contact}>{[q.question.email, q.question.phone, q.question.address].filter(Boolean).join(' · ') || '–'}</Fact>}
                <Fact name={w.unit}><span lang="vi">{q.unit_name ?? ''}</span> <span className="mono">{q.unit}</span></Fact>
                {q.procedure && <Fact name={w.procedure}><span className="mono">{q.procedure}</span></Fact>}
                <Fact name={w.received}>{dateTime(q.received_at)}</Fact>
                <Fact name={w.how}>{w.rules[q.rule] ?? q.rule}</Fact>
                {q.assign_due && <Fact name={w.assignDue}>{dateTime(q.assign_due)}</Fact>}
                <Fact name={w.due}>{dateTime(q.due) || w.noDue}</Fact>
                {q.erased_at && <Fact name={w.erasedWhen}>{dateTime(q.erased_at)}</Fact>}
                {q.erasure?.reason && <Fact name={w.erasedWhy}><span lang="vi">{q.erasure.reason}</span></Fact>}
              </dl>
              {q.due_rule && <p className="quiet" style={{ margin: 0, maxWidth: '70ch' }}>{w.due}: <span lang="vi">{w.dueRule(number(q.due_rule.working_days ?? 0), q.due_rule.basis ?? '')}</span>{q.due_rule.verified === false && ` ${w.unverified}`}</p>}
              {q.note && <p className="notice" lang="vi" style={{ whiteSpace: 'pre-wrap' }}><strong>{w.note}</strong>{q.note}</p>}
              {q.question && <p className="quiet" style={{ margin: 0 }}>{w.logged}</p>}
            </section>
            {(q.answer || q.can.includes('answer') || q.can.includes('correct')) && (
              <section className="card" style={{ display: 'grid', gap: 12 }}>
                <h2>{w.answer}</h2>
                {q.answer && <p lang="vi" style={{ whiteSpace: 'pre-wrap', margin: 0, overflowWrap: 'anywhere' }} data-testid="answer-text">{q.answer}</p>}
                {q.answered_at && <p className="quiet" style={{ margin: 0 }}>{dateTime(q.answered_at)}{q.answers > 1 && ` · ${w.times(number(q.answers))}`}{q.answer_from && ` · ${w.after(q.answer_from)}`}</p>}
                {q.sending && <div role="status"><span className={`state ${q.sending.state === 'accepted' ? 'good' : q.sending.state === 'dead' ? 'bad' : 'warn'}`}>{w.sending[q.sending.state]}</span>{q.sending.reason && <span> {q.sending.reason[language]}</span>}</div>}
                {(q.can.includes('answer') || q.can.includes('correct')) && <AnswerForm key={q.id} of={q} onDone={() => onDone(w.done.answered!, false)} />}
              </section>
            )}
            {(q.can.includes('assign') || q.can.includes('give_back')) && <Passing of={q} onDone={(state) => onDone(w.done[state]!, true)} />}
            {q.can.includes('erase') && <Erasing key={`erase ${q.id}`} of={q} onDone={() => onDone(w.eraseDone, false)} />}
          </>
        )}
      </Load>
    </>
  );
}

/** Sends one command with the version that was seen; everything shown of questions is asked for anew. */
function useSending(q: Whole) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const key = useRef(newKey());
  const send = async (what: string, body: object): Promise<boolean> => {
    setBusy(true);
    setError(null);
    try {
      await api.send({ path: `${base}/${encodeURIComponent(q.id)}/${what}`, method: 'POST', body, key: key.current, ifMatch: `"${q.version}"` });
      key.current = newKey();
      return true;
    } catch (reason) {
      setError(reason);
      if (reason instanceof ApiProblem && reason.status >= 400 && reason.status < 500) key.current = newKey();
      return false;
    } finally {
      setBusy(false);
      // Once the page it may have left is gone: who gave a question back may not read it any more.
      setTimeout(() => void queries.invalidateQueries({ queryKey: ['portal-questions'] }), 0);
    }
  };
  return { send, busy, error };
}

function AnswerForm({ of: q, onDone }: { of: Whole; onDone: () => void }) {
  const w = useWords();
  const [text, setText] = useState(q.answer ?? '');
  const [tried, setTried] = useState(false);
  const { send, busy, error } = useSending(q);
  // What was taken over, and what stood there before: one click takes it, one click gives it back.
  const [from, setFrom] = useState<string>();
  const [before, setBefore] = useState<string>();
  const [looking, setLooking] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  const take = (id: string, words: string) => { setBefore(text); setText(words); setFrom(id); box.current?.focus(); };
  const giveBack = () => { setText(before ?? ''); setFrom(undefined); setBefore(undefined); box.current?.focus(); };
  const submit = (e: FormEvent) => {
    e.preventDefault();
    setTried(true);
    if (text.trim()) void send('answer', { text, ...(from ? { from } : {}) }).then((ok) => { if (ok) { setFrom(undefined); setBefore(undefined); onDone(); } });
  };
  return (
    <>
    <form onSubmit={submit} style={{ display: 'grid', gap: 10 }} noValidate>
      {error !== null && <ProblemNotice error={error} focus />}
      <div role="status">{from && <p className="notice" style={{ margin: 0 }}>{w.taken(from)} <button type="button" className="linkish" onClick={() => setFrom(undefined)}>{w.leaveOut}</button> <button type="button" className="linkish" onClick={giveBack}>{w.giveBackDraft}</button></p>}</div>
      <Textarea ref={box} label={q.answer ? w.correct : w.answer} description={w.answerHint} value={text} onChange={(e) => setText(e.currentTarget.value)} autosize minRows={4} maxLength={10_000} lang="vi" error={tried && !text.trim() ? w.answerEmpty : undefined} />
      <div><Button type="submit" loading={busy} disabled={q.answer !== null && text === q.answer && !q.changed}>{q.answer ? w.correct : w.send}</Button></div>
    </form>
    <details onToggle={(e) => setLooking(e.currentTarget.open)}>
      <summary>{w.earlier}</summary>
      {looking && q.agency && <div style={{ marginTop: 12 }}><EarlierAnswers agency={q.agency} procedure={q.procedure} except={q.id} onUse={(f) => take(f.id, f.answer ?? '')} /></div>}
    </details>
    </>
  );
}

function Passing({ of: q, onDone }: { of: Whole; onDone: (state: 'assigned' | 'waiting') => void }) {
  const w = useWords();
  const agencies = useAgencies().data ?? [];
  const gives = q.can.includes('assign');
  const [agency, setAgency] = useState<string | null>(null);
  const [note, setNote] = useState('');
  const [tried, setTried] = useState(false);
  const { send, busy, error } = useSending(q);
  const assign = (e: FormEvent) => {
    e.preventDefault();
    setTried(true);
    if (agency) void send('assign', { agency, ...(note.trim() ? { note: note.trim() } : {}) }).then((ok) => ok && onDone('assigned'));
  };
  const back = (e: FormEvent) => {
    e.preventDefault();
    setTried(true);
    if (note.trim()) void send('assign', { note: note.trim() }).then((ok) => ok && onDone('waiting'));
  };
  return gives ? (
    <form className="card" style={{ display: 'grid', gap: 12 }} onSubmit={assign} noValidate aria-label={w.assign}>
      <h2>{w.assign}</h2>
      {error !== null && <ProblemNotice error={error} focus />}
      <Select label={w.agency} searchable data={agencies.map((a) => ({ value: a.id, label: a.name }))} value={agency} onChange={setAgency} nothingFoundMessage={w.nothingFound} error={tried && !agency ? w.chooseAgency : undefined} filter={({ options, search }) => pick(options as { value: string; label: string }[], search, (o) => o.label)} limit={30} />
      <Textarea label={w.assignNote} value={note} onChange={(e) => setNote(e.currentTarget.value)} maxLength={1000} autosize lang="vi" />
      <div><Button type="submit" loading={busy}>{w.assignAct}</Button></div>
    </form>
  ) : (
    <form className="card" style={{ display: 'grid', gap: 12 }} onSubmit={back} noValidate aria-label={w.giveBack}>
      <h2>{w.giveBack}</h2>
      <p className="quiet" style={{ margin: 0 }}>{w.giveBackText}</p>
      {error !== null && <ProblemNotice error={error} focus />}
      <Textarea label={w.why} value={note} onChange={(e) => setNote(e.currentTarget.value)} maxLength={1000} autosize lang="vi" error={tried && !note.trim() ? w.whyNeeded : undefined} />
      <div><Button type="submit" variant="default" loading={busy}>{w.giveBackAct}</Button></div>
    </form>
  );
}

/** For good, so it is asked for twice: a reason, and that one knows. */
function Erasing({ of: q, onDone }: { of: Whole; onDone: () => void }) {
  const w = useWords();
  const [reason, setReason] = useState('');
  const [sure, setSure] = useState(false);
  const [unsent, setUnsent] = useState(false);
  const [tried, setTried] = useState(false);
  const { send, busy, error } = useSending(q);
  const onItsWay = q.answers > 0 && q.sending?.state !== 'accepted' && q.sending?.state !== 'explained' && q.sending?.state !== 'unneeded';
  const submit = (e: FormEvent) => {
    e.preventDefault();
    setTried(true);
    if (reason.trim().length >= 3 && sure) void send('erasure', { reason: reason.trim(), ...(unsent ? { unsent } : {}) }).then((ok) => ok && onDone());
  };
  return (
    <details className="card">
      <summary>{w.erase}</summary>
      <form style={{ display: 'grid', gap: 12, marginTop: 12 }} onSubmit={submit} noValidate aria-label={w.erase}>
        <p style={{ margin: 0, maxWidth: '70ch' }}>{w.eraseText}</p>
        {(q.state === 'waiting' || q.state === 'assigned') && <p className="notice warn">{w.eraseOpen}</p>}
        {error !== null && <ProblemNotice error={error} focus />}
        <Textarea label={w.eraseWhy} value={reason} onChange={(e) => setReason(e.currentTarget.value)} maxLength={500} autosize lang="vi" error={tried && reason.trim().length < 3 ? w.eraseWhyShort : undefined} />
        {onItsWay && <Checkbox label={w.eraseUnsent} checked={unsent} onChange={(e) => setUnsent(e.currentTarget.checked)} />}
        <Checkbox label={w.eraseSure} checked={sure} onChange={(e) => setSure(e.currentTarget.checked)} error={tried && !sure ? w.eraseSureNeeded : undefined} />
        <div><Button type="submit" color="red" loading={busy}>{w.eraseAct}</Button></div>
      </form>
    </details>
  );
}
