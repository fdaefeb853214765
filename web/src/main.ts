import 'virtual:palette.css'
import './styles/fonts.css'
import './styles/base.css'
import './styles/controls.css'
import { mount } from 'svelte'

/** Longer than this nobody waits for a paint: a page in a tab behind others is not painted at all. */
const PATIENCE = 1500

/** Until the frame that the page came with has been painted. */
const painted = new Promise<void>((done) => {
  if (document.hidden) {
    done()
    return
  }
  setTimeout(done, PATIENCE)
  new PerformanceObserver(() => {
    done()
  }).observe({ type: 'paint', buffered: true })
})

// Running the app keeps the browser busy for a second or two: what is there already is shown first.
void painted
  .then(() => import('./App.svelte'))
  .then(({ default: App }) => {
    const target = document.getElementById('app')
    if (target) mount(App, { target })
  })
