import { Button, FileButton, List, Menu, Text } from '@mantine/core';
import { IconFileTypeXml } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { address, send } from '@/api/resource';
import { usePermission } from '@/api/session';
import { transport } from '@/api/transport';
import { ConfirmAction, type Confirmation } from '@/kit/ConfirmAction';
import { useFailureText } from '@/kit/Failure';
import { toastDone, toastFailed } from '@/kit/toast';
import { saveFile } from '@/list/csv';
import type { AgentRow } from './AgentsPage';

interface MappingLine {
  systemObject: string;
  objectType: string;
  rows: number;
}

interface ImportResult {
  deleted: MappingLine[] | null;
  added: MappingLine[] | null;
  changed: MappingLine[] | null;
  unchanged: MappingLine[] | null;
}

/** Mappings as XML: out, and in again after showing what that deletes. */
export function MappingFiles({ agent, unsaved }: { agent: AgentRow; unsaved: boolean }) {
  const { t } = useTranslation('agents');
  const can = usePermission();
  const queries = useQueryClient();
  const failure = useFailureText();
  const reset = useRef<() => void>(null);
  const [asked, setAsked] = useState<Confirmation>();
  const fail = (error: unknown) => toastFailed(failure(error));

  const download = async () => {
    const response = await send('POST', address('systems', [agent.id, 'mappings', 'export']), { accept: 'application/xml' });
    saveFile(await response.blob(), `mapping-${agent.name}.xml`);
  };
  const post = async (text: string, dryRun: boolean) => {
    const url = new URL(address('systems', [agent.id, 'mappings', 'import'], { dryRun }), globalThis.location.origin);
    const response = await transport(new Request(url, { method: 'POST', headers: { 'Content-Type': 'application/xml', Accept: 'application/json' }, body: text }));
    return (await response.json()) as ImportResult;
  };
  const choose = async (file: File | null) => {
    reset.current?.();
    if (file === null) return;
    const text = await file.text();
    const result = await post(text, true);
    setAsked({
      title: t('xml.title', { file: file.name }),
      action: t('xml.action'),
      danger: (result.deleted ?? []).length > 0,
      consequences: lines(result),
      run: async () => {
        await post(text, false);
        await queries.invalidateQueries({ queryKey: ['systems'] });
        toastDone(t('xml.done'));
      },
    });
  };
  const lines = (result: ImportResult) => (['deleted', 'changed', 'added', 'unchanged'] as const).flatMap((kind) => {
    const of = result[kind] ?? [];
    if (of.length === 0) return [];
    return [
      <div key={kind}>
        <Text size="sm" fw={500}>{t(`xml.${kind}`, { count: of.length })}</Text>
        <List size="sm">{of.map(({ systemObject, objectType }) => <List.Item key={`${systemObject}${objectType}`}>{systemObject} ↔ {objectType}</List.Item>)}</List>
      </div>,
    ];
  });

  return (
    <>
      <Menu>
        <Menu.Target><Button variant="default" leftSection={<IconFileTypeXml size={15} aria-hidden />}>XML</Button></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void download().catch(fail)}>{t('xml.export')}</Menu.Item>
          {can('system:update') ? (
            <FileButton resetRef={reset} accept=".xml,application/xml,text/xml" onChange={(file) => void choose(file).catch(fail)}>
              {(button) => <Menu.Item {...button} disabled={unsaved} closeMenuOnClick={false}>{t(unsaved ? 'xml.saveFirst' : 'xml.import')}</Menu.Item>}
            </FileButton>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      <ConfirmAction confirmation={asked} onClose={() => setAsked(undefined)} />
    </>
  );
}
