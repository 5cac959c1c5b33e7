import { ActionIcon, Menu, Modal, SegmentedControl, Switch, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { IconKeyboard, IconLogout, IconSearch, IconShieldLock, IconUser } from '@tabler/icons-react';
import { Link, Outlet } from '@tanstack/react-router';
import { spotlight } from '@mantine/spotlight';
import { useEffect, useState } from 'react';
import { feed } from './api/feed';
import { signOut, useAccount, useOffline } from './api/session';
import { useLanguage, useT } from './i18n';
import { sends, UndoBar } from './desk/sending';
import { KeysHelp } from './desk/keys_help';
import { Palette } from './desk/palette';
import { useKeys } from './lib/keys';
import { Security } from './session_pages';

export function Frame() {
  const t = useT();
  const account = useAccount();
  const offline = useOffline();
  const { language, set } = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [help, setHelp] = useState(false);
  const [security, setSecurity] = useState(false);
  const [browserOffline, setBrowserOffline] = useState(!navigator.onLine);
  const administers = account.grants.some((g) => ['administrator', 'auditor', 'integrator'].includes(g.role));
  const works = account.grants.some((g) => ['clerk', 'handler', 'approver', 'head'].includes(g.role));
  const heads = account.grants.some((g) => ['head', 'approver'].includes(g.role));
  const answers = account.grants.some((g) => ['handler', 'approver', 'head'].includes(g.role));
  const watches = account.grants.some((g) => ['head', 'administrator', 'auditor'].includes(g.role));
  const files = account.grants.some((g) => ['registrar', 'handler', 'approver', 'head'].includes(g.role));
  const receives = account.grants.some((g) => g.role === 'clerk');
  useEffect(() => {
    const listen = () => setBrowserOffline(!navigator.onLine);
    window.addEventListener('online', listen);
    window.addEventListener('offline', listen);
    const leave = () => sends.flush(true);
    window.addEventListener('pagehide', leave);
    return () => {
      window.removeEventListener('online', listen);
      window.removeEventListener('offline', listen);
      window.removeEventListener('pagehide', leave);
    };
  }, []);
  useEffect(() => (works && !account.display ? feed.start() : undefined), [works, account.display]);
  useKeys({ '?': () => setHelp(true), 'ctrl+k': (e) => { e.preventDefault(); spotlight.open(); } });
  return (
    <div className="frame">
      <header className="top">
        <a className="skip" href="#main" onClick={(e) => { e.preventDefault(); document.getElementById('main')?.focus(); }}>{t.skip}</a>
        <Link className="brand" to="/desk" aria-label={t.app}><img src="/app/mark.svg" alt="" /><span>{t.app}</span></Link>
        <nav className="tabs" aria-label={t.common.menu}>
          {works && <Link to="/desk" activeOptions={{ exact: true, includeSearch: false }}>{t.desk}</Link>}
          {receives && <Link to="/desk/reception">{t.reception.title}</Link>}
          {heads && <Link to="/desk/head">{t.head.title}</Link>}
          {files && <Link to="/desk/documents">{language === 'en' ? 'Documents' : 'Văn bản'}</Link>}
          {works && <Link to="/desk/questions">{language === 'en' ? 'Questions' : 'Hỏi đáp'}</Link>}
          {answers && <Link to="/desk/directives">{language === 'en' ? 'Directives' : 'Chỉ đạo'}</Link>}
          {watches && <Link to="/wall" activeOptions={{ includeSearch: false }}>{t.wall}</Link>}
          {administers && <Link to="/console">{t.console}</Link>}
        </nav>
        <span className="grow" />
        <ActionIcon variant="subtle" color="gray" size={34} aria-label={`${t.common.search} (Ctrl+K)`} title="Ctrl+K" onClick={() => spotlight.open()}><IconSearch size={19} aria-hidden /></ActionIcon>
        <ActionIcon className="wideonly" variant="subtle" color="gray" size={34} aria-label={`${t.keys.title} (?)`} title="?" onClick={() => setHelp(true)}><IconKeyboard size={19} aria-hidden /></ActionIcon>
        <Menu position="bottom-end" width={270}>
          <Menu.Target>
            <UnstyledButton aria-label={`${t.common.person}: ${account.name}`} style={{ display: 'flex', gap: 8, alignItems: 'center', padding: '6px 8px', borderRadius: 8 }}>
              <IconUser size={19} aria-hidden /><span className="wideonly" style={{ whiteSpace: 'nowrap', fontWeight: 560 }}>{account.name}</span>
            </UnstyledButton>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>{[...new Set(account.grants.map((g) => t.roles[g.role]))].join(', ')}</Menu.Label>
            <Menu.Item leftSection={<IconShieldLock size={17} aria-hidden />} onClick={() => setSecurity(true)}>{t.session.account}</Menu.Item>
            <Menu.Item leftSection={<IconLogout size={17} aria-hidden />} onClick={() => { sends.flush(); void signOut().finally(() => location.assign('/app/desk')); }}>{t.session.signOut}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </header>
      {(offline || browserOffline) ? <div className="banner" role="status">{t.errors.offline}</div> : <span />}
      <Outlet />
      <UndoBar />
      <KeysHelp opened={help} onClose={() => setHelp(false)} />
      <Palette />
      <Modal opened={security} onClose={() => setSecurity(false)} title={t.session.account} closeButtonProps={{ 'aria-label': t.common.close }}>
        <Switch mb={14} label={t.settings.language} checked={language === 'en'} onChange={(e) => set(e.currentTarget.checked ? 'en' : 'vi')} />
        <div style={{ fontWeight: 560, marginBottom: 6 }} id="theme-label">{t.settings.theme}</div>
        <SegmentedControl mb={18} fullWidth aria-labelledby="theme-label" value={colorScheme} onChange={(v) => setColorScheme(v as 'light' | 'dark' | 'auto')} data={[{ value: 'light', label: t.settings.light }, { value: 'dark', label: t.settings.dark }, { value: 'auto', label: t.settings.auto }]} />
        <Security login={account.login} hasFactor={account.second_factor} />
      </Modal>
    </div>
  );
}
