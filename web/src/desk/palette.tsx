import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState, useSyncExternalStore } from 'react';
import { views } from '../api/queries';
import { useAccount } from '../api/session';
import { useLanguage, useT } from '../i18n';
import { score } from '../lib/fold';

// The open dossier adds its commands.
let extra: SpotlightActionData[] = [];
const listeners = new Set<() => void>();
export function setPaletteCommands(actions: SpotlightActionData[]) {
  extra = actions;
  for (const listener of listeners) listener();
}
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function Palette() {
  const t = useT();
  const account = useAccount();
  const navigate = useNavigate();
  const { language, set } = useLanguage();
  const commands = useSyncExternalStore(subscribe, () => extra);
  const [query, setQuery] = useState('');
  const works = account.grants.some((g) => ['clerk', 'handler', 'approver', 'head'].includes(g.role));
  const screens: SpotlightActionData[] = [
    ...(works ? [{ id: 'desk', label: t.desk, onClick: () => void navigate({ to: '/desk' }) }, { id: 'reception', label: t.reception.title, onClick: () => void navigate({ to: '/desk/reception' }) }, { id: 'head', label: t.head.title, onClick: () => void navigate({ to: '/desk/head' }) }] : []),
    ...(account.grants.some((g) => ['head', 'administrator', 'auditor'].includes(g.role)) ? [{ id: 'wall', label: t.wall, onClick: () => void navigate({ to: '/wall' }) }] : []),
    ...(account.grants.some((g) => ['registrar', 'handler', 'approver', 'head'].includes(g.role)) ? [{ id: 'documents', label: language === 'en' ? 'Documents' : 'Văn bản', onClick: () => void navigate({ to: '/desk/documents' }) }] : []),
    { id: 'console', label: t.console, onClick: () => void navigate({ to: '/console' }) },
  ];
  const groups: SpotlightActionGroupData[] = [
    ...(commands.length ? [{ group: t.palette.commands, actions: commands }] : []),
    ...(query.trim().length >= 2 && works ? [{ group: t.common.search, actions: [{ id: 'find', label: t.palette.findDossier(query.trim()), leftSection: <IconSearch size={18} aria-hidden />, onClick: () => void navigate({ to: '/desk', search: { find: query.trim() } }) }] }] : []),
    { group: t.palette.screens, actions: screens },
    ...(works ? [{ group: t.palette.views, actions: views.map((view) => ({ id: `view-${view}`, label: t.views[view], onClick: () => void navigate({ to: '/desk', search: { view } }) })) }] : []),
    { group: t.palette.settings, actions: [{ id: 'language', label: language === 'vi' ? 'English' : 'Tiếng Việt', onClick: () => set(language === 'vi' ? 'en' : 'vi') }] },
  ];
  return (
    <Spotlight
      actions={groups}
      query={query}
      onQueryChange={setQuery}
      shortcut={null}
      attributes={{ content: { 'aria-label': t.palette.placeholder } }}
      nothingFound={t.palette.nothing}
      highlightQuery={false}
      scrollable
      maxHeight={420}
      filter={(typed, all) =>
        all
          .map((entry) => ('actions' in entry ? { ...entry, actions: entry.actions.filter((a) => a.id === 'find' || score(typed, a.label ?? '') > 0) } : entry))
          .filter((entry) => !('actions' in entry) || entry.actions.length > 0)
      }
      searchProps={{ leftSection: <IconSearch size={19} aria-hidden />, placeholder: t.palette.placeholder, 'aria-label': t.palette.placeholder }}
    />
  );
}
