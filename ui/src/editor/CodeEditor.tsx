import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { html } from '@codemirror/lang-html';
import { javascript, javascriptLanguage } from '@codemirror/lang-javascript';
import { bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { linter, lintGutter } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useEffectEvent, useRef } from 'react';
import { editorChrome, highlighting } from './highlight';

/** Something the server found in a script; lines and columns count from 1. */
export interface Finding {
  line: number;
  column: number;
  severity: 'error' | 'warning' | 'info';
  message: string;
}

/** A name of the host API that scripts may use. */
export interface HostName {
  name: string;
  kind: 'function' | 'variable' | 'property' | 'class';
  signature?: string;
  doc?: string;
}

export interface CodeEditorProps {
  /** Read aloud by screen readers; the visible label stands beside the editor. */
  label: string;
  value: string;
  onChange?: (value: string) => void;
  language?: 'javascript' | 'html' | 'text';
  readOnly?: boolean;
  minLines?: number;
  /** Asked after a pause in typing; usually the server's parse. */
  lint?: (source: string) => Promise<Finding[]>;
  hostNames?: readonly HostName[];
}

function completions(names: readonly HostName[]) {
  return (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/[\w$.]*/);
    if (word === null || (word.from === word.to && !context.explicit)) return null;
    return {
      from: word.from,
      validFor: /^[\w$.]*$/,
      options: names.map(({ name, kind, signature, doc }) => ({ label: name, type: kind, detail: signature, info: doc })),
    };
  };
}

function language({ language: name = 'javascript', hostNames = [] }: CodeEditorProps) {
  if (name === 'html') return [html()];
  if (name === 'text') return [];
  return [javascript(), javascriptLanguage.data.of({ autocomplete: completions(hostNames) })];
}

function positionIn(state: EditorState, { line, column }: Finding): number {
  const at = state.doc.line(Math.min(Math.max(line, 1), state.doc.lines));
  return Math.min(at.from + Math.max(column - 1, 0), at.to);
}

/** CodeMirror with our highlighting, which passes AA in both schemes. */
export default function CodeEditor(props: CodeEditorProps) {
  const { label, value, onChange, readOnly = false, minLines = 4, lint } = props;
  const scheme = useComputedColorScheme('light');
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const colours = useRef(new Compartment());
  const changed = useEffectEvent((source: string) => onChange?.(source));
  const check = useEffectEvent(async (state: EditorState) => {
    const findings = (await lint?.(state.doc.toString())) ?? [];
    return findings.map((finding) => {
      const from = positionIn(state, finding);
      return { from, to: Math.min(from + 1, state.doc.length), severity: finding.severity, message: finding.message };
    });
  });
  const extensions = useEffectEvent(() => [
    lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(), highlightActiveLine(), highlightSelectionMatches(),
    autocompletion(),
    // Escape, then Tab leaves the editor: CodeMirror's own way out for people who have only a keyboard.
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, indentWithTab]),
    language(props),
    lint ? [lintGutter(), linter((editor) => check(editor.state), { delay: 500 })] : [],
    EditorState.readOnly.of(readOnly),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': label }),
    EditorView.updateListener.of((update) => update.docChanged && changed(update.state.doc.toString())),
    editorChrome(minLines),
    colours.current.of(syntaxHighlighting(highlighting[scheme])),
  ]);

  useEffect(() => {
    if (host.current === null) return undefined;
    const editor = new EditorView({ parent: host.current, state: EditorState.create({ doc: value, extensions: extensions() }) });
    view.current = editor;
    return () => editor.destroy();
    // The editor owns its text from here on; later values arrive through the effect below.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [readOnly]);

  useEffect(() => {
    view.current?.dispatch({ effects: colours.current.reconfigure(syntaxHighlighting(highlighting[scheme])) });
  }, [scheme]);

  useEffect(() => {
    const editor = view.current;
    if (editor === null || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  return <div ref={host} />;
}
