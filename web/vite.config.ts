import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, type Plugin } from 'vitest/config'
import { shell } from './src/shell.ts'
import { paletteCss } from './src/lib/palette.ts'

const paletteModule = 'virtual:palette.css'

/** Gives the style sheets the colours of the palette file, so that no colour is written twice. */
function palette(): Plugin {
  return {
    name: 'palette',
    resolveId: (id) => (id === paletteModule ? `\0${paletteModule}` : undefined),
    load: (id) => (id === `\0${paletteModule}` ? paletteCss() : undefined),
  }
}

// The server takes changes only from pages of its own: it has to see the name that the page has.
const server = {
  target: process.env.MATBANG_SERVER ?? 'http://127.0.0.1:8080',
  changeOrigin: false,
}

export default defineConfig({
  base: '/',
  plugins: [palette(), svelte(), shell()],
  server: { proxy: { '/api': server, '/tiles': server, '/ogc': server } },
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 1500 },
  worker: { format: 'es' },
  test: { include: ['tests/unit/**/*.test.ts'] },
})
