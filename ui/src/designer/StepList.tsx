import { Group, Stack, Text, UnstyledButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { endOf, titleOf } from './canvas/actions';
import { useDrawing } from './context';
import classes from './Designer.module.css';
import { kindOf } from './model/steps';
import { flowsOf } from './model/values';

/** The diagram in words: every step with its kind and where it leads, each a button that opens it. The way in for who does not see the drawing. */
export function StepList() {
  const { t } = useTranslation('designer');
  const { designer } = useDrawing();
  const steps = designer.steps();
  return (
    <Stack gap="xs" p="sm">
      <Text component="h2" m={0} fw={600}>{t('steps.title')}</Text>
      <Text size="xs" c="dimmed">{t('steps.hint')}</Text>
      <ol className={classes.steps}>
        {steps.map((step) => (
          <li key={step.id}>
            <UnstyledButton className={classes.step} onClick={() => designer.select(step.id)}>
              <Group gap="xs" justify="space-between" wrap="nowrap">
                <Text size="sm" fw={500}>{titleOf(step)}</Text>
                <Text size="xs" c="dimmed">{t(`kind.${kindOf(step.businessObject)}`)}</Text>
              </Group>
              {flowsOf(step, 'outgoing').map((flow) => (
                <Text key={flow.id} size="xs" c="dimmed">{t('steps.leads', { step: titleOf(endOf(flow, 'target')) })}</Text>
              ))}
            </UnstyledButton>
          </li>
        ))}
      </ol>
    </Stack>
  );
}
