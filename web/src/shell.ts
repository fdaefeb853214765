/**
 * What is painted before any script runs: the app's own frame with nothing in it, drawn by the page
 * itself. It stands in the same places as what follows, so that nothing jumps; words come from the
 * message file and colours from the palette, as everywhere else.
 */
import type { IndexHtmlTransformContext } from 'vite'
import type { Plugin } from 'vitest/config'
import vi from './i18n/vi/index.ts'
import { groundCss } from './lib/palette.ts'

/** Rooms that everybody may enter. */
const rooms = [vi['room.map'], vi['room.present'], vi['room.data'], vi['room.board']]

/** Widths of what will be lines of text, in per cent. */
const lines = [52, 100, 78, 88, 64, 92, 70, 84, 58]

const style = `${groundCss()}
html,body{height:100%;margin:0;overflow:hidden}
body{background:var(--outside);color:var(--ink);font:400 14px/1.45 'Be Vietnam Pro',system-ui,sans-serif}
#shell{position:fixed;inset:0}
#shell nav{position:absolute;inset:0 auto 0 0;width:76px;box-sizing:border-box;padding:12px 4px;display:flex;flex-direction:column;gap:2px;background:var(--surface);border-right:1px solid var(--line);font-size:11px;line-height:1.2;color:var(--ink-soft);text-align:center}
#shell nav span{padding:32px 2px 7px}
#shell section{position:absolute;top:12px;bottom:12px;left:88px;width:344px;box-sizing:border-box;padding:12px 16px;border-radius:12px;background:var(--surface);box-shadow:0 1px 2px var(--shadow),0 6px 24px var(--shadow)}
#shell header{display:flex;align-items:center;gap:10px;height:40px}
#shell strong{font-size:16px}
#shell i{display:block;height:14px;margin-top:16px;border-radius:5px;background:var(--surface-soft)}
#shell .box{height:40px;margin-top:10px;border-radius:10px}
@media(max-width:1180px){#shell section{width:312px}}
@media(max-width:760px){#shell nav{inset:auto 0 0;width:auto;height:52px;flex-direction:row;padding:2px 4px;border:0;border-top:1px solid var(--line);font-size:10px}#shell nav span{flex:1;padding:30px 1px 3px;white-space:nowrap;overflow:hidden}#shell section{inset:8px 8px auto;width:auto;height:52px;padding:6px 10px}#shell section .line,#shell strong{display:none}#shell header{display:inline-flex}#shell .box{position:absolute;inset:6px 10px 6px 50px;height:auto;margin:0}}
@media print{#shell{display:none}}`

const mark = `<svg width="30" height="30" viewBox="0 0 32 32"><path d="M3 3h12v11H3z" fill="var(--progress-1)"/><path d="M17 3h12v11H17z" fill="var(--progress-2)"/><path d="M3 16h12v13H3z" fill="var(--progress-3)"/><path d="M17 16h12v13H17z" fill="var(--progress-4)"/></svg>`

const body = `<div id="shell" role="status" aria-label="${vi.loading}">
<nav aria-hidden="true">${rooms.map((name) => `<span>${name}</span>`).join('')}</nav>
<section aria-hidden="true"><header>${mark}<strong>${vi['app.name']}</strong></header><i class="box"></i>${lines
  .map((width) => `<i class="line" style="width:${String(width)}%"></i>`)
  .join('')}</section>
<noscript>${vi['app.noScript']}</noscript>
</div>`

/** Files of the app itself, which starts once the frame is painted. */
function appFiles({ bundle }: IndexHtmlTransformContext): { scripts: string[]; sheets: string[] } {
  const chunk = Object.values(bundle ?? {}).find(
    (one) => one.type === 'chunk' && one.facadeModuleId?.endsWith('/src/App.svelte'),
  )
  if (chunk?.type !== 'chunk') return { scripts: [], sheets: [] }
  return {
    scripts: [chunk.fileName, ...chunk.imports],
    sheets: [...(chunk.viteMetadata?.importedCss ?? [])],
  }
}

/**
 * Puts the frame into the page, and the style sheets after it: a browser paints nothing before a
 * style sheet of the head has come. The app is fetched meanwhile but not read: reading it would
 * take the processor from the painting.
 */
export function shell(): Plugin {
  return {
    name: 'shell',
    transformIndexHtml: {
      order: 'post',
      handler(html, context) {
        const { scripts, sheets } = appFiles(context)
        const links = sheets.map((file) => `<link rel="stylesheet" crossorigin href="/${file}">`)
        const early = scripts
          .filter((file) => !html.includes(file))
          .map((file) => `<link rel="preload" as="script" crossorigin href="/${file}">`)
        const head = html
          .replace(/\s*<link rel="modulepreload"[^>]*>/g, '')
          .replace(/\s*<link rel="stylesheet"[^>]*>/g, (sheet) => {
            links.unshift(sheet.trim())
            return ''
          })
        return head
          .replace('</head>', `${early.join('')}<style>${style}</style></head>`)
          .replace('<div id="app">', `${body}${links.join('')}<div id="app">`)
      },
    },
  }
}
