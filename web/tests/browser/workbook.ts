/** A workbook as its reader would open it. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export type Cell = string | number | null
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The first sheet, and which of its cells are formulas. */
interface Sheet {
  title: string
  rows: Cell[][]
  formulas: string[]
}

/** The cells of a workbook's first sheet, as openpyxl reads them. */
export function cells(file: string): Sheet {
  const own = here('../../../.tools/python/bin/python')
  const python = existsSync(own) ? own : 'python3'
  const text = execFileSync(python, [here('workbook.py'), file], { encoding: 'utf8' })
  return JSON.parse(text) as Sheet
}
