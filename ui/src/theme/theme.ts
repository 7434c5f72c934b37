import {
  ActionIcon, Alert, Badge, Button, createTheme, Loader, Menu, Modal, Paper, Table, Tabs, TextInput, Tooltip,
  type CSSVariablesResolver, type MantineColorsTuple,
} from '@mantine/core';
import type { Density } from './preferences';

/** Petrol: quiet enough to look at all day, and white text on its seventh shade passes AA. */
const petrol: MantineColorsTuple = [
  '#eef6f5', '#dcebe9', '#b7d8d3', '#8fc4bd', '#6cb2a9', '#53a196', '#3f8f84', '#2b766d', '#225f58', '#174b45',
];

/** Neutrals with a trace of blue; the sixth is the darkest "dimmed" that still reads on white (5.7:1). */
const gray: MantineColorsTuple = [
  '#f7f8f9', '#eff1f3', '#e4e7ea', '#d5dade', '#bcc3ca', '#98a2ac', '#5e6873', '#47505a', '#323a43', '#1f262d',
];

/** Surfaces of the dark scheme: slate, so that borders and shadows remain visible, which they do not on black. */
const dark: MantineColorsTuple = [
  '#d8dde2', '#bcc4cb', '#9aa4ad', '#6b757f', '#3d464f', '#313940', '#252c32', '#1a1f24', '#14181c', '#0f1215',
];

/** Mantine's warm colours are too pale for text and for white on them; these pass AA as both. */
const red: MantineColorsTuple = ['#fdf1f0', '#fbe0de', '#f5bdb8', '#ee958d', '#e66f65', '#d95147', '#c93a2f', '#b42318', '#981d13', '#7d170f'];
const yellow: MantineColorsTuple = ['#fdf8e7', '#faefcb', '#f5dd94', '#eec95a', '#e3b42c', '#c99a14', '#a97f0c', '#876404', '#6f5203', '#5f4602'];
const orange: MantineColorsTuple = ['#fef3ea', '#fce3d0', '#f8c49c', '#f2a168', '#e98341', '#d76a24', '#b85515', '#97430c', '#7e3709', '#6b2e07'];

const fieldSize = { dense: 'xs', roomy: 'sm' } as const;

/** Every kind of input follows the density the person chose. */
const inputs = [
  'TextInput', 'Textarea', 'Select', 'NativeSelect', 'MultiSelect', 'NumberInput', 'PasswordInput', 'DateInput', 'DateTimePicker', 'TagsInput',
  'Autocomplete', 'FileInput', 'Checkbox', 'Switch', 'SegmentedControl', 'Pagination', 'Pill', 'PillsInput',
];

/** The console's theme at a density; `closeLabel` is what screen readers call the cross of a dialog. */
export function buildTheme(density: Density, closeLabel: string) {
  const size = fieldSize[density];
  const sized = Object.fromEntries(inputs.map((name) => [name, { defaultProps: { size } }]));
  return createTheme({
    primaryColor: 'petrol',
    primaryShade: { light: 7, dark: 8 },
    autoContrast: true,
    respectReducedMotion: true,
    cursorType: 'pointer',
    colors: { petrol, gray, dark, red, yellow, orange },
    defaultRadius: 'md',
    fontFamily: '"Inter Variable", system-ui, -apple-system, "Segoe UI", sans-serif',
    fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, monospace',
    fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
    headings: {
      fontWeight: '600',
      sizes: { h1: { fontSize: '1.25rem', lineHeight: '1.3' }, h2: { fontSize: '1rem', lineHeight: '1.4' }, h3: { fontSize: '0.875rem', lineHeight: '1.4' } },
    },
    components: {
      ...sized,
      Button: Button.extend({ defaultProps: { size } }),
      ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray', size: density === 'dense' ? 'md' : 'lg' } }),
      // Screen readers interrupt for role=alert: that is for refusals, which ask for it. What merely stands on a page is a note.
      Alert: Alert.extend({ defaultProps: { role: 'note' } as never }),
      Badge: Badge.extend({ defaultProps: { variant: 'light', radius: 'sm', tt: 'none', fw: 500 } as never }),
      Loader: Loader.extend({ defaultProps: { size: 'sm', type: 'dots' } }),
      Menu: Menu.extend({ defaultProps: { shadow: 'md', position: 'bottom-end', withinPortal: true } }),
      Modal: Modal.extend({ defaultProps: { centered: true, radius: 'lg', closeButtonProps: { 'aria-label': closeLabel }, styles: { title: { fontWeight: 600 } }, overlayProps: { backgroundOpacity: 0.45, blur: 1 } } }),
      Paper: Paper.extend({ defaultProps: { radius: 'lg' } }),
      Table: Table.extend({ defaultProps: { verticalSpacing: density === 'dense' ? 6 : 10, horizontalSpacing: 'sm' } }),
      Tabs: Tabs.extend({ defaultProps: { keepMounted: false } }),
      TextInput: TextInput.extend({ defaultProps: { size } }),
      Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, withArrow: true, events: { hover: true, focus: true, touch: true } } }),
    },
  });
}

/** Variables Mantine derives with too little contrast for AA, and the surfaces of our own pages. */
export const cssVariables: CSSVariablesResolver = (theme) => ({
  variables: {},
  light: {
    '--mantine-color-placeholder': theme.colors.gray?.[6] ?? '',
    '--mantine-color-dimmed': theme.colors.gray?.[6] ?? '',
    '--mantine-color-anchor': petrol[7],
    '--mantine-color-petrol-light-color': petrol[8],
    '--mantine-color-error': '#b42318',
    '--provost-canvas': gray[0],
    '--provost-surface': '#ffffff',
    '--provost-line': gray[2],
    '--provost-hover': gray[1],
    '--provost-selected': petrol[0],
  },
  dark: {
    '--mantine-color-placeholder': dark[2],
    '--mantine-color-dimmed': dark[2],
    '--mantine-color-anchor': petrol[3],
    '--mantine-color-petrol-light-color': petrol[2],
    '--mantine-color-error': '#ff9d94',
    '--provost-canvas': dark[8],
    '--provost-surface': dark[7],
    '--provost-line': dark[5],
    '--provost-hover': dark[6],
    '--provost-selected': '#1c2f2e',
  },
});
