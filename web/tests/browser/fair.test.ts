/** The board in words: what a step is, never what somebody is accused of. */
import { expect, it } from 'vitest'
import type { Board, Campaign } from '../../src/lib/types'
import { answer, useBrowser, whole } from './harness'

const { open } = useBrowser()

const languages = {
  vi: {
    accuses: /trái luật|trái pháp luật|trái quy định|trái trình tự|sai luật|sai phạm|vi phạm/i,
    denial: 'không phải kết luận vi phạm',
    marks: 'Bước có dấu hiệu cần xem lại',
    rules: 'Ai được xếp hạng, ai được đề nghị khen',
    step: /^(Có dấu hiệu sai thứ tự hoặc quá sớm|Quá hạn luật định|Đúng trình tự, đúng hạn)$/,
  },
  en: {
    accuses: /unlawful|illegal|violat|wrong|breach|broken|offen[cs]e|against the law|verdict/i,
    denial: 'not findings of a breach',
    marks: 'Steps to be looked at again',
    rules: 'Who is ranked and who is put forward',
    step: /^(May be out of order or too early|Overdue by law|Lawful)$/,
  },
}

for (const [lang, words] of Object.entries(languages))
  it(`the board in ${lang} names irregular steps by what they are and accuses nobody`, async () => {
    const [campaign] = (await answer<{ campaigns: Campaign[] }>('/api/v1/campaigns')).campaigns
    const code = campaign?.code ?? ''
    const board = await answer<Board>(`/api/v1/board?campaign=${code}`)
    const rows = board.groups.flatMap((group) => group.rows)
    const steps = ({ irregular: { out_of_order: order, clock_broken: late } }: (typeof rows)[0]) =>
      order + late
    const most = rows.toSorted((a, b) => steps(b) - steps(a))[0]
    if (!most || steps(most) === 0) throw new Error('no irregular step')

    const { page } = await open(`?room=board&lang=${lang}`)
    await page.getByText(words.rules).click()
    const head = page.getByRole('columnheader', { name: words.marks }).first()
    await head.waitFor()
    const row = page.getByRole('row').filter({
      has: page.getByRole('rowheader', { name: most.name, exact: true }),
    })
    expect((await row.first().getByRole('cell').allInnerTexts()).at(-2)).toBe(
      whole(steps(most)).replace('.', lang === 'vi' ? '.' : ','),
    )
    const hints = await page
      .locator('main [title]')
      .evaluateAll((all) => all.map((one) => one.getAttribute('title')).join('\n'))
    const said = `${await page.locator('main').innerText()}\n${hints}`
    expect(said).toContain(words.denial)
    expect(said.replaceAll(words.denial, '')).not.toMatch(words.accuses)

    // The cases behind the points for steps in order: each by its name.
    const place = board.criteria.findIndex((one) => one.code === 'lawful')
    expect(place).toBeGreaterThan(-1)
    const judged = page.getByRole('row').filter({ has: page.locator('td button') })
    await judged.first().getByRole('button').nth(0).waitFor()
    const named = rows.find((one) => one.score !== null && one.criteria[place]?.points !== null)
    await page
      .getByRole('row')
      .filter({ has: page.getByRole('rowheader', { name: named?.name ?? '', exact: true }) })
      .first()
      .getByRole('cell')
      .nth(3 + place)
      .getByRole('button')
      .click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('row').nth(1).waitFor()
    expect((await dialog.innerText()).replaceAll(words.denial, '')).not.toMatch(words.accuses)
    const verdicts = await dialog.locator('tbody tr td:nth-of-type(3)').allInnerTexts()
    expect(verdicts.length).toBeGreaterThan(0)
    for (const one of verdicts) expect(one).toMatch(words.step)
  })
