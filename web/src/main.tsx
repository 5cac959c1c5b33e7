import './kit/mantine.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import '../kit/tokens.css';
import './kit/app.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode, useCallback, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { AccountContext, pairDisplay, queries, whoAmI } from './api/session';
import type { Account } from './api/types';
import { LanguageProvider } from './i18n';
import { ProblemNotice, Skeleton } from './kit/kit';
import { theme } from './kit/theme';
import { router } from './router';
import { ChangePasswordPage, SessionGuard, SignInPage } from './session_pages';

function Application() {
  const [account, setAccount] = useState<Account | null | undefined>(undefined);
  const [error, setError] = useState<unknown>(null);
  const load = useCallback(() => {
    setError(null);
    pairDisplay().then(whoAmI).then(setAccount, setError);
  }, []);
  useEffect(load, [load]);
  // The kit's page shows parts, not data: anyone may look at it.
  const open = location.pathname === '/app/kit';
  if (error && !open) return <main className="door"><ProblemNotice error={error} retry={load} /></main>;
  if (account === undefined && !open) return <main className="door"><Skeleton lines={3} /></main>;
  if (!account && !open) return <SignInPage onDone={load} />;
  if (account?.must_change_password) return <ChangePasswordPage login={account.login} onDone={load} />;
  return (
    <AccountContext value={account ?? null}>
      <SessionGuard>
        <RouterProvider router={router} />
      </SessionGuard>
    </AccountContext>
  );
}

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto">
        <LanguageProvider>
          <QueryClientProvider client={queries}>
            <Notifications position="top-right" zIndex={900} />
            <Application />
          </QueryClientProvider>
        </LanguageProvider>
      </MantineProvider>
    </StrictMode>,
  );
