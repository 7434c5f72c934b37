import { Group, Pagination, Select, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { pageSizes } from './search';

interface PagerProps {
  page: number;
  size: number;
  total: number;
  onPage: (page: number) => void;
  onSize?: (size: number) => void;
}

/** Which rows are on screen, and the way to the others. */
export function Pager({ page, size, total, onPage, onSize }: PagerProps) {
  const { t, i18n } = useTranslation('list');
  const number = new Intl.NumberFormat(i18n.language);
  const pages = Math.max(1, Math.ceil(total / size));
  const from = Math.min(total, (page - 1) * size + 1);
  return (
    <Group justify="space-between" px="sm" py="xs" gap="sm">
      <Text size="sm" c="dimmed" className="figures" aria-live="polite">
        {t('range', { from: number.format(from), to: number.format(Math.min(total, page * size)), total: number.format(total) })}
      </Text>
      <Group gap="sm">
        {onSize ? (
          <Select
            w={110}
            aria-label={t('pageSize')}
            allowDeselect={false}
            data={pageSizes.map((each) => ({ value: String(each), label: t('rowsPerPage', { count: each }) }))}
            value={String(size)}
            onChange={(chosen) => onSize(Number(chosen))}
          />
        ) : null}
        {pages > 1 ? (
          <Pagination
            total={pages}
            value={page}
            onChange={onPage}
            siblings={1}
            getControlProps={(control) => ({ 'aria-label': t(`pager.${control}`) })}
            getItemProps={(item) => ({ 'aria-label': t('pager.page', { page: item }) })}
          />
        ) : null}
      </Group>
    </Group>
  );
}
