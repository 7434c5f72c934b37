import { Avatar, Button, Divider, Group, Popover, SegmentedControl, Stack, Text, UnstyledButton, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { IconApi, IconKey, IconKeyboard, IconLogout, IconMail } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSignOut, type Session } from '@/api/session';
import { changeLanguage, languages, type Language } from '@/i18n';
import { useDensity, type Density } from '@/theme/preferences';
import { openKeyboardHelp } from './KeyboardHelp';

/** Who is signed in, how the console shall look for them, and the way out. */
export function UserMenu({ user }: { user: Session['user'] }) {
  const { t, i18n } = useTranslation('shell');
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [density, setDensity] = useDensity();
  const signOut = useSignOut();
  const [opened, setOpened] = useState(false);
  const close = () => setOpened(false); // whoever goes to a page wants to see it
  return (
    // A popover and not a menu: screen readers expect nothing but items in a menu, and here are choices.
    <Popover width={264} position="bottom-end" shadow="md" trapFocus returnFocus opened={opened} onChange={setOpened}>
      <Popover.Target>
        <UnstyledButton aria-label={t('user.menu', { name: user.fullName })} onClick={() => setOpened(!opened)}>
          <Group gap={8} wrap="nowrap">
            <Avatar size={28} color="petrol" name={user.fullName} alt="" />
            <Text size="sm" visibleFrom="md">{user.fullName}</Text>
          </Group>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p="xs" aria-label={t('user.menu', { name: user.fullName })}>
        <Stack gap={0} px="xs" py={4}>
          <Text size="sm" fw={600}>{user.fullName}</Text>
          <Text size="xs" c="dimmed">{user.userName}</Text>
        </Stack>
        <Divider my={6} />
        <Stack gap={8} px="xs" py={4}>
          <Choice
            label={t('user.language')}
            value={i18n.language}
            data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
            onChange={(language) => void changeLanguage(language as Language)}
          />
          <Choice
            label={t('user.colours')}
            value={colorScheme}
            data={(['light', 'dark', 'auto'] as const).map((value) => ({ value, label: t(`user.${value}`) }))}
            onChange={(chosen) => setColorScheme(chosen as MantineColorScheme)}
          />
          <Choice
            label={t('user.density')}
            value={density}
            data={(['dense', 'roomy'] as const).map((value) => ({ value, label: t(`user.${value}`) }))}
            onChange={(chosen) => setDensity(chosen as Density)}
          />
        </Stack>
        <Divider my={6} />
        <Button component={Link} onClick={close} to="/me/password" variant="subtle" color="gray" fullWidth justify="flex-start" leftSection={<IconKey size={15} aria-hidden />}>
          {t('user.password')}
        </Button>
        <Button component={Link} onClick={close} to="/me/notices" variant="subtle" color="gray" fullWidth justify="flex-start" leftSection={<IconMail size={15} aria-hidden />}>
          {t('user.notices')}
        </Button>
        <Button component={Link} onClick={close} to="/me/tokens" variant="subtle" color="gray" fullWidth justify="flex-start" leftSection={<IconApi size={15} aria-hidden />}>
          {t('user.tokens')}
        </Button>
        <Button variant="subtle" color="gray" fullWidth justify="flex-start" leftSection={<IconKeyboard size={15} aria-hidden />} onClick={openKeyboardHelp}>
          {t('keyboard.title')}
        </Button>
        <Button variant="subtle" color="gray" fullWidth justify="flex-start" leftSection={<IconLogout size={15} aria-hidden />} onClick={() => signOut.mutate()}>
          {t('user.signOut')}
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  data: { value: string; label: string }[];
  onChange: (value: string) => void;
}

function Choice({ label, ...control }: ChoiceProps) {
  return (
    <Stack gap={2}>
      <Text size="xs" c="dimmed">{label}</Text>
      <SegmentedControl fullWidth size="xs" aria-label={label} {...control} />
    </Stack>
  );
}
