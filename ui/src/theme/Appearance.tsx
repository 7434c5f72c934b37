import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { coloursKey, useDensity } from './preferences';
import { buildTheme, cssVariables } from './theme';

const colours = localStorageColorSchemeManager({ key: coloursKey });

/** Everything below looks as the person chose. */
export function Appearance({ children, env }: { children: ReactNode; env?: 'test' }) {
  const [density] = useDensity();
  const { t } = useTranslation('common');
  const closeLabel = t('close');
  const theme = useMemo(() => buildTheme(density, closeLabel), [density, closeLabel]);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} colorSchemeManager={colours} defaultColorScheme="auto" env={env}>
      {children}
    </MantineProvider>
  );
}
