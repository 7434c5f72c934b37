import { Autocomplete, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useList } from '@/api/hooks';
import { nameOf } from '@/api/name';
import { useDrawing } from '../context';
import { kindOf } from '../model/steps';
import { textIn, type Element } from '../model/moddle';
import { FlagField, ScriptField, TextField } from './fields';
import { MailDetails } from './MailDetails';
import { Rows } from './Rows';
import { Section } from './Section';
import { Timers } from './PeopleDetails';
import { useExtension, useExtensions } from './useExtension';

/** What is particular to a step that a program does. */
export function ProgramDetails({ element }: { element: Element }) {
  const { t } = useTranslation('designer');
  const kind = kindOf(element.businessObject);
  return (
    <>
      {kind === 'script' ? <ScriptDetails element={element} /> : null}
      {kind === 'apply' ? <ApplyDetails element={element} /> : null}
      {kind === 'invoke' ? <InvokeDetails element={element} /> : null}
      {kind === 'mail' ? <MailDetails element={element} title={t('kind.mail')} /> : null}
      <JobDetails element={element} />
      <Timers element={element} />
    </>
  );
}

function ScriptDetails({ element }: { element: Element }) {
  const { t } = useTranslation('designer');
  const { designer } = useDrawing();
  const node = element.businessObject;
  const commit = (script: string) => designer.change(element, [{ node, members: { script: script || undefined, scriptFormat: 'javascript' } }]);
  return <ScriptField label={t('script.label')} description={t('script.hint')} minLines={10} value={textIn(node, 'script')} onCommit={commit} />;
}

function ApplyDetails({ element }: { element: Element }) {
  const { t } = useTranslation('designer');
  const [apply, change] = useExtension(element, 'idm:Apply');
  return (
    <Section title={t('kind.apply')} hint={t('apply.hint')}>
      {(['userChanges', 'entitlements', 'account', 'delegation'] as const).map((each) => (
        <FlagField key={each} label={t(`apply.${each}`)} value={apply[each]} onCommit={(on) => change({ [each]: on })} />
      ))}
    </Section>
  );
}

function InvokeDetails({ element }: { element: Element }) {
  const { t } = useTranslation('designer');
  const { readOnly } = useDrawing();
  const [invoke, change] = useExtension(element, 'idm:Invoke');
  const systems = useList('systems', { size: 200, sort: 'name' }).data?.rows ?? [];
  const names = new Set([...systems.map(nameOf), ...(invoke.system ? [invoke.system] : [])]);
  return (
    <Section title={t('kind.invoke')}>
      <Select label={t('invoke.system')} searchable disabled={readOnly} withAsterisk data={[...names]} value={invoke.system ?? null} onChange={(system) => change({ system: system ?? '' })} />
      <TextField label={t('invoke.method')} description={t('invoke.methodHint')} withAsterisk value={invoke.method} onCommit={(method) => change({ method })} />
      <TextField label={t('invoke.path')} description={t('invoke.pathHint')} value={invoke.path} onCommit={(path) => change({ path })} />
      <Rows label={t('invoke.arguments')} rows={invoke.arguments ?? []} onChange={(next) => change({ arguments: next })} name={({ name }) => name ?? ''} fresh={() => ({ name: '', body: '' })} addLabel={t('invoke.addArgument')}>
        {(row, changeRow) => (
          <>
            <TextField label={t('invoke.argument')} value={row.name} onCommit={(name) => changeRow({ name })} />
            <TextField label={t('invoke.value')} description={t('expression')} value={row.body} onCommit={(body) => changeRow({ body })} />
          </>
        )}
      </Rows>
      <TextField label={t('invoke.result')} description={t('invoke.resultHint')} value={invoke.result} onCommit={(result) => change({ result })} />
    </Section>
  );
}

function JobDetails({ element }: { element: Element }) {
  const { t } = useTranslation('designer');
  const [job, change] = useExtension(element, 'idm:Job');
  return (
    <Section title={t('job.title')}>
      <FlagField label={t('job.async')} description={t('job.asyncHint')} value={job.async} onCommit={(async) => change({ async })} />
      {kindOf(element.businessObject) === 'script' ? <FlagField label={t('job.quick')} description={t('job.quickHint')} value={job.quick} onCommit={(quick) => change({ quick })} /> : null}
    </Section>
  );
}

/** A call of another process: which one, what goes in and what comes back. */
export function CallDetails({ element }: { element: Element }) {
  const { t } = useTranslation('designer');
  const { designer, readOnly } = useDrawing();
  const node = element.businessObject;
  const known = useList('process-definitions', { size: 200 }).data?.rows ?? [];
  return (
    <>
      <Autocomplete label={t('call.code')} description={t('call.codeHint')} withAsterisk readOnly={readOnly} data={known.map((each) => String((each as { code?: unknown }).code ?? ''))} value={textIn(node, 'calledElement')} onChange={(calledElement) => designer.change(element, [{ node, members: { calledElement: calledElement || undefined } }])} />
      <Copies element={element} type="idm:Input" label={t('call.inputs')} addLabel={t('call.addInput')} />
      <Copies element={element} type="idm:Output" label={t('call.outputs')} addLabel={t('call.addOutput')} />
      <Timers element={element} />
    </>
  );
}

function Copies({ element, type, label, addLabel }: { element: Element; type: 'idm:Input' | 'idm:Output'; label: string; addLabel: string }) {
  const { t } = useTranslation('designer');
  const [rows, change] = useExtensions(element, element.businessObject, type);
  return (
    <Section title={label}>
      <Rows label={label} rows={rows} onChange={change} name={({ name }) => name ?? ''} fresh={() => ({ name: '', body: '' })} addLabel={addLabel}>
        {(row, changeRow) => (
          <>
            <TextField label={t('call.variable')} value={row.name} onCommit={(name) => changeRow({ name })} />
            <TextField label={t('call.value')} description={t('call.valueHint')} value={row.body} onCommit={(body) => changeRow({ body })} />
          </>
        )}
      </Rows>
    </Section>
  );
}
