// Screens on walls: each has a session of its own that does not lock and reads figures only. Made here, opened once on
// the screen's machine by its link, ended at any time.
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { api, queries } from '../api/session';
import type { components } from '../api/schema';
import { useLanguage } from '../i18n';
import { Empty, Load, ProblemNotice, useTitle } from '../kit/kit';
import { dateTime } from '../lib/format';
import type { PageProps } from './pages';

type Display = components['schemas']['Display'];
const vi = {
  title: 'Màn hình trình chiếu', lead: 'Một màn hình trên tường có phiên riêng: không tự khóa, chỉ đọc số liệu, không thấy hồ sơ và không thấy người nào. Phiên có đúng phạm vi xem của người tạo, và kết thúc khi hết hạn, khi bị thu hồi hoặc khi người tạo hết quyền.',
  make: 'Thêm màn hình', name: 'Tên màn hình', nameHint: 'Ví dụ: Phòng giao ban tầng 2', days: 'Số ngày sử dụng', create: 'Tạo liên kết', link: 'Liên kết dùng một lần', linkText: (until: string) => `Mở liên kết này trên máy của màn hình trước ${until}. Liên kết chỉ hiện lần này.`, copy: 'Chép liên kết', copied: 'Đã chép',
  list: 'Các màn hình', none: 'Chưa có màn hình nào', states: { waiting: 'Chờ mở liên kết', lapsed: 'Liên kết quá hạn', open: 'Đang dùng', ended: 'Đã kết thúc' }, by: (who: string, at: string) => `${who} tạo lúc ${at}`, until: (at: string) => `dùng đến ${at}`, seen: (at: string) => `hoạt động lần cuối ${at}`, revoke: 'Thu hồi', sure: (name: string) => `Thu hồi màn hình «${name}»? Màn hình sẽ tắt số liệu ngay.`, yes: 'Thu hồi ngay', no: 'Giữ lại',
};
const en: typeof vi = {
  title: 'Displays', lead: 'A screen on a wall has a session of its own: it does not lock, reads figures only, and sees no dossier and no person. It sees what its maker sees, and ends when it expires, is revoked, or its maker loses the right.',
  make: 'Add a display', name: 'Name', nameHint: 'For example: briefing room, second floor', days: 'Days of use', create: 'Make the link', link: 'One-time link', linkText: (until) => `Open this link on the screen's machine before ${until}. It is shown this once.`, copy: 'Copy the link', copied: 'Copied',
  list: 'Displays', none: 'No displays yet', states: { waiting: 'Link not opened yet', lapsed: 'Link too old', open: 'In use', ended: 'Ended' }, by: (who, at) => `${who} made it at ${at}`, until: (at) => `until ${at}`, seen: (at) => `last active ${at}`, revoke: 'Revoke', sure: (name) => `Revoke the display "${name}"? It goes dark at once.`, yes: 'Revoke now', no: 'Keep it',
};
const reload = () => queries.invalidateQueries({ queryKey: ['displays'] });

export function Displays(_: PageProps) {
  const { language } = useLanguage();
  const w = language === 'en' ? en : vi;
  useTitle(w.title);
  const list = useQuery({ queryKey: ['displays'], queryFn: async ({ signal }) => (await api.get<{ items: Display[] }>('/api/v1/displays', signal)).items, refetchInterval: 30_000 });
  const [asked, setAsked] = useState<string | null>(null);
  const end = useMutation({ mutationFn: (id: string) => api.send({ path: `/api/v1/displays/${id}`, method: 'DELETE' }), onSuccess: () => { setAsked(null); void reload(); } });
  return (
    <section className="wdisplays" aria-labelledby="wdisplays">
      <h2 id="wdisplays">{w.title}</h2>
      <p className="quiet">{w.lead}</p>
      <Make w={w} />
      <h3>{w.list}</h3>
      {end.error && <ProblemNotice error={end.error} />}
      <Load of={list} lines={4}>
        {(items) => items.length === 0 ? <div className="card"><Empty title={w.none} /></div> : (
          <ul className="wdossiers" aria-label={w.list}>
            {items.map((d) => (
              <li key={d.id} data-display={d.id} data-state={d.state}>
                <span className="wname">{d.name}</span>
                <span><span className={`state ${d.state === 'open' ? 'good' : d.state === 'waiting' ? 'warn' : ''}`}>{w.states[d.state]}</span></span>
                <span className="quiet">{w.by(d.maker, dateTime(d.made_at))} · {w.until(dateTime(d.expires_at))}{d.seen_at && ` · ${w.seen(dateTime(d.seen_at))}`}{d.remote && ` · ${d.remote}`}</span>
                {d.state !== 'ended' && (asked === d.id
                  ? <div className="wrow" role="group" aria-label={w.sure(d.name)}><span>{w.sure(d.name)}</span><button type="button" className="wbutton" disabled={end.isPending} onClick={() => end.mutate(d.id)}>{w.yes}</button><button type="button" className="wbutton" onClick={() => setAsked(null)}>{w.no}</button></div>
                  : <div className="wrow"><button type="button" className="linkish" onClick={() => setAsked(d.id)}>{w.revoke}</button></div>)}
              </li>
            ))}
          </ul>
        )}
      </Load>
    </section>
  );
}

function Make({ w }: { w: typeof vi }) {
  const [name, setName] = useState('');
  const [days, setDays] = useState('90');
  const [copied, setCopied] = useState(false);
  const make = useMutation({ mutationFn: async () => (await api.send<{ code: string; code_until: string }>({ path: '/api/v1/displays', method: 'POST', body: { name: name.trim(), days: Number(days) } })).data, onSuccess: () => { setName(''); setCopied(false); void reload(); } });
  const submit = (e: FormEvent) => { e.preventDefault(); make.mutate(); };
  const link = make.data ? `${location.origin}/app/wall#display=${make.data.code}` : null;
  return (
    <form className="card wmake" onSubmit={submit} aria-label={w.make}>
      <h3>{w.make}</h3>
      {make.error && <ProblemNotice error={make.error} focus />}
      <div className="wrow">
        <div className="wfield"><label htmlFor="wdisplayname">{w.name}</label><input id="wdisplayname" type="text" required maxLength={100} value={name} placeholder={w.nameHint} onChange={(e) => setName(e.currentTarget.value)} /></div>
        <div className="wfield"><label htmlFor="wdisplaydays">{w.days}</label><input id="wdisplaydays" type="text" inputMode="numeric" pattern="[1-9][0-9]{0,2}" required size={4} value={days} onChange={(e) => setDays(e.currentTarget.value)} /></div>
        <button type="submit" className="wbutton" disabled={make.isPending}>{w.create}</button>
      </div>
      {link && make.data && (
        <div role="status" className="notice good">
          <p><b>{w.link}</b></p><p className="quiet">{w.linkText(dateTime(make.data.code_until))}</p>
          <p className="mono wlink" data-link>{link}</p>
          <button type="button" className="wbutton" onClick={() => void navigator.clipboard.writeText(link).then(() => setCopied(true), () => {})}>{copied ? w.copied : w.copy}</button>
        </div>
      )}
    </form>
  );
}
