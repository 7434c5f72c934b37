import { Badge } from '@mantine/core';
import { IconLink, IconLinkOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

/** Mandatory roles come with the holder at once; optional ones are only proposed (guide page 018). */
export function Mandatory({ value }: { value?: boolean }) {
  const { t } = useTranslation('access');
  return (
    <Badge color={value ? 'petrol' : 'gray'} leftSection={value ? <IconLink size={12} aria-hidden /> : <IconLinkOff size={12} aria-hidden />}>
      {t(value ? 'mandatory' : 'optional')}
    </Badge>
  );
}
