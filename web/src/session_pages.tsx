import { Button, Modal, PasswordInput, TextInput } from '@mantine/core';
import { useMemo, useState, type FormEvent, type ReactNode } from 'react';
import { ApiProblem } from './api/client';
import { api, gate, queries, signIn, unlock, useLoss, whoAmI } from './api/session';
import { useT } from './i18n';
import { ProblemNotice, useTitle } from './kit/kit';

/** Login, password and, when the account has one, the second factor. */
function SignInForm({ onDone, login: fixed }: { onDone: (mustChange: boolean) => void; login?: string }) {
  const t = useT();
  const [login, setLogin] = useState(fixed ?? '');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [asksCode, setAsksCode] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const done = await signIn(login.trim(), password, code.trim());
      onDone(done.must_change_password);
    } catch (reason) {
      if (reason instanceof ApiProblem && reason.code === 'access.code_needed' && !asksCode) setAsksCode(true);
      else setError(reason);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit} className="stack">
      {error !== null && <ProblemNotice error={error} focus />}
      <TextInput label={t.session.login} value={login} onChange={(e) => setLogin(e.currentTarget.value)} autoComplete="username" required withAsterisk={false} readOnly={fixed !== undefined} data-autofocus={fixed === undefined || undefined} autoFocus={fixed === undefined} autoCapitalize="none" spellCheck={false} />
      <PasswordInput label={t.session.password} value={password} onChange={(e) => setPassword(e.currentTarget.value)} autoComplete="current-password" required withAsterisk={false} visibilityToggleButtonProps={{ 'aria-label': t.session.show }} data-autofocus={fixed !== undefined || undefined} />
      {asksCode && <TextInput label={t.session.code} description={t.session.codeHint} value={code} onChange={(e) => setCode(e.currentTarget.value)} autoComplete="one-time-code" inputMode="text" autoFocus required withAsterisk={false} />}
      <Button type="submit" fullWidth size="md" mt={16} loading={busy}>{t.session.signIn}</Button>
    </form>
  );
}

export function SignInPage({ onDone }: { onDone: () => void }) {
  const t = useT();
  useTitle(t.session.signIn);
  return (
    <main className="door" id="main">
      <div className="card">
        <img src="/app/mark.svg" alt="" />
        <h1>{t.app}</h1>
        <p className="lead">{t.session.signInLead}</p>
        <SignInForm onDone={onDone} />
      </div>
    </main>
  );
}

export function ChangePasswordForm({ onDone, login }: { onDone: () => void; login: string }) {
  const t = useT();
  const [old, setOld] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (next !== again) return;
    setBusy(true);
    setError(null);
    try {
      await api.send({ path: '/api/v1/me/password', method: 'POST', body: { old_password: old, password: next } });
      onDone();
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  const label = { 'aria-label': t.session.show };
  return (
    <form onSubmit={submit} className="stack">
      {error !== null && <ProblemNotice error={error} focus />}
      <input type="text" value={login} autoComplete="username" readOnly hidden aria-hidden />
      <PasswordInput label={t.session.oldPassword} value={old} onChange={(e) => setOld(e.currentTarget.value)} autoComplete="current-password" required withAsterisk={false} visibilityToggleButtonProps={label} />
      <PasswordInput label={t.session.newPassword} description={t.session.newPasswordHint} value={next} onChange={(e) => setNext(e.currentTarget.value)} autoComplete="new-password" required withAsterisk={false} visibilityToggleButtonProps={label} />
      <PasswordInput label={t.session.repeat} value={again} onChange={(e) => setAgain(e.currentTarget.value)} autoComplete="new-password" required withAsterisk={false} error={again && again !== next ? t.session.mismatch : undefined} visibilityToggleButtonProps={label} />
      <Button type="submit" fullWidth mt={16} loading={busy}>{t.session.change}</Button>
    </form>
  );
}

export function ChangePasswordPage({ login, onDone }: { login: string; onDone: () => void }) {
  const t = useT();
  useTitle(t.session.changeTitle);
  return (
    <main className="door" id="main">
      <div className="card">
        <img src="/app/mark.svg" alt="" />
        <h1>{t.session.changeTitle}</h1>
        <p className="lead">{t.session.changeText}</p>
        <ChangePasswordForm login={login} onDone={onDone} />
      </div>
    </main>
  );
}

/** A picture of a QR code, drawn here; the library comes only when it is needed. */
function Qr({ text }: { text: string }) {
  const t = useT();
  const [svg, setSvg] = useState<{ path: string; size: number } | null>(null);
  useMemo(() => {
    void import('qrcode-generator').then(({ default: make }) => {
      const code = make(0, 'M');
      code.addData(text);
      code.make();
      const size = code.getModuleCount();
      let path = '';
      for (let y = 0; y < size; ++y) for (let x = 0; x < size; ++x) if (code.isDark(y, x)) path += `M${x} ${y}h1v1h-1z`;
      setSvg({ path, size });
    });
  }, [text]);
  if (!svg) return null;
  return (
    <svg role="img" aria-label={t.session.qr} viewBox={`-2 -2 ${svg.size + 4} ${svg.size + 4}`} width={196} height={196} style={{ background: '#fff', borderRadius: 8 }}>
      <path d={svg.path} fill="#000" />
    </svg>
  );
}

export function Security({ login, hasFactor }: { login: string; hasFactor: boolean }) {
  const t = useT();
  const [uri, setUri] = useState<string | null>(null);
  const [code, setCode] = useState('');
  const [codes, setCodes] = useState<string[] | null>(null);
  const [changed, setChanged] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = async (work: () => Promise<void>) => {
    setError(null);
    try {
      await work();
    } catch (reason) {
      setError(reason);
    }
  };
  return (
    <div className="stack">
      {error !== null && <ProblemNotice error={error} />}
      <h3>{t.session.factor}</h3>
      {codes ? (
        <div className="notice good">
          <strong>{t.session.factorOn} {t.session.recovery}</strong>
          {t.session.recoveryText}
          <pre className="sheet" style={{ margin: '8px 0 0' }}>{codes.join('\n')}</pre>
        </div>
      ) : hasFactor ? (
        <p>{t.session.factorOn}</p>
      ) : uri ? (
        <>
          <p>{t.session.factorText}</p>
          <Qr text={uri} />
          <p className="quiet">{t.session.secretBy}: <span className="mono">{new URL(uri).searchParams.get('secret')}</span></p>
          <form className="stack" onSubmit={(e: FormEvent) => { e.preventDefault(); void run(async () => setCodes((await api.send<{ recovery_codes: string[] }>({ path: '/api/v1/me/factor/confirmation', method: 'POST', body: { code: code.trim() } })).data.recovery_codes)); }}>
            <TextInput label={t.session.code} value={code} onChange={(e) => setCode(e.currentTarget.value)} inputMode="numeric" autoComplete="one-time-code" maxLength={8} />
            <Button type="submit">{t.session.confirm}</Button>
          </form>
        </>
      ) : (
        <Button variant="default" onClick={() => void run(async () => setUri((await api.send<{ uri: string }>({ path: '/api/v1/me/factor', method: 'POST' })).data.uri))}>{t.session.factor}</Button>
      )}
      <h3>{t.session.change}</h3>
      {changed ? <p role="status">{t.session.changed}</p> : <ChangePasswordForm login={login} onDone={() => setChanged(true)} />}
    </div>
  );
}

/** A lost or locked session is asked for above the page: nothing below it is unmounted, no typed text is lost. */
export function SessionGuard({ children }: { children: ReactNode }) {
  const t = useT();
  const loss = useLoss();
  const [password, setPassword] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const account = gate.account;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await unlock(password);
      setPassword('');
      gate.regained();
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  const afterSignIn = async () => {
    const before = account?.account;
    const now = await whoAmI();
    if (before && now && now.account !== before) {
      // Another person must not send what the first one typed.
      queries.clear();
      location.reload();
      return;
    }
    gate.regained();
  };
  return (
    <>
      {children}
      <Modal opened={loss !== null} onClose={() => {}} withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false} title={loss?.kind === 'locked' ? t.session.locked : t.session.gone} zIndex={1000}>
        <p style={{ marginTop: 0 }}>{loss?.kind === 'locked' && loss.canUnlock ? t.session.lockedText : t.session.goneText}</p>
        {loss?.canUnlock ? (
          <form onSubmit={submit} className="stack">
            {error !== null && <ProblemNotice error={error} focus />}
            <PasswordInput label={`${t.session.password} (${account?.login ?? ''})`} value={password} onChange={(e) => setPassword(e.currentTarget.value)} autoComplete="current-password" required withAsterisk={false} data-autofocus visibilityToggleButtonProps={{ 'aria-label': t.session.show }} />
            <Button type="submit" fullWidth loading={busy}>{t.session.unlock}</Button>
          </form>
        ) : (
          loss && <SignInForm login={account?.login} onDone={() => void afterSignIn()} />
        )}
      </Modal>
    </>
  );
}
