import { Center, Loader } from '@mantine/core';
import { Outlet } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '@/api/session';
import { changeLanguage, languages, type Language } from '@/i18n';
import { Failure } from '@/kit/Failure';
import { SignInPage } from '@/pages/signin/SignInPage';
import { ChangePassword } from './ChangePassword';
import { SessionExpired } from './SessionExpired';
import { Shell } from './Shell';

/**
 * Everything stands on the session: without one the address stays and the sign-in is shown in its place, so that
 * a mailed link leads where it should once the person has signed in.
 */
export function Root() {
  const { data: session, error, isPending, refetch } = useSession();
  useSessionLanguage(session?.language);
  if (isPending) return <Center h="100%"><Loader /></Center>;
  if (error) return <Center h="100%"><Failure error={error} onRetry={() => void refetch()} /></Center>;
  if (session === null) return <SignInPage />;
  if (session.mustChangePassword) return <ChangePassword />;
  return (
    <>
      <Shell session={session}><Outlet /></Shell>
      <SessionExpired userName={session.user.userName} />
    </>
  );
}

/** The language kept with the person counts until they choose another in this browser. */
function useSessionLanguage(language: string | undefined) {
  const { i18n } = useTranslation();
  useEffect(() => {
    const chosen = localStorage.getItem('provost.language');
    if (chosen === null && language !== undefined && language in languages && language !== i18n.language) void changeLanguage(language as Language);
  }, [language, i18n]);
}
