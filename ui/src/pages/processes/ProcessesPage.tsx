import { Switch } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ListPage } from '@/list/ListPage';
import { useValueAttributes } from '@/work/columns';
import { processCells } from '@/work/processCells';
import type { Process } from '@/work/model';

/** Processes that have not come to their end. */
const running = 'status eq "starting" or status eq "running"';

/** All processes that the person may see: quick, basic and advanced search, ended ones on request (guide page 007). */
export default function ProcessesPage() {
  const { t, i18n } = useTranslation('process');
  const more = useValueAttributes('processes', i18n.language);
  const navigate = useNavigate();
  const search: { ended?: unknown } = useSearch({ strict: false });
  const ended = search.ended === 'yes';
  return (
    <ListPage<Process>
      title={t('title')}
      hint={t('hint')}
      resource="processes"
      objectType="process"
      more={more}
      filter={ended ? '' : running}
      keep={ended ? { ended: 'yes' } : {}}
      conditions={
        <Switch
          label={t('includeEnded')}
          checked={ended}
          mt={6}
          onChange={(event) => {
            const { ended: _, page: __, ...rest } = search as Record<string, unknown>;
            void navigate({ to: '.', search: { ...rest, ...(event.currentTarget.checked ? { ended: 'yes' } : {}) } as never });
          }}
        />
      }
      columns={['number', 'name', 'status', 'initiator', 'subject', 'startedAt', ...(ended ? ['endedAt'] : []), 'steps']}
      href={(process) => `/processes/${process.id}`}
      empty={{ title: t('empty.title'), hint: t('empty.hint') }}
      cells={processCells}
    />
  );
}
