import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// The server gives files whose name ends in a hash of letters and digits a life of a year; every other file is asked
// for again. Nothing is inlined: the Content-Security-Policy allows no data: scripts or fonts.
export default defineConfig({
  test: { include: ['src/test/*.test.ts', 'forms/*.test.{ts,tsx}', 'islands/*.test.ts'] },
  base: '/app/',
  plugins: [react()],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1200,
    manifest: true,
    rolldownOptions: {
      output: {
        hashCharacters: 'base36',
        entryFileNames: 'assets/[name]-[hash:12].js',
        chunkFileNames: 'assets/[name]-[hash:12].js',
        assetFileNames: 'assets/[name]-[hash:12][extname]',
      },
    },
  },
  server: { proxy: { '/api': process.env['HL_SERVER'] ?? 'http://127.0.0.1:8080', '/healthz': process.env['HL_SERVER'] ?? 'http://127.0.0.1:8080' } },
});
