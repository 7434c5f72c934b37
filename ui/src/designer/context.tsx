import { createContext, useContext, useEffect, useId, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';
import type { Designer } from './canvas/Designer';

/** What was typed and is not in the document yet: kept until the field is left, so that a word is one step of the history and not one for each letter. */
export class Pending {
  private readonly commits = new Map<string, () => void>();

  keep(id: string, commit: () => void): void {
    this.commits.set(id, commit);
  }

  drop(id: string): void {
    this.commits.delete(id);
  }

  /** Writes everything typed into the document: before it is saved, checked or shown. */
  flush(): void {
    const commits = [...this.commits.values()];
    this.commits.clear();
    for (const commit of commits) commit();
  }
}

interface Drawing {
  designer: Designer;
  pending: Pending;
  readOnly: boolean;
}

const DrawingContext = createContext<Drawing | undefined>(undefined);

/** Gives the process being drawn to the panels below. */
export function DrawingProvider({ designer, pending, readOnly = false, children }: Omit<Drawing, 'readOnly'> & { readOnly?: boolean; children: ReactNode }) {
  const drawing = useMemo(() => ({ designer, pending, readOnly }), [designer, pending, readOnly]);
  return <DrawingContext value={drawing}>{children}</DrawingContext>;
}

/** The process being drawn; the component is drawn again whenever something of it changes. */
export function useDrawing(): Drawing {
  const drawing = useContext(DrawingContext);
  if (drawing === undefined) throw new Error('a panel of the designer stands outside of a DrawingProvider');
  useSyncExternalStore(drawing.designer.subscribe, drawing.designer.revision);
  return drawing;
}

/** How long a pause in typing is until what was typed goes into the document, in milliseconds. */
const pause = 1200;

/**
 * A text that is typed here and written to the document when the field is left, after a pause, or when the page asks for it.
 * Answers what to show, what to call for each letter, and what to call when the field is left.
 */
export function useTyped(value: string, commit: (text: string) => void): [shown: string, type: (text: string) => void, settle: () => void] {
  const { pending } = useDrawing();
  const id = useId();
  const [typed, setTyped] = useState<string>();
  const write = () => {
    pending.drop(id);
    setTyped(undefined);
    if (typed !== undefined && typed !== value) commit(typed);
  };

  useEffect(() => {
    if (typed === undefined) return undefined;
    pending.keep(id, write);
    const timer = setTimeout(write, pause);
    return () => clearTimeout(timer);
  });
  // A panel that gives way to another one leaves nothing behind: its closure still knows which element was meant.
  useEffect(() => () => pending.drop(id), [pending, id]);

  return [typed ?? value, setTyped, write];
}
