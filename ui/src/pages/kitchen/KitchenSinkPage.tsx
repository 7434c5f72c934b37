import { Alert, Badge, Button, Group, SimpleGrid, Stack, Tabs, Title } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Attribute } from '@/api/schema';
import { MappingEditor } from '@/editor/MappingEditor';
import type { MappingRow } from '@/editor/mapping';
import { ScriptEditor } from '@/editor/ScriptEditor';
import { TryIt } from '@/editor/TryIt';
import { FieldForm } from '@/form/FieldForm';
import type { Values } from '@/form/values';
import { Changes } from '@/kit/Changes';
import { ConfirmAction, type Confirmation } from '@/kit/ConfirmAction';
import { EmptyState } from '@/kit/EmptyState';
import { Facts } from '@/kit/Facts';
import { PageHeader } from '@/kit/PageHeader';
import { PathOf } from '@/kit/PathOf';
import { RelativeTime } from '@/kit/RelativeTime';
import { StatusBadge } from '@/kit/StatusBadge';
import { toastDone } from '@/kit/toast';
import { Tree } from '@/kit/Tree';
import { Chips } from '@/list/Chips';
import { FilterInput } from '@/list/FilterInput';
import { ImportReport } from '@/list/ImportReport';
import type { Chip } from '@/list/search';
import type { ChangeQuery } from '@/run/ChangeList';
import { RunView } from '@/run/RunView';
import { attributes, branches, mapping, run, runChanges, runLog, script, values } from './samples';

/**
 * Every component of ours on one page, hidden from the navigation, for looking at them and for the accessibility
 * check in both colour schemes. Its words are sample data and therefore not translated.
 */
export default function KitchenSinkPage() {
  return (
    <Stack gap="xl">
      <PageHeader title="Kitchen sink" hint="Sample data: every component of the console." />
      <Part title="Small parts"><SmallParts /></Part>
      <Part title="Form"><FormSample /></Part>
      <Part title="Search"><SearchSample /></Part>
      <Part title="Tree and path">
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <Tree label="Groups" branches={branches} selected="sales" />
          <PathOf steps={['Sales (sample)', 'CRM user', 'Mailbox']} />
        </SimpleGrid>
      </Part>
      <Part title="Editors"><EditorSample /></Part>
      <Part title="Import report">
        <ImportReport report={{ dryRun: true, created: 12, updated: 3, unchanged: 240, rejected: [{ line: 7, key: 'aexample', location: 'email', message: 'Not an e-mail address.' }] }} />
      </Part>
      <Part title="Run"><RunSample /></Part>
    </Stack>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={2} mb="xs">{title}</Title>
      <div className="surface" style={{ padding: 'var(--mantine-spacing-lg)' }}>{children}</div>
    </section>
  );
}

function SmallParts() {
  const [asked, setAsked] = useState<Confirmation>();
  const ask = () =>
    setAsked({
      title: 'Delete Ada Example?',
      action: 'Delete user',
      consequences: ['4 accounts in 3 systems are removed.', 'History and audit are kept.'],
      run: () => Promise.resolve(),
    });
  return (
    <Stack>
      <Group>
        <Button>Primary</Button>
        <Button variant="default">Default</Button>
        <Button variant="light">Light</Button>
        <Button variant="subtle">Subtle</Button>
        <Button color="red" onClick={ask}>Dangerous</Button>
        <Button variant="default" onClick={() => toastDone('Saved.')}>Toast</Button>
        <Badge color="gray">1 204</Badge>
      </Group>
      <Group gap="xs">
        {['active', 'running', 'pending', 'held', 'failed', 'disabled', 'locked', 'paused', 'unknownState'].map((status) => <StatusBadge key={status} status={status} />)}
      </Group>
      <Facts facts={[{ label: 'User name', value: 'aexample' }, { label: 'Last change', value: <RelativeTime at="2026-01-01T08:00:00Z" /> }]} />
      <Changes changes={[{ attribute: 'title', before: 'Clerk', after: 'Head of Sales' }, { attribute: 'phone', before: '', after: '+1 555 0100' }]} attributes={attributes} />
      <Group grow align="stretch">
        <Alert variant="light" title="Good to know">An alert in the primary colour.</Alert>
        <Alert variant="light" color="yellow" title="Careful">An alert that warns.</Alert>
        <Alert variant="light" color="red" title="Refused">An alert that refuses.</Alert>
      </Group>
      <Tabs defaultValue="one">
        <Tabs.List>
          <Tabs.Tab value="one">First</Tabs.Tab>
          <Tabs.Tab value="two">Second</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="one"><EmptyState title="Nothing here" hint="Says what belongs here and how to start."><Button variant="default">Start</Button></EmptyState></Tabs.Panel>
        <Tabs.Panel value="two">Second tab</Tabs.Panel>
      </Tabs>
      <ConfirmAction confirmation={asked} onClose={() => setAsked(undefined)} />
    </Stack>
  );
}

function FormSample() {
  const [current, setCurrent] = useState<Values>(values);
  return <FieldForm attributes={attributes} values={current} onChange={setCurrent} changed={['title']} errors={{ email: 'This address is already used by another user.' }} />;
}

function SearchSample() {
  const [chips, setChips] = useState<Chip[] | undefined>([{ name: 'title', op: 'co', values: ['sales'] }, { name: 'active', op: 'eq', values: ['true'] }]);
  const searchable: Attribute[] = attributes.map((attribute) => ({ ...attribute, filterable: true }));
  return (
    <Stack>
      <Chips chips={chips ?? []} attributes={searchable} onChange={setChips} />
      <FilterInput value='title co "sales" and' attributes={searchable} onSubmit={() => undefined} />
    </Stack>
  );
}

function EditorSample() {
  const [source, setSource] = useState(script);
  const [rows, setRows] = useState<MappingRow[]>(mapping);
  const lint = (text: string) => Promise.resolve(text.includes('eval') ? [{ line: 1, column: 1, severity: 'error' as const, message: 'eval is not available.' }] : []);
  return (
    <Stack>
      <ScriptEditor label="Sample script" value={source} onChange={setSource} lint={lint} hostNames={[{ name: 'user.fullName', kind: 'property' }]} />
      <TryIt run={() => Promise.resolve({ result: { userName: 'aexample' }, log: ['looked up aexample'], milliseconds: 3 })} />
      <MappingEditor rows={rows} onChange={setRows} systemAttributes={['cn', 'mail', 'uid']} evaluated={{ 0: { value: 'ada@example.com' }, 1: { error: 'userName is not defined' } }} />
    </Stack>
  );
}

function RunSample() {
  const [query, setQuery] = useState<ChangeQuery>({ words: '', page: 1 });
  return (
    <Tabs defaultValue="run">
      <Tabs.List><Tabs.Tab value="run">A load that waits for a person</Tabs.Tab></Tabs.List>
      <Tabs.Panel value="run" pt="md">
        <RunView embedded run={run} readAt={Date.parse('2026-11-21T08:20:00Z')} changes={runChanges} total={runChanges.length} query={query} onQuery={setQuery} log={runLog} onResume={() => toastDone('Resumed.')} onCancel={() => toastDone('Cancelled.')} />
      </Tabs.Panel>
    </Tabs>
  );
}
