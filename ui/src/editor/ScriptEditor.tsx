import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { CodeEditorProps } from './CodeEditor';

// CodeMirror is larger than all of a page; it comes when the first editor is drawn.
const CodeEditor = lazy(() => import('./CodeEditor'));

export type { CodeEditorProps, Finding, HostName } from './CodeEditor';

/** An editor for scripts, expressions and HTML. */
export function ScriptEditor(props: CodeEditorProps) {
  return (
    <Suspense fallback={<Skeleton height={24 * (props.minLines ?? 4)} />}>
      <CodeEditor {...props} />
    </Suspense>
  );
}
