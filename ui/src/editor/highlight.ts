import { HighlightStyle } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

interface Palette {
  keyword: string;
  text: string;
  number: string;
  comment: string;
  name: string;
  definition: string;
}

function style({ keyword, text, number, comment, name, definition }: Palette): HighlightStyle {
  return HighlightStyle.define([
    { tag: [tags.keyword, tags.tagName, tags.modifier], color: keyword },
    { tag: [tags.string, tags.attributeValue, tags.regexp], color: text },
    { tag: [tags.number, tags.bool, tags.null, tags.atom], color: number },
    { tag: tags.comment, color: comment, fontStyle: 'italic' },
    { tag: [tags.propertyName, tags.attributeName], color: name },
    { tag: [tags.definition(tags.variableName), tags.function(tags.variableName)], color: definition },
    { tag: tags.invalid, textDecoration: 'underline wavy' },
  ]);
}

/** CodeMirror's own colours fail AA on dark, so both schemes have ours. */
export const highlighting = {
  light: style({ keyword: '#7a3e9d', text: '#2f6b2b', number: '#9a4a00', comment: '#5e6873', name: '#1f5a8a', definition: '#225f58' }),
  dark: style({ keyword: '#d3a4ee', text: '#a5d6a0', number: '#f0b37e', comment: '#9aa4ad', name: '#93c5f2', definition: '#8fc4bd' }),
} as const;

/** Frame, font and focus of the editor, taken from the theme's variables. */
export function editorChrome(minLines: number) {
  return EditorView.theme({
    '&': {
      border: '1px solid var(--mantine-color-default-border)',
      borderRadius: 'var(--mantine-radius-md)',
      backgroundColor: 'var(--provost-surface)',
      color: 'var(--mantine-color-text)',
      fontSize: 'var(--mantine-font-size-sm)',
      overflow: 'hidden',
    },
    '&.cm-focused': { outline: '2px solid var(--mantine-color-anchor)', outlineOffset: '1px' },
    '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.6' },
    '.cm-content': { minHeight: `${minLines * 1.6}em`, caretColor: 'var(--mantine-color-text)' },
    '.cm-cursor': { borderLeftColor: 'var(--mantine-color-text)' },
    '.cm-gutters': { backgroundColor: 'var(--provost-canvas)', color: 'var(--mantine-color-dimmed)', borderRight: '1px solid var(--provost-line)' },
    '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--provost-hover)' },
    '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--mantine-color-petrol-light)' },
    '.cm-tooltip': { backgroundColor: 'var(--provost-surface)', border: '1px solid var(--provost-line)', color: 'var(--mantine-color-text)' },
    '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--mantine-color-petrol-filled)', color: '#fff' },
  });
}
