/**
 * How diagrams look. Colours come from the page, so that they follow its scheme without being drawn again. The font is named: what is
 * measured outside of the canvas has to be as wide as what is drawn in it.
 */
export const look = {
  bpmnRenderer: { defaultFillColor: 'var(--provost-surface)', defaultStrokeColor: 'var(--mantine-color-text)', defaultLabelColor: 'var(--mantine-color-text)' },
  textRenderer: { defaultStyle: { fontFamily: '"Inter Variable", system-ui, sans-serif' } },
};
