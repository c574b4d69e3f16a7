import {
  Alert,
  Button,
  createTheme,
  Drawer,
  Menu,
  Modal,
  Paper,
  Select,
  type MantineColorsTuple,
} from '@mantine/core';

const leaf: MantineColorsTuple = [
  '#eef7f2',
  '#dbeee4',
  '#b6dcc8',
  '#8cc8aa',
  '#66b58f',
  '#46a277',
  '#2f8d63',
  '#1f7652',
  '#17603f',
  '#0d452c',
];

/** Neutrals with the accent's tint, from text to the deepest ground. */
const dark: MantineColorsTuple = [
  '#e6ebe8',
  '#b9c2bd',
  '#a0aba5',
  '#6c7671',
  '#434c47',
  '#2f3632',
  '#232925',
  '#1b201d',
  '#161a18',
  '#121513',
];

// A dialog's head is no banner of the page.
const plainHead = { header: { role: 'presentation' } };
const dialogTitle = { title: { fontSize: '16px', fontWeight: 620 } };

// What drops down belongs to the content of the page: outside of it no landmark leads there.
export const inContent = { portalProps: { target: '#content' } };

/** Every colour, size and distance of the screens; styles.css adds what depends on light or dark. */
export const theme = createTheme({
  colors: { leaf, dark },
  primaryColor: 'leaf',
  primaryShade: { light: 7, dark: 7 },
  autoContrast: false,
  fontFamily:
    'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '16px', sm: '18px', md: '20px', lg: '24px', xl: '28px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '3px', sm: '5px', md: '7px', lg: '10px', xl: '16px' },
  defaultRadius: 'md',
  headings: {
    fontWeight: '620',
    sizes: {
      h1: { fontSize: '20px', lineHeight: '28px' },
      h2: { fontSize: '16px', lineHeight: '24px' },
      h3: { fontSize: '14px', lineHeight: '20px' },
    },
  },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    // In the light theme an alert's own colours are too faint for its title.
    Alert: Alert.extend({ styles: { title: { color: 'var(--mantine-color-text)' } } }),
    Button: Button.extend({ defaultProps: { size: 'sm' } }),
    // The menu takes the focus itself: in a menu there is no place for anything else that can have it.
    Menu: Menu.extend({ defaultProps: { ...inContent, withInitialFocusPlaceholder: false } }),
    Modal: Modal.extend({
      styles: dialogTitle,
      defaultProps: { centered: true, closeButtonProps: { 'aria-label': 'Close' }, attributes: plainHead },
    }),
    Drawer: Drawer.extend({ styles: dialogTitle, defaultProps: { attributes: plainHead } }),
    // The list scrolls itself: a box around it would be one more that the keyboard cannot reach.
    Select: Select.extend({
      defaultProps: { comboboxProps: inContent, withScrollArea: false },
      styles: { options: { maxHeight: '240px', overflowY: 'auto' } },
    }),
    Paper: Paper.extend({ defaultProps: { withBorder: true, radius: 'lg' } }),
  },
});
