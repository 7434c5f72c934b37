import { Group, Loader, Text, Tree as MantineTree, useTree, type TreeNodeData } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { useMemo, type ReactNode } from 'react';
import classes from './Tree.module.css';

/** A branch of a tree: groups, information systems, role paths. */
export interface Branch {
  id: string;
  label: string;
  beside?: ReactNode;
  children?: Branch[];
}

interface TreeProps {
  label: string;
  /** The same array as long as nothing changed: a new one at each render would never come to rest. */
  branches: Branch[];
  selected?: string;
  onSelect?: (id: string) => void;
  /** Ids that are open at first; by default the roots. */
  open?: string[];
  loading?: boolean;
}

function nodes(branches: Branch[]): TreeNodeData[] {
  return branches.map(({ id, label, beside, children }) => ({
    value: id,
    label,
    nodeProps: { beside },
    children: children?.length ? nodes(children) : undefined,
  }));
}

/** A tree that opens and moves by the arrow keys. */
export function Tree({ label, branches, selected, onSelect, open = branches.map(({ id }) => id), loading = false }: TreeProps) {
  const tree = useTree({ initialExpandedState: Object.fromEntries(open.map((id) => [id, true])) });
  // Mantine sets its state up anew whenever `data` is another array, which would redraw us for ever.
  const data = useMemo(() => nodes(branches), [branches]);
  if (loading) return <Loader />;
  return (
    <MantineTree
      aria-label={label}
      data={data}
      tree={tree}
      levelOffset={20}
      onKeyDown={(event) => {
        const id = (event.target as HTMLElement).closest('[data-value]')?.getAttribute('data-value');
        if (event.key === 'Enter' && id) onSelect?.(id);
      }}
      renderNode={({ node, expanded, hasChildren, elementProps }) => (
        <Group
          {...elementProps}
          gap={6}
          wrap="nowrap"
          className={`${elementProps.className} ${classes.branch}`}
          data-selected={node.value === selected || undefined}
          onClick={(event) => {
            elementProps.onClick(event);
            onSelect?.(node.value);
          }}
        >
          <IconChevronRight size={14} aria-hidden className={classes.chevron} data-open={expanded || undefined} data-leaf={!hasChildren || undefined} />
          <Text size="sm" truncate>{node.label}</Text>
          {(node.nodeProps as { beside?: ReactNode }).beside}
        </Group>
      )}
    />
  );
}
