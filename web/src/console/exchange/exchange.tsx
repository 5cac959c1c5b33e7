// The exchange's pages, one a section of the console. Loaded when one of them is opened.
import './exchange.css';
import { Empty } from '../../kit/kit';
import { useMay } from './api';
import { Catalogue } from './catalogue';
import { Join } from './join';
import { Log } from './log';
import { Overview } from './overview';
import { Registry } from './registry';
import { Requests } from './requests';
import { Rights } from './rights';
import { Topics } from './topics';
import { useWords } from './words';

export function Exchange({ section, at }: { section: string; at?: string }) {
  const w = useWords().common;
  const may = useMay();
  if (!may.connects && !may.audits) return <div className="card"><Empty title={w.notAllowed}>{w.notAllowedText}</Empty></div>;
  switch (section) {
    case 'exchange-registry':
      return <Registry at={at} />;
    case 'exchange-requests':
      return <Requests />;
    case 'exchange-rights':
      return <Rights at={at} />;
    case 'exchange-join':
      return <Join at={at} />;
    case 'exchange-catalogue':
      return <Catalogue key={at} at={at} />;
    case 'exchange-log':
      return <Log at={at} />;
    case 'exchange-topics':
      return <Topics at={at} />;
    default:
      return <Overview />;
  }
}
