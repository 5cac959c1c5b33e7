import { createTheme, type MantineColorsTuple } from '@mantine/core';

// Mantine speaks in ten shades; shade 7 of each passes 4.5:1 on white, shades 8 and 9 on the light ones.
const river: MantineColorsTuple = ['#e9f3fa', '#d3e6f3', '#a6cce6', '#76b0d8', '#4d97cb', '#2f82bd', '#176fab', '#0b5c8f', '#084a75', '#06385a'];
const red: MantineColorsTuple = ['#fdeaea', '#f9d2d3', '#f0a3a5', '#e67174', '#dc464a', '#cc2a30', '#bb1d24', '#a9161d', '#8d0f16', '#6f0a10'];
const grey: MantineColorsTuple = ['#f6f7f9', '#eef1f5', '#dfe4ea', '#c8d0d9', '#a5b0bd', '#7f8b9a', '#5a6778', '#435062', '#2b3746', '#16202c'];
const dark: MantineColorsTuple = ['#eaf0f6', '#bcc8d5', '#9dabbb', '#77869a', '#3a4856', '#243140', '#1b2530', '#161e27', '#111820', '#0e141b'];

export const theme = createTheme({
  primaryColor: 'river',
  primaryShade: { light: 7, dark: 3 },
  autoContrast: true,
  luminanceThreshold: 0.36,
  colors: { river, red, gray: grey, dark },
  fontFamily: 'var(--hl-font)',
  fontFamilyMonospace: 'var(--hl-mono)',
  headings: { fontFamily: 'var(--hl-font)', fontWeight: '650' },
  defaultRadius: 8,
  fontSizes: { xs: '12px', sm: '14px', md: '15px', lg: '18px', xl: '22px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // The title's bar is no landmark of the page.
    Modal: { defaultProps: { attributes: { header: { role: 'presentation' } }, centered: true, transitionProps: { duration: 120 }, overlayProps: { backgroundOpacity: 0.45 } } },
    Tooltip: { defaultProps: { openDelay: 300, transitionProps: { duration: 100 } } },
    Menu: { defaultProps: { transitionProps: { duration: 100 } } },
    Checkbox: { defaultProps: { size: 'md' } },
    // The list itself scrolls, by the field's arrow keys: a box around it that scrolls could not be reached by keyboard.
    Select: { defaultProps: { withScrollArea: false, styles: { options: { maxHeight: 240, overflowY: 'auto' } } } },
  },
});
