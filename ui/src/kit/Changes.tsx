import { Table } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useLabel, type Attribute } from '@/api/schema';
import { isEmpty } from '@/form/values';
import { Value } from '@/list/cells';
import classes from './Changes.module.css';

/** A changed attribute with the value before and after. */
export interface Change {
  attribute: string;
  before?: unknown;
  after?: unknown;
}

interface ChangesProps {
  changes: Change[];
  attributes?: readonly Attribute[];
  /** The object did not exist before: there is nothing to compare with. */
  created?: boolean;
}

/** Before → after per attribute, for histories, audits and change lists of runs. */
export function Changes({ changes, attributes = [], created = false }: ChangesProps) {
  const { t } = useTranslation('common');
  const label = useLabel();
  if (changes.length === 0) return null;
  return (
    <Table className={classes.changes} verticalSpacing={3} withRowBorders={false}>
      <Table.Tbody>
        {changes.map(({ attribute: name, before, after }) => {
          const attribute = attributes.find((each) => each.name === name) ?? { name, type: 'string', label: { en: name } };
          return (
            <Table.Tr key={name}>
              <Table.Th scope="row">{label(attribute)}</Table.Th>
              <Table.Td>
                {created ? null : (
                  <>
                    <del className={classes.before}>{isEmpty(before) ? t('nothing') : <Value attribute={attribute} value={before} />}</del>
                    <IconArrowRight size={13} aria-label={t('becomes')} className={classes.arrow} />
                  </>
                )}
                <ins className={classes.after}>{isEmpty(after) ? t('nothing') : <Value attribute={attribute} value={after} />}</ins>
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}
