// Partners: which are connected and how they are. One is opened by the address.
import { Link } from '@tanstack/react-router';
import { Empty, Load } from '../../kit/kit';
import { useLanguage } from '../../i18n';
import { number } from '../../lib/format';
import { useLinks, type LinkBody } from './api';
import { OneLink } from './one';
import { useLinkWords } from './words';

export function Links({ at }: { at?: string }) {
  const [name, tab] = (at ?? '').split('/');
  return name ? <OneLink key={name} name={name} tab={tab} /> : <List />;
}

export function Standing({ of: l, big }: { of: LinkBody; big?: boolean }) {
  const w = useLinkWords();
  const [tone, text] = l.paused ? ['warn', w.paused] : l.breaker === 'open' ? ['bad', w.resting] : l.breaker === 'half_open' ? ['warn', w.trying] : l.dead + l.held + l.differences > 0 ? ['warn', w.attention] : ['good', w.well];
  return <span className={`state ${tone} ${big ? 'big' : ''}`}>{text}</span>;
}

function List() {
  const w = useLinkWords();
  const { language } = useLanguage();
  const links = useLinks();
  const figure = (n: number, name: string, tab: string) => (n === 0 ? <span className="quiet">0</span> : <Link to="/console" search={{ section: 'links', at: `${name}/${tab}` }}>{number(n)}</Link>);
  return (
    <>
      <h1>{w.title}</h1>
      <p className="lead">{w.lead}</p>
      <Load of={links}>
        {(list) => <>{list.some((l) => l.simulated) && <p className="notice" role="note"><strong>{w.simulated}.</strong> {w.simulatedText}</p>}{list.length === 0 ? <div className="card"><Empty title={w.none}>{w.noneText}</Empty></div> : (
          <div className="tablebox inset" tabIndex={0} role="region" aria-label={w.title}>
            <table className="plain">
              <thead><tr><th scope="col">{w.partner}</th><th scope="col">{w.state}</th><th scope="col" className="num">{w.accepted}</th><th scope="col" className="num">{w.waiting}</th><th scope="col" className="num">{w.held}</th><th scope="col" className="num">{w.dead}</th><th scope="col" className="num">{w.differences}</th></tr></thead>
              <tbody>{list.map((l) => (
                <tr key={l.name}>
                  <td><Link to="/console" search={{ section: 'links', at: l.name }}>{l[language]}</Link>{l.simulated && <div><span className="state warn">{w.simulated}</span></div>}</td>
                  <td><Standing of={l} /></td>
                  <td className="num">{number(l.accepted_keys)}</td>
                  <td className="num">{figure(l.waiting, l.name, 'messages')}</td>
                  <td className="num">{figure(l.held, l.name, 'held')}</td>
                  <td className="num">{figure(l.dead, l.name, 'dead')}</td>
                  <td className="num">{figure(l.differences, l.name, 'differences')}</td>
                </tr>
              ))}</tbody>
            </table>
          </div>
        )}</>}
      </Load>
    </>
  );
}
