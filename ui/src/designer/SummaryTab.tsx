import { Select, SimpleGrid, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDrawing } from './context';
import { processTypes, type ProcessType } from './language';
import { textIn } from './model/moddle';
import { description, descriptionChange } from './model/values';
import { LongTextField, TextField } from './panel/fields';
import { PrincipalsField } from './panel/PrincipalsField';
import { useExtension } from './panel/useExtension';
import type { Element, Node } from './model/moddle';

/** Ids as XML has them: a letter or an underscore first, then no blanks. */
const code = /^[\p{L}_][\p{L}\d_.-]*$/u;

/** What a process is: its name, its type, and who may do what with it. */
export function SummaryTab() {
  const { designer } = useDrawing();
  const process = designer.process();
  return process === undefined ? null : <Summary element={process.element} node={process.node} />;
}

/** The extension elements of a process belong to its node, which in a diagram with pools is not the element's own. */
function Summary({ element, node }: { element: Element; node: Node }) {
  const { t } = useTranslation('designer');
  const { designer, readOnly } = useDrawing();
  const [wrongCode, setWrongCode] = useState<string>();
  const bearer = { ...element, businessObject: node } as Element;
  const [process, changeProcess] = useExtension(bearer, 'idm:Process');
  const [acl, changeAcl] = useExtension(bearer, 'idm:Acl');
  const rename = (next: string) => {
    const trimmed = next.trim();
    const taken = designer.service('moddle').ids.assigned(trimmed) !== undefined && trimmed !== node.id;
    setWrongCode(!code.test(trimmed) ? t('summary.codeWrong') : taken ? t('summary.codeTaken') : undefined);
    if (!code.test(trimmed) || taken) return;
    // In a diagram with pools the process is no element of its own, and its id nobody's name.
    if (element.businessObject === node) designer.service('modeling').updateProperties(element, { id: trimmed });
    else designer.change(element, [{ node, members: { id: trimmed } }]);
  };
  return (
    <Stack p="lg" maw={900}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextField label={t('summary.name')} withAsterisk value={textIn(node, 'name')} onCommit={(name) => designer.change(element, [{ node, members: { name: name || undefined } }])} />
        <TextField label={t('summary.code')} description={t('summary.codeHint')} error={wrongCode} withAsterisk value={node.id} onCommit={rename} />
        <Select
          label={t('summary.type')}
          withAsterisk
          allowDeselect={false}
          disabled={readOnly}
          data={processTypes.map((value) => ({ value, label: t(`type.${value}`) }))}
          value={process.type ?? null}
          onChange={(type) => changeProcess({ type: type as ProcessType })}
        />
        <TextField label={t('summary.folder')} description={t('summary.folderHint')} placeholder="Users/Leavers" value={process.folder} onCommit={(folder) => changeProcess({ folder })} />
      </SimpleGrid>
      <LongTextField label={t('summary.description')} description={t('summary.descriptionHint')} value={description(node)} onCommit={(text) => designer.change(element, [descriptionChange(designer, node, text)])} />
      <PrincipalsField label={t('summary.initiators')} description={t(process.type === 'reservation' ? 'summary.reservationHint' : 'summary.initiatorsHint')} open value={acl.initiators} onCommit={(initiators) => changeAcl({ initiators })} />
      <PrincipalsField label={t('summary.managers')} description={t('summary.managersHint')} open value={acl.managers} onCommit={(managers) => changeAcl({ managers })} />
      <PrincipalsField label={t('summary.observers')} description={t('summary.observersHint')} open value={acl.observers} onCommit={(observers) => changeAcl({ observers })} />
    </Stack>
  );
}
