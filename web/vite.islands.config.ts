import { defineConfig } from 'vite';

// The portal's scripts, built beside its other static files: two files under fixed names, each whole in itself.
// islands.js is a module; sw.js must be a plain script, and the server fills in the version of everything it keeps.
export default defineConfig(({ mode }) => ({
  publicDir: false,
  build: {
    outDir: 'portal/static',
    emptyOutDir: false,
    copyPublicDir: false,
    target: 'es2022',
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: mode === 'sw' ? 'islands/sw.ts' : 'islands/index.ts',
      output: { format: mode === 'sw' ? 'iife' : 'es', entryFileNames: mode === 'sw' ? 'sw.js' : 'islands.js' },
    },
  },
}));
